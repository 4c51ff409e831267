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

/// The same JSON with whole numbers that are written with a fraction or an exponent (`1.5E10`)
/// written plainly: some services write large integers so. `None` if there are none.
pub(super) fn plain_integers(text: &[u8]) -> Option<Vec<u8>> {
    let (mut plain, mut at, mut changed) = (Vec::with_capacity(text.len()), 0, false);
    while let Some(&byte) = text.get(at) {
        let rest = &text[at..];
        let length = match byte {
            b'"' => string_length(rest),
            b'-' | b'0'..=b'9' => {
                let number = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                rest.iter().take_while(|byte| number(byte)).count()
            }
            _ => 1,
        };
        let whole =
            std::str::from_utf8(&rest[..length]).ok().filter(|_| byte != b'"').and_then(whole);
        changed |= whole.is_some();
        plain.extend_from_slice(whole.as_deref().map_or(&rest[..length], str::as_bytes));
        at += length;
    }
    changed.then_some(plain)
}

/// The length of the JSON string that `text` begins with.
fn string_length(text: &[u8]) -> usize {
    let mut escaped = true;
    let ends = |byte: &u8| {
        let end = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        end
    };
    text.iter().position(ends).map_or(text.len(), |end| end + 1)
}

/// The digits of a number that has a fraction or an exponent and is an integer all the same.
fn whole(number: &str) -> Option<String> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if mantissa.len() == number.len() && integer.len() == number.len() {
        return None;
    }
    let (sign, integer) = integer.strip_prefix('-').map_or(("", integer), |integer| ("-", integer));
    let digits = format!("{integer}{fraction}");
    let shift: i32 = exponent.parse().ok()?;
    let point = usize::try_from(i32::try_from(integer.len()).ok()?.checked_add(shift)?).ok()?;
    // Longer ones fit no integer type.
    let padded = format!("{digits:0<width$}", width = point.min(40));
    let (kept, dropped) = padded.split_at_checked(point)?;
    let kept = kept.trim_start_matches('0');
    dropped.bytes().all(|digit| digit == b'0').then(|| match kept {
        "" => "0".to_owned(),
        kept => format!("{sign}{kept}"),
    })
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
        let name = match step {
            Step::Element(index) => {
                path += &format!("[{index}]");
                continue;
            }
            Step::Member(name) => name.and_then(|name| serde_json::from_slice::<String>(name).ok()),
        };
        let plain = |name: &str| name.chars().all(|c| c.is_alphanumeric() || "_-$@".contains(c));
        path += &match name {
            None => continue,
            Some(name) if name.is_empty() || !plain(&name) => format!("[{name:?}]"),
            Some(name) if path.is_empty() => name,
            Some(name) => format!(".{name}"),
        };
    }
    path
}
