//! Which entries of several documents are equal, so that one stands for all.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::gather::{Spot, is_reference};
use super::gathered::Gathered;
use super::shelf::{Location, Reference, Shelf, reference_of};
use crate::diagnostics::Diagnostics;
use crate::names::type_name;
use crate::repair::Structure;

/// Members that say nothing about the values.
const ANNOTATIONS: &[&str] = &["description", "example", "examples", "externalDocs", "summary"];

/// Extensions that say something to the generator.
const EXTENSIONS: &[&str] = &[
    "x-enum-descriptions",
    "x-enum-varnames",
    "x-enumDescriptions",
    "x-enumNames",
    "x-idempotent",
    "x-ms-discriminator-value",
    "x-pagination",
    "x-rust-name",
];

/// For each entry the first one that is equal to it, by what both say and by what they refer to.
pub(super) fn find_equal_entries(
    shelf: &mut Shelf<'_>,
    found: &Gathered,
    diagnostics: &mut Diagnostics,
) -> Vec<usize> {
    let mut groups: HashMap<(&str, String), Vec<usize>> = HashMap::new();
    for (index, entry) in found.entries.iter().enumerate().filter(|(index, _)| found.stands(*index))
    {
        let key = (entry.section.as_str(), type_name(&entry.name, "").0);
        groups.entry(key).or_default().push(index);
    }
    let groups: Vec<Vec<usize>> = groups.into_values().filter(|group| group.len() > 1).collect();
    let mut said: HashMap<usize, Said> = HashMap::new();
    for &index in groups.iter().flatten() {
        let entry = &found.entries[index];
        let spot = Spot { file: entry.location.file, document: entry.document };
        let value = shelf.value(&entry.location).cloned().unwrap_or_default();
        let structure = Structure::of_section(&entry.section);
        said.insert(index, describe_value(shelf, found, spot, &value, structure, diagnostics));
    }
    let mut users: HashMap<usize, Vec<usize>> = HashMap::new();
    for (number, group) in groups.iter().enumerate() {
        for target in group.iter().flat_map(|index| &said[index].targets) {
            users.entry(*target).or_default().push(number);
        }
    }
    refine_groups(&groups, &said, &users, found.entries.len())
}

/// Splits groups into entries that say the same of what is the same, until nothing splits any more.
fn refine_groups(
    groups: &[Vec<usize>],
    said: &HashMap<usize, Said>,
    users: &HashMap<usize, Vec<usize>>,
    entries: usize,
) -> Vec<usize> {
    let mut same: Vec<usize> = (0..entries).collect();
    for group in groups {
        for &index in group {
            same[index] = group[0];
        }
    }
    let mut waiting = vec![true; groups.len()];
    let mut todo: Vec<usize> = (0..groups.len()).collect();
    while let Some(number) = todo.pop() {
        waiting[number] = false;
        let mut kinds: HashMap<(&str, Vec<usize>), usize> = HashMap::new();
        let kinds: Vec<(usize, usize)> = groups[number]
            .iter()
            .map(|&index| {
                let Said { text, targets } = &said[&index];
                let targets = targets.iter().map(|&target| same[target]).collect();
                (index, *kinds.entry((text, targets)).or_insert(index))
            })
            .collect();
        for (index, kind) in kinds {
            if std::mem::replace(&mut same[index], kind) == kind {
                continue;
            }
            for &user in users.get(&index).into_iter().flatten() {
                if !std::mem::replace(&mut waiting[user], true) {
                    todo.push(user);
                }
            }
        }
    }
    same
}

/// What something says: its text, in which references are but marks, and the entries that these lead to.
#[derive(Default, Eq, Hash, PartialEq)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) targets: Vec<usize>,
}

/// What a value says to the generator, in a form that is the same for equal ones.
pub(super) fn describe_value(
    shelf: &mut Shelf<'_>,
    found: &Gathered,
    spot: Spot,
    value: &Value,
    structure: Option<Structure>,
    diagnostics: &mut Diagnostics,
) -> Said {
    let mut saying = Saying { shelf, found, spot, diagnostics, said: Said::default() };
    saying.value(value, structure);
    saying.said
}

