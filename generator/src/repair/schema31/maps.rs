use serde_json::{Value, json};

use super::{
    super::{at::At, repairs::Repairs},
    Members,
};
use crate::diagnostics::Edit;

/// Members of an object that are described by a pattern, or that nothing else describes:
/// `additionalProperties` says what their values are.
pub(super) fn translate_maps(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) {
    if let Some(Value::Object(patterns)) = map.get_mut("patternProperties") {
        let patterns = std::mem::take(patterns);
        map.shift_remove("patternProperties");
        translate_patterns(repairs, map, patterns, at);
    }
    let closing = |value: &Value| *value == Value::Bool(false);
    if !map.contains_key("additionalProperties")
        && map.get("unevaluatedProperties").is_some_and(|value| !closing(value))
        && let Some(value) = map.shift_remove("unevaluatedProperties")
    {
        record_move(repairs, at, "unevaluatedProperties");
        map.insert("additionalProperties".to_owned(), value);
    }
}

fn translate_patterns(
    repairs: &mut Repairs<'_>,
    map: &mut Members,
    mut patterns: Members,
    at: &At<'_>,
) {
    // The order of keys must not show in that of the alternatives.
    patterns.sort_keys();
    let only = match patterns.len() {
        1 => patterns.keys().next().cloned(),
        _ => None,
    };
    let mut schemas: Vec<Value> = Vec::new();
    for (_, schema) in patterns {
        if schema != Value::Bool(false) && !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }
    match map.get("additionalProperties") {
        // Any value at all.
        Some(Value::Bool(true)) => return,
        Some(schema @ Value::Object(_)) if !schemas.contains(schema) => {
            schemas.push(schema.clone());
        }
        _ => {}
    }
    let described = match schemas.len() {
        0 => return,
        1 => schemas.remove(0),
        _ => json!({"anyOf": schemas}),
    };
    if let Some(pattern) = only {
        let from = at.key("patternProperties").key(&pattern).pointer();
        let to = at.key("additionalProperties").pointer();
        repairs.diagnostics.edited(Edit::FromDocument { to, from });
    } else {
        record_move(repairs, at, "patternProperties");
    }
    map.insert("additionalProperties".to_owned(), described);
}

fn record_move(repairs: &mut Repairs<'_>, at: &At<'_>, from: &str) {
    let to = at.key("additionalProperties").pointer();
    let from = at.key(from).pointer();
    repairs.diagnostics.edited(Edit::FromDocument { to, from });
}
