//! What the alternatives of a union are called.

use std::collections::{HashMap, HashSet};

use openapiv3::{ReferenceOr, SchemaKind};
use serde_json::Value;

use super::Member;
use super::choose::MOST_COMPARED;
use crate::diagnostics::Code;
use crate::lower::Lowering;
use crate::lower::flat::{Additional, Flat};
use crate::lower::kind::Kind;
use crate::lower::references;
use crate::lower::scope::{Named, Scope};
use crate::lower::site::{SchemaRef, Site};
use crate::model::{Type, TypeName};
use crate::names;

/// What an alternative is called.
pub(super) struct Name {
    pub(super) name: TypeName,
    /// Whether the name comes from the document.
    pub(super) telling: bool,
    /// The name that it was to have, where another alternative has that.
    pub(super) taken: Option<TypeName>,
}

impl Name {
    /// If it says nothing, the name of the alternative's type, unless that is named after the union itself.
    pub(super) fn or_of_type(self, ty: &Type, union: &str, taken: &mut HashSet<TypeName>) -> Self {
        match ty {
            Type::Named(own)
                if !self.telling
                    && own.0 != "Other"
                    && !own.0.starts_with(&pascal_case(union))
                    && taken.insert(own.clone()) =>
            {
                Self { name: own.clone(), telling: true, taken: None }
            }
            _ => self,
        }
    }
}

