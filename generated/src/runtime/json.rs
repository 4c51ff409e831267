//! Reading JSON: values that are strings, and where a mistake is.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};

/// Decodes a value that is written as a string, which `parse` reads.
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
    // A union decodes from a buffer, and says by itself where in there the mistake is.
    match message.strip_prefix("at `").and_then(|rest| rest.split_once("`: ")) {
        Some((inner, message)) => {
            let dot = if path.is_empty() || inner.starts_with('[') { "" } else { "." };
            (format!("{path}{dot}{inner}"), message.to_owned())
        }
        None => (path, message.to_owned()),
    }
}

/// A container that is being read: the name in quotes of its member, or the index of its element.
enum Step<'a> {
    Member(Option<&'a [u8]>),
    Element(usize),
}

/// The path of the value where `text` ends. It is JSON that was read before, so it is well formed.
fn path(text: &[u8]) -> String {
    let (mut steps, mut at) = (Vec::new(), 0);
    while let Some(byte) = text.get(at) {
        let start = at;
        at += 1;
        match (byte, steps.last_mut()) {
            (b'{', _) => steps.push(Step::Member(None)),
            (b'[', _) => steps.push(Step::Element(0)),
            (b'}' | b']', _) => drop(steps.pop()),
            (b',', Some(Step::Element(index))) => *index += 1,
            (b',', Some(Step::Member(name))) => *name = None,
            (b'"', step) => {
                while text.get(at).is_some_and(|byte| *byte != b'"') {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
                if let Some(Step::Member(name @ None)) = step {
                    *name = text.get(start..at);
                }
            }
            _ => {}
        }
    }
    let mut path = String::new();
    for step in steps {
        path += &match step {
            Step::Element(index) => format!("[{index}]"),
            Step::Member(None) => continue,
            Step::Member(Some(name)) => {
                let name: String = serde_json::from_slice(name).unwrap_or_default();
                let odd = |c: char| !c.is_alphanumeric() && !"_-$@".contains(c);
                match name.is_empty() || name.contains(odd) {
                    true => format!("[{name:?}]"),
                    false if path.is_empty() => name,
                    false => format!(".{name}"),
                }
            }
        };
    }
    path
}
