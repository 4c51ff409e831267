//! The values of an `enum`, and the type that they are of.

use serde_json::{Map, Value};

use super::{
    at::At,
    number::{parse_number, whole_number},
    repairs::{Doomed, Repairs},
    types::{intended_value, is_of_type, widen_integer},
    value_texts::{self, repair_value_texts},
};
use crate::diagnostics::{Code, Edit};

type Members = Map<String, Value>;

/// An `enum` of single values beside `type: array` is meant for the items.
pub(super) fn enum_of_items(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) {
    let single = |value: &Value| !value.is_array() && !value.is_object();
    if !map.get("enum").and_then(Value::as_array).is_some_and(|values| values.iter().all(single)) {
        return;
    }
    let free =
        |items: &Map<String, Value>| !items.contains_key("enum") && !items.contains_key("$ref");
    let Some(Value::Object(_)) =
        map.get("items").filter(|items| items.as_object().is_some_and(free))
    else {
        return;
    };
    repairs
        .report(Code::CoercedValue, &at.key("enum"), "none of these values is a list")
        .help("read as values of the items");
    let mut moved = Vec::new();
    for key in ["enum"].into_iter().chain(value_texts::LISTS) {
        let Some(value) = map.shift_remove(key) else { continue };
        let to = at.key("items").key(key).pointer();
        let from = at.key(key).pointer();
        repairs.diagnostics.edited(Edit::FromDocument { to, from });
        moved.push((key.to_owned(), value));
    }
    if let Some(Value::Object(items)) = map.get_mut("items") {
        items.extend(moved);
        repair_value_texts(repairs, items, &at.key("items"));
        if let Some(Value::String(name)) = items.get("type").cloned() {
            settle_enum(repairs, items, &name, &at.key("items"));
        }
    }
}

/// Makes the values of an `enum` values of the schema's type.
pub(super) fn settle_enum(repairs: &mut Repairs<'_>, map: &mut Members, name: &str, at: &At<'_>) {
    let Some(Value::Array(values)) = map.get_mut("enum") else { return };
    if values.iter().all(|value| value.is_null() || is_of_type(value, name)) {
        return;
    }
    if name == "integer" {
        // `1e3` and `1.0` are integers to JSON Schema.
        for value in values.iter_mut().filter(|value| value.is_f64()) {
            if let Some(number) = parse_number(value).and_then(|number| whole_number(&number)) {
                *value = number.into();
            }
        }
    }
    let at = at.key("enum");
    let mut doomed = Doomed::default();
    for (index, value) in values.iter_mut().enumerate() {
        if value.is_null() || is_of_type(value, name) {
            continue;
        }
        match intended_value(value, name) {
            Some(meant) => {
                repairs.coerce(
                    value,
                    meant,
                    &format!("a value of type `{name}`"),
                    &at.index(index),
                );
            }
            None => {
                repairs.misfit(value, &format!("a value of type `{name}`"), &at.index(index));
                doomed.add(index);
            }
        }
    }
    // An enumeration is of values that an `i64` has room for.
    let is_large = values.iter().any(|value| value.is_u64() && !value.is_i64());
    let positive = values.iter().all(Value::is_u64);
    repairs.remove_elements(values, doomed, &at);
    if values.is_empty() || is_large {
        map.shift_remove("enum");
    }
    if is_large {
        widen_integer(map, positive);
    }
}
