//! Short documents that make much of themselves by references, and long texts in findings.

use openapi_crate::Outcome;
use openapi_crate::diagnostics::Code;
use serde_json::{Map, Value, json};

use crate::{
    codes, document, expect_package, expect_paths, expect_schemas, many, operation, reference,
    schema,
};

/// How many bytes are written for a document of some hundred kilobytes, at most.
const MOST: usize = 16_000_000;

/// What is found where the document makes too much of itself; gives how often each of some kinds was found.
#[track_caller]
fn expect_limit(found: &Outcome) {
    let size: usize =
        found.package.iter().flat_map(|package| package.files.values()).map(String::len).sum();
    assert!(size < MOST, "{size} bytes");
    let complex = codes(found).into_iter().filter(|code| *code == Code::TooComplex);
    assert_eq!(complex.count(), 1);
}

/// Names of almost any length, so that few of them are much.
fn long_names(count: usize) -> impl Iterator<Item = String> {
    many(count, |at| format!("p{at}_{}", "a".repeat(1_900)))
}

#[test]
fn members_of_a_base() {
    let properties: Value = long_names(10).map(|name| (name, json!({"type": "string"}))).collect();
    let base = ("Base".to_owned(), json!({"type": "object", "properties": properties}));
    let built = many(500, |at| {
        let base = json!({"$ref": "#/components/schemas/Base"});
        schema(
            at,
            json!({"allOf": [base, {"type": "object", "properties": {"own": {"type": "string"}}}]}),
        )
    });
    expect_limit(&expect_schemas(built.chain([base])));
}

/// Operations that all refer to the same entries of `components`.
fn expect_sharing(count: usize, members: &Value, components: Map<String, Value>) {
    let paths = many(count, |at| {
        let post = operation(&format!("post{at}"), members.clone());
        (format!("/{at}"), json!({"post": post}))
    });
    let mut document = document(paths.collect(), Map::new());
    if let Some(all) = document["components"].as_object_mut() {
        all.extend(components);
    }
    let found = expect_package(&document);
    expect_limit(&found);
    assert!(codes(&found).contains(&Code::OmittedOperation), "for most there was no room");
}

fn components(section: &str, entries: Value) -> Map<String, Value> {
    [(section.to_owned(), entries)].into_iter().collect()
}

#[test]
fn parameters_of_all_operations() {
    let parameter =
        |name: String| json!({"name": name, "in": "query", "schema": {"type": "string"}});
    let all: Value =
        long_names(30).enumerate().map(|(at, name)| (format!("P{at}"), parameter(name))).collect();
    let references = many(30, |at| json!({"$ref": format!("#/components/parameters/P{at}")}));
    let members = json!({"parameters": references.collect::<Vec<_>>()});
    expect_sharing(150, &members, components("parameters", all));
}

#[test]
fn responses_of_all_operations() {
    let headers: Value =
        long_names(30).map(|name| (name, json!({"schema": {"type": "string"}}))).collect();
    let response = json!({"Shared": {"description": "word ".repeat(2_000), "headers": headers}});
    let members = json!({"responses": {"200": {"$ref": "#/components/responses/Shared"}}});
    expect_sharing(200, &members, components("responses", response));
}

#[test]
fn bodies_of_all_operations() {
    let properties: Value = long_names(30).map(|name| (name, json!({"type": "string"}))).collect();
    let form = json!({"schema": {"type": "object", "properties": properties}});
    let body = json!({"Body": {"content": {"multipart/form-data": form}}});
    let members = json!({"requestBody": {"$ref": "#/components/requestBodies/Body"}});
    expect_sharing(150, &members, components("requestBodies", body));
}

#[test]
fn credentials_of_all_operations() {
    let paths = many(200, |at| {
        (format!("/{at}"), json!({"get": operation(&format!("get{at}"), json!({}))}))
    });
    let mut document = document(paths.collect(), Map::new());
    let scheme = |at: usize| (format!("s{at}"), json!({"type": "http", "scheme": "bearer"}));
    document["components"]["securitySchemes"] = many(300, scheme).collect();
    document["security"] = many(300, |at| json!({format!("s{at}"): []})).collect();
    let found = expect_package(&document);
    expect_limit(&found);
    let operations = &found.package.unwrap().files["src/operations.rs"];
    assert_eq!(operations.matches("&[\"s99\"]").count(), 200);
    assert!(!operations.contains("\"s100\""), "an operation has no more alternatives");
}

