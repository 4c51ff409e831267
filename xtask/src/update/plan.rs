use std::{fs, path::PathBuf};

use openapi_crate::diff::{Bump, Comparison};

use super::files::{Project, Upstream};

/// The longest line of prose.
const WIDTH: usize = 120;

/// The files other than `generated/` that an update writes, all prepared before the first is written.
pub(super) struct Plan(Vec<(PathBuf, String)>);

impl Plan {
    pub(super) fn new(
        project: &Project,
        upstream: &Upstream,
        comparison: &Comparison,
        next: &str,
    ) -> Self {
        let root = &project.root;
        let mut plan = Self(Vec::new());
        plan.0.push((root.join("spec").join(&project.selection.document), upstream.text.clone()));
        let version = &project.version;
        plan.change_file(root.join("spec/crate.yaml"), |text| {
            text.replacen(&format!("version: {version}"), &format!("version: {next}"), 1)
        });
        // The workspace names the version of its members, and the lock file has it, too.
        plan.change_file(root.join("Cargo.toml"), |text| {
            let of = |version: &str| format!("path = \"generated\", version = \"{version}\"");
            text.replacen(&of(version), &of(next), 1)
        });
        plan.change_file(root.join("Cargo.lock"), |text| {
            let package = &project.config.name;
            let of = |version: &str| format!("name = \"{package}\"\nversion = \"{version}\"");
            text.replacen(&of(version), &of(next), 1)
        });
        if comparison.bump() > Bump::None {
            let entry = changelog_entry(&project.config.name, comparison, next);
            plan.change_file(root.join("CHANGELOG.md"), |text| with_entry(text, &entry));
        }
        if let Some(commit) = &upstream.commit {
            plan.change_file(root.join("spec/README.md"), |text| with_commit(text, commit));
        }
        plan
    }

    /// Changes a file that is there.
    fn change_file(&mut self, path: PathBuf, how: impl Fn(&str) -> String) {
        if let Ok(text) = fs::read_to_string(&path) {
            let changed = how(&text);
            if changed != text {
                self.0.push((path, changed));
            }
        }
    }

    pub(super) fn write_files(&self) -> Result<(), String> {
        for (path, text) in &self.0 {
            fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
            eprintln!("written: {}", path.display());
        }
        Ok(())
    }
}

/// The changes as one item of the changelog.
fn changelog_entry(package: &str, comparison: &Comparison, next: &str) -> String {
    let lines = super::changelog_lines(comparison);
    let changes = match lines.is_empty() {
        true => "documentation".to_owned(),
        false => lines.join("; "),
    };
    let wire = comparison.wire().name();
    let text =
        format!("`{package}` {next}: {changes}. Programs built from the version before: {wire}.");
    let mut entry = String::from("-");
    let mut width = 1;
    for word in text.split(' ') {
        if width + 1 + word.chars().count() > WIDTH {
            entry.push_str("\n ");
            width = 1;
        }
        entry.push(' ');
        entry.push_str(word);
        width += 1 + word.chars().count();
    }
    entry.push('\n');
    entry
}

/// The changelog with an entry at the end of the first list of what is generated, or of its newest section.
fn with_entry(text: &str, entry: &str) -> String {
    const HEADING: &str = "### Generated crate\n";
    if let Some(at) = text.find(HEADING) {
        let list = at + HEADING.len();
        let end = text[list..].find("\n#").map_or(text.len(), |end| list + end);
        return format!("{}{entry}{}", &text[..end], &text[end..]);
    }
    let newest = text.find("\n## ").map_or(text.len(), |at| {
        let body = at + 1;
        text[body + 1..].find("\n## ").map_or(text.len(), |end| body + 1 + end)
    });
    let (before, behind) = text.split_at(newest);
    format!("{}\n\n{HEADING}\n{entry}{behind}", before.trim_end())
}

/// The text with the commit of the document, which is named behind `x-box-commit-hash`.
fn with_commit(text: &str, commit: &str) -> String {
    let Some(at) = text.find("x-box-commit-hash` is `") else { return text.to_owned() };
    let start = at + "x-box-commit-hash` is `".len();
    let end = text[start..].find('`').map_or(start, |length| start + length);
    format!("{}{commit}{}", &text[..start], &text[end..])
}
