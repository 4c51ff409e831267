//! Plain lines, for logs: at most one every few seconds about progress.

use std::time::{Duration, Instant};

use box_uploader::Event;

use super::message::{Format, Message};
use super::notice::{self, Throttle};
use super::stdout::{format_result, write_line};
use super::tally::{End, Tally};
use crate::command::terminal::{Terminal, to_printable};
use box_upload_common::units::Size;

const PROGRESS_INTERVAL: Duration = Duration::from_secs(5);
const NOTICE_INTERVAL: Duration = Duration::from_secs(2);

pub(super) struct Lines {
    terminal: Terminal,
    tally: Tally,
    in_directory: bool,
    progress: Throttle,
    notices: Throttle,
}

impl Lines {
    pub(super) fn new(terminal: &Terminal) -> Self {
        Self {
            terminal: terminal.clone(),
            tally: Tally::for_file(Instant::now()),
            in_directory: false,
            progress: Throttle::new(PROGRESS_INTERVAL),
            notices: Throttle::new(NOTICE_INTERVAL),
        }
    }

    fn begin_upload(&mut self, tally: Tally, in_directory: bool) {
        self.tally = tally;
        self.in_directory = in_directory;
        self.progress = Throttle::new(PROGRESS_INTERVAL);
        // The first line reports the start.
        self.progress.admit_notice(Instant::now());
    }

    fn report_event(&mut self, path: &str, event: &Event) {
        let now = Instant::now();
        self.tally.record_event(path, event, now);
        match event {
            Event::Started { name, size } if !self.in_directory => {
                self.terminal.write_line(&format!(
                    "uploading {}, {}",
                    to_printable(name),
                    Size(*size)
                ));
            }
            Event::Progress { .. } if self.progress.admit_notice(now).is_some() => {
                let percent = u128::from(self.tally.done()) * 100;
                let percent = percent / u128::from(self.tally.total().max(1));
                self.terminal
                    .write_line(&format!("{percent:>3} %  {}", self.tally.describe_progress(now)));
            }
            Event::Retry { .. } | Event::Processing { .. } => {
                if let Some(held_back) = self.notices.admit_notice(now) {
                    let more = match held_back {
                        0 => String::new(),
                        count => format!(" ({count} similar messages suppressed)"),
                    };
                    self.write_notice(path, event, &more);
                }
            }
            _ => self.write_notice(path, event, ""),
        }
    }

    fn write_notice(&self, path: &str, event: &Event, more: &str) {
        if let Some(text) = notice::describe_event(path, event, self.in_directory) {
            self.terminal.write_line(&(text + more));
        }
    }
}

impl Format for Lines {
    fn report(&mut self, message: &Message<'_>) {
        match message {
            Message::Begin { .. } => self.begin_upload(Tally::for_file(Instant::now()), false),
            Message::Directory { path, files, bytes } => {
                self.begin_upload(Tally::for_directory(*files, *bytes, Instant::now()), true);
                self.terminal.write_line(&notice::describe_directory(path, *files, *bytes));
            }
            Message::Event { path, event } => self.report_event(path, event),
            Message::Stored(stored) => {
                self.tally.finish_file(stored.path, End::Stored);
                if !self.in_directory {
                    self.terminal.write_line(&notice::describe_stored(stored));
                }
                write_line(&format_result(stored));
            }
            Message::Unchanged { path, size } => {
                self.tally.finish_file(path, End::Unchanged(*size));
            }
            Message::Failing { path, .. } => self.tally.finish_file(path, End::Failed),
            _ => {}
        }
        notice::report_common(&self.terminal, message);
    }
}
