//! Progress of a file, or of all files of a directory.

use std::collections::HashMap;
use std::time::Instant;

use box_uploader::Event;

use super::pace::Pace;

/// Bytes uploaded, and bytes in all.
pub(super) struct Tally {
    files: usize,
    finished: usize,
    /// Bytes of all files.
    total: u64,
    /// Bytes of finished files.
    settled: u64,
    /// Bytes that were already in Box.
    kept: u64,
    /// Files in progress.
    open: HashMap<String, Open>,
    pace: Pace,
}

/// A file in progress, in bytes.
#[derive(Default)]
struct Open {
    size: u64,
    done: u64,
}

/// How a file ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Stored,
    /// It was already in Box; its size in bytes.
    Unchanged(u64),
    Failed,
}

impl Tally {
    /// One file of unknown size.
    pub(super) fn for_file(now: Instant) -> Self {
        Self::for_directory(1, 0, now)
    }

    /// The files of a directory, and their size in bytes.
    pub(super) fn for_directory(files: usize, total: u64, now: Instant) -> Self {
        let open = HashMap::new();
        let pace = Pace::new(now);
        Self { files, finished: 0, total, settled: 0, kept: 0, open, pace }
    }

    pub(super) fn record_event(&mut self, path: &str, event: &Event, now: Instant) {
        match event {
            Event::Started { size, .. } => {
                self.open.insert(path.to_owned(), Open { size: *size, done: 0 });
                if self.files == 1 {
                    self.total = *size;
                }
            }
            Event::Part { size, kept: true, .. } => self.kept += size,
            Event::Progress { stored, in_flight, .. } => {
                if let Some(open) = self.open.get_mut(path) {
                    open.done = stored.saturating_add(*in_flight);
                }
            }
            _ => return,
        }
        let gone = self.done().saturating_sub(self.kept);
        self.pace.record_bytes(now, gone);
    }

    /// Records that a file has ended.
    pub(super) fn finish_file(&mut self, path: &str, end: End) {
        let Open { size, .. } = self.open.remove(path).unwrap_or_default();
        self.finished += 1;
        match end {
            End::Stored => self.settled += size,
            End::Unchanged(size) => {
                self.settled += size;
                self.kept += size;
            }
            End::Failed => {}
        }
    }

    /// In bytes.
    pub(super) fn done(&self) -> u64 {
        let open: u64 = self.open.values().map(|open| open.done).sum();
        (self.settled + open).min(self.total)
    }

    /// In bytes.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Describes the progress.
    pub(super) fn describe_progress(&self, now: Instant) -> String {
        let text = self.pace.describe_progress(now, self.done(), self.kept, self.total);
        match self.files {
            1 => text,
            files => format!("{} of {files} files  {text}", self.finished),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(size: u64) -> Event {
        Event::Started { name: "a".to_owned(), size }
    }

    fn progress(stored: u64) -> Event {
        Event::Progress { stored, in_flight: 1, total: 10 }
    }

    #[test]
    fn files_add_up() {
        let now = Instant::now();
        let mut tally = Tally::for_directory(3, 100, now);
        tally.record_event("a", &started(10), now);
        tally.record_event("b", &started(20), now);
        tally.record_event("a", &progress(4), now);
        tally.record_event("b", &progress(6), now);
        tally.record_event("a", &progress(5), now);
        assert_eq!((tally.done(), tally.total()), (13, 100));
        tally.finish_file("a", End::Stored);
        tally.finish_file("b", End::Failed);
        assert_eq!(tally.done(), 10);
        assert_eq!(tally.describe_progress(now), "2 of 3 files  10 of 100 B");
    }

    #[test]
    fn a_file_reports_its_size() {
        let now = Instant::now();
        let mut tally = Tally::for_file(now);
        tally.record_event("a", &started(10), now);
        tally.record_event("a", &progress(9), now);
        assert_eq!(tally.describe_progress(now), "10 of 10 B");
    }
}
