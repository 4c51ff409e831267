use serde_json::{Value, json};

use super::{Placed, Report};
use crate::diagnostics::{Pointer, Spotted};

pub(super) fn render_json(report: &Report<'_>) -> String {
    let comparison = report.comparison;
    let changes: Vec<Value> = report.places().iter().map(change_value).collect();
    let mut all = json!({
        "crate": comparison.bump().name(),
        "wire": comparison.wire().name(),
        "changes": changes,
    });
    if let Some(next) = report.version.and_then(|version| comparison.bump().next(version)) {
        all["next_version"] = next.into();
    }
    format!("{all:#}\n")
}

fn change_value(placed: &Placed<'_>) -> Value {
    let change = placed.change;
    json!({
        "rule": change.rule.name(),
        "crate": change.bump().name(),
        "wire": change.wire().name(),
        "silent": change.rule.is_silent(),
        "message": change.message,
        "items": change.items,
        "operations": change.operations,
        "old": place_value(&change.old, &placed.old),
        "new": place_value(&change.new, &placed.new),
    })
}

fn place_value(pointer: &Pointer, spotted: &Spotted<'_>) -> Value {
    json!({
        "pointer": pointer.as_str(),
        "file": spotted.file,
        "line": spotted.excerpt.line,
        "column": spotted.excerpt.column,
    })
}
