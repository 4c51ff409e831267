//! Types that a document describes in several places, and alike.

use std::collections::BTreeSet;

use openapi_crate::{
    config::{Config, ConfigFile, Unused, When},
    diagnostics::Diagnostics,
    generate,
    source::{Input, Source},
};
use serde_json::{Value, json};

/// A document with so many operations, each of which responds with a struct that it describes in place. The first
/// one's has the member `extra`, too.
fn document(operations: usize, extra: Option<&str>) -> Value {
    let mut document =
        json!({"openapi": "3.0.3", "info": {"title": "Users", "version": "1"}, "paths": {}});
    for number in 0..operations {
        let mut schema = json!({"type": "object", "properties": {
            "login": {"type": "string", "description": format!("Of user {number}.")},
            "kind": {"type": "string", "enum": ["bot", "user"]},
        }});
        if let Some(extra) = extra.filter(|_| number == 0) {
            schema["properties"][extra] = json!({"type": "string"});
        }
        let response =
            json!({"description": "A user", "content": {"application/json": {"schema": schema}}});
        document["paths"][format!("/users/{number}")] = json!({"get": {"operationId": format!("get_user_{number}"), "responses": {"200": response}}});
    }
    document
}

fn emit_types(document: &Value, merge_types: When) -> String {
    let config = Config { merge_types, ..Config::new("users", "0.1.0").unwrap() };
    let input = Input::new(Source::new("users.json", document.to_string()));
    generate(&input, &config).package.unwrap().files["src/types.rs"].clone()
}

/// What is declared with this keyword; `use` gives another name.
fn names(types: &str, keyword: &str) -> BTreeSet<String> {
    let name = |line: &str| {
        let rest = line.trim().strip_prefix("pub ")?.strip_prefix(keyword)?.strip_prefix(' ')?;
        let name = rest.split_once(" as ").map_or(rest, |(_, name)| name);
        Some(name.split([' ', '<', '(', ';']).next()?.to_owned())
    };
    types.lines().filter_map(name).collect()
}

#[test]
fn equal_types_are_one_in_large_crates_or_on_request() {
    for (operations, when, structs) in [
        (100, When::Auto, 100),
        (101, When::Auto, 1),
        (101, When::Never, 101),
        (2, When::Always, 1),
    ] {
        let types = emit_types(&document(operations, None), when);
        assert_eq!(names(&types, "struct").len(), structs, "{operations}, {when:?}");
        assert_eq!(names(&types, "enum").len(), structs, "{operations}, {when:?}");
    }
}

#[test]
fn the_configuration_file_has_the_setting() {
    let mut diagnostics = Diagnostics::default();
    let file = Source::new("config.yaml", "merge-types: never");
    assert_eq!(ConfigFile::read(&file, &mut diagnostics).merge_types, When::Never);
    assert!(diagnostics.findings().is_empty());
}

#[test]
fn every_place_keeps_its_name_whatever_happens_to_others() {
    let every_name = |document: &Value| {
        let types = emit_types(document, When::Always);
        let keywords = ["struct", "enum", "use"];
        keywords.iter().flat_map(|keyword| names(&types, keyword)).collect::<BTreeSet<_>>()
    };
    let all = document(4, None);
    let expected = every_name(&all);
    assert_eq!(expected.len(), 8);
    assert_eq!(every_name(&document(4, Some("extra"))), expected);
    let mut fewer = all.clone();
    fewer["paths"].as_object_mut().unwrap().shift_remove("/users/0");
    let left: BTreeSet<String> =
        expected.into_iter().filter(|name| !name.starts_with("GetUser0")).collect();
    assert_eq!(every_name(&fewer), left);
}

#[test]
fn prose_and_order_do_not_part_types() {
    let mut all = document(2, None);
    let schema = "/paths/~1users~11/get/responses/200/content/application~1json/schema";
    let members = all.pointer_mut(schema).unwrap();
    members["description"] = json!("Another user.");
    members["properties"] = json!({
        "kind": {"type": "string", "enum": ["user", "bot"], "description": "What it is."},
        "login": {"type": "string", "deprecated": true},
    });
    let types = emit_types(&all, When::Always);
    assert_eq!(names(&types, "struct").len(), 1);
    // What is said of one place only is said of the type; it is deprecated only if it is in every place.
    assert!(types.contains("/// Of user 0.\n    pub login"), "{types}");
    assert!(types.contains("/// What it is.\n    pub kind"), "{types}");
    assert!(types.contains(
        "/// Another user.\n#[doc(inline)]\npub use self::GetUser0Response as GetUser1Response;"
    ));
    assert!(!types.contains("deprecated"));
}

