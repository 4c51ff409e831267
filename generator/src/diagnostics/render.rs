use std::collections::BTreeMap;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{
    Code, Diagnostics, Severity,
    placed::{File, Placed, PlacedFinding},
};
use crate::source::Input;

/// How many findings of one code are printed in full, unless all are asked for.
fn shown(code: Code) -> usize {
    match code.severity() {
        Severity::Error | Severity::Warning => 10,
        Severity::Note => 3,
    }
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
    /// Every finding in full; otherwise a code that occurs often is only counted after a while.
    pub all: bool,
}

impl Diagnostics {
    /// The findings as rustc would print them, in the order of the text, and a line that counts them.
    /// Nothing at all if there are none.
    ///
    /// `input` is what the findings were made from.
    #[must_use]
    pub fn render(&self, input: &Input, style: Style) -> String {
        if self.findings.is_empty() {
            return String::new();
        }
        let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
        let placed = Placed::new(self, input);
        let mut seen: BTreeMap<Code, usize> = BTreeMap::new();
        let mut text = String::new();
        for finding in &placed.findings {
            let count = seen.entry(finding.finding.code).or_default();
            *count += 1;
            if style.all || *count <= shown(finding.finding.code) {
                let group = group(finding, &placed.files[finding.file]);
                text.push_str(&renderer.render(&[group]));
                text.push_str("\n\n");
            }
        }
        for (code, count) in seen {
            if !style.all && count > shown(code) {
                let rest = count - shown(code);
                let message = format!("{rest} more of this kind are not shown");
                let group = Group::with_title(level(code).primary_title(message).id(code.name()));
                text.push_str(&renderer.render(&[group]));
                text.push_str("\n\n");
            }
        }
        text.push_str(&self.summary());
        text.push('\n');
        text
    }

    /// How many findings of each severity there are: `1 error, 2 warnings`.
    #[must_use]
    pub fn summary(&self) -> String {
        let counts = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
            let count = self.count(severity);
            let plural = if count == 1 { "" } else { "s" };
            (count, format!("{count} {}{plural}", severity.name()))
        });
        let counts: Vec<String> =
            counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
        if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") }
    }
}

fn group<'a>(placed: &'a PlacedFinding<'_>, file: &'a File<'_>) -> Group<'a> {
    let finding = placed.finding;
    let excerpt = file.lines.excerpt(&placed.mark);
    let title = level(finding.code).primary_title(&finding.message).id(finding.code.name());
    let mut group = Group::with_title(title);
    let mut snippet = Snippet::source(excerpt.text)
        .line_start(excerpt.line)
        .annotation(AnnotationKind::Primary.span(excerpt.mark));
    if excerpt.cut {
        // The renderer would count the column from where the line was cut.
        let origin = Origin::path(file.name).line(excerpt.line).char_column(excerpt.column);
        group = group.element(origin);
    } else {
        snippet = snippet.path(file.name);
    }
    group = group.element(snippet);
    match &finding.help {
        Some(help) => group.element(Level::HELP.message(help)),
        None => group,
    }
}

fn level(code: Code) -> Level<'static> {
    match code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}
