//! Overlays: what they do to a document.

use openapi_crate::{
    diagnostics::Diagnostics,
    overlay,
    source::{self, Input, Source},
};
use serde_json::{Value, json};

const DOCUMENT: &str = "\
openapi: 3.0.3
info: {title: Pets, version: 1.0.0}
paths:
  /pets:
    get:
      parameters: [{name: a}, {name: b}, {name: c}, {name: d}]
      responses: {}
    put:
      responses: {}
components:
  schemas:
    Pet: {required: [name], properties: {name: {type: string}}, x-list: [1, 2]}
";

/// The document after these actions, and the messages about them.
fn apply(actions: &str) -> (Value, Vec<String>) {
    let text = format!("overlay: 1.0.0\ninfo: {{title: a, version: 1.0.0}}\nactions:\n{actions}");
    let mut diagnostics = Diagnostics::default();
    let mut document = source::read_document(0, DOCUMENT, &mut diagnostics).unwrap();
    let overlay = source::read_document(1, &text, &mut diagnostics).unwrap();
    overlay::apply_overlay(0, &overlay, &mut document, &mut diagnostics);
    let messages = diagnostics.findings().iter().map(|finding| finding.message.clone());
    (document, messages.collect())
}

#[track_caller]
fn gives(actions: &str, pointer: &str, value: Value) {
    let (document, messages) = apply(actions);
    assert_eq!(messages, Vec::<String>::new());
    assert_eq!(document.pointer(pointer).cloned().unwrap_or_default(), value);
}

#[test]
fn mappings_are_merged_all_the_way_down() {
    gives(
        "- target: $.components.schemas.Pet\n  update: {properties: {name: {type: integer}, age: {type: integer}}}",
        "/components/schemas/Pet/properties",
        json!({"name": {"type": "integer"}, "age": {"type": "integer"}}),
    );
}

#[test]
fn lists_grow() {
    gives(
        "- target: $.components.schemas.Pet\n  update: {required: [age]}",
        "/components/schemas/Pet/required",
        json!(["name", "age"]),
    );
    gives(
        "- target: $.components.schemas.Pet.required\n  update: age",
        "/components/schemas/Pet/required",
        json!(["name", "age"]),
    );
    gives(
        "- target: $.components.schemas.Pet.required\n  update: [age, kind]",
        "/components/schemas/Pet/required",
        json!(["name", "age", "kind"]),
    );
}

#[test]
fn other_values_are_replaced() {
    gives(
        "- target: $.components.schemas.Pet.properties\n  update: {name: false}",
        "/components/schemas/Pet/properties/name",
        json!(false),
    );
    gives("- target: $\n  update: {info: {title: null}}", "/info/title", json!(null));
}

#[test]
fn every_match_is_changed() {
    let (document, _) = apply("- target: $.paths.*[?@.responses]\n  update: {x-seen: true}");
    for method in ["get", "put"] {
        assert_eq!(document["paths"]["/pets"][method]["x-seen"], true, "{method}");
    }
}

#[test]
fn removal_takes_out_members_elements_and_what_is_in_them() {
    gives(
        "- target: $..parameters[?@.name != 'b']\n  remove: true",
        "/paths/~1pets/get/parameters",
        json!([{"name": "b"}]),
    );
    gives("- target: $.paths['/pets'].*\n  remove: true", "/paths/~1pets", json!({}));
    gives("- target: $.paths..*\n  remove: true", "/paths", json!({}));
    gives("- target: $.info.title\n  remove: true", "/info", json!({"version": "1.0.0"}));
    gives(
        "- target: $.components.schemas.Pet.properties\n  update: {a: 1}\n  remove: true",
        "/components/schemas/Pet/properties",
        json!(null),
    );
}

#[test]
fn actions_are_applied_one_after_the_other() {
    gives(
        "- target: $.paths['/pets']\n  remove: true\n- target: $.paths\n  update: {/pets: {get: {x: 1}}}\n\
         - target: $.paths['/pets'].get\n  update: {y: 2}",
        "/paths/~1pets",
        json!({"get": {"x": 1, "y": 2}}),
    );
}

#[test]
fn failed_actions_are_reported_and_the_rest_is_applied() {
    let (document, messages) = apply(
        "- target: $\n  remove: true\n- target: $.info.title\n  update: Dogs\n- target: $.nothing\n  update: {}\n\
         - target: $.info\n  update: {title: Cats}",
    );
    assert_eq!(
        messages,
        [
            "the whole document cannot be removed",
            "the target is a single value; select the mapping that contains it and give the member in `update`",
            "`$.nothing` matches nothing in the document",
        ]
    );
    assert_eq!(document["info"]["title"], "Cats");
}

#[test]
fn findings_are_shown_in_the_file_where_the_mistake_was_made() {
    let overlay = "\
overlay: 1.0.0
info: {title: a, version: 1.0.0}
actions:
  - target: $.paths['/pets'].get.parameters[?@.name == 'a' || @.name == 'c']
    remove: true
  - target: $.paths['/pets'].get.parameters
    update: {name: e, in: query, schema: {type: strng}}
  - target: $.paths['/pets'].get
    update:
      deprecated: perhaps
";
    let mut input = Input::new(Source::new("document.yaml", DOCUMENT));
    input.overlays.push(Source::new("overlay.yaml", overlay));
    let mut diagnostics = Diagnostics::default();
    let _ = openapi_crate::read_and_repair(&input, &mut diagnostics);
    insta::assert_snapshot!(diagnostics.render(&input, Default::default()));
}
