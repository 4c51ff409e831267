//! The member that tells the alternatives of a union apart by its value.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use openapiv3::Discriminator;
use serde_json::Value;

use super::Candidate;
use crate::diagnostics::{Code, Pointer};
use crate::extensions::DEFAULT_MAPPING;
use crate::lower::Lowering;
use crate::lower::flat::{Additional, Flat};
use crate::lower::references;
use crate::lower::site::{SchemaRef, Site};
use crate::model::Type;

/// A member that tells alternatives apart.
pub(super) struct Tag {
    pub(super) key: String,
    /// Each alternative's own values.
    pub(super) values: Vec<Vec<String>>,
    /// The value to write for each alternative that has no such member.
    pub(super) written: Vec<Option<String>>,
    /// The alternative of a value without a known tag.
    pub(super) default: Option<usize>,
}

impl<'a> Lowering<'a, '_> {
    /// The tag of a union: the one that its discriminator names, or one that all have. None where two
    /// alternatives have the same value, or a value without a tag will do: those are told apart otherwise.
    pub(super) fn tag_of(
        &mut self,
        discriminator: Option<&Discriminator>,
        candidates: &[Candidate<'a>],
        free: bool,
    ) -> Option<Tag> {
        let members: Vec<(&Site<'a>, &Flat<'a>)> =
            candidates.iter().map(|candidate| (&candidate.site, &candidate.flat)).collect();
        let mapped = discriminator.and_then(|named| self.mapped_tag(named, &members));
        let Some((key, values)) = mapped else {
            // With a known tag a value must decode; where any value will do it need not.
            let found = if free { None } else { self.common_tag(&members) };
            return found.map(|(key, values)| {
                let written = vec![None; values.len()];
                Tag { key, values, written, default: None }
            });
        };
        let mut known = HashSet::new();
        if let Some(twice) = values.iter().flatten().find(|value| !known.insert(*value)) {
            self.report_declared_twice(twice, &members);
            return None;
        }
        let written = members.iter().zip(&values).map(|((site, flat), values)| {
            let record = flat.unions.is_empty() && !flat.properties.is_empty();
            let kept = matches!(flat.additional, Additional::Any | Additional::Schema(_));
            if !record || kept || flat.properties.contains_key(key.as_str()) {
                return None;
            }
            if values.len() > 1 {
                let message = format!(
                    "`{key}` is not a property of this member: it is written as `{}`",
                    values[0]
                );
                self.diagnostics.report(Code::InvalidDiscriminator, &site.pointer, message);
            }
            values.first().cloned()
        });
        let mut written: Vec<Option<String>> = written.collect();
        let default = discriminator.and_then(|known| known.extensions.get(DEFAULT_MAPPING));
        let default = default.and_then(Value::as_str).map(mapping_name);
        let default = default.and_then(|name| {
            members.iter().position(|(site, _)| self.component_at(site).as_ref() == Some(&name))
        });
        if let Some(written) = default.and_then(|at| written.get_mut(at)) {
            // It may have come without a tag.
            *written = None;
        }
        Some(Tag { key, values, written, default })
    }

    /// Reports a tag that a member declares by an extension, but that another member has too.
    fn report_declared_twice(&mut self, tag: &str, members: &[(&Site<'a>, &Flat<'a>)]) {
        let declares = |site: &Site<'a>| {
            let component = self.component_at(site);
            component.and_then(|name| self.declared_tag(&name)).as_deref() == Some(tag)
        };
        if let Some((site, _)) = members.iter().rev().find(|(site, _)| declares(site)) {
            let message = format!(
                "`x-ms-discriminator-value` is `{tag}`, which another member of this union has too"
            );
            self.diagnostics
                .report(Code::InvalidDiscriminator, &site.pointer, message)
                .help("the members are told apart by their properties");
        }
    }

    /// Remembers which values of the tag lead to which types.
    pub(super) fn remember_tags(&mut self, candidates: &[Candidate<'a>], tag: &Tag) {
        for (candidate, values) in candidates.iter().zip(&tag.values) {
            if let Type::Named(name) = &candidate.ty {
                let members = self.tags.entry(name.clone()).or_default();
                members.entry(tag.key.clone()).or_default().extend(values.iter().cloned());
            }
        }
    }

    /// The tag that a discriminator names, with each candidate's values.
    pub(super) fn mapped_tag(
        &mut self,
        discriminator: &Discriminator,
        members: &[(&Site<'a>, &Flat<'a>)],
    ) -> Option<(String, Vec<Vec<String>>)> {
        let tag = &discriminator.property_name;
        let mut all: Vec<Vec<String>> = Vec::new();
        let mut mapped: HashMap<String, Vec<&String>> = HashMap::new();
        for (value, target) in &discriminator.mapping {
            mapped.entry(mapping_name(target)).or_default().push(value);
        }
        for (site, flat) in members {
            let component = self.component_at(site);
            let values = component.as_ref().and_then(|name| mapped.get(name));
            let mut values: Vec<String> = values.into_iter().flatten().copied().cloned().collect();
            if values.is_empty() {
                values.extend(component.as_deref().and_then(|name| self.declared_tag(name)));
            }
            if values.is_empty() {
                values = self.tag_values(flat, tag).map(|(values, _)| values).unwrap_or_default();
                let is_listed = component.as_ref().is_some_and(|name| values.contains(name));
                if values.is_empty() || (is_listed && is_shared(flat, tag, members)) {
                    values = vec![component?];
                }
            }
            all.push(values);
        }
        leave_to_fewer(&mut all);
        Some((tag.clone(), all))
    }

    /// The value of the discriminator that a component declares for itself, as documents do that were Swagger.
    pub(super) fn declared_tag(&self, component: &str) -> Option<String> {
        let schema = self.document.components.as_ref()?.schemas.get(component)?.as_item()?;
        let value = schema.schema_data.extensions.get("x-ms-discriminator-value")?;
        value.as_str().map(str::to_owned)
    }

    pub(super) fn component_at(&self, site: &Site<'a>) -> Option<String> {
        match site.schema {
            SchemaRef::Reference(reference) => {
                references::component_name(reference, "schemas").map(Cow::into_owned)
            }
            SchemaRef::Item(_) => {
                let pointer = site.pointer.as_str().strip_prefix("/components/schemas/")?;
                (!pointer.contains('/')).then(|| pointer.replace("~1", "/").replace("~0", "~"))
            }
        }
    }

    /// A member that every candidate requires, each with values of its own.
    pub(crate) fn common_tag(
        &mut self,
        members: &[(&Site<'a>, &Flat<'a>)],
    ) -> Option<(String, Vec<Vec<String>>)> {
        let keys: Vec<&str> = members.first()?.1.properties.keys().copied().collect();
        let nested = members.first()?.1.unions.first().and_then(|members| members.first().cloned());
        let nested = nested
            .map(|member| self.flat_of(&member).properties.keys().copied().collect::<Vec<_>>());
        for key in keys.into_iter().chain(nested.unwrap_or_default()) {
            let mut all: Vec<Vec<String>> = Vec::new();
            for (_, flat) in members {
                match self.tag_values(flat, key) {
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
            if all.len() == members.len() {
                return Some((key.to_owned(), all));
            }
        }
        None
    }

    /// The values but null that a member of an object may have, where they are listed, and whether it is
    /// required and never null.
    pub(crate) fn tag_values(&mut self, flat: &Flat<'a>, key: &str) -> Option<(Vec<String>, bool)> {
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
        let all = property.values?;
        let nullable = property.nullable || all.contains(&Value::Null);
        let values: Option<Vec<String>> =
            all.iter().filter(|value| !value.is_null()).map(tag_text).collect();
        let always = flat.required.contains(&key) && !nullable;
        Some((values.filter(|values| !values.is_empty())?, always))
    }
}

/// Whether several members have one schema for the tag, which then lists the values of all of them.
fn is_shared(flat: &Flat<'_>, tag: &str, members: &[(&Site<'_>, &Flat<'_>)]) -> bool {
    let Some(own) = flat.properties.get(tag) else { return false };
    let own: Vec<&Pointer> = own.iter().map(|site| &site.pointer).collect();
    let others = members.iter().filter_map(|(_, member)| member.properties.get(tag));
    others
        .filter(|sites| own.iter().copied().eq(sites.iter().map(|site| &site.pointer)))
        .nth(1)
        .is_some()
}

/// Leaves a value that several lists have to the shortest of them.
fn leave_to_fewer(lists: &mut [Vec<String>]) {
    let mut fewest: HashMap<String, usize> = HashMap::new();
    for list in lists.iter() {
        for value in list {
            match fewest.get_mut(value) {
                Some(fewest) => *fewest = list.len().min(*fewest),
                None => drop(fewest.insert(value.clone(), list.len())),
            }
        }
    }
    for list in lists {
        let own = |value: &&String| fewest.get(*value) == Some(&list.len());
        let own: Vec<String> = list.iter().filter(own).cloned().collect();
        if !own.is_empty() {
            *list = own;
        }
    }
}

/// The schema that a discriminator's mapping names: a reference or a bare name.
pub(crate) fn mapping_name(target: &str) -> String {
    references::component_name(target, "schemas").map(Cow::into_owned).unwrap_or_else(|| {
        let file = target.rsplit('/').next().unwrap_or(target);
        file.trim_end_matches(".json").trim_end_matches(".yaml").to_owned()
    })
}

/// The text of a value that may be a tag, as the emitted crate compares it.
fn tag_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) => Some(value.to_string()),
        Value::Number(number) if number.is_i64() => Some(value.to_string()),
        _ => None,
    }
}
