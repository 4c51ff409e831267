//! Names for what comes from several files into one.

use std::collections::{HashMap, HashSet};

use super::gathered::{Entry, Gathered};
use super::shelf::{Location, Shelf};
use crate::diagnostics::Pointer;
use crate::names::type_name;

/// How many folders are put before a name to tell it from others.
const MOST_PARTS: usize = 8;

/// Parts of a pointer that name no thing of the document.
const STRUCTURE: &[&str] = &[
    "$defs",
    "allOf",
    "anyOf",
    "components",
    "content",
    "definitions",
    "examples",
    "headers",
    "items",
    "oneOf",
    "parameters",
    "paths",
    "properties",
    "requestBodies",
    "responses",
    "schema",
    "schemas",
    "securitySchemes",
];

/// What something in another file is to be called: as its file, or as the pointer that leads to it has it.
pub(super) fn wanted_name(shelf: &Shelf<'_>, location: &Location) -> String {
    let parts: Vec<String> = location
        .pointer
        .segments()
        .filter(|part| !STRUCTURE.contains(&part.as_str()))
        .map(|part| component_key(&part))
        .collect();
    if !parts.is_empty() {
        return parts.join("_");
    }
    let path = path_parts(&shelf.file(location.file).name);
    path.into_iter().next_back().unwrap_or_default()
}

/// A short name for each document, of which no two are the same.
pub(super) fn label_documents(shelf: &Shelf<'_>) -> Vec<String> {
    let wanted = (0..shelf.documents()).map(|file| {
        let mut before = path_parts(&shelf.file(file).name);
        let name = before.pop().unwrap_or_default();
        Wanted { scope: "", name, before, fixed: false }
    });
    assign_names(&wanted.collect::<Vec<_>>())
}

/// The name of each entry, the same for entries that are equal: `same` has for each the first of its kind.
pub(super) fn name_entries(shelf: &Shelf<'_>, found: &Gathered, same: &[usize]) -> Vec<String> {
    let mut kinds: Vec<Option<Wanted<'_>>> = found.entries.iter().map(|_| None).collect();
    for (index, entry) in found.entries.iter().enumerate().filter(|(index, _)| found.stands(*index))
    {
        let wanted = Wanted::of(shelf, entry);
        let kind = &mut kinds[same[index]];
        // Which of several documents comes first decides nothing, unless it is the first of all.
        let better = kind
            .as_ref()
            .is_none_or(|known| !known.fixed && (wanted.fixed || wanted.before < known.before));
        if better {
            *kind = Some(wanted);
        }
    }
    let places: Vec<usize> = (0..kinds.len()).filter(|&kind| kinds[kind].is_some()).collect();
    let wanted: Vec<Wanted<'_>> = kinds.into_iter().flatten().collect();
    let mut names: Vec<String> = found.entries.iter().map(|entry| entry.name.clone()).collect();
    for (place, name) in places.into_iter().zip(assign_names(&wanted)) {
        names[place] = name;
    }
    same.iter().map(|&kind| names[kind].clone()).collect()
}

/// A name, and what may be put before it.
#[derive(Clone)]
struct Wanted<'e> {
    /// Where no two may be the same.
    scope: &'e str,
    name: String,
    /// The folders and the file that it comes from.
    before: Vec<String>,
    /// Whether it keeps the name: the first document does.
    fixed: bool,
}

impl<'e> Wanted<'e> {
    fn of(shelf: &Shelf<'_>, entry: &'e Entry) -> Self {
        let file = if entry.declared { entry.document } else { entry.location.file };
        let mut before = path_parts(&shelf.file(file).name);
        if !entry.declared && entry.location.pointer == Pointer::default() {
            before.pop();
        }
        let fixed = entry.declared && entry.document == 0;
        Self { scope: &entry.section, name: entry.name.clone(), before, fixed }
    }

    /// The part of the path that is so many levels above the name.
    fn part(&self, level: usize) -> Option<&str> {
        self.before.iter().rev().nth(level).map(String::as_str)
    }

    fn key(&self, name: &str) -> (String, String) {
        (self.scope.to_owned(), type_name(name, "").0)
    }
}

/// A name for each that no other has. Those that want the same one get the parts of their paths that tell them
/// apart, all of them but what is fixed, so that the order plays no part; what is the same even then is numbered.
fn assign_names(wanted: &[Wanted<'_>]) -> Vec<String> {
    let mut names: Vec<String> = wanted.iter().map(|wanted| wanted.name.clone()).collect();
    let mut before = vec![Vec::new(); wanted.len()];
    for level in 0..MOST_PARTS {
        let mut by_name: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (index, wanted) in wanted.iter().enumerate() {
            by_name.entry(wanted.key(&names[index])).or_default().push(index);
        }
        by_name.retain(|_, indices| indices.len() > 1);
        if by_name.is_empty() {
            break;
        }
        for meeting in by_name.values() {
            let part = wanted[meeting[0]].part(level);
            if meeting.iter().all(|&index| wanted[index].part(level) == part) {
                continue;
            }
            for &index in meeting.iter().filter(|&&index| !wanted[index].fixed) {
                before[index].extend(wanted[index].part(level));
                let parts = before[index].iter().rev().copied();
                let parts: Vec<&str> = parts.chain([wanted[index].name.as_str()]).collect();
                names[index] = parts.join("_");
            }
        }
    }
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&index| (!wanted[index].fixed, &wanted[index].before));
    let mut taken = HashSet::new();
    for index in order {
        let wanted = &wanted[index];
        if !wanted.fixed && taken.contains(&wanted.key(&names[index])) {
            let numbered = (2..).map(|number| format!("{}_{number}", names[index]));
            let mut numbered = numbered.filter(|name| !taken.contains(&wanted.key(name)));
            names[index] = numbered.next().unwrap_or_default();
        }
        taken.insert(wanted.key(&names[index]));
    }
    names
}

/// The folders of a file and its name without the ending; the folder alone where the file is its index.
fn path_parts(name: &str) -> Vec<String> {
    let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let mut parts: Vec<&str> = parts.collect();
    if let Some(last) = parts.last_mut() {
        let ending = [".yaml", ".yml", ".json"].iter().find_map(|ending| last.strip_suffix(ending));
        *last = ending.unwrap_or(last);
        if parts.len() > 1 && parts.last() == Some(&"index") {
            parts.pop();
        }
    }
    parts.into_iter().map(component_key).collect()
}

/// The letters that a key of `components` may have (OpenAPI 3.0.3, "Components Object").
fn component_key(text: &str) -> String {
    let is_legal =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    text.chars().map(|letter| if is_legal(letter) { letter } else { '_' }).collect()
}
