use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Arguments, update_document};

const SERVICE: &str = "\
openapi: 3.0.3
info: {title: Pets, version: '1', x-box-commit-hash: aaa}
paths:
  /pets:
    get:
      operationId: list_pets
      responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
  /owners:
    get: {operationId: list_owners, responses: {'204': {description: ''}}}
components:
  schemas:
    Pet: {type: object, properties: {name: {type: string}}}
";

const OVERLAY: &str = "\
overlay: 1.0.0
info: {title: Words, version: '1'}
actions:
- target: $.components.schemas.Pet.properties.name
  update: {description: Its name.}
";

/// A project that selects the pets.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.put(
            "spec/selection.yaml",
            "document: pets.yaml\nonly: [/pets*]\nprose: false\npassed_over: []\n",
        );
        place.put("spec/crate.yaml", "name: pets\nversion: 0.1.0\n");
        place.put("spec/overlay.yaml", OVERLAY);
        place.put("spec/README.md", "Its `x-box-commit-hash` is `none`.\n");
        let owners = "  /owners:\n    get: {operationId: list_owners, responses: {'204': {description: ''}}}\n";
        place.put("spec/pets.yaml", &SERVICE.replace(owners, ""));
        place.put("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Pets.\n");
        place.update(SERVICE).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn update(&self, service: &str) -> Result<(), String> {
        self.put("service.yaml", service);
        update_document(&Arguments {
            upstream: self.path("service.yaml"),
            dry_run: false,
            json: false,
            markdown: false,
            project: Some(Path::new(self.0.path()).to_owned()),
        })
    }
}

#[test]
fn a_change_is_taken_with_version_changelog_and_commit() {
    let place = Place::new();
    let service = SERVICE
        .replace("hash: aaa", "hash: bbb")
        .replace("properties: {name", "required: [name], properties: {name");
    place.update(&service).unwrap();
    assert!(place.text("spec/crate.yaml").contains("version: 0.2.0"));
    assert!(place.text("generated/Cargo.toml").contains("version = \"0.2.0\""));
    assert!(place.text("spec/README.md").contains("`bbb`"));
    assert!(!place.text("spec/pets.yaml").contains("/owners"));
    let log = place.text("CHANGELOG.md");
    assert!(
        log.contains("### Generated crate\n\n- `pets` 0.2.0: the field `name` is required (`types::Pet::name`)."),
        "{log}"
    );
    place.update(&service).unwrap();
    assert_eq!(place.text("CHANGELOG.md"), log);
}

#[test]
fn open_decisions_stop_an_update_before_it_writes() {
    let place = Place::new();
    let before = place.text("spec/pets.yaml");
    for (what, from, to) in [
        (
            "has no words of ours",
            "{name: {type: string}}",
            "{name: {type: string}, age: {type: integer}}",
        ),
        ("these findings come first", "{name: {type: string}}", "{called: {type: string}}"),
        (
            "things are to be decided",
            "{name: {type: string}}",
            "{name: {type: string, description: Prose.}, x: {}}",
        ),
        ("things are to be decided", "  /owners:", "  /all/pets:"),
    ] {
        let error = place.update(&SERVICE.replace(from, to)).unwrap_err();
        let stopped = error.contains(what) || error.contains("things are to be decided");
        assert!(stopped, "{what}: {error}");
        assert_eq!(place.text("spec/pets.yaml"), before);
    }
}

#[test]
fn an_action_that_became_unnecessary_is_named() {
    let place = Place::new();
    place.put("spec/overlay.yaml", &OVERLAY.replace("description: Its name.", "type: string"));
    let error = place.update(SERVICE).unwrap_err();
    assert!(error.contains("things are to be decided"), "{error}");
}

#[test]
fn the_overlay_may_describe_new_items_in_advance() {
    let place = Place::new();
    let more =
        SERVICE.replace("{name: {type: string}}", "{name: {type: string}, age: {type: integer}}");
    assert!(place.update(&more).is_err());
    let words = "- target: $.components.schemas.Pet.properties.age\n  update: {description: Its age, which is the number of years since the day on which it was born.}\n";
    place.put("spec/overlay.yaml", &format!("{OVERLAY}{words}"));
    place.update(&more).unwrap();
    assert!(
        place.text("CHANGELOG.md").contains("`pets` 0.1.1: `age` is a new field"),
        "{}",
        place.text("CHANGELOG.md")
    );
}
