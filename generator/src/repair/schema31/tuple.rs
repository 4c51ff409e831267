use serde_json::{Map, Value, json};

use super::{
    super::{at::At, repairs::Repairs},
    Members,
};
use crate::diagnostics::{Code, Edit};
use crate::extensions::PREFIX_ITEMS;

/// No array with more elements of their own is read as such: rustc cannot bear the type.
const LONGEST: usize = 100;

/// `prefixItems`: elements that have a schema each. `items` is about those behind them.
pub(super) fn translate_tuple(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) {
    let Some(Value::Array(elements)) = map.shift_remove("prefixItems") else { return };
    if elements.is_empty() {
        return;
    }
    let rest = tail_schema(map, elements.len());
    map.entry("type").or_insert_with(|| "array".into());
    if elements.len() > LONGEST {
        let message = format!("an array with a type for each of {} elements", elements.len());
        repairs
            .report(Code::WeakenedType, &at.key("prefixItems"), message)
            .help("read as a list of arbitrary values");
        map.insert("items".to_owned(), json!({}));
        return;
    }
    let there = map.get("minItems").and_then(Value::as_u64);
    // Without `minItems`, JSON Schema leaves all of them out if it likes; nobody means that.
    let there = there.map_or(elements.len(), |there| there.try_into().unwrap_or(usize::MAX));
    let required: Vec<String> = (0..elements.len().min(there)).map(|at| at.to_string()).collect();
    let named = |(at, schema): (usize, Value)| (at.to_string(), schema);
    let properties: Map<String, Value> = elements.into_iter().enumerate().map(named).collect();
    let to = at.key("items").key("properties").pointer();
    repairs.diagnostics.edited(Edit::FromDocument { to, from: at.key("prefixItems").pointer() });
    let element = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": rest,
        (PREFIX_ITEMS): true,
    });
    map.insert("items".to_owned(), element);
}

/// What may follow the first `number` elements: a schema, `true` or `false`.
fn tail_schema(map: &mut Members, number: usize) -> Value {
    let most = map.get("maxItems").and_then(Value::as_u64);
    let stated = map.shift_remove("items").or_else(|| map.shift_remove("unevaluatedItems"));
    match stated {
        _ if most.is_some_and(|most| most <= number as u64) => Value::Bool(false),
        None => Value::Bool(true),
        Some(schema) => schema,
    }
}
