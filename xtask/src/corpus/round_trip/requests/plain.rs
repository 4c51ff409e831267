//! Schemas as the server takes them: references followed, `allOf` merged, and of several alternatives the one that a
//! value is of, which nothing in a query or a form tells.

use serde_json::{Map, Value, json};

use super::super::document::{Direction, Document, Site};
use super::super::flat::Flat;

/// What `sites` say together of a value.
pub(super) fn plain_schema(document: &Document, sites: &[Site<'_>], value: &Value) -> Value {
    let branches = Flat::of(document, Direction::Request, sites);
    let Some(flat) = branches.into_iter().max_by_key(|flat| fitness(flat, value)) else {
        return json!({});
    };
    match value {
        Value::Object(members) => plain_object(document, &flat, members),
        Value::Array(items) => {
            let mut plain = items.iter().map(|item| plain_schema(document, &flat.items, item));
            json!({"type": "array", "items": plain.next().unwrap_or_default()})
        }
        Value::Number(_) if flat.kind() == Some("integer") => json!({"type": "integer"}),
        Value::Number(_) => json!({"type": "number"}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::String(_) => json!({"type": "string", "format": flat.format}),
        Value::Null => json!({}),
    }
}

fn plain_object(document: &Document, flat: &Flat<'_>, members: &Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for (name, sites) in &flat.properties {
        let value = members.get(*name).unwrap_or(&Value::Null);
        properties.insert((*name).to_owned(), plain_schema(document, sites, value));
    }
    let rest = flat.rest.as_deref().unwrap_or_default();
    for (name, value) in members {
        let plain = || plain_schema(document, rest, value);
        properties.entry(name.clone()).or_insert_with(plain);
    }
    json!({"type": "object", "properties": properties})
}

/// How well a value fits: its kind, and how many of its members are known.
fn fitness(flat: &Flat<'_>, value: &Value) -> (bool, bool, usize) {
    let is_kind = match (flat.kind(), value) {
        (None, _) | (Some("object"), Value::Object(_)) | (Some("array"), Value::Array(_)) => true,
        (Some("integer"), Value::Number(number)) => !number.is_f64(),
        (Some("number"), Value::Number(_)) | (Some("boolean"), Value::Bool(_)) => true,
        (Some("string"), Value::String(_)) => true,
        _ => false,
    };
    let is_listed = flat.values.as_ref().is_none_or(|values| values.contains(&value));
    let known = value.as_object().into_iter().flatten();
    let known = known.filter(|(name, _)| flat.properties.iter().any(|(own, _)| own == name));
    (is_kind, is_listed, known.count())
}
