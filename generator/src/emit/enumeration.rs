//! Open enumerations.

use proc_macro2::Literal;
use quote::quote;

use super::code::{Code, type_ident};
use super::doc::{deprecated_type, doc_or};
use crate::model::{Enumeration, TypeDefinition};
use crate::prose;

/// Adds an enumeration of strings.
pub(crate) fn emit_string_enum(
    code: &mut Code,
    definition: &TypeDefinition,
    values: &Enumeration<String>,
    about: &str,
) {
    let variants = values.variants.iter().map(|variant| {
        let name = type_ident(&variant.name);
        let value = Literal::string(&variant.value);
        let docs = doc_or(&variant.doc, &prose::code_span(&variant.value));
        quote!(#docs #name = #value)
    });
    let name = type_ident(&definition.name);
    let docs = doc_or(&definition.doc, about);
    let old = deprecated_type(definition.deprecated);
    code.in_macro("open_enum", quote!(#docs #old pub enum #name { #(#variants,)* }));
}

/// Adds an enumeration of integers.
pub(crate) fn emit_integer_enum(
    code: &mut Code,
    definition: &TypeDefinition,
    values: &Enumeration<i64>,
    about: &str,
) {
    let variants = values.variants.iter().map(|variant| {
        let name = type_ident(&variant.name);
        let value = Literal::i64_unsuffixed(variant.value);
        let docs = doc_or(&variant.doc, &format!("{}", variant.value));
        quote!(#docs #name = #value)
    });
    let name = type_ident(&definition.name);
    let docs = doc_or(&definition.doc, about);
    let old = deprecated_type(definition.deprecated);
    // The type stands where the grammar of enums has no place for it, so it is put in as text.
    let mut one = Code::default();
    one.in_macro("open_enum", quote!(#docs #old pub enum #name { #(#variants,)* }));
    let text = one.finish();
    let start = text.find("open_enum!").unwrap_or_default();
    code.text(&text[start..].replacen(
        &format!("enum {name} {{"),
        &format!("enum {name}: i64 {{"),
        1,
    ));
}
