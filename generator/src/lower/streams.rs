//! Answers that are streams of items: server-sent events, and sequences of JSON values.

use openapiv3::MediaType;

use super::Lowering;
use super::bodies::Format;
use super::contents::Content;
use super::flat::{Flat, Kind};
use super::names;
use super::site::Site;
use crate::model::{Payload, Type};

/// The members of an event (HTML standard, section 9.2).
const MEMBERS: &[&str] = &["data", "event", "id", "retry", "comment"];

impl<'a> Lowering<'a, '_> {
    /// The stream that an answer is.
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
        let hint = names::singular(&hint);
        let mut items = flat.items;
        items.iter_mut().for_each(|site| site.hint.clone_from(&hint));
        let flat = self.quietly(|lowering| lowering.flatten_all(&items));
        Some((self.lower_all(&items, hint).element(), flat))
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
    content.extensions.contains_key("x-item-schema")
}
