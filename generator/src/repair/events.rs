//! The data of an event is text, which may be JSON: `contentSchema` says what it is then. It stands in the place of the
//! data afterwards, wherever references lead to the event or its data.

use std::collections::HashSet;

use serde_json::Value;

use super::at::At;
use super::pending::reference_of;
use super::reference::{LONGEST_CHAIN, largest_copy, pointer_of};
use crate::diagnostics::Pointer;
use crate::source::yaml::value_size;

/// Puts the schemas of all data of events in their places.
pub(super) fn settle(document: &mut Value) {
    let mut open = Vec::new();
    find_events(document, &At::root(), &mut open);
    if open.is_empty() {
        return;
    }
    let mut seen: HashSet<Pointer> = HashSet::new();
    let mut left = largest_copy(value_size(document));
    while let Some(place) = open.pop() {
        let Some(schema) = document.pointer(place.as_str()) else { continue };
        if !seen.insert(place.clone()) {
            continue;
        }
        if let Some(reference) = reference_of(schema) {
            open.push(pointer_of(reference));
            continue;
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let count = schema[keyword].as_array().map_or(0, Vec::len);
            open.extend((0..count).map(|index| place.key(keyword).index(index)));
        }
        let Some(content) = content_of(document, &schema["properties"]["data"]) else { continue };
        let Some(rest) = left.checked_sub(value_size(content)) else { return };
        left = rest;
        let content = content.clone();
        let data = place.key("properties").key("data");
        if let Some(data) = document.pointer_mut(data.as_str()) {
            *data = content;
        }
    }
}

/// The places of all schemas of events.
fn find_events(value: &Value, at: &At<'_>, found: &mut Vec<Pointer>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let at = at.key(key);
                if key.starts_with("text/event-stream") && value.get("itemSchema").is_some() {
                    found.push(at.key("itemSchema").pointer());
                }
                find_events(value, &at, found);
            }
        }
        Value::Array(list) => {
            let items = list.iter().enumerate();
            items.for_each(|(index, value)| find_events(value, &at.index(index), found));
        }
        _ => {}
    }
}

/// What a schema, or the one that it refers to, says of the JSON that its text is.
fn content_of<'d>(document: &'d Value, schema: &'d Value) -> Option<&'d Value> {
    let mut schema = schema;
    for _ in 0..LONGEST_CHAIN {
        match reference_of(schema) {
            Some(reference) => schema = document.pointer(pointer_of(reference).as_str())?,
            None => return schema.get("contentSchema"),
        }
    }
    None
}
