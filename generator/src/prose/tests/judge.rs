//! rustdoc as the judge: of many texts as documentation, nothing runs, and nothing is refused.

use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::super::{code_span, document_text, one_line};
use super::{property, shapes};

#[test]
fn rustdoc_runs_nothing_and_refuses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("lib.rs");
    fs::write(&source, texts()).unwrap();
    let said = rustdoc(&source, &["-Dwarnings", "-Drustdoc::all"]);
    assert_eq!(said, "");
    let said = rustdoc(&source, &["--test"]);
    assert!(said.contains("running 0 tests"), "{said}");
}

/// A crate of items that are documented with the texts.
fn texts() -> String {
    let mut runner = TestRunner::deterministic();
    let mixtures = (0..400).map(|_| property::mixture().new_tree(&mut runner).unwrap().current());
    let shapes = shapes::SHAPES.iter().map(|shape| (*shape).to_owned());
    let mut source = "//! Texts.\n".to_owned();
    for (index, text) in shapes.chain(mixtures).enumerate() {
        for own in document_text([&*text, "`GET /x`"]).lines {
            source += &format!("/// {own}\n");
        }
        source += &format!("///\n/// Default: {}.\npub struct S{index};\n", code_span(&text));
        source += &format!("/// {}: a title.\npub struct T{index};\n", one_line(&text));
        source += &format!("/// Of {}, a title.\npub struct U{index};\n", one_line(&text));
    }
    source
}

fn rustdoc(source: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(std::env::var_os("RUSTDOC").unwrap_or("rustdoc".into()));
    command.arg("--edition=2024").args(arguments).arg(source);
    let output = command.current_dir(source.parent().unwrap()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
