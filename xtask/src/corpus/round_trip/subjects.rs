//! What of a document is tried: the schemas that have a type, and the examples.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Direction, Document, Site};
use super::pointer::join_pointer;

/// A schema to try.
#[derive(Default)]
pub(super) struct Subject {
    /// Its type in Rust.
    pub(super) ty: String,
    /// Who sends such values.
    pub(super) directions: Vec<Direction>,
    /// Whether it is a component or a body: values of it are made.
    pub(super) made: bool,
    /// The document's examples, by where they stand.
    pub(super) examples: Vec<(String, Value)>,
}

/// The schemas of a document that are tried, by their pointers.
#[derive(Default)]
pub(super) struct Subjects {
    pub(super) known: BTreeMap<String, Subject>,
    /// Components without a type.
    pub(super) untyped: Vec<String>,
    /// Examples of what has no type of its own.
    pub(super) untyped_examples: usize,
}

/// The types in Rust by the pointers of their schemas.
pub(super) type Outline = BTreeMap<String, String>;

impl Subjects {
    pub(super) fn of(document: &Document, outline: &Outline) -> Self {
        let mut finder = Finder { document, outline, subjects: Self::default() };
        let components = &document.value["components"];
        for (name, schema) in components["schemas"].as_object().into_iter().flatten() {
            let pointer = join_pointer("/components/schemas", name);
            if outline.contains_key(&pointer) {
                finder.mark_made(&pointer, &document.directions(&pointer))
            } else {
                finder.subjects.untyped.push(pointer.clone())
            }
            finder.visit_schema(&pointer, schema, &document.directions(&pointer));
        }
        for (kind, direction) in [
            ("parameters", Direction::Request),
            ("requestBodies", Direction::Request),
            ("responses", Direction::Response),
        ] {
            for (name, item) in components[kind].as_object().into_iter().flatten() {
                finder.visit_carrier(
                    &join_pointer(&format!("/components/{kind}"), name),
                    item,
                    direction,
                );
            }
        }
        for (pointer, item) in document.path_items() {
            finder.visit_parameters(&join_pointer(&pointer, "parameters"), &item["parameters"]);
        }
        for (pointer, operation) in document.operations() {
            finder
                .visit_parameters(&join_pointer(&pointer, "parameters"), &operation["parameters"]);
            let body = &operation["requestBody"];
            finder.visit_carrier(&join_pointer(&pointer, "requestBody"), body, Direction::Request);
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                let pointer = join_pointer(&join_pointer(&pointer, "responses"), status);
                finder.visit_carrier(&pointer, response, Direction::Response);
            }
        }
        for (pointer, request) in document.incoming_requests() {
            finder.visit_carrier(
                &join_pointer(&pointer, "requestBody"),
                &request["requestBody"],
                Direction::Response,
            );
        }
        finder.subjects
    }
}

struct Finder<'d> {
    document: &'d Document,
    outline: &'d Outline,
    subjects: Subjects,
}

impl<'d> Finder<'d> {
    fn subject_at(&mut self, pointer: &str, directions: &[Direction]) -> Option<&mut Subject> {
        let ty = self.outline.get(pointer)?;
        let subject = self.subjects.known.entry(pointer.to_owned()).or_default();
        subject.ty.clone_from(ty);
        if subject.directions.is_empty() {
            subject.directions = directions.to_vec();
        }
        Some(subject)
    }

    fn mark_made(&mut self, pointer: &str, directions: &[Direction]) {
        if let Some(subject) = self.subject_at(pointer, directions) {
            subject.made = true;
        }
    }

    fn visit_parameters(&mut self, pointer: &str, list: &'d Value) {
        for (index, parameter) in list.as_array().into_iter().flatten().enumerate() {
            self.visit_carrier(&format!("{pointer}/{index}"), parameter, Direction::Request);
        }
    }

    /// A parameter, a request's body or a response: it has a schema, or contents that have one. A reference to one
    /// has nothing of its own.
    fn visit_carrier(&mut self, pointer: &str, carrier: &'d Value, direction: Direction) {
        if carrier.get("$ref").is_some() {
            return;
        }
        self.visit_content(pointer, carrier, direction);
        for (media, content) in carrier["content"].as_object().into_iter().flatten() {
            let pointer = join_pointer(&join_pointer(pointer, "content"), media);
            let schema = &content["schema"];
            if schema.is_object() && schema.get("$ref").is_none() {
                self.mark_made(&join_pointer(&pointer, "schema"), &[direction]);
            }
            self.visit_content(&pointer, content, direction);
        }
    }

    /// The examples beside a schema, and those in it.
    fn visit_content(&mut self, pointer: &str, content: &'d Value, direction: Direction) {
        let Some(schema) = content.get("schema") else { return };
        let at = join_pointer(pointer, "schema");
        let site = Site { pointer: at.clone(), schema };
        if let Some(example) = content.get("example") {
            self.add_example(&site, &join_pointer(pointer, "example"), example, &[direction]);
        }
        for (name, example) in content["examples"].as_object().into_iter().flatten() {
            let place = join_pointer(&join_pointer(pointer, "examples"), name);
            let example = self.document.resolve_site(&place, example);
            if let Some(value) = example.and_then(|example| example.schema.get("value")) {
                self.add_example(&site, &place, value, &[direction]);
            }
        }
        self.visit_schema(&at, schema, &[direction]);
    }

    fn add_example(
        &mut self,
        site: &Site<'d>,
        place: &str,
        value: &Value,
        directions: &[Direction],
    ) {
        let Some(site) = self.document.resolve_site(&site.pointer, site.schema) else { return };
        match self.subject_at(&site.pointer, directions) {
            Some(subject) => subject.examples.push((place.to_owned(), value.clone())),
            None => self.subjects.untyped_examples += 1,
        }
    }

    /// The examples in a schema.
    fn visit_schema(&mut self, pointer: &str, schema: &'d Value, directions: &[Direction]) {
        if !schema.is_object() || schema.get("$ref").is_some() {
            return;
        }
        let site = Site { pointer: pointer.to_owned(), schema };
        if let Some(example) = schema.get("example") {
            self.add_example(&site, &join_pointer(pointer, "example"), example, directions);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.visit_schema(
                &join_pointer(&join_pointer(pointer, "properties"), name),
                property,
                directions,
            );
        }
        for word in ["items", "additionalProperties"] {
            self.visit_schema(&join_pointer(pointer, word), &schema[word], directions);
        }
        for word in ["allOf", "oneOf", "anyOf"] {
            for (index, member) in schema[word].as_array().into_iter().flatten().enumerate() {
                self.visit_schema(&format!("{pointer}/{word}/{index}"), member, directions);
            }
        }
    }
}
