//! Events in words.

use std::time::{Duration, Instant};

use box_uploader::{Event, Uploaded};

use super::{Planned, Stored, Summary};
use crate::command::quantity::{Size, Time};
use crate::command::terminal::{BAD, GOOD, printable, styled};

/// What is worth a line of its own among events, and whether it is bad news.
pub(super) fn notice(event: &Event) -> Option<String> {
    let bad = |text: String| styled(BAD, "! ") + &printable(&text);
    let notice = match event {
        Event::Session { id, resumed: true, .. } => {
            format!("going on with the unfinished upload, session {}", printable(id))
        }
        Event::Retry { operation, attempt, delay, reason } => {
            let (what, delay) = (operation_in_words(operation), Time(*delay));
            bad(format!("{what} failed (attempt {attempt}): {reason}; again in {delay}"))
        }
        Event::Restarted { reason } => bad(format!("starting over: {reason}")),
        Event::Processing { delay } => {
            format!("Box is still processing the parts; asking again in {}", Time(*delay))
        }
        _ => return None,
    };
    Some(notice)
}

/// An operation's name for people: `upload_part` becomes `upload part`.
pub(super) fn operation_in_words(operation: &str) -> String {
    operation.replace('_', " ")
}

/// What it took to store a file.
pub(super) fn stored(stored: &Stored<'_>) -> String {
    let Uploaded { file, statistics, .. } = stored.uploaded;
    let name = printable(file.name.as_deref().unwrap_or(stored.path));
    let mark = styled(GOOD, "stored");
    let (size, time) = (Size(statistics.size), Time(stored.elapsed));
    let mut text = format!("{mark} {name}: {size} in {time}");
    if let Some(rate) = rate(statistics.sent, stored.elapsed) {
        text += &format!(", {rate}/s");
    }
    let mut add = |count: u64, one: &str, many: &str| {
        if count > 0 {
            text += &format!(", {count} {}", if count == 1 { one } else { many });
        }
    };
    add(statistics.parts_kept, "part was there already", "parts were there already");
    add(
        statistics.retries.into(),
        "request failed and was repeated",
        "requests failed and were repeated",
    );
    add(statistics.restarts.into(), "new start", "new starts");
    text
}

/// What has come of several files.
pub(super) fn summary(summary: &Summary) -> String {
    let Summary { stored, failed, left_out, .. } = summary;
    let mut text = format!("{stored} stored, {failed} failed");
    if *left_out > 0 {
        text += &format!(", {left_out} not tried");
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

/// What has come of a session.
pub(super) fn aborted(session: &str) -> String {
    format!("session {} is ended, and its parts are dropped", printable(session))
}

/// So many bytes in this time, as bytes a second; not for less than a moment.
pub(super) fn rate(bytes: u64, elapsed: Duration) -> Option<Size> {
    let seconds = elapsed.as_secs_f64();
    (seconds > 0.05 && bytes > 0).then(|| Size((bytes as f64 / seconds) as u64))
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
        assert!(rate(1 << 20, Duration::from_millis(10)).is_none());
        let rate = rate(3 << 20, Duration::from_secs(2)).unwrap();
        assert_eq!(rate.to_string(), "1.5 MiB");
    }
}
