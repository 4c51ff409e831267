//! Standard error: lines, colors, and the progress bar below them.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{MultiProgress, ProgressDrawTarget};
use tracing_subscriber::fmt::MakeWriter;

use super::arguments::{Color, Output};

pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Yellow.on_default().bold();

/// Writes to standard error. Clones share the bar.
#[derive(Clone)]
pub(crate) struct Terminal {
    bars: MultiProgress,
    color: ColorChoice,
    has_bars: bool,
    /// Number of columns, if not the system's.
    width: Option<u16>,
}

impl Terminal {
    /// Shows bars on a terminal, unless the options forbid it.
    pub(crate) fn new(output: &Output) -> Self {
        let stderr = io::stderr();
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let has_bars = stderr.is_terminal() && !dumb && !output.quiet && !output.json;
        let color = match output.color {
            Color::Auto => AutoStream::choice(&stderr),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        console::set_colors_enabled_stderr(color != ColorChoice::Never);
        let target =
            if has_bars { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { bars: MultiProgress::with_draw_target(target), color, has_bars, width: None }
    }

    /// Number of columns; 80 if unknown.
    pub(crate) fn width(&self) -> u16 {
        self.width.unwrap_or_else(|| console::Term::stderr().size().1)
    }

    /// A terminal for tests, without bars.
    #[cfg(test)]
    pub(crate) fn of_width(width: u16) -> Self {
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        Self { bars, color: ColorChoice::Never, has_bars: false, width: Some(width) }
    }

    /// Whether bars are visible.
    pub(crate) fn has_bars(&self) -> bool {
        self.has_bars
    }

    /// The bars.
    pub(crate) fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    /// Whether colors are used.
    pub(crate) fn is_colored(&self) -> bool {
        self.color != ColorChoice::Never
    }

    /// Writes a line above the bars, without colors where they are off.
    pub(crate) fn write_line(&self, text: &str) {
        self.write_whole(format!("{text}\n").as_bytes());
    }

    /// Errors are ignored: there is nowhere to report them.
    fn write_whole(&self, text: &[u8]) {
        self.bars.suspend(|| {
            let mut stderr = AutoStream::new(io::stderr(), self.color);
            let _ = stderr.write_all(text).and_then(|()| stderr.flush());
        });
    }
}

/// Each call writes a whole log entry.
impl Write for Terminal {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.write_whole(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Terminal {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// `text` in this style.
pub(crate) fn apply_style(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Escapes invisible characters: names and messages come from elsewhere, and must not control the
/// terminal or look like something else.
pub(crate) fn to_printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_invisible(c) {
            printable.extend(c.escape_unicode());
        } else {
            printable.push(c);
        }
    }
    printable
}

/// Whether a character only affects how others are shown: text direction, line breaks, zero-width
/// marks (Unicode Standard Annex 9 and chapter 23).
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// A message as [`to_printable`] shows it, truncated to a readable length.
pub(crate) fn to_brief(text: &str) -> String {
    const MOST: usize = 600;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => to_printable(&text[..end]) + "…",
        None => to_printable(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_contain_no_terminal_escapes() {
        assert_eq!(to_printable("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\u{a}");
        assert_eq!(to_printable("Übersicht 2.pdf"), "Übersicht 2.pdf");
        // It would be displayed as `gpj.exe`.
        assert_eq!(to_printable("\u{202e}exe.jpg"), "\\u{202e}exe.jpg");
        assert_eq!(to_printable("a\u{2066}b\u{200b}"), "a\\u{2066}b\\u{200b}");
    }

    #[test]
    fn long_messages_are_cut() {
        assert_eq!(to_brief(&"ä".repeat(600)).chars().count(), 600);
        let cut = to_brief(&"ä".repeat(10_000));
        assert!(cut.ends_with('…') && cut.chars().count() == 601);
    }
}
