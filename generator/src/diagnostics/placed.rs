use std::ops::Range;

use super::{
    Diagnostics, Finding, Place, Pointer,
    excerpt::{Excerpt, Lines},
    locate::{Spot, locate},
};
use crate::source::{Input, Source};

/// The findings of a run with their places in the texts, in the order of these places.
pub(super) struct Placed<'a> {
    pub(super) findings: Vec<PlacedFinding<'a>>,
    /// The inputs, and the files that they refer to.
    pub(super) files: Vec<File<'a>>,
}

pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) lines: Lines<'a>,
}

pub(super) struct PlacedFinding<'a> {
    pub(super) finding: &'a Finding,
    /// Which of the files.
    pub(super) file: usize,
    /// What to point at, within one line.
    pub(super) mark: Range<usize>,
}

impl<'a> Placed<'a> {
    pub(super) fn new(diagnostics: &'a Diagnostics, input: &'a Input) -> Self {
        let sources: Vec<&Source> = input.sources().chain(&diagnostics.files).collect();
        let files: Vec<File<'_>> = sources
            .iter()
            .map(|source| File { name: source.name(), lines: Lines::new(source.text()) })
            .collect();
        let mut pointers: Vec<Vec<Pointer>> = vec![Vec::new(); files.len()];
        let mut places = Vec::new();
        for finding in &diagnostics.findings {
            let (file, pointer) = match &finding.place {
                Place::Document { edits } => diagnostics.edits.origin(&finding.pointer, *edits),
                Place::File(file) => (*file, finding.pointer.clone()),
                Place::Text { file, .. } => (*file, Pointer::default()),
            };
            // An overlay that is not among the inputs: the caller mixed up two runs.
            let file = if file < files.len() { file } else { 0 };
            places.push((file, pointers[file].len()));
            pointers[file].push(pointer);
        }
        let spots: Vec<Vec<Spot>> = sources
            .iter()
            .zip(&pointers)
            .map(|(source, pointers)| match pointers.is_empty() {
                true => Vec::new(),
                false => locate(source.text(), pointers),
            })
            .collect();
        let mut findings: Vec<PlacedFinding<'_>> = diagnostics
            .findings
            .iter()
            .zip(places)
            .map(|(finding, (file, place))| {
                let mark = match &finding.place {
                    Place::Text { range, .. } => files[file].lines.first_line(range),
                    _ => files[file].lines.mark(&spots[file][place], finding.at_key),
                };
                PlacedFinding { finding, file, mark }
            })
            .collect();
        findings.sort_by_key(|placed| (placed.file, placed.mark.start, placed.finding.code));
        Self { findings, files }
    }
}

/// A place in a text, with its line.
pub(crate) struct Spotted<'a> {
    pub(crate) file: &'a str,
    pub(crate) excerpt: Excerpt,
}

impl Diagnostics {
    /// Where the text says what stands at `pointers` in the document as it is now. What does not exist gets the
    /// place of what is around it.
    pub(crate) fn spot<'a>(&'a self, input: &'a Input, pointers: &[Pointer]) -> Vec<Spotted<'a>> {
        let sources: Vec<&Source> = input.sources().chain(&self.files).collect();
        let mut wanted: Vec<Vec<Pointer>> = vec![Vec::new(); sources.len()];
        let mut places = Vec::new();
        for pointer in pointers {
            let (file, pointer) = self.edits.origin(pointer, self.edits.len());
            let file = if file < sources.len() { file } else { 0 };
            places.push((file, wanted[file].len()));
            wanted[file].push(pointer);
        }
        let found: Vec<(Lines<'_>, Vec<Spot>)> = sources
            .iter()
            .zip(&wanted)
            .map(|(source, pointers)| match pointers.is_empty() {
                true => (Lines::new(""), Vec::new()),
                false => (Lines::new(source.text()), locate(source.text(), pointers)),
            })
            .collect();
        let spotted = places.into_iter().map(|(file, place)| {
            let (lines, spots) = &found[file];
            let excerpt = lines.excerpt(&lines.mark(&spots[place], true));
            Spotted { file: sources[file].name(), excerpt }
        });
        spotted.collect()
    }
}
