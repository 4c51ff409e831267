//! References that later stages could not follow.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{
    at::At,
    pending::{Pending, Task},
    shape::Shape,
    table,
    walk::Walk,
};
use crate::diagnostics::{Code, Edit, Pointer};
use crate::extensions::REPORTED_REFERENCE;
use crate::source::Version;
use crate::uri::{has_scheme, percent_decoded};

/// How many references are followed in a row.
pub(super) const LONGEST_CHAIN: usize = 64;

/// How much text is copied in all: this much, and that many times as much as the document has.
const LARGEST_COPY: usize = 1 << 22;
const MOST_COPIES: usize = 4;

/// The longest reference that is followed, in bytes. Names have a limit, and so have the levels between them.
const LONGEST_REFERENCE: usize = 1 << 16;

/// Sees to all references that the walk has put off.
pub(super) fn resolve_references(document: &mut Value, walk: &mut Walk<'_>) {
    if walk.pending.is_empty() {
        return;
    }
    let size = crate::source::yaml::value_size(document);
    let largest_copy = largest_copy(size);
    let mut settle =
        Settle { hoisted: HashMap::new(), numbers: HashMap::new(), copied: 0, largest_copy };
    walk.again = true;
    while let Some(Pending { place, task }) = walk.pending.pop() {
        // Something that was moved may have taken the place along.
        let Some(place) = resolve_pointer(document, &place) else { continue };
        match task {
            Task::Hoist { section } => settle.hoist(document, walk, &place, &section),
            Task::Inline { shape } => settle.inline(document, walk, &place, shape),
        }
    }
}

/// How much of documents that take so many bytes is copied.
pub(crate) fn largest_copy(size: usize) -> usize {
    size.saturating_mul(MOST_COPIES).saturating_add(LARGEST_COPY)
}

struct Settle {
    /// What has been moved: from the place to the entry.
    hoisted: HashMap<Pointer, Pointer>,
    /// The number that the next entry of a name gets.
    numbers: HashMap<String, usize>,
    /// How much text has been copied.
    copied: usize,
    /// How much of it there may be.
    largest_copy: usize,
}

impl Settle {
    fn hoist(&mut self, document: &mut Value, walk: &mut Walk<'_>, place: &Pointer, section: &str) {
        let Some(reference) = reference_at(document, place) else { return };
        // What leads nowhere, or to something else, is reported where it is used.
        let Ok(target) = follow_reference(document, &reference) else { return };
        let entry = match self.hoisted.get(&target) {
            _ if is_entry(&target) => target,
            Some(entry) => entry.clone(),
            None => {
                let Some(entry) = self.hoist_target(document, walk, &target, section) else {
                    return;
                };
                self.hoisted.insert(target, entry.clone());
                entry
            }
        };
        let place = resolve_pointer(document, place).unwrap_or_default();
        if let Some(Value::Object(map)) = document.pointer_mut(place.as_str()) {
            map.insert("$ref".to_owned(), format!("#{}", entry.as_str()).into());
        }
    }

    /// Puts what stands at `target` into a section of `components`. If it is something that may be
    /// referred to, it is moved and a reference left behind. If nobody knows what it is, it is copied.
    fn hoist_target(
        &mut self,
        document: &mut Value,
        walk: &mut Walk<'_>,
        target: &Pointer,
        section: &str,
    ) -> Option<Pointer> {
        let shape = Shape::at(walk.repairs.version, target);
        let entry_shape = Shape::of_section(section)?;
        if shape.is_some_and(|shape| !shape.is(entry_shape)) {
            return None;
        }
        let components = document.as_object_mut()?.entry("components").or_insert_with(|| json!({}));
        let entries = components.as_object_mut()?.entry(section).or_insert_with(|| json!({}));
        let name = free_name(entries.as_object()?, target, &mut self.numbers);
        let entry = Pointer::default().key("components").key(section).key(&name);
        let left = json!({"$ref": format!("#{}", entry.as_str())});
        let found = document.pointer_mut(target.as_str()).filter(|value| value.is_object())?;
        let mut value =
            if shape.is_some() { std::mem::replace(found, left) } else { found.clone() };
        walk.repairs
            .diagnostics
            .edited(Edit::FromDocument { to: entry.clone(), from: target.clone() });
        if shape.is_none() {
            self.copied = self.copied.saturating_add(crate::source::yaml::value_size(&value));
            let keep = self.copied <= self.largest_copy
                && walk.value(&mut value, entry_shape, &At::pointer_start(&entry));
            if !keep {
                return None;
            }
        }
        document.get_mut("components")?.get_mut(section)?.as_object_mut()?.insert(name, value);
        Some(entry)
    }

