//! What an action expects to find, said by `x-expect` or plain from what it does.

use serde_json::{Map, Value};

use crate::diagnostics::Pointer;

/// Members of which one says what type a property has. Limits and words alone belong to one that is there.
const TYPES: [&str; 9] =
    ["type", "$ref", "allOf", "oneOf", "anyOf", "enum", "const", "properties", "items"];

/// Whether a value holds what is expected of it: of an object each member that is named, where null stands for none;
/// of anything else all of it.
pub(super) fn meets_expectation(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            expected.iter().all(|(key, expected)| match (found.get(key), expected) {
                (None, Value::Null) => true,
                (None, _) | (Some(_), Value::Null) => false,
                (Some(found), expected) => meets_expectation(found, expected),
            })
        }
        (found, expected) => found == expected,
    }
}

/// The places in `update` of properties that `found` lacks and that would have no type, unless `expected` says that
/// they are not there. `is_map`: whether both are maps of properties.
pub(super) fn orphaned_properties(
    found: &Value,
    update: &Value,
    expected: Option<&Value>,
    is_map: bool,
) -> Vec<String> {
    let (Value::Object(found), Value::Object(update)) = (found, update) else { return Vec::new() };
    let mut orphans = Vec::new();
    for (key, update) in update {
        let place = Pointer::default().key(key);
        let expected = expected.and_then(|expected| expected.get(key));
        match found.get(key) {
            Some(found) => {
                let below =
                    orphaned_properties(found, update, expected, !is_map && key == "properties");
                orphans.extend(below.iter().map(|rest| format!("{}{rest}", place.as_str())));
            }
            None if expected == Some(&Value::Null) => {}
            None if is_map && update.as_object().is_some_and(has_no_type) => {
                orphans.push(place.as_str().to_owned());
            }
            None => {}
        }
    }
    orphans
}

fn has_no_type(members: &Map<String, Value>) -> bool {
    !members.is_empty() && !members.keys().any(|key| TYPES.contains(&key.as_str()))
}
