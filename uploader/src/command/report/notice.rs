//! Events in words.

use std::time::{Duration, Instant};

use box_uploader::{Event, Unfinished};

use super::message::{Message, Percentiles, Planned, Reported, Stored, Summary};
use super::stdout::{self, write_line};
use crate::command::terminal::{BAD, GOOD, Terminal, apply_style, to_brief, to_printable};
use box_upload_common::units::{Size, Time};

/// Reports messages that look the same with and without a bar.
pub(super) fn report_common(terminal: &Terminal, message: &Message<'_>) {
    match message {
        Message::Skipped { path, what } => {
            terminal.write_line(&format!("skipped {}: {what}", to_printable(path)));
        }
        Message::Failing { path, reason } => {
            let text = format!("{}: {}", to_printable(path), to_brief(reason));
            terminal.write_line(&(apply_style(BAD, "! ") + &text));
        }
        Message::Failed { path, failure } => terminal.write_line(&failure.to_text(*path)),
        Message::Summary(it) => terminal.write_line(&describe_summary(it)),
        Message::Deleted { path, is_folder, planned: false, .. } => {
            let slash = if *is_folder { "/" } else { "" };
            terminal.write_line(&format!("deleted {}{slash} from Box", to_printable(path)));
        }
        Message::Reported(it) => terminal.write_line(&describe_report(it)),
        Message::Planned(plan) => write_line(&describe_planned(plan)),
        Message::Unfinished(it) => write_line(&describe_unfinished(it)),
        Message::Cleared(it) => {
            terminal.write_line(&format!("discarded the upload of {}", to_printable(&it.path)));
        }
        Message::DamagedRemoved { count } => {
            let journals = if *count == 1 { "journal" } else { "journals" };
            terminal.write_line(&format!("removed {count} damaged {journals}"));
        }
        Message::SignIn { .. } => terminal.write_line(&describe_sign_in(message)),
        Message::SignedOut { profile } => {
            terminal.write_line(&format!("signed out of profile {profile}"));
        }
        Message::Percentiles(it) => terminal.write_line(&describe_percentiles(it)),
        Message::Metrics { address } => {
            terminal.write_line(&format!("serving metrics at http://{address}/metrics"));
        }
        Message::Aborted { session } => {
            let session = to_printable(session);
            terminal.write_line(&format!("aborted session {session} and deleted its parts"));
        }
        other => stdout::format_single(other).iter().for_each(|line| write_line(line)),
    }
}

/// The URL to open. It is not cut, whatever its length.
pub(super) fn describe_sign_in(message: &Message<'_>) -> String {
    let Message::SignIn { url } = message else { return String::new() };
    format!("open this URL in a browser to sign in:\n  {}", to_printable(url))
}

/// Describes events that deserve a line; `named` adds the file's path.
pub(super) fn describe_event(path: &str, event: &Event, named: bool) -> Option<String> {
    let file = if named { format!("{}: ", to_printable(path)) } else { String::new() };
    let bad = |text: String| apply_style(BAD, "! ") + &file + &to_brief(&text);
    let notice = match event {
        Event::Session { id, resumed: true, .. } => {
            format!("{file}resuming session {}", to_printable(id))
        }
        Event::Retry { operation, attempt, delay, reason, .. } => {
            let what = operation.replace('_', " ");
            let delay = Time(*delay);
            bad(format!("{what} failed (attempt {attempt}): {reason}; retrying in {delay}"))
        }
        Event::Recovered { operation, reason } => {
            let what = operation.replace('_', " ");
            bad(format!("{what} failed: {reason}; Box had completed it, so it is not repeated"))
        }
        Event::Warning { text } => bad(text.clone()),
        Event::Restarted { reason } => bad(format!("starting over: {reason}")),
        Event::Processing { delay } => {
            format!("{file}Box is still processing the parts; retrying in {}", Time(*delay))
        }
        _ => return None,
    };
    Some(notice)
}

/// Describes a directory.
pub(super) fn describe_directory(path: &str, files: usize, bytes: u64) -> String {
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    format!("uploading {}, {files}, {}", to_printable(path), Size(bytes))
}

/// Describes a stored file.
pub(super) fn describe_stored(stored: &Stored<'_>) -> String {
    let statistics = stored.uploaded.statistics;
    if stored.uploaded.unchanged {
        let mark = apply_style(GOOD, "unchanged");
        return format!("{mark} {}: already in Box", to_printable(stored.name));
    }
    let mark = apply_style(GOOD, "stored");
    let size = Size(statistics.size);
    let mut text = format!("{mark} {}: {size}", to_printable(stored.name));
    if let Some(elapsed) = stored.elapsed {
        text += &describe_duration(statistics.sent, elapsed);
    }
    let counts = [
        (statistics.parts_kept, "part was already there", "parts were already there"),
        (statistics.retries.into(), "retry", "retries"),
        (statistics.restarts.into(), "restart", "restarts"),
    ];
    append_counts(&mut text, &counts);
    text
}

/// Appends the counts that are not zero, each with its word for one and for several.
fn append_counts(text: &mut String, counts: &[(u64, &str, &str)]) {
    for (count, one, many) in counts.iter().filter(|(count, ..)| *count > 0) {
        *text += &format!(", {count} {}", if *count == 1 { one } else { many });
    }
}

