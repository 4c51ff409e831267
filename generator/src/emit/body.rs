//! How request bodies are taken and written.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::code::{
    Place, argument_reference, argument_type, inline_attribute, owned_type, type_ident, value_ident,
};
use super::doc::{doc_lines, doc_or};
use crate::model::{
    Body, BodyContent, BodyVariant, Constructor, FormField, Part, PartKind, QueryStyle, Type,
    TypeName,
};
use crate::prose;

/// The type of the method's argument.
pub(crate) fn body_argument(body: &Body) -> TokenStream {
    match &body.content {
        BodyContent::One(part) => part_argument(part),
        BodyContent::Choice(name, _) => {
            let name = type_ident(name);
            quote!(#name)
        }
    }
}

fn part_argument(part: &Part) -> TokenStream {
    match &part.kind {
        PartKind::Json(body) | PartKind::Form(body, _) => argument_type(body),
        PartKind::Bytes | PartKind::Text => quote!(impl Into<Body>),
        PartKind::Multipart(_, fields, _) if fields.is_empty() => quote!(Multipart),
        PartKind::Multipart(name, ..) => {
            let name = type_ident(name);
            quote!(#name)
        }
    }
}

/// The call with its body, which stands in `body`.
pub(crate) fn emit_call_with_body(body: &Body, call: &TokenStream) -> TokenStream {
    match &body.content {
        BodyContent::One(Part { media_type, kind: PartKind::Bytes | PartKind::Text }) => {
            quote!(#call.body(#media_type, body.into()))
        }
        BodyContent::One(part) => part_written(part, call),
        BodyContent::Choice(..) => quote!(body.write(#call)),
    }
}

fn part_written(part: &Part, call: &TokenStream) -> TokenStream {
    let media = &part.media_type;
    match &part.kind {
        PartKind::Json(body) => {
            let value = argument_reference(body, &quote::format_ident!("body"));
            quote!(#call.json(#media, #value))
        }
        PartKind::Form(_, fields) => {
            let styles = fields.iter().map(|field| {
                let key = &field.key;
                let style = query_style(field.style);
                quote!((#key, #style))
            });
            let reserved = fields.iter().filter(|field| field.allow_reserved);
            let reserved = reserved.map(|field| &field.key);
            quote!(#call.form(body, &[#(#styles),*], &[#(#reserved),*]))
        }
        PartKind::Bytes | PartKind::Text => quote!(#call.body(#media, body)),
        PartKind::Multipart(_, fields, _) if fields.is_empty() => {
            quote!(#call.multipart(#media, body))
        }
        PartKind::Multipart(..) => quote!(#call.multipart(#media, body.0)),
    }
}

/// A style of the runtime, for a query, a cookie or a form's field.
pub(crate) fn query_style(style: QueryStyle) -> TokenStream {
    match style {
        QueryStyle::Form => quote!(Style::Form),
        QueryStyle::FormExploded => quote!(Style::FormExploded),
        QueryStyle::SpaceDelimited => quote!(Style::SpaceDelimited),
        QueryStyle::PipeDelimited => quote!(Style::PipeDelimited),
        QueryStyle::DeepObject => quote!(Style::DeepObject),
        QueryStyle::Json => quote!(Style::NamedJson),
        QueryStyle::WholeJson => quote!(Style::Json),
        QueryStyle::WholeForm => quote!(Style::FormExploded),
    }
}

/// The types that a body needs of its own: the choice between several, and forms of parts.
pub(crate) fn emit_items(body: &Body, method: &str) -> TokenStream {
    let mut items = TokenStream::new();
    let parts: Vec<&Part> = match &body.content {
        BodyContent::One(part) => vec![part],
        BodyContent::Choice(name, variants) => {
            items.extend(emit_choice(name, variants, method));
            variants.iter().map(|variant| &variant.part).collect()
        }
    };
    for part in parts {
        if let PartKind::Multipart(name, fields, constructor) = &part.kind
            && !fields.is_empty()
        {
            items.extend(emit_form(name, fields, constructor, method));
        }
    }
    items
}

fn emit_choice(name: &TypeName, variants: &[BodyVariant], method: &str) -> TokenStream {
    let about = doc_lines(&[format!("The body of {method}, in one of several media types.")]);
    let name = type_ident(name);
    let contents = variants.iter().map(|variant| {
        let docs = doc_lines(&[prose::code_span(&variant.part.media_type)]);
        let content = owned_part_type(&variant.part);
        let variant = type_ident(&variant.name);
        quote!(#docs #variant(#content))
    });
    let arms = variants.iter().map(|variant| {
        let written = part_written(&variant.part, &quote!(call));
        let by_reference = matches!(variant.part.kind, PartKind::Json(_) | PartKind::Form(..));
        let variant = type_ident(&variant.name);
        let rebound = by_reference.then(|| quote!(let body = &body;));
        match rebound {
            Some(rebound) => quote!(Self::#variant(body) => { #rebound #written }),
            None => quote!(Self::#variant(body) => #written,),
        }
    });
    quote! {
        #about
        #[derive(Debug)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "there is one for each call")]
        pub enum #name { #(#contents,)* }

        impl #name {
            #[inline]
            fn write(self, call: Call) -> Call {
                match self { #(#arms)* }
            }
        }
    }
}

fn owned_part_type(part: &Part) -> TokenStream {
    match &part.kind {
        PartKind::Json(body) | PartKind::Form(body, _) => owned_type(body, Place::Elsewhere),
        PartKind::Bytes | PartKind::Text => quote!(Body),
        PartKind::Multipart(..) => part_argument(part),
    }
}

/// The parts of a multipart body, set one by one.
fn emit_form(
    name: &TypeName,
    fields: &[FormField],
    constructor: &Constructor,
    method: &str,
) -> TokenStream {
    let about = doc_lines(&[format!("The form that {method} sends.")]);
    let name = type_ident(name);
    // They are sent in the document's order.
    let sent: Vec<&FormField> = fields.iter().filter(|field| field.required).collect();
    // And taken by their names: an order that does not change when the document's does.
    let mut taken = sent.clone();
    taken.sort_by(|one, other| one.key.cmp(&other.key));
    let setters = fields.iter().map(emit_setter);
    let (new, steps) = match constructor {
        Constructor::Builder(builder) => builder_of(&name, &type_ident(builder), &taken, &sent),
        Constructor::New => (new(&taken, &sent), TokenStream::new()),
    };
    let default = sent.is_empty().then(|| quote!(#[derive(Default)]));
    quote! {
        #about
        #[derive(Debug)]
        #default
        pub struct #name(Multipart);

        impl #name {
            #new
            #(#setters)*
        }

        #steps
    }
}

/// The function that takes all required parts at once.
fn new(taken: &[&FormField], sent: &[&FormField]) -> TokenStream {
    if taken.is_empty() {
        return quote! {
            #[doc = " An empty form."]
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }
        };
    }
    let arguments = taken.iter().map(|field| {
        let name = value_ident(&field.name);
        let value = field_argument(field);
        quote!(#name: #value)
    });
    let set = sent.iter().map(|field| {
        let name = value_ident(&field.name);
        quote!(.#name(#name))
    });
    quote! {
        #[doc = " A form with the required parts."]
        #[must_use]
        pub fn new(#(#arguments),*) -> Self {
            Self(Multipart::new())#(#set)*
        }
    }
}

/// The function that begins with none of the required parts, and the type that takes them one by one.
fn builder_of(
    name: &Ident,
    builder: &Ident,
    taken: &[&FormField],
    sent: &[&FormField],
) -> (TokenStream, TokenStream) {
    let about = format!(" Takes what a [`{name}`] requires, one by one.");
    let last = taken.len().saturating_sub(1);
    let steps = taken.iter().enumerate().map(|(step, field)| {
        let field_name = value_ident(&field.name);
        let value = field_argument(field);
        let docs = doc_or(&field.doc, &format!("The part {}.", prose::code_span(&field.key)));
        let set = quote!(self.0.#field_name(#field_name));
        let (given, result, must_use) = match step == last {
            true => {
                let keys = sent.iter().map(|field| &field.key);
                let given = quote!(#name(#set.0.in_order(&[#(#keys),*])));
                (given, quote!(#name), quote!(#[must_use]))
            }
            // The builder says so itself.
            false => {
                let next = Literal::usize_unsuffixed(step + 1);
                (quote!(#builder(#set)), quote!(#builder<#next>), TokenStream::new())
            }
        };
        let step = Literal::usize_unsuffixed(step);
        quote! {
            impl #builder<#step> {
                #docs
                #must_use
                pub fn #field_name(self, #field_name: #value) -> #result {
                    #given
                }
            }
        }
    });
    let new = quote! {
        #[doc = " Takes the required parts, one by one, in the order of the names; the last gives the form."]
        pub fn builder() -> #builder<0> {
            #builder(Self(Multipart::new()))
        }
    };
    let steps = quote! {
        #[doc = #about]
        #[derive(Debug)]
        #[must_use = "it takes more"]
        pub struct #builder<const STEP: usize>(#name);

        #(#steps)*
    };
    (new, steps)
}

fn field_argument(field: &FormField) -> TokenStream {
    if field.file { quote!(impl Into<Part>) } else { argument_type(&field.ty) }
}

fn emit_setter(field: &FormField) -> TokenStream {
    let name = value_ident(&field.name);
    let key = &field.key;
    let docs = doc_or(&field.doc, &format!("The part {}.", prose::code_span(&field.key)));
    let several = field.content_type.as_ref().filter(|_| field.file).filter(|it| is_several(it));
    let choice = several.map(|listed| {
        let listed = prose::code_span(listed);
        let text = format!(" Its type is one of {listed}, to be set by [`Part::content_type`].");
        quote!(#[doc = ""] #[doc = #text])
    });
    let value = field_argument(field);
    let inline = inline_attribute([&field.ty].into_iter().filter(|_| !field.file));
    let content = match (&field.file, &field.content_type) {
        (true, media) => {
            let media = media.as_deref().filter(|media| !is_several(media));
            let media = media.unwrap_or("application/octet-stream");
            quote!(self.0.file(#key, #name, #media))
        }
        (false, media) => {
            let value = argument_reference(&field.ty, &name);
            let media = media.as_deref().unwrap_or_default();
            quote!(self.0.field(#key, #value, #media))
        }
    };
    quote! {
        #docs
        #choice
        #[must_use]
        #inline
        pub fn #name(self, #name: #value) -> Self {
            Self(#content)
        }
    }
}

/// Whether a content type leaves it open which one it is.
fn is_several(media: &str) -> bool {
    media.contains([',', '*'])
}

/// The setter of an optional body.
pub(crate) fn emit_optional_body(body: &Body) -> TokenStream {
    let docs = doc_or(&body.doc, "The body.");
    let value = body_argument(body);
    let written = emit_call_with_body(body, &quote!(self.0));
    let inline = inline_attribute(body_types(body));
    quote! {
        #docs
        #inline
        pub fn body(self, body: #value) -> Self {
            Self(#written)
        }
    }
}

/// The types whose members are the fields of a url-encoded form.
pub(crate) fn form_types(body: &Body) -> Vec<&Type> {
    let mut types = Vec::new();
    for part in body.parts() {
        if let PartKind::Form(fields, _) = &part.kind {
            types.push(fields);
        }
    }
    types
}

/// Every type in a body.
pub(crate) fn body_types(body: &Body) -> Vec<&Type> {
    let mut types = Vec::new();
    for part in body.parts() {
        match &part.kind {
            PartKind::Json(body) | PartKind::Form(body, _) => types.push(body),
            PartKind::Multipart(_, fields, _) => {
                types.extend(fields.iter().filter(|field| !field.file).map(|field| &field.ty))
            }
            PartKind::Bytes | PartKind::Text => {}
        }
    }
    types
}

/// The names of the runtime that a body needs.
pub(crate) fn runtime_names(body: &Body) -> Vec<&'static str> {
    let mut needs = Vec::new();
    for part in body.parts() {
        match &part.kind {
            PartKind::Bytes | PartKind::Text => needs.push("Body"),
            PartKind::Form(_, fields) if !fields.is_empty() => needs.push("Style"),
            PartKind::Multipart(_, fields, _) => {
                needs.push("Multipart");
                if fields.iter().any(|field| field.file) {
                    needs.push("Part");
                }
            }
            PartKind::Json(_) | PartKind::Form(..) => {}
        }
    }
    needs
}
