use super::{NO_CHANGES, Placed, Report, operations, some};
use crate::diff::Bump;

/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
pub(super) fn github(report: &Report<'_>) -> String {
    if report.comparison.changes.is_empty() {
        return format!("{NO_CHANGES}\n");
    }
    let mut text: String = report.places().iter().map(annotation).collect();
    text.push_str(&format!("{}; {}\n", report.verdict(), report.counts()));
    text
}

fn annotation(placed: &Placed<'_>) -> String {
    let change = placed.change;
    let level = match change.bump() {
        Bump::Major => "error",
        Bump::Minor => "warning",
        Bump::Patch | Bump::None => "notice",
    };
    let silent = if change.rule.is_silent() { ", silent" } else { "" };
    let message = format!(
        "{}: {} in {} (wire: {}{silent})",
        change.message,
        some(change.items.iter(), 4),
        operations(change),
        change.wire().name()
    );
    let title = format!("{}: {}", change.bump().name(), change.rule.name());
    format!(
        "::{level} file={},line={},col={},title={}::{}\n",
        property(placed.new.file),
        placed.new.excerpt.line,
        placed.new.excerpt.column,
        property(&title),
        data(&message)
    )
}

/// A text as the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A text as the message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
