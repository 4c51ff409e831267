//! Documents that have thousands of one thing. No test here looks at a clock: what takes time in
//! proportion to the document is done at once, and what takes the square of it is never done.

mod copies;

use std::iter;

use openapi_crate::{
    Outcome,
    config::Config,
    diagnostics::Code,
    generate,
    source::{Input, Source},
};
use serde_json::{Map, Value, json};

/// The files that are generated for a document, and what was found.
fn outcome(document: &Value) -> Outcome {
    let input = Input::new(Source::new("hostile.json", document.to_string()));
    generate(&input, &Config::new("hostile", "0.1.0").unwrap())
}

fn expect_package(document: &Value) -> Outcome {
    let outcome = outcome(document);
    assert!(outcome.package.is_some());
    outcome
}

fn document(paths: Map<String, Value>, schemas: Map<String, Value>) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Hostile", "version": "1"},
        "servers": [{"url": "https://hostile.example"}],
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// What was found, in order.
fn codes(outcome: &Outcome) -> Vec<Code> {
    outcome.diagnostics.findings().iter().map(|finding| finding.code).collect()
}

fn expect_schemas(schemas: impl IntoIterator<Item = (String, Value)>) -> Outcome {
    expect_package(&document(Map::new(), schemas.into_iter().collect()))
}

fn expect_paths(paths: impl IntoIterator<Item = (String, Value)>) -> Outcome {
    expect_package(&document(paths.into_iter().collect(), Map::new()))
}

/// An operation that responds with nothing, with these members besides.
fn operation(id: &str, members: Value) -> Value {
    let mut operation = json!({"operationId": id, "responses": {"204": {"description": "Done"}}});
    if let (Some(operation), Value::Object(members)) = (operation.as_object_mut(), members) {
        operation.extend(members);
    }
    operation
}

/// Numbered things, each made of its number.
fn many<T>(count: usize, make: impl Fn(usize) -> T) -> impl Iterator<Item = T> {
    (0..count).map(make)
}

fn reference(number: usize) -> Value {
    json!({"$ref": format!("#/components/schemas/A{number}")})
}

/// A schema that is called by its number.
fn schema(number: usize, schema: Value) -> (String, Value) {
    (format!("A{number}"), schema)
}

/// Strings under numbered names.
fn strings(count: usize) -> Value {
    many(count, |at| (format!("p{at}"), json!({"type": "string"}))).collect()
}

/// The same name for a method, a type or a field, in many spellings.
fn spellings(count: usize) -> impl Iterator<Item = String> {
    let marks = ["-", ".", "~", "!", "$", "/", "+", "="];
    many(count, move |at| {
        let digits = iter::successors(Some(at), |rest| (*rest > 0).then_some(rest / marks.len()));
        let ending: String = digits.map(|rest| marks[rest % marks.len()]).collect();
        format!("v{ending}")
    })
}

#[test]
fn enumerations() {
    let values = many(8_000, |at| format!("v{at}")).collect::<Vec<_>>();
    expect_schemas([schema(0, json!({"type": "string", "enum": values}))]);
    let values = spellings(8_000).collect::<Vec<_>>();
    expect_schemas([schema(0, json!({"type": "string", "enum": values}))]);
    let values = many(600, |at| format!("v{}", "-".repeat(at))).collect::<Vec<_>>();
    expect_schemas([schema(0, json!({"type": "string", "enum": values}))]);
    let values = many(4_000, |at| json!({"type": "string", "enum": [format!("v{at}")]}));
    expect_schemas([schema(0, json!({"anyOf": values.collect::<Vec<_>>()}))]);
}

#[test]
fn names_that_are_cut() {
    let twice = |at: usize| {
        let name = format!("{}{:03x}", "a".repeat(57), at / 2);
        if at.is_multiple_of(2) { name } else { format!("{name}-") }
    };
    let values = many(6_000, twice).collect::<Vec<_>>();
    expect_schemas([schema(0, json!({"type": "string", "enum": values}))]);
    let inner = many(50, |at| (format!("p{at}"), json!({"properties": strings(1)})));
    let inner = inner.collect::<Value>();
    expect_schemas([("a".repeat(100_000), json!({"type": "object", "properties": inner}))]);
}

#[test]
fn properties() {
    let found = expect_schemas([schema(
        0,
        json!({
            "type": "object",
            "properties": strings(6_000),
            "required": many(6_000, |at| format!("p{at}")).collect::<Vec<_>>(),
        }),
    )]);
    assert_eq!(codes(&found), [Code::TooComplex]);
    let types = &found.package.unwrap().files["src/types.rs"];
    assert!(types.contains("pub p999: String") && !types.contains("pub p1000:"), "{types:.999}");
    assert!(types.contains("pub additional_properties: "), "what does not fit is not lost");

    let same = spellings(900).map(|name| (name, json!({"type": "string"})));
    let same = same.collect::<Value>();
    expect_schemas([schema(0, json!({"type": "object", "properties": same}))]);
}

