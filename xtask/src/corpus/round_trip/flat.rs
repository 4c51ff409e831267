//! What schemas say together of one value: references followed, `allOf` merged.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::document::{Direction, Document, Site};
use super::pointer::{join_pointer, last_segment, mapped_component};
use super::schema::{is_null, is_spared, type_name};

/// What several schemas say of one value.
#[derive(Clone, Debug, Default)]
pub(super) struct Flat<'d> {
    pub(super) types: Option<Vec<&'d str>>,
    pub(super) values: Option<Vec<&'d Value>>,
    /// In the document's order.
    pub(super) properties: Vec<(&'d str, Vec<Site<'d>>)>,
    pub(super) required: Vec<&'d str>,
    /// Members that are not expected of whoever sends the value.
    pub(super) spared: Vec<&'d str>,
    /// Whether members without a schema are forbidden.
    pub(super) closed: bool,
    /// Whether members without a schema are mentioned, and how.
    pub(super) rest: Option<Vec<Site<'d>>>,
    pub(super) items: Vec<Site<'d>>,
    /// The elements that have schemas of their own, in order.
    pub(super) first_items: Vec<Site<'d>>,
    pub(super) unions: Vec<Vec<Choice<'d>>>,
    pub(super) format: Option<&'d str>,
    pub(super) patterns: Vec<&'d str>,
    pub(super) example: Option<&'d Value>,
    /// Limits by keyword: of several the last.
    pub(super) limits: BTreeMap<&'d str, &'d Value>,
    /// Members whose values are settled: discriminators.
    pub(super) tags: Vec<(&'d str, String)>,
    seen: Vec<String>,
}

/// One of several schemas, and the tag that it goes with.
#[derive(Clone, Debug)]
pub(super) struct Choice<'d> {
    pub(super) site: Site<'d>,
    pub(super) tag: Option<(&'d str, String)>,
}

const LIMITS: [&str; 11] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "uniqueItems",
];

