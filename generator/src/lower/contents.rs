//! What a response carries: of several contents the one that is read by itself, and those that the
//! caller may ask for instead.

use std::collections::BTreeSet;

use openapiv3::{MediaType, Response as DocumentResponse};

use super::media_type::{Format, is_json, is_sequence, variant_name};
use super::schemas::Naming;
use super::scope::{Named, Scope};
use super::site::Site;
use super::{Lowering, accept, reserved};
use crate::diagnostics::Pointer;
use crate::model::{Choice, Parameter, Payload, Response};
use crate::names;

/// The most media types that an operation offers a choice of: each has a method, and an outcome of
/// all statuses.
const MOST: usize = 16;

/// What a response carries.
pub(super) struct Contents {
    /// What is read where nobody asks for anything else.
    pub(super) payload: Payload,
    /// The media types that it comes in.
    pub(super) media_types: Vec<String>,
    /// What else there is.
    pub(super) further: Vec<Further>,
}

impl Contents {
    pub(super) fn none() -> Self {
        Self { payload: Payload::Empty, media_types: Vec::new(), further: Vec::new() }
    }
}

/// What a response carries where the caller asks for its media type.
pub(super) struct Further {
    media_type: String,
    payload: Payload,
    pointer: Pointer,
}

/// A response, and what it may carry instead.
pub(super) struct NegotiableResponse {
    pub(super) response: Response,
    pub(super) further: Vec<Further>,
}

/// A content of a response.
pub(super) struct Content<'a> {
    media_type: &'a str,
    pub(super) content: &'a MediaType,
    pub(super) pointer: Pointer,
    pub(super) format: Format,
    /// What says most comes first.
    rank: u8,
}

impl Content<'_> {
    /// Whether this is the other one in another notation, to be had by no method of its own.
    fn repeats(&self, other: &Self) -> bool {
        let schema = &self.content.schema;
        let same = schema.is_some() && *schema == other.content.schema && other.rank <= TYPED;
        // A sequence has many of what the other is one of.
        same && self.format != Format::Events && !is_sequence(self.media_type)
    }

    /// Whether both are read in the same way.
    fn is_read_as(&self, other: &Self) -> bool {
        let typed = matches!(self.rank, JSON | TYPED | STREAM);
        let same = self.format == other.format && self.content.schema == other.content.schema;
        self.rank == other.rank && (!typed || same)
    }
}

/// [`Content::rank`] of JSON with a schema.
const JSON: u8 = 0;
/// [`Content::rank`] of what is taken for JSON because of its schema.
const TYPED: u8 = 2;
/// [`Content::rank`] of a stream of items.
///
/// The last, because a service that offers something else beside a stream streams only when asked to.
const STREAM: u8 = 5;

