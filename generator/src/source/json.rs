//! JSON by `serde_json`.

use std::cell::RefCell;

use serde_json::error::Category;

use super::{DEEPEST, Document, Mistake, value, yaml};
use crate::diagnostics::Code;

/// Reads a JSON text.
pub(super) fn read_json(text: &str) -> Result<Document, Mistake> {
    let duplicates = RefCell::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = value::read_value(&mut reader, &duplicates);
    let read = read.and_then(|value| reader.end().map(|()| value));
    match read {
        Ok(value) => {
            Ok(Document { value, duplicates: duplicates.into_inner(), ..Document::default() })
        }
        // Numbers beyond any `f64` are legal JSON. The YAML reader keeps them, as texts.
        Err(error) if error.to_string().starts_with("number out of range") => {
            yaml::read_yaml(text).map_err(|_| json_mistake(text, &error))
        }
        Err(error) => Err(json_mistake(text, &error)),
    }
}

fn json_mistake(text: &str, error: &serde_json::Error) -> Mistake {
    let mut starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let start = starts.nth(error.line().saturating_sub(1)).unwrap_or(text.len());
    // `serde_json` counts the bytes that it has read, so the last of them is the one.
    let range = super::character_range(text, start + error.column().saturating_sub(1));
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message);
    if message.contains("recursion limit") {
        let message = format!("values are nested deeper than {DEEPEST} levels");
        return Mistake { code: Code::TooDeep, range, message };
    }
    let message = match error.classify() {
        Category::Eof => format!("the JSON ends too early: {message}"),
        _ => format!("this is not JSON: {message}"),
    };
    Mistake { code: Code::Syntax, range, message }
}
