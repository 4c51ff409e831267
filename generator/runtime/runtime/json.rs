//! Reading JSON: values that are strings, and where a mistake is.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};

/// Decodes a value that is written as a string.
///
/// # Errors
/// It is not a string, or `parse` says what is wrong with it.
pub fn text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: fn(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    struct Text<T>(fn(&str) -> Result<T, String>);
    impl<T> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            (self.0)(text).map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Text(parse))
}

/// The path of the value that `error` is about, and what it says about it.
pub(crate) fn locate(text: &[u8], error: &serde_json::Error) -> (String, String) {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    let lines = text.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    let end = lines.map(<[u8]>::len).sum::<usize>() + error.column();
    let path = path(&text[..end.min(text.len())]);
    // A union decodes what it has buffered, and names the place in there by itself.
    match message.strip_prefix("at `").and_then(|rest| rest.split_once("`: ")) {
        Some((inner, message)) if path.is_empty() || inner.starts_with('[') => {
            (path + inner, message.to_owned())
        }
        Some((inner, message)) => (format!("{path}.{inner}"), message.to_owned()),
        None => (path, message.to_owned()),
    }
}

/// One step into JSON text: the member that is being read, or the element.
enum Step {
    Key(Option<String>),
    Index(usize),
}

/// The path of the value that ends where `text` does. Walks JSON that has been read before, so
/// that a colon, say, needs no looking at.
fn path(text: &[u8]) -> String {
    let mut steps = Vec::new();
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'{' => steps.push(Step::Key(None)),
            b'[' => steps.push(Step::Index(0)),
            b'}' | b']' => drop(steps.pop()),
            b',' => match steps.last_mut() {
                Some(Step::Index(index)) => *index += 1,
                Some(Step::Key(key)) => *key = None,
                None => {}
            },
            b'"' => {
                let mut escaped = false;
                let quote = tail.iter().position(|byte| {
                    let end = *byte == b'"' && !escaped;
                    escaped = *byte == b'\\' && !escaped;
                    end
                });
                let inside = quote.unwrap_or(tail.len());
                if let Some(Step::Key(key @ None)) = steps.last_mut() {
                    let quoted = &text[text.len() - tail.len() - 1..][..inside + 2];
                    *key = serde_json::from_slice(quoted).ok();
                }
                rest = tail.get(inside + 1..).unwrap_or_default();
            }
            _ => {}
        }
    }
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Index(index) => path += &format!("[{index}]"),
            Step::Key(None) => {}
            Step::Key(Some(key)) => {
                let plain = |c: char| c.is_alphanumeric() || "_$-@".contains(c);
                match !key.is_empty() && key.chars().all(plain) {
                    true if path.is_empty() => path += &key,
                    true => path += &format!(".{key}"),
                    false => path += &format!("[{key:?}]"),
                }
            }
        }
    }
    path
}
