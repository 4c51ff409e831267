//! Structs and their `record!`.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Place, owned_type, type_ident, value_ident, wrap_list, write_on_one_line};
use super::doc::{deprecated_attribute, deprecated_type, doc_attributes, doc_or};
use crate::model::{
    Constructor, Doc, Field, Known, Presence, Record, Type, TypeDefinition, ValueName,
};

/// Adds a struct; its members are written in the document's order where `ordered`, and it is `Eq` and `Hash`
/// where `comparable`.
pub(crate) fn emit_record(
    code: &mut Code,
    definition: &TypeDefinition,
    record: &Record,
    about: &str,
    (ordered, comparable): (bool, bool),
) {
    let name = type_ident(&definition.name);
    let docs = doc_or(&definition.doc, about);
    let old = deprecated_type(definition.deprecated);
    let fields = record.fields.iter().map(emit_field);
    let rest = record.rest.iter().map(|(name, values)| {
        let name = value_ident(name);
        let values = owned_type(values, Place::Types);
        quote!(#[doc = " All other members."] pub #name: BTreeMap<String, #values>,)
    });
    let has = |presence| record.fields.iter().any(|field| field.presence == presence);
    let filled = has(Presence::Fixed) || has(Presence::Preset);
    let default_trait = (!has(Presence::Required) && !filled).then(|| quote!(Default,));
    let hash_trait = comparable.then(|| quote!(Hash,));
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
        #[derive(Clone, #default_trait #hash_trait PartialEq)]
        #[non_exhaustive]
        pub struct #name { #(#fields,)* #(#rest)* }
        #default
    });
    code.attached(&field_table(definition, record, ordered));
    if comparable {
        // A derived one would have a function that checks what is known here.
        code.attached(&format!("impl Eq for {name} {{}}\n"));
    }
}

fn emit_field(field: &Field) -> TokenStream {
    let docs = doc_attributes(&field.doc);
    let old = deprecated_attribute(field.deprecated);
    let name = value_ident(&field.name);
    let value = owned_type(&field.ty, Place::Types);
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

/// How the struct is constructed, encoded and decoded: each field once, those of one section together
/// where the order does not matter.
fn field_table(definition: &TypeDefinition, record: &Record, ordered: bool) -> String {
    let mut fields: Vec<&Field> = record.fields.iter().collect();
    if !ordered {
        fields.sort_by_key(|field| field_section(field).0);
    }
    let mut sections = Vec::new();
    for fields in fields.chunk_by(|one, next| field_section(one) == field_section(next)) {
        let keyword = fields.first().map_or("", |field| field_section(field).1);
        let entries: Vec<String> = fields.iter().map(|field| field_entry(field, record)).collect();
        sections.push(wrap_list(&format!("    {keyword}: "), "        ", &entries, ",") + ";\n");
    }
    if let Some((name, values)) = &record.rest {
        let set = record.sent && is_free(name);
        let ty =
            if set { setter_argument(&Type::Map(Box::new(values.clone()))) } else { String::new() };
        sections.push(format!("    rest: {}{ty};\n", value_ident(name)));
    }
    let head = record_head(definition, record);
    match sections.is_empty() {
        true => format!("{head} {{}});\n"),
        false => format!("{head} {{\n{}}});\n", sections.concat()),
    }
}

/// The name, and the constructor with what it takes.
fn record_head(definition: &TypeDefinition, record: &Record) -> String {
    let arguments: Vec<String> = record
        .arguments()
        .iter()
        .map(|field| format!("{}{}", value_ident(&field.name), setter_argument(&field.ty)))
        .collect();
    let name = &definition.name.0;
    let start = match &record.constructor {
        _ if arguments.is_empty() => return format!("record!({name}"),
        Constructor::New => format!("record!({name}("),
        Constructor::Builder(builder) => format!("record!({name} by {}(", builder.0),
    };
    wrap_list(&start, "    ", &arguments, ",") + ")"
}

/// The section of a field in `record!`, and its place among them.
fn field_section(field: &Field) -> (u8, &'static str) {
    match field.presence {
        Presence::Required => (0, "required"),
        Presence::Nullable => (1, "nullable"),
        Presence::Optional => (2, "optional"),
        Presence::Clearable if field.ty == Type::Json => (3, "any"),
        Presence::Clearable => (4, "clearable"),
        Presence::Received => (5, "received"),
        Presence::Constant => (6, "constant"),
        Presence::Fixed => (7, "fixed"),
        Presence::Preset => (8, "preset"),
    }
}

fn field_entry(field: &Field, record: &Record) -> String {
    let name = value_ident(&field.name);
    let set = field_setter(field, record);
    let key = if name == field.key { String::new() } else { format!(" = {:?}", field.key) };
    let known = match &field.known {
        Some(Known::Text(text)) => format!(" [{text:?}]"),
        Some(Known::Flag(flag)) => format!(" [{flag}]"),
        None => String::new(),
    };
    format!("{name}{set}{key}{known}")
}

/// The type by which a field is set, of what requests send, and the name of what sets it to null.
/// Those that are deprecated are assigned to.
fn field_setter(field: &Field, record: &Record) -> String {
    let Setters { sets, clears } = setters(field, record);
    let clear = match clears {
        true => format!(" / {}", value_ident(&clear_name(field))),
        false => String::new(),
    };
    let taken = if sets { setter_argument(&field.ty) } else { String::new() };
    format!("{clear}{taken}")
}

/// Which methods a field has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Setters {
    /// One that sets it.
    pub(crate) sets: bool,
    /// One that sets it to null.
    pub(crate) clears: bool,
}

/// The methods of a field.
pub(crate) fn setters(field: &Field, record: &Record) -> Setters {
    let filled = matches!(
        field.presence,
        Presence::Required | Presence::Received | Presence::Constant | Presence::Fixed
    );
    let sets = !filled && record.sent && !field.deprecated && is_free(&field.name);
    let clear = clear_name(field);
    let is_taken = record.fields.iter().any(|field| field.name == clear);
    Setters { sets, clears: sets && field_section(field).1 == "clearable" && !is_taken }
}

fn clear_name(field: &Field) -> ValueName {
    ValueName(format!("clear_{}", field.name.0))
}

/// Whether a method may have the name of a field: it hides none that every struct has.
fn is_free(name: &ValueName) -> bool {
    !RESERVED.contains(&name.0.as_str())
}

/// The functions of every struct, beside which stand the methods that set its fields.
const RESERVED: &[&str] =
    &["builder", "clone", "default", "deserialize", "from_required", "new", "serialize"];

/// The type that a value is taken by: a number or a boolean as it is, else whatever converts into it.
fn setter_argument(value: &Type) -> String {
    let written = write_on_one_line(&owned_type(value, Place::Types));
    match value {
        Type::Bool | Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::F64 => {
            format!(" as {written}")
        }
        _ => format!(": {written}"),
    }
}

/// What a type is documented with where the document says nothing.
pub(crate) fn fallback_doc(doc: &Doc, name: &str) -> String {
    if doc.lines.is_empty() { format!("`{name}` of the document.") } else { String::new() }
}