impl<'a> Lowering<'a, '_> {
    /// What a response carries. One of success offers a choice.
    pub(super) fn contents(
        &mut self,
        response: &'a DocumentResponse,
        pointer: &Pointer,
        hint: &str,
        succeeds: bool,
    ) -> Contents {
        let mut all = Vec::new();
        for (media_type, content) in &response.content {
            let pointer = pointer.key("content").key(media_type);
            let site = content
                .schema
                .as_ref()
                .map(|schema| Site::new(schema, pointer.key("schema"), hint.to_owned()));
            let flat = site.as_ref().map(|site| self.flat_of(site));
            let format = self.content_format(media_type, flat.as_ref());
            let rank = match format {
                Format::Json if !is_json(media_type) => TYPED,
                Format::Json if content.schema.is_some() => JSON,
                Format::Json => 1,
                Format::Events | Format::Lines | Format::Records => STREAM,
                Format::Text | Format::Form => 3,
                Format::Bytes | Format::Any | Format::Multipart => 4,
            };
            all.push(Content { media_type, content, pointer, format, rank });
        }
        let plain = |content: &Content<'_>| content.media_type == "application/json";
        let Some(chosen) = all.iter().min_by_key(|content| (content.rank, !plain(content))) else {
            return Contents::none();
        };
        let payload = self.payload(chosen, hint.to_owned());
        let mut media_types = Vec::new();
        let mut further = Vec::new();
        for other in &all {
            let media_type = other.media_type.to_owned();
            if other.is_read_as(chosen) {
                media_types.push(media_type);
            } else if succeeds
                && further.len() < MOST
                && !other.repeats(chosen)
                && accept::is_media_range(&media_type)
            {
                let hint = names::child_name(hint, variant_name(&media_type));
                let payload = self.payload(other, hint);
                further.push(Further { media_type, payload, pointer: other.pointer.clone() });
            } else {
                self.note_unused(&media_type, &other.pointer);
            }
        }
        Contents { payload, media_types, further }
    }

    fn payload(&mut self, content: &Content<'a>, hint: String) -> Payload {
        match content.format {
            Format::Json => {
                let naming = Naming::Hint(hint);
                Payload::Json(self.lower_content(content.content, &content.pointer, &naming))
            }
            Format::Events | Format::Lines | Format::Records => self.item_stream(content, hint),
            Format::Text | Format::Form => Payload::Text,
            Format::Bytes | Format::Any | Format::Multipart => Payload::Stream,
        }
    }

    /// A choice for each further media type of the responses of success, beside the methods for
    /// optional parameters.
    pub(super) fn lower_choices(
        &mut self,
        successes: &[NegotiableResponse],
        errors: &[Response],
        operation: &str,
        parameters: &[Parameter],
    ) -> Vec<Choice> {
        let mut scope = Scope::reserving(reserved::REQUEST, "_response");
        for parameter in parameters.iter().filter(|parameter| !parameter.required) {
            scope.reserve(parameter.name.0.clone());
        }
        let mut choices = Vec::new();
        let mut known = BTreeSet::new();
        for wanted in successes.iter().flat_map(|success| &success.further) {
            let media_type = &wanted.media_type;
            if !known.insert(media_type) {
                continue;
            }
            if choices.len() == MOST {
                self.note_unused(media_type, &wanted.pointer);
                continue;
            }
            let text = &method_text(media_type);
            let place = &wanted.pointer;
            let named = Named { kind: "method", text, fallback: "other", place };
            let name = scope.claim_value(named, self.diagnostics);
            let responses: Vec<Response> =
                successes.iter().map(|success| success.carrying(media_type)).collect();
            let declined: Vec<&str> =
                successes.iter().flat_map(|success| success.declined(media_type)).collect();
            let accept = accept::accept_header_for(media_type, &responses, errors, &declined);
            let hint = names::child_name(operation, text);
            let outcome = self.outcome(responses, &hint, place);
            let media_type = media_type.clone();
            let flag = None;
            choices.push(Choice { name, media_type, accept, flag, outcome });
        }
        choices
    }
}

impl NegotiableResponse {
    fn find(&self, media_type: &str) -> Option<&Further> {
        self.further.iter().find(|further| further.media_type == media_type)
    }

    /// The response to who asks for this media type.
    fn carrying(&self, media_type: &str) -> Response {
        let mut response = self.response.clone();
        if let Some(further) = self.find(media_type) {
            response.payload = further.payload.clone();
            response.media_types = vec![media_type.to_owned()];
        }
        response
    }

    /// The media types that this response would else come in.
    fn declined<'a>(&'a self, media_type: &'a str) -> impl Iterator<Item = &'a str> {
        let further = self.further.iter().map(|further| &further.media_type);
        let all = further.chain(&self.response.media_types);
        let other = all.map(String::as_str).filter(move |other| *other != media_type);
        other.filter(move |_| self.find(media_type).is_some())
    }
}

/// What the method that asks for a media type is called: the subtype, and parameters.
fn method_text(media_type: &str) -> String {
    let mut parts = media_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let (class, subtype) = essence.split_once('/').unwrap_or(("", &essence));
    let mut text = match (class, subtype) {
        ("text", "plain") => "text",
        ("text", "event-stream") => "events",
        ("application", "octet-stream") => "bytes",
        ("*", "*") => "any",
        (class, "*") => class,
        (_, subtype) => subtype.strip_prefix("x-").unwrap_or(subtype),
    }
    .to_owned();
    let is_charset = |part: &&str| part.to_ascii_lowercase().starts_with("charset");
    parts.filter(|part| !is_charset(part)).for_each(|part| text += &format!(" {part}"));
    text
}
