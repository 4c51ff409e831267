//! How a comparison is printed.

mod github;
mod json;
mod markdown;
mod text;

use std::collections::BTreeMap;

use super::{Bump, Change, Comparison};
use crate::Description;
use crate::diagnostics::{Pointer, Spotted, Style};
use crate::source::Input;

/// A comparison with what it was made of, to be printed.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The changes.
    pub comparison: &'a Comparison,
    /// The old document, and the texts that it was read from.
    pub old: (&'a Description, &'a Input),
    /// The new document, and the texts that it was read from.
    pub new: (&'a Description, &'a Input),
    /// The version of the old crate, if the next one is to be named.
    pub version: Option<&'a str>,
}

impl Report<'_> {
    /// As rustc prints its findings, with the lines of both documents; one line, if there are no changes.
    #[must_use]
    pub fn text(&self, style: Style) -> String {
        text::render_text(self, style)
    }

    /// One JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        json::render_json(self)
    }

    /// Markdown, as for the text of a pull request.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::render_markdown(self)
    }

    /// Annotations of GitHub's workflows: they show at the lines of the new document.
    #[must_use]
    pub fn github(&self) -> String {
        github::render_github(self)
    }

    /// The changes with their places in the two documents.
    fn places(&self) -> Vec<Placed<'_>> {
        let changes = &self.comparison.changes;
        let old = locate_changes(self.old, changes, |change| &change.old);
        let new = locate_changes(self.new, changes, |change| &change.new);
        let placed = changes.iter().zip(old.into_iter().zip(new));
        placed.map(|(change, (old, new))| Placed { change, old, new }).collect()
    }

    /// Both verdicts in a sentence: `crate: major (0.1.0 to 0.2.0); wire: breaks`.
    fn verdict(&self) -> String {
        let bump = self.comparison.bump();
        let next = self.version.and_then(|version| Some((version, bump.next(version)?)));
        let versions = match next {
            Some((version, next)) if next != version => format!(" ({version} to {next})"),
            _ => String::new(),
        };
        format!("crate: {}{versions}; wire: {}", bump.name(), self.comparison.wire().name())
    }

    /// How many changes ask for what: `2 major, 1 patch`.
    fn counts(&self) -> String {
        let mut counts: BTreeMap<Bump, usize> = BTreeMap::new();
        for change in &self.comparison.changes {
            *counts.entry(change.bump()).or_default() += 1;
        }
        let told = counts.iter().rev().map(|(bump, count)| format!("{count} {}", bump.name()));
        told.collect::<Vec<_>>().join(", ")
    }
}

/// Where a document says what the changes are about.
fn locate_changes<'a>(
    side: (&'a Description, &'a Input),
    changes: &[Change],
    of: fn(&Change) -> &Pointer,
) -> Vec<Spotted<'a>> {
    let pointers: Vec<Pointer> = changes.iter().map(|change| of(change).clone()).collect();
    side.0.diagnostics.spot(side.1, &pointers)
}

/// A change with its places.
struct Placed<'a> {
    change: &'a Change,
    old: Spotted<'a>,
    new: Spotted<'a>,
}

/// What is said where nothing has changed.
const NO_CHANGES: &str = "no changes: neither the crate nor the wire";

/// The first of some things, and how many more there are.
fn list_some<'t>(things: impl ExactSizeIterator<Item = &'t String>, shown: usize) -> String {
    let rest = things.len().saturating_sub(shown);
    let first: Vec<String> = things.take(shown).map(|thing| format!("`{thing}`")).collect();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", first.join(", "))
}

/// How many operations a change touches.
fn count_operations(change: &Change) -> String {
    match change.operations.len() {
        0 => "no operation".to_owned(),
        1 => "1 operation".to_owned(),
        count => format!("{count} operations"),
    }
}
