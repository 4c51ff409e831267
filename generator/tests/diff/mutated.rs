//! Documents against themselves, put into another order, and changed in every place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use openapi_crate::Description;
use openapi_crate::config::{Config, When};
use openapi_crate::describe;
use openapi_crate::diff::{self, Bump};
use openapi_crate::generate;
use openapi_crate::source::{Input, Source};
use serde_json::{Map, Value};

use crate::surface::Surface;

/// Of so many places one is changed: which ones depends on the document alone.
const EVERY: usize = 23;

/// Of each document so many places at most. `OPENAPI_CRATE_PLACES` is another number, for large documents.
const PLACES: usize = 1000;

/// The fixtures, by name. `OPENAPI_CRATE_DOCUMENTS` names a folder of others.
pub(crate) fn texts() -> Vec<(String, String)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let folder = std::env::var_os("OPENAPI_CRATE_DOCUMENTS").map_or(fixtures, PathBuf::from);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if [".yaml", ".json"].iter().any(|ending| name.ends_with(ending)) {
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

fn documents() -> Vec<(String, Value)> {
    let read = |(name, text): (String, String)| Some((name, serde_yaml::from_str(&text).ok()?));
    texts().into_iter().filter_map(read).collect()
}

/// Half of the changes are made where equal types are one, as in large crates.
const HALVES: [(usize, When); 2] = [(0, When::Never), (1, When::Always)];

fn config(merge_types: When) -> Config {
    Config { merge_types, ..Config::new("api", "0.1.0").unwrap() }
}

fn described(document: &Value, merge_types: When) -> Option<Description> {
    let input = Input::new(Source::new("document.json", document.to_string()));
    describe(&input, &config(merge_types)).ok()
}

#[test]
fn the_order_of_keys_never_shows() {
    let mut shown = Vec::new();
    for (name, document) in documents() {
        let Some(one) = described(&document, When::Always) else { continue };
        // Names that meet are numbered in the document's order: then another order is another crate.
        let numbered = one.diagnostics.findings().iter();
        let codes = ["name-collision", "duplicate-operation-id", "too-complex"];
        if numbered.map(|finding| finding.code.name()).any(|code| codes.contains(&code)) {
            continue;
        }
        assert!(diff::compare(&one, &one).changes.is_empty(), "{name}");
        let Some(other) = described(&reversed(&document), When::Always) else { panic!("{name}") };
        let changes = diff::compare(&one, &other).changes;
        if !changes.is_empty() {
            shown.push(name);
        }
    }
    assert!(shown.is_empty(), "{shown:?}");
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().rev();
            Value::Object(members.map(|(key, value)| (key.clone(), reversed(value))).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(reversed).collect()),
        other => other.clone(),
    }
}

fn documents_in_halves() -> impl Iterator<Item = (String, Value, (usize, When))> {
    let documents = documents().into_iter();
    documents.flat_map(|(name, document)| HALVES.map(|half| (name.clone(), document.clone(), half)))
}

#[test]
fn both_directions_report_the_same_changes() {
    let mut wrong = Vec::new();
    for (name, document, (half, when)) in documents_in_halves() {
        let Some(one) = described(&document, when) else { continue };
        for (how, changed) in mutations(&document).into_iter().skip(half).step_by(HALVES.len()) {
            let Some(other) = described(&changed, when) else { continue };
            let there = places(&diff::compare(&one, &other), false);
            let back = places(&diff::compare(&other, &one), true);
            if there != back {
                wrong.push(format!("{name}, {how}: {there:#?}, but back {back:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ: {}", wrong.len(), wrong.join("\n"));
}

/// Whatever callers could name and can no longer, or not as they could, is a reason for a major version.
#[test]
fn whatever_callers_lose_is_a_major_change() {
    let mut wrong = Vec::new();
    let mut losses = 0;
    for (name, document, (half, when)) in documents_in_halves() {
        let Some((one, before)) = emitted(&document, when) else { continue };
        for (how, changed) in mutations(&document).into_iter().skip(half).step_by(HALVES.len()) {
            let Some((other, after)) = emitted(&changed, when) else { continue };
            for (old, new, had, has, way) in
                [(&one, &other, &before, &after, "there"), (&other, &one, &after, &before, "back")]
            {
                let comparison = diff::compare(old, new);
                let lost = had.lost_in(has);
                losses += lost.len();
                if comparison.bump() < Bump::Major && !lost.is_empty() {
                    let rules: Vec<&str> =
                        comparison.changes.iter().map(|it| it.rule.name()).collect();
                    wrong.push(format!("{name}, {how}, {way}: {lost:#?} by {rules:?}"));
                }
            }
        }
    }
    assert!(losses > 0);

    assert!(wrong.is_empty(), "{} are lost in silence: {}", wrong.len(), wrong.join("\n"));
}

/// A document with its description, and the surface of its crate.
fn emitted(document: &Value, merge_types: When) -> Option<(Description, Surface)> {
    let description = described(document, merge_types)?;
    let input = Input::new(Source::new("document.json", document.to_string()));
    let package = generate(&input, &config(merge_types)).package?;
    Some((description, Surface::of(&package)))
}

/// A document changed in some of its places, one at a time, and how.
fn mutations(document: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let pointers = pointers(document, "");
    let places = std::env::var("OPENAPI_CRATE_PLACES").map_or(PLACES, |text| text.parse().unwrap());
    let step = EVERY.max(pointers.len() / places);
    for pointer in pointers.into_iter().step_by(step) {
        for how in ["removed", "renamed", "changed", "weighed"] {
            let mut changed = document.clone();
            if mutate(&mut changed, &pointer, how).is_some() {
                all.push((format!("{pointer} {how}"), changed));
            }
        }
    }
    all
}

fn mutate(document: &mut Value, pointer: &str, how: &str) -> Option<()> {
    let (parent, key) = pointer.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    if how == "changed" {
        let value = document.pointer_mut(pointer)?;
        *value = match value {
            Value::Bool(value) => Value::Bool(!*value),
            Value::Array(list) => Value::Array(list.iter().skip(1).cloned().collect()),
            Value::String(text) => match text.as_str() {
                "string" => "integer".into(),
                "integer" => "string".into(),
                "query" => "header".into(),
                _ => return None,
            },
            _ => return None,
        };
        return Some(());
    }
    if how == "weighed" {
        let value = document.pointer_mut(pointer)?;
        let is_other = ["string", "integer", "boolean"].iter().any(|name| *value == *name);
        *value = Some("number").filter(|_| is_other)?.into();
        return Some(());
    }
    let members: &mut Map<String, Value> = document.pointer_mut(parent)?.as_object_mut()?;
    let value = members.shift_remove(&key)?;
    if how == "renamed" {
        members.insert(format!("{key}_2"), value);
    }
    Some(())
}

/// How many changes there are between two places.
fn places(comparison: &diff::Comparison, swapped: bool) -> BTreeMap<(String, String), usize> {
    let mut places = BTreeMap::new();
    for change in &comparison.changes {
        let pair = (change.old.as_str().to_owned(), change.new.as_str().to_owned());
        let pair = if swapped { (pair.1, pair.0) } else { pair };
        *places.entry(pair).or_insert(0) += 1;
    }
    places
}

fn pointers(value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        found.push(at.clone());
        found.extend(pointers(value, &at));
    }
    found
}
