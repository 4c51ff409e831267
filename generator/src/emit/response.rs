//! How responses are read: outcomes and errors by status.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::code::{Place, owned_type, type_ident, value_ident};
use super::doc::{doc_lines, doc_or};
use crate::model::{
    Api, Errors, Flag, FlagBody, HeaderType, Operation, Outcome, Payload, Response, Status, Type,
    TypeName,
};
use crate::prose;

/// The type that an operation gives.
pub(crate) fn output_type(outcome: &Outcome) -> TokenStream {
    match outcome {
        Outcome::One(response) => payload_type(&response.payload),
        Outcome::Several(name, _) => {
            let name = type_ident(name);
            quote!(#name)
        }
    }
}

/// The type of the body of an operation's errors.
pub(crate) fn error_type(operation: &Operation) -> TokenStream {
    match &operation.errors {
        Errors::One(body) => owned_type(body, Place::Elsewhere),
        Errors::Several(name, _) => {
            let name = type_ident(name);
            quote!(#name)
        }
        Errors::Undocumented => quote!(Value),
    }
}

fn payload_type(payload: &Payload) -> TokenStream {
    match payload {
        Payload::Empty => quote!(()),
        Payload::Json(body) => owned_type(body, Place::Elsewhere),
        Payload::Text => quote!(String),
        Payload::Stream => quote!(Body),
        Payload::Events => quote!(Events),
        Payload::EventStream { ty: item, .. } => {
            let item = owned_type(item, Place::Elsewhere);
            quote!(EventStream<#item>)
        }
        Payload::JsonLines { ty: item, .. } => {
            let item = owned_type(item, Place::Elsewhere);
            quote!(JsonLines<#item>)
        }
    }
}

/// The types of an operation's outcome and errors, where it has its own.
pub(crate) fn emit_items(api: &Api, operation: &Operation, method: &str) -> TokenStream {
    let mut items = TokenStream::new();
    items.extend(outcome_type(&operation.outcome, &format!("The response of {method}.")));
    for choice in &operation.choices {
        let media = prose::code_span(&choice.media_type);
        items.extend(outcome_type(
            &choice.outcome,
            &format!("The response of {method} as {media}."),
        ));
    }
    if let Errors::Several(name, responses) = &operation.errors {
        let about = format!("The body of an error of {method}.");
        match api.shared_errors.aliases.get(name) {
            Some(shared) => {
                let (about, name, shared) =
                    (doc_lines(&[about]), type_ident(name), type_ident(shared));
                items.extend(quote!(#about pub type #name = #shared;));
            }
            None => items.extend(emit_outcome_enum(name, responses, &about)),
        }
    }
    items
}

/// The enums of errors that several operations have.
pub(crate) fn shared_error_types<'a>(
    errors: impl IntoIterator<Item = (&'a TypeName, &'a Vec<Response>)>,
) -> impl Iterator<Item = TokenStream> {
    let about = "The body of an error of several operations.";
    errors.into_iter().map(move |(name, responses)| emit_outcome_enum(name, responses, about))
}

/// The enum of an operation's errors, where several operations have it.
pub(crate) fn shared_error<'a>(api: &'a Api, operation: &Operation) -> Option<&'a TypeName> {
    match &operation.errors {
        Errors::Several(name, _) => api.shared_errors.aliases.get(name),
        Errors::One(_) | Errors::Undocumented => None,
    }
}

/// The type of an outcome, where it has its own.
fn outcome_type(outcome: &Outcome, about: &str) -> Option<TokenStream> {
    let Outcome::Several(name, responses) = outcome else { return None };
    Some(match &responses[..] {
        [only] => emit_header_struct(name, only, about),
        several => emit_outcome_enum(name, several, about),
    })
}

/// The methods that ask for another media type.
pub(crate) fn media_type_methods(operation: &Operation) -> impl Iterator<Item = TokenStream> {
    let error = error_type(operation);
    operation.choices.iter().map(move |choice| {
        let name = value_ident(&choice.name);
        let output = output_type(&choice.outcome);
        let media = prose::code_span(&choice.media_type);
        let (about, call) = match &choice.flag {
            Some(flag) => {
                let set = prose::code_span(&flag.key);
                let about = format!("Requests {media} instead, and sets {set} in the body.");
                (about, flagged(flag))
            }
            None => (format!("Requests {media} instead."), quote!(self.0)),
        };
        let about = doc_lines(&[about]);
        let accept = &choice.accept;
        let streams = match stream_statuses(operation, &choice.outcome) {
            Some(patterns) => quote!(|status| matches!(status, #patterns)),
            None => quote!(|_| false),
        };
        let read = read_reply(operation, &choice.outcome);
        quote! {
            #about
            #[inline]
            pub fn #name(self) -> Negotiated<#output, #error> {
                Negotiated::new(#call, #accept, #streams, |reply| #read)
            }
        }
    })
}

/// The call with a member of its body set, whichever of the kinds that have it the body is.
fn flagged(flag: &Flag) -> TokenStream {
    let key = &flag.key;
    let set = flag.bodies.iter().map(|body| match body {
        FlagBody::Json => quote!(.with_flag(#key)),
        FlagBody::Form => quote!(.with_form_flag(#key)),
        FlagBody::Multipart => quote!(.with_multipart_flag(#key)),
    });
    quote!(self.0 #(#set)*)
}

/// Whether an enum of responses is `Clone` and `PartialEq`.
pub(crate) fn is_clone(responses: &[Response]) -> bool {
    !responses.iter().any(|response| response.payload.is_stream())
}

/// A response of headers alone.
fn emit_header_struct(name: &TypeName, response: &Response, about: &str) -> TokenStream {
    let name = type_ident(name);
    let about = doc_lines(&[about.to_owned()]);
    let fields = header_fields(response, true);
    quote! {
        #about
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct #name { #(#fields,)* }
    }
}

fn emit_outcome_enum(name: &TypeName, responses: &[Response], about: &str) -> TokenStream {
    let name = type_ident(name);
    let about = doc_lines(&[about.to_owned()]);
    let derives = match is_clone(responses) {
        true => quote!(#[derive(Clone, Debug, PartialEq)]),
        false => quote!(#[derive(Debug)]),
    };
    let payloads = responses.iter().filter(|response| response.payload != Payload::Empty).count();
    let large = (payloads > 0).then(
        || quote!(#[allow(clippy::large_enum_variant, reason = "there is one for each call")]),
    );
    let variants = responses.iter().map(|response| {
        let (name, docs) =
            (type_ident(&response.name), doc_or(&response.doc, &status_text(response.status)));
        let fields: Vec<TokenStream> = header_fields(response, false).collect();
        match (&response.payload, fields.is_empty()) {
            (Payload::Empty, true) => quote!(#docs #name),
            (Payload::Empty, false) => quote!(#docs #name { #(#fields,)* }),
            (payload, true) => {
                let content = payload_type(payload);
                quote!(#docs #name(#content))
            }
            (payload, false) => {
                let content = payload_type(payload);
                quote!(#docs #name { #[doc = " The body."] body: #content, #(#fields,)* })
            }
        }
    });
    quote! {
        #about
        #derives
        #[non_exhaustive]
        #large
        pub enum #name { #(#variants,)* }
    }
}

fn header_fields(response: &Response, public: bool) -> impl Iterator<Item = TokenStream> {
    let visibility = if public { quote!(pub) } else { TokenStream::new() };
    response.headers.iter().map(move |header| {
        let name = value_ident(&header.name);
        let docs = doc_or(&header.doc, &format!("The header {}.", prose::code_span(&header.key)));
        let value = header_type(&header.ty);
        quote!(#docs #visibility #name: Option<#value>)
    })
}

/// The type of a header's value.
pub(crate) fn header_type(ty: &HeaderType) -> TokenStream {
    match ty {
        HeaderType::Value(ty) => owned_type(ty, Place::Elsewhere),
        HeaderType::RetryAfter => quote!(RetryAfter),
    }
}

fn status_text(status: Status) -> String {
    match status {
        Status::Code(code) => format!("Status {code}."),
        Status::Range(class) => format!("Status {class}00 to {class}99."),
        Status::Default => "Any other status.".to_owned(),
    }
}

/// `stream(…);` of `operation!`, where some response's body is left a stream.
pub(crate) fn stream_statuses(operation: &Operation, outcome: &Outcome) -> Option<TokenStream> {
    let all = outcome.responses();
    let rest = operation.describes_rest;
    let patterns: Vec<TokenStream> = all
        .iter()
        .filter(|response| response.payload.is_stream())
        .map(|response| success_pattern(response, all, rest))
        .collect();
    (!patterns.is_empty()).then(|| quote!(#(#patterns)|*))
}

/// The expression that reads `reply`.
pub(crate) fn read_reply(operation: &Operation, outcome: &Outcome) -> TokenStream {
    let all = outcome.responses();
    let rest = operation.describes_rest;
    let arms = all.iter().map(|response| {
        let status = success_pattern(response, all, rest);
        let value = read_success(outcome, response);
        quote!(#status => #value,)
    });
    let empty = without_content(outcome, rest);
    let error = match &operation.errors {
        Errors::One(_) | Errors::Undocumented => quote!(reply.error()),
        Errors::Several(name, responses) => emit_error_enum(name, responses),
    };
    quote!(match reply.status() { #empty #(#arms)* _ => Err(#error), })
}

/// The expression that makes the outcome of one of its responses.
fn read_success(outcome: &Outcome, response: &Response) -> TokenStream {
    match outcome {
        Outcome::One(response) => read_payload(&response.payload),
        Outcome::Several(name, responses) => read_variants(name, response, responses.len() == 1),
    }
}

/// What an empty body means where another status has none (204, 205): that, and not JSON that does
/// not decode.
fn without_content(outcome: &Outcome, rest: bool) -> Option<TokenStream> {
    let all = outcome.responses();
    let none = all.iter().find(|response| matches!(response.status, Status::Code(204 | 205)))?;
    let json = all.iter().filter(|response| matches!(response.payload, Payload::Json(_)));
    let statuses: Vec<TokenStream> =
        json.map(|response| success_pattern(response, all, rest)).collect();
    let value = read_success(outcome, none);
    (!statuses.is_empty()).then(|| quote!(#(#statuses)|* if reply.is_empty() => #value,))
}

fn read_payload(payload: &Payload) -> TokenStream {
    match payload {
        Payload::Empty => quote!(Ok(())),
        Payload::Json(_) => quote!(reply.json()),
        Payload::Text => quote!(reply.text()),
        stream => {
            let value = content(stream);
            quote!(Ok(#value))
        }
    }
}

fn content(payload: &Payload) -> TokenStream {
    match payload {
        Payload::Stream => quote!(reply.stream()),
        Payload::Events => quote!(Events::new(reply.stream())),
        Payload::EventStream { whole: false, .. } => quote!(EventStream::new(reply.stream())),
        Payload::EventStream { whole: true, .. } => quote!(EventStream::whole(reply.stream())),
        Payload::JsonLines { records: false, .. } => quote!(JsonLines::new(reply.stream())),
        Payload::JsonLines { records: true, .. } => quote!(JsonLines::records(reply.stream())),
        other => {
            let value = read_payload(other);
            quote!(#value?)
        }
    }
}

fn read_variants(name: &TypeName, response: &Response, structure: bool) -> TokenStream {
    let name = type_ident(name);
    let variant = type_ident(&response.name);
    let path = if structure { quote!(#name) } else { quote!(#name::#variant) };
    let fields: Vec<TokenStream> = response
        .headers
        .iter()
        .map(|header| {
            let name = value_ident(&header.name);
            let key = &header.key;
            match header.ty {
                HeaderType::RetryAfter => quote!(#name: reply.retry_after()),
                HeaderType::Value(_) => quote!(#name: reply.header(#key)),
            }
        })
        .collect();
    match (&response.payload, fields.is_empty()) {
        (Payload::Empty, true) => quote!(Ok(#path)),
        (Payload::Empty, false) => quote!(Ok(#path { #(#fields),* })),
        (payload, true) => {
            let value = content(payload);
            quote!(Ok(#path(#value)))
        }
        (payload, false) => {
            let value = content(payload);
            quote!(Ok(#path { #(#fields,)* body: #value }))
        }
    }
}

fn emit_error_enum(name: &TypeName, responses: &[Response]) -> TokenStream {
    let name = type_ident(name);
    let arms = responses.iter().map(|response| {
        let status = status_pattern(response.status);
        let variant = type_ident(&response.name);
        match &response.payload {
            Payload::Json(_) => quote!(#status => Ok(#name::#variant(reply.json()?)),),
            Payload::Text => quote!(#status => Ok(#name::#variant(reply.text()?)),),
            _ => quote!(#status => Ok(#name::#variant),),
        }
    });
    let rest = responses
        .iter()
        .all(|response| response.status != Status::Default)
        .then(|| quote!(_ => Err(reply.untyped()),));
    quote!(reply.error_as(|reply| match reply.status() { #(#arms)* #rest }))
}

/// The statuses of a response of success: where `default` is all that the document names, those that
/// say so themselves; of bytes every 2xx that is not described otherwise, because a part of them
/// (206, RFC 9110, section 15.3.7) is a response to a request for a range. `rest` says that `default`
/// describes what has no description of its own.
fn success_pattern(response: &Response, all: &[Response], rest: bool) -> TokenStream {
    let ranges = all.iter().any(|other| other.status == Status::Range(2));
    match response.status {
        Status::Default => quote!(100..=399),
        _ if !ranges && all.iter().find(|other| is_success_stream(other)) == Some(response) => {
            let named = |code: u16| all.iter().any(|other| other.status == Status::Code(code));
            number_pattern((200..=299).filter(|&code| {
                response.status == Status::Code(code)
                    || !named(code) && (!rest || code == PARTIAL_CONTENT)
            }))
        }
        status => status_pattern(status),
    }
}

/// Whether a response is a stream of bytes, for one status of success.
fn is_success_stream(response: &Response) -> bool {
    response.payload == Payload::Stream && matches!(response.status, Status::Code(200..=299))
}

const PARTIAL_CONTENT: u16 = 206;

/// A pattern of these numbers, which ascend.
fn number_pattern(numbers: impl Iterator<Item = u16>) -> TokenStream {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let patterns = runs.into_iter().map(|(low, high)| {
        let first = Literal::u16_unsuffixed(low);
        let last = Literal::u16_unsuffixed(high);
        if low == high { quote!(#first) } else { quote!(#first..=#last) }
    });
    quote!(#(#patterns)|*)
}

fn status_pattern(status: Status) -> TokenStream {
    match status {
        Status::Code(code) => {
            let code = Literal::u16_unsuffixed(code);
            quote!(#code)
        }
        Status::Range(class) => {
            let low = u16::from(class) * 100;
            let high = u16::from(class) * 100 + 99;
            let low = Literal::u16_unsuffixed(low);
            let high = Literal::u16_unsuffixed(high);
            quote!(#low..=#high)
        }
        Status::Default => quote!(_),
    }
}

/// Whether reading needs `RetryAfter`.
pub(crate) fn needs_retry_after(operation: &Operation) -> bool {
    let own = |outcome: &&Outcome| matches!(outcome, Outcome::Several(..));
    let responses = operation.outcomes().filter(own).flat_map(Outcome::responses);
    responses
        .flat_map(|response| &response.headers)
        .any(|header| header.ty == HeaderType::RetryAfter)
}

/// Every type in some responses.
pub(crate) fn payload_types<'a>(
    responses: impl IntoIterator<Item = &'a Response>,
) -> impl Iterator<Item = &'a Type> {
    responses.into_iter().filter_map(|response| response.payload.ty())
}

/// Every type in an operation's responses, except those in errors that it shares with others.
pub(crate) fn response_types<'a>(api: &Api, operation: &'a Operation) -> Vec<&'a Type> {
    let errors = match &operation.errors {
        Errors::Several(name, responses) if !api.shared_errors.aliases.contains_key(name) => {
            &responses[..]
        }
        _ => &[],
    };
    let successes = operation.outcomes().flat_map(Outcome::responses);
    let mut types: Vec<&Type> = payload_types(successes.chain(errors)).collect();
    if let Errors::One(body) = &operation.errors {
        types.push(body);
    }
    types
}

/// The runtime's names for the streams of an operation's responses.
pub(crate) fn streams_of(operation: &Operation) -> impl Iterator<Item = &'static str> {
    let responses = operation.outcomes().flat_map(Outcome::responses);
    responses.filter_map(|response| match response.payload {
        Payload::Stream => Some("Body"),
        Payload::Events => Some("Events"),
        Payload::EventStream { .. } => Some("EventStream"),
        Payload::JsonLines { .. } => Some("JsonLines"),
        Payload::Empty | Payload::Json(_) | Payload::Text => None,
    })
}
