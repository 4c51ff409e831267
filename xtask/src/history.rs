//! Successive versions of a document: our verdict on each step, and that of `cargo semver-checks`.

mod checked;

use std::{
    fs,
    path::{Path, PathBuf},
};

use openapi_crate::{
    Description,
    config::Config,
    describe,
    diagnostics::Style,
    diff::{self, Bump},
    generate,
    source::{Input, Source},
};

use checked::Workshop;

/// Compare the verdicts of `diff` and of cargo-semver-checks on successive versions of a document
///
/// Files are compared in the order of their names. `cargo semver-checks` must be installed. Each crate is emitted and
/// its documentation is built as JSON, which takes half a minute for a large document.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status:\n  0  `diff` says major wherever cargo-semver-checks does\n  1  cargo-semver-checks found more, or the task failed"
)]
pub(crate) struct Arguments {
    /// The folder of the documents
    folder: PathBuf,
    /// Where crates are written and built
    #[arg(long, value_name = "DIRECTORY", default_value = "target/history")]
    out: PathBuf,
}

/// A version of the document.
struct Version {
    name: String,
    input: Input,
    /// The JSON of the emitted crate's documentation.
    documented: PathBuf,
}

pub(crate) fn compare_history(arguments: &Arguments) -> Result<(), String> {
    let config = Config::new("history", "1.0.0")?;
    let workshop = Workshop::new(&arguments.out)?;
    let mut missed = 0;
    let mut last: Option<Version> = None;
    println!("{:<24} {:<6} {:<6} rules of ours; lints of theirs", "version", "ours", "theirs");
    for path in list_documents(&arguments.folder)? {
        let version = make_version(&path, &config, &workshop)?;
        if let Some(old) = &last {
            missed += usize::from(!compare_versions(old, &version, &config, &workshop)?);
        }
        last = Some(version);
    }
    match missed {
        0 => Ok(()),
        missed => Err(format!("{missed} steps ask for more than we say")),
    }
}

fn list_documents(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let at = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(at)? {
        let path = entry.map_err(at)?.path();
        if path.extension().is_some_and(|ending| ending == "json" || ending == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn make_version(path: &Path, config: &Config, workshop: &Workshop) -> Result<Version, String> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let input = Input::new(Source::new(path.display().to_string(), text));
    let outcome = generate(&input, config);
    let package =
        outcome.package.ok_or_else(|| outcome.diagnostics.render(&input, Style::default()))?;
    let documented = workshop.document_package(&package, &name)?;
    Ok(Version { name, input, documented })
}

/// Prints a line of the table. `false` if the other verdict is graver.
fn compare_versions(
    old: &Version,
    new: &Version,
    config: &Config,
    workshop: &Workshop,
) -> Result<bool, String> {
    let comparison =
        diff::compare(&describe_version(old, config)?, &describe_version(new, config)?);
    let ours = comparison.bump();
    let theirs = workshop.check_versions(&old.documented, &new.documented)?;
    let mut rules: Vec<&str> = comparison
        .changes
        .iter()
        .filter(|change| change.bump() == ours && ours > Bump::Patch)
        .map(|change| change.rule.name())
        .collect();
    rules.dedup();
    println!(
        "{:<24} {:<6} {:<6} {}; {}",
        new.name,
        ours.name(),
        theirs.bump.name(),
        rules.join(" "),
        theirs.lints.join(" ")
    );
    Ok(ours >= theirs.bump)
}

fn describe_version(version: &Version, config: &Config) -> Result<Description, String> {
    describe(&version.input, config)
        .map_err(|findings| findings.render(&version.input, Style::default()))
}
