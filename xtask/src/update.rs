//! Takes a newer document of the service: selects, corrects, generates, compares, and says what a person has to decide.

mod files;
mod plan;
mod resemble;
mod words;

use std::path::{Path, PathBuf};

use openapi_crate::{
    Outline,
    config::Config,
    describe,
    diagnostics::{Code, Diagnostics, Severity, Style},
    diff::{self, Comparison, Report},
    generate,
    package::Package,
    source::{Input, Source},
};
use serde_json::json;

use crate::codegen;
use files::Project;
use plan::Plan;

/// Update `spec/`, `generated/`, its version and the changelog to a newer document
///
/// `spec/selection.yaml` selects the operations. If a decision is needed first, it is printed and nothing is written.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status:\n  0  updated, or already up to date\n  1  a decision is needed, or the update failed"
)]
pub(crate) struct Arguments {
    /// The complete document that Box publishes
    upstream: PathBuf,
    /// Write nothing; print what would change
    #[arg(long)]
    dry_run: bool,
    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
    /// Print the changes as Markdown, for the description of a pull request
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// The directory that contains `spec/` and `generated/` [default: this repository]
    #[arg(long, value_name = "DIRECTORY")]
    project: Option<PathBuf>,
}

pub(crate) fn update_document(arguments: &Arguments) -> Result<(), String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("there is no workspace")?;
    let project = Project::read_files(arguments.project.as_deref().unwrap_or(here))?;
    let upstream = project.read_upstream(&arguments.upstream)?;
    let config = project.config.clone();
    let old = project.previous_input();
    let new = project.input_of(Source::new("spec (new)", upstream.text.clone()));
    let new = Input { reduced: old.reduced, ..new };
    let before = describe(&old, &config).map_err(|findings| render_findings(&findings, &old))?;
    let after = describe(&new, &config).map_err(|findings| render_findings(&findings, &new))?;
    let comparison = diff::compare(&before, &after);
    let mut open = stale_actions(&after.diagnostics, &new);
    open.extend(resemble::unknown_operations(&project.selection, &upstream.whole));
    if !project.selection.prose {
        let document = openapi_crate::read_and_repair(&new, &mut Diagnostics::default());
        open.extend(words::missing_words(&comparison, &document.unwrap_or_default()));
    }
    let version = project.version.clone();
    let report = Report {
        comparison: &comparison,
        old: (&before, &old),
        new: (&after, &new),
        version: Some(&version),
    };
    let next = comparison.bump().next(&version).ok_or("the version is not three numbers")?;
    print_report(arguments, &report, &open)?;
    if !open.is_empty() {
        return Err(format!("nothing was written: {} things are to be decided", open.len()));
    }
    let plan = Plan::new(&project, &upstream, &comparison, &next);
    let (package, outline) =
        next_package(&Input { reduced: false, ..new.clone() }, &config, &next)?;
    if arguments.dry_run {
        return Ok(());
    }
    plan.write_files()?;
    let done = package.write(&project.root.join("generated")).map_err(|error| error.to_string())?;
    codegen::write_rows(&project.root, &outline, false)?;
    eprintln!("generated/: {} files written, {} removed", done.written.len(), done.removed.len());
    Ok(())
}

/// The crate of the next version, and its types. Warnings are denied, as `cargo xtask codegen` does.
fn next_package(
    input: &Input,
    config: &Config,
    version: &str,
) -> Result<(Package, Outline), String> {
    let config = Config { version: version.to_owned(), ..config.clone() };
    let outcome = generate(input, &config);
    let fatal = outcome.diagnostics.is_fatal(true);
    let made = outcome.package.zip(outcome.outline).filter(|_| !fatal);
    made.ok_or_else(|| render_findings(&outcome.diagnostics, input))
}

fn render_findings(findings: &Diagnostics, input: &Input) -> String {
    let text = findings.render(input, Style::default());
    format!("nothing was written, these findings come first:\n\n{text}")
}

/// Actions of the overlay that the document has made needless, and findings that would stop `codegen`.
fn stale_actions(findings: &Diagnostics, input: &Input) -> Vec<String> {
    let matters =
        |code: Code| code == Code::OverlaySuperfluous || code.severity() != Severity::Note;
    if !findings.findings().iter().any(|finding| matters(finding.code)) {
        return Vec::new();
    }
    vec![findings.render(input, Style { color: false, all: true })]
}

fn print_report(arguments: &Arguments, report: &Report<'_>, open: &[String]) -> Result<(), String> {
    if arguments.json {
        let changes: serde_json::Value =
            serde_json::from_str(&report.json()).map_err(|error| error.to_string())?;
        println!("{:#}", json!({"comparison": changes, "to_decide": open}));
        return Ok(());
    }
    match arguments.markdown {
        true => print!("{}", report.markdown()),
        false => print!("{}", report.text(Style::default())),
    }
    for question in open {
        println!("\nto decide: {question}");
    }
    Ok(())
}

/// The changes that the changelog names, each in a line.
fn changelog_lines(comparison: &Comparison) -> Vec<String> {
    let mut lines = Vec::new();
    for change in &comparison.changes {
        let is_small = [diff::Rule::DocsChanged, diff::Rule::InfoChanged].contains(&change.rule);
        if is_small {
            continue;
        }
        let mut line = change.message.clone();
        if let Some(first) = change.items.first() {
            line.push_str(&format!(" (`{first}`"));
            if change.items.len() > 1 {
                line.push_str(&format!(" and {} more", change.items.len() - 1));
            }
            line.push(')');
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests;
