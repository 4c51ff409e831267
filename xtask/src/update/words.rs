//! What is new and has no words of ours yet.

use std::collections::BTreeSet;

use openapi_crate::diff::{Comparison, Rule};
use serde_json::Value;

/// The kinds of new things that need a description.
const NEW: [Rule; 6] = [
    Rule::OperationAdded,
    Rule::RequiredParameterAdded,
    Rule::OptionalParameterAdded,
    Rule::FieldAdded,
    Rule::RequiredFieldAdded,
    Rule::FilledFieldAdded,
];

/// A question for each new thing without a description, with the action to add to the overlay.
pub(super) fn missing_words(comparison: &Comparison, document: &Value) -> Vec<String> {
    let mut places = BTreeSet::new();
    for change in comparison.changes.iter().filter(|change| NEW.contains(&change.rule)) {
        let found = document.pointer(change.new.as_str());
        let described = found.is_some_and(|found| {
            let says = |key: &str| found.get(key).and_then(Value::as_str).unwrap_or_default();
            !says("description").is_empty() || !says("summary").is_empty()
        });
        if found.is_some() && !described {
            places.insert((json_path(change.new.segments()), change.message.clone()));
        }
    }
    let asked = places.into_iter().map(|(target, message)| {
        format!(
            "{message}, and has no words of ours: add to spec/overlay.yaml\n\n\
             - target: {target}\n  update: {{ description: \"\" }}"
        )
    });
    asked.collect()
}

/// A place as JSONPath (RFC 9535).
fn json_path(segments: impl Iterator<Item = String>) -> String {
    let mut path = String::from("$");
    for segment in segments {
        let plain = segment.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && segment.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if plain {
            path.push_str(&format!(".{segment}"));
        } else if segment.parse::<usize>().is_ok_and(|index| index.to_string() == segment) {
            path.push_str(&format!("[{segment}]"));
        } else {
            path.push_str(&format!("['{}']", segment.replace('\\', "\\\\").replace('\'', "\\'")));
        }
    }
    path
}
