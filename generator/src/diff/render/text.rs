use std::collections::BTreeMap;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::{NO_CHANGES, Placed, Report, count_operations, list_some};
use crate::diagnostics::{Spotted, Style};
use crate::diff::{Bump, Rule};

/// How many changes of one rule are printed, unless all are asked for.
fn max_shown(rule: Rule) -> usize {
    match rule.bump() {
        Bump::Major => 10,
        Bump::Minor => 5,
        Bump::Patch | Bump::None => 3,
    }
}

pub(super) fn render_text(report: &Report<'_>, style: Style) -> String {
    if report.comparison.changes.is_empty() {
        return format!("{NO_CHANGES}\n");
    }
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let mut seen: BTreeMap<Rule, usize> = BTreeMap::new();
    let mut text = String::new();
    for placed in report.places() {
        let rule = placed.change.rule;
        let count = seen.entry(rule).or_default();
        *count += 1;
        if style.all || *count <= max_shown(rule) {
            text.push_str(&render_change(&renderer, &placed));
            text.push_str("\n\n");
        }
    }
    for (rule, count) in seen {
        if !style.all && count > max_shown(rule) {
            let title = format!("{} more changes like this are not shown", count - max_shown(rule));
            let group = Group::with_title(level_of(rule).primary_title(title).id(rule.name()));
            text.push_str(&renderer.render(&[group]));
            text.push_str("\n\n");
        }
    }
    text.push_str(&format!("{}; {}\n", report.verdict(), report.counts()));
    text
}

fn render_change(renderer: &Renderer, placed: &Placed<'_>) -> String {
    let change = placed.change;
    let mut notes = format!("wire: {}", change.wire().name());
    if change.rule.is_silent() {
        notes.push_str("; silent: callers may still compile, but do something else");
    }
    let mut touched =
        format!("{} in {}", list_some(change.items.iter(), 4), count_operations(change));
    if !change.operations.is_empty() {
        touched.push_str(&format!(": {}", list_some(change.operations.iter(), 2)));
    }
    let title = level_of(change.rule).primary_title(&change.message).id(change.rule.name());
    let group = Group::with_title(title)
        .element(snippet_of(&placed.old, AnnotationKind::Context, "before"))
        .element(snippet_of(&placed.new, AnnotationKind::Primary, "after"))
        .element(Level::NOTE.message(notes))
        .element(Level::NOTE.message(touched));
    let mut text = renderer.render(&[group]);
    // The renderer counts the column from where a long line was cut.
    for spotted in [&placed.old, &placed.new] {
        let excerpt = &spotted.excerpt;
        let place = |column: usize| format!("{}:{}:{column}", spotted.file, excerpt.line);
        text = text.replacen(&place(excerpt.shown_column()), &place(excerpt.column), 1);
    }
    text
}

fn snippet_of(
    spotted: &Spotted<'_>,
    kind: AnnotationKind,
    label: &'static str,
) -> Snippet<'static, Annotation<'static>> {
    let excerpt = &spotted.excerpt;
    Snippet::source(excerpt.text.clone())
        .path(spotted.file.to_owned())
        .line_start(excerpt.line)
        .annotation(kind.span(excerpt.mark.clone()).label(label))
}

fn level_of(rule: Rule) -> Level<'static> {
    match rule.bump() {
        Bump::Major => Level::ERROR.with_name("major"),
        Bump::Minor => Level::WARNING.with_name("minor"),
        Bump::Patch | Bump::None => Level::NOTE.with_name("patch"),
    }
}
