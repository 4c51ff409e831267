//! What OpenAPI 3.1 and later say, in the words of 3.0 that values are made by.
//!
//! Written beside the generator's own reading of these versions, not with it: it is to find that one's mistakes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::pointer::join_pointer;

/// Members whose members are named by the author, so that no name is a keyword.
const MAPS: [&str; 18] = [
    "$defs",
    "callbacks",
    "content",
    "definitions",
    "dependentSchemas",
    "encoding",
    "headers",
    "links",
    "mediaTypes",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "webhooks",
];

/// Members that hold values rather than schemas.
const VALUES: [&str; 7] =
    ["const", "default", "enum", "example", "examples", "mapping", "required"];

/// Rewrites a document of a later version; leaves one of 3.0 as it is.
pub(super) fn put_in_words_of_3_0(document: &mut Value) {
    let version = document["openapi"].as_str().unwrap_or_default();
    if version.starts_with("3.0") {
        return;
    }
    let mut places = BTreeMap::new();
    find_identifiers(document, "", "", &mut places);
    rewrite_references(document, "", false, &places);
}

/// Finds where `$id`, `$anchor` and `$dynamicAnchor` stand, by the URI that they give to a schema.
fn find_identifiers(
    value: &Value,
    pointer: &str,
    base: &str,
    places: &mut BTreeMap<String, String>,
) {
    if let Value::Array(items) = value {
        for (index, item) in items.iter().enumerate() {
            find_identifiers(item, &join_pointer(pointer, &index.to_string()), base, places);
        }
    }
    let Some(members) = value.as_object() else { return };
    let base = resource_uri(members, base);
    if members.get("$id").is_some_and(Value::is_string) {
        places.insert(base.clone(), pointer.to_owned());
    }
    for word in ["$anchor", "$dynamicAnchor"] {
        if let Some(anchor) = members.get(word).and_then(Value::as_str) {
            places.insert(format!("{base}#{anchor}"), pointer.to_owned());
        }
    }
    for (name, member) in members.iter().filter(|(name, _)| !VALUES.contains(&name.as_str())) {
        find_identifiers(member, &join_pointer(pointer, name), &base, places);
    }
}

/// The URI of the resource that an object is in.
fn resource_uri(members: &Map<String, Value>, base: &str) -> String {
    let id = members.get("$id").and_then(Value::as_str);
    id.map_or(base, |id| id.trim_end_matches('#')).to_owned()
}

fn rewrite_references(
    value: &mut Value,
    base: &str,
    is_map: bool,
    places: &BTreeMap<String, String>,
) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(|item| rewrite_references(item, base, false, places))
        }
        Value::Object(members) => {
            let base = resource_uri(members, base);
            for (name, member) in members.iter_mut() {
                if is_map || !VALUES.contains(&name.as_str()) {
                    let inner_map = !is_map && MAPS.contains(&name.as_str());
                    rewrite_references(member, &base, inner_map, places);
                }
            }
            if !is_map {
                rewrite_keywords(members, &base, places);
            }
        }
        _ => {}
    }
}

fn rewrite_keywords(
    members: &mut Map<String, Value>,
    base: &str,
    places: &BTreeMap<String, String>,
) {
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        for property in properties.values_mut() {
            match property {
                Value::Bool(true) => *property = json!({}),
                Value::Bool(false) => *property = json!({"not": {}}),
                _ => {}
            }
        }
    }
    rewrite_reference(members, base, places);
    rewrite_types(members);
    if let Some(constant) = members.remove("const") {
        members.insert("enum".to_owned(), json!([constant]));
    }
    for (word, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if members.get(word).is_some_and(Value::is_number)
            && let Some(value) = members.insert(word.to_owned(), true.into())
        {
            members.insert(limit.to_owned(), value);
        }
    }
    if members.get("contentEncoding").is_some_and(|encoding| encoding == "base64") {
        members.insert("format".to_owned(), "byte".into());
    }
    let patterns = members.get("patternProperties").and_then(Value::as_object);
    let alternatives: Option<Vec<Value>> = patterns.map(|map| map.values().cloned().collect());
    let rest = members.get("unevaluatedProperties").cloned();
    if let Some(rest) = alternatives.map(|list| json!({"anyOf": list})).or(rest)
        && !members.contains_key("allOf")
    {
        members.insert("additionalProperties".to_owned(), rest);
    }
}

/// A reference by identifier becomes one by pointer; what limits the value beside it, a member of `allOf` with it.
fn rewrite_reference(
    members: &mut Map<String, Value>,
    base: &str,
    places: &BTreeMap<String, String>,
) {
    let word = if members.contains_key("$ref") { "$ref" } else { "$dynamicRef" };
    let Some(Value::String(reference)) = members.get(word) else { return };
    let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let uri = if uri.is_empty() { base } else { uri };
    let target = match fragment {
        "" => places.get(uri).cloned(),
        pointer if pointer.starts_with('/') => {
            places.get(uri).map(|place| format!("{place}{pointer}"))
        }
        anchor => places.get(&format!("{uri}#{anchor}")).cloned(),
    };
    let target = target.map_or_else(|| reference.clone(), |pointer| format!("#{pointer}"));
    members.remove(word);
    let limits =
        ["allOf", "anyOf", "enum", "const", "items", "oneOf", "properties", "required", "type"];
    let limited = limits.iter().any(|limit| members.contains_key(*limit));
    if limited {
        let rest = std::mem::take(members);
        members.insert("allOf".to_owned(), json!([{"$ref": target}, rest]));
    } else {
        members.insert("$ref".to_owned(), target.into());
    }
}

/// Of several types, null becomes `nullable`, and several others alternatives.
fn rewrite_types(members: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = members.get("type") else { return };
    let mut types = types.clone();
    let count = types.len();
    types.retain(|name| name != "null");
    if types.is_empty() {
        members.insert("type".to_owned(), "null".into());
        return;
    }
    if types.len() < count {
        members.insert("nullable".to_owned(), true.into());
    }
    if let [name] = types.as_slice() {
        members.insert("type".to_owned(), name.clone());
        return;
    }
    members.remove("type");
    let alternatives: Vec<Value> = types.into_iter().map(|name| json!({"type": name})).collect();
    match members.contains_key("anyOf") {
        true => members.insert("allOf".to_owned(), json!([{"anyOf": alternatives}])),
        false => members.insert("anyOf".to_owned(), alternatives.into()),
    };
}
