//! What becomes of documents that `openapiv3` would refuse, or that later stages could not follow.

use openapi_crate::{
    diagnostics::{Diagnostics, Severity},
    repair, source,
};
use serde_json::{Value, json};

/// The repaired document and its findings: `code pointer`. It must be readable now, in one go.
#[track_caller]
fn repair(text: &str) -> (Value, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let mut document = source::read_document(0, text, &mut diagnostics).unwrap();
    repair::repair_document(&mut document, &mut diagnostics);
    serde_json::from_value::<openapiv3::OpenAPI>(document.clone()).unwrap();
    let findings = diagnostics.findings().iter();
    let findings =
        findings.map(|found| format!("{} {}", found.code.name(), found.pointer.as_str()));
    (document, findings.collect())
}

/// What becomes of a schema. The findings are without their pointers.
#[track_caller]
fn schema(text: &str) -> (Value, Vec<String>) {
    let head = "openapi: 3.0.3\ninfo: {title: a, version: b}\npaths: {}\ncomponents: {schemas: {B: {}, A: ";
    let (mut document, findings) = repair(&format!("{head}{text}}}}}"));
    let codes = findings.iter().map(|finding| finding.split(' ').next().unwrap().to_owned());
    (document["components"]["schemas"]["A"].take(), codes.collect())
}

#[track_caller]
fn becomes(text: &str, value: Value, codes: &[&str]) {
    let (schema, found) = schema(text);
    assert_eq!(schema, value, "{text}");
    assert_eq!(found, codes, "{text}");
}

const COERCED: &str = "coerced-value";
const IGNORED: &str = "ignored-keyword";
const NEWER: &str = "newer-keyword";
const NULL: &str = "null-value";
const REPAIRED: &str = "repaired-value";

#[test]
fn valid_schemas_stay_as_they_are() {
    for text in [
        "{type: string, enum: [a, null], nullable: true, x-own: {type: [1]}, example: [1], default: {a: 1}}",
        "{type: integer, minimum: 0, maximum: 9223372036854775807, exclusiveMinimum: true}",
        "{oneOf: [{$ref: '#/components/schemas/B'}], discriminator: {propertyName: a, mapping: {a: B}}}",
        "{properties: {$ref: {}, type: {type: string}, description: {}}, additionalProperties: false}",
        "{$ref: '#/components/schemas/B'}",
        "{type: array, items: {}, enum: [[1], [2]]}",
    ] {
        let before =
            source::read_document(0, &format!("a: {text}"), &mut Diagnostics::default()).unwrap();
        becomes(text, before["a"].clone(), &[]);
    }
}

#[test]
fn a_path_without_a_slash_replaces_no_other_path() {
    for paths in ["{pets: {}, /pets: {summary: a}}", "{/pets: {summary: a}, pets: {}}"] {
        let text = format!("openapi: 3.0.3\ninfo: {{title: a, version: b}}\npaths: {paths}\n");
        let (document, found) = repair(&text);
        assert_eq!(document["paths"], json!({"/pets": {"summary": "a"}}));
        assert_eq!(found, ["invalid-path /paths/pets"]);
    }
}

#[test]
fn keywords_of_openapi_3_1_are_translated() {
    becomes("{type: [string, 'null']}", json!({"nullable": true, "type": "string"}), &[NEWER]);
    becomes(
        "{type: [string, integer], minLength: 1, minimum: 2, description: d, enum: [a, 1]}",
        json!({"description": "d", "anyOf": [
            {"type": "string", "minLength": 1, "enum": ["a"]},
            {"type": "integer", "minimum": 2, "enum": [1]}
        ]}),
        &[NEWER],
    );
    becomes("{type: [number, integer]}", json!({"type": "number"}), &[NEWER]);
    becomes("{const: 5}", json!({"enum": [5]}), &[NEWER]);
    becomes("{type: 'null'}", json!({"nullable": true, "enum": [null]}), &[NEWER]);
    becomes("{exclusiveMinimum: 5}", json!({"exclusiveMinimum": true, "minimum": 5}), &[NEWER]);
    becomes("{exclusiveMaximum: 5, maximum: 4}", json!({"maximum": 4}), &[NEWER]);
    becomes(
        "{exclusiveMaximum: 5, maximum: 6}",
        json!({"exclusiveMaximum": true, "maximum": 5}),
        &[NEWER],
    );
    becomes(
        "{anyOf: [{$ref: '#/components/schemas/B'}, {type: 'null'}]}",
        json!({"anyOf": [{"$ref": "#/components/schemas/B"}], "nullable": true}),
        &[NEWER],
    );
    becomes("{examples: [1, 2]}", json!({"example": 1}), &[NEWER]);
    becomes(
        "{type: string, contentEncoding: base64url}",
        json!({"type": "string", "format": "base64url"}),
        &["newer-keyword"],
    );
    becomes(
        "{type: string, contentEncoding: base64}",
        json!({"type": "string", "format": "byte"}),
        &[NEWER],
    );
    becomes("{properties: {a: true}}", json!({"properties": {"a": {}}}), &[NEWER]);
}