    fn inline(&mut self, document: &mut Value, walk: &mut Walk<'_>, place: &Pointer, shape: Shape) {
        let mut value = match self.copy(document, walk.repairs.version, place, shape) {
            Ok((mut copy, from)) => {
                let siblings = document.pointer(place.as_str()).and_then(Value::as_object).cloned();
                if let Value::Object(map) = &mut copy {
                    map.extend(siblings.into_iter().flatten().filter(|(key, _)| key != "$ref"));
                }
                walk.repairs.diagnostics.edited(Edit::FromDocument { to: place.clone(), from });
                copy
            }
            Err((code, message)) => {
                let reference = reference_at(document, place);
                if reference.as_deref() != Some(REPORTED_REFERENCE) {
                    walk.repairs
                        .diagnostics
                        .report(code, &place.key("$ref"), message)
                        .help("the value is ignored");
                }
                // An empty object may do, but an operation that says nothing is none.
                if shape.is(Shape::Object(&table::OPERATION)) {
                    return replace_value(document, walk, place, None);
                }
                json!({})
            }
        };
        let keep = walk.value(&mut value, shape, &At::pointer_start(place));
        replace_value(document, walk, place, keep.then_some(value));
    }

    /// A copy of what the reference at `place` leads to in the end, and where that stands.
    fn copy(
        &mut self,
        document: &Value,
        version: Version,
        place: &Pointer,
        shape: Shape,
    ) -> Result<(Value, Pointer), (Code, String)> {
        let reference = reference_at(document, place).unwrap_or_default();
        let target = follow_reference(document, &reference)?;
        let value = document.pointer(target.as_str()).filter(|value| value.is_object());
        let fits = Shape::at(version, &target).is_none_or(|found| found.is(shape));
        let Some(value) = value.filter(|_| fits) else {
            let message = format!("`{reference}` resolves to an object of a different kind");
            return Err((Code::UnresolvedReference, message));
        };
        self.copied = self.copied.saturating_add(crate::source::yaml::value_size(value));
        if self.copied > self.largest_copy || place.below(&target).is_some() {
            return Err((Code::CircularReference, format!("`{reference}` contains itself")));
        }
        Ok((value.clone(), target))
    }
}

/// Where a reference leads in the end, when what it leads to is a reference itself.
fn follow_reference(document: &Value, reference: &str) -> Result<Pointer, (Code, String)> {
    let mut reference = reference;
    for _ in 0..LONGEST_CHAIN {
        if reference.len() > LONGEST_REFERENCE {
            return Err((Code::UnresolvedReference, format!("`{reference}` does not resolve")));
        }
        if !reference.starts_with('#') {
            let message = match has_scheme(reference) {
                true => format!("`{reference}` is a URL, and URLs are not fetched"),
                false => format!("`{reference}` is in another file"),
            };
            return Err((Code::ExternalReference, message));
        }
        let target = resolve_pointer(document, &pointer_of(reference));
        let target = target.ok_or_else(|| {
            (Code::UnresolvedReference, format!("`{reference}` does not resolve"))
        })?;
        match document.pointer(target.as_str()).and_then(|value| value.get("$ref")?.as_str()) {
            Some(next) => reference = next,
            None => return Ok(target),
        }
    }
    Err((Code::CircularReference, format!("`{reference}` is circular")))
}

