//! Extensions that name and describe the values of an `enum`, by position.

use serde_json::{Map, Value};

use super::at::At;
use super::repairs::{Doomed, Repairs};
use super::types;
use crate::diagnostics::Code;

/// Lists of names and descriptions, of which each belongs to the value at its position.
pub(super) const LISTS: [&str; 3] = ["x-enum-varnames", "x-enumNames", "x-enum-descriptions"];

/// Makes these lists lists of strings, one for each value that later stages will see.
pub(super) fn repair_value_texts(
    repairs: &mut Repairs<'_>,
    map: &mut Map<String, Value>,
    at: &At<'_>,
) {
    for key in LISTS {
        let Some(mut value) = map.get_mut(key).map(Value::take) else { continue };
        let at = at.key(key);
        let Value::Array(texts) = &mut value else {
            repairs.misfit(&value, "a list", &at);
            map.shift_remove(key);
            continue;
        };
        for (index, text) in texts.iter_mut().enumerate() {
            // An element that is left out keeps its place. Null is a value without a text.
            if !text.is_null() && !repairs.text(text, &at.index(index)) {
                *text = Value::Null;
            }
        }
        match_values(repairs, texts, map, &at);
        map.insert(key.to_owned(), value);
    }
}

/// Removes the texts of values that will be left out, null among them.
fn match_values(
    repairs: &mut Repairs<'_>,
    texts: &mut Vec<Value>,
    map: &Map<String, Value>,
    at: &At<'_>,
) {
    let Some(Value::Array(values)) = map.get("enum") else { return };
    let name = map.get("type").and_then(Value::as_str);
    let mut doomed = Doomed::default();
    for (index, value) in values.iter().enumerate() {
        if value.is_null() || name.is_some_and(|name| !types::can_be_of_type(value, name)) {
            doomed.add(index);
        }
    }
    let nulls = values.iter().filter(|value| value.is_null()).count();
    if texts.len() == values.len() {
        repairs.remove_elements(texts, doomed, at);
    } else if texts.len() + nulls != values.len() {
        let message = format!(
            "expected {} elements, one for each value, found {}",
            values.len(),
            texts.len()
        );
        repairs
            .report(Code::RepairedValue, at, message)
            .help("each element belongs to the value at its position");
    }
}
