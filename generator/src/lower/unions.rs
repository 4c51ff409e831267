//! Unions: their alternatives, and how a value's own one is found.

use std::collections::HashSet;

use openapiv3::{Discriminator, Schema};
use serde_json::Value;

use super::flat::{Flat, Kind};
use super::names::{self, Scope};
use super::references;
use super::schemas::{Lowered, Naming, type_doc};
use super::site::{SchemaRef, Site};
use super::{Lowering, prose};
use crate::diagnostics::{Code, Pointer};
use crate::model::{Alternative, Selection, Test, Type, TypeKind, Union};

/// An alternative on the way to the model.
struct Candidate<'a> {
    site: Site<'a>,
    flat: Flat<'a>,
    ty: Type,
    name: String,
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
                "several unions that must hold at once have no counterpart in Rust's types",
            );
            return (!based).then_some(Lowered { ty: Type::Json, nullable: false });
        };
        let flats: Vec<Flat<'a>> = members.iter().map(|member| self.flat_of(member)).collect();
        if flats.iter().all(is_restriction) {
            let json = Lowered { ty: Type::Json, nullable: false };
            return (!based && flat.kind.is_none()).then_some(json);
        }
        let mut nullable = false;
        let mut candidates: Vec<Candidate<'a>> = Vec::new();
        let mut scope = Scope::default();
        for (index, (member, own)) in members.iter().zip(flats).enumerate() {
            if own.values.as_ref().is_some_and(|values| values.iter().all(Value::is_null)) {
                nullable = true;
                continue;
            }
            let wanted = self.alternative_name(member, &own, index);
            let name = scope.take_type(names::type_name(&wanted, "Variant")).0;
            let (own, lowered) = self.lower_alternative(flat, own, member, based, naming, &name);
            nullable |= lowered.nullable;
            if candidates.iter().all(|known| known.ty != lowered.ty) {
                candidates.push(Candidate {
                    site: member.clone(),
                    flat: own,
                    ty: lowered.ty,
                    name,
                });
            }
        }
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

    fn lower_alternative(
        &mut self,
        base: &Flat<'a>,
        own: Flat<'a>,
        member: &Site<'a>,
        based: bool,
        naming: &Naming,
        name: &str,
    ) -> (Flat<'a>, Lowered) {
        let hint = names::child(naming.base(), name);
        if !based {
            return (own, self.lower(&Site { hint, ..member.clone() }));
        }
        let merged = self.merged_with(base, member);
        // A place of its own: the member's pointer belongs to the member's own type.
        let site =
            Site { pointer: member.pointer.key("allOf"), hint: hint.clone(), ..member.clone() };
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
        let tag = match flat.discriminator {
            Some(discriminator) => self.mapped_tag(discriminator, &candidates),
            // With a known tag a value must decode; here it need not.
            None if free => None,
            None => self.common_tag(&candidates),
        };
        let tests: Vec<Test> = match &tag {
            Some((_, values)) => values.iter().cloned().map(Test::Tag).collect(),
            None => candidates.iter().map(|candidate| self.test(candidate)).collect(),
        };
        let mut scope = Scope::with(&["Other"]);
        let mut alternatives: Vec<Alternative> = candidates
            .into_iter()
            .zip(tests)
            // Another alternative has all of its tags: no value can lead here.
            .filter(|(_, test)| !matches!(test, Test::Tag(values) if values.is_empty()))
            .map(|(candidate, test)| Alternative {
                name: scope.take_type(names::type_name(&candidate.name, "Variant")),
                doc: alternative_doc(&candidate.site),
                ty: candidate.ty,
                test,
            })
            .collect();
        let selection = match tag {
            Some((tag, _)) => Selection::Tag(tag),
            None => {
                alternatives.sort_by_key(|alternative| rank(&alternative.test, &alternative.ty));
                self.report_ambiguity(&alternatives, site);
                Selection::Order
            }
        };
        let doc = schema.map(type_doc).unwrap_or_default();
        let deprecated = schema.is_some_and(|schema| schema.schema_data.deprecated);
        self.define(
            name.clone(),
            doc,
            deprecated,
            TypeKind::Union(Union { selection, alternatives }),
        );
        Type::Named(name)
    }

    /// Whether a reference leads to a schema that [`Self::lower_base_class`] is for.
    pub(crate) fn is_base_class(&mut self, site: &Site<'a>) -> bool {
        let SchemaRef::Reference(reference) = site.schema else { return false };
        let target = self.quietly(|lowering| lowering.resolve(reference, &site.pointer));
        target.is_some_and(|target| {
            target.schema.schema_data.discriminator.is_some()
                && self.flat_of(&target.site()).unions.is_empty()
        })
    }

    /// The union of a schema that others build on and that has a discriminator.
    pub(crate) fn lower_base_class(
        &mut self,
        flat: &Flat<'a>,
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: &Naming,
    ) -> Option<Type> {
        let Naming::Own(name) = naming else { return None };
        let component = self.component_of(name)?;
        let document = self.document;
        let schemas = &document.components.as_ref()?.schemas;
        let mapped =
            flat.discriminator.iter().flat_map(|discriminator| discriminator.mapping.values());
        let mapped = mapped.filter_map(|target| schemas.get_key_value(&mapping_name(target)));
        let mut names: Vec<&'a str> = mapped.map(|(name, _)| name.as_str()).collect();
        names.extend(self.children.get(component).into_iter().flatten());
        names.retain(|&name| name != component);
        let mut seen = HashSet::from([component]);
        names.retain(|name| seen.insert(*name));
        // Those that build on these build on the base too.
        let mut next = 0;
        while let Some(name) = names.get(next) {
            let children = self.children.get(name).into_iter().flatten();
            names.extend(children.copied().filter(|child| seen.insert(*child)).collect::<Vec<_>>());
            next += 1;
        }
        if names.is_empty() {
            return None;
        }
        let mut candidates = Vec::new();
        for child in names {
            if !self.combine(&site.pointer) {
                break;
            }
            let own = self.components[child].clone();
            let pointer = Pointer::default().key("components").key("schemas").key(child);
            let site = Site::new(&schemas[child], pointer, own.0.clone());
            let flat = self.flat_of(&site);
            candidates.push(Candidate { site, flat, ty: Type::Named(own.clone()), name: own.0 });
        }
        Some(self.define_union(flat, schema, site, naming, candidates, false))
    }

    /// The tag that a discriminator names, with each candidate's values.
    fn mapped_tag(
        &mut self,
        discriminator: &Discriminator,
        candidates: &[Candidate<'a>],
    ) -> Option<(String, Vec<Vec<String>>)> {
        let tag = &discriminator.property_name;
        let mut all: Vec<Vec<String>> = Vec::new();
        let mut known: HashSet<String> = HashSet::new();
        for candidate in candidates {
            let component = self.candidate_component(candidate);
            let mapping = discriminator.mapping.iter();
            let mut values: Vec<String> = mapping
                .filter(|(_, target)| Some(mapping_name(target)) == component)
                .map(|(value, _)| value.clone())
                .collect();
            if values.is_empty() {
                values = self
                    .tag_values(&candidate.flat, tag)
                    .map(|(values, _)| values)
                    .unwrap_or_default();
            }
            if values.is_empty() {
                values = vec![component?];
            }
            values.retain(|value| known.insert(value.clone()));
            all.push(values);
        }
        Some((tag.clone(), all))
    }

    fn candidate_component(&self, candidate: &Candidate<'a>) -> Option<String> {
        match candidate.site.schema {
            SchemaRef::Reference(reference) => references::component_name(reference, "schemas"),
            SchemaRef::Item(_) => {
                let pointer =
                    candidate.site.pointer.as_str().strip_prefix("/components/schemas/")?;
                (!pointer.contains('/')).then(|| pointer.replace("~1", "/").replace("~0", "~"))
            }
        }
    }

    /// A member that every candidate requires, each with values of its own.
    fn common_tag(&mut self, candidates: &[Candidate<'a>]) -> Option<(String, Vec<Vec<String>>)> {
        let keys: Vec<&str> = candidates.first()?.flat.properties.keys().copied().collect();
        let nested =
            candidates.first()?.flat.unions.first().and_then(|members| members.first().cloned());
        let nested = nested
            .map(|member| self.flat_of(&member).properties.keys().copied().collect::<Vec<_>>());
        for key in keys.into_iter().chain(nested.unwrap_or_default()) {
            let mut all: Vec<Vec<String>> = Vec::new();
            for candidate in candidates {
                match self.tag_values(&candidate.flat, key) {
                    Some((values, true))
                        if values
                            .iter()
                            .all(|value| all.iter().all(|known| !known.contains(value))) =>
                    {
                        all.push(values);
                    }
                    _ => break,
                }
            }
            if all.len() == candidates.len() {
                return Some((key.to_owned(), all));
            }
        }
        None
    }

    /// The values that a member of an object may have, where they are few strings, and whether it is required.
    fn tag_values(&mut self, flat: &Flat<'a>, key: &str) -> Option<(Vec<String>, bool)> {
        self.tag_values_within(flat, key, &mut HashSet::new())
    }

    /// `seen`: the members of unions that were looked at, because a union may contain itself.
    fn tag_values_within(
        &mut self,
        flat: &Flat<'a>,
        key: &str,
        seen: &mut HashSet<Pointer>,
    ) -> Option<(Vec<String>, bool)> {
        if let ([members], true) = (&flat.unions[..], flat.properties.is_empty()) {
            let mut all: Vec<String> = Vec::new();
            let mut required = true;
            for member in members.clone() {
                if !seen.insert(member.pointer.clone()) {
                    continue;
                }
                let nested = self.flat_of(&member);
                let (values, always) = self.deeper(&member.pointer, |lowering| {
                    lowering.tag_values_within(&nested, key, seen)
                })??;
                all.extend(
                    values.into_iter().filter(|value| !all.contains(value)).collect::<Vec<_>>(),
                );
                required &= always;
            }
            return Some((all, required));
        }
        let sites = flat.properties.get(key)?;
        let property = self.quietly(|lowering| lowering.flatten_all(sites));
        let values: Option<Vec<String>> =
            property.values?.iter().map(|value| value.as_str().map(str::to_owned)).collect();
        Some((values.filter(|values| !values.is_empty())?, flat.required.contains(&key)))
    }

    /// The members that every value has that is decoded.
    fn required_in_answers(&mut self, flat: &Flat<'a>) -> Vec<String> {
        let mut required = flat.required.clone();
        required.retain(|key| {
            flat.properties.get(key).is_none_or(|sites| !self.access_of(sites).write_only)
        });
        required.into_iter().map(str::to_owned).collect()
    }

    /// What tells a candidate's values from others'.
    fn test(&mut self, candidate: &Candidate<'a>) -> Test {
        let flat = &candidate.flat;
        if let Some(values) = &flat.values {
            let strings: Option<Vec<String>> =
                values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
            if let Some(strings) = strings {
                return Test::Values(strings);
            }
        }
        let object = flat.kind == Some(Kind::Object) || !flat.properties.is_empty();
        match flat.kind {
            _ if object => {
                let required = self.required_in_answers(flat);
                let keys: Vec<&str> = flat.properties.keys().copied().collect();
                let mut constants = Vec::new();
                for key in keys {
                    if let Some((values, _)) =
                        self.tag_values(flat, key).filter(|(values, _)| values.len() == 1)
                    {
                        constants.push((key.to_owned(), values));
                    }
                }
                Test::Object { required, constants }
            }
            Some(Kind::String) => Test::String,
            Some(Kind::Integer) => Test::Integer,
            Some(Kind::Number) => Test::Number,
            Some(Kind::Boolean) => Test::Boolean,
            Some(Kind::Array) => Test::Array,
            Some(Kind::Object) | None => Test::Any,
        }
    }

    fn alternative_name(&mut self, member: &Site<'a>, flat: &Flat<'a>, index: usize) -> String {
        match member.schema {
            SchemaRef::Reference(reference) => {
                if let Some(name) = references::component_name(reference, "schemas")
                    && let Some(own) = self.components.get(name.as_str())
                {
                    return own.0.clone();
                }
            }
            SchemaRef::Item(schema) => {
                let extensions = &schema.schema_data.extensions;
                let given = extensions.get("x-rust-name").and_then(Value::as_str);
                if let Some(title) = given.or(schema.schema_data.title.as_deref()) {
                    return title.to_owned();
                }
            }
        }
        let constant =
            flat.properties.keys().copied().collect::<Vec<_>>().into_iter().find_map(|key| {
                let (values, _) = self.tag_values(flat, key)?;
                <[String; 1]>::try_from(values).ok()
            });
        match (constant, flat.kind) {
            (Some([value]), _) => value,
            (None, Some(Kind::String)) => flat.format.clone().unwrap_or("String".to_owned()),
            (None, Some(Kind::Integer)) => "Integer".to_owned(),
            (None, Some(Kind::Number)) => "Number".to_owned(),
            (None, Some(Kind::Boolean)) => "Boolean".to_owned(),
            (None, Some(Kind::Array)) => "List".to_owned(),
            (None, Some(Kind::Object)) if flat.properties.is_empty() => "Map".to_owned(),
            _ => format!("Variant{}", index + 1),
        }
    }

    fn report_ambiguity(&mut self, alternatives: &[Alternative], site: &Site<'a>) {
        let swallows = |alternative: &&Alternative| matches!(&alternative.test, Test::Object { required, constants } if required.is_empty() && constants.is_empty());
        let mut swallowing = alternatives.iter().filter(swallows);
        if let (Some(first), Some(second)) = (swallowing.next(), swallowing.next()) {
            let message = format!(
                "nothing tells `{}` from `{}`: the first that decodes is taken",
                first.name.0, second.name.0
            );
            self.diagnostics.report(Code::AmbiguousUnion, &site.pointer, message);
        }
    }
}

/// Whether a schema says nothing of its own but which members are required.
fn is_restriction(flat: &Flat<'_>) -> bool {
    let required_only = Flat { required: Vec::new(), kind: None, ..flat.clone() };
    required_only.is_empty()
        && matches!(flat.kind, None | Some(Kind::Object))
        && (!flat.required.is_empty() || flat.kind.is_none())
}

/// The schema that a discriminator's mapping names: a reference or a bare name.
pub(crate) fn mapping_name(target: &str) -> String {
    references::component_name(target, "schemas").unwrap_or_else(|| {
        let file = target.rsplit('/').next().unwrap_or(target);
        file.trim_end_matches(".json").trim_end_matches(".yaml").to_owned()
    })
}

/// Which alternative is tried first: the one that asks for more.
fn rank(test: &Test, ty: &Type) -> (u8, std::cmp::Reverse<usize>) {
    let (class, asks) = match test {
        Test::Tag(_) | Test::Values(_) => (0, 0),
        Test::Object { required, constants } => (1, required.len() + 100 * constants.len()),
        Test::Integer => (2, 0),
        Test::Number => (3, 0),
        Test::Boolean => (4, 0),
        // What has a format may not decode, and is then a plain string.
        Test::String => (if *ty == Type::String { 6 } else { 5 }, 0),
        Test::Array => (7, 0),
        Test::Any => (8, 0),
    };
    (class, std::cmp::Reverse(asks))
}

fn alternative_doc(site: &Site<'_>) -> crate::model::Doc {
    match site.schema {
        SchemaRef::Item(schema) => prose::doc(schema.schema_data.description.as_deref()),
        SchemaRef::Reference(_) => crate::model::Doc::default(),
    }
}
