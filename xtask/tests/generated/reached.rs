//! The overlay removes some references of Box's document, and the components that become unused.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::{Place, document};

/// The places that references at or below `value` lead to.
fn references(value: &Value, found: &mut Vec<Place>) {
    match value {
        Value::Object(members) => {
            if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                found.push(Place::new(target.trim_start_matches('#')));
            }
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// The generator makes a type of every schema, so what no operation needs would be a type for nothing.
#[test]
fn every_component_is_reached_by_an_operation() {
    let mut reached = BTreeSet::new();
    let mut open = Vec::new();
    references(&document()["paths"], &mut open);
    while let Some(place) = open.pop() {
        if reached.insert(place.clone()) {
            references(place.value(), &mut open);
        }
    }
    let mut all = Vec::new();
    for section in ["schemas", "parameters", "responses"] {
        let place = Place::new("/components").key(section);
        all.extend(place.value().as_object().unwrap().keys().map(|name| place.key(name)));
    }
    assert!(all.len() > 30, "{}", all.len());
    all.retain(|place| !reached.contains(place));
    assert!(all.is_empty(), "{all:?}");
}