/// Describes the result of several files.
pub(super) fn describe_summary(summary: &Summary) -> String {
    let mut text = format!("{} stored", summary.stored);
    let counts = [
        (summary.unchanged as u64, "unchanged", "unchanged"),
        (summary.failed as u64, "failed", "failed"),
        (summary.left_out as u64, "not attempted", "not attempted"),
        (summary.skipped as u64, "skipped", "skipped"),
        (summary.folders as u64, "new folder", "new folders"),
        (summary.deleted as u64, "deleted from Box", "deleted from Box"),
        (summary.throttled, "request slowed down by Box", "requests slowed down by Box"),
    ];
    append_counts(&mut text, &counts);
    if summary.stored > 0 || summary.sent > 0 {
        text += &format!(
            ": {} sent{}",
            Size(summary.sent),
            describe_duration(summary.sent, summary.elapsed)
        );
    }
    text
}

/// Describes the result of a report about manifests.
fn describe_report(reported: &Reported) -> String {
    let plural = if reported.files == 1 { "" } else { "s" };
    let mut text = format!("{} file{plural}", reported.files);
    let counts = [
        (reported.duplicates as u64, "duplicate line", "duplicate lines"),
        (reported.contradictions as u64, "contradictory line", "contradictory lines"),
        (reported.damaged as u64, "damaged line", "damaged lines"),
        (reported.missing as u64, "missing", "missing"),
        (reported.unreadable as u64, "unreadable", "unreadable"),
        (reported.absent as u64, "not in Box", "not in Box"),
        (reported.different as u64, "different in Box", "different in Box"),
        (
            reported.not_listed as u64,
            "folder not listed to its end",
            "folders not listed to their end",
        ),
    ];
    append_counts(&mut text, &counts);
    text
}

/// Describes how long requests took.
fn describe_percentiles(percentiles: &Percentiles) -> String {
    let Percentiles { requests, p50, p90, p99, longest } = percentiles;
    let [p50, p90, p99, longest] = [p50, p90, p99, longest].map(|time| Time(*time));
    format!(
        "{requests} requests: 50 % within {p50}, 90 % within {p90}, 99 % within {p99}, all within \
         {longest}"
    )
}

/// ` in 2.1 s, 1.5 MiB/s`; the rate only if there was enough time to measure one.
fn describe_duration(sent: u64, elapsed: Duration) -> String {
    let mut text = format!(" in {}", Time(elapsed));
    if sent > 0 && elapsed >= Duration::from_millis(50) {
        text += &format!(", {}/s", Size((sent as f64 / elapsed.as_secs_f64()) as u64));
    }
    text
}

/// Describes a planned upload.
pub(super) fn describe_planned(plan: &Planned<'_>) -> String {
    let Planned { path, name, size, folder, file_id } = plan;
    let mut text = format!("would upload {}", to_printable(path));
    size.iter().for_each(|size| text += &format!(", {}", Size(*size)));
    folder.iter().for_each(|folder| text += &format!(", to folder {}", to_printable(folder)));
    file_id
        .iter()
        .for_each(|id| text += &format!(", as a new version of file {}", to_printable(id)));
    name.iter().for_each(|name| text += &format!(", named {}", to_printable(name)));
    text
}

/// An unfinished upload, for standard output: session, parts and path, separated by tabs.
pub(super) fn describe_unfinished(unfinished: &Unfinished) -> String {
    let session = to_printable(unfinished.session.as_deref().unwrap_or("-"));
    format!("{session}\t{}\t{}", unfinished.parts, to_printable(&unfinished.path))
}

/// Limits how often something is reported, and counts what it suppresses.
pub(super) struct Throttle {
    interval: Duration,
    last: Option<Instant>,
    held_back: u64,
}

impl Throttle {
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, last: None, held_back: 0 }
    }

    /// If enough time has passed: the number suppressed since the last one.
    pub(super) fn admit_notice(&mut self, now: Instant) -> Option<u64> {
        if self.last.is_some_and(|last| now.saturating_duration_since(last) < self.interval) {
            self.held_back += 1;
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throttle_counts_what_it_holds_back() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut throttle = Throttle::new(Duration::from_secs(5));
        let passed: Vec<_> = [0, 1, 4, 5, 6, 11].map(|it| throttle.admit_notice(after(it))).into();
        assert_eq!(passed, [Some(0), None, None, Some(2), None, Some(1)]);
    }

    #[test]
    fn rates_need_time() {
        assert_eq!(describe_duration(1 << 20, Duration::from_millis(10)), " in 0.01 s");
        assert_eq!(describe_duration(3 << 20, Duration::from_secs(2)), " in 2 s, 1.5 MiB/s");
    }

    #[test]
    fn summaries_leave_out_what_did_not_happen() {
        let mut it = Summary { stored: 2, sent: 5, ..Summary::default() };
        assert_eq!(describe_summary(&it), "2 stored: 5 B sent in 0 s");
        it.stored = 0;
        it.failed = 1;
        it.left_out = 3;
        assert_eq!(describe_summary(&it), "0 stored, 1 failed, 3 not attempted: 5 B sent in 0 s");
        it.sent = 0;
        assert_eq!(describe_summary(&it), "0 stored, 1 failed, 3 not attempted");
    }
}
