//! What an emitted crate keeps of its document, for [`diff`](crate::diff) to compare a later document with.
//!
//! It is an OpenAPI document, not the model: a later version of the generator reads it as it reads the new document,
//! so that only what has changed in the documents shows.

use std::fmt::Write;

use serde_json::Value;

use crate::select::Place;

/// Where it stands in the crate.
pub const FILE: &str = "src/openapi.json";

/// Texts that are longer are kept as their digest. Shorter ones may become names.
const LONGEST_TEXT: usize = 64;

/// Values that are shorter stand in one line.
const LONGEST_LINE: usize = 120;

/// Samples of code that tools for documentation read. They can be longer than all else.
const SAMPLES: [&str; 2] = ["x-codeSamples", "x-code-samples"];

/// What is kept of a document after repairs, as text.
pub(crate) fn write(mut document: Value) -> String {
    reduce(&mut document);
    // Repairs have put it into the words of this version.
    if let Some(version) = document.get_mut("openapi") {
        *version = "3.0.3".into();
    }
    let mut text = String::new();
    write_value(&document, 0, 0, &mut text);
    text.push('\n');
    text
}

/// Leaves out what has no part in the crate, and replaces long texts by their digests. The result is left as it is by
/// another call.
pub(crate) fn reduce(document: &mut Value) {
    reduce_below(Place::Members, document);
}

fn reduce_below(place: Place, value: &mut Value) {
    match value {
        _ if place == Place::Data => {}
        Value::Object(map) => {
            if place.has_keywords() {
                // A number tells whether others can be negative.
                map.retain(|key, value| match key.as_str() {
                    "example" => value.is_number(),
                    "examples" | "externalDocs" => false,
                    key => !SAMPLES.contains(&key),
                });
                for key in ["description", "summary"] {
                    if let Some(Value::String(text)) = map.get_mut(key)
                        && text.len() > LONGEST_TEXT
                    {
                        *text = format!("{:016x}", digest(text));
                    }
                }
            }
            for (key, value) in map {
                reduce_below(place.below(key), value);
            }
        }
        Value::Array(list) => {
            list.iter_mut().for_each(|value| reduce_below(place.element(), value));
        }
        _ => {}
    }
}

/// FNV-1a, which is the same everywhere and always.
fn digest(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

/// JSON in lines that people, and their tools, can compare. `before` is what stands in the line already.
fn write_value(value: &Value, depth: usize, before: usize, text: &mut String) {
    let is_short = short(value, LONGEST_LINE.saturating_sub(depth + before)).is_some();
    match value {
        Value::Object(members) if !is_short => {
            text.push('{');
            for (index, (key, value)) in members.iter().enumerate() {
                start_line(index, depth + 1, text);
                let key = Value::from(key.as_str()).to_string();
                text.push_str(&key);
                text.push_str(": ");
                write_value(value, depth + 1, key.len() + 2, text);
            }
            end_list('}', depth, text);
        }
        Value::Array(values) if !is_short => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                start_line(index, depth + 1, text);
                write_value(value, depth + 1, 0, text);
            }
            end_list(']', depth, text);
        }
        // A string takes all that is written to it.
        _ => drop(write!(text, "{value}")),
    }
}

fn start_line(index: usize, depth: usize, text: &mut String) {
    text.push_str(if index == 0 { "\n" } else { ",\n" });
    text.extend(std::iter::repeat_n(' ', depth));
}

fn end_list(bracket: char, depth: usize, text: &mut String) {
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', depth));
    text.push(bracket);
}

/// What is left of `room` behind a value without its escapes; nothing if it takes more.
fn short(value: &Value, room: usize) -> Option<usize> {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => room.checked_sub(5),
        Value::String(text) => room.checked_sub(text.len() + 2),
        Value::Array(values) => values
            .iter()
            .try_fold(room.checked_sub(2)?, |room, value| short(value, room)?.checked_sub(1)),
        Value::Object(members) => {
            members.iter().try_fold(room.checked_sub(2)?, |room, (key, value)| {
                short(value, room.checked_sub(key.len() + 4)?)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_no_part_in_the_crate_is_left_out() {
        let long = "word ".repeat(20);
        let document = json!({
            "openapi": "3.1.0",
            "info": {"title": "Pets", "description": "Short.", "x-codeSamples": ["long"]},
            "components": {"schemas": {"Pet": {
                "description": long,
                "example": "Rex",
                "properties": {"example": {"example": -1}, "description": {"default": {"example": 1}}},
            }}},
        });
        let text = write(document);
        let kept: Value = serde_json::from_str(&text).unwrap();
        let pet = json!({
            "description": "a559bd454516f60d",
            "properties": {"example": {"example": -1}, "description": {"default": {"example": 1}}},
        });
        assert_eq!(kept["components"]["schemas"]["Pet"], pet);
        assert_eq!(kept["info"], json!({"title": "Pets", "description": "Short."}));
        assert_eq!(write(kept), text);
    }

    #[test]
    fn lines_are_short_and_few() {
        let text =
            write(json!({"paths": {"/pets": {"get": {"responses": {}}, "put": "x".repeat(110)}}}));
        let lines: Vec<&str> = text.lines().collect();
        let put = format!("   \"put\": \"{}\"", "x".repeat(110));
        let expected = [
            "{",
            " \"paths\": {",
            "  \"/pets\": {",
            "   \"get\": {\"responses\":{}},",
            &put,
            "  }",
            " }",
            "}",
        ];
        assert_eq!(lines, expected);
    }
}
