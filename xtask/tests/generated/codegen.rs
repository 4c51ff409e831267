//! `generated/` is up to date with `spec/`.

use std::process::Command;

use crate::document::{package, repository};

#[test]
fn it_is_up_to_date() {
    let differences = package().check(&repository("generated")).unwrap();
    assert!(differences.is_empty(), "run `cargo xtask codegen`: {differences:?}");
}

#[test]
fn the_command_says_so() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.args(["codegen", "--check"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");

    let readme = include_str!("../../../README.md");
    let shown = readme.lines().find(|line| line.starts_with("generated/: ")).unwrap();
    let counts = |line: &str| line.split(", ").take(2).collect::<Vec<_>>().join(", ");
    assert!(text.contains(&counts(shown)), "README.md: {shown}\n{text}");
    let unchanged = shown.split(", ").find_map(|part| part.strip_suffix(" unchanged")).unwrap();
    assert!(text.contains(&format!(", all {unchanged} files ")), "README.md: {shown}\n{text}");
}

/// It must not depend on the machine, the clock or the order of a hash map.
#[test]
fn it_is_the_same_every_time() {
    let first = package();
    assert!(first.files.contains_key("src/operations.rs"), "{:?}", first.files.keys());
    assert_eq!(package(), first);
}
