//! Tests of generated values and their judgement.

use serde_json::{Value, json};

use super::checker::Checker;
use super::document::{Direction, Document};
use super::instances::Maker;
use super::verdict::{Fault, compare_values};

const AT: &str = "/components/schemas/it";

/// A document with the component `it`, and others.
fn document(schema: Value, others: Value) -> Document {
    let mut schemas = others;
    schemas["it"] = schema;
    Document::new(json!({"openapi": "3.0.3", "components": {"schemas": schemas}}))
}

/// The values that are made of a schema as a response: all of them are valid.
fn values(schema: Value, others: Value) -> Vec<Value> {
    let document = document(schema, others);
    let checker = Checker::new(&document, Direction::Response, &[AT]).unwrap();
    let values = Maker::new(&document, Direction::Response).make_values(AT);
    for value in &values {
        assert_eq!(checker.check_value(AT, value), Ok(()), "{value}");
    }
    values
}

/// Whether a value is what a schema says.
fn allows(schema: &Value, direction: Direction, value: &Value) -> bool {
    let document = document(schema.clone(), json!({}));
    Checker::new(&document, direction, &[AT]).unwrap().check_value(AT, value).is_ok()
}

#[test]
fn each_member_is_there_alone_and_with_all_others() {
    let pet = json!({
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "integer"},
            "name": {"type": "string", "nullable": true},
            "kind": {"type": "string", "enum": ["cat", "dog", "bird"]},
        },
    });
    let made = values(pet, json!({}));
    let has = |names: &[&str]| {
        made.iter().any(|value| {
            let members = value.as_object().unwrap();
            members.len() == names.len() && names.iter().all(|name| members.contains_key(*name))
        })
    };
    assert!(has(&["id"]) && has(&["id", "name"]) && has(&["id", "kind"]));
    assert!(has(&["id", "name", "kind"]));
    assert!(made.iter().any(|value| value["name"].is_null() && value.get("name").is_some()));
    for kind in ["cat", "dog", "bird"] {
        assert!(made.iter().any(|value| value["kind"] == kind), "{kind}");
    }
}

#[test]
fn each_alternative_is_taken_with_its_tag() {
    let pet = json!({
        "oneOf": [{"$ref": "#/components/schemas/cat"}, {"$ref": "#/components/schemas/dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"feline": "#/components/schemas/cat"}},
    });
    let one = |name: &str| {
        json!({
            "type": "object",
            "required": ["kind", name],
            "properties": {"kind": {"type": "string"}, name: {"type": "boolean"}},
        })
    };
    let made = values(pet, json!({"cat": one("purrs"), "dog": one("barks")}));
    assert!(made.iter().any(|value| value["kind"] == "feline" && value["purrs"] == true));
    assert!(made.iter().any(|value| value["kind"] == "dog" && value["barks"] == true));
}

#[test]
fn a_base_and_those_that_extend_it_lead_round_in_no_circles() {
    let base = json!({
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}},
        "oneOf": [{"$ref": "#/components/schemas/cat"}],
    });
    let cat = json!({
        "allOf": [
            {"$ref": "#/components/schemas/it"},
            {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer"}}},
        ],
    });
    let made = values(base, json!({"cat": cat}));
    assert!(made.iter().all(|value| value["kind"].is_string() && value["lives"].is_i64()));
    let itself = json!({"allOf": [{"$ref": "#/components/schemas/it"}], "type": "string"});
    assert!(!values(itself, json!({})).is_empty());
}

#[test]
fn what_contains_itself_ends() {
    let tree = json!({
        "type": "object",
        "properties": {
            "left": {"$ref": "#/components/schemas/it"},
            "all": {"type": "array", "items": {"$ref": "#/components/schemas/it"}},
        },
    });
    assert!(values(tree, json!({})).len() > 3);
    let endless = json!({
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"$ref": "#/components/schemas/it"}},
    });
    assert!(values(endless, json!({})).is_empty());
}

#[test]
fn limits_and_patterns_are_kept_to() {
    let most = json!({"type": "integer", "minimum": 3, "exclusiveMinimum": true, "maximum": 5});
    assert_eq!(values(most, json!({})), [json!(4), json!(5)]);
    let code = json!({"type": "string", "pattern": "^[A-Z]{2}-\\d+$", "maxLength": 5});
    assert_eq!(values(code, json!({})), [json!("AA-0"), json!("AA-00")]);
    let some = json!({"type": "array", "minItems": 2, "items": {"type": "boolean"}});
    assert!(values(some, json!({})).contains(&json!([true, false])));
}

#[test]
fn schemas_of_openapi_are_those_of_json_schema() {
    use Direction::{Neither, Request, Response};
    let nullable = json!({"type": "string", "nullable": true, "enum": ["a"]});
    assert!(allows(&nullable, Response, &json!(null)));
    assert!(!allows(&nullable, Response, &json!("b")));
    let above = json!({"type": "number", "minimum": 1, "exclusiveMinimum": true});
    assert!(!allows(&above, Response, &json!(1)));
    assert!(allows(&above, Response, &json!(1.5)));
    let short = json!({"type": "integer", "format": "int32"});
    assert!(!allows(&short, Response, &json!(1_i64 << 31)));
    let required = json!({
        "type": "object",
        "required": ["id", "secret"],
        "properties": {"id": {"readOnly": true}, "secret": {"writeOnly": true}},
    });
    let id = json!({"id": 1});
    let secret = json!({"secret": 1});
    assert!(allows(&required, Response, &id) && !allows(&required, Response, &secret));
    assert!(allows(&required, Request, &secret) && !allows(&required, Request, &id));
    assert!(!allows(&required, Neither, &id) && !allows(&required, Neither, &secret));
    let broken = json!({"type": "file", "pattern": "(", "minimum": "1", "required": true});
    assert!(allows(&broken, Response, &json!({"any": "thing"})));
}

#[test]
fn differences_have_their_places() {
    let given = json!({"a": 1, "b": [1, 2], "c/d": null, "e": "x", "f": {"g": true}});
    let same = json!({"a": 1.0, "b": [1, 2], "c/d": null, "e": "x", "f": {"g": true}});
    assert_eq!(compare_values(&given, &same), []);
    let other = json!({"a": 2, "b": [1], "e": "x", "f": {"g": true, "h": 1}});
    let found = [
        (Fault::Changed, "/a".to_owned()),
        (Fault::Lost, "/b/1".to_owned()),
        (Fault::NullLost, "/c~1d".to_owned()),
        (Fault::Added, "/f/h".to_owned()),
    ];
    assert_eq!(compare_values(&given, &other), found);
}
