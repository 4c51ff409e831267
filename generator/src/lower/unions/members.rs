//! The members of a union, and whether null is one of them.

use std::collections::HashSet;
use std::rc::Rc;

use serde_json::Value;

use super::Member;
use crate::diagnostics::{Code, Pointer};
use crate::lower::Lowering;
use crate::lower::flat::{Additional, Flat};
use crate::lower::kind::Kind;
use crate::lower::limits::entries_size;
use crate::lower::site::{SchemaRef, Site};

/// How many alternatives a union may have. Real documents have some hundreds.
const MOST_MEMBERS: usize = 1_000;

/// What the walks from union to union need to know of a schema, looked up once for each place: a
/// document may have many unions that contain each other.
#[derive(Debug)]
pub(crate) struct UnionFacts<'a> {
    /// The members of all its unions.
    members: Vec<Site<'a>>,
    /// Whether it is a union and nothing else.
    plain: bool,
    /// Whether it has one union, so that what is null in that is null here.
    single: bool,
    /// Whether it says by itself that null is one of its values.
    nullable: bool,
}

impl<'a> Lowering<'a, '_> {
    /// The members of the union at `root`. One that says the same as another stands for both; one that is a
    /// union that leads back to this one gives its own members.
    pub(super) fn union_members(
        &mut self,
        sites: &[Site<'a>],
        root: &Pointer,
    ) -> Option<Vec<Member<'a>>> {
        let mut found = Found::default();
        self.add_members(sites, root, &mut found);
        if found.members.len() > MOST_MEMBERS {
            let message = format!("more than {MOST_MEMBERS} alternatives");
            let finding = self.diagnostics.report(Code::TooComplex, root, message);
            finding.help("any JSON value is accepted");
            found.too_many = true;
        }
        (!found.too_many).then_some(found.members)
    }

    fn add_members(&mut self, sites: &[Site<'a>], root: &Pointer, found: &mut Found<'a>) {
        for site in sites {
            if found.too_many || found.members.len() > MOST_MEMBERS {
                return;
            }
            let place = self.place_of(site);
            if place == *root || found.has(site.schema) {
                continue;
            }
            if !self.leads_to(site, root) {
                // Known before the schema is merged once more: that is what takes long.
                let known = self.member_sizes.get(&place).copied();
                found.too_many |= known.is_some_and(|size| !self.write(size, root));
                if found.too_many {
                    return;
                }
                let flat = self.flat_of(site);
                if known.is_none() {
                    let size = table_size(&flat);
                    found.too_many |= !self.write(size, root);
                    self.member_sizes.insert(place, size);
                }
                found.add(Member { site: site.clone(), flat });
            } else if found.followed.insert(place) {
                let facts = self.union_facts(site);
                self.deeper(&site.pointer, |lowering| {
                    lowering.add_members(&facts.members, root, found);
                });
            }
        }
    }

    fn union_facts(&mut self, site: &Site<'a>) -> Rc<UnionFacts<'a>> {
        let place = self.place_of(site);
        if let Some(known) = self.union_facts.get(&place) {
            return Rc::clone(known);
        }
        let flat = self.flat_of(site);
        let facts = Rc::new(UnionFacts {
            plain: flat.properties.is_empty(),
            single: flat.unions.len() == 1,
            nullable: says_null(&flat),
            members: flat.unions.concat(),
        });
        self.union_facts.insert(place, Rc::clone(&facts));
        facts
    }

    /// Whether a schema is nothing but a union that has `root` among its members, or theirs.
    fn leads_to(&mut self, site: &Site<'a>, root: &Pointer) -> bool {
        let place = self.place_of(site);
        if let Some(reached) = self.union_reach.get(&place) {
            return reached.contains(root);
        }
        let mut reached = HashSet::new();
        let mut open = vec![site.clone()];
        while let Some(site) = open.pop() {
            let facts = self.union_facts(&site);
            if !facts.plain {
                continue;
            }
            for member in &facts.members {
                if reached.insert(self.place_of(member)) {
                    open.push(member.clone());
                }
            }
        }
        let leads = reached.contains(root);
        self.union_reach.insert(place, reached);
        leads
    }

    /// Whether null is a value of a schema: it says so, or is a union with a member that is null.
    pub(crate) fn is_nullable(&mut self, flat: &Flat<'a>) -> bool {
        if says_null(flat) {
            return true;
        }
        let [members] = &flat.unions[..] else { return false };
        let mut seen: HashSet<Pointer> = HashSet::new();
        let mut open = members.clone();
        while let Some(member) = open.pop() {
            if !seen.insert(self.place_of(&member)) {
                continue;
            }
            let facts = self.union_facts(&member);
            if facts.nullable {
                return true;
            }
            if facts.single {
                open.extend(facts.members.iter().cloned());
            }
        }
        false
    }
}

/// The members of a union that were found so far.
#[derive(Default)]
struct Found<'a> {
    members: Vec<Member<'a>>,
    /// The references among them.
    references: HashSet<&'a str>,
    /// The unions whose own members were added.
    followed: HashSet<Pointer>,
    /// Whether it is not to be a union, because there is no room for its table.
    too_many: bool,
}

impl<'a> Found<'a> {
    fn has(&self, schema: SchemaRef<'a>) -> bool {
        match schema {
            SchemaRef::Reference(reference) => self.references.contains(reference),
            SchemaRef::Item(_) => {
                self.members.iter().any(|known| is_same_member(known.site.schema, schema))
            }
        }
    }

    fn add(&mut self, member: Member<'a>) {
        if let SchemaRef::Reference(reference) = member.site.schema {
            self.references.insert(reference);
        }
        self.members.push(member);
    }
}

/// What an alternative takes in the table by which a value's own one is found, in bytes.
fn table_size(flat: &Flat<'_>) -> usize {
    let values = flat.values.iter().flatten().filter_map(Value::as_str);
    entries_size(flat.properties.keys().copied().chain(flat.required.iter().copied()).chain(values))
}

fn says_null(flat: &Flat<'_>) -> bool {
    flat.nullable || flat.values.as_ref().is_some_and(|all| all.contains(&Value::Null))
}

/// Whether two members that are no references have the same values and the same name.
fn is_same_member(one: SchemaRef<'_>, other: SchemaRef<'_>) -> bool {
    match (one, other) {
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
