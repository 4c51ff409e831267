//! The members of a union, and whether null is one of them.

use std::collections::HashSet;

use serde_json::Value;

use super::Member;
use crate::diagnostics::Pointer;
use crate::lower::Lowering;
use crate::lower::flat::{Additional, Flat, Kind};
use crate::lower::site::{SchemaRef, Site};

impl<'a> Lowering<'a, '_> {
    /// The members of the union at `root`. One that says the same as another stands for both; one that is a
    /// union that leads back to this one gives its own members.
    pub(super) fn union_members(&mut self, sites: &[Site<'a>], root: &Pointer) -> Vec<Member<'a>> {
        let mut members = Vec::new();
        self.add_members(sites, root, &mut HashSet::new(), &mut members);
        members
    }

    /// `seen`: the unions that were followed.
    fn add_members(
        &mut self,
        sites: &[Site<'a>],
        root: &Pointer,
        seen: &mut HashSet<Pointer>,
        members: &mut Vec<Member<'a>>,
    ) {
        for site in sites {
            let place = self.place_of(site);
            if place == *root || members.iter().any(|known| same(known.site.schema, site.schema)) {
                continue;
            }
            let flat = self.flat_of(site);
            if !self.leads_to(&flat, root, &mut HashSet::new()) {
                members.push(Member { site: site.clone(), flat });
            } else if seen.insert(place) {
                let nested = flat.unions.concat();
                self.deeper(&site.pointer, |lowering| {
                    lowering.add_members(&nested, root, seen, members);
                });
            }
        }
    }

    /// Whether a schema is nothing but a union that has `root` among its members, or theirs.
    fn leads_to(&mut self, flat: &Flat<'a>, root: &Pointer, seen: &mut HashSet<Pointer>) -> bool {
        if !flat.properties.is_empty() {
            return false;
        }
        flat.unions.iter().flatten().any(|member| {
            let place = self.place_of(member);
            place == *root
                || seen.insert(place) && {
                    let nested = self.flat_of(member);
                    self.deeper(&member.pointer, |lowering| lowering.leads_to(&nested, root, seen))
                        .unwrap_or(false)
                }
        })
    }

    /// Whether null is a value of a schema: it says so, or is a union with a member that is null.
    pub(crate) fn is_nullable(&mut self, flat: &Flat<'a>) -> bool {
        self.is_nullable_within(flat, &mut HashSet::new())
    }

    /// `seen`: the members of unions that were looked at, because a union may contain itself.
    fn is_nullable_within(&mut self, flat: &Flat<'a>, seen: &mut HashSet<Pointer>) -> bool {
        if flat.nullable || flat.values.as_ref().is_some_and(|all| all.contains(&Value::Null)) {
            return true;
        }
        let [members] = &flat.unions[..] else { return false };
        members.iter().any(|member| {
            seen.insert(self.place_of(member)) && {
                let nested = self.flat_of(member);
                self.deeper(&member.pointer, |lowering| lowering.is_nullable_within(&nested, seen))
                    .unwrap_or(false)
            }
        })
    }
}

/// Whether two members have the same values and the same name.
fn same(one: SchemaRef<'_>, other: SchemaRef<'_>) -> bool {
    match (one, other) {
        (SchemaRef::Reference(one), SchemaRef::Reference(other)) => one == other,
        (SchemaRef::Item(one), SchemaRef::Item(other)) => {
            one.schema_kind == other.schema_kind
                && one.schema_data.title == other.schema_data.title
                && one.schema_data.nullable == other.schema_data.nullable
        }
        _ => false,
    }
}

/// Whether null is the only value that a member of a union is there for. OpenAPI 3.0 has no type for
/// it, so it is spelled as an `enum` of null, as `nullable` alone, or as a nullable object that has no
/// members.
pub(super) fn is_null(flat: &Flat<'_>) -> bool {
    if let Some(values) = &flat.values {
        return values.iter().all(Value::is_null);
    }
    let nothing = Flat { additional: Additional::Unsaid, kind: None, ..flat.clone() };
    let closed = matches!(flat.additional, Additional::None);
    let empty_object = flat.kind == Some(Kind::Object) && closed;
    flat.nullable && nothing.is_empty() && (flat.is_empty() || empty_object)
}
