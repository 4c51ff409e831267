use std::collections::BTreeMap;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{
    Code, Diagnostics, Severity,
    placed::{File, Placed, PlacedFinding},
};
use crate::source::Input;

/// How many findings of one code are printed in full, unless all are asked for.
fn max_shown(code: Code) -> usize {
    match code.severity() {
        Severity::Error | Severity::Warning => 10,
        Severity::Note => 3,
    }
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// With ANSI colors.
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
            if style.all || *count <= max_shown(finding.finding.code) {
                text.push_str(&render_finding(&renderer, finding, &placed.files[finding.file]));
                text.push_str("\n\n");
            }
        }
        for (code, count) in seen {
            if !style.all && count > max_shown(code) {
                let rest = count - max_shown(code);
                let message = match rest {
                    1 => "1 more finding of this kind is not shown".to_owned(),
                    _ => format!("{rest} more findings of this kind are not shown"),
                };
                let group =
                    Group::with_title(level_of(code).primary_title(message).id(code.name()));
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

/// One finding, as rustc would print it.
fn render_finding(renderer: &Renderer, placed: &PlacedFinding<'_>, file: &File<'_>) -> String {
    let finding = placed.finding;
    let excerpt = file.lines.excerpt(&placed.mark);
    let line = excerpt.line;
    let column = excerpt.column;
    let shown = excerpt.shown_column();
    let snippet = Snippet::source(excerpt.text)
        .path(file.name)
        .line_start(line)
        .annotation(AnnotationKind::Primary.span(excerpt.mark));
    let title = level_of(finding.code).primary_title(&finding.message).id(finding.code.name());
    let mut group = Group::with_title(title).element(snippet);
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help));
    }
    // The renderer counts the column from where a long line was cut.
    let place = |column: usize| format!("{}:{line}:{column}", file.name);
    renderer.render(&[group]).replacen(&place(shown), &place(column), 1)
}

fn level_of(code: Code) -> Level<'static> {
    match code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}
