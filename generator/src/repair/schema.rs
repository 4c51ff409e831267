//! Schemas: what JSON Schema and OpenAPI 3.1 say in other words, and what is often written although
//! no version has it.

use serde_json::{Map, Value, json};

use super::{
    at::At,
    reference::Pending,
    scalar::{parse_number, whole_number},
    schema31,
    shape::Shape,
    table, types,
    value_texts::repair_value_texts,
    walk::{Doomed, Walk, reference_of},
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

/// What describes a place, so that it makes sense beside a `$ref`.
const DESCRIBING: &[&str] = &[
    "description",
    "title",
    "nullable",
    "deprecated",
    "readOnly",
    "writeOnly",
    "default",
    "example",
];

/// Those of them that decide about values, so that it is to be said how they are read.
const DECIDING: &[&str] = &["nullable", "readOnly", "writeOnly", "default"];

impl Walk<'_> {
    pub(super) fn schema(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        match value {
            Value::Object(_) if reference_of(value).is_some() => {
                return self.schema_reference(value, at);
            }
            Value::Bool(true) => {
                self.newer(at, "the schema is `true`", "read as `{}`");
                *value = json!({});
            }
            Value::Bool(false) => {
                self.report(Code::InvalidSchema, at, "no value satisfies the schema `false`")
                    .help("any value is accepted");
                *value = json!({});
            }
            Value::String(name) if types::is_type(name) => {
                let schema = json!({"type": name});
                return self.coerce(value, schema, "a schema", at) && self.schema(value, at);
            }
            _ => {}
        }
        self.object(value, &table::SCHEMA, at)
    }

    pub(super) fn schema_or_flag(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        match value {
            Value::Bool(_) => true,
            Value::String(_) => self.flag(value, at),
            _ => self.schema(value, at),
        }
    }

    /// What stands beside a `$ref` is ignored in OpenAPI 3.0. What describes the place is kept all the
    /// same, as OpenAPI 3.1 does: above all, a null that is announced there will come.
    fn schema_reference(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        let Value::Object(map) = value else { return true };
        if map.len() > 1 {
            match self.is_31() {
                true => self.with_reference(map, at),
                false => self.beside_reference(map, at),
            }
        }
        match map.get("allOf") {
            Some(Value::Array(list)) => {
                let inner = at.key("allOf");
                let reference = list.first().and_then(reference_of).unwrap_or_default();
                self.pending.extend(Pending::hoist(reference, "schemas", &inner.index(0)));
                // The members beside it may be as wrong as any.
                self.object(value, &table::SCHEMA, at)
            }
            _ => {
                let reference = reference_of(value).unwrap_or_default();
                self.pending.extend(Pending::hoist(reference, "schemas", at));
                true
            }
        }
    }

    /// In OpenAPI 3.1 all that stands beside a `$ref` holds too.
    fn with_reference(&mut self, map: &mut Members, at: &At<'_>) {
        let reference = map.shift_remove("$ref").unwrap_or_default();
        let idle = |key: &str| {
            let member = table::SCHEMA.member_in(self.version, key);
            key == "summary" || member.is_some_and(|member| matches!(member.shape, Shape::Idle))
        };
        if map.keys().all(|key| key.starts_with("x-") || idle(key)) {
            map.insert("$ref".to_owned(), reference);
            return;
        }
        let mut members = vec![json!({"$ref": reference})];
        if let Some(Value::Array(others)) = map.shift_remove("allOf") {
            members.extend(others);
        }
        map.insert("allOf".to_owned(), Value::Array(members));
        let to = at.key("allOf").index(0).pointer();
        let from = at.pointer();
        self.diagnostics.edited(Edit::FromDocument { to, from });
    }

    fn beside_reference(&mut self, map: &mut Members, at: &At<'_>) {
        let reference = map.shift_remove("$ref").unwrap_or_default();
        let says = |key: &str, value: &Value| {
            key.starts_with("x-")
                || DESCRIBING.contains(&key) && *value != Value::Bool(false) && !value.is_null()
        };
        map.retain(|key, value| {
            let says = says(key, value);
            if !says && !DESCRIBING.contains(&key.as_str()) && key != "summary" {
                let message = format!("`{key}` is ignored beside a `$ref`");
                self.report(Code::IgnoredKeyword, &at.key(key), message)
                    .help("wrap the `$ref` in `allOf`")
                    .at_key();
            }
            says
        });
        if map.keys().all(|key| key.starts_with("x-")) {
            map.insert("$ref".to_owned(), reference);
            return;
        }
        if let Some(key) = map.keys().find(|key| DECIDING.contains(&key.as_str())) {
            let message = format!("`{key}` beside a `$ref`");
            let help = "read as in OpenAPI 3.1, as if the `$ref` were in an `allOf`";
            self.report(Code::NewerKeyword, &at.key(key), message).help(help).at_key();
        }
        map.insert("allOf".to_owned(), json!([{"$ref": reference}]));
        let to = at.key("allOf").index(0).pointer();
        let from = at.pointer();
        self.diagnostics.edited(Edit::FromDocument { to, from });
    }
}