#[test]
fn schemas_that_hold_one_another() {
    let count = 800;
    expect_schemas(many(count, |at| {
        let list = json!({"type": "array", "items": reference((at * 3 + 1) % count)});
        let held = json!({"one": reference((at * 7 + 1) % count), "many": list});
        schema(at, json!({"type": "object", "properties": held}))
    }));
    expect_schemas(many(count, |at| {
        let held = many(5, |slot| (format!("p{slot}"), reference((at * 31 + slot * 101) % count)));
        schema(at, json!({"type": "object", "properties": held.collect::<Value>()}))
    }));
    let chain = many(count, |at| schema(at, reference(at + 1)));
    expect_schemas(chain.chain([schema(count, json!({"type": "string"}))]));
}

#[test]
fn unions() {
    let count = 800;
    let union = |more: Value| {
        let mut union = json!({"oneOf": many(count, reference).collect::<Vec<_>>()});
        if let (Some(union), Value::Object(more)) = (union.as_object_mut(), more) {
            union.extend(more);
        }
        ("U".to_owned(), union)
    };
    let object = |key: String, member: Value| json!({"type": "object", "required": [&key], "properties": {key: member}});
    let own = many(count, |at| schema(at, object(format!("k{at}"), json!({"type": "string"}))));
    expect_schemas(own.chain([union(json!({}))]));
    let tagged = many(count, |at| {
        schema(at, object("k".to_owned(), json!({"type": "string", "enum": [format!("v{at}")]})))
    });
    expect_schemas(tagged.chain([union(json!({}))]));
    let same = many(count, |at| schema(at, object("k".to_owned(), json!({"type": "string"}))));
    let mapping =
        many(count, |at| (format!("m{at}"), json!(format!("#/components/schemas/A{at}"))));
    let mapping = mapping.collect::<Value>();
    let discriminator = json!({"discriminator": {"propertyName": "k", "mapping": mapping}});
    expect_schemas(same.chain([union(discriminator)]));
}

#[test]
fn schemas_that_build_on_one_another() {
    let count = 600;
    let base = json!({
        "type": "object",
        "discriminator": {"propertyName": "k"},
        "properties": {"k": {"type": "string"}},
    });
    let built = many(count, |at| {
        let base = json!({"$ref": "#/components/schemas/Base"});
        schema(at, json!({"allOf": [base, {"type": "object", "properties": strings(1)}]}))
    });
    expect_schemas(built.chain([("Base".to_owned(), base)]));
    let parts = many(count, |at| schema(at, json!({"properties": {format!("k{at}"): {}}})));
    let all = json!({"allOf": many(count, reference).collect::<Vec<_>>()});
    expect_schemas(parts.chain([("All".to_owned(), all)]));
}

#[test]
fn paths() {
    let parameters = many(3_000, |at| format!("/{{p{at}}}")).collect::<String>();
    for path in ["a/".repeat(50_000), "{".repeat(30_000), "{a}".repeat(30_000), parameters] {
        let get = json!({"get": operation("get", json!({}))});
        let found = expect_paths([(format!("/{path}"), get)]);
        assert_eq!(codes(&found), [Code::TooComplex], "no path is as long");
    }
    let parameters = many(300, |at| format!("/{{p{at}}}")).collect::<String>();
    let found = expect_paths([(parameters, json!({"get": operation("get", json!({}))}))]);
    assert_eq!(codes(&found), [Code::UndeclaredPathParameter; 300]);
}

#[test]
fn parameters() {
    for place in ["query", "header", "cookie"] {
        let parameters = many(2_000, |at| {
            let schema = json!({"type": "string"});
            json!({"name": format!("p{at}"), "in": place, "required": true, "schema": schema})
        });
        let parameters = json!({"parameters": parameters.collect::<Vec<_>>()});
        expect_paths([("/".to_owned(), json!({"get": operation("get", parameters)}))]);
    }
}

#[test]
fn operations() {
    let count = 250;
    expect_paths(many(count, |at| {
        let tagged = json!({"tags": [format!("tag{at}")]});
        (format!("/{at}"), json!({"get": operation(&format!("get{at}"), tagged)}))
    }));
    expect_paths(many(count, |at| {
        (format!("/{at}"), json!({"get": operation("same", json!({}))}))
    }));
    expect_paths(many(count, |at| {
        let own = json!({"servers": [{"url": format!("https://{at}.example")}]});
        (format!("/{at}"), json!({"get": operation(&format!("get{at}"), own)}))
    }));
    let shared = many(count, |at| {
        let content = json!({"application/json": {"schema": reference(0)}});
        let response = json!({"200": {"description": "OK", "content": content}});
        let members = json!({"tags": [format!("tag{at}")], "responses": response});
        (format!("/{at}"), json!({"get": operation(&format!("get{at}"), members)}))
    });
    let held = many(count, |at| {
        let next = reference((at + 1) % count);
        schema(at, json!({"type": "object", "properties": {"next": next}}))
    });
    expect_package(&document(shared.collect(), held.collect()));
}

