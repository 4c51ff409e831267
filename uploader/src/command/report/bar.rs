//! Progress bar for a terminal.

use std::time::{Duration, Instant};

use box_uploader::Event;
use indicatif::{ProgressBar, ProgressStyle};

use super::message::{Format, Message};
use super::notice;
use super::stdout::{format_result, write_line};
use super::tally::{End, Tally};
use crate::command::terminal::{Terminal, to_printable};

const MOVING: &str = "{prefix:.bold}  {wide_bar:.cyan/dim}  {percent:>3} %  {msg}";
/// Without the bar itself; what does not fit is cut.
const NARROW: &str = "{prefix:.bold}  {percent:>3} %  {wide_msg}";
const WAITING: &str = "{prefix:.bold}  {spinner:.cyan}  {wide_msg}";

/// From this many columns there is room for name, bar and message.
const WIDE: u16 = 110;

pub(super) struct Bar {
    terminal: Terminal,
    bar: ProgressBar,
    tally: Tally,
    in_directory: bool,
    /// Number of columns.
    width: u16,
}

impl Bar {
    pub(super) fn new(terminal: &Terminal) -> Self {
        Self {
            terminal: terminal.clone(),
            bar: ProgressBar::hidden(),
            tally: Tally::for_file(Instant::now()),
            in_directory: false,
            width: terminal.width(),
        }
    }

    fn moving_style(&self) -> ProgressStyle {
        parse_style(if self.width < WIDE { NARROW } else { MOVING })
    }

    /// Shortens a name to leave room for the rest.
    fn make_prefix(&self, name: &str) -> String {
        shorten_name(&to_printable(name), usize::from(self.width / 3).clamp(4, 20))
    }

    fn begin_upload(&mut self, path: &str, tally: Tally, in_directory: bool) {
        self.remove_bar();
        self.tally = tally;
        self.in_directory = in_directory;
        self.width = self.terminal.width();
        let bar = ProgressBar::new(self.tally.total()).with_style(parse_style(WAITING));
        self.bar = self.terminal.bars().add(bar.with_prefix(self.make_prefix(path)));
        if in_directory {
            self.bar.set_style(self.moving_style())
        } else {
            self.show_waiting("reading")
        }
    }

    fn show_waiting(&self, message: &'static str) {
        self.bar.set_style(parse_style(WAITING));
        self.bar.set_message(message);
        self.bar.enable_steady_tick(Duration::from_millis(120));
    }

    fn report_event(&mut self, path: &str, event: &Event) {
        let now = Instant::now();
        self.tally.record_event(path, event, now);
        match event {
            Event::Started { name, size } if !self.in_directory => {
                self.bar.set_prefix(self.make_prefix(name));
                self.bar.set_length(*size);
                self.bar.disable_steady_tick();
                self.bar.set_style(self.moving_style());
                self.bar.set_message(self.tally.describe_progress(now));
            }
            Event::Progress { .. } => {
                self.bar.set_message(self.tally.describe_progress(now));
                self.bar.set_position(self.tally.done());
            }
            Event::Committing { .. } if !self.in_directory => {
                self.show_waiting("waiting for Box to assemble the file");
            }
            _ => {}
        }
        if let Some(text) = notice::describe_event(path, event, self.in_directory) {
            self.terminal.write_line(&text);
        }
    }

    fn remove_bar(&mut self) {
        self.bar.finish_and_clear();
        self.terminal.bars().remove(&self.bar);
    }

    /// Standard output may be the same terminal.
    fn write_result(&self, line: &str) {
        self.terminal.bars().suspend(|| write_line(line));
    }
}

impl Format for Bar {
    fn report(&mut self, message: &Message<'_>) {
        match message {
            Message::Begin { path } => {
                self.begin_upload(path, Tally::for_file(Instant::now()), false)
            }
            Message::Directory { path, files, bytes } => {
                self.begin_upload(path, Tally::for_directory(*files, *bytes, Instant::now()), true);
            }
            Message::Event { path, event } => self.report_event(path, event),
            Message::Stored(stored) => {
                self.tally.finish_file(stored.path, End::Stored);
                if !self.in_directory {
                    self.remove_bar();
                    self.terminal.write_line(&notice::describe_stored(stored));
                }
                self.write_result(&format_result(stored));
            }
            Message::Unchanged { path, size } => {
                self.tally.finish_file(path, End::Unchanged(*size));
            }
            Message::Failing { path, .. } => self.tally.finish_file(path, End::Failed),
            Message::Failed { .. } | Message::Summary(_) => self.remove_bar(),
            _ => {}
        }
        notice::report_common(&self.terminal, message);
    }
}

fn parse_style(template: &str) -> ProgressStyle {
    // The templates are constants; a test checks that they are valid.
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸─")
}

/// The end of a name, cut to at most `most` characters.
fn shorten_name(name: &str, most: usize) -> String {
    let count = name.chars().count();
    if count <= most {
        return name.to_owned();
    }
    let tail: String = name.chars().skip(count + 1 - most).collect();
    format!("…{tail}")
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use indicatif::{ProgressDrawTarget, TermLike};

    use super::*;

    #[test]
    fn templates_are_good() {
        for template in [MOVING, NARROW, WAITING] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn long_names_keep_their_end() {
        assert_eq!(shorten_name("a.txt", 20), "a.txt");
        let long = format!("{}-2026.tar", "x".repeat(40));
        assert_eq!(shorten_name(&long, 20).chars().count(), 20);
        assert!(shorten_name(&long, 20).ends_with("-2026.tar"));
    }

    /// A terminal that records what is written to it.
    #[derive(Clone, Debug)]
    struct Paper(u16, Arc<Mutex<Vec<String>>>);

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            self.0
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.1.lock().unwrap().push(text.to_owned());
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [20, 40, 60, 80, 90, 120] {
            let paper = Paper(width, Arc::default());
            let mut bar = Bar::new(&Terminal::of_width(width));
            let target = ProgressDrawTarget::term_like(Box::new(paper.clone()));
            let name = format!("{}.tar", "x".repeat(100));
            bar.bar = ProgressBar::with_draw_target(Some(1000), target);
            bar.bar.set_prefix(bar.make_prefix(&name));
            let message = "1234 of 5678 files  99.9 of 1234.5 GiB  999.9 MiB/s  59 min 59 s left";
            for style in [bar.moving_style(), parse_style(WAITING)] {
                bar.bar.set_style(style);
                bar.bar.set_message(message);
                bar.bar.tick();
            }
            let lines = paper.1.lock().unwrap().clone();
            assert!(lines.iter().any(|line| line.contains(".tar")), "{lines:?}");
            for line in lines {
                let shown = console::measure_text_width(&line);
                assert!(shown <= usize::from(width), "{width}: {shown} {line:?}");
            }
        }
    }
}
