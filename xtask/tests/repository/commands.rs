//! Every command that the documents show is run by a test or a step of `.ci/run`, or there is a reason why not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What becomes of a command.
enum Check {
    /// This file runs it.
    RunBy(&'static str),
    /// A task of this crate that changes files or takes long: only its options are checked.
    Parsed,
    /// Nothing runs it, for this reason.
    NotRun(&'static str),
}

use Check::{NotRun, Parsed, RunBy};

const INSTALLS: &str = "a release build takes minutes";
const AS_ROOT: &str = "it changes the system";
const DEPLOY: &str = "deploy/systemd/README.md";

/// The file, the command or what it begins with, and what becomes of it. A command belongs to the first row that fits.
const COMMANDS: &[(&str, &str, Check)] = &[
    ("README.md", "cargo install --path uploader", NotRun(INSTALLS)),
    ("README.md", "cargo install --path generator", NotRun(INSTALLS)),
    (
        "README.md",
        "cargo run --package box-uploader -- --demo",
        RunBy("uploader/tests/command/demo.rs"),
    ),
    ("README.md", "cargo run --package box-emulator -- ", RunBy("emulator/tests/suite/command.rs")),
    ("README.md", "cargo test --workspace", RunBy(".ci/run")),
    ("README.md", "cargo xtask codegen", Parsed),
    ("README.md", "export BOX_ACCESS_TOKEN=…", NotRun("it needs an account")),
    ("README.md", "box-upload ", RunBy("uploader/tests/command/readme.rs")),
    ("README.md", "openapi-crate ", RunBy("generator/tests/command.rs")),
    ("CONTRIBUTING.md", "cargo test --workspace", RunBy(".ci/run")),
    ("CONTRIBUTING.md", ".ci/run", NotRun("it runs this test")),
    ("CONTRIBUTING.md", "cargo xtask codegen", Parsed),
    (
        "CONTRIBUTING.md",
        "INSTA_UPDATE=always cargo test --workspace",
        NotRun("it accepts every difference"),
    ),
    ("CONTRIBUTING.md", "git diff", NotRun("it only shows changes")),
    (DEPLOY, "install ", NotRun(AS_ROOT)),
    (DEPLOY, "systemctl ", NotRun(AS_ROOT)),
    (DEPLOY, "", RunBy("uploader/tests/command/deploy.rs")),
    ("docs/upload-sessions.md", "", RunBy("xtask/tests/repository/guide.rs")),
    ("docs/upload-sessions.ja.md", "", RunBy("xtask/tests/repository/guide.rs")),
    ("emulator/README.md", "cargo run -p box-emulator", RunBy("emulator/tests/suite/command.rs")),
    ("emulator/README.md", "box-emulator --", RunBy("emulator/tests/suite/command.rs")),
    ("emulator/README.md", "docker ", NotRun("it needs Docker")),
    ("generator/README.md", "openapi-crate ", RunBy("generator/tests/command.rs")),
    ("playground/README.md", "cargo xtask playground", Parsed),
    ("spec/README.md", "cargo xtask update box-2024.0.json", Parsed),
    (
        "uploader/README.md",
        "cargo run --release --package box-uploader",
        RunBy("uploader/tests/command/demo.rs"),
    ),
    ("uploader/README.md", "export BOX_ACCESS_TOKEN=…", NotRun("it needs an account")),
    ("uploader/README.md", "box-upload login ", NotRun("a browser signs in")),
    ("uploader/README.md", "", RunBy("uploader/tests/command/readme.rs")),
];

#[test]
fn every_command_of_the_documents_is_checked() {
    let mut used = BTreeSet::new();
    for document in list_documents() {
        for command in read_commands(&document) {
            let row = COMMANDS
                .iter()
                .position(|(file, start, _)| *file == document && command.starts_with(start));
            let row = row.unwrap_or_else(|| panic!("{document}: nothing runs `{command}`"));
            used.insert(row);
            match COMMANDS[row].2 {
                RunBy(file) => assert!(root().join(file).is_file(), "{file}"),
                Parsed => check_task(&command),
                NotRun(reason) => check_paths(&command, reason),
            }
        }
    }
    for (index, (file, start, _)) in COMMANDS.iter().enumerate() {
        assert!(used.contains(&index), "{file} has no command `{start}`");
    }
}

#[test]
fn every_path_in_a_document_exists() {
    let folders = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name());
    let folders: BTreeSet<String> = folders.map(|name| name.into_string().unwrap()).collect();
    for document in list_documents() {
        let text = fs::read_to_string(root().join(&document)).unwrap();
        for path in text.split('`').skip(1).step_by(2) {
            let folder = path.split_once('/').map(|(folder, _)| folder);
            let is_path = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            if is_path && folder.is_some_and(|folder| folders.contains(folder)) {
                let relative = Path::new(&document).with_file_name(path);
                let exists = root().join(path).exists() || root().join(relative).exists();
                assert!(exists, "{document}: there is no `{path}`");
            }
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The Markdown files of the repository.
fn list_documents() -> Vec<String> {
    let mut documents = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = folder.join(&name);
            if entry.file_type().unwrap().is_dir() {
                if !name.starts_with('.') && name != "target" && name != "node_modules" {
                    folders.push(path);
                }
            } else if name.ends_with(".md") {
                documents.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    documents
}

/// The lines of a document's shell blocks, without comments; of a console, those behind the prompt.
fn read_commands(document: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let mut commands = Vec::new();
    let mut language = None;
    for line in text.lines() {
        if let Some(fence) = line.trim_start().strip_prefix("```") {
            language = if language.is_some() { None } else { Some(fence) };
            continue;
        }
        let command = match language {
            Some("sh" | "bash" | "shell") => Some(line),
            Some("console") => line.strip_prefix("$ "),
            _ => None,
        };
        let command = command.map(|line| line.split(" # ").next().unwrap().trim());
        let command = command.filter(|line| !line.is_empty() && !line.starts_with('#'));
        commands.extend(command.map(str::to_owned));
    }
    commands
}

/// Checks the options of a task: with `--help` behind them, it only reads them.
fn check_task(command: &str) {
    let arguments = command.strip_prefix("cargo xtask ").unwrap().split_whitespace();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).arg("--help").output();
    let output = output.unwrap();
    assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// Checks that the files of a command that is not run exist.
fn check_paths(command: &str, reason: &str) {
    let words: Vec<&str> = command.split_whitespace().collect();
    let options = words.windows(2).filter(|pair| matches!(pair[0], "--path" | "-f"));
    let script = words[..1].iter().filter(|word| word.starts_with('.'));
    for path in options.map(|pair| pair[1]).chain(script.copied()) {
        assert!(root().join(path).exists(), "`{command}` ({reason}): no `{path}`");
    }
}
