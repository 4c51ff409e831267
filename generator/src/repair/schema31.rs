//! Schemas of OpenAPI 3.1, which are JSON Schema 2020-12: what 3.0 has other words for.
//!
//! Where 3.0 has no words, there is one of our own: an array whose elements have a schema each
//! (`prefixItems`) is an array whose `items` is an object with the extension `x-prefix-items: true`. The
//! properties of that object are the elements, by their places; those that are `required` must be there;
//! `additionalProperties` is what follows them.

mod conditions;
mod maps;
mod tuple;

use serde_json::{Map, Value, json};

use super::{at::At, repairs::Repairs};

type Members = Map<String, Value>;

/// The dialects of JSON Schema that are read here.
const DIALECTS: &[&str] = &[
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "https://spec.openapis.org/oas/3.1/dialect/",
    "https://spec.openapis.org/oas/3.2/dialect/",
];

/// Whether a `$schema` or a `jsonSchemaDialect` names a dialect that is read here.
pub(super) fn is_known_dialect(name: &str) -> bool {
    DIALECTS.iter().any(|known| name.trim_end_matches('#').starts_with(known))
}

/// Puts a schema into the words of OpenAPI 3.0, before anything else is looked at.
pub(super) fn translate_schema(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) {
    for key in ["exclusiveMinimum", "exclusiveMaximum"] {
        if map.get(key).is_some_and(Value::is_boolean) {
            repairs.older("a boolean `exclusiveMinimum` or `exclusiveMaximum`", &at.key(key));
        }
    }
    if map.get("nullable") == Some(&Value::Bool(true)) {
        repairs.older("`nullable`", &at.key("nullable"));
    }
    drop_never(map);
    title_of_constant(map);
    constant_structure(map);
    values_of_types(map);
    conditions::describe_conditional_members(repairs, map, at);
    maps::translate_maps(repairs, map, at);
    tuple::translate_tuple(repairs, map, at);
}

/// What the schema `false` stands for is not there: a property, a member of a union, an element.
fn drop_never(map: &mut Members) {
    if let Some(Value::Object(properties)) = map.get_mut("properties")
        && properties.values().any(|schema| *schema == Value::Bool(false))
    {
        let mut never = Vec::new();
        properties.retain(|key, schema| {
            let stays = *schema != Value::Bool(false);
            if !stays {
                never.push(Value::from(key.as_str()));
            }
            stays
        });
        if let Some(Value::Array(required)) = map.get_mut("required") {
            required.retain(|key| !never.contains(key));
        }
    }
    for union in ["oneOf", "anyOf"] {
        if let Some(Value::Array(members)) = map.get_mut(union)
            && members.iter().any(|member| *member != Value::Bool(false))
        {
            members.retain(|member| *member != Value::Bool(false));
        }
    }
    if map.get("items") == Some(&Value::Bool(false)) && !map.contains_key("prefixItems") {
        map.insert("items".to_owned(), json!({}));
    }
}

/// The title of a number is a better name for it than the number.
fn title_of_constant(map: &mut Members) {
    if !map.get("const").is_some_and(Value::is_number) || map.contains_key("x-enum-varnames") {
        return;
    }
    if let Some(Value::String(title)) = map.get("title").cloned() {
        map.insert("x-enum-varnames".to_owned(), json!([title]));
    }
}

/// One list or object that alone is allowed: its type is all that Rust can say of it.
fn constant_structure(map: &mut Members) {
    let name = match map.get("const") {
        Some(Value::Object(_)) => "object",
        Some(Value::Array(_)) => "array",
        _ => return,
    };
    map.shift_remove("const");
    map.entry("type").or_insert_with(|| name.into());
}

/// Listed values of several types: the types, among which the values are divided afterwards.
fn values_of_types(map: &mut Members) {
    if map.contains_key("type") || map.contains_key("const") {
        return;
    }
    let Some(Value::Array(values)) = map.get("enum") else { return };
    let mut types: Vec<&str> = Vec::new();
    for value in values {
        let name = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        if !types.contains(&name) {
            types.push(name);
        }
    }
    let real = types.iter().filter(|name| **name != "null").count();
    if real > 1 {
        map.insert("type".to_owned(), json!(types));
    }
}