/// A name made of those parts of the pointer that are names themselves.
fn free_name(
    entries: &Map<String, Value>,
    target: &Pointer,
    numbers: &mut HashMap<String, usize>,
) -> String {
    const STRUCTURE: &[&str] = &[
        "paths",
        "components",
        "schemas",
        "responses",
        "parameters",
        "examples",
        "requestBodies",
        "headers",
        "content",
        "schema",
        "properties",
        "items",
        "allOf",
        "oneOf",
        "anyOf",
        "definitions",
        "$defs",
    ];
    let mut name = String::new();
    for part in target.segments().filter(|part| !STRUCTURE.contains(&part.as_str())) {
        for word in part.split(|letter: char| !letter.is_alphanumeric()) {
            let mut letters = word.chars();
            name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            name.push_str(letters.as_str());
        }
    }
    let mut free = name.clone();
    let number = numbers.entry(name.clone()).or_insert(2);
    while free.is_empty() || entries.contains_key(&free) {
        free = format!("{name}{number}");
        *number += 1;
    }
    free
}

fn is_entry(pointer: &Pointer) -> bool {
    pointer.as_str().starts_with("/components/") && pointer.as_str().matches('/').count() == 3
}

fn reference_at(document: &Value, place: &Pointer) -> Option<String> {
    document.pointer(place.as_str())?.get("$ref")?.as_str().map(str::to_owned)
}

/// The pointer of a reference within the document (RFC 6901, section 6): percent-decoded.
pub(super) fn pointer_of(reference: &str) -> Pointer {
    let fragment = reference.strip_prefix('#').unwrap_or(reference);
    Pointer::from_text(percent_decoded(fragment))
}

/// Where `pointer` leads when references on the way are followed; nothing if it leads nowhere.
fn resolve_pointer(document: &Value, pointer: &Pointer) -> Option<Pointer> {
    let mut todo: Vec<String> = pointer.segments().collect();
    todo.reverse();
    let mut value = document;
    let mut at = Pointer::default();
    let mut hops = 0;
    while let Some(step) = todo.pop() {
        let next = match value {
            Value::Object(map) => map.get(&step),
            Value::Array(list) => step.parse().ok().and_then(|index: usize| list.get(index)),
            _ => None,
        };
        if let Some(next) = next {
            value = next;
            at = at.key(&step);
            continue;
        }
        let reference =
            value.get("$ref")?.as_str().filter(|reference| reference.starts_with("#/"))?;
        hops += 1;
        if hops > LONGEST_CHAIN {
            return None;
        }
        todo.push(step);
        let mut way: Vec<String> = pointer_of(reference).segments().collect();
        way.reverse();
        todo.extend(way);
        value = document;
        at = Pointer::default();
    }
    Some(at)
}

/// Puts `value` in the place, or takes out what stands there.
fn replace_value(document: &mut Value, walk: &mut Walk<'_>, place: &Pointer, value: Option<Value>) {
    let Some((parent, key)) = place.split() else { return };
    match (document.pointer_mut(parent.as_str()), value) {
        (Some(Value::Object(map)), Some(value)) => {
            map.insert(key, value);
        }
        (Some(Value::Object(map)), None) => {
            map.shift_remove(&key);
        }
        (Some(Value::Array(list)), value) => {
            let Some(index) = key.parse().ok().filter(|index: &usize| *index < list.len()) else {
                return;
            };
            match value {
                Some(value) => list[index] = value,
                None => {
                    list.remove(index);
                    walk.repairs
                        .diagnostics
                        .edited(Edit::Removed { list: parent, indices: vec![index] });
                }
            }
        }
        _ => {}
    }
}
