//! Enumerations and the names of their variants.

use std::collections::HashSet;
use std::hash::Hash;

use openapiv3::Schema;
use serde_json::Value;

use super::prose;
use super::scope::{Named, Scope};
use crate::diagnostics::{Diagnostics, Pointer};
use crate::model::{Doc, Enumeration, Variant};
use crate::names;

/// The variants of an enumeration of strings.
pub(crate) fn string_variants(
    values: &[&Value],
    schema: Option<&Schema>,
    place: &Pointer,
    diagnostics: &mut Diagnostics,
) -> Enumeration<String> {
    let values = values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect();
    build_enumeration(values, schema, String::clone, String::clone, (place, diagnostics))
}

/// The variants of an enumeration of integers.
pub(crate) fn integer_variants(
    values: &[&Value],
    schema: Option<&Schema>,
    place: &Pointer,
    diagnostics: &mut Diagnostics,
) -> Enumeration<i64> {
    let values = values.iter().filter_map(|value| value.as_i64()).collect();
    build_enumeration(values, schema, i64::to_string, integer_name, (place, diagnostics))
}

fn integer_name(value: &i64) -> String {
    match value {
        0.. => format!("N{value}"),
        _ => format!("Minus{}", value.unsigned_abs()),
    }
}

/// One enumeration of all the values of several, each with what the document says of it. `free`: whether
/// any other value will do too.
pub(crate) fn merge_enumerations<T: Clone + Eq + Hash>(
    parts: Vec<(Enumeration<T>, Doc)>,
    free: bool,
    place: &Pointer,
    diagnostics: &mut Diagnostics,
) -> Enumeration<T> {
    let mut scope = Scope::with(&["Other"]);
    let mut known = HashSet::new();
    let mut variants = Vec::new();
    for (part, about) in parts {
        let single = part.variants.len() == 1;
        for mut variant in part.variants {
            if !known.insert(variant.value.clone()) {
                continue;
            }
            if single && variant.doc.lines.is_empty() {
                variant.doc = about.clone();
            }
            let text = variant.name.0.clone();
            let named = Named { kind: "value", text: &text, fallback: "Empty", place };
            variant.name = scope.claim_derived(variant.name, named, diagnostics);
            variants.push(variant);
        }
    }
    Enumeration { variants, free }
}

fn build_enumeration<T: Eq + Hash + Clone>(
    values: Vec<T>,
    schema: Option<&Schema>,
    shown: impl Fn(&T) -> String,
    name: impl Fn(&T) -> String,
    (place, diagnostics): (&Pointer, &mut Diagnostics),
) -> Enumeration<T> {
    // `Other` is the variant of every value that the document does not name.
    let mut scope = Scope::reserving(&["Other"], "Value");
    let mut variants: Vec<Variant<T>> = Vec::new();
    let mut known = HashSet::new();
    for (index, value) in values.into_iter().enumerate() {
        if !known.insert(value.clone()) {
            continue;
        }
        let given = extension_entry(schema, "x-enum-varnames", index).or(extension_entry(
            schema,
            "x-enumNames",
            index,
        ));
        let wanted = given.map_or_else(|| name(&value), str::to_owned);
        let named = Named { kind: "value", text: &wanted, fallback: "Empty", place };
        // No text at all is an ordinary value, and `Empty` the name for it.
        let name = match wanted.trim().is_empty() {
            true => scope.take_type(names::type_name("", named.fallback)),
            false => scope.claim_type(named, diagnostics),
        };
        let description = value_description(schema, &shown(&value)).or(extension_entry(
            schema,
            "x-enum-descriptions",
            index,
        ));
        let doc = prose::document_text(description);
        variants.push(Variant { name, value, doc });
    }
    Enumeration { variants, free: false }
}

/// The text that an extension, a list with an entry for each value, has for one of them.
fn extension_entry<'a>(schema: Option<&'a Schema>, key: &str, index: usize) -> Option<&'a str> {
    schema?.schema_data.extensions.get(key)?.as_array()?.get(index)?.as_str()
}

/// What `x-enumDescriptions`, a map from values to words, says of a value.
fn value_description<'a>(schema: Option<&'a Schema>, value: &str) -> Option<&'a str> {
    schema?.schema_data.extensions.get("x-enumDescriptions")?.get(value)?.as_str()
}
