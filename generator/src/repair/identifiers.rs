//! The names that schemas of JSON Schema 2020-12 have beside their places: `$id`, `$anchor` and
//! `$dynamicAnchor`, and the document's own, `$self`. What refers to one refers to its place afterwards.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::at::At;
use crate::diagnostics::Pointer;

/// Members that hold data, in which nothing is a schema.
const DATA: &[&str] = &["const", "enum", "default", "example", "examples", "dataValue", "value"];

/// Members that hold schemas, or other things, by names of the document's own.
const NAMED: &[&str] = &[
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
    "schemas",
    "paths",
    "webhooks",
    "responses",
    "parameters",
    "requestBodies",
    "headers",
    "callbacks",
    "content",
];

/// Makes every reference to such a name one to its place.
pub(crate) fn resolve_identifiers(document: &mut Value) {
    let mut names = Names::default();
    let base = document.get("$self").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !base.is_empty() {
        names.resources.insert(without_fragment(&base).to_owned(), Pointer::default());
    }
    names.collect(document, &base, &At::root(), false);
    if names.is_needed {
        let mut meant = Meant { document, names: &names, found: Vec::new() };
        meant.references(document, (&base, None), &At::root(), false);
        for (pointer, reference) in meant.found {
            if let Some(Value::Object(map)) = document.pointer_mut(pointer.as_str()) {
                map.shift_remove("$dynamicRef");
                map.shift_remove("$recursiveRef");
                map.insert("$ref".to_owned(), reference.into());
            }
        }
    }
}

#[derive(Default)]
struct Names {
    /// The places of the schemas with an `$id`, by their URIs.
    resources: HashMap<String, Pointer>,
    /// The places of anchors, by the URI of the schema that they belong to.
    anchors: HashMap<(String, String), Pointer>,
    /// Whether there is any such name, or a reference that can only mean one.
    is_needed: bool,
}

impl Names {
    /// `named`: whether the keys are names of the document's own.
    fn collect(&mut self, value: &Value, base: &str, at: &At<'_>, named: bool) {
        let mut own = None;
        match value {
            Value::Object(map) => {
                if !named {
                    own = self.take(map, base, at);
                }
                let base = own.as_deref().unwrap_or(base);
                for (key, value) in map {
                    if (named || !DATA.contains(&key.as_str())) && is_structure(value) {
                        let named = !named && NAMED.contains(&key.as_str());
                        self.collect(value, base, &at.key(key), named);
                    }
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    self.collect(value, base, &at.index(index), false);
                }
            }
            _ => {}
        }
    }

    /// The place of an anchor: that of the same schema, or else the first of this name.
    fn anchor(&self, uri: &str, anchor: &str) -> Option<&Pointer> {
        let own = self.anchors.get(&(uri.to_owned(), anchor.to_owned()));
        own.or_else(|| {
            let elsewhere = self.anchors.iter().filter(|((_, known), _)| known == anchor);
            elsewhere.map(|(_, place)| place).min()
        })
    }

    /// Remembers the names of one schema; gives its URI if it has one of its own.
    fn take(&mut self, map: &Map<String, Value>, base: &str, at: &At<'_>) -> Option<String> {
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        if text("$dynamicRef").is_some()
            || text("$recursiveRef").is_some()
            || text("$ref").is_some_and(|text| !text.starts_with("#/"))
        {
            self.is_needed = true;
        }
        let id = text("$id").filter(|id| !id.starts_with('#'));
        let own = id.map(|id| without_fragment(&join_reference(base, id)).to_owned());
        if let Some(uri) = &own {
            self.is_needed = true;
            self.resources.entry(uri.clone()).or_insert_with(|| at.pointer());
        }
        for key in ["$anchor", "$dynamicAnchor"] {
            if let Some(anchor) = text(key) {
                let uri = own.as_deref().unwrap_or(base);
                let name = (without_fragment(uri).to_owned(), anchor.to_owned());
                self.anchors.entry(name).or_insert_with(|| at.pointer());
            }
        }
        own
    }
}

/// The references that mean a name: where they stand, and the place that they mean.
struct Meant<'a> {
    document: &'a Value,
    names: &'a Names,
    found: Vec<(Pointer, String)>,
}

impl Meant<'_> {
    /// `recursive`: the schema around this place that `$recursiveRef` means.
    fn references(
        &mut self,
        value: &Value,
        (base, recursive): (&str, Option<&Pointer>),
        at: &At<'_>,
        named: bool,
    ) {
        match value {
            Value::Object(map) => {
                let text = |key: &str| map.get(key).and_then(Value::as_str).filter(|_| !named);
                let own = text("$id").filter(|id| !id.starts_with('#'));
                let own = own.map(|id| without_fragment(&join_reference(base, id)).to_owned());
                let base = own.as_deref().unwrap_or(base);
                let anchored = map.get("$recursiveAnchor") == Some(&Value::Bool(true)) && !named;
                let anchor = (anchored && recursive.is_none()).then(|| at.pointer());
                let recursive = anchor.as_ref().or(recursive);
                if text("$recursiveRef") == Some("#")
                    && let Some(place) = recursive
                {
                    self.found.push((at.pointer(), format!("#{}", place.as_str())));
                } else if let Some(reference) = text("$ref").or(text("$dynamicRef")) {
                    let meant = self.resolve(reference, base);
                    let dynamic = text("$ref").is_none().then(|| reference.to_owned());
                    self.found.extend(meant.or(dynamic).map(|meant| (at.pointer(), meant)));
                }
                for (key, value) in map {
                    if (named || !DATA.contains(&key.as_str())) && is_structure(value) {
                        let named = !named && NAMED.contains(&key.as_str());
                        self.references(value, (base, recursive), &at.key(key), named);
                    }
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    self.references(value, (base, recursive), &at.index(index), false);
                }
            }
            _ => {}
        }
    }

    /// The place that a reference means, if that is another than it says.
    fn resolve(&self, reference: &str, base: &str) -> Option<String> {
        let whole = join_reference(base, reference);
        let (uri, fragment) = whole.split_once('#').unwrap_or((&whole, ""));
        let place = match fragment {
            "" => self.names.resources.get(uri).cloned()?,
            _ if fragment.starts_with('/') => {
                let resource = self.names.resources.get(uri)?;
                let place = format!("{}{fragment}", resource.as_str());
                // Many mean the whole document all the same.
                self.document.pointer(&place)?;
                Pointer::from_text(place)
            }
            anchor => self.names.anchor(uri, anchor)?.clone(),
        };
        let meant = format!("#{}", place.as_str());
        (meant != reference).then_some(meant)
    }
}

