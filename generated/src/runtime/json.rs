//! Where in JSON a mistake is.

use serde_json::Value;

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

/// A step of a path: to the member of this name, or to the element of this index.
#[derive(Clone, PartialEq)]
pub(crate) enum Step {
    Member(String),
    Element(usize),
}

impl Step {
    /// The same step where an element stands alone.
    pub(crate) fn alone(&self) -> Self {
        match self {
            Self::Element(_) => Self::Element(0),
            member => member.clone(),
        }
    }
}

/// A path as it is written, `entries[0].size`.
pub(crate) fn show(steps: &[Step]) -> String {
    let odd = |c: char| !c.is_alphanumeric() && !"_-$@".contains(c);
    let mut path = String::new();
    for step in steps {
        path += &match step {
            Step::Element(index) => format!("[{index}]"),
            Step::Member(name) if name.is_empty() || name.contains(odd) => {
                format!("[{}]", Value::from(name.as_str()))
            }
            Step::Member(name) if path.is_empty() => name.clone(),
            Step::Member(name) => format!(".{name}"),
        };
    }
    path
}

/// The steps of a path that is written so.
pub(crate) fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if rest.starts_with("[\"") {
            let mut names = serde_json::Deserializer::from_str(&rest[1..]).into_iter();
            steps.push(Step::Member(names.next()?.ok()?));
            rest = rest[1 + names.byte_offset()..].strip_prefix(']')?;
        } else if let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']')?;
            steps.push(Step::Element(index.parse().ok()?));
            rest = after;
        } else {
            let name = rest.strip_prefix('.').unwrap_or(rest);
            let (name, after) = name.split_at(name.find(['.', '[']).unwrap_or(name.len()));
            steps.push(Step::Member(name.to_owned()));
            rest = after;
        }
    }
    Some(steps)
}

/// A container that is being read: the name in quotes of its member, or the index of its element.
enum Open<'a> {
    Object(Option<&'a [u8]>),
    Array(usize),
}

impl Open<'_> {
    /// The step into it; none where no member has begun.
    fn step(self) -> Option<Step> {
        Some(match self {
            Self::Array(index) => Step::Element(index),
            Self::Object(name) => Step::Member(serde_json::from_slice(name?).unwrap_or_default()),
        })
    }
}

/// The path of the value where `text` ends. It is JSON that was read before, so it is well formed.
fn path(text: &[u8]) -> String {
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let start = at;
        at += 1;
        match (byte, open.last_mut()) {
            (b'{', _) => open.push(Open::Object(None)),
            (b'[', _) => open.push(Open::Array(0)),
            (b'}' | b']', _) => drop(open.pop()),
            (b',', Some(Open::Array(index))) => *index += 1,
            (b',', Some(Open::Object(name))) => *name = None,
            (b'"', container) => {
                while text.get(at).is_some_and(|byte| *byte != b'"') {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
                if let Some(Open::Object(name @ None)) = container {
                    *name = text.get(start..at);
                }
            }
            _ => {}
        }
    }
    show(&open.into_iter().filter_map(Open::step).collect::<Vec<_>>())
}
