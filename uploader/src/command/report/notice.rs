//! Events in words.

use std::time::{Duration, Instant};

use box_uploader::{Event, Unfinished};

use super::message::{News, Planned, Stored, Summary};
use super::stdout::write_line;
use crate::command::quantity::{Size, Time};
use crate::command::terminal::{BAD, GOOD, Terminal, brief, printable, styled};

/// Tells people what is told in the same way with a bar and without.
pub(super) fn tell(terminal: &Terminal, news: &News<'_>) {
    match news {
        News::Skipped { path, what } => {
            terminal.line(&format!("skipped {}: {what}", printable(path)));
        }
        News::Failing { path, reason } => {
            let text = format!("{}: {}", printable(path), brief(reason));
            terminal.line(&(styled(BAD, "! ") + &text));
        }
        News::Failed { path, failure } => terminal.line(&failure.text(*path)),
        News::Summary(it) => terminal.line(&summary(it)),
        News::Planned(plan) => write_line(&planned(plan)),
        News::Unfinished(it) => write_line(&unfinished(it)),
        News::Cleared(it) => {
            terminal.line(&format!("the upload of {} is forgotten", printable(&it.path)));
        }
        News::Aborted { session } => {
            let session = printable(session);
            terminal.line(&format!("session {session} is ended, and its parts are dropped"));
        }
        _ => {}
    }
}

/// What is worth a line of its own among events; `named` with the file's path.
pub(super) fn notice(path: &str, event: &Event, named: bool) -> Option<String> {
    let file = if named { format!("{}: ", printable(path)) } else { String::new() };
    let bad = |text: String| styled(BAD, "! ") + &file + &brief(&text);
    let notice = match event {
        Event::Session { id, resumed: true, .. } => {
            format!("{file}going on with session {}, which is there already", printable(id))
        }
        Event::Retry { operation, attempt, delay, reason } => {
            let (what, delay) = (operation.replace('_', " "), Time(*delay));
            bad(format!("{what} failed (attempt {attempt}): {reason}; again in {delay}"))
        }
        Event::Recovered { operation, reason } => {
            let what = operation.replace('_', " ");
            bad(format!("{what} failed: {reason}; Box had done it all the same"))
        }
        Event::Warning { text } => bad(text.clone()),
        Event::Restarted { reason } => bad(format!("starting over: {reason}")),
        Event::Processing { delay } => {
            format!("{file}Box is still processing the parts; asking again in {}", Time(*delay))
        }
        _ => return None,
    };
    Some(notice)
}

/// What a directory has.
pub(super) fn directory(path: &str, files: usize, bytes: u64) -> String {
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    format!("uploading {}, {files}, {}", printable(path), Size(bytes))
}

/// What it took to store a file.
pub(super) fn stored(stored: &Stored<'_>) -> String {
    let statistics = stored.uploaded.statistics;
    if stored.uploaded.unchanged {
        let mark = styled(GOOD, "unchanged");
        return format!("{mark} {}: Box has it already", printable(stored.name));
    }
    let (mark, size) = (styled(GOOD, "stored"), Size(statistics.size));
    let mut text = format!("{mark} {}: {size}", printable(stored.name));
    if let Some(elapsed) = stored.elapsed {
        text += &took(statistics.sent, elapsed);
    }
    let mut add = |count: u64, one: &str, many: &str| {
        if count > 0 {
            text += &format!(", {count} {}", if count == 1 { one } else { many });
        }
    };
    add(statistics.parts_kept, "part was there already", "parts were there already");
    add(statistics.retries.into(), "request was repeated", "requests were repeated");
    add(statistics.restarts.into(), "new start", "new starts");
    text
}

/// What has come of several files.
pub(super) fn summary(summary: &Summary) -> String {
    let mut text = format!("{} stored", summary.stored);
    let mut add = |count: usize, what: &str| {
        if count > 0 {
            text += &format!(", {count} {what}");
        }
    };
    add(summary.unchanged, "unchanged");
    add(summary.failed, "failed");
    add(summary.left_out, "not tried");
    add(summary.skipped, "skipped");
    add(summary.folders, "new folders");
    if summary.stored > 0 || summary.sent > 0 {
        text += &format!(": {} sent{}", Size(summary.sent), took(summary.sent, summary.elapsed));
    }
    text
}

/// ` in 2.1 s, 1.5 MiB/s`: a rate only where there was time enough for one.
fn took(sent: u64, elapsed: Duration) -> String {
    let mut text = format!(" in {}", Time(elapsed));
    if sent > 0 && elapsed >= Duration::from_millis(50) {
        text += &format!(", {}/s", Size((sent as f64 / elapsed.as_secs_f64()) as u64));
    }
    text
}

/// What would be uploaded.
pub(super) fn planned(plan: &Planned<'_>) -> String {
    let Planned { path, name, size, folder_id, file_id } = plan;
    let mut text = format!("would upload {}", printable(path));
    size.iter().for_each(|size| text += &format!(", {}", Size(*size)));
    folder_id.iter().for_each(|id| text += &format!(", to folder {}", printable(id)));
    file_id.iter().for_each(|id| text += &format!(", as a new version of file {}", printable(id)));
    name.iter().for_each(|name| text += &format!(", named {}", printable(name)));
    text
}

/// An unfinished upload, for the standard output: session, parts and path, separated by tabs.
pub(super) fn unfinished(unfinished: &Unfinished) -> String {
    let session = printable(unfinished.session.as_deref().unwrap_or("-"));
    format!("{session}\t{}\t{}", unfinished.parts, printable(&unfinished.path))
}

/// Lets something through now and then, and counts what it holds back.
pub(super) struct Throttle {
    interval: Duration,
    last: Option<Instant>,
    held_back: u64,
}

impl Throttle {
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, last: None, held_back: 0 }
    }

    /// If it is time again: how many were held back since the last one.
    pub(super) fn pass(&mut self, now: Instant) -> Option<u64> {
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
        let passed: Vec<_> = [0, 1, 4, 5, 6, 11].map(|it| throttle.pass(after(it))).into();
        assert_eq!(passed, [Some(0), None, None, Some(2), None, Some(1)]);
    }

    #[test]
    fn rates_need_time() {
        assert_eq!(took(1 << 20, Duration::from_millis(10)), " in 0.01 s");
        assert_eq!(took(3 << 20, Duration::from_secs(2)), " in 2 s, 1.5 MiB/s");
    }

    #[test]
    fn summaries_leave_out_what_did_not_happen() {
        let mut it = Summary { stored: 2, sent: 5, ..Summary::default() };
        assert_eq!(summary(&it), "2 stored: 5 B sent in 0 s");
        (it.stored, it.failed, it.left_out) = (0, 1, 3);
        assert_eq!(summary(&it), "0 stored, 1 failed, 3 not tried: 5 B sent in 0 s");
        it.sent = 0;
        assert_eq!(summary(&it), "0 stored, 1 failed, 3 not tried");
    }
}
