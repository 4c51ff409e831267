//! Unions: their alternatives, and how a value's own one is found.

mod base;
mod choose;
mod listed;
mod loss;
mod members;
mod merge;
mod name;
mod tag;
mod test;

use std::collections::HashSet;

use openapiv3::Schema;

use super::Lowering;
use super::flat::{Additional, Flat};
use super::kind::Kind;
use super::schemas::{Lowered, Naming};
use super::scope::Scope;
use super::site::{SchemaRef, Site};
use crate::diagnostics::Code;
use crate::model::{Alternative, Doc, Selection, Test, Type, TypeKind, TypeName, Union};
use crate::names;

pub(crate) use members::UnionFacts;
pub(crate) use tag::mapping_name;

/// A member of a `oneOf` or an `anyOf`.
struct Member<'a> {
    site: Site<'a>,
    flat: Flat<'a>,
}

/// An alternative on the way to the model.
struct Candidate<'a> {
    site: Site<'a>,
    flat: Flat<'a>,
    ty: Type,
    name: TypeName,
}

/// The alternatives of a union.
struct Alternatives<'a> {
    candidates: Vec<Candidate<'a>>,
    /// Whether one of them allows null.
    nullable: bool,
}

impl<'a> Lowering<'a, '_> {
    /// The type of a schema with `oneOf` or `anyOf`; none where these only restrict what
    /// the schema says beside them.
    pub(crate) fn lower_union(
        &mut self,
        flat: &Flat<'a>,
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: &Naming,
    ) -> Option<Lowered> {
        let based = !flat.properties.is_empty();
        let [members] = &flat.unions[..] else {
            self.diagnostics.report(
                Code::WeakenedType,
                &site.pointer,
                "a Rust type cannot express several unions at once",
            );
            return (!based).then_some(Lowered { ty: Type::Json, nullable: false });
        };
        let any = Lowered { ty: Type::Json, nullable: false };
        let Some(mut members) = self.union_members(members, &site.pointer) else {
            return Some(any);
        };
        if members.is_empty() && !based {
            self.diagnostics.report(
                Code::EndlessUnion,
                &site.pointer,
                "every member of this union refers back to it",
            );
        }
        if members.iter().all(|member| member.flat.only_requires()) {
            return (!based && flat.kind.is_none()).then_some(any);
        }
        let all = members.len();
        members.retain(|member| !members::is_null(&member.flat));
        let mut nullable = members.len() < all;
        if !based && let Some(lowered) = self.lower_listed_values(&members, schema, site, naming) {
            return Some(Lowered { nullable: nullable || lowered.nullable, ..lowered });
        }
        if let Some(merged) = self.merge_overlapping(flat, &members) {
            let ty = self.lower_record(merged, schema, site, naming.clone());
            return Some(Lowered { ty, nullable });
        }
        let alternatives = self.lower_alternatives(flat, members, naming);
        let mut candidates = alternatives.candidates;
        nullable |= alternatives.nullable;
        // `Other` is what any value is.
        let free = candidates.iter().any(|candidate| candidate.ty == Type::Json);
        candidates.retain(|candidate| candidate.ty != Type::Json);
        let ty = match candidates.len() {
            0 => Type::Json,
            1 if !free => candidates.remove(0).ty,
            _ => self.define_union(flat, schema, site, naming, candidates, free),
        };
        Some(Lowered { ty, nullable })
    }

    /// The alternatives with types of their own: several that have the same type are one.
    fn lower_alternatives(
        &mut self,
        flat: &Flat<'a>,
        members: Vec<Member<'a>>,
        naming: &Naming,
    ) -> Alternatives<'a> {
        let alternative_names = self.name_alternatives(&members, flat);
        let mut taken: HashSet<TypeName> =
            alternative_names.iter().map(|name| name.name.clone()).collect();
        let mut candidates: Vec<Candidate<'a>> = Vec::new();
        let mut nullable = false;
        for (member, name) in members.into_iter().zip(alternative_names) {
            let (own, lowered) =
                self.lower_alternative(flat, member.flat, &member.site, naming, &name.name);
            nullable |= lowered.nullable;
            if candidates.iter().any(|known| known.ty == lowered.ty) {
                continue;
            }
            // Strings that differ by name alone are one alternative.
            let plain = |flat: &Flat<'a>| listed::listed_values(flat) == Some(listed::Listed::Free);
            if plain(&own)
                && let Some(known) = candidates.iter_mut().find(|known| plain(&known.flat))
            {
                known.ty = Type::String;
                known.name = TypeName("String".to_owned());
                continue;
            }
            let name = name.or_of_type(&lowered.ty, naming.base(), &mut taken);
            if lowered.ty != Type::Json {
                self.report_name(&member.site, &name);
            }
            candidates.push(Candidate {
                site: member.site,
                flat: own,
                ty: lowered.ty,
                name: name.name,
            });
        }
        Alternatives { candidates, nullable }
    }

    fn lower_alternative(
        &mut self,
        base: &Flat<'a>,
        own: Flat<'a>,
        member: &Site<'a>,
        naming: &Naming,
        name: &TypeName,
    ) -> (Flat<'a>, Lowered) {
        let hint = names::child_name(naming.base(), &name.0);
        let is_complete = base.properties.is_empty() || builds_on(&own, base);
        if is_complete && !lacks_rest(&own, base) {
            return (own, self.lower(&Site { hint: hint.into(), ..member.clone() }));
        }
        let merged = self.merged_with(base, member);
        // A place of its own: the member's pointer belongs to the member's own type.
        let site = Site::new(member.schema, member.pointer.key("allOf"), hint.clone());
        let lowered = if self.combine(&site.pointer) {
            self.lower_flat(merged.clone(), None, &site, Naming::Hint(hint))
        } else {
            Lowered { ty: Type::Json, nullable: false }
        };
        (merged, lowered)
    }

    /// A base schema without its unions, and one of their members.
    fn merged_with(&mut self, base: &Flat<'a>, member: &Site<'a>) -> Flat<'a> {
        let mut merged = self.flat_of(member);
        for (key, sites) in &base.properties {
            merged.properties.entry(key).or_insert_with(|| sites.clone());
        }
        merged.required.extend(&base.required);
        if matches!(merged.additional, Additional::Unsaid)
            && matches!(base.additional, Additional::Any | Additional::Schema(_))
        {
            merged.additional = base.additional.clone();
        }
        merged.kind = Some(Kind::Object);
        merged.sole = None;
        merged
    }

    /// The merged schema of a site, without reporting what its own lowering will report.
    pub(crate) fn flat_of(&mut self, site: &Site<'a>) -> Flat<'a> {
        self.quietly(|lowering| lowering.flatten_all(std::slice::from_ref(site)))
    }

    /// `free`: whether any value will do.
    fn define_union(
        &mut self,
        flat: &Flat<'a>,
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: &Naming,
        candidates: Vec<Candidate<'a>>,
        free: bool,
    ) -> Type {
        let name = self.name_for(naming.clone(), schema, &site.pointer);
        self.lowered.insert(
            site.pointer.clone(),
            Lowered { ty: Type::Named(name.clone()), nullable: flat.nullable },
        );
        let any_of = candidates.iter().any(|candidate| merge::is_any_of(&candidate.site));
        let tag = self.tag_of(flat.discriminator, &candidates, free);
        let tests = match &tag {
            Some(tag) => tag.values.iter().cloned().map(Test::Tag).collect(),
            None => self.tests(&candidates),
        };
        if let Some(tag) = &tag {
            self.remember_tags(&candidates, tag);
        }
        let mut scope = Scope::with(&["Other"]);
        let mut alternatives = Vec::new();
        let mut flats = Vec::new();
        for (place, (candidate, test)) in candidates.into_iter().zip(tests).enumerate() {
            alternatives.push(Alternative {
                name: scope.take_type(candidate.name),
                doc: self.alternative_doc(&candidate.site),
                ty: candidate.ty,
                test,
                written: tag.as_ref().and_then(|tag| tag.written[place].clone()),
                place,
            });
            flats.push(candidate.flat);
        }
        let default = tag.as_ref().and_then(|tag| alternatives.get(tag.default?));
        let default = default.map(|alternative: &Alternative| alternative.name.clone());
        let (selection, alternatives) = match tag {
            Some(tag) => (Selection::Tag(tag.key), alternatives),
            None => {
                let (selection, alternatives, flats) = self.arrange(alternatives, flats, any_of);
                self.report_ambiguity(&alternatives, &flats, site);
                if any_of {
                    self.report_overlap(&alternatives, site);
                }
                (selection, alternatives)
            }
        };
        let doc = self.type_doc(schema, &site.pointer);
        let deprecated = schema.is_some_and(|schema| schema.schema_data.deprecated);
        self.define(
            name.clone(),
            doc,
            deprecated,
            TypeKind::Union(Union { selection, alternatives, default }),
        );
        Type::Named(name)
    }

    fn alternative_doc(&mut self, site: &Site<'a>) -> Doc {
        match site.schema {
            SchemaRef::Item(schema) => {
                self.doc(schema.schema_data.description.as_deref(), &site.pointer)
            }
            SchemaRef::Reference(_) => Doc::default(),
        }
    }
}

/// Whether a schema has all members of a base already, because it builds on it by `allOf`.
fn builds_on(own: &Flat<'_>, base: &Flat<'_>) -> bool {
    base.properties.iter().all(|(key, sites)| sites.iter().all(|site| has_site(own, key, site)))
        && base.required.iter().all(|key| own.required.contains(key))
}

/// Whether an object has no place for the further members that a base describes.
fn lacks_rest(own: &Flat<'_>, base: &Flat<'_>) -> bool {
    matches!(base.additional, Additional::Schema(_))
        && matches!(own.additional, Additional::Unsaid)
        && own.is_object()
}

fn has_site(flat: &Flat<'_>, key: &str, site: &Site<'_>) -> bool {
    let sites = flat.properties.get(key);
    sites.is_some_and(|sites| sites.iter().any(|known| known.pointer == site.pointer))
}