impl<'a> Lowering<'a, '_> {
    /// The name of each alternative: a component's own, or the one that the document gives it, or one
    /// after what tells it from the others.
    pub(super) fn name_alternatives(
        &mut self,
        members: &[Member<'a>],
        union: &Flat<'a>,
    ) -> Vec<Name> {
        let given: Vec<Option<String>> =
            members.iter().map(|member| self.given_name(&member.site)).collect();
        let sites: Vec<(&Site<'a>, &Flat<'a>)> =
            members.iter().map(|member| (&member.site, &member.flat)).collect();
        let tags: Vec<Vec<String>> = if given.contains(&None) {
            let tag = match union.discriminator {
                Some(discriminator) => self.mapped_tag(discriminator, &sites),
                None => self.common_tag(&sites),
            };
            tag.map(|(_, values)| values).unwrap_or_default()
        } else {
            Vec::new()
        };
        // How many of the alternatives have each property.
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for key in members.iter().flat_map(|member| member.flat.properties.keys()) {
            *counts.entry(key).or_default() += 1;
        }
        let mut scope = Scope::with(&["Other"]);
        let mut taken: HashSet<String> =
            given.iter().flatten().map(|name| pascal_case(name)).collect();
        let mut chosen = Vec::new();
        for (index, given) in given.into_iter().enumerate() {
            let told = tags.get(index).map_or(&[][..], Vec::as_slice);
            let names = match given {
                Some(_) => Vec::new(),
                None => self.telling_names(members, index, told, &counts),
            };
            let free = names.iter().find(|name| {
                let name = pascal_case(name);
                !name.is_empty() && name != "Other" && !taken.contains(&name)
            });
            let telling = given.is_some() || free.is_some();
            let name = given.as_ref().or(free).or(names.last());
            let name = name.cloned().unwrap_or_else(|| format!("Variant{}", index + 1));
            taken.insert(pascal_case(&name));
            let wanted = names::type_name(&name, "Variant");
            let name = scope.take_type(wanted.clone());
            let taken = (telling && name != wanted).then_some(wanted);
            chosen.push(Name { name, telling, taken });
        }
        chosen
    }

    /// Reports an alternative whose name says nothing, or is not the one that it was to have.
    pub(super) fn report_name(&mut self, member: &Site<'a>, name: &Name) {
        if !name.telling {
            self.report_nameless(member, &name.name);
        }
        if let Some(wanted) = &name.taken {
            let place = &member.pointer;
            let named = Named { kind: "alternative", text: &wanted.0, fallback: "Variant", place };
            named.report(false, &wanted.0, &name.name.0, self.diagnostics);
        }
    }

    fn report_nameless(&mut self, member: &Site<'a>, name: &TypeName) {
        let message = format!(
            "nothing distinguishes this alternative well enough to name it: its variant is `{}`",
            name.0
        );
        self.diagnostics
            .report(Code::AmbiguousUnion, &member.pointer, message)
            .help("give it a `title`");
    }

    /// The component's name, `x-rust-name` or `title`.
    fn given_name(&self, member: &Site<'a>) -> Option<String> {
        match member.schema {
            SchemaRef::Reference(reference) => {
                let name = references::component_name(reference, "schemas")?;
                self.components.get(name.as_ref()).map(|own| own.0.clone())
            }
            SchemaRef::Item(schema) => {
                let extensions = &schema.schema_data.extensions;
                let given = extensions.get("x-rust-name").and_then(Value::as_str);
                let given = given.or(schema.schema_data.title.as_deref());
                given.filter(|name| !pascal_case(name).is_empty()).map(str::to_owned)
            }
        }
    }

    /// Names after what an alternative says, the best first.
    fn telling_names(
        &mut self,
        members: &[Member<'a>],
        index: usize,
        tags: &[String],
        counts: &HashMap<&str, usize>,
    ) -> Vec<String> {
        let flat = &members[index].flat;
        let mut found = Vec::new();
        if (1..=3).contains(&tags.len()) {
            found.push(tags.join(" or "));
        }
        // The order of the document's keys says nothing.
        let mut keys: Vec<&str> = flat.properties.keys().copied().collect();
        keys.sort_unstable();
        for key in keys.iter().copied() {
            if let Some((values, _)) = self.tag_values(flat, key)
                && let [value] = &values[..]
            {
                let word = value.starts_with(|c: char| !c.is_ascii_digit() && c != '-');
                if word && !matches!(&**value, "true" | "false") {
                    found.push(value.clone());
                }
            }
        }
        match flat.values.as_deref() {
            Some([Value::String(value)]) if pascal_case(value).is_empty() => {
                found.push("Empty".to_owned())
            }
            Some([Value::String(value)]) => found.push(value.clone()),
            Some([value]) => found.push(format!("{value}")),
            _ => {}
        }
        let others = || members.iter().enumerate().filter(|(other, _)| *other != index);
        let known = |key: &str| counts.get(key).is_some_and(|count| *count > 1);
        let required = flat.required.iter().filter(|key| flat.properties.contains_key(*key));
        let told = required.chain(&keys).filter(|key| !known(key));
        found.extend(told.take(2).map(|key| (*key).to_owned()));
        let same_kind =
            |other: &Flat<'a>| other.is_object() == flat.is_object() && other.kind == flat.kind;
        let shared = others().any(|(_, other)| same_kind(&other.flat));
        if shared {
            found.extend(short_description(&members[index].site));
        }
        if shared && members.len() <= MOST_COMPARED {
            found.extend(self.differing_references(members, index));
        }
        let mut kinds = self.kind_names(flat);
        // What is in it tells one list from another.
        if shared && flat.kind != Some(Kind::String) {
            kinds.reverse();
        }
        found.extend(kinds);
        found
    }

    /// The components that members lead to which lead to others in the other alternatives.
    fn differing_references(&self, members: &[Member<'a>], index: usize) -> Vec<String> {
        let flat = &members[index].flat;
        let mut keys: Vec<&&str> = flat.properties.keys().collect();
        keys.sort_unstable();
        let mut names = Vec::new();
        for key in keys {
            let Some(own) = self.reference_name(flat, key) else { continue };
            let differs = members.iter().enumerate().all(|(other, member)| {
                let name = self.reference_name(&member.flat, key);
                other == index || name.is_some_and(|name| name != own)
            });
            if differs {
                names.push(own);
            }
        }
        names
    }

    /// The name of the component that a member's schema refers to.
    fn reference_name(&self, flat: &Flat<'a>, key: &str) -> Option<String> {
        match &flat.properties.get(key)?[..] {
            [site @ Site { schema: SchemaRef::Reference(_), .. }] => self.given_name(site),
            _ => None,
        }
    }

    /// Names after the JSON type.
    fn kind_names(&mut self, flat: &Flat<'a>) -> Vec<String> {
        let format = flat.format.clone().filter(|_| matches!(flat.kind, None | Some(Kind::String)));
        let plain = match flat.kind {
            Some(Kind::String) => "String",
            Some(Kind::Integer) => "Integer",
            Some(Kind::Number) => "Number",
            Some(Kind::Boolean) => "Boolean",
            Some(Kind::Array) => "List",
            Some(Kind::Object) if flat.properties.is_empty() => "Map",
            _ if !flat.properties.is_empty() => "Object",
            _ => return format.into_iter().collect(),
        };
        let inner = match (&flat.items[..], &flat.additional) {
            ([items, ..], _) => Some(items.clone()),
            ([], Additional::Schema(values)) if plain == "Map" => values.first().cloned(),
            _ => None,
        };
        let mut found = Vec::new();
        found.extend(format);
        found.push(plain.to_owned());
        if let Some(inner) = inner {
            let of = self.given_name(&inner).or_else(|| {
                let flat = self.flat_of(&inner);
                let names = self.deeper(&inner.pointer, |lowering| lowering.kind_names(&flat));
                names.and_then(|names| names.first().cloned())
            });
            found.extend(of.map(|of| format!("{of} {plain}")));
        }
        found
    }
}

/// A description that is hardly more than a title, of the schema or of a member of its `allOf`.
fn short_description(site: &Site<'_>) -> Option<String> {
    let SchemaRef::Item(schema) = site.schema else { return None };
    let members = match &schema.schema_kind {
        SchemaKind::AllOf { all_of } => &all_of[..],
        SchemaKind::Any(any) => &any.all_of[..],
        _ => &[],
    };
    let members = members.iter().filter_map(|member| match member {
        ReferenceOr::Item(schema) => Some(schema),
        ReferenceOr::Reference { .. } => None,
    });
    let described = std::iter::once(schema).chain(members);
    let short = |text: &&str| text.len() <= 40 && text.split_whitespace().count() <= 4;
    described
        .filter_map(|schema| schema.schema_data.description.as_deref())
        .find(short)
        .map(str::to_owned)
}

fn pascal_case(text: &str) -> String {
    names::type_name(text, "").0
}
