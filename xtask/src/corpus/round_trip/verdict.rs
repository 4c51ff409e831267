//! What became of a value on its way through a type.

use serde_json::Value;

use super::instances::UNKNOWN;
use super::pointer::join_pointer;

/// What is wrong with a value that came back.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Fault {
    /// Nothing after all.
    None,
    /// It did not decode.
    Decode,
    /// A member or an element is gone.
    Lost,
    /// A null is gone.
    NullLost,
    /// A member is there that was not.
    Added,
    /// A value is another.
    Changed,
    /// A member is gone that must be there, in a request, though no schema says what it is.
    Undescribed,
    /// The schema does not allow what came back.
    Invalid,
    /// A request that the client does not make.
    Refused,
    /// A request that is not what the document says.
    Misread,
    /// The program ended without a response.
    Ended,
}

/// A fault of a value.
pub(super) struct Finding {
    pub(super) fault: Fault,
    /// Where in the value.
    pub(super) path: String,
    pub(super) about: String,
    /// What came back; null if nothing did.
    pub(super) got: Value,
}

impl Finding {
    pub(super) fn new(fault: Fault, path: &str, about: &str, got: Option<&Value>) -> Self {
        let got = got.cloned().unwrap_or_default();
        Self { fault, path: path.to_owned(), about: about.to_owned(), got }
    }
}

impl Fault {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Decode => "does not decode",
            Self::Lost => "data lost",
            Self::NullLost => "null lost",
            Self::Added => "member added",
            Self::Changed => "value changed",
            Self::None => "nothing",
            Self::Undescribed => "member lost that no schema describes",
            Self::Invalid => "invalid after",
            Self::Refused => "no request",
            Self::Misread => "not by the document",
            Self::Ended => "the program ended",
        }
    }
}

/// The differences of what came back, with their paths. Members that no schema mentions may be gone.
pub(super) fn compare_values(given: &Value, got: &Value) -> Vec<(Fault, String)> {
    let mut found = Vec::new();
    collect_differences(given, got, "", &mut found);
    found
}

fn collect_differences(given: &Value, got: &Value, path: &str, found: &mut Vec<(Fault, String)>) {
    match (given, got) {
        (Value::Object(given), Value::Object(got)) => {
            for (name, value) in given {
                let path = join_pointer(path, name);
                match got.get(name) {
                    Some(other) => collect_differences(value, other, &path, found),
                    None if name == UNKNOWN => {}
                    None if value.is_null() => found.push((Fault::NullLost, path)),
                    None => found.push((Fault::Lost, path)),
                }
            }
            let added = got.keys().filter(|name| !given.contains_key(*name));
            found.extend(added.map(|name| (Fault::Added, join_pointer(path, name))));
        }
        (Value::Array(given), Value::Array(got)) => {
            for (index, value) in given.iter().enumerate() {
                let path = format!("{path}/{index}");
                match got.get(index) {
                    Some(other) => collect_differences(value, other, &path, found),
                    None => found.push((Fault::Lost, path)),
                }
            }
            if got.len() > given.len() {
                found.push((Fault::Added, format!("{path}/{}", given.len())));
            }
        }
        (Value::Number(one), Value::Number(other)) if is_same(one, other) => {}
        _ if given == got => {}
        _ => found.push((Fault::Changed, path.to_owned())),
    }
}

/// Whether two numbers have one value, however they are written.
fn is_same(one: &serde_json::Number, other: &serde_json::Number) -> bool {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => one == other,
        _ => one.as_f64() == other.as_f64(),
    }
}
