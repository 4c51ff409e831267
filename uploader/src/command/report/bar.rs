//! A bar, for a terminal.

use std::fmt::Write;
use std::time::Duration;

use box_uploader::Event;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::notice;
use super::{Form, Planned, Stored, Summary, write_line, write_result};
use crate::command::failure::Failure;
use crate::command::quantity::{Size, Time};
use crate::command::terminal::{Terminal, printable};

const MOVING: &str =
    "{prefix:.bold}  {wide_bar:.cyan/dim}  {percent:>3} %  {sizes}  {rate}  {left}";
const WAITING: &str = "{prefix:.bold}  {spinner:.cyan}  {msg}";

pub(super) struct Bar {
    terminal: Terminal,
    bar: ProgressBar,
    kept: u64,
}

impl Bar {
    pub(super) fn new(terminal: &Terminal) -> Self {
        Self { terminal: terminal.clone(), bar: ProgressBar::hidden(), kept: 0 }
    }

    fn wait(&self, message: &'static str) {
        self.bar.set_style(style(WAITING));
        self.bar.set_message(message);
        self.bar.enable_steady_tick(Duration::from_millis(120));
    }

    fn end(&mut self) {
        self.bar.finish_and_clear();
        self.terminal.bars().remove(&self.bar);
    }
}

impl Form for Bar {
    fn begin(&mut self, path: &str) {
        self.end();
        self.bar = self.terminal.bars().add(ProgressBar::new(0));
        self.bar.set_prefix(short(&printable(path)));
        self.kept = 0;
        self.wait("reading");
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Started { name, size } => {
                self.bar.set_prefix(short(&printable(name)));
                self.bar.set_length(*size);
                self.bar.disable_steady_tick();
                self.bar.set_style(style(MOVING));
                self.bar.reset();
            }
            // What was there from before took no time, and must not count for the rate.
            Event::Part { size, kept: true, .. } => {
                self.kept += size;
                self.bar.set_position(self.kept);
                self.bar.reset_eta();
            }
            Event::Progress { stored, in_flight, .. } => {
                self.bar.set_position((stored + in_flight).max(self.kept));
            }
            Event::Committing { .. } => self.wait("Box puts the parts together"),
            _ => {}
        }
        notice::notice(event).iter().for_each(|text| self.terminal.line(text));
    }

    fn stored(&mut self, stored: &Stored<'_>) {
        self.end();
        self.terminal.line(&notice::stored(stored));
        write_result(stored);
    }

    fn failed(&mut self, path: Option<&str>, failure: &Failure) {
        self.end();
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

fn style(template: &str) -> ProgressStyle {
    // The templates are constants, and a test holds that they are good.
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    let sizes = |state: &ProgressState, out: &mut dyn Write| {
        let total = Size(state.len().unwrap_or_default());
        let _ = write!(out, "{} of {total}", Size(state.pos()));
    };
    let rate = |state: &ProgressState, out: &mut dyn Write| {
        let _ = write!(out, "{}/s", Size(state.per_sec() as u64));
    };
    let left = |state: &ProgressState, out: &mut dyn Write| {
        let _ = match state.per_sec() >= 1.0 {
            true => write!(out, "{} left", Time(Duration::from_secs(state.eta().as_secs()))),
            false => Ok(()),
        };
    };
    style
        .with_key("sizes", sizes)
        .with_key("rate", rate)
        .with_key("left", left)
        .progress_chars("━╸─")
}

/// A name that leaves room for the bar.
fn short(name: &str) -> String {
    const MOST: usize = 30;
    match name.chars().count() {
        0..=MOST => name.to_owned(),
        count => {
            let tail: String = name.chars().skip(count - MOST + 1).collect();
            format!("…{tail}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_good() {
        for template in [MOVING, WAITING] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn long_names_keep_their_end() {
        assert_eq!(short("a.txt"), "a.txt");
        let long = format!("{}-2026.tar", "x".repeat(40));
        assert_eq!(short(&long).chars().count(), 30);
        assert!(short(&long).ends_with("-2026.tar"));
    }
}
