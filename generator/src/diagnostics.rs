//! Findings about the document, collected on the way and printed together.
//!
//! A stage reports and carries on; positions in the text are looked up only when there is something
//! to print, so a good document pays nothing for them.

mod code;
mod edits;
mod excerpt;
mod json;
mod locate;
mod placed;
mod pointer;
mod render;
mod shorten;

pub use code::{Code, Severity};
pub use placed::Location;
pub use pointer::Pointer;
pub use render::Style;

pub(crate) use edits::Edit;
pub(crate) use placed::Spotted;

use std::ops::Range;

use crate::source::Source;
use edits::Edits;
use shorten::shorten_message;

/// All findings of one run.
///
/// # Examples
///
/// ```
/// use openapi_crate::diagnostics::{Code, Diagnostics, Pointer};
///
/// let mut diagnostics = Diagnostics::default();
/// let place = Pointer::default().key("paths").key("/pets");
/// diagnostics.report(Code::InvalidPath, &place, "the path is a pet").help("call it `/animals`");
/// assert_eq!(diagnostics.findings()[0].pointer.as_str(), "/paths/~1pets");
/// assert!(!diagnostics.is_fatal(false));
/// assert!(diagnostics.is_fatal(true));
/// ```
#[derive(Debug, Default)]
pub struct Diagnostics {
    findings: Vec<Finding>,
    edits: Edits,
    /// The files that were read beside the inputs: they are counted after them.
    files: Vec<Source>,
}

impl Diagnostics {
    /// Adds a finding about the document as it is now, after overlays and repairs.
    pub fn report(
        &mut self,
        code: Code,
        pointer: &Pointer,
        message: impl Into<String>,
    ) -> &mut Finding {
        let place = Place::Document { edits: self.edits.len() };
        self.add(code, pointer.clone(), place, message.into())
    }

    /// Adds a finding about a place in a text as it was read: `file` counts the inputs as
    /// [`Input::sources`](crate::source::Input::sources) has them, then the files that they refer to.
    pub(crate) fn report_in_file(
        &mut self,
        file: usize,
        code: Code,
        pointer: &Pointer,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.add(code, pointer.clone(), Place::File(file), message.into())
    }

    /// Adds a finding about a stretch of such a text.
    pub(crate) fn report_in_text(
        &mut self,
        file: usize,
        code: Code,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.add(code, Pointer::default(), Place::Text { file, range }, message.into())
    }

    fn add(&mut self, code: Code, pointer: Pointer, place: Place, message: String) -> &mut Finding {
        let message = shorten_message(message);
        self.findings.push(Finding { code, pointer, message, help: None, place, at_key: false });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    /// Notes that the document was changed, so that later pointers still lead to the text.
    pub(crate) fn edited(&mut self, edit: Edit) {
        self.edits.push(edit);
    }

    /// Keeps a file that was read beside the inputs, so that findings can show it.
    pub(crate) fn keep_file(&mut self, file: Source) {
        self.files.push(file);
    }

    /// Adds the findings about a document that was looked at alone, and which is the text `file` here.
    pub(crate) fn take_over(&mut self, other: Self, file: usize) {
        for finding in other.findings {
            self.findings.push(Finding { place: Place::File(file), ..finding });
        }
    }

    /// How many findings there are so far.
    pub(crate) fn mark(&self) -> usize {
        self.findings.len()
    }

    /// Forgets the findings made since a mark.
    pub(crate) fn rewind(&mut self, mark: usize) {
        self.findings.truncate(mark);
    }

    /// The findings, in the order in which they were made.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many findings have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.code.severity() == severity).count()
    }

    /// Whether nothing may be emitted: there is an error, or a warning where warnings are denied.
    #[must_use]
    pub fn is_fatal(&self, deny_warnings: bool) -> bool {
        self.findings.iter().any(|finding| match finding.code.severity() {
            Severity::Error => true,
            Severity::Warning => deny_warnings,
            Severity::Note => false,
        })
    }
}

/// One thing that is wrong with the document, or that cannot be carried over.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// Where it stands in the document; in the overlay, if it is about one.
    pub pointer: Pointer,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What was done about it, or what to do.
    pub help: Option<String>,
    place: Place,
    at_key: bool,
}

impl Finding {
    /// Says what was done about it, or what to do.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(shorten_message(help.into()));
        self
    }

    /// Points at the key, not at the value: the name is the matter, or that it is there at all.
    pub fn at_key(&mut self) -> &mut Self {
        self.at_key = true;
        self
    }
}

/// What a finding's position is looked up from.
#[derive(Clone, Debug)]
enum Place {
    /// The pointer, in the document as it was after so many edits.
    Document { edits: usize },
    /// The pointer, in this text.
    File(usize),
    /// Bytes of a text.
    Text { file: usize, range: Range<usize> },
}
