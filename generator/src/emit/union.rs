//! Unions and their `union!`.

use quote::quote;

use super::code::{Code, Place, ty, type_ident, wrapped};
use super::comparable::derived;
use super::doc::{deprecated_type, doc_or};
use crate::model::{Alternative, Selection, Shape, Test, TypeDefinition, Union};
use crate::prose;

/// Adds an enum of alternatives, which is `Eq` and `Hash` where `comparable`.
pub(crate) fn union(
    code: &mut Code,
    definition: &TypeDefinition,
    union: &Union,
    about: &str,
    comparable: bool,
) {
    let variants = union.alternatives.iter().map(|alternative| {
        let name = type_ident(&alternative.name);
        let content = ty(&alternative.ty, Place::Types);
        let docs = doc_or(&alternative.doc, &told(alternative));
        quote!(#docs #name(#content))
    });
    let (name, docs, old) = (
        type_ident(&definition.name),
        doc_or(&definition.doc, about),
        deprecated_type(definition.deprecated),
    );
    let traits = derived(false, comparable);
    code.items(quote! {
        #docs
        #old
        #[derive(#traits)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            #[doc = " A value that fits none of them, as it came."]
            Other(Value),
        }
    });
    code.attached(&table(definition, union));
}

/// How an alternative is recognized, in words.
fn told(alternative: &Alternative) -> String {
    match &alternative.test {
        Test::Tag(values) => format!("Tagged {}.", list(values, " or ")),
        Test::Values(values) => format!("One of {}.", list(values, " or ")),
        Test::Object(shape) => object(&shape.required, &shape.constants),
        Test::Either(_) => "One of its alternatives.".to_owned(),
        Test::String => "A string.".to_owned(),
        Test::Integer => "A whole number.".to_owned(),
        Test::Number => "A number.".to_owned(),
        Test::Boolean => "A boolean.".to_owned(),
        Test::Array => "A list.".to_owned(),
        Test::Any => "Whatever decodes as this.".to_owned(),
    }
}

fn list(values: &[String], separator: &str) -> String {
    values.iter().map(|value| prose::code(value)).collect::<Vec<_>>().join(separator)
}

fn object(required: &[String], constants: &[(String, Vec<String>)]) -> String {
    let mut told: Vec<String> = constants
        .iter()
        .map(|(key, values)| format!("whose {} is {}", prose::code(key), list(values, " or ")))
        .collect();
    let is_constant = |key: &String| constants.iter().any(|(constant, _)| constant == key);
    let others: Vec<String> = required.iter().filter(|key| !is_constant(key)).cloned().collect();
    if !others.is_empty() {
        told.push(format!("that has {}", list(&others, ", ")));
    }
    match told.is_empty() {
        true => "An object.".to_owned(),
        false => format!("An object {}.", told.join(", and ")),
    }
}

fn table(definition: &TypeDefinition, union: &Union) -> String {
    let name = &definition.name.0;
    match &union.selection {
        Selection::Tag(tag) => {
            let arms: Vec<String> = union
                .alternatives
                .iter()
                .map(|alternative| {
                    let values = match &alternative.test {
                        Test::Tag(values) => literals(values, " | "),
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
        Selection::Order => ranked(name, "in order", union, false),
        Selection::Members => ranked(name, "by members", union, true),
    }
}

fn ranked(name: &str, how: &str, union: &Union, counted: bool) -> String {
    let arm = |alternative| format!("    {};\n", arm(alternative, counted));
    let lines: String = union.alternatives.iter().map(arm).collect();
    format!("union!({name} {how} {{\n{lines}}});\n")
}

fn arm(alternative: &Alternative, counted: bool) -> String {
    let name = &alternative.name.0;
    let tests = tests(&alternative.test, counted);
    if tests.is_empty() {
        name.clone()
    } else {
        wrapped(&format!("{name} if "), "        ", &tests, ",")
    }
}

/// `counted`: whether it matters which members are known.
fn tests(test: &Test, counted: bool) -> Vec<String> {
    match test {
        Test::Tag(_) | Test::Any => Vec::new(),
        Test::Values(values) => vec![format!("OneOf(&[{}])", literals(values, ", "))],
        Test::Object(shape) => members(shape, counted),
        Test::Either(inner) => {
            let inner: Vec<String> = inner
                .iter()
                .map(|test| format!("&[{}]", tests(test, counted).join(", ")))
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

fn members(shape: &Shape, counted: bool) -> Vec<String> {
    let mut tests: Vec<String> = shape
        .constants
        .iter()
        .map(|(key, values)| {
            let test = if shape.required.contains(key) { "Tag" } else { "MayBe" };
            format!("{test}({key:?}, &[{}])", literals(values, ", "))
        })
        .collect();
    let others: Vec<String> =
        shape.required.iter().filter(|key| shape.values_of(key).is_none()).cloned().collect();
    if !others.is_empty() {
        tests.push(format!("Keys(&[{}])", literals(&others, ", ")));
    }
    if tests.is_empty() {
        tests.push("Object".to_owned());
    }
    if counted && !shape.known.is_empty() {
        tests.push(format!("Knows(&[{}])", literals(&shape.known, ", ")));
    }
    if counted && shape.open {
        tests.push("Keeps".to_owned());
    }
    tests
}

fn literals(values: &[String], separator: &str) -> String {
    values.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(separator)
}
