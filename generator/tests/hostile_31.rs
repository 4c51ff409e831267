//! Documents of OpenAPI 3.1 and 3.2 that go round in circles, or on and on.

use openapi_crate::{
    Outcome,
    config::Config,
    diagnostics::Code,
    generate,
    source::{Input, Source},
};
use serde_json::{Map, Value, json};

fn outcome(schemas: Value) -> Outcome {
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Hostile", "version": "1"},
        "components": {"schemas": schemas},
    });
    let input = Input::new(Source::new("hostile.json", document.to_string()));
    let outcome = generate(&input, &Config::new("hostile", "0.1.0").unwrap());
    assert!(outcome.package.is_some(), "{:?}", outcome.diagnostics.findings());
    outcome
}

fn codes(outcome: &Outcome) -> Vec<Code> {
    outcome.diagnostics.findings().iter().map(|finding| finding.code).collect()
}

fn text(outcome: &Outcome) -> String {
    outcome.package.as_ref().unwrap().files["src/types.rs"].clone()
}

#[test]
fn dynamic_references_in_a_circle() {
    let circle = outcome(json!({
        "One": {"$dynamicAnchor": "one", "$dynamicRef": "#two"},
        "Two": {"$dynamicAnchor": "two", "$dynamicRef": "#one"},
        "Self": {"$dynamicAnchor": "self", "$dynamicRef": "#self"},
        "Nowhere": {"$dynamicRef": "#nowhere"},
        "Ids": {"$id": "ids", "$ref": "ids"},
        "Dots": {"$id": "https://e.com/a/b", "$ref": "../../../../../a/./b#x"},
    }));
    assert!(codes(&circle).contains(&Code::CircularReference), "{:?}", codes(&circle));
    assert!(codes(&circle).contains(&Code::UnresolvedReference), "{:?}", codes(&circle));
}

#[test]
fn a_tuple_of_thousands() {
    let elements: Vec<Value> = (0..10_000).map(|_| json!({"type": "integer"})).collect();
    let long = outcome(json!({"Long": {"type": "array", "prefixItems": elements, "items": false}}));
    assert_eq!(codes(&long), [Code::WeakenedType]);
    assert!(text(&long).contains("pub type Long = Vec<Value>;"));
    let elements: Vec<Value> = (0..100).map(|_| json!({"type": "integer"})).collect();
    let long = outcome(json!({"Long": {"type": "array", "prefixItems": elements, "items": false}}));
    assert_eq!(codes(&long), []);
    assert!(text(&long).contains("pub struct Long("));
}

#[test]
fn tuples_in_tuples() {
    let mut schemas = Map::new();
    for at in 0..100 {
        let next = json!({"$ref": format!("#/components/schemas/T{}", (at + 1) % 100)});
        let schema =
            json!({"type": "array", "prefixItems": [{"type": "string"}, next], "items": false});
        schemas.insert(format!("T{at}"), schema);
    }
    assert!(text(&outcome(schemas.into())).contains("pub struct T99("));
    let mut inline = json!({"type": "string"});
    for _ in 0..50 {
        inline = json!({"prefixItems": [inline]});
    }
    assert!(text(&outcome(json!({"Deep": inline}))).contains("pub struct Deep("));
}

#[test]
fn unions_and_maps_of_everything() {
    let patterns: Map<String, Value> =
        (0..2_000).map(|at| (format!("^{at}"), json!({"const": at}))).collect();
    let constants: Vec<Value> =
        (0..500).map(|at| json!({"const": format!("v{at}"), "title": "V"})).collect();
    let types = json!(["string", "integer", "array", "object", "boolean", "null", "number"]);
    let all = outcome(json!({
        "Patterns": {"patternProperties": patterns},
        "Constants": {"oneOf": constants},
        "Types": {"type": types, "items": {"type": types}, "additionalProperties": {"type": types}},
        "Never": false,
        "Nulls": {"anyOf": [{"type": "null"}, {"const": null}, {"enum": [null]}]},
        "Nested": {"$ref": "#/components/schemas/Types", "$defs": {"a": {"$ref": "#/components/schemas/Nested/$defs/a"}}},
    }));
    assert!(text(&all).contains("V499 = \"v499\""));
}
