use super::{NO_CHANGES, Placed, Report, count_operations, list_some};
use crate::diff::Bump;

/// How many changes of a kind are listed before the rest is only counted: a pull request's text has a limit.
const SHOWN: usize = 50;

pub(super) fn render_markdown(report: &Report<'_>) -> String {
    if report.comparison.changes.is_empty() {
        return format!("{NO_CHANGES}\n");
    }
    let places = report.places();
    let mut text = format!("**{}** ({})\n", report.verdict(), report.counts());
    for (bump, title) in [(Bump::Major, "Major"), (Bump::Minor, "Minor"), (Bump::Patch, "Patch")] {
        let of_kind: Vec<&Placed<'_>> =
            places.iter().filter(|placed| placed.change.bump() == bump).collect();
        if of_kind.is_empty() {
            continue;
        }
        text.push_str(&format!("\n### {title}\n\n"));
        for placed in of_kind.iter().take(SHOWN) {
            text.push_str(&change_line(placed));
        }
        if of_kind.len() > SHOWN {
            text.push_str(&format!("- and {} more\n", of_kind.len() - SHOWN));
        }
    }
    text
}

fn change_line(placed: &Placed<'_>) -> String {
    let change = placed.change;
    let silent = if change.rule.is_silent() { ", silent" } else { "" };
    format!(
        "- {}: {} in {} (wire: {}{silent}; `{}`; {}:{}, {}:{})\n",
        change.message,
        list_some(change.items.iter(), 4),
        count_operations(change),
        change.wire().name(),
        change.rule.name(),
        placed.old.file,
        placed.old.excerpt.line,
        placed.new.file,
        placed.new.excerpt.line,
    )
}
