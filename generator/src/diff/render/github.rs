use super::{NO_CHANGES, Placed, Report, count_operations, list_some};
use crate::diff::Bump;

/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
pub(super) fn render_github(report: &Report<'_>) -> String {
    if report.comparison.changes.is_empty() {
        return format!("{NO_CHANGES}\n");
    }
    let mut text: String = report.places().iter().map(write_annotation).collect();
    text.push_str(&format!("{}; {}\n", report.verdict(), report.counts()));
    text
}

fn write_annotation(placed: &Placed<'_>) -> String {
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
        list_some(change.items.iter(), 4),
        count_operations(change),
        change.wire().name()
    );
    let title = format!("{}: {}", change.bump().name(), change.rule.name());
    format!(
        "::{level} file={},line={},col={},title={}::{}\n",
        escape_property(placed.new.file),
        placed.new.excerpt.line,
        placed.new.excerpt.column,
        escape_property(&title),
        escape_data(&message)
    )
}

/// A text as the value of a property.
fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A text as the message.
fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
