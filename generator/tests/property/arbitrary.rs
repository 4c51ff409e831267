//! Documents of the shape of OpenAPI, with anything in them.

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use crate::promise;

const NAMES: &[&str] = &[
    "Pet", "pet", "a b", "Option", "", "1", "type", "größe", "x/y", "~", "Self", "\"]#[x]", "A--B",
    "id",
];

const PATHS: &[&str] = &[
    "/pets",
    "/pets/{id}",
    "/pets/{id}.json",
    "pets",
    "/{a}{b}",
    "/%7B{",
    "/a#b",
    "/",
    "/{id}/{id}",
    "/🐕",
];

const TEXTS: &[&str] =
    &["", "A pet.", "*/ `x", "# a\n\n```\nfn\n", "[x](y) <b>", "\u{0}\"\\", "https://x.y/z"];

fn name() -> impl Strategy<Value = String> {
    select(NAMES).prop_map(str::to_owned)
}

/// A mapping of a few members; of two with one key, the later counts.
fn map(
    keys: impl Strategy<Value = String>,
    values: impl Strategy<Value = Value>,
    most: usize,
) -> impl Strategy<Value = Value> {
    vec((keys, values), 0..=most).prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
}

/// Both mappings in one.
fn with(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            one.extend(other);
            Value::Object(one)
        }
        (one, _) => one,
    }
}

fn reference() -> impl Strategy<Value = Value> {
    (select(&["schemas", "parameters", "responses"][..]), name()).prop_map(|(section, name)| {
        let name = name.replace('~', "~0").replace('/', "~1");
        json!({"$ref": format!("#/components/{section}/{name}")})
    })
}

/// What may stand beside anything in a schema.
fn annotations() -> impl Strategy<Value = Value> {
    let pair = prop_oneof![
        any::<bool>().prop_map(|nullable| ("nullable", json!(nullable))),
        select(TEXTS).prop_map(|text| ("description", json!(text))),
        name().prop_map(|name| ("x-rust-name", json!(name))),
        select(TEXTS).prop_map(|text| ("default", json!(text))),
        vec(name(), 0..3).prop_map(|names| ("required", json!(names))),
        any::<i32>().prop_map(|number| ("maximum", json!(number))),
        Just(("readOnly", json!(true))),
        Just(("deprecated", json!(true))),
        name().prop_map(|name| ("discriminator", json!({"propertyName": name}))),
    ];
    vec(pair, 0..3).prop_map(|pairs| {
        Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    })
}

fn schema() -> impl Strategy<Value = Value> {
    let kinds = &["string", "integer", "number", "boolean", "object", "array", "null", "file"][..];
    let formats = &["date-time", "date", "byte", "binary", "int64", "int32", "uuid", "odd"][..];
    let leaf = prop_oneof![
        4 => reference(),
        4 => (select(kinds), option::of(select(formats))).prop_map(|(kind, format)| json!({"type": kind, "format": format})),
        2 => vec(name(), 0..5).prop_map(|values| json!({"type": "string", "enum": values})),
        1 => vec(prop_oneof![any::<i64>().prop_map(Value::from), Just(Value::Null), name().prop_map(Value::from)], 0..4)
            .prop_map(|values| json!({"enum": values})),
        1 => Just(json!({})),
        1 => select(vec![Value::Null, json!(1), json!("x"), json!([]), json!(true)]),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let schema = prop_oneof![
            4 => map(name(), inner.clone(), 4).prop_map(|properties| json!({"type": "object", "properties": properties})),
            2 => inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            1 => inner.clone().prop_map(|values| json!({"type": "object", "additionalProperties": values})),
            3 => (select(&["allOf", "oneOf", "anyOf"][..]), vec(inner, 0..4)).prop_map(|(keyword, members)| json!({keyword: members})),
        ];
        (schema, annotations()).prop_map(|(schema, more)| with(schema, more))
    })
}

fn parameter() -> impl Strategy<Value = Value> {
    let places = &["query", "path", "header", "cookie", "body"][..];
    let styles = &["form", "simple", "label", "matrix", "deepObject", "pipeDelimited", "odd"][..];
    (name(), select(places), option::of(select(styles)), any::<bool>(), schema()).prop_map(
        |(name, place, style, explode, schema)| {
            json!({"name": name, "in": place, "style": style, "explode": explode, "schema": schema, "required": explode})
        },
    )
}

fn content() -> impl Strategy<Value = Value> {
    let kinds = &[
        "application/json",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/octet-stream",
        "text/event-stream",
        "*/*",
        "odd",
        "application/xml",
        "image/*",
    ][..];
    map(
        select(kinds).prop_map(str::to_owned),
        schema().prop_map(|schema| json!({"schema": schema})),
        2,
    )
}

fn response() -> impl Strategy<Value = Value> {
    (content(), map(name(), schema().prop_map(|schema| json!({"schema": schema})), 2), select(TEXTS)).prop_map(
        |(content, headers, text)| json!({"description": text, "content": content, "headers": headers}),
    )
}

fn operation() -> impl Strategy<Value = Value> {
    let statuses = &["200", "201", "204", "302", "404", "4XX", "default", "abc", "99"][..];
    (
        option::of(name()),
        vec(prop_oneof![3 => parameter(), 1 => reference()], 0..4),
        option::of((content(), any::<bool>())),
        map(select(statuses).prop_map(str::to_owned), response(), 3),
        vec(name(), 0..2),
    )
        .prop_map(|(id, parameters, body, responses, tags)| {
            let body = body.map(|(content, required)| json!({"content": content, "required": required}));
            json!({"operationId": id, "parameters": parameters, "requestBody": body, "responses": responses, "tags": tags})
        })
}

fn document() -> impl Strategy<Value = Value> {
    let methods = &["get", "put", "post", "delete", "patch", "head", "odd"][..];
    let paths = map(
        select(PATHS).prop_map(str::to_owned),
        map(select(methods).prop_map(str::to_owned), operation(), 3),
        4,
    );
    let scheme = json!({"type": "http", "scheme": "bearer"});
    (paths, map(name(), schema(), 5), map(name(), parameter(), 2), map(name(), response(), 2), select(TEXTS))
        .prop_map(move |(paths, schemas, parameters, responses, text)| {
            let mut document = Map::new();
            document.insert("openapi".to_owned(), json!("3.0.3"));
            document.insert("info".to_owned(), json!({"title": text, "version": text}));
            document.insert("servers".to_owned(), json!([{"url": text}]));
            document.insert("paths".to_owned(), paths);
            document.insert(
                "components".to_owned(),
                json!({"schemas": schemas, "parameters": parameters, "responses": responses, "securitySchemes": {text: scheme}}),
            );
            document.insert("security".to_owned(), json!([{text: []}]));
            Value::Object(document)
        })
}

proptest! {
    #![proptest_config(promise::runs())]

    #[test]
    fn anything_in_the_shape_of_openapi(document in document()) {
        promise::keeps(&document.to_string());
    }

    #[test]
    fn any_text(text in "\\PC{0,60}") {
        promise::keeps(&text);
        promise::keeps(&format!("openapi: 3.0.3\ninfo: {{title: a, version: '1'}}\npaths: {{}}\n{text}"));
    }
}