#[test]
fn descriptions_beside_a_reference_are_kept() {
    becomes(
        "{$ref: '#/components/schemas/B', description: d, nullable: true}",
        json!({"description": "d", "nullable": true, "allOf": [{"$ref": "#/components/schemas/B"}]}),
        &[NEWER],
    );
    becomes(
        "{$ref: '#/components/schemas/B', description: d}",
        json!({"description": "d", "allOf": [{"$ref": "#/components/schemas/B"}]}),
        &[],
    );
    becomes(
        "{$ref: '#/components/schemas/B', type: string, nullable: false}",
        json!({"$ref": "#/components/schemas/B"}),
        &[IGNORED],
    );
}

#[test]
fn types_that_do_not_exist_are_guessed() {
    becomes("{type: file}", json!({"type": "string", "format": "binary"}), &[COERCED]);
    becomes("{type: Integer}", json!({"type": "integer"}), &[COERCED]);
    becomes("{type: 'string,'}", json!({"type": "string"}), &[COERCED]);
    becomes("{type: any}", json!({}), &[COERCED]);
    becomes("{type: strnig}", json!({"type": "string"}), &[REPAIRED]);
    becomes("{type: wooden}", json!({}), &[REPAIRED]);
    becomes("{type: 5}", json!({}), &[REPAIRED]);
    becomes("{items: string}", json!({"items": {"type": "string"}}), &[COERCED]);
}

#[test]
fn numbers_fit_what_rust_has() {
    becomes("{type: integer, maximum: 1e3}", json!({"type": "integer", "maximum": 1000}), &[]);
    becomes("{type: integer, minimum: 0.5}", json!({"type": "integer", "minimum": 1}), &[COERCED]);
    becomes(
        "{type: integer, minimum: 0, maximum: 18446744073709551615}",
        json!({"type": "integer", "minimum": 0, "format": "uint64"}),
        &[],
    );
    // No type of Rust has both these and the negative ones.
    becomes(
        "{type: integer, maximum: 18446744073709551615}",
        json!({"type": "integer", "format": "big-integer"}),
        &[],
    );
    becomes(
        "{type: integer, maximum: '12'}",
        json!({"type": "integer", "maximum": 12}),
        &[COERCED],
    );
    becomes("{type: number, maximum: 1e400}", json!({"type": "number"}), &[REPAIRED]);
    becomes(
        "{type: string, maxLength: 5.0}",
        json!({"type": "string", "maxLength": 5}),
        &[COERCED],
    );
    becomes("{type: string, maxLength: -1}", json!({"type": "string"}), &[REPAIRED]);
}

