//! `openapi-crate diff`: what it prints, and its exit status.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

const OLD: &str = "\
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      operationId: list_pets
      parameters:
        - {name: owner, in: query, schema: {type: string}}
      responses:
        '200': {description: All pets, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
components:
  schemas:
    Pet:
      type: object
      properties:
        name: {type: string}
";

fn new() -> String {
    OLD.replace("      type: object\n", "      type: object\n      required: [name]\n")
        .replace("operationId: list_pets", "operationId: all_pets")
}

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::write(place.0.path().join("old.yaml"), OLD).unwrap();
        fs::write(place.0.path().join("new.yaml"), new()).unwrap();
        place
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=n", "-c", "user.email=e"]).args(arguments);
        assert!(command.current_dir(self.0.path()).output().unwrap().status.success());
    }

    fn diff(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_openapi-crate"));
        command.arg("diff").args(arguments).current_dir(self.0.path());
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

#[test]
fn changes_are_printed_with_the_lines_of_both_documents() {
    let place = Place::new();
    for format in ["text", "json", "markdown", "github"] {
        let (status, out, error) = place.diff(&["old.yaml", "new.yaml", "--format", format]);
        assert_eq!((status, error.as_str()), (0, ""));
        insta::assert_snapshot!(format, out);
    }
}

#[test]
fn no_change_is_one_line() {
    let place = Place::new();
    for format in ["text", "markdown", "github"] {
        let arguments = ["old.yaml", "old.yaml", "--format", format, "--fail-on", "any"];
        let (status, out, _) = place.diff(&arguments);
        assert_eq!((status, out.as_str()), (0, "no changes: neither the crate nor the wire\n"));
    }
}

#[test]
fn the_exit_status_follows_the_options() {
    let place = Place::new();
    let minor = OLD.replace(
        "        - {name",
        "        - {name: age, in: query, schema: {type: integer}}\n        - {name",
    );
    fs::write(place.0.path().join("minor.yaml"), minor).unwrap();
    for (new, what, status) in [
        ("new.yaml", "major", 1),
        ("minor.yaml", "major", 0),
        ("minor.yaml", "minor", 1),
        ("minor.yaml", "any", 1),
        ("minor.yaml", "wire", 0),
        ("new.yaml", "wire", 0),
    ] {
        assert_eq!(place.diff(&["old.yaml", new, "--fail-on", what]).0, status, "{new} {what}");
    }
    fs::write(place.0.path().join("bad.yaml"), "openapi: 2").unwrap();
    let (status, _, error) = place.diff(&["old.yaml", "bad.yaml"]);
    assert_eq!(status, 1);
    assert!(error.contains("--> bad.yaml:1:1"), "{error}");
    assert_eq!(place.diff(&["old.yaml", "missing.yaml"]).0, 2);
    assert_eq!(place.diff(&["old.yaml"]).0, 2);
}

#[test]
fn accepted_changes_are_ignored_until_they_expire() {
    let place = Place::new();
    let accepted = "\
ignore:
- {rule: operation-renamed, reason: It was a mistake.}
- {rule: field-became-required, at: /components/schemas/Pet, reason: Known., until: '2020-01-01'}
";
    fs::write(place.0.path().join("accepted.yaml"), accepted).unwrap();
    let (status, out, error) =
        place.diff(&["old.yaml", "new.yaml", "--ignore", "accepted.yaml", "--fail-on", "major"]);
    assert_eq!(status, 1);
    assert!(out.contains("field-became-required") && !out.contains("operation-renamed"), "{out}");
    assert!(error.contains("stale-exception") && error.contains("accepted.yaml:3:3"), "{error}");
    fs::write(place.0.path().join("wrong.yaml"), "ignore: [{rule: no-such}]").unwrap();
    let (status, _, error) = place.diff(&["old.yaml", "new.yaml", "--ignore", "wrong.yaml"]);
    assert_eq!(status, 1);
    assert!(error.contains("unknown rule `no-such`"), "{error}");
}

#[test]
fn a_revision_of_the_repository_is_read() {
    let place = Place::new();
    place.git(&["init", "-q"]);
    place.git(&["add", "old.yaml"]);
    place.git(&["commit", "-q", "-m", "One"]);
    fs::write(place.0.path().join("old.yaml"), new()).unwrap();
    let (status, out, _) = place.diff(&["HEAD:old.yaml", "old.yaml"]);
    assert_eq!(status, 0);
    assert!(out.contains("HEAD:old.yaml:6:7"), "{out}");
    let (status, _, error) = place.diff(&["HEAD:none.yaml", "old.yaml"]);
    assert_eq!(status, 2);
    assert!(error.contains("HEAD:none.yaml") && error.contains("git reports"), "{error}");
    assert_eq!(place.diff(&["--help:old.yaml", "old.yaml"]).0, 2);
}

#[test]
fn rules_are_explained() {
    let place = Place::new();
    let (status, out, _) = place.diff(&["--explain", "arguments-swapped"]);
    assert_eq!(status, 0);
    assert!(out.starts_with("arguments-swapped: crate: major (silent), wire: works\n"), "{out}");
    let (status, _, error) = place.diff(&["--explain", "nothing"]);
    assert_eq!(status, 2);
    assert!(error.contains("diff --rules"), "{error}");
    let (status, out, _) = place.diff(&["--rules"]);
    assert_eq!((status, out.lines().count()), (0, openapi_crate::diff::Rule::ALL.len()));
}

#[test]
fn a_crate_that_was_emitted_earlier_is_compared_with() {
    let place = Place::new();
    let make = ["old.yaml", "--out", "crate", "--name", "pets", "--crate-version", "1.4.2"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_openapi-crate"));
    assert!(command.args(make).current_dir(place.0.path()).output().unwrap().status.success());
    let same = place.diff(&["--against", "crate", "old.yaml"]);
    assert_eq!(same, (0, "no changes: neither the crate nor the wire\n".to_owned(), String::new()));
    let (status, out, _) = place.diff(&["--against", "crate", "new.yaml", "--fail-on", "major"]);
    assert_eq!(status, 1);
    assert!(out.contains("crate/src/openapi.json:7:5") && out.contains("new.yaml:6:7"), "{out}");
    assert!(out.contains("2.0.0"), "{out}");
    place.git(&["init", "-q"]);
    place.git(&["add", "crate"]);
    place.git(&["commit", "-q", "-m", "One"]);
    fs::remove_dir_all(place.0.path().join("crate")).unwrap();
    let (_, out, _) = place.diff(&["--against", "HEAD:crate", "new.yaml"]);
    assert!(out.contains("HEAD:crate/src/openapi.json") && out.contains("2.0.0"), "{out}");
    let (status, _, error) = place.diff(&["--against", "crate", "new.yaml"]);
    assert_eq!(status, 2);
    assert!(error.contains("src/openapi.json"), "{error}");
}

#[test]
fn unselected_operations_are_not_compared() {
    let place = Place::new();
    let more = OLD
        .replace("paths:\n", "paths:\n  /owners: {get: {responses: {'204': {description: ''}}}}\n");
    fs::write(place.0.path().join("more.yaml"), more).unwrap();
    let (_, out, _) = place.diff(&["old.yaml", "more.yaml", "--only", "/pets*"]);
    assert_eq!(out, "no changes: neither the crate nor the wire\n");
    let (_, out, _) = place.diff(&["old.yaml", "more.yaml"]);
    assert!(out.contains("operation-added"), "{out}");
}
