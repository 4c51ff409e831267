//! The parts of a multipart body: those of a schema with alternatives, and what each is written as.

use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;

use super::Lowering;
use super::flat::Flat;
use super::media_type::{Format, media_type_format, part_media_type};
use super::schemas::Naming;
use super::site::{SchemaRef, Site};
use crate::diagnostics::Pointer;
use crate::model::Type;

/// Further schemas of a part, each of which another alternative has for it.
pub(super) type OtherSchemas<'a> = HashMap<&'a str, Vec<Site<'a>>>;

impl<'a> Lowering<'a, '_> {
    /// Adds the members of all alternatives to those of a form: which of them go together is the caller's to know.
    pub(super) fn add_alternatives(&mut self, flat: &mut Flat<'a>) -> OtherSchemas<'a> {
        let mut others = OtherSchemas::new();
        let mut seen: HashSet<Pointer> = HashSet::new();
        let mut unions = std::mem::take(&mut flat.unions);
        let mut required: Vec<IndexSet<&'a str>> = Vec::new();
        let is_simple = unions.len() == 1;
        while let Some(members) = unions.pop() {
            for member in members {
                if !seen.insert(self.place_of(&member)) || !self.combine(&member.pointer) {
                    continue;
                }
                let own = self.flat_of(&member);
                for (key, sites) in own.properties {
                    let Some(known) = flat.properties.get(key) else {
                        flat.properties.insert(key, sites);
                        continue;
                    };
                    if self.places_of(known) != self.places_of(&sites) {
                        others.entry(key).or_default().extend(sites);
                    }
                }
                unions.extend(own.unions);
                required.push(own.required);
            }
        }
        // What each of several unions requires would have to be told apart by hand.
        let common = required.into_iter().reduce(|one, other| &one & &other);
        flat.required.extend(common.filter(|_| is_simple).into_iter().flatten());
        others
    }

    /// The type of a part that has another schema in each alternative.
    pub(super) fn lower_either(
        &mut self,
        own: &[Site<'a>],
        others: &[Site<'a>],
        hint: String,
    ) -> Type {
        let Some(first) = own.first() else { return Type::Json };
        let members = own.iter().chain(others).cloned().collect();
        let flat = Flat { unions: vec![members], ..Flat::default() };
        // A place of its own: the first schema's pointer belongs to its own type.
        let site = Site::new(first.schema, first.pointer.key("oneOf"), hint.clone());
        self.lower_flat(flat, None, &site, Naming::Hint(hint)).ty
    }
}

/// The media type that a schema itself gives for its values (`contentMediaType`).
pub(super) fn declared_media_type<'a>(site: Option<&Site<'a>>) -> Option<&'a str> {
    let SchemaRef::Item(schema) = site?.schema else { return None };
    schema.schema_data.extensions.get("x-content-media-type")?.as_str()
}

/// What a part is written as.
#[derive(Clone, Copy)]
pub(super) enum PartContent {
    /// Its value: an object as JSON, anything else as text.
    Value { is_structure: bool },
    /// Text that the caller writes: an object that is to be XML.
    Text,
    /// A file.
    File,
}

impl PartContent {
    /// By the schema and the content types that the document gives for the part.
    pub(super) fn of(flat: &Flat<'_>, media: Option<&str>) -> Self {
        if flat.format.as_deref() == Some("binary") {
            return Self::File;
        }
        let is_anything = flat.is_empty() && flat.unions.is_empty();
        let is_structure = flat.is_object() || is_anything;
        let media = media.and_then(|list| part_media_type(list, is_structure));
        match media.map(media_type_format) {
            // What is plain text only in name is JSON all the same.
            Some(Format::Text) if flat.is_object() && media != Some("text/plain") => Self::Text,
            Some(Format::Bytes) if is_structure => Self::File,
            _ => Self::Value { is_structure },
        }
    }

    /// The `Content-Type` of the part: of several, a file may have any.
    pub(super) fn media_type(self, media: Option<&str>) -> Option<String> {
        let media = match self {
            Self::File => media,
            Self::Text => media.and_then(|list| part_media_type(list, false)),
            Self::Value { is_structure } => {
                media.and_then(|list| part_media_type(list, is_structure))
            }
        };
        media.map(str::to_owned)
    }
}
