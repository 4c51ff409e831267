//! The files of a folder, as the command reads them: which ones, and which not.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

const START: &str = "openapi: 3.0.3\ninfo: {title: Pets, version: 1.0.0}\npaths: {}\n";

/// A directory with a document in `api`, beside a file that is none of its business.
struct Place(TempDir);

impl Place {
    fn new(reference: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.path("api")).unwrap();
        let schemas = format!("components: {{schemas: {{A: {{$ref: '{reference}'}}}}}}\n");
        place
            .with("secret.yaml", "{\"type\": \"string\", \"description\": \"the secret\"}")
            .with("api/pets.yaml", format!("{START}{schemas}"))
    }

    fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), text).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The exit status, and the standard error.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_openapi-crate"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        told(&command.output().unwrap())
    }

    #[track_caller]
    fn refuses(&self, arguments: &[&str], message: &str) {
        let (status, error) = self.run(arguments);
        assert_eq!(status, 0, "{error}");
        assert!(error.contains("warning[external-reference]"), "{error}");
        assert!(error.contains(message), "{error}");
        assert!(!error.contains("the secret"), "{error}");
    }
}

fn told(output: &Output) -> (i32, String) {
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    (output.status.code().unwrap(), error)
}

#[test]
fn a_file_outside_of_the_folder_is_refused() {
    for reference in
        ["../secret.yaml", "../api/../secret.yaml", "%2e%2e/secret.yaml", "/etc/passwd"]
    {
        Place::new(reference).refuses(&["api/pets.yaml"], "outside `api`\n --> api/pets.yaml:4:34");
    }
    let place = Place::new("../secret.yaml");
    assert_eq!(place.run(&["api/pets.yaml", "--root", "."]), (0, String::new()));
    place.refuses(&["api/pets.yaml", "--root", "api"], "outside `api`");
    // Where a document is named, it may be referred to.
    let place = Place::new("../secret.yaml").with("more.yaml", START);
    assert_eq!(place.run(&["api/pets.yaml", "more.yaml"]), (0, String::new()));
}

#[test]
fn a_root_must_be_a_directory() {
    let place = Place::new("../secret.yaml");
    for root in ["none", "secret.yaml"] {
        let (status, error) = place.run(&["api/pets.yaml", "--root", root]);
        assert_eq!(status, 2);
        assert!(error.starts_with(&format!("error: {root}: ")), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn links_count_as_what_they_lead_to() {
    use std::os::unix::fs::symlink;

    let place = Place::new("link.yaml");
    symlink("../secret.yaml", place.path("api/link.yaml")).unwrap();
    place.refuses(&["api/pets.yaml"], "`link.yaml`: outside `api`");
    let place = Place::new("deep/secret.yaml");
    symlink("..", place.path("api/deep")).unwrap();
    place.refuses(&["api/pets.yaml"], "`deep/secret.yaml`: outside `api`");
    // Within the folder they are fine, and so is a link that leads to itself.
    let place = Place::new("link.yaml").with("api/real.yaml", "{\"type\": \"string\"}");
    symlink("real.yaml", place.path("api/link.yaml")).unwrap();
    assert_eq!(place.run(&["api/pets.yaml"]), (0, String::new()));
    let place = Place::new("circle.yaml");
    symlink("circle.yaml", place.path("api/circle.yaml")).unwrap();
    place.refuses(&["api/pets.yaml"], "`circle.yaml`: ");
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_opened() {
    let place = Place::new("pipe.yaml");
    let made = Command::new("mkfifo").arg(place.path("api/pipe.yaml")).status().unwrap();
    assert!(made.success());
    place.refuses(&["api/pets.yaml"], "`pipe.yaml`: not a regular file");
    Place::new("/dev/zero").refuses(&["api/pets.yaml", "--root", "/dev"], "not a regular file");
    Place::new(".").refuses(&["api/pets.yaml", "--root", "."], "`.`: is a directory, not a file");
}

#[test]
fn unreadable_files_are_reported() {
    for (name, text, message) in [
        ("none.yaml", None, "no such file"),
        ("latin.yaml", Some(&b"a: b\nc: \xe9\n"[..]), "line 2 is not valid UTF-8"),
        ("utf16.yaml", Some(b"\xff\xfea\0"), "the file is UTF-16; save it as UTF-8"),
    ] {
        let place = Place::new(name);
        if let Some(text) = text {
            fs::write(place.path("api").join(name), text).unwrap();
        }
        place.refuses(&["api/pets.yaml"], &format!("`{name}`: {message}"));
    }
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let place = Place::new("large.yaml");
    fs::File::create(place.path("api/large.yaml")).unwrap().set_len(1 << 40).unwrap();
    place.refuses(&["api/pets.yaml"], "`large.yaml`: too large");
}

#[test]
fn a_document_from_the_standard_input_has_no_folder() {
    let place = Place::new("../secret.yaml");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_openapi-crate"));
        command.args(arguments).current_dir(place.path("api"));
        command.stdin(fs::File::open(place.path("api/pets.yaml")).unwrap());
        told(&command.output().unwrap())
    };
    let (status, error) = run(&["-"]);
    assert_eq!(status, 0);
    assert!(error.contains("<stdin> has no directory"), "{error}");
    let (_, error) = run(&["-", "--root", "."]);
    assert!(error.contains("outside `.`"), "{error}");
}

#[test]
fn findings_of_other_files_name_them() {
    let place = Place::new("schemas/a.yaml");
    fs::create_dir(place.path("api/schemas")).unwrap();
    let place = place.with("api/schemas/a.yaml", "# a schema\ntype: strange\n");
    let (status, error) = place.run(&["api/pets.yaml"]);
    assert_eq!(status, 0);
    assert!(error.contains("--> api/schemas/a.yaml:2:7"), "{error}");
    fs::write(place.path("api/schemas/a.yaml"), "a: [").unwrap();
    let (status, error) = place.run(&["api/pets.yaml"]);
    assert_eq!(status, 1);
    assert!(error.contains("--> api/schemas/a.yaml:1:"), "{error}");
}

#[test]
fn a_crate_of_several_files_and_documents_can_be_checked() {
    let place = Place::new("a.yaml").with("api/a.yaml", "type: object\n");
    let place = place.with(
        "more.yaml",
        START.replace("{}", "{/pets: {get: {operationId: all, responses: {}}}}"),
    );
    let write = ["api/pets.yaml", "more.yaml", "--out", "out", "--name", "pets"];
    let check = [&write[..], &["--check"]].concat();
    assert_eq!(place.run(&write).0, 0);
    assert_eq!(place.run(&check).0, 0);
    fs::write(place.path("api/a.yaml"), "type: string\n").unwrap();
    let (status, error) = place.run(&check);
    assert_eq!(status, 1);
    assert!(error.contains("changed: out/src/types.rs"), "{error}");
}
