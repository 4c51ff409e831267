//! Finding what operations need.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::walk::Place;

/// What the paths of a document, and its other top-level members, need.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// Names by section of `components`.
    pub(super) components: BTreeMap<String, BTreeSet<String>>,
    /// Names of tags.
    pub(super) tags: BTreeSet<String>,
}

impl Reached {
    /// Follows everything that `document` says outside of `components`.
    pub(super) fn new(document: &Value) -> Result<Self, String> {
        let mut search =
            Search { document, reached: Self::default(), seen: BTreeSet::new(), open: Vec::new() };
        for (key, value) in document.as_object().into_iter().flatten() {
            if !matches!(&**key, "components" | "tags" | "openapi") {
                search.collect(Place::Members.below(key), key, value);
            }
        }
        search.follow()?;
        Ok(search.reached)
    }

    /// Whether a tag that a document describes is one of these.
    pub(super) fn has_tag(&self, tag: &Value) -> bool {
        let name = tag.get("name").and_then(Value::as_str);
        name.is_some_and(|name| self.tags.contains(name))
    }
}

struct Search<'d> {
    document: &'d Value,
    reached: Reached,
    /// References that were met already.
    seen: BTreeSet<String>,
    /// References that are to be followed.
    open: Vec<String>,
}

impl<'d> Search<'d> {
    fn follow(&mut self) -> Result<(), String> {
        while let Some(reference) = self.open.pop() {
            let Some(pointer) = reference.strip_prefix('#') else { continue };
            let pointer = decode_fragment(pointer);
            let Some(target) = self.document.pointer(&pointer) else {
                let path = pointer.strip_prefix("/paths/").and_then(|rest| rest.split('/').next());
                let item = path.map(|path| format!("/paths/{path}"));
                if item.is_some_and(|item| self.document.pointer(&item).is_none()) {
                    return Err(format!(
                        "a selected operation refers to `{reference}`, which is not selected: add its path"
                    ));
                }
                // Dangling already: not for this chore to judge.
                continue;
            };
            let mut parts =
                pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~"));
            match (parts.next().as_deref(), parts.next(), parts.next()) {
                (Some("components"), Some(section), Some(name)) => self.component(&section, &name),
                _ => self.collect(Place::Members, "", target),
            }
        }
        Ok(())
    }

    /// Keeps a component, and what it needs.
    fn component(&mut self, section: &str, name: &str) {
        let new =
            self.reached.components.entry(section.to_owned()).or_default().insert(name.to_owned());
        let entry =
            self.document.get("components").and_then(|sections| sections.get(section)?.get(name));
        if let Some(entry) = entry.filter(|_| new) {
            let place = if section == "responses" { Place::Response } else { Place::Members };
            self.collect(place, "", entry);
            let lists = entry.get("oneOf").or(entry.get("anyOf")).is_some();
            if section == "schemas" && entry.get("discriminator").is_some() && !lists {
                self.subtypes(name);
            }
        }
    }

    /// Keeps the schemas that build on a base, and those that build on them: its discriminator leads to
    /// them by their names.
    fn subtypes(&mut self, base: &str) {
        let schemas = self.document.pointer("/components/schemas").and_then(Value::as_object);
        let mut bases = vec![base.to_owned()];
        let mut found = BTreeSet::new();
        while let Some(base) = bases.pop() {
            for (name, schema) in schemas.into_iter().flatten() {
                if builds_on(schema, &base) && found.insert(name.clone()) {
                    bases.push(name.clone());
                }
            }
        }
        found.iter().for_each(|name| self.component("schemas", name));
    }

    /// Notes what `value`, which stands under `key`, refers to.
    fn collect(&mut self, place: Place, key: &str, value: &'d Value) {
        if key == "security" {
            self.security(value);
        }
        place.walk(value, &mut |place, value| {
            let Value::Object(map) = value else { return };
            // A thing that is named `$ref` is no text.
            if let Some(Value::String(reference)) = map.get("$ref") {
                self.reference(reference);
            }
            if matches!(place, Place::Names | Place::Responses) {
                return;
            }
            if let Some(security) = map.get("security") {
                self.security(security);
            }
            if let Some(Value::Array(tags)) = map.get("tags") {
                self.reached.tags.extend(tags.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            if let (Place::Discriminator, Some(Value::Object(mapping))) =
                (place, map.get("mapping"))
            {
                mapping.values().filter_map(Value::as_str).for_each(|target| self.mapped(target));
            }
        });
    }

    fn reference(&mut self, reference: &str) {
        if self.seen.insert(reference.to_owned()) {
            self.open.push(reference.to_owned());
        }
    }

    /// A discriminator's value is mapped to a reference, or to the bare name of a schema.
    fn mapped(&mut self, target: &str) {
        let schemas = self.document.pointer("/components/schemas");
        if schemas.is_some_and(|schemas| schemas.get(target).is_some()) {
            self.component("schemas", target);
        } else {
            self.reference(target);
        }
    }

    fn security(&mut self, requirements: &Value) {
        for requirement in requirements.as_array().into_iter().flatten() {
            for name in requirement.as_object().into_iter().flat_map(|map| map.keys()) {
                self.component("securitySchemes", name);
            }
        }
    }
}

/// Whether a schema has a reference to the component `base` in its `allOf`.
fn builds_on(schema: &Value, base: &str) -> bool {
    let members = schema.get("allOf").and_then(Value::as_array);
    let references =
        members.into_iter().flatten().filter_map(|member| member.get("$ref")?.as_str());
    references.filter_map(|reference| reference.strip_prefix('#')).any(|pointer| {
        let pointer = decode_fragment(pointer);
        let name = pointer.strip_prefix("/components/schemas/");
        name.is_some_and(|name| name.replace("~1", "/").replace("~0", "~") == base)
    })
}

/// The text of a URI fragment without percent-encoding.
fn decode_fragment(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
