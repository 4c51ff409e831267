//! Schemas: what JSON Schema and OpenAPI 3.1 say in other words, and what is often written although
//! no version has it.

use serde_json::{Map, Value, json};

use super::{
    at::At,
    enumeration::{enum_of_items, settle_enum},
    number::{parse_number, whole_number},
    repairs::{Doomed, Repairs},
    schema31, types,
    value_texts::repair_value_texts,
};
use crate::diagnostics::{Code, Edit};

type Members = Map<String, Value>;

/// What says something about a value's type and form, not about the schema's place.
pub(super) const KEYWORDS_OF_TYPES: &[&str] = &[
    "type",
    "format",
    "items",
    "enum",
    "default",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "multipleOf",
    "nullable",
    "properties",
    "additionalProperties",
];

/// Translates keywords, before their values are looked at.
pub(super) fn translate_keywords(
    repairs: &mut Repairs<'_>,
    map: &mut Members,
    at: &At<'_>,
) -> bool {
    if repairs.is_31() {
        schema31::translate_schema(repairs, map, at);
    }
    types::normalize_type(repairs, map, at);
    translate_const(repairs, map, at);
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        exclusive_bound(repairs, map, bound, exclusive, at);
    }
    if map.get("required").is_some_and(Value::is_boolean) {
        repairs
            .report(
                Code::RepairedValue,
                &at.key("required"),
                "`required` must be a list of properties",
            )
            .help("ignored; list the property in `required` of the enclosing schema");
        map.shift_remove("required");
    }
    for union in ["oneOf", "anyOf"] {
        null_member(repairs, map, union, at);
    }
    if let Some(Value::Array(examples)) =
        map.get("examples").filter(|_| !map.contains_key("example"))
    {
        let first = examples.first().cloned();
        let help = "the first is kept as `example`";
        repairs.newer(&at.key("examples"), "`examples` is an OpenAPI 3.1 keyword", help);
        map.shift_remove("examples");
        map.extend(first.map(|first| ("example".to_owned(), first)));
    }
    if let Some(Value::Array(items)) = map.get("items") {
        let only = if let [only] = items.as_slice() { only.clone() } else { json!({}) };
        repairs
            .report(Code::RepairedValue, &at.key("items"), "`items` must be one schema, not a list")
            .help("items of any kind are accepted, unless the list has one element");
        map.insert("items".to_owned(), only);
    }
    translate_content(repairs, map, at);
    true
}

/// `const: x` is an `enum` of one value.
fn translate_const(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) {
    let Some(value) = map.shift_remove("const") else { return };
    let help = "read as an `enum` of one value";
    repairs.newer(&at.key("const"), "`const` is an OpenAPI 3.1 keyword", help);
    if value.is_null() {
        map.insert("nullable".to_owned(), Value::Bool(true));
    }
    map.insert("enum".to_owned(), Value::Array(vec![value]));
    let to = at.key("enum").index(0).pointer();
    let from = at.key("const").pointer();
    repairs.diagnostics.edited(Edit::FromDocument { to, from });
}

/// In JSON Schema the exclusive bound is a number, in OpenAPI 3.0 it is a remark on the bound.
fn exclusive_bound(
    repairs: &mut Repairs<'_>,
    map: &mut Members,
    bound: &str,
    exclusive: &str,
    at: &At<'_>,
) {
    let Some(Value::Number(limit)) = map.get(exclusive).cloned() else { return };
    repairs.newer(
        &at.key(exclusive),
        format_args!("a number as `{exclusive}` is OpenAPI 3.1 syntax"),
        format_args!("read as `{bound}` with `{exclusive}: true`"),
    );
    let tighter = map.get(bound).and_then(Value::as_f64).is_none_or(|other| {
        let limit = limit.as_f64().unwrap_or_default();
        if bound == "minimum" { limit >= other } else { limit <= other }
    });
    if tighter {
        map.insert(bound.to_owned(), Value::Number(limit));
        map.insert(exclusive.to_owned(), Value::Bool(true));
    } else {
        map.shift_remove(exclusive);
    }
}

/// A union with `type: "null"` is the union of the others, or null.
fn null_member(repairs: &mut Repairs<'_>, map: &mut Members, union: &str, at: &At<'_>) {
    let Some(Value::Array(members)) = map.get_mut(union) else { return };
    let mut doomed = Doomed::default();
    for (index, _) in members.iter().enumerate().filter(|(_, member)| is_null(member)) {
        doomed.add(index);
    }
    if !doomed.any() || members.iter().all(is_null) {
        return;
    }
    let at = at.key(union);
    if let Some(index) = members.iter().position(is_null) {
        let help = "read as `nullable: true` around the union";
        repairs.newer(&at.index(index), "the type `null` is OpenAPI 3.1 syntax", help);
    }
    repairs.remove_elements(members, doomed, &at);
    map.insert("nullable".to_owned(), Value::Bool(true));
}

