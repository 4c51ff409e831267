//! Plain lines, for logs: not more than one every few seconds about progress.

use std::time::{Duration, Instant};

use box_uploader::Event;

use super::notice::{self, Throttle};
use super::{Form, Planned, Stored, Summary, write_line, write_result};
use crate::command::failure::Failure;
use crate::command::quantity::{Size, Time};
use crate::command::terminal::{Terminal, printable};

const PROGRESS_INTERVAL: Duration = Duration::from_secs(5);
const NOTICE_INTERVAL: Duration = Duration::from_secs(2);

pub(super) struct Lines {
    terminal: Terminal,
    pace: Pace,
    progress: Throttle,
    notices: Throttle,
}

impl Lines {
    pub(super) fn new(terminal: &Terminal) -> Self {
        Self {
            terminal: terminal.clone(),
            pace: Pace::new(Instant::now()),
            progress: Throttle::new(PROGRESS_INTERVAL),
            notices: Throttle::new(NOTICE_INTERVAL),
        }
    }
}

impl Form for Lines {
    fn begin(&mut self, _: &str) {
        self.pace = Pace::new(Instant::now());
        self.progress = Throttle::new(PROGRESS_INTERVAL);
        // The first line is about the start.
        self.progress.pass(Instant::now());
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Started { name, size } => {
                self.terminal.line(&format!("uploading {}, {}", printable(name), Size(*size)));
            }
            Event::Part { size, kept: true, .. } => self.pace.kept += size,
            Event::Progress { stored, in_flight, total } => {
                let now = Instant::now();
                if self.progress.pass(now).is_some() {
                    self.terminal.line(&self.pace.line(now, stored + in_flight, *total));
                }
            }
            Event::Retry { .. } | Event::Processing { .. } => {
                if let Some(held_back) = self.notices.pass(Instant::now()) {
                    let more = match held_back {
                        0 => String::new(),
                        count => format!(" (and {count} more of such)"),
                    };
                    let notice = notice::notice(event);
                    notice.iter().for_each(|text| self.terminal.line(&(text.clone() + &more)));
                }
            }
            _ => notice::notice(event).iter().for_each(|text| self.terminal.line(text)),
        }
    }

    fn stored(&mut self, stored: &Stored<'_>) {
        self.terminal.line(&notice::stored(stored));
        write_result(stored);
    }

    fn failed(&mut self, path: Option<&str>, failure: &Failure) {
        self.terminal.line(&failure.text(path));
    }

    fn summary(&mut self, summary: &Summary) {
        self.terminal.line(&notice::summary(summary));
    }

    fn planned(&mut self, plan: &Planned<'_>) {
        write_line(&notice::planned(plan));
    }

    fn aborted(&mut self, session: &str) {
        self.terminal.line(&notice::aborted(session));
    }
}

/// How fast it goes.
struct Pace {
    start: Instant,
    /// What was there from before took no time.
    kept: u64,
}

impl Pace {
    fn new(start: Instant) -> Self {
        Self { start, kept: 0 }
    }

    fn line(&self, now: Instant, done: u64, total: u64) -> String {
        let percent = u128::from(done) * 100 / u128::from(total.max(1));
        let mut line = format!("{percent:>3} %  {} of {}", Size(done), Size(total));
        let elapsed = now.saturating_duration_since(self.start);
        if let Some(rate) = notice::rate(done.saturating_sub(self.kept), elapsed) {
            let left = total.saturating_sub(done) as f64 / rate.0.max(1) as f64;
            let left = Duration::try_from_secs_f64(left.round()).unwrap_or(Duration::MAX);
            line += &format!("  {rate}/s  {} left", Time(left));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_rate_and_time_left() {
        let start = Instant::now();
        let pace = Pace { start, kept: 10 << 20 };
        let now = start + Duration::from_secs(10);
        assert_eq!(
            pace.line(now, 30 << 20, 150 << 20),
            " 20 %  30 MiB of 150 MiB  2 MiB/s  1 min 0 s left"
        );
        assert_eq!(pace.line(start, 0, 0), "  0 %  0 B of 0 B");
    }
}