#[test]
fn values_of_an_enum_are_of_its_type() {
    becomes(
        "{type: string, enum: [a, 1, true, null]}",
        json!({"type": "string", "enum": ["a", "1", "true", null]}),
        &[COERCED, COERCED],
    );
    becomes(
        "{type: integer, enum: ['1', 2.0, x]}",
        json!({"type": "integer", "enum": [1, 2]}),
        &[COERCED, REPAIRED],
    );
    becomes(
        "{type: integer, enum: [1.0, 2e3]}",
        json!({"type": "integer", "enum": [1, 2000]}),
        &[],
    );
    becomes(
        "{type: boolean, enum: ['true']}",
        json!({"type": "boolean", "enum": [true]}),
        &[COERCED],
    );
    becomes(
        "{type: array, items: {type: string}, enum: [a, b]}",
        json!({"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}),
        &[COERCED],
    );
    becomes("{enum: []}", json!({}), &["unsatisfiable-schema"]);
}

#[test]
fn keywords_without_effect_are_removed() {
    becomes(
        "{type: boolean, format: bool, minimum: 1, properties: {}, not: {}}",
        json!({"type": "boolean"}),
        &[IGNORED, IGNORED, IGNORED],
    );
    becomes("{required: true}", json!({}), &[REPAIRED]);
    becomes("{format: '', items: null}", json!({}), &[NULL, NULL]);
    becomes("{properties: {a: null}}", json!({"properties": {"a": {}}}), &[NULL]);
    becomes(
        "{type: array, items: [{type: string}, {}]}",
        json!({"type": "array", "items": {}}),
        &[REPAIRED],
    );
    becomes(
        "{nullable: 'true', additionalProperties: 'false'}",
        json!({"nullable": true, "additionalProperties": false}),
        &[COERCED, COERCED],
    );
    becomes(
        "{required: a, enum: b}",
        json!({"required": ["a"], "enum": ["b"]}),
        &[COERCED, COERCED],
    );
}

const REST: &str = "openapi: 3.0.3\ninfo: {title: a, version: b}\n";

#[test]
fn deeper_references_are_moved_into_components() {
    let (document, findings) = repair(&format!(
        "{REST}paths:\n  /a:\n    get:\n      parameters:\n        - {{name: p, in: query, schema: {{type: string}}}}\n\
         \x20     responses: {{'200': {{description: d, content: {{text/plain: {{schema: {{type: object, properties: {{\
         self: {{$ref: '#/paths/~1a/get/responses/200/content/text~1plain/schema'}}}}}}}}}}}}}}\n    \
         put:\n      parameters:\n        - $ref: '#/paths/~1a/get/parameters/0'\n      responses: {{}}\n\
         definitions: {{Old: {{type: int}}}}\n\
         components: {{schemas: {{A: {{properties: {{b: {{type: string}}}}}}, \
         C: {{$ref: '#/components/schemas/A/properties/b'}}, D: {{$ref: '#/definitions/Old'}}, \
         E: {{$ref: '#/components/schemas/A/properties/%62'}}, F: {{$ref: '#/nowhere/at/all'}}}}}}\n"
    ));
    assert_eq!(
        findings,
        ["unknown-keyword /definitions", "coerced-value /components/schemas/Old/type"]
    );
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["AB"], json!({"type": "string"}));
    for name in ["C", "E"] {
        assert_eq!(schemas[name], json!({"$ref": "#/components/schemas/AB"}), "{name}");
    }
    assert_eq!(schemas["A"]["properties"]["b"], json!({"$ref": "#/components/schemas/AB"}));
    assert_eq!(schemas["Old"], json!({"type": "integer"}));
    assert_eq!(schemas["F"], json!({"$ref": "#/nowhere/at/all"}));
    let body =
        &document["paths"]["/a"]["get"]["responses"]["200"]["content"]["text/plain"]["schema"];
    let entry = json!({"$ref": "#/components/schemas/AGet200TextPlain"});
    assert_eq!(*body, entry);
    assert_eq!(schemas["AGet200TextPlain"]["properties"]["self"], entry);
    let parameter = json!({"$ref": "#/components/parameters/AGet0"});
    assert_eq!(document["paths"]["/a"]["put"]["parameters"][0], parameter);
    assert_eq!(document["paths"]["/a"]["get"]["parameters"][0], parameter);
}

#[test]
fn references_where_openapi_has_none_are_filled_in() {
    let (document, findings) = repair(&format!(
        "{REST}paths:\n  /a:\n    $ref: '#/x-paths/b'\n    summary: s\n  /c:\n    $ref: '#/paths/~1a'\n\
         \x20 /d: {{get: {{$ref: '#/nowhere'}}}}\n\
         x-paths: {{b: {{get: {{responses: {{'200': {{description: d, content: {{$ref: '#/x-content'}}}}}}}}}}}}\n\
         x-content: {{text/plain: {{schema: {{type: string}}}}}}\n"
    ));
    assert_eq!(findings, ["unresolved-reference /paths/~1d/get/$ref"]);
    assert_eq!(document["paths"]["/a"]["summary"], "s");
    for path in ["/a", "/c"] {
        let content = &document["paths"][path]["get"]["responses"]["200"]["content"];
        assert_eq!(content["text/plain"]["schema"]["type"], "string", "{path}");
    }
    assert_eq!(document["paths"]["/d"], json!({}));
}

/// `components.mediaTypes` is of OpenAPI 3.2, where it holds single media types.
#[test]
fn unknown_sections_may_contain_anything() {
    let (document, findings) = repair(&format!(
        "{REST}paths: {{/a: {{get: {{responses: {{'200': {{description: d, content: \
         {{$ref: '#/components/mediaTypes/Words'}}}}}}}}}}}}\n\
         components: {{mediaTypes: {{Words: {{text/plain: {{schema: {{type: string}}}}}}}}}}\n"
    ));
    assert_eq!(findings, ["unknown-keyword /components/mediaTypes"]);
    let content = &document["paths"]["/a"]["get"]["responses"]["200"]["content"];
    assert_eq!(content["text/plain"]["schema"]["type"], "string");
}

#[test]
fn unambiguous_swagger_is_understood() {
    let (document, findings) = repair(&format!(
        "{REST}paths:\n  /a:\n    get:\n      parameters:\n        - {{name: p, in: query, type: string, minLength: 2}}\n\
         \x20       - {{name: b, in: body, schema: {{}}}}\n\
         \x20     responses: {{'200': {{description: d, schema: {{type: string}}, headers: {{H: {{type: integer}}}}}}}}\n\
         components: {{securitySchemes: {{b: {{type: basic}}, o: {{type: oauth2, flows: {{accessCode: {{}}}}}}}}}}"
    ));
    let operation = &document["paths"]["/a"]["get"];
    assert_eq!(
        operation["parameters"],
        json!([{"name": "p", "in": "query", "schema": {"type": "string", "minLength": 2}}])
    );
    let response = &operation["responses"]["200"];
    assert_eq!(response["content"], json!({"application/json": {"schema": {"type": "string"}}}));
    assert_eq!(response["headers"]["H"], json!({"schema": {"type": "integer"}}));
    assert_eq!(
        document["components"]["securitySchemes"]["b"],
        json!({"type": "http", "scheme": "basic"})
    );
    let flows = &document["components"]["securitySchemes"]["o"]["flows"];
    assert_eq!(flows["authorizationCode"]["scopes"], json!({}));
    assert_eq!(
        findings,
        [
            "newer-keyword /paths/~1a/get/parameters/0/type",
            "repaired-value /paths/~1a/get/parameters/1",
            "repaired-value /paths/~1a/get/responses/200/schema",
            "newer-keyword /paths/~1a/get/responses/200/headers/H/type",
            "newer-keyword /components/securitySchemes/b/type",
            "newer-keyword /components/securitySchemes/o/flows/accessCode",
            "missing-member /components/securitySchemes/o/flows/authorizationCode",
            "missing-member /components/securitySchemes/o/flows/authorizationCode",
            "missing-member /components/securitySchemes/o/flows/authorizationCode",
        ]
    );
}

#[test]
fn small_mistakes_have_small_effects() {
    let (document, findings) = repair(&format!(
        "{REST}servers: [{{url: a, variables: {{v: {{enum: [1, 2]}}}}}}, {{}}]\ntags: [t]\nsecurity: {{k: null}}\n\
         paths:\n  a: {{}}\n  /b:\n    get:\n      security: [{{k: }}]\n      parameters:\n        - null\n        \
         - {{name: p, in: query}}\n        - {{in: query}}\n      requestBody: {{content: {{a/b: , c/d: {{examples: \
         {{e: text}}, encoding: {{p: {{}}, q: {{style: deepObject}}}}}}}}}}\n      responses:\n        '200':\n        \
         4XX: {{$ref: 5}}\n        20: {{}}\n        x-own: 1\n"
    ));
    assert_eq!(
        document["servers"],
        json!([{"url": "a", "variables": {"v": {"enum": ["1", "2"], "default": "1"}}}])
    );
    assert_eq!(document["tags"], json!([{"name": "t"}]));
    assert_eq!(document["security"], json!([{"k": []}]));
    assert!(document["paths"].get("/a").is_some());
    let operation = &document["paths"]["/b"]["get"];
    assert_eq!(operation["security"], json!([{"k": []}]));
    assert_eq!(
        operation["parameters"],
        json!([{"name": "p", "in": "query", "schema": {"type": "string"}}])
    );
    assert_eq!(
        operation["requestBody"]["content"],
        json!({"a/b": {}, "c/d": {
            "examples": {"e": {"value": "text"}},
            "encoding": {"p": {"explode": true}, "q": {"style": "deepObject"}}
        }})
    );
    assert_eq!(
        operation["responses"],
        json!({"200": {"description": ""}, "4XX": {"description": ""}, "x-own": 1})
    );
    assert_eq!(findings.len(), 20, "{findings:#?}");
}

#[test]
fn lossless_translations_are_only_notes() {
    let mut diagnostics = Diagnostics::default();
    let text = format!(
        "{REST}paths: {{}}\ncomponents: {{schemas: {{A: {{const: a}}, B: {{type: [string, 'null']}}}}}}"
    );
    let mut document = source::read_document(0, &text, &mut diagnostics).unwrap();
    repair::repair_document(&mut document, &mut diagnostics);
    assert_eq!(diagnostics.count(Severity::Note), 2);
    assert!(!diagnostics.is_fatal(true));
}
