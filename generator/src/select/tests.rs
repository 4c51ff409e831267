//! Tests of trimming.

use serde_json::{Value, json};

use super::{Pattern, Selection, prose};

fn document() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1", "description": "Prose."},
        "x-own": {"description": "Data."},
        "servers": [{"url": "https://a.example", "description": "Prose."}],
        "tags": [{"name": "used", "description": "Prose."}, {"name": "unused"}],
        "security": [{"everywhere": []}],
        "paths": {
            "/b/{id}": {
                "summary": "Prose.",
                "parameters": [{"$ref": "#/components/parameters/id"}],
                "put": {
                    "tags": ["used"],
                    "security": [{"here": []}],
                    "requestBody": {"$ref": "#/components/requestBodies/body"},
                    "responses": {
                        "200": {"$ref": "#/components/responses/ok"},
                        "default": {"description": "Prose.", "links": {"next": {"$ref": "#/components/links/next"}}}
                    },
                    "callbacks": {"done": {"$ref": "#/components/callbacks/done"}}
                }
            },
            "/a": {"get": {"tags": ["unused"], "responses": {"200": {"$ref": "#/components/responses/other"}}}}
        },
        "components": {
            "x-kept": true,
            "schemas": {
                "Unused": {"$ref": "#/components/schemas/Pet"},
                "Pet": {
                    "description": "Prose.",
                    "discriminator": {
                        "propertyName": "kind",
                        "mapping": {"cat": "#/components/schemas/Cat", "dog": "Dog"}
                    },
                    "properties": {
                        "description": {"type": "string", "description": "Prose."},
                        "summary": {"type": "string"},
                        "example": {"$ref": "#/components/schemas/Named"},
                        "self": {"$ref": "#/components/schemas/Pet"}
                    },
                    "example": {"description": "Data.", "$ref": "#/components/schemas/Unused"},
                    "default": {"summary": "Data."},
                    "enum": [{"description": "Data."}]
                },
                "Cat": {"allOf": [{"$ref": "#/components/schemas/Fur%20coat/properties/colour"}]},
                "Dog": {},
                "Fur coat": {"properties": {"colour": {}}},
                "Named": {}
            },
            "parameters": {"id": {"name": "id", "in": "path", "description": "Prose."}, "unused": {}},
            "requestBodies": {"body": {"content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/Pet"},
                "examples": {"one": {"$ref": "#/components/examples/one"}, "description": {"summary": "Prose.", "value": {"summary": "Data."}}}
            }}}},
            "responses": {
                "ok": {"description": "Prose.", "headers": {"description": {"$ref": "#/components/headers/h"}}},
                "other": {"description": "Prose."}
            },
            "headers": {"h": {"schema": {}}, "unused": {}},
            "examples": {"one": {"value": 1}, "unused": {}},
            "links": {"next": {"operationId": "x"}, "unused": {}},
            "callbacks": {"done": {"{$url}": {"post": {"responses": {"200": {"$ref": "#/components/responses/ok"}}}}}},
            "securitySchemes": {"everywhere": {}, "here": {}, "unused": {}}
        }
    })
}

fn trim(document: &mut Value, only: &[Pattern]) -> Result<(), String> {
    Selection { only: only.to_vec(), exclude: Vec::new() }.apply(document)
}

