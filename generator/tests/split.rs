//! Every fixture in several files, and twice: the crate is the same as that of one document.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

use openapi_crate::{
    config::Config,
    diagnostics::{Code, Diagnostics},
    generate,
    source::{self, Input, Source},
};
use serde_json::{Map, Value, json};

/// The documents of `tests/fixtures`, by their names.
fn fixtures() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &Path| {
        source::read_document(0, &fs::read_to_string(path).unwrap(), &mut Diagnostics::default())
    };
    let mut fixtures: Vec<(String, Value)> = paths
        .map(|path| (path.file_stem().unwrap().display().to_string(), read(&path).unwrap()))
        .collect();
    fixtures.sort_by(|(one, _), (other, _)| one.cmp(other));
    fixtures
}

/// The files of the crate, and the kinds of the findings.
fn made(input: &Input) -> (BTreeMap<String, String>, BTreeSet<Code>) {
    let outcome = generate(input, &Config::new("api", "0.1.0").unwrap());
    let codes = outcome.diagnostics.findings().iter().map(|finding| finding.code).collect();
    let mut files = outcome.package.unwrap().files;
    // The document that the crate keeps writes `mapping` as its source does: `Dog` or `#/components/schemas/Dog`.
    files.remove("src/openapi.json").unwrap();
    (files, codes)
}

fn input(document: &Value) -> Input {
    Input::new(Source::new("api.json", document.to_string()))
}

#[test]
fn a_document_in_many_files_gives_the_same_crate() {
    // `$id`, `$anchor` and the like are names within one file.
    for (name, document) in fixtures().into_iter().filter(|(name, _)| name != "identifiers") {
        let (root, files) = split(&document);
        let input_of_files = Input { files: Some(Arc::new(files)), ..input(&root) };
        let one = made(&input(&document));
        let several = made(&input_of_files);
        assert_eq!(one.1, several.1, "{name}");
        assert!(one.0 == several.0, "{name}");
    }
}

#[test]
fn a_document_that_is_there_twice_gives_the_same_crate() {
    for (name, document) in fixtures() {
        let mut twice = input(&document);
        twice.others.push(Source::new("other.json", document.to_string()));
        assert!(made(&input(&document)).0 == made(&twice).0, "{name}");
    }
}

/// The document with each component and path item in a file of its own.
fn split(document: &Value) -> (Value, BTreeMap<String, String>) {
    let mut root = document.clone();
    let mut files = BTreeMap::new();
    if let Some(Value::Object(sections)) = root.get_mut("components") {
        for (section, entries) in sections.iter_mut().filter(|(key, _)| !key.starts_with("x-")) {
            take_apart(section, entries, &mut files);
        }
    }
    if let Some(paths) = root.get_mut("paths") {
        take_apart("paths", paths, &mut files);
    }
    files.insert("api.json".to_owned(), root.to_string());
    (root, files)
}

fn take_apart(folder: &str, entries: &mut Value, files: &mut BTreeMap<String, String>) {
    let Value::Object(entries) = entries else { return };
    for (number, (key, entry)) in entries.iter_mut().enumerate() {
        // What has a reference already, or is none of OpenAPI's, stays.
        if key.starts_with("x-") || entry.as_object().is_none_or(|map| map.contains_key("$ref")) {
            continue;
        }
        let name = format!("{folder}/{number}.json");
        let mut content = std::mem::replace(entry, json!({"$ref": format!("./{name}#")}));
        lead_back(&mut content);
        files.insert(name, content.to_string());
    }
}

/// Makes references within the document such that lead back to it.
fn lead_back(value: &mut Value) {
    let lead = |text: &mut Value| {
        if let Some(pointer) = text.as_str().filter(|text| text.starts_with("#/")) {
            *text = format!("../api.json{pointer}").into();
        }
    };
    match value {
        Value::Object(map) => {
            map.get_mut("$ref").into_iter().for_each(lead);
            let mapping = map.get_mut("discriminator").and_then(|value| value.get_mut("mapping"));
            let mapping = mapping.and_then(Value::as_object_mut).map(Map::values_mut);
            mapping.into_iter().flatten().for_each(lead);
            map.values_mut().for_each(lead_back);
        }
        Value::Array(list) => list.iter_mut().for_each(lead_back),
        _ => {}
    }
}
