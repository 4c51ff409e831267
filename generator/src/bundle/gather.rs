use std::collections::{HashSet, VecDeque};
use std::rc::Rc;

use serde_json::Value;

use super::gathered::{Entry, Gathered};
use super::name::wanted_name;
use super::shelf::{Broken, Location, Reference, Shelf, reference_of};
use crate::diagnostics::{Code, Diagnostics, Pointer};
use crate::repair::{At, Structure};

/// Follows every reference of the documents, and those of what it finds.
pub(super) fn follow_references(shelf: &mut Shelf<'_>, diagnostics: &mut Diagnostics) -> Gathered {
    let found = Gathered { documents: shelf.documents(), ..Gathered::default() };
    let mut gathering = Gathering {
        shelf,
        diagnostics,
        found,
        seen: HashSet::new(),
        todo: VecDeque::new(),
        reported: HashSet::new(),
    };
    for document in 0..gathering.shelf.documents() {
        gathering.components(document);
    }
    for document in 0..gathering.shelf.documents() {
        gathering.members(document);
    }
    while let Some(Task { location, structure, document }) = gathering.todo.pop_front() {
        let root = Rc::clone(&gathering.shelf.file(location.file).value);
        if let Some(value) = root.pointer(location.pointer.as_str()) {
            let spot = Spot { file: location.file, document };
            gathering.walk(spot, value, structure, &At::pointer_start(&location.pointer));
        }
    }
    gathering.found.drop_nested();
    gathering.found
}

/// Whose references are being looked at.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    /// The file that they stand in.
    pub(super) file: usize,
    /// The document that led there.
    pub(super) document: usize,
}

struct Task {
    location: Location,
    structure: Structure,
    document: usize,
}

struct Gathering<'g, 'i> {
    shelf: &'g mut Shelf<'i>,
    diagnostics: &'g mut Diagnostics,
    found: Gathered,
    /// What was walked, or is going to be.
    seen: HashSet<Location>,
    todo: VecDeque<Task>,
    /// The references that a finding was made of: some are walked with what they stand in, and alone.
    reported: HashSet<Location>,
}

impl Gathering<'_, '_> {
    /// The entries that a document has itself, in its own file or behind references in their place.
    fn components(&mut self, document: usize) {
        let place = Pointer::default().key("components");
        let Some(components) = self.content(Location { file: document, pointer: place.clone() })
        else {
            return;
        };
        for section in self.keys(&components) {
            if Structure::of_section(&section).is_none() {
                continue;
            }
            let within = Location { pointer: components.pointer.key(&section), ..components };
            let Some(entries) = self.content(within) else { continue };
            for name in self.keys(&entries) {
                let own = Location { file: document, pointer: place.key(&section).key(&name) };
                let stands = Location { pointer: entries.pointer.key(&name), ..entries };
                self.component(own, stands, &section, name);
            }
        }
    }

    /// `own` is what references to the component say, `stands` where it is.
    fn component(&mut self, own: Location, stands: Location, section: &str, name: String) {
        let document = own.file;
        let mut location = stands.clone();
        if let Some(adopted) = self.adopted(&stands) {
            match self.found.entry_at.get(&adopted) {
                None => location = adopted,
                Some(&known) => {
                    let entry = &self.found.entries[known];
                    if entry.section == section && entry.name == name {
                        self.found.entry_at.insert(own, known);
                        self.found.entry_at.insert(stands, known);
                        return;
                    }
                }
            }
        }
        let section = section.to_owned();
        let entry = Entry { section, name, location: location.clone(), document, declared: true };
        let index = self.found.add(entry);
        self.found.entry_at.insert(own, index);
        self.found.entry_at.insert(stands, index);
        self.visit(location, index);
    }

    /// Where a component stands that is nothing but a reference to another file.
    fn adopted(&mut self, stands: &Location) -> Option<Location> {
        let value = self.shelf.value(stands)?;
        let bare = value.as_object().is_some_and(|map| map.len() == 1);
        let text = reference_of(value).filter(|text| bare && !text.starts_with('#'))?.to_owned();
        match self.shelf.follow(stands.file, &text, self.diagnostics) {
            Reference::To(location) => {
                self.shelf.value(&location).is_some_and(Value::is_object).then_some(location)
            }
            Reference::Away | Reference::Broken(_) => None,
        }
    }

    fn visit(&mut self, location: Location, entry: usize) {
        let Entry { section, document, .. } = &self.found.entries[entry];
        if let Some(structure) = Structure::of_section(section)
            && self.seen.insert(location.clone())
        {
            self.todo.push_back(Task { location, structure, document: *document });
        }
    }

    /// What a document has beside its components.
    fn members(&mut self, document: usize) {
        let root = Rc::clone(&self.shelf.file(document).value);
        let spot = Spot { file: document, document };
        let at = At::root();
        let structure = Structure::document();
        for (key, value) in root.as_object().into_iter().flatten() {
            if key != "components"
                && let Some(structure) = structure.below(key)
            {
                self.walk(spot, value, structure, &at.key(key));
            }
        }
    }

