//! Enumerations and the names of their variants.

use openapiv3::Schema;
use serde_json::Value;

use super::names::{self, Scope};
use super::prose;
use crate::model::{Enumeration, TypeName, Variant};

/// The variants of an enumeration of strings.
pub(crate) fn strings(values: &[&Value], schema: Option<&Schema>) -> Enumeration<String> {
    let values = values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect();
    enumeration(values, schema, String::clone, |value| names::type_name(value, "Empty").0)
}

/// The variants of an enumeration of integers.
pub(crate) fn integers(values: &[&Value], schema: Option<&Schema>) -> Enumeration<i64> {
    let values = values.iter().filter_map(|value| value.as_i64()).collect();
    enumeration(values, schema, i64::to_string, |value: &i64| match value {
        0.. => format!("N{value}"),
        _ => format!("Minus{}", value.unsigned_abs()),
    })
}

fn enumeration<T: PartialEq + Clone>(
    values: Vec<T>,
    schema: Option<&Schema>,
    shown: impl Fn(&T) -> String,
    name: impl Fn(&T) -> String,
) -> Enumeration<T> {
    let given = |extension: &str, index: usize| {
        let schema = schema?;
        schema.schema_data.extensions.get(extension)?.as_array()?.get(index)?.as_str()
    };
    // `Other` is the variant of every value that the document does not name.
    let mut scope = Scope::with(&["Other"]);
    let mut variants: Vec<Variant<T>> = Vec::new();
    for (index, value) in values.into_iter().enumerate() {
        if variants.iter().any(|known| known.value == value) {
            continue;
        }
        let names = given("x-enum-varnames", index).or(given("x-enumNames", index));
        let wanted = match names {
            Some(given) => names::type_name(given, "Empty"),
            None => names::type_name(&name(&value), "Empty"),
        };
        let wanted = match wanted.0.as_str() {
            "Other" => TypeName("OtherValue".to_owned()),
            _ => wanted,
        };
        let doc =
            prose::doc(described(schema, &shown(&value)).or(given("x-enum-descriptions", index)));
        variants.push(Variant { name: scope.take_type(wanted), value, doc });
    }
    Enumeration { variants }
}

/// What `x-enumDescriptions`, a map from values to words, says of a value.
fn described<'a>(schema: Option<&'a Schema>, value: &str) -> Option<&'a str> {
    schema?.schema_data.extensions.get("x-enumDescriptions")?.get(value)?.as_str()
}
