//! Unions and their `union!`.

use quote::quote;

use super::code::{Code, Place, owned_type, type_ident, wrap_list};
use super::comparable::derived;
use super::doc::{deprecated_type, doc_or};
use crate::model::{Alternative, Selection, Shape, Test, TypeDefinition, Union};
use crate::prose;

/// Adds an enum of alternatives, which is `Eq` and `Hash` where `comparable`.
pub(crate) fn emit_union(
    code: &mut Code,
    definition: &TypeDefinition,
    union: &Union,
    about: &str,
    comparable: bool,
) {
    let variants = union.alternatives.iter().map(|alternative| {
        let name = type_ident(&alternative.name);
        let content = owned_type(&alternative.ty, Place::Types);
        let docs = doc_or(&alternative.doc, &describe_test(alternative));
        quote!(#docs #name(#content))
    });
    let name = type_ident(&definition.name);
    let docs = doc_or(&definition.doc, about);
    let old = deprecated_type(definition.deprecated);
    let traits = derived(comparable);
    let other = match union.selection {
        Selection::AllMembers => {
            " A value that matches no alternative, or several and has members that the best one lacks, unchanged."
        }
        _ => " A value that matches no alternative, unchanged.",
    };
    code.items(quote! {
        #docs
        #old
        #[derive(#traits)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            #[doc = #other]
            Other(Value),
        }
    });
    code.attached(&union_table(definition, union));
}

/// How an alternative is recognized, in words.
fn describe_test(alternative: &Alternative) -> String {
    match &alternative.test {
        Test::Tag(values) => format!("Tagged {}.", list_values(values, " or ")),
        Test::Values(values) => format!("One of {}.", list_values(values, " or ")),
        Test::Object(shape) => describe_object(&shape.required, &shape.constants),
        Test::Either(_) => "One of its alternatives.".to_owned(),
        Test::String => "A string.".to_owned(),
        Test::Integer => "A whole number.".to_owned(),
        Test::Number => "A number.".to_owned(),
        Test::Boolean => "A boolean.".to_owned(),
        Test::Array => "A list.".to_owned(),
        Test::Any => "Any value that decodes as this type.".to_owned(),
    }
}

fn list_values(values: &[String], separator: &str) -> String {
    values.iter().map(|value| prose::code_span(value)).collect::<Vec<_>>().join(separator)
}

fn describe_object(required: &[String], constants: &[(String, Vec<String>)]) -> String {
    let mut told: Vec<String> = constants
        .iter()
        .map(|(key, values)| {
            format!("whose {} is {}", prose::code_span(key), list_values(values, " or "))
        })
        .collect();
    let is_constant = |key: &String| constants.iter().any(|(constant, _)| constant == key);
    let others: Vec<String> = required.iter().filter(|key| !is_constant(key)).cloned().collect();
    if !others.is_empty() {
        told.push(format!("that has {}", list_values(&others, ", ")));
    }
    match told.is_empty() {
        true => "An object.".to_owned(),
        false => format!("An object {}.", told.join(", and ")),
    }
}

fn union_table(definition: &TypeDefinition, union: &Union) -> String {
    let name = &definition.name.0;
    match &union.selection {
        Selection::Tag(tag) => {
            let arms: Vec<String> = union
                .alternatives
                .iter()
                .map(|alternative| {
                    let values = match &alternative.test {
                        Test::Tag(values) => string_literals(values, " | "),
                        _ => String::new(),
                    };
                    let written = alternative.written.iter();
                    let written: String = written.map(|tag| format!(" written {tag:?}")).collect();
                    format!("{values} => {}{written}", alternative.name.0)
                })
                .collect();
            let default = union.default.as_ref().map(|name| format!(" else {}", name.0));
            let default = default.unwrap_or_default();
            let one = format!("union!({name} by {tag:?} {{ {} }}{default});\n", arms.join(", "));
            if one.len() <= 100 {
                return one;
            }
            let lines: String = arms.iter().map(|arm| format!("    {arm},\n")).collect();
            format!("union!({name} by {tag:?} {{\n{lines}}}{default});\n")
        }
        Selection::Order => ranked_table(name, "in order", union, false),
        Selection::Members => ranked_table(name, "by members", union, true),
        Selection::AllMembers => ranked_table(name, "by all members", union, true),
    }
}

fn ranked_table(name: &str, how: &str, union: &Union, counted: bool) -> String {
    let arm = |alternative| format!("    {};\n", alternative_arm(alternative, counted));
    let lines: String = union.alternatives.iter().map(arm).collect();
    format!("union!({name} {how} {{\n{lines}}});\n")
}

fn alternative_arm(alternative: &Alternative, counted: bool) -> String {
    let name = &alternative.name.0;
    let tests = test_entries(&alternative.test, counted);
    if tests.is_empty() {
        name.clone()
    } else {
        wrap_list(&format!("{name} if "), "        ", &tests, ",")
    }
}

/// `counted`: whether it matters which members are known.
fn test_entries(test: &Test, counted: bool) -> Vec<String> {
    match test {
        Test::Tag(_) | Test::Any => Vec::new(),
        Test::Values(values) => vec![format!("OneOf(&[{}])", string_literals(values, ", "))],
        Test::Object(shape) => member_entries(shape, counted),
        Test::Either(inner) => {
            let inner: Vec<String> = inner
                .iter()
                .map(|test| format!("&[{}]", test_entries(test, counted).join(", ")))
                .collect();
            vec![format!("Either(&[{}])", inner.join(", "))]
        }
        Test::String => vec!["String".to_owned()],
        Test::Integer => vec!["Integer".to_owned()],
        Test::Number => vec!["Number".to_owned()],
        Test::Boolean => vec!["Boolean".to_owned()],
        Test::Array => vec!["Array".to_owned()],
    }
}

fn member_entries(shape: &Shape, counted: bool) -> Vec<String> {
    let mut tests: Vec<String> = shape
        .constants
        .iter()
        .map(|(key, values)| {
            let test = if shape.required.contains(key) { "Tag" } else { "MayBe" };
            format!("{test}({key:?}, &[{}])", string_literals(values, ", "))
        })
        .collect();
    let others: Vec<String> =
        shape.required.iter().filter(|key| shape.values_of(key).is_none()).cloned().collect();
    if !others.is_empty() {
        tests.push(format!("Keys(&[{}])", string_literals(&others, ", ")));
    }
    if tests.is_empty() {
        tests.push("Object".to_owned());
    }
    if counted && !shape.known.is_empty() {
        tests.push(format!("Knows(&[{}])", string_literals(&shape.known, ", ")));
    }
    if counted && shape.open {
        tests.push("Keeps".to_owned());
    }
    tests
}

fn string_literals(values: &[String], separator: &str) -> String {
    values.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(separator)
}
