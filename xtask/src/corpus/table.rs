//! The table of results.

use std::fmt::Write;
use std::path::PathBuf;

use super::{compile::Compiled, figures::Figures, round_trip::Report};

/// A document and its results.
pub(super) struct Row {
    pub(super) name: String,
    /// The document.
    pub(super) path: PathBuf,
    pub(super) package: String,
    /// Or why there are none.
    pub(super) figures: Result<Figures, String>,
    pub(super) compiled: Option<Compiled>,
    pub(super) documented: Option<Compiled>,
    /// Or why there is none.
    pub(super) round_trip: Option<Result<Report, String>>,
}

/// One line per document.
pub(super) fn write_table(rows: &[Row], compile: bool) -> String {
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(8);
    let mut text = format!(
        "{:width$} {:>13} {:>7} {:>6} {:>6} {:>8} {:>5} {:>7} {:>6} {:>7}{}{}\n",
        "document",
        "operations",
        "fields",
        "weak",
        "errors",
        "warnings",
        "notes",
        "ms",
        "MiB",
        "lines",
        if compile { format!(" {:>10} {:>10}", "compiles", "documents") } else { String::new() },
        if has_trials(rows) { Report::HEADING } else { "" },
    );
    for row in rows {
        let _ = write!(text, "{:width$} ", row.name);
        let figures = match &row.figures {
            Ok(figures) => figures,
            Err(why) => {
                let _ = writeln!(text, "{why}");
                continue;
            }
        };
        let _ = write!(
            text,
            "{:>13} {:>7} {:>6} {:>6} {:>8} {:>5} {:>7.1} {:>6.0} {:>7}",
            format!("{} of {}", figures.operations_out, figures.operations_in),
            figures.fields,
            figures.weakened,
            figures.errors,
            figures.warnings,
            figures.notes,
            check_milliseconds(figures),
            figures.kibibytes as f64 / 1024.0,
            figures.lines,
        );
        if compile {
            let judged = [&row.compiled, &row.documented];
            for one in judged {
                let _ = write!(text, " {:>10}", compile_cell(one.as_ref()));
            }
            let first = judged.iter().find_map(|one| one.as_ref()?.first.as_ref());
            if let Some(first) = first {
                let _ = write!(text, "  {first}");
            }
        }
        match &row.round_trip {
            Some(Ok(report)) => text.push_str(&report.cells()),
            Some(Err(why)) => {
                let _ = write!(text, "  no round trips: {why}");
            }
            None => {}
        }
        text.push('\n');
    }
    text
}

/// Duration, or number of errors.
fn compile_cell(judged: Option<&Compiled>) -> String {
    match judged {
        None => "no crate".to_owned(),
        Some(Compiled { time, first: None, .. }) => format!("{:.1} s", time.as_secs_f64()),
        Some(Compiled { errors, .. }) => format!("{errors} errors"),
    }
}

/// Whether values were sent through the types.
fn has_trials(rows: &[Row]) -> bool {
    rows.iter().any(|row| row.round_trip.is_some())
}

/// The reports, each with the name of its document.
pub(super) fn round_trip_reports(rows: &[Row]) -> impl Iterator<Item = (&str, &Report)> {
    rows.iter().filter_map(|row| Some((&*row.name, row.round_trip.as_ref()?.as_ref().ok()?)))
}

/// All documents, in one line.
pub(super) fn write_summary(rows: &[Row], compile: bool) -> String {
    let known: Vec<&Figures> = rows.iter().filter_map(|row| row.figures.as_ref().ok()).collect();
    let sum = |of: fn(&Figures) -> u64| known.iter().map(|figures| of(figures)).sum::<u64>();
    let out = sum(|one| one.operations_out);
    let present = sum(|one| one.operations_in);
    let mut text = format!(
        "operations {out} of {present} ({:.2} %), fields weakened {} of {}, documents emitted {} of {}",
        100.0 * out as f64 / present.max(1) as f64,
        sum(|one| one.weakened),
        sum(|one| one.fields),
        sum(|one| u64::from(one.emitted)),
        rows.len(),
    );
    if compile {
        let compiled = count_clean(rows.iter().map(|row| &row.compiled));
        let documented = count_clean(rows.iter().map(|row| &row.documented));
        let _ = write!(text, ", compiled {compiled}, documented {documented}");
    }
    if has_trials(rows) {
        let _ =
            write!(text, ", {}", Report::sum(round_trip_reports(rows).map(|(_, report)| report)));
    }
    let mut times: Vec<f64> = known.iter().map(|figures| check_milliseconds(figures)).collect();
    times.sort_by(f64::total_cmp);
    if let (Some(median), Some(worst)) = (times.get(times.len() / 2), times.last()) {
        let _ = write!(
            text,
            ", {median:.1} ms median, {worst:.1} ms worst, {:.0} ms in all, {} lines",
            times.iter().sum::<f64>(),
            sum(|one| one.lines),
        );
    }
    let mut sized: Vec<&Figures> =
        known.into_iter().filter(|figures| figures.operations_out > 0).collect();
    sized.sort_by_key(|figures| figures.operations_out);
    if let (Some(smallest), Some(largest)) = (sized.first(), sized.last()) {
        let each = |figures: &Figures| check_milliseconds(figures) / figures.operations_out as f64;
        let _ = write!(
            text,
            ", ms an operation: {:.2} smallest, {:.2} median, {:.2} largest document",
            each(smallest),
            each(sized[sized.len() / 2]),
            each(largest),
        );
    }
    text + "\n"
}

fn check_milliseconds(figures: &Figures) -> f64 {
    figures.micros as f64 / 1000.0
}

/// How many crates compiled without an error.
fn count_clean<'r>(compiled: impl Iterator<Item = &'r Option<Compiled>>) -> usize {
    compiled.flatten().filter(|done| done.first.is_none()).count()
}