#[test]
fn bodies_and_responses() {
    let content = |media: String, properties: Value| {
        (media, json!({"schema": {"type": "object", "properties": properties}}))
    };
    let one = |members: Value| {
        expect_paths([("/".to_owned(), json!({"post": operation("post", members)}))])
    };
    let media = many(300, |at| content(format!("application/x{at}+json"), strings(1)));
    one(json!({"requestBody": {"content": media.collect::<Value>()}}));
    for format in ["multipart/form-data", "application/x-www-form-urlencoded"] {
        let form = iter::once(content(format.to_owned(), strings(3_000)));
        one(json!({"requestBody": {"content": form.collect::<Value>()}}));
    }
    let headers = many(3_000, |at| (format!("H{at}"), json!({"schema": {"type": "string"}})));
    let headers = headers.collect::<Value>();
    one(json!({"responses": {"200": {"description": "OK", "headers": headers}}}));
    let responses = many(30, |at| {
        let json = iter::once(content("application/json".to_owned(), strings(20)));
        let response = json!({"description": "OK", "content": json.collect::<Value>()});
        ((200 + at).to_string(), response)
    });
    one(json!({"responses": responses.collect::<Value>()}));
}

#[test]
fn servers_and_credentials() {
    let get = || json!({"/": {"get": operation("get", json!({}))}});
    let mut many_servers = document(Map::new(), Map::new());
    many_servers["paths"] = get();
    let server = |at: usize| {
        let variable = format!("v{at}");
        let url = format!("https://{{{variable}}}.example");
        json!({"url": url, "variables": {variable: {"default": "a"}}})
    };
    many_servers["servers"] = many(700, server).collect();
    expect_package(&many_servers);

    let mut credentials = document(Map::new(), Map::new());
    credentials["paths"] = get();
    let scheme = |at: usize| (format!("s{at}"), json!({"type": "http", "scheme": "bearer"}));
    credentials["components"]["securitySchemes"] = many(700, scheme).collect();
    credentials["security"] = many(700, |at| json!({format!("s{at}"): []})).collect();
    expect_package(&credentials);
}

/// Texts that parsers have more to do with the more often they stand behind each other.
const REPEATED: &[&str] = &[
    "word `a` *b* [c](d) <e> ",
    "a * ",
    "*a ",
    "a* ",
    "**_",
    "*a_ ",
    "`a",
    "a_b",
    "~~a ",
    "[a](",
    "](",
    "[a][",
    "![",
    "a<b ",
    "&amp;",
    "&lt;b&gt; ",
    "<a@b.c>",
    "https://b.c ",
    "http://a ",
    "http://",
    "http://{",
    "[a](https://b.c) ",
    "*[a](https://b.c)* ",
    "- ",
    "1.",
    "[^",
    "<b>",
    "a <b>",
    "<p>",
    "a</b>",
    "a<b>c</b>",
    "<!--",
    "a <!-- ",
    "<![CDATA[",
    "a <? ",
    "<!A ",
    "<script>",
    "<pre>",
    "<code>",
    "<a href='",
    "<em><b>",
    "<ul><li>a",
    "<table><tr><td>a",
    "<q>",
    "<br>",
    "<time> ",
    "<sup>2",
    "<em><b><s>\\*",
    "<dl><dt>a<dd>b",
    "<div>`a",
    "<div>>`",
    "> - a\n",
    "> a\n",
    "- a\n",
    "- a\n\n",
    "1. a\n",
    "abc\n",
    "abc\n\n",
    "a  \n",
    "# a\n",
    "a\n=\n",
    "---\n\n",
    "```\n",
    "<div>\n",
    "<div>\n```a\n",
    "<div>\n\n*a*\n\n</div>\n\n",
    "<ul>\n<li>\n\n- a\n",
    "<details>\n\na\n\n",
    "[^a]: b\n\n",
    "[a]: https://b.c\n",
    "a ` b\n",
];

#[test]
fn prose() {
    let length = 30_000;
    let marks = "*_[]<>`~#|=-+!&\\:\"(){}1.\r\t\u{0}\u{202e}";
    let runs = marks.chars().map(|mark| mark.to_string().repeat(length));
    let repeated = REPEATED.iter().map(|part| part.repeat(length / part.len()));
    let grown = ["`", ">", "  ", "*"].map(|mark| {
        let lines = many(200, |at| format!("{}- a\n", mark.repeat(at)));
        lines.collect::<String>()
    });
    let table = ["|a".repeat(1_000), "|-".repeat(1_000), "|b|\n".repeat(5_000)].join("|\n");
    let texts = runs.chain(repeated).chain(grown).chain([table]).enumerate();
    expect_schemas(
        texts.map(|(at, text)| schema(at, json!({"type": "string", "description": text}))),
    );
}
