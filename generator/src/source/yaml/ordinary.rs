//! Ordinary YAML, by `serde_yaml`.

use std::cell::RefCell;

use serde_json::Value;

use crate::source::value;

/// Brackets and dashes nested deeper than this need care. No document that people write has so many.
const DEEP: usize = 64;

/// Reads a YAML text of one mapping; `None` if that needs care: for its value, its time, or the place of
/// a mistake.
pub(super) fn read_ordinary(text: &str) -> Option<Value> {
    if needs_care(text.as_bytes()) {
        return None;
    }
    let duplicates = RefCell::default();
    let value = value::read_value(serde_yaml::Deserializer::from_str(text), &duplicates).ok()?;
    (value.is_object() && duplicates.into_inner().is_empty()).then_some(value)
}

/// Whether the text may hold anchors, aliases, tags, merge keys, deep nesting, or what YAML 1.1 and 1.2 read
/// in two ways. Prose that looks like them is taken for them.
fn needs_care(text: &[u8]) -> bool {
    let mut brackets = 0_usize;
    let mut dashes = 0_usize;
    // The last byte that is no blank: a value can begin only behind some of them.
    let mut before = b'\n';
    for (at, &byte) in text.iter().enumerate() {
        let begins = matches!(before, b'\n' | b'\r' | b'-' | b':' | b'?' | b'[' | b'{' | b',');
        let next = text.get(at + 1);
        match byte {
            b' ' | b'\t' => continue,
            b'&' | b'*' if begins && is_name(&text[at + 1..]) => return true,
            b'!' if begins && next != Some(&b'[') => return true,
            b'<' if begins && next == Some(&b'<') => return true,
            // `[:a]` is a scalar in YAML 1.2, and the end of an empty key in 1.1.
            b':' if begins
                && !text[..at].ends_with(b":")
                && !next.is_none_or(u8::is_ascii_whitespace) =>
            {
                return true;
            }
            b'[' | b'{' if begins => brackets += 1,
            b']' | b'}' => brackets = brackets.saturating_sub(1),
            b'\n' => dashes = 0,
            b'?' if begins && next.is_none_or(u8::is_ascii_whitespace) => return true,
            b'-' if begins && matches!(next, Some(b' ' | b'\t')) => dashes += 1,
            0xc2 | 0xe2 | 0xef if ends_line_in_yaml_1_1(&text[at..]) => return true,
            _ => {}
        }
        if brackets.max(dashes) > DEEP {
            return true;
        }
        before = byte;
    }
    matches!(text.last(), Some(b' ' | b'\t'))
}

/// Whether the text goes on with the whole name of an anchor, not with prose that is *emphasized*.
fn is_name(text: &[u8]) -> bool {
    let is_in_name = |byte: &u8| !byte.is_ascii_whitespace() && !b",[]{}*&;".contains(byte);
    let end = text.iter().position(|byte| !is_in_name(byte)).unwrap_or(text.len());
    end > 0 && !matches!(text.get(end), Some(b'*' | b'&' | b';' | b'[' | b'{'))
}

/// Whether the text goes on with U+0085, U+2028 or U+2029, or with a byte order mark.
fn ends_line_in_yaml_1_1(text: &[u8]) -> bool {
    ["\u{85}", "\u{2028}", "\u{2029}", "\u{feff}"]
        .iter()
        .any(|end| text.starts_with(end.as_bytes()))
}