/// Translates keywords, before their values are looked at.
pub(super) fn translate_keywords(walk: &mut Walk<'_>, map: &mut Members, at: &At<'_>) -> bool {
    if walk.is_31() {
        schema31::translate_schema(walk, map, at);
    }
    types::normalize_type(walk, map, at);
    translate_const(walk, map, at);
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        exclusive_bound(walk, map, bound, exclusive, at);
    }
    if map.get("required").is_some_and(Value::is_boolean) {
        walk.report(
            Code::RepairedValue,
            &at.key("required"),
            "`required` must be a list of properties",
        )
        .help("ignored; list the property in `required` of the enclosing schema");
        map.shift_remove("required");
    }
    for union in ["oneOf", "anyOf"] {
        null_member(walk, map, union, at);
    }
    if let Some(Value::Array(examples)) =
        map.get("examples").filter(|_| !map.contains_key("example"))
    {
        let first = examples.first().cloned();
        let help = "the first is kept as `example`";
        walk.newer(&at.key("examples"), "`examples` is an OpenAPI 3.1 keyword", help);
        map.shift_remove("examples");
        map.extend(first.map(|first| ("example".to_owned(), first)));
    }
    if let Some(Value::Array(items)) = map.get("items") {
        let only = if let [only] = items.as_slice() { only.clone() } else { json!({}) };
        walk.report(
            Code::RepairedValue,
            &at.key("items"),
            "`items` must be one schema, not a list",
        )
        .help("items of any kind are accepted, unless the list has one element");
        map.insert("items".to_owned(), only);
    }
    translate_content(walk, map, at);
    true
}

/// `const: x` is an `enum` of one value.
fn translate_const(walk: &mut Walk<'_>, map: &mut Members, at: &At<'_>) {
    let Some(value) = map.shift_remove("const") else { return };
    let help = "read as an `enum` of one value";
    walk.newer(&at.key("const"), "`const` is an OpenAPI 3.1 keyword", help);
    if value.is_null() {
        map.insert("nullable".to_owned(), Value::Bool(true));
    }
    map.insert("enum".to_owned(), Value::Array(vec![value]));
    let to = at.key("enum").index(0).pointer();
    let from = at.key("const").pointer();
    walk.diagnostics.edited(Edit::FromDocument { to, from });
}

/// In JSON Schema the exclusive bound is a number, in OpenAPI 3.0 it is a remark on the bound.
fn exclusive_bound(
    walk: &mut Walk<'_>,
    map: &mut Members,
    bound: &str,
    exclusive: &str,
    at: &At<'_>,
) {
    let Some(Value::Number(limit)) = map.get(exclusive).cloned() else { return };
    walk.newer(
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
fn null_member(walk: &mut Walk<'_>, map: &mut Members, union: &str, at: &At<'_>) {
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
        walk.newer(&at.index(index), "the type `null` is OpenAPI 3.1 syntax", help);
    }
    walk.remove_elements(members, doomed, &at);
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
fn translate_content(walk: &mut Walk<'_>, map: &mut Members, at: &At<'_>) {
    let encoding = map.get("contentEncoding").and_then(Value::as_str);
    let media = map.get("contentMediaType").and_then(Value::as_str);
    let (key, format) = match (encoding.map(str::to_ascii_lowercase).as_deref(), media) {
        (Some("base64"), _) => ("contentEncoding", "byte"),
        // Another alphabet, which `byte` is not written in.
        (Some("base64url"), _) => ("contentEncoding", "base64url"),
        (Some("binary" | "8bit"), _) if walk.is_31() => ("contentEncoding", "binary"),
        (None, Some("application/octet-stream")) => ("contentMediaType", "binary"),
        (None, Some(media)) if walk.is_31() && !is_text(media) => ("contentMediaType", "binary"),
        _ => return,
    };
    let text = map.get("type").is_none_or(|name| name == "string");
    if map.contains_key("format") || !text {
        return;
    }
    walk.newer(
        &at.key(key),
        format_args!("`{key}` is an OpenAPI 3.1 keyword"),
        format_args!("read as `format: {format}`"),
    );
    map.shift_remove(key);
    map.insert("format".to_owned(), format.into());
    if walk.is_31() {
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
pub(super) fn repair_schema(walk: &mut Walk<'_>, map: &mut Members, at: &At<'_>) -> bool {
    if map.get("format").is_some_and(|format| format == "") {
        walk.report(Code::NullValue, &at.key("format"), "`format` is empty");
        map.shift_remove("format");
    }
    for key in ["oneOf", "anyOf", "allOf", "enum"] {
        if map.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty) {
            walk.report(Code::UnsatisfiableSchema, &at.key(key), format!("`{key}` is empty"))
                .help("ignored, so any value is accepted");
            map.shift_remove(key);
        }
    }
    let Some(Value::String(name)) = map.get("type").cloned() else {
        repair_value_texts(walk, map, at);
        return true;
    };
    map.retain(|key, _| {
        let applies = types::applies_to_type(key, &name);
        if !applies {
            let message = format!("`{key}` has no effect on values of type `{name}`");
            walk.report(Code::IgnoredKeyword, &at.key(key), message).at_key();
        }
        applies
    });
    if name == "array" {
        types::enum_of_items(walk, map, at);
    }
    repair_value_texts(walk, map, at);
    types::settle_enum(walk, map, &name, at);
    if name == "integer" {
        for key in ["minimum", "maximum", "multipleOf"] {
            integer_bound(walk, map, key, at);
        }
    }
    true
}

/// The bounds of an integer must be integers of 64 bits; a maximum that only fits where there is no
/// sign says so as a format.
fn integer_bound(walk: &mut Walk<'_>, map: &mut Members, key: &str, at: &At<'_>) {
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
    let finding = walk.report(Code::CoercedValue, &at, message);
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
