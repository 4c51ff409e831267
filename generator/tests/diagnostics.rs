//! Every kind of finding, each by a document that has it: how it is printed.

use std::{collections::BTreeSet, fs, path::PathBuf};

use openapi_crate::{
    Outcome,
    config::{Config, ConfigFile},
    diagnostics::{Code, Diagnostics, Style},
    diff::{Comparison, Ignored},
    generate, repair,
    select::Selection,
    source::{self, Input, Source},
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

fn file(name: &str) -> Option<Source> {
    fs::read_to_string(folder().join(name)).ok().map(|text| Source::new(name, text))
}

/// The findings about the documents of this name, and the documents.
fn findings(name: &str) -> (Input, Diagnostics) {
    let names = file(&format!("{name}.names.yaml"));
    if let Some(config) = file(&format!("{name}.config.yaml")) {
        let mut diagnostics = Diagnostics::default();
        let _ = ConfigFile::read(&config, &mut diagnostics);
        return (Input::new(config), diagnostics);
    }
    if let Some(ignored) = file(&format!("{name}.ignore.yaml")) {
        let mut diagnostics = Diagnostics::default();
        let mut comparison = Comparison { changes: Vec::new() };
        Ignored::read(&ignored, &mut diagnostics).apply(&mut comparison, 20_000, &mut diagnostics);
        return (Input::new(ignored), diagnostics);
    }
    let document =
        file(&format!("{name}.yaml")).unwrap_or_else(|| panic!("{name}.yaml is missing"));
    let overlays = file(&format!("{name}.overlay.yaml")).into_iter().collect();
    let selection = match name == Code::NothingSelected.name() {
        true => Selection { only: vec!["/nests".parse().unwrap()], ..Selection::default() },
        false => Selection::default(),
    };
    let input = Input { overlays, names, selection, ..Input::new(document) };
    if [Code::OmittedComponent, Code::UnreadableDocument].map(Code::name).contains(&name) {
        // What these are for never gets past the repairs, as far as we know.
        let mut diagnostics = Diagnostics::default();
        let document = source::read_document(0, input.document.text(), &mut diagnostics).unwrap();
        let readable = repair::parse_document(&document, &mut diagnostics).is_some();
        assert_eq!(readable, name == Code::OmittedComponent.name());
        return (input, diagnostics);
    }
    let Outcome { diagnostics, .. } = generate(&input, &Config::new("pets", "0.1.0").unwrap());
    (input, diagnostics)
}

/// The names of the documents.
fn names() -> BTreeSet<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.map(|name| name.split('.').next().unwrap().to_owned()).collect()
}

#[test]
fn every_code_is_printed() {
    for name in names() {
        let (input, diagnostics) = findings(&name);
        if let Some(code) = Code::from_name(&name) {
            let codes: Vec<Code> =
                diagnostics.findings().iter().map(|finding| finding.code).collect();
            assert!(codes.contains(&code), "{name}.yaml gives {codes:?}");
        }
        insta::assert_snapshot!(name.clone(), diagnostics.render(&input, Style::default()));
    }
}

#[test]
fn every_code_has_a_document() {
    let names = names();
    for code in Code::ALL {
        assert!(names.contains(code.name()), "{}.yaml is missing", code.name());
    }
}

#[test]
fn json_says_the_same() {
    let (input, diagnostics) = findings("many-mistakes");
    insta::assert_snapshot!("json", diagnostics.render_json(&input));
}

#[test]
fn what_occurs_often_is_counted() {
    let tags: String = (0..40).map(|number| format!("x{number}: !no{number} 1\n")).collect();
    let input = Input::new(Source::new("many.yaml", tags));
    let mut diagnostics = Diagnostics::default();
    source::read_document(0, input.document.text(), &mut diagnostics);
    assert_eq!(diagnostics.findings().len(), 40);
    let short = diagnostics.render(&input, Style::default());
    assert!(short.contains("37 more findings of this kind"), "{short}");
    assert_eq!(short.matches("many.yaml:").count(), 3);
    let long = diagnostics.render(&input, Style { all: true, ..Style::default() });
    assert_eq!(long.matches("many.yaml:").count(), 40);
    assert!(!long.contains("more of this kind"), "{long}");
}

#[test]
fn colors_are_printed_only_on_request() {
    let (input, diagnostics) = findings("null-value");
    assert!(!diagnostics.render(&input, Style::default()).contains('\u{1b}'));
    assert!(diagnostics.render(&input, Style { color: true, all: false }).contains('\u{1b}'));
}

#[test]
fn an_endless_line_is_cut_but_its_column_is_kept() {
    let text = format!(
        "{{\"openapi\":\"3.0.3\",\"x-é\":\"{}\",\"info\":7,\"paths\":[]}}",
        "é".repeat(500)
    );
    let input = Input::new(Source::new("one-line.json", text));
    let Outcome { diagnostics, .. } = generate(&input, &Config::new("pets", "0.1.0").unwrap());
    insta::assert_snapshot!("one-line", diagnostics.render(&input, Style::default()));
}