#[test]
fn what_differs_in_rust_is_not_one_type() {
    for (key, value) in [
        ("kind", json!({"type": "string", "enum": ["bot"]})),
        (
            "kind",
            json!({"type": "string", "enum": ["bot", "user"], "x-enum-varnames": ["Machine", "Human"]}),
        ),
        ("login", json!({"type": "integer"})),
        ("login", json!({"type": "string", "x-rust-name": "name"})),
    ] {
        let mut all = document(2, None);
        let schema = "/paths/~1users~11/get/responses/200/content/application~1json/schema";
        all.pointer_mut(schema).unwrap()["properties"][key] = value;
        assert_eq!(names(&emit_types(&all, When::Always), "struct").len(), 2, "{key}");
    }
    let mut all = document(2, None);
    let schema = "/paths/~1users~11/get/responses/200/content/application~1json/schema";
    all.pointer_mut(schema).unwrap()["required"] = json!(["login"]);
    assert_eq!(names(&emit_types(&all, When::Always), "struct").len(), 2);
}

/// Components and the responses of operations, by the operation's name.
fn document_of(components: &Value, responses: &[(&str, Value)]) -> Value {
    let mut paths = json!({});
    for (name, schema) in responses {
        let response =
            json!({"description": "OK", "content": {"application/json": {"schema": schema}}});
        paths[format!("/{name}")] =
            json!({"get": {"operationId": name, "responses": {"200": response}}});
    }
    json!({
        "openapi": "3.1.0", "info": {"title": "Types", "version": "1"},
        "paths": paths, "components": {"schemas": components},
    })
}

/// Which of two equal components is kept shows only once what is in the shorter one is known.
#[test]
fn what_holds_equal_types_is_equal_only_if_these_are_one() {
    let leaf = json!({"type": "object", "properties": {"id": {"type": "string"}}});
    let list = |items: &Value| json!({"type": "object", "properties": {"items": {"type": "array", "items": items}}});
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let one = json!({"type": "object", "properties": {"n": reference("Leaf")}});
    let other = json!({"type": "object", "properties": {"n": leaf}});
    let components =
        json!({"Leaf": leaf, "OneLong": one, "One": other, "List": list(&reference("OneLong"))});
    let types = emit_types(
        &document_of(&components, &[("get_list", reference("List")), ("get", list(&one))]),
        When::Always,
    );
    assert!(types.contains("pub use self::One as GetResponseItem;"), "{types}");
    assert!(
        types.contains("pub struct GetResponse {\n    pub items: Option<Vec<GetResponseItem>>,")
    );
}

#[test]
fn what_is_omitted_is_not_kept() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let unused = json!({"type": "object", "properties": {"m": schema}});
    let document = document_of(&json!({"Z": unused}), &[("a_long_name", schema)]);
    let config = Config {
        merge_types: When::Always,
        unused: Unused::Omit,
        ..Config::new("types", "0.1.0").unwrap()
    };
    let input = Input::new(Source::new("types.json", document.to_string()));
    let files = generate(&input, &config).package.unwrap().files;
    assert_eq!(names(&files["src/types.rs"], "struct"), ["ALongNameResponse".to_owned()].into());
    assert_eq!(names(&files["src/types.rs"], "use"), BTreeSet::new());
}

/// Components stay among the types, even if nothing but a webhook describes the same.
#[test]
fn webhooks_take_no_component() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let mut document = document_of(&json!({"Lonely": schema}), &[]);
    let body = json!({"content": {"application/json": {"schema": schema}}});
    document["webhooks"] = json!({"born": {"post": {"requestBody": body}}});
    assert!(emit_types(&document, When::Always).contains("pub struct Lonely "));
}

#[test]
fn a_deprecated_type_gives_others_no_name() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let mut old = schema.clone();
    old["deprecated"] = json!(true);
    let document = document_of(&json!({"Old": old}), &[("get", schema.clone()), ("list", schema)]);
    let types = emit_types(&document, When::Always);
    assert!(types.contains("pub use self::GetResponse as ListResponse;"), "{types}");
}
