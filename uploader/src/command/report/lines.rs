//! Plain lines, for logs: not more than one every few seconds about progress.

use std::time::{Duration, Instant};

use box_uploader::Event;

use super::message::{Form, News};
use super::notice::{self, Throttle};
use super::stdout::{result_line, write_line};
use super::tally::{End, Tally};
use crate::command::quantity::Size;
use crate::command::terminal::{Terminal, printable};

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
            tally: Tally::file(Instant::now()),
            in_directory: false,
            progress: Throttle::new(PROGRESS_INTERVAL),
            notices: Throttle::new(NOTICE_INTERVAL),
        }
    }

    fn begin(&mut self, tally: Tally, in_directory: bool) {
        (self.tally, self.in_directory) = (tally, in_directory);
        self.progress = Throttle::new(PROGRESS_INTERVAL);
        // The first line is about the start.
        self.progress.pass(Instant::now());
    }

    fn event(&mut self, path: &str, event: &Event) {
        let now = Instant::now();
        self.tally.event(path, event, now);
        match event {
            Event::Started { name, size } if !self.in_directory => {
                self.terminal.line(&format!("uploading {}, {}", printable(name), Size(*size)));
            }
            Event::Progress { .. } if self.progress.pass(now).is_some() => {
                let percent = u128::from(self.tally.done()) * 100;
                let percent = percent / u128::from(self.tally.total().max(1));
                self.terminal.line(&format!("{percent:>3} %  {}", self.tally.text(now)));
            }
            Event::Retry { .. } | Event::Processing { .. } => {
                if let Some(held_back) = self.notices.pass(now) {
                    let more = match held_back {
                        0 => String::new(),
                        count => format!(" ({count} of such before it not shown)"),
                    };
                    self.notice(path, event, &more);
                }
            }
            _ => self.notice(path, event, ""),
        }
    }

    fn notice(&self, path: &str, event: &Event, more: &str) {
        if let Some(text) = notice::notice(path, event, self.in_directory) {
            self.terminal.line(&(text + more));
        }
    }
}

impl Form for Lines {
    fn tell(&mut self, news: &News<'_>) {
        match news {
            News::Begin { .. } => self.begin(Tally::file(Instant::now()), false),
            News::Directory { path, files, bytes } => {
                self.begin(Tally::directory(*files, *bytes, Instant::now()), true);
                self.terminal.line(&notice::directory(path, *files, *bytes));
            }
            News::Event { path, event } => self.event(path, event),
            News::Stored(stored) => {
                self.tally.finish(stored.path, End::Stored);
                if !self.in_directory {
                    self.terminal.line(&notice::stored(stored));
                }
                write_line(&result_line(stored));
            }
            News::Unchanged { path } => self.tally.finish(path, End::Unchanged),
            News::Failing { path, .. } => self.tally.finish(path, End::Failed),
            _ => {}
        }
        notice::tell(&self.terminal, news);
    }
}
