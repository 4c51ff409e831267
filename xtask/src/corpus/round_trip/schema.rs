//! What a schema says by itself.

use serde_json::{Value, json};

use super::document::{Direction, Document};

/// Whether a member is not expected of whoever sends the value: one that is only read in a request, one that is only
/// written in a response.
pub(super) fn is_spared(document: &Document, schema: &Value, direction: Direction) -> bool {
    let word = match direction {
        Direction::Request => "readOnly",
        Direction::Response => "writeOnly",
        Direction::Neither => return false,
    };
    let target = document.follow_reference(schema);
    schema[word] == true
        || target.is_some_and(|target| target.schema[word] == true)
        || schema["allOf"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|member| is_spared(document, member, direction))
}

/// The least and the greatest number of a format.
pub(super) fn format_range(format: &str) -> Option<(Value, Value)> {
    Some(match format {
        "int8" => (json!(i8::MIN), json!(i8::MAX)),
        "int16" => (json!(i16::MIN), json!(i16::MAX)),
        "int32" => (json!(i32::MIN), json!(i32::MAX)),
        "int64" => (json!(i64::MIN), json!(i64::MAX)),
        "uint8" => (json!(u8::MIN), json!(u8::MAX)),
        "uint16" => (json!(u16::MIN), json!(u16::MAX)),
        "uint32" => (json!(u32::MIN), json!(u32::MAX)),
        "uint64" => (json!(u64::MIN), json!(u64::MAX)),
        _ => return None,
    })
}

/// Whether a schema is OpenAPI 3.0's way to say `null`, which has no type of its own there.
pub(super) fn is_null(schema: &Value) -> bool {
    schema["nullable"] == true && schema.as_object().is_some_and(|members| members.len() == 1)
}

/// Whether a schema allows null, and of other values only an object without members.
pub(super) fn is_null_object(schema: &Value) -> bool {
    schema["nullable"] == true
        && schema["type"] == "object"
        && schema["additionalProperties"] == false
        && schema.get("properties").is_none()
}

/// A type of JSON Schema, perhaps with a comma too many.
pub(super) fn type_name(text: &str) -> Option<&str> {
    const TYPES: [&str; 7] = ["string", "integer", "number", "boolean", "array", "object", "null"];
    let name = text.trim_matches(|letter: char| !letter.is_ascii_alphabetic());
    TYPES.contains(&name).then_some(name)
}