fn trimmed(pattern: &str) -> Value {
    let mut document = document();
    trim(&mut document, &[pattern.parse().unwrap()]).unwrap();
    document
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn keeps_what_is_reached_in_the_order_of_the_document() {
    let trimmed = trimmed("/b*");
    let components = &trimmed["components"];
    assert_eq!(keys(&trimmed["paths"]), ["/b/{id}"]);
    assert_eq!(keys(&components["schemas"]), ["Pet", "Cat", "Dog", "Fur coat", "Named"]);
    assert_eq!(keys(&components["responses"]), ["ok"]);
    for (section, name) in [
        ("parameters", "id"),
        ("requestBodies", "body"),
        ("headers", "h"),
        ("examples", "one"),
        ("links", "next"),
        ("callbacks", "done"),
    ] {
        assert_eq!(keys(&components[section]), [name], "{section}");
    }
    assert_eq!(keys(&components["securitySchemes"]), ["everywhere", "here"]);
    assert_eq!(trimmed["tags"].as_array().unwrap().len(), 1);
    assert_eq!(keys(&trimmed), keys(&document()));
}

#[test]
fn changes_nothing_that_it_keeps() {
    let trimmed = trimmed("/b*");
    let document = document();
    assert_eq!(trimmed["paths"]["/b/{id}"], document["paths"]["/b/{id}"]);
    assert_eq!(trimmed["components"]["schemas"]["Pet"], document["components"]["schemas"]["Pet"]);
    assert_eq!(trimmed["servers"], document["servers"]);
    assert_eq!(trimmed["x-own"], document["x-own"]);
    assert_eq!(trimmed["components"]["x-kept"], document["components"]["x-kept"]);
}

#[test]
fn leaves_out_sections_that_become_empty() {
    assert_eq!(keys(&trimmed("/a")["components"]), ["x-kept", "responses", "securitySchemes"]);
}

#[test]
fn without_patterns_keeps_every_path() {
    let mut document = document();
    trim(&mut document, &[]).unwrap();
    assert_eq!(keys(&document["paths"]), ["/b/{id}", "/a"]);
    assert_eq!(keys(&document["components"]["responses"]), ["ok", "other"]);
    assert!(document["components"]["schemas"].get("Unused").is_none());
}

#[test]
fn refuses_what_would_not_stand_alone() {
    let patterns = |pattern: &str| [pattern.parse::<Pattern>().unwrap()];
    let mut whole = document();
    assert_eq!(trim(&mut whole, &patterns("/c")).unwrap_err(), "`/c` matches no operation");
    let mut linked = document();
    linked["paths"]["/a"]["get"]["responses"]["200"]["$ref"] =
        "#/paths/~1b~1{id}/put/responses/default".into();
    let message = trim(&mut linked, &patterns("/a")).unwrap_err();
    assert!(message.contains("which is not selected"), "{message}");
}

#[test]
fn a_method_keeps_one_operation_and_what_stands_beside_it() {
    let mut whole = document();
    whole["paths"]["/b/{id}"]["get"] =
        json!({"responses": {"200": {"$ref": "#/components/responses/other"}}});
    let kept = |patterns: &[&str]| {
        let patterns: Vec<Pattern> = patterns.iter().map(|text| text.parse().unwrap()).collect();
        let mut document = whole.clone();
        trim(&mut document, &patterns).map(|()| document)
    };
    let one = kept(&["GET /b*"]).unwrap();
    assert_eq!(keys(&one["paths"]["/b/{id}"]), ["summary", "parameters", "get"]);
    assert_eq!(keys(&one["components"]["responses"]), ["other"]);
    assert!(one["components"].get("schemas").is_none());
    // Each path has one of both methods: a path without the operation is no path to keep.
    assert_eq!(keys(&kept(&["put *"]).unwrap()["paths"]), ["/b/{id}"]);
    let both = kept(&["GET /b*", "PUT /b*", "GET /a"]).unwrap();
    assert_eq!(both["paths"], whole["paths"]);
    assert_eq!(kept(&["/b*", "GET /b*"]).unwrap()["paths"]["/b/{id}"], whole["paths"]["/b/{id}"]);
    assert_eq!(kept(&["POST /a"]).unwrap_err(), "`POST /a` matches no operation");
}

#[test]
fn tags_ids_methods_and_exceptions_choose_operations() {
    let whole = json!({"paths": {
        "/a": {"get": {"operationId": "get_a", "tags": ["one"]}, "post": {"operationId": "add_a", "tags": ["two"]}},
        "/b": {"get": {"operationId": "get_b", "tags": ["two"]}},
    }});
    let kept = |only: &[&str], exclude: &[&str]| {
        let parsed = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let mut document = whole.clone();
        Selection { only: parsed(only), exclude: parsed(exclude) }.apply(&mut document).map(|()| {
            let mut found = Vec::new();
            for (path, item) in document["paths"].as_object().unwrap() {
                found.extend(keys(item).iter().map(|method| format!("{method} {path}")));
            }
            found.join(", ")
        })
    };
    assert_eq!(kept(&["tag:two"], &[]).unwrap(), "post /a, get /b");
    assert_eq!(kept(&["id:get_*"], &[]).unwrap(), "get /a, get /b");
    assert_eq!(kept(&["GET"], &["tag:one"]).unwrap(), "get /b");
    assert_eq!(kept(&[], &["/a"]).unwrap(), "get /b");
    assert_eq!(kept(&[], &["GET /a"]).unwrap(), "post /a, get /b");
    assert_eq!(kept(&["/a"], &["/*"]).unwrap_err(), "no operations are left");
    assert_eq!(kept(&[], &["tag:three"]).unwrap_err(), "`tag:three` matches no operation");
}

#[test]
fn removes_prose_but_no_names_and_no_data() {
    let mut document = document();
    prose::remove_prose(&mut document);
    let text = document.to_string();
    assert!(!text.contains("Prose."), "{text}");
    assert_eq!(text.matches("Data.").count(), 5, "{text}");
    assert_eq!(document["paths"]["/b/{id}"]["put"]["responses"]["default"]["description"], "");
    assert_eq!(document["components"]["responses"]["ok"]["description"], "");
    assert!(document["components"]["responses"]["ok"]["headers"]["description"].is_object());
    assert_eq!(
        keys(&document["components"]["schemas"]["Pet"]["properties"]),
        ["description", "summary", "example", "self"]
    );
    assert!(document["info"].get("description").is_none());
}

#[test]
fn keeps_what_builds_on_a_base_with_a_discriminator() {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let mut document = json!({
        "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": {
            "schema": reference("Base")
        }}}}}}},
        "components": {"schemas": {
            "Child": {"allOf": [reference("Base"), {"properties": {"part": reference("Part")}}]},
            "Grandchild": {"allOf": [reference("Child")]},
            "Base": {"discriminator": {"propertyName": "kind"}},
            "Part": {},
            "Plain": {},
            "Stranger": {"allOf": [reference("Plain")]}
        }}
    });
    trim(&mut document, &[]).unwrap();
    let kept = keys(&document["components"]["schemas"]);
    assert_eq!(kept, ["Child", "Grandchild", "Base", "Part"]);
}
