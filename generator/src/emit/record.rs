//! Structs and their `record!`.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Place, ident, plain, ty, type_ident, wrapped};
use super::doc::{deprecated, deprecated_type, doc, doc_or};
use crate::model::{Doc, Field, Presence, Record, TypeDefinition};

/// Adds a struct.
pub(crate) fn record(code: &mut Code, definition: &TypeDefinition, record: &Record, key: &str) {
    let name = type_ident(&definition.name);
    let docs = doc_or(&definition.doc, key);
    let old = deprecated_type(definition.deprecated);
    let fields = record.fields.iter().map(field);
    let rest = record.rest.iter().map(|(name, values)| {
        let (name, values) = (ident(name), ty(values, Place::Types));
        quote!(#[doc = " Every other member."] pub #name: BTreeMap<String, #values>,)
    });
    let default = if record.fields.iter().any(|field| field.presence == Presence::Required) {
        quote!(#[derive(Clone, Debug, PartialEq)])
    } else {
        quote!(#[derive(Clone, Debug, Default, PartialEq)])
    };
    code.items(quote! {
        #docs
        #old
        #default
        #[non_exhaustive]
        pub struct #name { #(#fields,)* #(#rest)* }
    });
    code.attached(&table(definition, record));
}

fn field(field: &Field) -> TokenStream {
    let (docs, old, name) = (doc(&field.doc), deprecated(field.deprecated), ident(&field.name));
    let value = ty(&field.ty, Place::Types);
    let value = match field.presence {
        Presence::Required | Presence::Constant => value,
        Presence::Nullable | Presence::Optional => quote!(Option<#value>),
        Presence::Clearable => quote!(Option<Option<#value>>),
    };
    quote!(#docs #old pub #name: #value)
}

/// How the struct is encoded and decoded: each field once.
fn table(definition: &TypeDefinition, record: &Record) -> String {
    let mut sections = Vec::new();
    for (keyword, presence) in [
        ("required", Presence::Required),
        ("nullable", Presence::Nullable),
        ("optional", Presence::Optional),
        ("clearable", Presence::Clearable),
        ("constant", Presence::Constant),
    ] {
        let fields = record.fields.iter().filter(|field| field.presence == presence);
        let entries: Vec<String> = fields.map(entry).collect();
        if !entries.is_empty() {
            sections.push(wrapped(&format!("    {keyword}: "), "        ", &entries, ",") + ";\n");
        }
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

fn entry(field: &Field) -> String {
    let name = ident(&field.name);
    let ty = match field.presence {
        Presence::Required => format!(": {}", plain(&ty(&field.ty, Place::Types))),
        _ => String::new(),
    };
    let key = if name == field.key { String::new() } else { format!(" = {:?}", field.key) };
    format!("{name}{ty}{key}")
}

/// What a type is documented with where the document says nothing.
pub(crate) fn fallback(doc: &Doc, name: &str) -> String {
    if doc.lines.is_empty() { format!("`{name}` of the document.") } else { String::new() }
}