/// Whether a schema is that of null, and of nothing else.
fn is_null(schema: &Value) -> bool {
    let only = |values: &Value| values.as_array().is_some_and(|all| all.iter().all(Value::is_null));
    match schema.get("type") {
        Some(name) if *name == "null" || *name == json!(["null"]) => {
            schema.get("enum").is_none_or(only)
        }
        Some(_) => false,
        None => schema.get("const").is_some_and(Value::is_null),
    }
}

/// OpenAPI 3.1 describes bytes by `contentEncoding` and `contentMediaType`.
fn translate_content(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) {
    let encoding = map.get("contentEncoding").and_then(Value::as_str);
    let media = map.get("contentMediaType").and_then(Value::as_str);
    let (key, format) = match (encoding.map(str::to_ascii_lowercase).as_deref(), media) {
        (Some("base64"), _) => ("contentEncoding", "byte"),
        // Another alphabet, which `byte` is not written in.
        (Some("base64url"), _) => ("contentEncoding", "base64url"),
        (Some("binary" | "8bit"), _) if repairs.is_31() => ("contentEncoding", "binary"),
        (None, Some("application/octet-stream")) => ("contentMediaType", "binary"),
        (None, Some(media)) if repairs.is_31() && !is_text(media) => ("contentMediaType", "binary"),
        _ => return,
    };
    let text = map.get("type").is_none_or(|name| name == "string");
    if map.contains_key("format") || !text {
        return;
    }
    repairs.newer(
        &at.key(key),
        format_args!("`{key}` is an OpenAPI 3.1 keyword"),
        format_args!("read as `format: {format}`"),
    );
    let removed = map.shift_remove(key);
    map.insert("format".to_owned(), format.into());
    if let Some(media) = removed.filter(|_| key == "contentMediaType") {
        map.insert("x-content-media-type".to_owned(), media);
    }
    if repairs.is_31() {
        map.entry("type").or_insert_with(|| "string".into());
    }
}

/// Whether a media type is written in letters, so that a string can hold it.
fn is_text(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or(media).trim().to_ascii_lowercase();
    essence.starts_with("text/")
        || ["json", "xml", "yaml", "x-www-form-urlencoded", "javascript", "jwt", "graphql", "sql"]
            .iter()
            .any(|text| essence.ends_with(text))
}

/// Makes a schema that has been read consistent in itself.
pub(super) fn repair_schema(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    if map.get("format").is_some_and(|format| format == "") {
        repairs.report(Code::NullValue, &at.key("format"), "`format` is empty");
        map.shift_remove("format");
    }
    for key in ["oneOf", "anyOf", "allOf", "enum"] {
        if map.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty) {
            repairs
                .report(Code::UnsatisfiableSchema, &at.key(key), format!("`{key}` is empty"))
                .help("ignored, so any value is accepted");
            map.shift_remove(key);
        }
    }
    let Some(Value::String(name)) = map.get("type").cloned() else {
        repair_value_texts(repairs, map, at);
        return true;
    };
    map.retain(|key, _| {
        let applies = types::applies_to_type(key, &name);
        if !applies {
            let message = format!("`{key}` has no effect on values of type `{name}`");
            repairs.report(Code::IgnoredKeyword, &at.key(key), message).at_key();
        }
        applies
    });
    if name == "array" {
        enum_of_items(repairs, map, at);
    }
    repair_value_texts(repairs, map, at);
    settle_enum(repairs, map, &name, at);
    if name == "integer" {
        for key in ["minimum", "maximum", "multipleOf"] {
            integer_bound(repairs, map, key, at);
        }
    }
    true
}

/// The bounds of an integer must be integers of 64 bits; a maximum that only fits where there is no
/// sign says so as a format.
fn integer_bound(repairs: &mut Repairs<'_>, map: &mut Members, key: &str, at: &At<'_>) {
    let Some(bound) = map.get(key).filter(|bound| !bound.is_i64()) else { return };
    if key == "maximum" && bound.is_u64() {
        let positive = map.get("minimum").is_some_and(Value::is_u64);
        map.shift_remove(key);
        types::widen_integer(map, positive);
        return;
    }
    let at = at.key(key);
    if let Some(number) = parse_number(bound).and_then(|number| whole_number(&number)) {
        // `1e3` and `1.0` are integers to JSON Schema.
        map.insert(key.to_owned(), number.into());
        return;
    }
    let rounded = bound
        .as_f64()
        .filter(|_| key != "multipleOf")
        .map(|bound| if key == "minimum" { bound.ceil() } else { bound.floor() });
    let rounded =
        rounded.and_then(serde_json::Number::from_f64).and_then(|number| whole_number(&number));
    let message = format!(
        "`{key}` of an integer is {}",
        if rounded.is_some() { "a fraction" } else { "not a 64-bit integer" }
    );
    let finding = repairs.report(Code::CoercedValue, &at, message);
    match rounded {
        Some(rounded) => {
            finding.help(format!("read as `{rounded}`"));
            map.insert(key.to_owned(), rounded.into());
        }
        None => {
            finding.help("it is left out");
            map.shift_remove(key);
        }
    }
}
