//! The texts that go in, and reading them.

mod files;
mod input;
mod json;
mod text;
mod value;
pub(crate) mod version;
pub(crate) mod yaml;

pub use files::{Files, Refusal};
pub use input::Input;
pub use text::Source;
pub(crate) use version::Version;

use std::ops::Range;

use serde_json::Value;

use crate::diagnostics::{Code, Diagnostics, Pointer};

/// How deep values may be nested. `serde_json` draws the line there too.
pub(crate) const DEEPEST: usize = 128;

/// Reads JSON if the text starts with `{`, otherwise YAML.
///
/// `file` is the place of the text among the inputs: 0 for the document, then come the overlays.
/// `None` if the text cannot be read or is not a mapping; then an error says so.
pub fn read_document(file: usize, text: &str, diagnostics: &mut Diagnostics) -> Option<Value> {
    let found = match read_any(file, text, diagnostics)? {
        value @ Value::Object(_) => return Some(value),
        Value::Null => "the file is empty",
        Value::Array(_) => "the file is a list, not a mapping",
        _ => "the file is a single value, not a mapping",
    };
    diagnostics.report_in_text(file, Code::NotAMapping, 0..text.len(), found);
    None
}

/// As [`read_document`], where a file may be anything. It is null if it is empty.
pub(crate) fn read_any(file: usize, text: &str, diagnostics: &mut Diagnostics) -> Option<Value> {
    let read = if text.trim_start().starts_with('{') {
        json::read_json(text)
    } else {
        yaml::read_yaml(text)
    };
    let document = match read {
        Ok(document) => document,
        Err(mistake) => {
            diagnostics.report_in_text(file, mistake.code, mistake.range, mistake.message);
            return None;
        }
    };
    for remark in document.remarks {
        let Mistake { code, range, message } = remark;
        diagnostics.report_in_text(file, code, range, message);
    }
    for pointer in document.duplicates {
        let key = pointer.segments().last().unwrap_or_default();
        let message = format!("duplicate key `{key}`: the last value is used");
        diagnostics.report_in_file(file, Code::DuplicateKey, &pointer, message).at_key();
    }
    Some(document.value)
}

/// What a text says, and what is to be said about it.
#[derive(Debug, Default)]
struct Document {
    value: Value,
    remarks: Vec<Mistake>,
    /// Keys that are there twice, where their place is not known yet.
    duplicates: Vec<Pointer>,
}

/// Something wrong in a text.
#[derive(Debug)]
struct Mistake {
    code: Code,
    range: Range<usize>,
    message: String,
}

/// The character that the byte `at` belongs to; nothing at the end of the text.
fn character_range(text: &str, at: usize) -> Range<usize> {
    let start = floor_boundary(text, at);
    start..start + text[start..].chars().next().map_or(0, char::len_utf8)
}

/// The beginning of the character that the byte `at` belongs to.
pub(crate) fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
