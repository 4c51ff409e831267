//! A bar, for a terminal.

use std::time::{Duration, Instant};

use box_uploader::Event;
use indicatif::{ProgressBar, ProgressStyle};

use super::notice;
use super::tally::{End, Tally};
use super::{Form, News, result_line, write_line};
use crate::command::terminal::{Terminal, printable};

const MOVING: &str = "{prefix:.bold}  {wide_bar:.cyan/dim}  {percent:>3} %  {msg}";
const WAITING: &str = "{prefix:.bold}  {spinner:.cyan}  {msg}";

pub(super) struct Bar {
    terminal: Terminal,
    bar: ProgressBar,
    tally: Tally,
    in_directory: bool,
}

impl Bar {
    pub(super) fn new(terminal: &Terminal) -> Self {
        Self {
            terminal: terminal.clone(),
            bar: ProgressBar::hidden(),
            tally: Tally::file(Instant::now()),
            in_directory: false,
        }
    }

    fn begin(&mut self, path: &str, tally: Tally, in_directory: bool) {
        self.end();
        (self.tally, self.in_directory) = (tally, in_directory);
        let bar = ProgressBar::new(self.tally.total()).with_style(style(WAITING));
        self.bar = self.terminal.bars().add(bar.with_prefix(short(&printable(path))));
        match in_directory {
            true => self.bar.set_style(style(MOVING)),
            false => self.wait("reading"),
        }
    }

    fn wait(&self, message: &'static str) {
        self.bar.set_style(style(WAITING));
        self.bar.set_message(message);
        self.bar.enable_steady_tick(Duration::from_millis(120));
    }

    fn event(&mut self, path: &str, event: &Event) {
        let now = Instant::now();
        self.tally.event(path, event, now);
        match event {
            Event::Started { name, size } if !self.in_directory => {
                self.bar.set_prefix(short(&printable(name)));
                self.bar.set_length(*size);
                self.bar.disable_steady_tick();
                self.bar.set_style(style(MOVING));
                self.bar.set_message(self.tally.text(now));
            }
            Event::Progress { .. } => {
                self.bar.set_message(self.tally.text(now));
                self.bar.set_position(self.tally.done());
            }
            Event::Committing { .. } if !self.in_directory => {
                self.wait("Box puts the parts together");
            }
            _ => {}
        }
        if let Some(text) = notice::notice(path, event, self.in_directory) {
            self.terminal.line(&text);
        }
    }

    fn end(&mut self) {
        self.bar.finish_and_clear();
        self.terminal.bars().remove(&self.bar);
    }

    /// The standard output may be the same terminal.
    fn write(&self, line: &str) {
        self.terminal.bars().suspend(|| write_line(line));
    }
}

impl Form for Bar {
    fn tell(&mut self, news: &News<'_>) {
        match news {
            News::Begin { path } => self.begin(path, Tally::file(Instant::now()), false),
            News::Directory { path, files, bytes } => {
                self.begin(path, Tally::directory(*files, *bytes, Instant::now()), true);
            }
            News::Event { path, event } => self.event(path, event),
            News::Stored(stored) => {
                self.tally.finish(stored.path, End::Stored);
                if !self.in_directory {
                    self.end();
                    self.terminal.line(&notice::stored(stored));
                }
                self.write(&result_line(stored));
            }
            News::Unchanged { path } => self.tally.finish(path, End::Unchanged),
            News::Failing { path, .. } => self.tally.finish(path, End::Failed),
            News::Failed { .. } | News::Summary(_) => self.end(),
            _ => {}
        }
        notice::tell(&self.terminal, news);
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants, and a test holds that they are good.
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸─")
}

/// A name that leaves room for the bar.
fn short(name: &str) -> String {
    const MOST: usize = 20;
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
        assert_eq!(short(&long).chars().count(), 20);
        assert!(short(&long).ends_with("-2026.tar"));
    }
}
