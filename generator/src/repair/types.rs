//! The `type` of a schema, and what depends on it.

use serde_json::{Map, Value, json};

use super::{
    at::At,
    number::{parse_number, whole_number},
    repairs::Repairs,
};
use crate::diagnostics::Code;

type Members = Map<String, Value>;

const TYPES: &[&str] = &["string", "number", "integer", "boolean", "array", "object"];

/// What is often taken for a type: the type and the format that are meant.
const ALIASES: &[(&str, &str, &str)] = &[
    ("string", "string", ""),
    ("number", "number", ""),
    ("integer", "integer", ""),
    ("boolean", "boolean", ""),
    ("array", "array", ""),
    ("object", "object", ""),
    ("str", "string", ""),
    ("text", "string", ""),
    ("char", "string", ""),
    ("date", "string", "date"),
    ("datetime", "string", "date-time"),
    ("date-time", "string", "date-time"),
    ("uuid", "string", "uuid"),
    ("uri", "string", "uri"),
    ("url", "string", "uri"),
    ("email", "string", "email"),
    ("password", "string", "password"),
    ("byte", "string", "byte"),
    ("binary", "string", "binary"),
    ("file", "string", "binary"),
    ("int", "integer", ""),
    ("int32", "integer", "int32"),
    ("int64", "integer", "int64"),
    ("long", "integer", "int64"),
    ("float", "number", "float"),
    ("double", "number", "double"),
    ("decimal", "number", ""),
    ("bool", "boolean", ""),
    ("list", "array", ""),
    ("dict", "object", ""),
    ("map", "object", ""),
    ("hash", "object", ""),
];

/// Whether a bare word in place of a schema can only be meant as a type.
pub(super) fn is_type(word: &str) -> bool {
    ALIASES.iter().any(|(alias, ..)| *alias == word)
}

/// Whether `keyword` says anything about values of a type (JSON Schema Validation, section 4.1: a
/// keyword about other types is satisfied by everything).
pub(super) fn applies_to_type(keyword: &str, name: &str) -> bool {
    match keyword {
        "pattern" | "minLength" | "maxLength" => name == "string",
        "format" => matches!(name, "string" | "number" | "integer"),
        "multipleOf" | "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
            matches!(name, "number" | "integer")
        }
        "items" | "minItems" | "maxItems" | "uniqueItems" => name == "array",
        "properties" | "required" | "additionalProperties" | "minProperties" | "maxProperties" => {
            name == "object"
        }
        _ => true,
    }
}

/// Makes one of the six types, or none, of what stands as `type`.
pub(super) fn normalize_type(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) {
    match map.get("type").cloned() {
        Some(Value::Array(names)) => split_types(repairs, map, &names, at),
        Some(Value::String(name)) if !TYPES.contains(&name.as_str()) => {
            replace_alias(repairs, map, &name, at)
        }
        _ => {}
    }
}

fn replace_alias(repairs: &mut Repairs<'_>, map: &mut Members, name: &str, at: &At<'_>) {
    let at = at.key("type");
    let lower = name.to_ascii_lowercase();
    let lower = lower.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
    if name == "null" {
        let help = "read as `nullable: true` with `enum: [null]`";
        repairs.newer(&at, "the type `null` is OpenAPI 3.1 syntax", help);
        map.shift_remove("type");
        map.insert("nullable".to_owned(), Value::Bool(true));
        map.insert("enum".to_owned(), json!([null]));
    } else if matches!(lower, "any" | "mixed" | "") {
        repairs
            .report(Code::CoercedValue, &at, format!("`{name}` is not an OpenAPI type"))
            .help("read as a schema without `type`, which accepts any value");
        map.shift_remove("type");
    } else if let Some((_, meant, format)) = ALIASES.iter().find(|(alias, ..)| *alias == lower) {
        let with =
            if format.is_empty() { String::new() } else { format!(" with `format: {format}`") };
        repairs
            .report(Code::CoercedValue, &at, format!("`{name}` is not an OpenAPI type"))
            .help(format!("read as `{meant}`{with}"));
        map.insert("type".to_owned(), (*meant).into());
        if !format.is_empty() && !map.contains_key("format") {
            map.insert("format".to_owned(), (*format).into());
        }
    }
    // Anything else is for the table to refuse.
}

/// OpenAPI 3.1 allows a list of types.
fn split_types(repairs: &mut Repairs<'_>, map: &mut Members, names: &[Value], at: &At<'_>) {
    let at_type = at.key("type");
    let help = "read as an `anyOf` of the types, with `null` as `nullable: true`";
    repairs.newer(&at_type, "a list as `type` is OpenAPI 3.1 syntax", help);
    if names.len() == 1 && names[0] == "null" {
        return replace_alias(repairs, map, "null", at);
    }
    let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
    if names.contains(&"null") {
        map.insert("nullable".to_owned(), Value::Bool(true));
    }
    let names: Vec<&str> = TYPES.iter().copied().filter(|name| names.contains(name)).collect();
    // All integers are numbers.
    let names: Vec<&str> = match names.contains(&"number") {
        true => names.into_iter().filter(|name| *name != "integer").collect(),
        false => names,
    };
    map.shift_remove("type");
    match names.as_slice() {
        [] => {}
        [name] => {
            map.insert("type".to_owned(), (*name).into());
        }
        _ if ["oneOf", "anyOf", "allOf"].iter().any(|union| map.contains_key(*union)) => {
            if !repairs.is_31() {
                let message = "several types beside a union or `allOf`";
                repairs.report(Code::WeakenedType, &at_type, message).help("`type` is ignored");
            }
        }
        names => {
            let branches = names.iter().map(|name| branch_schema(map, name)).collect();
            map.retain(|key, _| {
                key != "enum" && TYPES.iter().all(|name| applies_to_type(key, name))
            });
            map.insert("anyOf".to_owned(), Value::Array(branches));
        }
    }
}

/// What a schema of several types says of one of them.
fn branch_schema(map: &Members, name: &str) -> Value {
    let mut branch = Map::from_iter([("type".to_owned(), Value::from(name))]);
    for (key, value) in map {
        let depends = TYPES.iter().any(|name| !applies_to_type(key, name));
        if depends && applies_to_type(key, name) {
            branch.insert(key.clone(), value.clone());
        }
    }
    if let Some(Value::Array(values)) = map.get("enum") {
        let values: Vec<&Value> = values.iter().filter(|value| is_of_type(value, name)).collect();
        if !values.is_empty() {
            branch.insert("enum".to_owned(), json!(values));
        }
    }
    Value::Object(branch)
}

/// Whether a value is of a type.
pub(super) fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}

/// Says of an integer that it may be one that an `i64` has no room for, in a format that later stages know.
pub(super) fn widen_integer(map: &mut Members, positive: bool) {
    let format = if positive { "uint64" } else { "big-integer" };
    map.insert("format".to_owned(), format.into());
}

/// Whether a value is of a type, or was meant to be.
pub(super) fn can_be_of_type(value: &Value, name: &str) -> bool {
    is_of_type(value, name) || intended_value(value, name).is_some()
}

/// The value of this type that was written as another, for instance for want of quotes in YAML.
pub(super) fn intended_value(value: &Value, name: &str) -> Option<Value> {
    match (name, value) {
        ("string", Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
        ("number", Value::String(_)) => parse_number(value).map(Value::Number),
        ("integer", _) => {
            parse_number(value).and_then(|number| whole_number(&number)).map(Value::from)
        }
        ("boolean", Value::String(text)) => text.parse::<bool>().ok().map(Value::Bool),
        _ => None,
    }
}
