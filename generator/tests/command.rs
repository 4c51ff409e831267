//! The command line: what it prints, and its exit status.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

const DOCUMENT: &str = "\
openapi: 3.0.3
info: {title: Pets, version: 1.0.0}
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        '200': {description: All pets}
";

/// A directory with documents, and the command to run in it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap()).with("pets.yaml", DOCUMENT)
    }

    fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), text).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_openapi-crate"));
        command.args(arguments).current_dir(self.0.path()).env_remove("NO_COLOR");
        command
    }

    /// The exit status, the standard output and the standard error.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        told(self.command(arguments).output().unwrap())
    }

    /// Runs a command line in a shell that finds `openapi-crate`; it must succeed.
    #[cfg(unix)]
    fn run_line(&self, line: &str) {
        let binary = Path::new(env!("CARGO_BIN_EXE_openapi-crate"));
        let mut folders = vec![binary.parent().unwrap().to_owned()];
        folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let mut shell = Command::new("bash");
        shell.args(["-euo", "pipefail", "-c", line]).current_dir(self.0.path());
        let ended = told(shell.env("PATH", env::join_paths(folders).unwrap()).output().unwrap());
        assert_eq!(ended.0, 0, "{line}\n{}", ended.2);
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> (i32, String, String) {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        told(child.wait_with_output().unwrap())
    }
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_valid_document_prints_nothing() {
    let (status, out, error) = Place::new().run(&["pets.yaml"]);
    assert_eq!((status, out.as_str(), error.as_str()), (0, "", ""));
}

#[test]
fn findings_are_printed_and_decide_about_the_status() {
    let warned = DOCUMENT.replace("/pets:", "pets:");
    let place = Place::new().with("warned.yaml", &warned).with("wrong.yaml", "openapi: 2");
    let (status, out, error) = place.run(&["warned.yaml"]);
    assert_eq!((status, out.as_str()), (0, ""));
    assert!(error.contains("warning[invalid-path]"), "{error}");
    assert!(error.contains("--> warned.yaml:4:3"), "{error}");
    assert!(error.contains("1 warning\n"), "{error}");
    assert!(error.contains("--explain invalid-path"), "{error}");
    assert_eq!(place.run(&["warned.yaml", "--deny-warnings"]).0, 1);
    let (status, _, error) = place.run(&["wrong.yaml"]);
    assert_eq!(status, 1);
    assert!(error.contains("error[unsupported-version]"), "{error}");
}

#[test]
fn a_crate_is_written_and_can_be_checked() {
    let place = Place::new();
    let write = ["pets.yaml", "--out", "out", "--name", "pets", "--crate-version", "1.2.3"];
    let check = [&write[..], &["--check"]].concat();
    let (status, _, error) = place.run(&check);
    assert_eq!(status, 1);
    assert!(error.contains("missing: out/Cargo.toml"), "{error}");
    let (status, _, error) = place.run(&write);
    assert_eq!(status, 0, "{error}");
    assert!(error.contains("0 removed, 0 unchanged"), "{error}");
    let manifest = fs::read_to_string(place.path("out/Cargo.toml")).unwrap();
    assert!(manifest.starts_with(openapi_crate::package::MARK), "{manifest}");
    assert!(manifest.contains("name = \"pets\"\nversion = \"1.2.3\""), "{manifest}");
    assert_eq!(place.run(&check), (0, String::new(), String::new()));

    fs::write(place.path("out/src/lib.rs"), "edited").unwrap();
    fs::write(place.path("out/src/extra.rs"), "extra").unwrap();
    let (status, _, error) = place.run(&check);
    assert_eq!(
        (status, error.as_str()),
        (1, "changed: out/src/lib.rs\nleft over: out/src/extra.rs\n")
    );
    let (status, _, error) = place.run(&write);
    assert_eq!(status, 0);
    assert!(error.starts_with("out: 1 written, 1 removed, "), "{error}");
    assert_eq!(place.run(&check).0, 0);
}

#[test]
fn a_directory_with_other_things_is_not_written_over() {
    let place = Place::new();
    let (status, _, error) = place.run(&["pets.yaml", "--out", ".", "--name", "pets"]);
    assert_eq!(status, 2);
    assert!(error.contains("not an earlier output of openapi-crate"), "{error}");
    assert_eq!(fs::read_to_string(place.path("pets.yaml")).unwrap(), DOCUMENT);
}

#[test]
fn no_document_exhausts_the_stack() {
    for (open, close) in [("{items: ", "}"), ("{additionalProperties: ", "}"), ("{allOf: [", "]}")]
    {
        let levels = 116 / open.matches(['{', '[']).count();
        let schema = format!("{}{{type: string}}{}", open.repeat(levels), close.repeat(levels));
        let text = format!("{DOCUMENT}components: {{schemas: {{Deep: {schema}}}}}\n");
        let place = Place::new().with("deep.yaml", text);
        let (status, _, error) = place.run(&["deep.yaml", "--out", "out", "--name", "deep"]);
        assert_eq!(status, 0, "{error}");
    }
}

#[test]
fn findings_are_printed_as_json() {
    let place = Place::new().with("warned.yaml", DOCUMENT.replace("/pets:", "pets:"));
    let (status, out, error) = place.run(&["warned.yaml", "--json"]);
    assert_eq!((status, error.as_str()), (0, ""));
    let finding: serde_json::Value = serde_json::from_str(out.trim_end()).unwrap();
    assert_eq!(finding["code"], "invalid-path");
    assert_eq!(
        (&finding["file"], &finding["line"], &finding["column"]),
        (&"warned.yaml".into(), &4.into(), &3.into())
    );
}

#[test]
fn colors_are_only_for_terminals_unless_requested() {
    let place = Place::new().with("wrong.yaml", "openapi: 2");
    assert!(!place.run(&["wrong.yaml"]).2.contains('\u{1b}'));
    assert!(place.run(&["wrong.yaml", "--color", "always"]).2.contains('\u{1b}'));
    let output = place.command(&["wrong.yaml", "--color", "auto"]).env("NO_COLOR", "1").output();
    assert!(!told(output.unwrap()).2.contains('\u{1b}'));
}

#[test]
fn the_document_can_come_from_the_standard_input() {
    let place = Place::new();
    assert_eq!(place.run_with_input(&["-"], DOCUMENT).0, 0);
    let (status, _, error) = place.run_with_input(&["-"], "openapi: 4.0.0");
    assert_eq!(status, 1);
    assert!(error.contains("<stdin>:1:10"), "{error}");
    let (status, _, error) = place.run_with_input(&["-", "--overlay", "-"], DOCUMENT);
    assert_eq!(status, 2);
    assert!(error.contains("only be read once"), "{error}");
}

#[test]
fn overlays_are_applied_in_order() {
    let overlay = |version: &str, title: &str| {
        format!(
            "overlay: 1.0.0\ninfo: {{title: a, version: 1.0.0}}\nactions:\n\
             - target: $.info[?@ == '{version}']\n  remove: true\n\
             - target: $.info\n  update: {{version: {title}}}\n"
        )
    };
    let place = Place::new()
        .with("1.yaml", overlay("1.0.0", "two"))
        .with("2.yaml", overlay("two", "three"));
    assert_eq!(place.run(&["pets.yaml", "--overlay", "1.yaml", "--overlay", "2.yaml"]).0, 0);
    let (status, _, error) =
        place.run(&["pets.yaml", "--overlay", "2.yaml", "--overlay", "1.yaml"]);
    assert_eq!(status, 1);
    assert!(error.contains("error[overlay-no-match]"), "{error}");
    assert!(error.contains("--> 2.yaml:4:11"), "{error}");
}

#[test]
fn codes_are_explained() {
    let place = Place::new();
    let (status, out, _) = place.run(&["--explain", "too-deep"]);
    assert_eq!(status, 0);
    assert!(out.starts_with("error[too-deep]\n\nValues are nested"), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    let (status, _, error) = place.run(&["--explain", "nothing"]);
    assert_eq!(status, 2);
    assert!(error.contains("too-deep"), "{error}");
}

#[test]
fn unreadable_files_are_reported() {
    let place =
        Place::new().with("latin.yaml", b"a: b\nc: \xe9\n").with("utf16.yaml", b"\xff\xfea\0");
    for (name, message) in [
        ("none.yaml", "none.yaml: no such file"),
        (".", ".: is a directory, not a file"),
        ("latin.yaml", "latin.yaml: line 2 is not valid UTF-8"),
        ("utf16.yaml", "utf16.yaml: the file is UTF-16; save it as UTF-8"),
    ] {
        let (status, out, error) = place.run(&[name]);
        assert_eq!(
            (status, out.as_str(), error.trim_end()),
            (2, "", format!("error: {message}").as_str())
        );
    }
}

#[test]
fn invalid_usage_is_refused() {
    let place = Place::new();
    for (arguments, message) in [
        (&[][..], "required"),
        (&["pets.yaml", "--check"], "--out"),
        (&["pets.yaml", "--out", "out"], "--name"),
        (&["pets.yaml", "--out", "out", "--name", "1st"], "not a valid package name"),
        (
            &["pets.yaml", "--out", "out", "--name", "a", "--crate-version", "one"],
            "not a valid version",
        ),
        (&["pets.yaml", "--nonsense"], "--nonsense"),
    ] {
        let (status, out, error) = place.run(arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}");
        assert!(error.contains(message), "{arguments:?}: {error}");
    }
}

#[test]
fn a_configuration_file_supplements_the_command_line() {
    let place = Place::new()
        .with("right.yaml", "name: pets-client\nversion: 2.0.0\n")
        .with("named.yaml", "name: pets-client\nnames: {operations: {GET /pets: all_pets}}\n")
        .with("stale.yaml", "name: pets-client\nnames: {operations: {GET /cats: all_cats}}\n")
        .with("wrong.yaml", "name: [pets]\n");
    assert_eq!(place.run(&["pets.yaml", "--config", "right.yaml"]).0, 0);
    let (status, _, error) = place.run(&["pets.yaml", "--config", "wrong.yaml"]);
    assert_eq!(status, 1);
    assert!(error.contains("error[invalid-config]"), "{error}");
    let (status, _, error) = place.run(&["pets.yaml", "--config", "stale.yaml"]);
    assert_eq!(status, 1);
    assert!(error.contains("--> stale.yaml:2:22"), "{error}");
    let (status, _, error) = place.run(&["pets.yaml", "--config", "named.yaml", "--out", "out"]);
    assert_eq!(status, 0, "{error}");
    let operations = fs::read_to_string(place.path("out/src/operations.rs")).unwrap();
    assert!(operations.contains("pub fn all_pets("), "{operations}");
}

#[test]
fn the_help_has_examples() {
    let (status, out, _) = Place::new().run(&["--help"]);
    assert_eq!(status, 0);
    assert!(out.contains("Examples:\n  openapi-crate petstore.yaml"), "{out}");
    assert!(out.contains("Exit status:"), "{out}");
}

#[test]
fn operations_are_selected() {
    let place = Place::new();
    let (status, out, error) = place.run(&["select", "pets.yaml", "--only", "GET /p*"]);
    assert_eq!((status, error.as_str()), (0, ""));
    assert!(out.contains("/pets:"), "{out}");
    let (status, _, error) = place.run(&["select", "pets.yaml", "--only", "tag:none"]);
    assert_eq!((status, error.as_str()), (2, "error: `tag:none` matches no operation\n"));
    assert_eq!(place.run(&["select", "pets.yaml", "--exclude", "GETT"]).0, 2);
    let (status, _, error) = place.run(&["pets.yaml", "--only", "/nests"]);
    assert_eq!(status, 1);
    assert!(error.contains("error[nothing-selected]: `/nests` matches no operation"), "{error}");
    let name = ["--out", "out", "--name", "pets", "--only", "/pets"];
    let (status, _, error) = place.run(&[&["pets.yaml"][..], &name].concat());
    assert_eq!(status, 0, "{error}");
}

/// Every command of the READMEs runs as it is printed, in order.
#[cfg(unix)]
#[test]
fn every_command_of_the_readmes_runs() {
    let correction = "\
overlay: 1.0.0
info: {title: Corrections, version: 1.0.0}
actions:
  - {target: $.info, update: {title: Corrected}}
";
    let mut place = Place::new().with("corrections.yaml", correction).with("ours.yaml", correction);
    for name in ["openapi.yaml", "petstore.yaml", "old.yaml", "new.yaml", "api.yaml"] {
        place = place.with(name, DOCUMENT);
    }
    for name in ["toys.yaml", "shops.yaml"] {
        place = place.with(name, DOCUMENT.replace("Pets", name).replace("/pets", "/things"));
    }
    let commit = "git init -q && git add . && git -c user.name=n -c user.email=e commit -qm 1";
    place.run_line(&format!("{commit} && git tag v1.2.0"));
    let commands = [read_commands("../README.md"), read_commands("README.md")].concat();
    assert!(commands.len() > 4, "{commands:?}");
    for command in commands {
        place.run_line(&command);
    }
}

/// The commands of a file's shell blocks that use `openapi-crate`.
#[cfg(unix)]
fn read_commands(file: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let commands = blocks.flat_map(str::lines).filter(|line| line.starts_with("openapi-crate "));
    commands.map(str::to_owned).collect()
}
