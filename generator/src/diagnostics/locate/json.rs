//! Places in a text that is JSON.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::IgnoredAny;

use super::Walk;

/// Whether all of a text is JSON.
pub(super) fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Goes over a text that is JSON.
pub(super) fn walk(text: &str, walk: &mut Walk) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' => walk.open_mapping(start..at),
            b'[' => walk.open_list(start..at),
            b'}' | b']' => walk.close(at),
            b'"' => {
                at = end_of_string(bytes, at);
                walk.leaf(unescaped(text, start..at).as_deref(), start..at);
            }
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => {
                let rest = &bytes[at..];
                at += rest.iter().take_while(|byte| !b",]} \t\r\n".contains(byte)).count();
                walk.leaf(text.get(start..at), start..at);
            }
            _ => {}
        }
    }
}

/// The end of the string whose first character stands at `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}

fn unescaped(text: &str, range: Range<usize>) -> Option<Cow<'_, str>> {
    let quoted = text.get(range)?;
    if quoted.contains('\\') {
        return serde_json::from_str(quoted).ok().map(Cow::Owned);
    }
    quoted.get(1..quoted.len().saturating_sub(1)).map(Cow::Borrowed)
}
