//! Alternatives of an `anyOf` that hold at once: one record has the members of all.

use super::Member;
use super::choose::{MOST_COMPARED, MOST_NAMES, is_apart, shapes_overlap};
use crate::lower::Lowering;
use crate::lower::flat::{Additional, Flat};
use crate::lower::kind::Kind;
use crate::lower::site::{SchemaRef, Site};

impl<'a> Lowering<'a, '_> {
    /// The record of an `anyOf` whose alternatives a value may be at once, each with members that the other lacks. An
    /// enum would keep the members of one of them only. None if something tells two alternatives apart, or if they
    /// have different schemas for a member.
    pub(super) fn merge_overlapping(
        &mut self,
        base: &Flat<'a>,
        members: &[Member<'a>],
    ) -> Option<Flat<'a>> {
        let is_mergeable = |member: &Member<'a>| {
            is_any_of(&member.site)
                && member.flat.is_object()
                && member.flat.unions.is_empty()
                && member.flat.values.is_none()
                && !member.flat.properties.is_empty()
                && matches!(member.flat.additional, Additional::Unsaid)
        };
        let names = |member: &Member<'a>| member.flat.properties.len() + member.flat.required.len();
        if base.discriminator.is_some()
            || members.len() > MOST_COMPARED
            || members.iter().map(names).sum::<usize>() > MOST_NAMES
            || !members.iter().all(is_mergeable)
        {
            return None;
        }
        let shapes: Vec<_> = members.iter().map(|member| self.shape(&member.flat)).collect();
        let mut is_overlapping = false;
        for (place, one) in shapes.iter().enumerate() {
            for other in &shapes[..place] {
                if is_apart(one, other) {
                    return None;
                }
                is_overlapping |= shapes_overlap(one, other);
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

    /// Whether two declarations of a member say the same.
    fn is_same(&mut self, one: &[Site<'a>], other: &[Site<'a>]) -> bool {
        let is_equal = |(one, other): (&Site<'a>, &Site<'a>)| match (one.schema, other.schema) {
            (SchemaRef::Item(one), SchemaRef::Item(other)) => {
                one.schema_kind == other.schema_kind
                    && one.schema_data.nullable == other.schema_data.nullable
            }
            _ => false,
        };
        self.places_of(one) == self.places_of(other)
            || (one.len() == other.len() && one.iter().zip(other).all(is_equal))
    }
}

/// Whether a member of a union is one of an `anyOf`.
pub(super) fn is_any_of(site: &Site<'_>) -> bool {
    site.pointer.as_str().rsplit('/').nth(1) == Some("anyOf")
}
