use std::ops::Range;

use super::{
    Diagnostics, Finding, Place, Pointer,
    excerpt::{Excerpt, Lines},
    locate::{Spot, locate_pointers},
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
                false => locate_pointers(source.text(), pointers),
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

/// Where something stands in one of the texts, in bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Location<'a> {
    /// What messages call the text.
    pub file: &'a str,
    /// What to point at. Never more than one line.
    pub mark: Range<usize>,
    /// All of it, with its key.
    pub extent: Range<usize>,
}

impl Diagnostics {
    /// The findings in the order of the texts, each with its place. `input` is what they were made from.
    ///
    /// # Examples
    ///
    /// ```
    /// use openapi_crate::{config::Config, generate, source::{Input, Source}};
    ///
    /// let text = "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\npaths: {pets: {}}\n";
    /// let input = Input::new(Source::new("pets.yaml", text));
    /// let outcome = generate(&input, &Config::new("pets", "0.1.0")?);
    /// let (finding, location) = &outcome.diagnostics.locate_findings(&input)[0];
    /// assert_eq!(finding.code.name(), "invalid-path");
    /// assert_eq!(&text[location.mark.clone()], "pets");
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn locate_findings<'a>(&'a self, input: &'a Input) -> Vec<(&'a Finding, Location<'a>)> {
        let Placed { findings, files } = Placed::new(self, input);
        let located = findings.into_iter().map(|PlacedFinding { finding, file, mark }| {
            (finding, Location { file: files[file].name, extent: mark.clone(), mark })
        });
        located.collect()
    }

    /// Where the texts say what stands at `pointers` (RFC 6901) in the document as it is now. What does not exist
    /// gets the place of what is around it.
    #[must_use]
    pub fn locate<'a>(&'a self, input: &'a Input, pointers: &[Pointer]) -> Vec<Location<'a>> {
        let found = self.find(input, pointers, |lines, spot| {
            let start = spot.key.as_ref().map_or(spot.value.start, |key| key.start);
            (lines.mark(spot, true), start..spot.value.end.max(start))
        });
        let located = found.into_iter();
        located.map(|(file, (mark, extent))| Location { file, mark, extent }).collect()
    }

    /// The lines that say what stands at `pointers` in the document as it is now. What does not exist gets the
    /// place of what is around it.
    pub(crate) fn spot<'a>(&'a self, input: &'a Input, pointers: &[Pointer]) -> Vec<Spotted<'a>> {
        let found =
            self.find(input, pointers, |lines, spot| lines.excerpt(&lines.mark(spot, true)));
        found.into_iter().map(|(file, excerpt)| Spotted { file, excerpt }).collect()
    }

    /// What `read` makes of each place that the texts have for `pointers`, with the text's name.
    fn find<'a, T>(
        &'a self,
        input: &'a Input,
        pointers: &[Pointer],
        read: impl Fn(&Lines<'_>, &Spot) -> T,
    ) -> Vec<(&'a str, T)> {
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
                false => (Lines::new(source.text()), locate_pointers(source.text(), pointers)),
            })
            .collect();
        let read = places.into_iter().map(|(file, place)| {
            let (lines, spots) = &found[file];
            (sources[file].name(), read(lines, &spots[place]))
        });
        read.collect()
    }
}
