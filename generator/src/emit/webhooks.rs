//! `src/webhooks.rs`: the requests that the service sends.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::code::{Code, Place, owned_type, type_ident, value_ident};
use super::doc::{deprecated_type, doc_lines, doc_or};
use super::response::header_type;
use super::types::Needs;
use crate::model::{Api, Payload, Type, TypeName, Webhook, WebhookChoice, WebhookTag};
use crate::prose;

/// The file, if there are webhooks.
pub(crate) fn emit_file(api: &Api) -> Option<String> {
    let webhooks = &api.webhooks;
    if webhooks.all.is_empty() {
        return None;
    }
    let about = format!(
        "The requests that the service sends: webhooks of {}.",
        prose::one_line(&api.title)
    );
    let mut code = Code::new(&about);
    emit_imports(&mut code, api);
    for webhook in &webhooks.all {
        emit_webhook(&mut code, api, webhook);
    }
    if let Some(choice) = &webhooks.choice {
        emit_choice(&mut code, choice, &webhooks.all);
    }
    Some(code.finish())
}

fn emit_imports(code: &mut Code, api: &Api) {
    let webhooks = &api.webhooks;
    let mut needs = Needs::default();
    let mut runtime = BTreeSet::from(["webhook"]);
    runtime.extend(webhooks.choice.as_ref().map(|_| "webhooks"));
    let mut elsewhere = false;
    for ty in webhooks.types() {
        needs.add(ty, &mut runtime);
        elsewhere |= ty.named().is_some_and(|name| !is_own(api, name));
    }
    needs.write(code);
    let mut uses = TokenStream::new();
    let runtime = runtime.into_iter().map(|name| format_ident!("{name}"));
    uses.extend(quote!(use crate::runtime::{#(#runtime),*};));
    if elsewhere {
        uses.extend(quote!(
            use crate::types;
        ));
    }
    code.imports(uses);
    if let Some(module) = &webhooks.module {
        let module = value_ident(module);
        code.imports(quote!(pub use crate::types::#module::*;));
    }
}

/// Whether a type is one that only webhooks have.
fn is_own(api: &Api, name: &TypeName) -> bool {
    let module = api.webhooks.module.as_ref();
    module.is_some()
        && api.types.iter().any(|known| known.name == *name && known.module.as_ref() == module)
}

fn emit_webhook(code: &mut Code, api: &Api, webhook: &Webhook) {
    let name = type_ident(&webhook.name);
    let about = format!("The webhook {}.", prose::code_span(&webhook.key));
    let docs = doc_or(&webhook.doc, &about);
    let old = deprecated_type(webhook.deprecated);
    let fields = webhook.headers.iter().map(|header| {
        let about = format!("The header {}.", prose::code_span(&header.key));
        let name = value_ident(&header.name);
        let docs = doc_or(&header.doc, &about);
        let value = header_type(&header.ty);
        quote!(#docs pub #name: Option<#value>)
    });
    let (payload, reading) = payload_reading(api, &webhook.payload);
    let payload = payload.map(|ty| quote!(#[doc = " The body."] pub payload: #ty,));
    code.items(quote! {
        #docs
        #old
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct #name { #(#fields,)* #payload }
    });
    let headers: Vec<String> = webhook
        .headers
        .iter()
        .map(|header| format!("{} = {:?}", value_ident(&header.name), header.key))
        .collect();
    let headers = match headers.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", headers.join(", ")),
    };
    code.attached(&format!("webhook!({name} {headers}{reading});\n"));
}

/// The type of a body, and how it is read.
fn payload_reading(api: &Api, payload: &Payload) -> (Option<TokenStream>, &'static str) {
    match payload {
        Payload::Empty => (None, ""),
        Payload::Json(body) => (Some(payload_type_path(api, body)), " json"),
        Payload::Text => (Some(quote!(String)), " text"),
        _ => (Some(quote!(bytes::Bytes)), " bytes"),
    }
}

fn payload_type_path(api: &Api, body: &Type) -> TokenStream {
    let own = body.named().is_some_and(|name| is_own(api, name));
    owned_type(body, if own { Place::Types } else { Place::Elsewhere })
}

fn emit_choice(code: &mut Code, choice: &WebhookChoice, webhooks: &[Webhook]) {
    let name = type_ident(&choice.name);
    let variants = webhooks.iter().map(|webhook| {
        let variant = type_ident(&webhook.variant);
        let content = type_ident(&webhook.name);
        let docs = doc_lines(&[prose::code_span(&webhook.key)]);
        quote!(#docs #variant(Box<#content>))
    });
    code.items(quote! {
        #[doc = " Any of the webhooks."]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            #[doc = " The body of a webhook that the document does not list."]
            Other(bytes::Bytes),
        }
    });
    let (place, key) = match &choice.tag {
        WebhookTag::Member(key) => ("by_member", key),
        WebhookTag::Header(key) => ("by_header", key),
    };
    let mut text = format!("webhooks!({name} {place} {key:?} {{\n");
    for (webhook, values) in webhooks.iter().zip(&choice.values) {
        let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        let values = values.join(" | ");
        text += &format!("    {values} => {}({}),\n", webhook.variant.0, webhook.name.0);
    }
    code.attached(&format!("{text}}});\n"));
}