#[test]
fn tables_of_unions() {
    let properties = |at: usize| {
        long_names(20).map(move |name| (format!("{name}_{at}"), json!({"type": "string"})))
    };
    let held = many(20, |at| {
        schema(at, json!({"type": "object", "properties": properties(at).collect::<Value>()}))
    });
    let unions = many(200, |at| {
        (format!("U{at}"), json!({"oneOf": many(20, reference).collect::<Vec<_>>()}))
    });
    expect_limit(&expect_schemas(held.chain(unions)));
}

#[test]
fn bases_that_list_what_builds_on_them() {
    let count = 600;
    for discriminator in [json!({}), json!({"discriminator": {"propertyName": "kind"}})] {
        let mut base = json!({
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"type": "string"}},
            "oneOf": many(count, reference).collect::<Vec<_>>(),
        });
        if let (Some(base), Value::Object(more)) = (base.as_object_mut(), discriminator) {
            base.extend(more);
        }
        let built = many(count, |at| {
            let base = json!({"$ref": "#/components/schemas/Base"});
            let own =
                json!({"type": "object", "properties": {format!("p{at}"): {"type": "string"}}});
            schema(at, json!({"allOf": [base, own]}))
        });
        expect_schemas(built.chain([("Base".to_owned(), base)]));
    }
}

#[test]
fn unions_that_are_alike_or_lead_to_each_other() {
    let same = many(150, |at| {
        let properties =
            many(60, |at| (format!("p{at}"), json!({"type": "string"}))).collect::<Value>();
        schema(at, json!({"type": "object", "properties": properties}))
    });
    let union = json!({"oneOf": many(150, reference).collect::<Vec<_>>()});
    expect_schemas(same.chain([("U".to_owned(), union)]));
    let count = 100;
    expect_schemas(many(count, |at| {
        let mut members: Vec<Value> = many(count, reference).collect();
        members
            .push(json!({"type": "object", "properties": {format!("p{at}"): {"type": "string"}}}));
        schema(at, json!({"oneOf": members}))
    }));
    let inline = many(1_001, |at| json!({"type": "object", "properties": {format!("p{at}"): {}}}));
    let union = json!({"oneOf": inline.collect::<Vec<_>>()});
    expect_limit(&expect_schemas([schema(0, union)]));
}

#[test]
fn values_that_several_lists_have() {
    let list = |backwards: bool| {
        let mut values: Vec<String> = many(6_000, |at| format!("v{at}")).collect();
        if backwards {
            values.reverse();
        }
        json!({"type": "string", "enum": values})
    };
    expect_schemas([schema(0, json!({"allOf": [list(false), list(true)]}))]);
}

#[test]
fn what_findings_quote() {
    let long = "a\n".repeat(100_000);
    let get = |members: Value| json!({"get": operation("get", members)});
    let parameter =
        json!({"name": long, "in": "path", "required": true, "schema": {"type": "string"}});
    for members in [
        json!({"operationId": " ".repeat(200_000)}),
        json!({"parameters": [{"$ref": long}]}),
        json!({"parameters": [parameter]}),
        json!({"responses": {"200": {"$ref": format!("#/components/responses/{long}")}}}),
        json!({"security": [{"long": [], long.as_str(): []}]}),
        json!({"x-pagination": {long.as_str(): long}}),
        json!({long.as_str(): 1}),
    ] {
        let found = expect_paths([("/".to_owned(), get(members))]);
        assert!(!found.diagnostics.findings().is_empty());
        for finding in found.diagnostics.findings() {
            assert!(finding.message.len() < 2_000, "{} bytes", finding.message.len());
            assert!(!finding.message.contains('\n'), "{}", finding.message);
        }
    }
}
