use std::cell::Cell;
use std::ops::Range;

use super::locate::Spot;
use crate::source::floor_boundary;

/// The longest line that is shown whole, and how much of a longer one is shown, in bytes.
const LONGEST_LINE: usize = 240;
const BEFORE: usize = 40;
const BEHIND: usize = 80;

/// A text and where its lines begin.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// Where a line ends: each line feed and each carriage return.
    ends: Vec<usize>,
    /// The place whose position was asked for last: its line, its byte and its column. Findings come
    /// in the order of the text, which may be one long line.
    last: Cell<(usize, usize, usize)>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let starts = text.match_indices('\n').map(|(at, _)| at + 1);
        let ends = text.match_indices(['\n', '\r']).map(|(at, _)| at);
        Self {
            text,
            starts: std::iter::once(0).chain(starts).collect(),
            ends: ends.collect(),
            last: Cell::new((1, 0, 1)),
        }
    }

    /// The line and the column of a byte, both counted from 1, columns in characters.
    pub(super) fn position(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|&start| start <= at);
        let (from, column) = match self.last.get() {
            (known, from, column) if known == line && from <= at => (from, column),
            _ => (self.starts[line - 1], 1),
        };
        let Some(before) = self.text.get(from..at) else { return (line, 1) };
        let column = column + before.chars().count();
        self.last.set((line, at, column));
        (line, column)
    }

    /// The part of `spot` to point at: its value if that is on one line, else its key, else the
    /// beginning of its value. Never more than one line, and never nothing where there is something.
    /// With `at_key`, its key, if it has one.
    pub(super) fn mark(&self, spot: &Spot, at_key: bool) -> Range<usize> {
        let value = self.first_line(&spot.value);
        let whole = value.len() == self.text[spot.value.clone()].trim_end().len();
        match &spot.key {
            Some(key) if at_key || !spot.exact || !whole || value.is_empty() => {
                self.first_line(key)
            }
            _ => value,
        }
    }

    /// What `range` has on its first line, without white space behind it.
    pub(super) fn first_line(&self, range: &Range<usize>) -> Range<usize> {
        let end = self.ends.partition_point(|&end| end < range.start);
        let end = self.ends.get(end).map_or(range.end, |&end| end.min(range.end));
        let line = self.text.get(range.start..end).unwrap_or_default();
        range.start..range.start + line.trim_end().len()
    }

    /// The line of `mark`, cut where it is very long.
    pub(super) fn excerpt(&self, mark: &Range<usize>) -> Excerpt {
        let (line, column) = self.position(mark.start);
        let start = self.starts[line - 1];
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = start + self.text[start..end].trim_end_matches(['\n', '\r']).len();
        let mark = mark.start..mark.end.min(end).max(mark.start);
        if end - start <= LONGEST_LINE {
            let text = self.text[start..end].to_owned();
            let mark = mark.start - start..mark.end - start;
            return Excerpt { line, column, text, mark };
        }
        let from = floor_boundary(self.text, mark.start.saturating_sub(BEFORE).max(start));
        let to = floor_boundary(self.text, mark.start.saturating_add(BEHIND).min(end));
        let front = if from > start { "…" } else { "" };
        let back = if to < end { "…" } else { "" };
        let text = format!("{front}{}{back}", &self.text[from..to]);
        let shift = |at: usize| at.min(to) - from + front.len();
        Excerpt { line, column, text, mark: shift(mark.start)..shift(mark.end) }
    }
}

/// One line of a text with something marked in it.
pub(crate) struct Excerpt {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) text: String,
    /// What is marked, in bytes of `text`.
    pub(crate) mark: Range<usize>,
}

impl Excerpt {
    /// The column of the mark in the text as it is cut.
    pub(crate) fn shown_column(&self) -> usize {
        self.text[..self.mark.start].chars().count() + 1
    }
}
