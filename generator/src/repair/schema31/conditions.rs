use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{
    super::{at::At, repairs::Repairs},
    Members,
};
use crate::diagnostics::{Edit, Pointer};

/// How far conditions within conditions are followed.
const DEEPEST: usize = 8;

/// What a schema says of its members: which are described whatever else holds, and which only under a condition, each
/// with its schemas and where these stand.
#[derive(Default)]
struct Described {
    always: HashSet<String>,
    sometimes: IndexMap<String, Vec<(Value, Pointer)>>,
    /// Whether a reference may describe more of them.
    by_reference: bool,
}

/// Members of an object that only a condition describes (`then`, `else`, `dependentSchemas`): a value may have them, so
/// they are properties like others. Where the same member is described without a condition, that decides its type.
pub(super) fn describe_conditional_members(
    repairs: &mut Repairs<'_>,
    map: &mut Members,
    at: &At<'_>,
) {
    let has_conditions = |map: &Members| {
        ["then", "else", "dependentSchemas"].iter().any(|key| map.contains_key(*key))
    };
    let members = map.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let mut members = members.filter_map(Value::as_object);
    // A member of an `allOf` that is nothing else is looked at with the schema around it.
    let is_object = ["properties", "type"].iter().any(|key| map.contains_key(*key));
    let is_conditional = (is_object && has_conditions(map)) || members.any(has_conditions);
    if !is_conditional {
        return;
    }
    let mut described = Described::default();
    described.add(map, &at.pointer(), false, DEEPEST);
    let Described { always, sometimes, by_reference } = described;
    let place = at.key("properties").pointer();
    let properties = map.entry("properties").or_insert_with(|| json!({}));
    let Value::Object(properties) = properties else { return };
    for (key, mut schemas) in sometimes {
        // What has no type narrows what the reference says.
        schemas.retain(|(schema, _)| !by_reference || schema.get("type").is_some());
        if always.contains(&key) || schemas.is_empty() {
            continue;
        }
        let to = place.key(&key);
        let is_several = schemas.len() > 1;
        let mut alternatives = Vec::new();
        for (index, (schema, from)) in schemas.into_iter().enumerate() {
            let to = if is_several { to.key("anyOf").index(index) } else { to.clone() };
            repairs.diagnostics.edited(Edit::FromDocument { to, from });
            alternatives.push(schema);
        }
        let schema =
            if is_several { json!({"anyOf": alternatives}) } else { alternatives.remove(0) };
        properties.insert(key, schema);
    }
    if properties.is_empty() {
        map.shift_remove("properties");
    }
}

impl Described {
    fn add(&mut self, schema: &Members, at: &Pointer, is_conditional: bool, depth: usize) {
        if depth == 0 {
            return;
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        for (key, member) in properties.into_iter().flatten() {
            match is_conditional {
                true => self.add_sometimes(key, member, at.key("properties").key(key)),
                false => drop(self.always.insert(key.clone())),
            }
        }
        self.by_reference |= !is_conditional && schema.contains_key("$ref");
        for keyword in ["then", "else"] {
            if let Some(Value::Object(branch)) = schema.get(keyword) {
                self.add(branch, &at.key(keyword), true, depth - 1);
            }
        }
        let dependent = schema.get("dependentSchemas").and_then(Value::as_object);
        for (key, branch) in objects(dependent) {
            self.add(branch, &at.key("dependentSchemas").key(key), true, depth - 1);
        }
        let members = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for (index, member) in members.enumerate() {
            if let Value::Object(member) = member {
                self.add(member, &at.key("allOf").index(index), is_conditional, depth - 1);
            }
        }
    }

    fn add_sometimes(&mut self, key: &str, schema: &Value, from: Pointer) {
        let known = self.sometimes.entry(key.to_owned()).or_default();
        if *schema != Value::Bool(false) && known.iter().all(|(other, _)| other != schema) {
            known.push((schema.clone(), from));
        }
    }
}

fn objects(map: Option<&Map<String, Value>>) -> impl Iterator<Item = (&String, &Members)> {
    map.into_iter().flatten().filter_map(|(key, value)| Some((key, value.as_object()?)))
}
