use serde_json::{Map, Value};

use super::gather::{Spot, expected_structure, is_reference};
use super::gathered::Gathered;
use super::shelf::{Location, Reference, Shelf, reference_of};
use crate::diagnostics::{Code, Diagnostics, Edit, Pointer};
use crate::extensions::REPORTED_REFERENCE;
use crate::repair::{At, Structure, largest_copy};
use crate::source::{DEEPEST, yaml};

/// Puts the pieces together: every reference becomes one within the document, or what it leads to.
pub(super) struct Builder<'b, 'i> {
    pub(super) shelf: &'b mut Shelf<'i>,
    pub(super) found: &'b Gathered,
    pub(super) diagnostics: &'b mut Diagnostics,
    /// What each entry is called in the end.
    pub(super) names: Vec<String>,
    copied: usize,
    /// How much is copied, roughly in bytes.
    largest_copy: usize,
}

/// What stands in place of references, from the outermost to the one that is being put in.
struct Open<'o> {
    location: &'o Location,
    outer: Option<&'o Open<'o>>,
    /// How many levels of the document are above it.
    depth: usize,
}

impl<'b, 'i> Builder<'b, 'i> {
    pub(super) fn new(
        shelf: &'b mut Shelf<'i>,
        found: &'b Gathered,
        names: Vec<String>,
        diagnostics: &'b mut Diagnostics,
    ) -> Self {
        let largest_copy = largest_copy(shelf.size());
        Self { shelf, found, diagnostics, names, copied: 0, largest_copy }
    }

    /// The first document with its references rewritten, and with the entries of all: `same` has for each
    /// entry the first that is equal to it.
    pub(super) fn document(&mut self, same: &[usize]) -> Value {
        let mut document = (*self.shelf.file(0).value).clone();
        let spot = Spot { file: 0, document: 0 };
        let root = At::root();
        for (key, value) in document.as_object_mut().into_iter().flatten() {
            if key != "components"
                && let Some(structure) = Structure::document().below(key)
            {
                self.rewrite(value, structure, spot, &root.key(key));
            }
        }
        for (pointer, structure) in &self.found.elsewhere {
            if let Some(value) = document.pointer_mut(pointer.as_str()) {
                self.rewrite(value, *structure, spot, &At::pointer_start(pointer));
            }
        }
        let Value::Object(members) = &mut document else { return document };
        if members.get("components").is_some_and(Value::is_object) || !self.found.entries.is_empty()
        {
            let mut sections = self.sections();
            for entry in self.order(same) {
                self.entry(&mut sections, entry);
            }
            members.insert("components".to_owned(), sections.into());
        }
        document
    }

    /// The first document's `components`: what stands behind references there is put in as entries.
    fn sections(&self) -> Map<String, Value> {
        let components = self.shelf.file(0).value.get("components");
        let members = components.filter(|value| reference_of(value).is_none());
        let mut sections = members.and_then(Value::as_object).cloned().unwrap_or_default();
        for section in sections.values_mut().filter(|section| reference_of(section).is_some()) {
            *section = Map::new().into();
        }
        sections
    }

    /// The entries that are emitted: those of the first document in its order, then all others by name.
    fn order(&self, same: &[usize]) -> Vec<usize> {
        let stands = |entry: &usize| self.found.stands(*entry) && same[*entry] == *entry;
        let mut order: Vec<usize> = (0..same.len()).filter(stands).collect();
        order.sort_by_key(|&index| {
            let entry = &self.found.entries[index];
            let own = entry.declared && entry.document == 0;
            (!own).then(|| (&entry.section, &self.names[index]))
        });
        order
    }

