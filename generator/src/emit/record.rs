//! Structs and their `record!`.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Place, ident, plain, ty, type_ident, wrapped};
use super::doc::{deprecated, deprecated_type, doc, doc_or};
use crate::model::{Doc, Field, Known, Presence, Record, Type, TypeDefinition};

/// Adds a struct; its members are written in the document's order where `ordered`.
pub(crate) fn record(
    code: &mut Code,
    definition: &TypeDefinition,
    record: &Record,
    about: &str,
    ordered: bool,
) {
    let name = type_ident(&definition.name);
    let docs = doc_or(&definition.doc, about);
    let old = deprecated_type(definition.deprecated);
    let fields = record.fields.iter().map(field);
    let rest = record.rest.iter().map(|(name, values)| {
        let (name, values) = (ident(name), ty(values, Place::Types));
        quote!(#[doc = " Every other member."] pub #name: BTreeMap<String, #values>,)
    });
    let has = |presence| record.fields.iter().any(|field| field.presence == presence);
    let filled = has(Presence::Fixed) || has(Presence::Preset);
    let derived = if has(Presence::Required) || filled {
        quote!(#[derive(Clone, Debug, PartialEq)])
    } else {
        quote!(#[derive(Clone, Debug, Default, PartialEq)])
    };
    let default = (filled && !has(Presence::Required)).then(|| {
        quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    });
    code.items(quote! {
        #docs
        #old
        #derived
        #[non_exhaustive]
        pub struct #name { #(#fields,)* #(#rest)* }
        #default
    });
    code.attached(&table(definition, record, ordered));
}

fn field(field: &Field) -> TokenStream {
    let (docs, old, name) = (doc(&field.doc), deprecated(field.deprecated), ident(&field.name));
    let value = ty(&field.ty, Place::Types);
    let value = match field.presence {
        Presence::Required | Presence::Constant | Presence::Fixed => value,
        Presence::Nullable | Presence::Optional | Presence::Preset | Presence::Received => {
            quote!(Option<#value>)
        }
        // A `Value` can be null by itself.
        Presence::Clearable if field.ty == Type::Json => quote!(Option<#value>),
        Presence::Clearable => quote!(Option<Option<#value>>),
    };
    quote!(#docs #old pub #name: #value)
}

/// How the struct is encoded and decoded: each field once, those of one presence together where
/// the order does not matter.
fn table(definition: &TypeDefinition, record: &Record, ordered: bool) -> String {
    let mut fields: Vec<&Field> = record.fields.iter().collect();
    if !ordered {
        fields.sort_by_key(|field| section(field.presence).0);
    }
    let mut sections = Vec::new();
    for fields in fields.chunk_by(|one, next| one.presence == next.presence) {
        let keyword = fields.first().map_or("", |field| section(field.presence).1);
        let entries: Vec<String> = fields.iter().map(|field| entry(field)).collect();
        sections.push(wrapped(&format!("    {keyword}: "), "        ", &entries, ",") + ";\n");
    }
    if let Some((name, _)) = &record.rest {
        sections.push(format!("    rest: {};\n", ident(name)));
    }
    let name = &definition.name.0;
    match sections.is_empty() {
        true => format!("record!({name} {{}});\n"),
        false => format!("record!({name} {{\n{}}});\n", sections.concat()),
    }
}

/// The section of a field in `record!`, and its place among them.
fn section(presence: Presence) -> (u8, &'static str) {
    match presence {
        Presence::Required => (0, "required"),
        Presence::Nullable => (1, "nullable"),
        Presence::Optional => (2, "optional"),
        Presence::Clearable => (3, "clearable"),
        Presence::Received => (4, "received"),
        Presence::Constant => (5, "constant"),
        Presence::Fixed => (6, "fixed"),
        Presence::Preset => (7, "preset"),
    }
}

fn entry(field: &Field) -> String {
    let name = ident(&field.name);
    let ty = match field.presence {
        Presence::Required => format!(": {}", taken(&field.ty)),
        _ => String::new(),
    };
    let key = if name == field.key { String::new() } else { format!(" = {:?}", field.key) };
    let known = match &field.known {
        Some(Known::Text(text)) => format!(" [{text:?}]"),
        Some(Known::Flag(flag)) => format!(" [{flag}]"),
        None => String::new(),
    };
    format!("{name}{ty}{key}{known}")
}

/// The type that `new` takes a value by: what a text or a name for a value can be made of too.
fn taken(value: &Type) -> String {
    let written = plain(&ty(value, Place::Types));
    match value {
        Type::Bool | Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::F64 => written,
        _ => format!("impl Into<{written}>"),
    }
}

/// What a type is documented with where the document says nothing.
pub(crate) fn fallback(doc: &Doc, name: &str) -> String {
    if doc.lines.is_empty() { format!("`{name}` of the document.") } else { String::new() }
}
