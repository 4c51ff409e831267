//! Responses that are streams of items: server-sent events, and sequences of JSON values.

use std::collections::BTreeSet;

use openapiv3::{MediaType, ReferenceOr, RequestBody};

use super::Lowering;
use super::contents::Content;
use super::flat::Flat;
use super::kind::Kind;
use super::media_type::{Format, media_type_format};
use super::site::{Site, name_all};
use crate::diagnostics::Pointer;
use crate::extensions::ITEM_SCHEMA;
use crate::model::{Choice, Flag, FlagBody, Outcome, Payload, Type};
use crate::names;

/// The member of a request's body that asks for a stream.
const STREAM: &str = "stream";

/// The members of an event (HTML standard, section 9.2).
const MEMBERS: &[&str] = &["data", "event", "id", "retry", "comment"];

impl<'a> Lowering<'a, '_> {
    /// The stream that a response is.
    pub(super) fn item_stream(&mut self, content: &Content<'a>, hint: String) -> Payload {
        let item = self.item(content, hint);
        match content.format {
            Format::Lines | Format::Records => {
                let ty = match item {
                    // The text of all lines, not of one.
                    Some((Type::String, _)) | None => Type::Json,
                    Some((ty, _)) => ty,
                };
                Payload::JsonLines { ty, records: content.format == Format::Records }
            }
            _ => match item {
                Some((Type::String | Type::Json, _)) | None => Payload::Events,
                Some((ty, flat)) => Payload::EventStream { ty, whole: self.is_event(&flat) },
            },
        }
    }

    /// The type of an item, and its schema. Before OpenAPI 3.2 had a word for it, some described one item, and
    /// some the list of them.
    fn item(&mut self, content: &Content<'a>, hint: String) -> Option<(Type, Flat<'a>)> {
        let schema = content.content.schema.as_ref()?;
        let site = Site::new(schema, content.pointer.key("schema"), hint.clone());
        let flat = self.flat_of(&site);
        let list = flat.kind == Some(Kind::Array) && !flat.items.is_empty();
        if !list || is_item(content.content) {
            return Some((self.lower(&site).element(), flat));
        }
        let hint = names::element_name(&hint);
        let mut items = flat.items;
        name_all(&mut items, &hint);
        let flat = self.quietly(|lowering| lowering.flatten_all(&items));
        Some((self.lower_all(&items, hint).element(), flat))
    }

    /// Notes for each choice of a stream the member of the request's body that services ask to be set for it.
    pub(super) fn flag_streams(
        &mut self,
        choices: &mut [Choice],
        body: &'a ReferenceOr<RequestBody>,
        pointer: &Pointer,
    ) {
        let mut streams: Vec<&mut Choice> =
            choices.iter_mut().filter(|choice| has_items(&choice.outcome)).collect();
        if streams.is_empty() {
            return;
        }
        let bodies = self.bodies_with_flag(body, pointer);
        for choice in &mut streams {
            let flag = Flag { key: STREAM.to_owned(), bodies: bodies.clone() };
            choice.flag = Some(flag).filter(|flag| !flag.bodies.is_empty());
        }
    }

    /// The kinds of bodies that have a boolean member of that name.
    fn bodies_with_flag(
        &mut self,
        body: &'a ReferenceOr<RequestBody>,
        pointer: &Pointer,
    ) -> BTreeSet<FlagBody> {
        let found = self.quietly(|lowering| {
            lowering.follow(body, pointer, "requestBodies", |all| &all.request_bodies)
        });
        let mut bodies = BTreeSet::new();
        let Some(found) = found else { return bodies };
        for (media, content) in &found.item.content {
            let (Some(kind), Some(schema)) = (flag_body(media), &content.schema) else { continue };
            let site = Site::new(schema, found.pointer.clone(), String::new());
            if self.has_flag(&site) {
                bodies.insert(kind);
            }
        }
        bodies
    }

    fn has_flag(&mut self, site: &Site<'a>) -> bool {
        let own = self.flat_of(site);
        let alternatives = own.unions.iter().flatten();
        let mut flats: Vec<Flat<'a>> = alternatives.map(|one| self.flat_of(one)).collect();
        flats.push(own);
        flats.iter().filter_map(|flat| flat.properties.get(STREAM)).any(|sites| {
            let member = self.quietly(|lowering| lowering.flatten_all(sites));
            member.kind == Some(Kind::Boolean)
        })
    }

    /// Whether a schema describes an event, and not its data.
    fn is_event(&mut self, flat: &Flat<'a>) -> bool {
        let has_data = flat.properties.contains_key("data");
        if flat.properties.keys().any(|key| !MEMBERS.contains(key)) {
            return false;
        }
        let [members] = &flat.unions[..] else { return has_data };
        has_data
            || members.iter().all(|member| {
                let member = self.flat_of(member);
                let known = member.properties.keys().all(|key| MEMBERS.contains(key));
                known && member.properties.contains_key("data")
            })
    }
}

/// Whether the schema is that of an item: `itemSchema`.
fn is_item(content: &MediaType) -> bool {
    content.extensions.contains_key(ITEM_SCHEMA)
}

fn flag_body(media: &str) -> Option<FlagBody> {
    match media_type_format(media) {
        Format::Json => Some(FlagBody::Json),
        Format::Form => Some(FlagBody::Form),
        Format::Multipart => media
            .to_ascii_lowercase()
            .starts_with("multipart/form-data")
            .then_some(FlagBody::Multipart),
        _ => None,
    }
}

/// Whether a response is a stream of items.
fn has_items(outcome: &Outcome) -> bool {
    outcome.responses().iter().any(|response| match response.payload {
        Payload::Events | Payload::EventStream { .. } | Payload::JsonLines { .. } => true,
        Payload::Empty | Payload::Json(_) | Payload::Text | Payload::Stream => false,
    })
}
