//! Alternatives of an `anyOf` that hold at once: one record has the members of all.

use openapiv3::{Schema, SchemaKind, Type as SchemaType};

use super::Member;
use super::choose::{MOST_COMPARED, MOST_NAMES, is_apart, shapes_overlap, values_differ};
use super::listed::{Listed, listed_values};
use crate::diagnostics::Pointer;
use crate::lower::Lowering;
use crate::lower::flat::{Additional, Flat};
use crate::lower::kind::Kind;
use crate::lower::schemas::{Lowered, Naming};
use crate::lower::site::{SchemaRef, Site};
use crate::model::Type;

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
                if !self.merge_declaration(&mut merged, key, sites) {
                    return None;
                }
            }
        }
        let required = members.iter().map(|member| member.flat.required.clone());
        merged.required.extend(required.reduce(|one, other| &one & &other).unwrap_or_default());
        Some(merged)
    }

    /// Adds a declaration of a member to those that a record has of it; false if no type holds the values of all.
    fn merge_declaration(
        &mut self,
        merged: &mut Flat<'a>,
        key: &'a str,
        sites: &[Site<'a>],
    ) -> bool {
        let Some(known) = merged.properties.get_mut(key) else {
            merged.properties.insert(key, sites.to_vec());
            return true;
        };
        let is_choice = merged.choices.contains(key);
        let declarations: Vec<&[Site<'a>]> =
            if is_choice { known.chunks(1).collect() } else { vec![&known[..]] };
        if declarations.iter().any(|known| self.is_same(known, sites)) {
            return true;
        }
        let is_combined = declarations.iter().all(|known| self.is_combinable(known, sites));
        if is_combined {
            known.extend_from_slice(sites);
            merged.choices.insert(key);
        }
        is_combined
    }

    /// Whether two declarations of a member have the same type in Rust.
    fn is_same(&mut self, one: &[Site<'a>], other: &[Site<'a>]) -> bool {
        self.places_of(one) == self.places_of(other)
            || (one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| {
                    is_same_schema(one, other) && says_nullable(one) == says_nullable(other)
                }))
    }

    /// Whether a member of two declarations has one type: both list values, both are objects, or only one allows null.
    fn is_combinable(&mut self, one: &[Site<'a>], other: &[Site<'a>]) -> bool {
        let access = self.access_of(one);
        if access != self.access_of(other) || !self.compare() {
            return false;
        }
        let ([one], [other]) = (one, other) else { return false };
        let first = self.sole_alternative(one);
        let second = self.sole_alternative(other);
        if let (Some(first), Some(second)) = (listed_values(&first), listed_values(&second)) {
            return (first == Listed::Integers) == (second == Listed::Integers);
        }
        let has_members = |flat: &Flat<'_>| !flat.properties.is_empty() && flat.unions.is_empty();
        (has_members(&first) && has_members(&second)) || is_same_schema(one, other)
    }

    /// The schema, or the one alternative of a union that is there to allow null.
    fn sole_alternative(&mut self, site: &Site<'a>) -> Flat<'a> {
        let flat = self.flat_of(site);
        match &flat.unions[..] {
            [members] if flat.properties.is_empty() && members.len() == 1 => {
                self.flat_of(&members[0])
            }
            _ => flat,
        }
    }

    /// The type of the member at `place` that fulfils one of several declarations, called `hint` if they make a new one.
    pub(crate) fn lower_choice(
        &mut self,
        sites: &[Site<'a>],
        place: Pointer,
        hint: String,
    ) -> Lowered {
        let mut nullable = false;
        for site in sites {
            let flat = self.flat_of(site);
            nullable |= self.is_nullable(&flat);
        }
        // The declarations may lead back to one another.
        let declarations = self.places_of(sites);
        let open = self.choices.get(&declarations).cloned();
        let is_open = open.is_some();
        let place = open.unwrap_or(place);
        if let Some(known) = self.lowered.get(&place).filter(|_| is_open) {
            return Lowered { ty: known.ty.clone(), nullable };
        }
        if !self.combine(&place) {
            return Lowered { ty: Type::Json, nullable };
        }
        let members = sites.iter().enumerate().map(|(index, site)| {
            // A place of its own: the declaration's pointer belongs to its own type.
            Site::new(site.schema, place.key("anyOf").index(index), site.hint.clone())
        });
        let flat = Flat { unions: vec![members.collect()], ..Flat::default() };
        self.choices.insert(declarations.clone(), place.clone());
        let site = Site::new(sites[0].schema, place, hint.clone());
        let ty = self.lower_flat(flat, None, &site, Naming::Hint(hint)).ty;
        if !is_open {
            self.choices.remove(&declarations);
        }
        Lowered { ty, nullable }
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

fn says_nullable(site: &Site<'_>) -> bool {
    matches!(site.schema, SchemaRef::Item(schema) if schema.schema_data.nullable)
}

/// Whether two schemas, none of them a reference, have the same type in Rust, null aside.
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
    data.read_only == others.read_only
        && data.write_only == others.write_only
        && without_limits(&one.schema_kind) == without_limits(&other.schema_kind)
}

/// What a schema says, without what its type does not depend on: the lengths and patterns of its values.
fn without_limits(kind: &SchemaKind) -> SchemaKind {
    let mut kind = kind.clone();
    match &mut kind {
        SchemaKind::Type(SchemaType::String(text)) => {
            text.min_length = None;
            text.max_length = None;
            text.pattern = None;
        }
        SchemaKind::Type(SchemaType::Array(list)) => {
            list.min_items = None;
            list.max_items = None;
            list.unique_items = false;
        }
        _ => {}
    }
    kind
}