fn is_structure(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

fn without_fragment(uri: &str) -> &str {
    uri.split('#').next().unwrap_or(uri)
}

/// Where the scheme of a URI ends, its colon included.
fn scheme_end(uri: &str) -> Option<usize> {
    let end = uri.find(':')?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    uri[..end].chars().all(fits).then_some(end + 1)
}

/// A reference seen from a base (RFC 3986, section 5.2).
fn join_reference(base: &str, reference: &str) -> String {
    let base = without_fragment(base);
    if scheme_end(reference).is_some() {
        return reference.to_owned();
    }
    if reference.is_empty() || reference.starts_with('#') {
        return format!("{base}{reference}");
    }
    let start = scheme_end(base).unwrap_or(0);
    if reference.starts_with("//") {
        return format!("{}{reference}", &base[..start]);
    }
    let host = if base[start..].starts_with("//") { start + 2 } else { start };
    let path = match base[host..].find('/') {
        Some(slash) if host > start => host + slash,
        None if host > start => base.len(),
        _ => start,
    };
    let merged = match reference.strip_prefix('/') {
        Some(rest) => format!("/{rest}"),
        None => {
            let folder = base[path..].rfind('/').map_or("", |slash| &base[path..=path + slash]);
            let slash = if folder.is_empty() && host > start { "/" } else { "" };
            format!("{folder}{slash}{reference}")
        }
    };
    format!("{}{}", &base[..path], without_dots(&merged))
}

/// A path without `.` and `..` (RFC 3986, section 5.2.4).
fn without_dots(path: &str) -> String {
    let (path, fragment) = match path.find('#') {
        Some(at) => path.split_at(at),
        None => (path, ""),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.len() > 1 || parts.first().is_some_and(|first| !first.is_empty()) => {
                parts.pop();
            }
            ".." => {}
            part => parts.push(part),
        }
    }
    format!("{}{fragment}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_seen_from_their_base() {
        for (base, reference, meant) in [
            ("https://e.com/schemas/tree", "leaf", "https://e.com/schemas/leaf"),
            ("https://e.com/schemas/tree", "/leaf#a", "https://e.com/leaf#a"),
            ("https://e.com/schemas/tree", "../leaf", "https://e.com/leaf"),
            ("https://e.com/schemas/tree", "#/$defs/a", "https://e.com/schemas/tree#/$defs/a"),
            ("https://e.com", "leaf", "https://e.com/leaf"),
            ("https://e.com/a", "//f.com/b", "https://f.com/b"),
            ("https://e.com/a", "urn:x:y", "urn:x:y"),
            ("", "leaf", "leaf"),
            ("", "#leaf", "#leaf"),
            ("tree", "leaf", "leaf"),
        ] {
            assert_eq!(join_reference(base, reference), meant, "{reference} from {base}");
        }
    }

    #[test]
    fn names_become_places() {
        let mut document = json!({"components": {"schemas": {
            "Tree": {
                "$id": "https://e.com/tree",
                "$dynamicAnchor": "node",
                "properties": {
                    "children": {"items": {"$dynamicRef": "#node"}},
                    "leaf": {"$ref": "#/$defs/leaf"},
                    "$ref": {"type": "string"},
                },
                "$defs": {"leaf": {"$anchor": "leaf"}},
                "example": {"$ref": "tree"},
            },
            "Park": {"items": {"$ref": "https://e.com/tree"}},
            "Leaf": {"$ref": "https://e.com/tree#leaf"},
            "Other": {"$ref": "https://e.com/other"},
        }}});
        resolve_identifiers(&mut document);
        let schemas = &document["components"]["schemas"];
        let tree = &schemas["Tree"];
        let place = json!({"$ref": "#/components/schemas/Tree"});
        assert_eq!(tree["properties"]["children"]["items"], place);
        assert_eq!(schemas["Park"]["items"], place);
        let leaf = json!({"$ref": "#/components/schemas/Tree/$defs/leaf"});
        assert_eq!(tree["properties"]["leaf"], leaf);
        assert_eq!(schemas["Leaf"], leaf);
        assert_eq!(tree["example"], json!({"$ref": "tree"}));
        assert_eq!(tree["properties"]["$ref"], json!({"type": "string"}));
        assert_eq!(schemas["Other"], json!({"$ref": "https://e.com/other"}));
    }
}
