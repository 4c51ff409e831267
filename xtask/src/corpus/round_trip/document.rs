//! Documents whose values make a round trip.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::later::put_in_words_of_3_0;
use super::pointer::{join_pointer, mapped_component, pointer_of};

/// A document as its author wrote it.
pub(super) struct Document {
    pub(super) value: Value,
    /// The components that extend a component by `allOf`.
    children: BTreeMap<String, Vec<String>>,
    requested: BTreeSet<String>,
    returned: BTreeSet<String>,
}

/// Who sends a value.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Direction {
    Request,
    Response,
    /// Nobody, as far as the operations tell: members that are only read or only written are like others.
    Neither,
}

/// A schema, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Site<'d> {
    pub(super) pointer: String,
    pub(super) schema: &'d Value,
}

/// The operations of a path item.
pub(super) const METHODS: [&str; 8] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Document {
    pub(super) fn new(mut value: Value) -> Self {
        put_in_words_of_3_0(&mut value);
        let mut document = Self {
            value,
            children: BTreeMap::new(),
            requested: BTreeSet::new(),
            returned: BTreeSet::new(),
        };
        document.children = document.find_children();
        let mut requested = BTreeSet::new();
        let mut returned = BTreeSet::new();
        for (_, operation) in document.operations() {
            document.collect_reachable(&operation["parameters"], &mut requested);
            document.reach_body(&operation["requestBody"], &mut requested);
            document.collect_reachable(&operation["responses"], &mut returned);
        }
        for (_, operation) in document.incoming_requests() {
            document.collect_reachable(&operation["requestBody"], &mut returned);
        }
        for (_, item) in document.path_items() {
            document.collect_reachable(&item["parameters"], &mut requested);
        }
        document.requested = requested;
        document.returned = returned;
        document
    }

    /// What a JSON pointer leads to; percent signs are those of a URI where it leads nowhere otherwise.
    pub(super) fn value_at(&self, pointer: &str) -> Option<&Value> {
        self.value.pointer(pointer)
    }

    /// The path items, with their pointers.
    pub(super) fn path_items(&self) -> impl Iterator<Item = (String, &Value)> {
        let items = self.value["paths"].as_object().into_iter().flatten();
        items.map(|(path, item)| match self.follow_reference(item) {
            Some(site) => (site.pointer, site.schema),
            None => (join_pointer(&join_pointer("", "paths"), path), item),
        })
    }

    /// The operations, with their pointers.
    pub(super) fn operations(&self) -> impl Iterator<Item = (String, &Value)> {
        self.path_items().flat_map(|(pointer, item)| {
            METHODS.iter().filter_map(move |method| {
                let operation = item.get(method).filter(|operation| operation.is_object())?;
                Some((join_pointer(&pointer, method), operation))
            })
        })
    }

    /// Where the operation is that a method of a path is: the path may refer to it, or be without its first slash.
    pub(super) fn operation_at(&self, pointer: &str) -> String {
        let (item, _) = pointer.rsplit_once('/').unwrap_or_default();
        let pointer = match self.value_at(item) {
            Some(_) => pointer.to_owned(),
            None => pointer.replacen("/paths/~1", "/paths/", 1),
        };
        let (item, method) = pointer.rsplit_once('/').unwrap_or_default();
        let target = self.value_at(item).and_then(|item| self.follow_reference(item));
        target.map_or_else(|| pointer.clone(), |target| format!("{}/{method}", target.pointer))
    }

    /// The requests that the service sends, with their pointers: webhooks and callbacks.
    pub(super) fn incoming_requests(&self) -> Vec<(String, &Value)> {
        let mut items: Vec<(String, &Value)> = Vec::new();
        for (name, item) in self.value["webhooks"].as_object().into_iter().flatten() {
            items.push((join_pointer("/webhooks", name), item));
        }
        for (pointer, operation) in self.operations() {
            for (name, callback) in operation["callbacks"].as_object().into_iter().flatten() {
                let pointer = join_pointer(&join_pointer(&pointer, "callbacks"), name);
                let Some(callback) = self.resolve_site(&pointer, callback) else { continue };
                for (path, item) in callback.schema.as_object().into_iter().flatten() {
                    items.push((join_pointer(&callback.pointer, path), item));
                }
            }
        }
        let mut requests = Vec::new();
        for (pointer, item) in items {
            let Some(item) = self.resolve_site(&pointer, item) else { continue };
            for method in METHODS {
                let request = item.schema.get(method).filter(|request| request.is_object());
                requests
                    .extend(request.map(|request| (join_pointer(&item.pointer, method), request)));
            }
        }
        requests
    }

    /// What a reference leads to, over references to references. `None` where `value` is no reference, or leads
    /// nowhere.
    pub(super) fn follow_reference<'d>(&'d self, value: &'d Value) -> Option<Site<'d>> {
        let mut found: Option<Site<'d>> = None;
        for _ in 0..32 {
            let current = found.as_ref().map_or(value, |site| site.schema);
            let Some(reference) = current["$ref"].as_str() else { return found };
            let pointer = pointer_of(reference)?;
            found = Some(Site { schema: self.value_at(&pointer)?, pointer });
        }
        None
    }

    /// What stands at `pointer`, or what a reference there leads to.
    pub(super) fn resolve_site<'d>(&'d self, pointer: &str, value: &'d Value) -> Option<Site<'d>> {
        match value.get("$ref") {
            Some(_) => self.follow_reference(value),
            None => Some(Site { pointer: pointer.to_owned(), schema: value }),
        }
    }

    /// The components that extend a component by `allOf`, or that its discriminator names.
    pub(super) fn children(&self, pointer: &str) -> &[String] {
        self.children.get(pointer).map_or(&[], Vec::as_slice)
    }

    /// Who sends values of the component at `pointer`.
    pub(super) fn directions(&self, pointer: &str) -> Vec<Direction> {
        let mut directions = Vec::new();
        if self.requested.contains(pointer) {
            directions.push(Direction::Request);
        }
        if self.returned.contains(pointer) {
            directions.push(Direction::Response);
        }
        if directions.is_empty() {
            directions.push(Direction::Neither);
        }
        directions
    }

    fn find_children(&self) -> BTreeMap<String, Vec<String>> {
        let mut children: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let schemas = self.value["components"]["schemas"].as_object().into_iter().flatten();
        for (name, schema) in schemas {
            let own = join_pointer("/components/schemas", name);
            for parent in schema["allOf"].as_array().into_iter().flatten() {
                if let Some(parent) = parent["$ref"].as_str().and_then(pointer_of) {
                    children.entry(parent).or_default().push(own.clone());
                }
            }
            // Where alternatives are listed, what is not among them is none.
            let listed = schema.get("oneOf").or_else(|| schema.get("anyOf")).is_some();
            let mapping = schema["discriminator"]["mapping"].as_object().filter(|_| !listed);
            for target in mapping.into_iter().flat_map(|mapping| mapping.values()) {
                let child = target.as_str().and_then(mapped_component);
                let known = children.entry(own.clone()).or_default();
                known.extend(child.filter(|child| self.value_at(child).is_some()));
            }
        }
        for list in children.values_mut() {
            let mut seen = BTreeSet::new();
            list.retain(|child| seen.insert(child.clone()));
        }
        children
    }

    /// Adds the pointers of all that `value` refers to. A schema that others are extended by is not itself sent with
    /// them.
    fn collect_reachable(&self, value: &Value, found: &mut BTreeSet<String>) {
        self.reach_from(value, found, &mut BTreeSet::new());
    }

    /// The same for the body of a request. Of a multipart body the parts are values, and not the whole.
    fn reach_body(&self, body: &Value, found: &mut BTreeSet<String>) {
        let body = self.follow_reference(body).map_or(body, |site| site.schema);
        for (media, content) in body["content"].as_object().into_iter().flatten() {
            if media.starts_with("multipart/") {
                self.reach_parts(&content["schema"], found, &mut BTreeSet::new());
            } else {
                self.collect_reachable(content, found);
            }
        }
    }

    fn reach_parts(
        &self,
        schema: &Value,
        found: &mut BTreeSet<String>,
        merged: &mut BTreeSet<String>,
    ) {
        if let Some(target) = self.follow_reference(schema) {
            if merged.insert(target.pointer.clone()) {
                self.reach_parts(target.schema, found, merged);
            }
            return;
        }
        self.collect_reachable(&schema["properties"], found);
        for word in ["allOf", "oneOf", "anyOf"] {
            for member in schema[word].as_array().into_iter().flatten() {
                self.reach_parts(member, found, merged);
            }
        }
    }

    fn reach_from(
        &self,
        value: &Value,
        found: &mut BTreeSet<String>,
        merged: &mut BTreeSet<String>,
    ) {
        match value {
            Value::Array(items) => {
                items.iter().for_each(|item| self.reach_from(item, found, merged))
            }
            Value::Object(members) => {
                let all_of = members.get("allOf").and_then(Value::as_array);
                let several =
                    all_of.filter(|list| list.len() > 1 || members.contains_key("properties"));
                for (name, member) in members {
                    if name != "allOf" || several.is_none() {
                        self.reach_from(member, found, merged);
                    }
                }
                for member in several.into_iter().flatten() {
                    match self.follow_reference(member) {
                        Some(target) if !merged.insert(target.pointer.clone()) => {}
                        Some(target) => self.reach_from(target.schema, found, merged),
                        None => self.reach_from(member, found, merged),
                    }
                }
                let Some(pointer) =
                    members.get("$ref").and_then(Value::as_str).and_then(pointer_of)
                else {
                    return;
                };
                if !found.insert(pointer.clone()) {
                    return;
                }
                let Some(target) = self.value_at(&pointer) else { return };
                self.reach_from(target, found, merged);
                if target.get("discriminator").is_some() {
                    for child in self.children(&pointer) {
                        let child = serde_json::json!({"$ref": format!("#{child}")});
                        self.reach_from(&child, found, merged);
                    }
                }
            }
            _ => {}
        }
    }
}