    fn entry(&mut self, sections: &mut Map<String, Value>, index: usize) {
        let found = self.found;
        let entry = &found.entries[index];
        let Some(structure) = Structure::of_section(&entry.section) else { return };
        let place = self.place(index);
        let Location { file, pointer } = &entry.location;
        let mut large = false;
        if *file != 0 || *pointer != place {
            let number = self.shelf.file(*file).number;
            let to = place.clone();
            let from = pointer.clone();
            self.diagnostics.edited(Edit::FromFile { to, file: number, from });
            self.say_name(index, &place);
            large = self.is_too_large(&entry.location);
        }
        if large {
            let message = "the documents would copy too much from other files";
            self.diagnostics.report(Code::TooComplex, &place, message).help("treated as empty");
        }
        let value = self.shelf.value(&entry.location).filter(|_| !large).cloned();
        let mut value = value.unwrap_or_else(|| Map::new().into());
        if let Value::Object(map) = &mut value
            && *file >= self.shelf.documents()
        {
            // The names of a file among others, and definitions, each of which is an entry if anything uses it.
            map.retain(|key, _| {
                !matches!(key.as_str(), "$id" | "$schema" | "$defs" | "definitions")
            });
        }
        let spot = Spot { file: *file, document: entry.document };
        self.rewrite(&mut value, structure, spot, &At::pointer_start(&place));
        let section = sections.entry(entry.section.as_str()).or_insert_with(|| Map::new().into());
        if section.is_null() {
            *section = Map::new().into();
        }
        if let Value::Object(entries) = section {
            entries.insert(self.names[index].clone(), value);
        }
    }

    /// Where an entry is in the end.
    pub(super) fn place(&self, entry: usize) -> Pointer {
        let section = &self.found.entries[entry].section;
        Pointer::default().key("components").key(section).key(&self.names[entry])
    }

    /// Says where an entry is not called as it wants to be.
    fn say_name(&mut self, index: usize, place: &Pointer) {
        let wanted = &self.found.entries[index].name;
        let name = &self.names[index];
        if wanted != name {
            let message = format!(
                "`{wanted}` is already defined in another file: this one is named `{name}`"
            );
            self.diagnostics.report(Code::NameCollision, place, message);
        }
    }

    /// Rewrites the references in a value, which is what `spot` says and is going to stand at `at`.
    pub(super) fn rewrite(
        &mut self,
        value: &mut Value,
        structure: Structure,
        spot: Spot,
        at: &At<'_>,
    ) {
        self.within(value, structure, spot, at, None);
    }

    fn within(
        &mut self,
        value: &mut Value,
        structure: Structure,
        spot: Spot,
        at: &At<'_>,
        open: Option<&Open<'_>>,
    ) {
        if let Some(text) = reference_of(value).map(str::to_owned)
            && !self.reference(value, &text, structure, spot, at, open)
        {
            return;
        }
        match value {
            Value::Object(map) => {
                let structure = structure.elements().unwrap_or(structure);
                for (key, value) in map {
                    self.member(key, value, structure, spot, &at.key(key), open);
                }
            }
            Value::Array(list) => {
                let elements = structure.elements().unwrap_or(structure);
                for (index, value) in list.iter_mut().enumerate() {
                    self.within(value, elements, spot, &at.index(index), open);
                }
            }
            _ => {}
        }
    }

    fn member(
        &mut self,
        key: &str,
        value: &mut Value,
        structure: Structure,
        spot: Spot,
        at: &At<'_>,
        open: Option<&Open<'_>>,
    ) {
        if structure.is_schema() && key == "discriminator" {
            if let Some(Value::Object(mapping)) = value.get_mut("mapping") {
                mapping.values_mut().for_each(|target| self.mapped(target, spot));
            }
            if let Some(target) = value.get_mut("defaultMapping") {
                self.mapped(target, spot);
            }
        } else if structure.has_security() && key == "security" {
            self.security(value, spot.document);
        } else if let Some(structure) = structure.below(key) {
            self.within(value, structure, spot, at, open);
        }
    }

    /// Rewrites one reference. `false`: the value is what it leads to now, and needs nothing more.
    fn reference(
        &mut self,
        value: &mut Value,
        text: &str,
        structure: Structure,
        spot: Spot,
        at: &At<'_>,
        open: Option<&Open<'_>>,
    ) -> bool {
        if spot.file == 0 && text.starts_with('#') {
            return true;
        }
        let reference = match self.shelf.follow(spot.file, text, self.diagnostics) {
            Reference::Away => return true,
            Reference::Broken(_) => REPORTED_REFERENCE.to_owned(),
            Reference::To(location) => {
                let structure = expected_structure(self.shelf, structure, &location);
                let target = structure.section().and_then(|_| self.target(&location));
                match target {
                    Some(target) => target,
                    None => {
                        return self.copy(value, &location, structure, spot.document, at, open);
                    }
                }
            }
        };
        value["$ref"] = reference.into();
        true
    }