impl<'d> Flat<'d> {
    /// What `sites` say together.
    pub(super) fn new(document: &'d Document, direction: Direction, sites: &[Site<'d>]) -> Self {
        let mut flat = Self::default();
        let root = sites.first().and_then(|site| document.resolve_site(&site.pointer, site.schema));
        for site in sites {
            flat.add_schema(
                document,
                direction,
                site,
                root.as_ref().map(|root| root.pointer.as_str()),
            );
        }
        flat.remove_spared();
        flat
    }

    /// Adds what another schema says.
    pub(super) fn add_schema(
        &mut self,
        document: &'d Document,
        direction: Direction,
        site: &Site<'d>,
        root: Option<&str>,
    ) {
        let Some(site) = document.resolve_site(&site.pointer, site.schema) else { return };
        if self.seen.contains(&site.pointer) {
            return;
        }
        self.seen.push(site.pointer.clone());
        self.add_scalars(site.schema);
        self.add_members(document, direction, &site);
        if let Some(items) = site.schema.get("items").filter(|items| items.is_object()) {
            self.items.push(Site { pointer: join_pointer(&site.pointer, "items"), schema: items });
        }
        for (index, item) in site.schema["prefixItems"].as_array().into_iter().flatten().enumerate()
        {
            let pointer = format!("{}/prefixItems/{index}", site.pointer);
            self.first_items.push(Site { pointer, schema: item });
        }
        let members = site.schema["allOf"].as_array().into_iter().flatten().enumerate();
        for (index, member) in members {
            let pointer = format!("{}/allOf/{index}", site.pointer);
            self.add_schema(document, direction, &Site { pointer, schema: member }, root);
        }
        self.add_unions(document, &site);
        self.add_tag(document, &site, root);
    }

    /// What `sites` say together, for each combination of alternatives.
    pub(super) fn of(
        document: &'d Document,
        direction: Direction,
        sites: &[Site<'d>],
    ) -> Vec<Self> {
        Self::new(document, direction, sites).split_branches(document, direction)
    }

    /// Whether it says nothing of what values are made of.
    pub(super) fn is_open(&self) -> bool {
        self.kind().is_none() || self.rest.as_ref().is_some_and(Vec::is_empty)
    }

    /// The schemas of a member or an element.
    pub(super) fn into_part(self, name: &str) -> Option<Vec<Site<'d>>> {
        let index = name.parse::<usize>().ok();
        if let Some(item) = index.and_then(|index| self.first_items.get(index)) {
            return Some(vec![item.clone()]);
        }
        if !self.items.is_empty() {
            return Some(self.items);
        }
        let property = self.properties.into_iter().find(|(known, _)| *known == name);
        let required = self.required.contains(&name).then(Vec::new);
        property.map(|(_, sites)| sites).or(self.rest).or(required)
    }

    /// Leaves out what is not expected, whichever schema says so.
    fn remove_spared(&mut self) {
        self.required.retain(|name| !self.spared.contains(name));
        self.properties.retain(|(name, _)| !self.spared.contains(name));
    }

    fn add_scalars(&mut self, schema: &'d Value) {
        let types: Option<Vec<&str>> = match &schema["type"] {
            Value::String(name) => type_name(name).map(|name| vec![name]),
            Value::Array(names) => {
                Some(names.iter().filter_map(Value::as_str).filter_map(type_name).collect())
            }
            _ => None,
        };
        if let Some(types) = types {
            match &mut self.types {
                Some(known) => known.retain(|name| types.contains(name)),
                none => *none = Some(types),
            }
        }
        if let Some(values) = schema["enum"].as_array() {
            match &mut self.values {
                Some(known) => known.retain(|value| values.contains(value)),
                none => *none = Some(values.iter().collect()),
            }
        }
        for word in LIMITS {
            if let Some(value) = schema.get(word) {
                self.limits.insert(word, value);
            }
        }
        self.format = schema["format"].as_str().or(self.format);
        self.patterns.extend(schema["pattern"].as_str());
        self.example = schema.get("example").or(self.example);
    }

    fn add_members(&mut self, document: &'d Document, direction: Direction, site: &Site<'d>) {
        let schema = site.schema;
        let properties = &schema["properties"];
        for (name, property) in properties.as_object().into_iter().flatten() {
            if is_spared(document, property, direction) {
                self.spared.push(name);
                continue;
            }
            let pointer = join_pointer(&join_pointer(&site.pointer, "properties"), name);
            let property = Site { pointer, schema: property };
            match self.properties.iter_mut().find(|(known, _)| known == name) {
                Some((_, sites)) => sites.push(property),
                None => self.properties.push((name, vec![property])),
            }
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !self.required.contains(&name) {
                self.required.push(name);
            }
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => self.closed = true,
            Some(Value::Bool(true)) => drop(self.rest.get_or_insert_default()),
            Some(rest @ Value::Object(_)) => {
                let pointer = join_pointer(&site.pointer, "additionalProperties");
                self.rest.get_or_insert_default().push(Site { pointer, schema: rest });
            }
            _ => {}
        }
    }

    fn add_unions(&mut self, document: &'d Document, site: &Site<'d>) {
        let discriminator = &site.schema["discriminator"];
        let mut listed = false;
        for word in ["oneOf", "anyOf"] {
            let Some(members) = site.schema[word].as_array().filter(|list| !list.is_empty()) else {
                continue;
            };
            listed = true;
            let choices = members.iter().enumerate().filter_map(|(index, member)| {
                let pointer = format!("{}/{word}/{index}", site.pointer);
                let member = if is_null(member) { null_schema() } else { member };
                let resolved = document.resolve_site(&pointer, member)?;
                let tag = tag_of(document, discriminator, &resolved.pointer);
                Some(Choice { site: resolved, tag })
            });
            self.unions.push(choices.collect());
        }
        // A base class is whatever extends it.
        if !listed && discriminator.is_object() && self.seen.len() == 1 {
            let choices = document.children(&site.pointer).iter().filter_map(|child| {
                let site = Site { schema: document.value_at(child)?, pointer: child.clone() };
                Some(Choice { tag: tag_of(document, discriminator, child), site })
            });
            let choices: Vec<Choice<'d>> = choices.collect();
            self.unions.extend(Some(choices).filter(|choices| !choices.is_empty()));
        }
    }

    /// What extends a base with a discriminator has a tag of its own.
    fn add_tag(&mut self, document: &'d Document, site: &Site<'d>, root: Option<&str>) {
        let discriminator = &site.schema["discriminator"];
        if let Some(root) =
            root.filter(|root| *root != site.pointer && document.value_at(root).is_some())
            && let Some(tag) = tag_of(document, discriminator, root)
            && self.tags.iter().all(|(name, _)| *name != tag.0)
        {
            self.tags.push(tag);
        }
    }

    /// The same for each combination of alternatives: each alternative at least once.
    fn split_branches(mut self, document: &'d Document, direction: Direction) -> Vec<Self> {
        const MOST: usize = 200;
        // What comes back to a schema that is in it already lists that schema's own subtypes.
        let seen = self.seen.clone();
        let mut unions = std::mem::take(&mut self.unions);
        unions.retain(|choices| {
            !choices.is_empty() && choices.iter().all(|choice| !seen.contains(&choice.site.pointer))
        });
        if unions.is_empty() {
            return vec![self];
        }
        let mut branches = Vec::new();
        for (index, union) in unions.iter().enumerate() {
            // The first alternatives of all unions come together once.
            for choice in union.iter().skip(usize::from(index > 0)) {
                let others = unions.iter().enumerate().filter(|(other, _)| *other != index);
                let others = others.filter_map(|(_, choices)| choices.first());
                let mut branch = self.clone();
                for choice in others.chain([choice]) {
                    branch
                        .tags
                        .retain(|(name, _)| choice.tag.as_ref().is_none_or(|(tag, _)| tag != name));
                    branch.tags.extend(choice.tag.clone());
                    branch.add_schema(
                        document,
                        direction,
                        &choice.site,
                        Some(&choice.site.pointer),
                    );
                }
                branch.remove_spared();
                branches.extend(branch.split_branches(document, direction));
                if branches.len() > MOST {
                    return branches;
                }
            }
        }
        branches
    }

    /// What kind of value it is: the first type, or what the keywords are about.
    pub(super) fn kind(&self) -> Option<&'d str> {
        let types = self.types.as_ref();
        let told = types.and_then(|types| types.iter().find(|name| **name != "null").copied());
        if told.is_some() || types.is_some_and(|types| !types.is_empty()) {
            return told.or(Some("null"));
        }
        if !self.properties.is_empty() || self.rest.is_some() || !self.required.is_empty() {
            return Some("object");
        }
        if !self.items.is_empty() || !self.first_items.is_empty() {
            return Some("array");
        }
        self.format.or(self.patterns.first().copied()).map(|_| "string")
    }

    /// A limit that is a count.
    pub(super) fn count_limit(&self, word: &str) -> Option<usize> {
        self.limits.get(word).and_then(|value| usize::try_from(value.as_u64()?).ok())
    }
}

/// The schema of null.
fn null_schema() -> &'static Value {
    static NULL: LazyLock<Value> = LazyLock::new(|| json!({"type": "null"}));
    &NULL
}

/// The discriminator's member and its value for the schema at `pointer`.
fn tag_of<'d>(
    document: &Document,
    discriminator: &'d Value,
    pointer: &str,
) -> Option<(&'d str, String)> {
    let name = discriminator["propertyName"].as_str()?;
    let mapping = discriminator["mapping"].as_object().into_iter().flatten();
    let mut mapping =
        mapping.filter_map(|(value, target)| Some((value, mapped_component(target.as_str()?)?)));
    let value = mapping.find(|(_, target)| target == pointer).map(|(value, _)| value.clone());
    let component =
        pointer.starts_with("/components/schemas/") && pointer.matches('/').count() == 3;
    let declared = document.value_at(pointer).map(|schema| &schema["x-ms-discriminator-value"]);
    let value = value.or_else(|| declared?.as_str().map(str::to_owned));
    let value = value.or_else(|| component.then(|| last_segment(pointer)));
    Some((name, value?))
}
