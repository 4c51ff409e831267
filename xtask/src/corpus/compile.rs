//! Compiling emitted crates.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::Value;

use super::process::{self, Ended};

/// Crates in one workspace, so that their dependencies are built once.
pub(super) struct Workspace {
    root: PathBuf,
    limit: Duration,
}

/// Messages of the compiler or rustdoc about a crate.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    /// Duration.
    pub(super) time: Duration,
    /// Errors, including warnings.
    pub(super) errors: usize,
    /// The first error.
    pub(super) first: Option<String>,
}

/// A crate that depends on everything the others depend on.
const ALL: &str = "all-dependencies";

impl Workspace {
    /// Writes the workspace around the crates, and builds their dependencies.
    pub(super) fn new(root: &Path, crates: &[&str], limit: Duration) -> Result<Self, String> {
        let mut dependencies = BTreeSet::new();
        for name in crates {
            let path = root.join(name).join("Cargo.toml");
            let manifest = read_file(&path)?;
            dependencies.extend(manifest_section(&manifest, "[dependencies]").map(str::to_owned));
            write_if_changed(&path, &format!("{manifest}\n[lints]\nworkspace = true\n"))?;
        }
        // What is optional in one crate need not be in another.
        let dependencies: BTreeMap<String, String> = dependencies
            .into_iter()
            .map(|line| line.replace(", optional = true", ""))
            .map(|line| (line.split(' ').next().unwrap_or_default().to_owned(), line))
            .collect();
        let dependencies: Vec<String> = dependencies.into_values().collect();
        write_if_changed(
            &root.join(ALL).join("Cargo.toml"),
            &format!(
                "[package]\nname = \"{ALL}\"\nedition = \"2024\"\n\n[dependencies]\n{}\n",
                dependencies.join("\n")
            ),
        )?;
        write_if_changed(&root.join(ALL).join("src/lib.rs"), "")?;
        let members: Vec<&str> = crates.iter().copied().chain([ALL]).collect();
        let workspace = Self::with_members(root, &members, limit)?;
        match workspace.check_package(ALL)?.first {
            None => Ok(workspace),
            Some(error) => Err(format!("the dependencies do not compile: {error}")),
        }
    }

    /// Writes the manifest of the workspace.
    pub(super) fn with_members(
        root: &Path,
        members: &[&str],
        limit: Duration,
    ) -> Result<Self, String> {
        write_if_changed(
            &root.join("Cargo.toml"),
            &format!(
                "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n\
                 [workspace.lints.rust]\nwarnings = \"deny\"\n\n[profile.dev]\ndebug = false\n"
            ),
        )?;
        // The versions in this repository's lock file; cargo removes those that are not needed.
        let lock = read_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"))?;
        write_if_changed(&root.join("Cargo.lock"), &lock)?;
        Ok(Self { root: root.to_owned(), limit })
    }

    /// Compiles a crate.
    pub(super) fn check_package(&self, package: &str) -> Result<Compiled, String> {
        self.run_cargo(&["check", "--all-features", "--package", package])
    }

    /// Builds the documentation of a crate.
    pub(super) fn document_package(&self, package: &str) -> Result<Compiled, String> {
        self.run_cargo(&["doc", "--no-deps", "--all-features", "--package", package])
    }

    /// Builds programs, in parallel. Returns the folder of those that compile, and the errors of
    /// the others.
    pub(super) fn build_packages(
        &self,
        packages: &[&str],
    ) -> Result<(PathBuf, Vec<String>), String> {
        let mut command = self.cargo_command(&["build", "--keep-going"]);
        command.args(packages.iter().flat_map(|package| ["--package", package]));
        let output = self.root.join("../messages.json");
        let limit = self.limit * u32::try_from(packages.len()).unwrap_or(u32::MAX);
        process::run_with_limit(&mut command, &output, limit)?;
        Ok((self.target_folder().join("debug"), error_lines(&read_file(&output)?)))
    }

    fn target_folder(&self) -> PathBuf {
        self.root.join("../built")
    }

    fn cargo_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args(arguments)
            .args(["--quiet", "--message-format=json"])
            .env("CARGO_INCREMENTAL", "0")
            .env("RUSTDOCFLAGS", "-Dwarnings")
            .env("CARGO_TARGET_DIR", self.target_folder())
            .current_dir(&self.root);
        for (name, _) in env::vars_os() {
            // Cargo's variables about this package would make dependencies stale.
            if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_")) {
                command.env_remove(name);
            }
        }
        command
    }

    fn run_cargo(&self, arguments: &[&str]) -> Result<Compiled, String> {
        let mut command = self.cargo_command(arguments);
        let output = self.root.join("../messages.json");
        let ended = process::run_with_limit(&mut command, &output, self.limit)?;
        let messages = error_lines(&read_file(&output)?);
        Ok(match ended {
            Ended::Never => Compiled {
                time: self.limit,
                errors: messages.len(),
                first: Some("it was stopped".to_owned()),
            },
            Ended::Well { time } => Compiled { time, errors: 0, first: None },
            Ended::Badly { time } => Compiled {
                time,
                errors: messages.len(),
                first: messages.into_iter().next().or(Some("cargo itself failed".to_owned())),
            },
        })
    }
}

/// The lines of a section of a manifest, without comments.
fn manifest_section<'m>(manifest: &'m str, heading: &str) -> impl Iterator<Item = &'m str> {
    let lines = manifest.lines().skip_while(move |line| *line != heading).skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The errors among cargo's messages, one per line.
fn error_lines(messages: &str) -> Vec<String> {
    messages.lines().filter_map(error_line).collect()
}

/// The error that a line of cargo's messages is, and where it is.
fn error_line(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    let message = line.get("message").filter(|message| message["level"] == "error")?;
    // `aborting due to …` has no location.
    let span = message["spans"].as_array()?.iter().find(|span| span["is_primary"] == true)?;
    let file = span["file_name"].as_str().unwrap_or("?");
    let text = message["message"].as_str().unwrap_or_default();
    Some(format!("{file}:{}: {text}", span["line_start"]))
}

pub(super) fn read_file(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file if its content differs, to keep what was built from it.
pub(super) fn write_if_changed(path: &Path, text: &str) -> Result<(), String> {
    if fs::read(path).is_ok_and(|known| known == text.as_bytes()) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}
