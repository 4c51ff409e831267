//! Alternatives of an `anyOf` that hold at once: one record has the members of all.

use openapiv3::{Schema, SchemaKind, Type};

use super::Member;
use super::choose::{MOST_COMPARED, MOST_NAMES, is_apart, shapes_overlap, values_differ};
use crate::lower::Lowering;
use crate::lower::flat::{Additional, Flat};
use crate::lower::kind::Kind;
use crate::lower::site::{SchemaRef, Site};

impl<'a> Lowering<'a, '_> {
    /// The record of an `anyOf` whose alternatives a value may be at once, each with members that the other lacks. An
    /// enum would keep the members of one of them only. None if something tells two alternatives apart, or if they
    /// have different schemas for a member. Where the schema around them describes any further member, those that one
    /// of them requires tell nothing apart: a value of another one may have them too.
    pub(super) fn merge_overlapping(
        &mut self,
        base: &Flat<'a>,
        members: &[Member<'a>],
    ) -> Option<Flat<'a>> {
        let names = |member: &Member<'a>| member.flat.properties.len() + member.flat.required.len();
        if base.discriminator.is_some()
            || members.len() > MOST_COMPARED
            || members.iter().map(names).sum::<usize>() > MOST_NAMES
            || !members.iter().all(is_mergeable)
        {
            return None;
        }
        let shapes: Vec<_> = members.iter().map(|member| self.shape(&member.flat)).collect();
        let is_open = matches!(base.additional, Additional::Schema(_));
        let mut is_overlapping = false;
        for (place, one) in shapes.iter().enumerate() {
            for other in &shapes[..place] {
                if values_differ(one, other) || (!is_open && is_apart(one, other)) {
                    return None;
                }
                is_overlapping |= is_open || shapes_overlap(one, other);
            }
        }
        if !is_overlapping {
            return None;
        }
        let mut merged =
            Flat { unions: Vec::new(), sole: None, kind: Some(Kind::Object), ..base.clone() };
        for member in members {
            for (key, sites) in &member.flat.properties {
                match merged.properties.get(key) {
                    Some(known) if !self.is_same(known, sites) => return None,
                    Some(_) => {}
                    None => drop(merged.properties.insert(key, sites.clone())),
                }
            }
        }
        let required = members.iter().map(|member| member.flat.required.clone());
        merged.required.extend(required.reduce(|one, other| &one & &other).unwrap_or_default());
        Some(merged)
    }

    /// Whether two declarations of a member have the same type in Rust.
    fn is_same(&mut self, one: &[Site<'a>], other: &[Site<'a>]) -> bool {
        self.places_of(one) == self.places_of(other)
            || (one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same_schema(one, other)))
    }
}

/// Whether a member of a union may become a part of a record that has the members of several.
fn is_mergeable(member: &Member<'_>) -> bool {
    is_any_of(&member.site)
        && member.flat.is_object()
        && member.flat.unions.is_empty()
        && member.flat.values.is_none()
        && !member.flat.properties.is_empty()
        && matches!(member.flat.additional, Additional::Unsaid)
}

/// Whether two schemas, none of them a reference, have the same type in Rust.
fn is_same_schema(one: &Site<'_>, other: &Site<'_>) -> bool {
    match (one.schema, other.schema) {
        (SchemaRef::Item(one), SchemaRef::Item(other)) => has_same_type(one, other),
        _ => false,
    }
}

/// Whether a member of a union is one of an `anyOf`.
pub(super) fn is_any_of(site: &Site<'_>) -> bool {
    site.pointer.as_str().rsplit('/').nth(1) == Some("anyOf")
}

fn has_same_type(one: &Schema, other: &Schema) -> bool {
    let [data, others] = [&one.schema_data, &other.schema_data];
    data.nullable == others.nullable
        && data.read_only == others.read_only
        && data.write_only == others.write_only
        && without_limits(&one.schema_kind) == without_limits(&other.schema_kind)
}

/// What a schema says, without what its type does not depend on: the lengths and patterns of its values.
fn without_limits(kind: &SchemaKind) -> SchemaKind {
    let mut kind = kind.clone();
    match &mut kind {
        SchemaKind::Type(Type::String(text)) => {
            text.min_length = None;
            text.max_length = None;
            text.pattern = None;
        }
        SchemaKind::Type(Type::Array(list)) => {
            list.min_items = None;
            list.max_items = None;
            list.unique_items = false;
        }
        _ => {}
    }
    kind
}
