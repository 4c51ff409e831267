//! The fixtures and what is emitted for them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use openapi_crate::config::{Config, When};
use openapi_crate::diagnostics::Style;
use openapi_crate::package::Package;
use openapi_crate::source::{Input, Source};

/// A document of `tests/fixtures`, or the files of a folder of `tests/several`, with what the generator makes of it.
pub(crate) struct Fixture {
    /// Its file's name without the ending: `path_label`.
    pub(crate) name: String,
    pub(crate) package: Package,
    /// The findings as they are printed.
    pub(crate) findings: String,
}

/// All of them, sorted by name.
pub(crate) fn all() -> Vec<Fixture> {
    let fixtures = list("fixtures").into_iter().map(|path| {
        let file = path.file_name().unwrap().to_str().unwrap();
        let input = Input::new(Source::new(file, fs::read_to_string(&path).unwrap()));
        generate(&path, &input)
    });
    let several = list("several").into_iter().map(|folder| generate(&folder, &several(&folder)));
    let mut all: Vec<Fixture> = fixtures.chain(several).collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

fn list(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// The documents of a folder, and the other files for them to refer to.
fn several(folder: &Path) -> Input {
    let mut files = BTreeMap::new();
    read(folder, "", &mut files);
    let documents = files.iter().filter(|(_, text)| text.contains("\nopenapi: "));
    let mut documents: Vec<Source> =
        documents.map(|(name, text)| Source::new(name, text.clone())).collect();
    let others = documents.split_off(1);
    let document = documents.remove(0);
    Input { others, files: Some(Arc::new(files)), ..Input::new(document) }
}

fn read(folder: &Path, name: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{name}{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true => read(&path, &format!("{name}/"), files),
            false => drop(files.insert(name, fs::read_to_string(path).unwrap())),
        }
    }
}

fn generate(path: &Path, input: &Input) -> Fixture {
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut config = Config::new(name.replace('_', "-"), "0.1.0").unwrap();
    if name == "tag_features" {
        config.tag_features = When::Always;
    }
    if ["equal_types", "tag_features"].contains(&&*name) {
        config.merge_types = When::Always;
    }
    let outcome = openapi_crate::generate(input, &config);
    let findings = outcome.diagnostics.render(input, Style { color: false, all: true });
    let package = outcome.package.unwrap_or_else(|| panic!("{name} gives no crate:\n{findings}"));
    Fixture { name, package, findings }
}