    /// The place of a mapping, behind the references that stand for it.
    fn content(&mut self, location: Location) -> Option<Location> {
        let mut location = location;
        let mut passed = HashSet::new();
        loop {
            let Location { file, pointer } = location.clone();
            let text = match reference_of(self.shelf.value(&location)?) {
                Some(text) => text.to_owned(),
                None => return Some(location),
            };
            let broken = match self.shelf.follow(file, &text, self.diagnostics) {
                Reference::To(next) if passed.insert(next.clone()) => {
                    location = next;
                    continue;
                }
                Reference::Broken(broken) => broken?,
                Reference::To(_) => {
                    let message = format!("`{text}` is circular");
                    Broken { code: Code::CircularReference, message, help: None }
                }
                Reference::Away => {
                    let message = format!("`{text}` is in another file");
                    Broken { code: Code::ExternalReference, message, help: None }
                }
            };
            self.report(file, broken, pointer.key("$ref"));
            return None;
        }
    }

    fn keys(&self, location: &Location) -> Vec<String> {
        let map = self.shelf.value(location).and_then(Value::as_object);
        map.into_iter().flat_map(|map| map.keys().cloned()).collect()
    }

    fn walk(&mut self, spot: Spot, value: &Value, structure: Structure, at: &At<'_>) {
        if let Some(text) = reference_of(value) {
            self.reference(spot, text, structure, &at.key("$ref"));
        }
        match value {
            Value::Object(map) => {
                let structure = structure.elements().unwrap_or(structure);
                for (key, value) in map {
                    let at = at.key(key);
                    if structure.is_schema() && key == "discriminator" {
                        self.discriminator(spot, value, &at);
                    } else if let Some(structure) = structure.below(key) {
                        self.walk(spot, value, structure, &at);
                    }
                }
            }
            Value::Array(list) => {
                // A list of schemas, where older versions of JSON Schema allow it, is no list in the table.
                let elements = structure.elements().unwrap_or(structure);
                for (index, value) in list.iter().enumerate() {
                    self.walk(spot, value, elements, &at.index(index));
                }
            }
            _ => {}
        }
    }

    fn discriminator(&mut self, spot: Spot, discriminator: &Value, at: &At<'_>) {
        if let Some(Value::Object(mapping)) = discriminator.get("mapping") {
            let at = at.key("mapping");
            for (value, target) in mapping {
                self.mapped(spot, target, &at.key(value));
            }
        }
        if let Some(target) = discriminator.get("defaultMapping") {
            self.mapped(spot, target, &at.key("defaultMapping"));
        }
    }

    fn mapped(&mut self, spot: Spot, target: &Value, at: &At<'_>) {
        let Some(text) = target.as_str().filter(|text| is_reference(text)) else { return };
        if let Some(structure) = Structure::of_section("schemas") {
            self.reference(spot, text, structure, at);
        }
    }

    fn reference(&mut self, spot: Spot, text: &str, structure: Structure, at: &At<'_>) {
        match self.shelf.follow(spot.file, text, self.diagnostics) {
            Reference::To(location) => self.target(spot, location, structure),
            Reference::Away => {}
            // The later stages find it themselves.
            Reference::Broken(_) if spot.file == 0 && text.starts_with('#') => {}
            Reference::Broken(None) => {}
            Reference::Broken(Some(broken)) => self.report(spot.file, broken, at.pointer()),
        }
    }

    fn report(&mut self, file: usize, broken: Broken, pointer: Pointer) {
        let location = Location { file, pointer };
        if self.reported.contains(&location) {
            return;
        }
        let Broken { code, message, help } = broken;
        let number = self.shelf.file(file).number;
        let finding = self.diagnostics.report_in_file(number, code, &location.pointer, message);
        if let Some(help) = help {
            finding.help(help);
        }
        self.reported.insert(location);
    }

    fn target(&mut self, spot: Spot, location: Location, structure: Structure) {
        let document = spot.document;
        let structure = expected_structure(self.shelf, structure, &location);
        let known = self.found.entry_at.contains_key(&location);
        if location.file != 0
            && !known
            && let Some(section) = structure.section()
        {
            let name = wanted_name(self.shelf, &location);
            let section = section.to_owned();
            let entry =
                Entry { section, name, location: location.clone(), document, declared: false };
            self.found.add(entry);
        }
        if !self.seen.insert(location.clone()) {
            return;
        }
        if location.file == 0 {
            if structure_is_known(&location.pointer) {
                return;
            }
            self.found.elsewhere.push((location.pointer.clone(), structure));
        }
        self.todo.push_back(Task { location, structure, document });
    }
}

/// What is expected of what a reference leads to: where a list belongs, an element alone may stand.
pub(super) fn expected_structure(
    shelf: &Shelf<'_>,
    structure: Structure,
    location: &Location,
) -> Structure {
    let alone = !shelf.value(location).is_some_and(Value::is_array);
    structure.elements().filter(|_| alone).unwrap_or(structure)
}

/// Whether all that stands at a place of a document is walked with the document.
fn structure_is_known(pointer: &Pointer) -> bool {
    pointer
        .segments()
        .try_fold(Structure::document(), |structure, key| structure.below(&key))
        .is_some()
}

/// Whether a value of a discriminator's mapping is a reference, and not the name of a component.
pub(super) fn is_reference(text: &str) -> bool {
    let ends = [".yaml", ".yml", ".json"];
    text.contains(['#', '/']) || ends.iter().any(|end| text.ends_with(end))
}