struct Saying<'s, 'i> {
    shelf: &'s mut Shelf<'i>,
    found: &'s Gathered,
    spot: Spot,
    diagnostics: &'s mut Diagnostics,
    said: Said,
}

impl Saying<'_, '_> {
    fn value(&mut self, value: &Value, structure: Option<Structure>) {
        match value {
            Value::Object(map) => {
                self.said.text.push('{');
                let mut keys: Vec<&String> = map.keys().collect();
                keys.sort_unstable();
                for key in keys {
                    self.member(key, &map[key], structure, value);
                }
                self.said.text.push('}');
            }
            Value::Array(list) => {
                self.said.text.push('[');
                let elements = structure.map(|known| known.elements().unwrap_or(known));
                for value in list {
                    self.value(value, elements);
                    self.said.text.push(',');
                }
                self.said.text.push(']');
            }
            scalar => self.text(&scalar.to_string()),
        }
    }

    fn member(&mut self, key: &str, value: &Value, structure: Option<Structure>, of: &Value) {
        let named = structure.filter(|structure| !structure.is_map());
        let Some(structure) = structure else { return self.plain(key, value) };
        if let Some(named) = named {
            let extension = key.starts_with("x-") && !EXTENSIONS.contains(&key);
            let unset = value == &Value::Bool(false) && named.is_flag(key);
            if ANNOTATIONS.contains(&key) || extension || unset {
                return;
            }
        }
        match value {
            Value::String(text) if key == "$ref" && reference_of(of).is_some() => {
                self.key(key);
                self.reference(text);
            }
            Value::Object(discriminator) if structure.is_schema() && key == "discriminator" => {
                self.key(key);
                for (key, value) in discriminator {
                    match (key.as_str(), value) {
                        ("mapping", Value::Object(mapping)) => {
                            for (key, value) in mapping {
                                self.key(key);
                                self.mapped(value);
                            }
                        }
                        ("defaultMapping", value) => self.mapped(value),
                        _ => self.plain(key, value),
                    }
                }
            }
            Value::Array(alternatives) if structure.has_security() && key == "security" => {
                self.key(key);
                self.security(alternatives);
            }
            value => {
                self.key(key);
                self.value(value, structure.below(key));
            }
        }
    }

    fn plain(&mut self, key: &str, value: &Value) {
        self.key(key);
        self.value(value, None);
    }

    fn mapped(&mut self, target: &Value) {
        match target.as_str() {
            Some(text) if is_reference(text) => self.reference(text),
            Some(name) => self.component("schemas", name),
            None => self.value(target, None),
        }
    }

    fn security(&mut self, alternatives: &[Value]) {
        for alternative in alternatives {
            self.said.text.push('|');
            for name in alternative.as_object().into_iter().flat_map(|schemes| schemes.keys()) {
                self.component("securitySchemes", name);
            }
        }
    }

    fn component(&mut self, section: &str, name: &str) {
        match self.found.component(self.spot.document, section, name) {
            Some(entry) => self.target(entry, ""),
            None => self.text(name),
        }
    }

    fn reference(&mut self, text: &str) {
        match self.shelf.follow(self.spot.file, text, self.diagnostics) {
            Reference::To(location) => match self.found.owner(&location) {
                Some((entry, rest)) => self.target(entry, rest),
                None => {
                    let Location { file, pointer } = &location;
                    self.text(&format!("{file}#{}", pointer.as_str()));
                }
            },
            Reference::Away => self.text(text),
            Reference::Broken(_) => self.text("?"),
        }
    }

    fn target(&mut self, entry: usize, rest: &str) {
        self.said.targets.push(entry);
        self.text("&");
        self.text(rest);
    }

    fn key(&mut self, key: &str) {
        self.text(key);
        self.said.text.push(':');
    }

    /// Writes a text so that what follows cannot be taken for its end.
    fn text(&mut self, text: &str) {
        let _ = write!(self.said.text, "{}\"{text}", text.len());
    }
}