    /// The reference to a place by which it is found in the document.
    fn target(&self, location: &Location) -> Option<String> {
        let pointer = match self.found.owner(location) {
            Some((entry, rest)) => format!("{}{rest}", self.place(entry).as_str()),
            None if location.file == 0 => location.pointer.as_str().to_owned(),
            None => return None,
        };
        Some(format!("#{}", pointer.replace('%', "%25")))
    }

    /// Puts a copy of what stands elsewhere in place of a reference to it.
    fn copy(
        &mut self,
        value: &mut Value,
        location: &Location,
        structure: Structure,
        document: usize,
        at: &At<'_>,
        open: Option<&Open<'_>>,
    ) -> bool {
        let place = at.pointer();
        let text = reference_of(value).unwrap_or_default().to_owned();
        let mut around = std::iter::successors(open, |open| open.outer);
        let circular = around.any(|open| open.location == location);
        let above = open.map_or(0, |open| open.depth) + place.segments().count();
        let wrong = if circular {
            Some((Code::CircularReference, format!("`{text}` contains itself")))
        } else if self.is_too_large(location) {
            Some((Code::TooComplex, format!("`{text}` would copy too much")))
        } else if above + self.depth(location) > 2 * DEEPEST {
            Some((Code::TooDeep, format!("`{text}` is nested too deeply")))
        } else {
            None
        };
        if let Some((code, message)) = wrong {
            self.diagnostics.report(code, &place.key("$ref"), message);
            value["$ref"] = REPORTED_REFERENCE.into();
            return false;
        }
        let mut copy = self.shelf.value(location).cloned().unwrap_or_default();
        let number = self.shelf.file(location.file).number;
        let to = place;
        let from = location.pointer.clone();
        self.diagnostics.edited(Edit::FromFile { to, file: number, from });
        let siblings = value.as_object_mut().map(std::mem::take).unwrap_or_default();
        let inner = Open { location, outer: open, depth: above };
        let spot = Spot { file: location.file, document };
        self.within(&mut copy, structure, spot, at, Some(&inner));
        if let Value::Object(map) = &mut copy {
            map.extend(siblings.into_iter().filter(|(key, _)| key != "$ref"));
        }
        *value = copy;
        false
    }

    /// Takes account of a copy that is going to be made: whether it is too much.
    fn is_too_large(&mut self, location: &Location) -> bool {
        if self.copied <= self.largest_copy {
            let size = self.shelf.value(location).map_or(0, yaml::value_size);
            self.copied = self.copied.saturating_add(size);
        }
        self.copied > self.largest_copy
    }

    fn depth(&self, location: &Location) -> usize {
        self.shelf.value(location).map_or(0, |value| yaml::measure_value(value).0)
    }

    /// A value of a discriminator's mapping: a reference, or the name of a component.
    fn mapped(&mut self, target: &mut Value, spot: Spot) {
        let Some(text) = target.as_str() else { return };
        let own = self.found.component(spot.file, "schemas", text);
        let other = self.found.component(spot.document, "schemas", text);
        if let Some(entry) = own.or(other) {
            if spot.document != 0 || spot.file != 0 {
                *target = format!("#{}", self.place(entry).as_str().replace('%', "%25")).into();
            }
            return;
        }
        if !is_reference(text) || (spot.file == 0 && text.starts_with('#')) {
            return;
        }
        let text = text.to_owned();
        if let Reference::To(location) = self.shelf.follow(spot.file, &text, self.diagnostics)
            && let Some(reference) = self.target(&location)
        {
            *target = reference.into();
        }
    }

    /// Security schemes are named, not referred to.
    pub(super) fn security(&mut self, requirements: &mut Value, document: usize) {
        for requirement in requirements.as_array_mut().into_iter().flatten() {
            let Value::Object(schemes) = requirement else { continue };
            let renamed = std::mem::take(schemes).into_iter().map(|(name, scopes)| {
                let entry = self.found.component(document, "securitySchemes", &name);
                (entry.map_or(name, |entry| self.names[entry].clone()), scopes)
            });
            *schemes = renamed.collect();
        }
    }
}
