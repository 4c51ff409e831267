//! What was found in the documents and in the files that they refer to.

use std::collections::HashMap;

use super::shelf::Location;
use crate::diagnostics::Pointer;
use crate::repair::Structure;

/// What becomes an entry of `components`.
pub(super) struct Entry {
    pub(super) section: String,
    /// What it is to be called, unless that is taken.
    pub(super) name: String,
    /// Where it stands.
    pub(super) location: Location,
    /// The document that it belongs to, or that led to it first.
    pub(super) document: usize,
    /// Whether it is an entry of that document.
    pub(super) declared: bool,
}

/// What is found in the documents and in the files that they lead to.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) entries: Vec<Entry>,
    /// Which entry stands at a place, or is meant by it.
    pub(super) entry_at: HashMap<Location, usize>,
    /// Places of the first document that no rule of OpenAPI leads to, but a reference.
    pub(super) elsewhere: Vec<(Pointer, Structure)>,
    /// How many of the files are documents.
    pub(super) documents: usize,
}

impl Gathered {
    /// The entry that holds a place, and the way to it from there.
    pub(super) fn owner<'l>(&self, location: &'l Location) -> Option<(usize, &'l str)> {
        let ancestors = location.pointer.with_ancestors();
        let mut owners = ancestors.filter_map(|pointer| {
            let rest = location.pointer.below(&pointer)?;
            let at = Location { file: location.file, pointer };
            self.entry_at.get(&at).map(|&entry| (entry, rest))
        });
        owners.next()
    }

    /// The entry of a document's component.
    pub(super) fn component(&self, document: usize, section: &str, name: &str) -> Option<usize> {
        let pointer = Pointer::default().key("components").key(section).key(name);
        self.entry_at.get(&Location { file: document, pointer }).copied()
    }

    pub(super) fn add(&mut self, entry: Entry) -> usize {
        let index = self.entries.len();
        self.entry_at.insert(entry.location.clone(), index);
        self.entries.push(entry);
        index
    }

    /// Leaves out what stands in another entry: it is reached there.
    pub(super) fn drop_nested(&mut self) {
        let nested: Vec<Location> =
            self.entry_at.keys().filter(|at| self.is_nested(at)).cloned().collect();
        for location in nested {
            self.entry_at.remove(&location);
        }
    }

    fn is_nested(&self, location: &Location) -> bool {
        let above = location.pointer.with_ancestors().skip(1);
        let mut holders = above.filter(|pointer| {
            let holder = Location { file: location.file, pointer: pointer.clone() };
            self.entry_at.contains_key(&holder)
        });
        holders.next().is_some_and(|holder| {
            let rest = location.pointer.below(&holder).unwrap_or_default();
            // The definitions of a file are schemas of their own. Those of a document stay where they are.
            location.file < self.documents
                || !["/definitions/", "/$defs/"].iter().any(|start| rest.starts_with(start))
        })
    }

    /// Whether an entry is emitted, not only meant by another one.
    pub(super) fn stands(&self, entry: usize) -> bool {
        self.entry_at.get(&self.entries[entry].location) == Some(&entry)
    }
}
