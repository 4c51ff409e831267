//! How far schemas that build on one another are followed.
//!
//! References let a short document describe types without end, and more of them than anybody has
//! memory for. Whatever follows one schema into another does so by [`Lowering::deeper`]; whatever
//! makes types that the document has no place for counts them by [`Lowering::combine`].

use super::{Lowering, prose};
use crate::diagnostics::{Code, Pointer};
use crate::model::Doc;

/// How many schemas may build on one another, as many as values may be nested: the stack bears it.
pub(crate) const DEEPEST: usize = 128;

/// How many types may be made by combining schemas. Real documents have some dozens.
const MOST: usize = 2_000;

/// How many fields a struct may have: rustc takes minutes for some thousands, and crashes of ten. Real
/// documents have some hundreds.
const MOST_FIELDS: usize = 1_000;

/// How long the title and the version may be: the manifest has them, and cargo hands the manifest's
/// description to every rustc in its environment, which has a limit.
const LONGEST_LINE: usize = 1_000;

/// How many bytes may be written of what the document says: this much, and that many times as much as the
/// document takes. A parameter that thousands of operations refer to is written thousands of times, and so
/// are the members of a schema that thousands of others build on. Real documents come to some of their size.
const LARGEST: usize = 1 << 22;
const MOST_COPIES: usize = 2;

/// How many pairs of schemas are compared to find unions that are ambiguous. Real documents have some thousands.
const MOST_COMPARISONS: usize = 100_000;

/// What a field, a parameter or a header takes beside its name and its description, in bytes.
const ENTRY: usize = 128;

/// What was used up so far, and what there is.
#[derive(Debug)]
pub(crate) struct Limits {
    /// How many bytes may be written yet.
    room: usize,
    /// Whether it was reported that there is no more room.
    crowded: bool,
    /// How many pairs of schemas may be compared yet.
    comparisons: usize,
    /// How many schemas are being followed, each from the one before.
    depth: usize,
    /// How many types were made by combining schemas.
    combined: usize,
    /// Whether it was reported that a limit was met.
    pub(super) told: bool,
}

/// What things with these names take, in bytes.
pub(crate) fn entries_size<'n>(names: impl IntoIterator<Item = &'n str>) -> usize {
    names.into_iter().map(|name| ENTRY + name.len()).sum()
}

impl Limits {
    /// The limits of a document with so many bytes.
    pub(crate) fn of(document: usize) -> Self {
        let room = document.saturating_mul(MOST_COPIES).saturating_add(LARGEST);
        Self {
            room,
            crowded: false,
            comparisons: MOST_COMPARISONS,
            depth: 0,
            combined: 0,
            told: false,
        }
    }
}

impl Lowering<'_, '_> {
    /// Takes the room for so many bytes; `false`, and a finding, if there is no more.
    pub(crate) fn write(&mut self, bytes: usize, pointer: &Pointer) -> bool {
        let left = self.limits.room.checked_sub(bytes);
        self.limits.room = left.unwrap_or(0);
        if left.is_none() && !std::mem::replace(&mut self.limits.crowded, true) {
            let message = "the references up to here expand to many times the size of the document";
            self.diagnostics.report(Code::TooComplex, pointer, message).help(
                "anything beyond becomes any JSON value, loses its description, or is omitted",
            );
        }
        left.is_some()
    }

    /// Counts a pair of schemas that is compared; `false` if there were too many.
    pub(crate) fn compare(&mut self) -> bool {
        let left = self.limits.comparisons.checked_sub(1);
        self.limits.comparisons = left.unwrap_or(0);
        left.is_some()
    }

    /// The documentation that these texts are, while there is room for it.
    pub(crate) fn doc<'t>(
        &mut self,
        texts: impl IntoIterator<Item = &'t str>,
        pointer: &Pointer,
    ) -> Doc {
        let texts: Vec<&str> = texts.into_iter().collect();
        let length = texts.iter().map(|text| text.len()).sum();
        if self.write(length, pointer) { prose::document_text(texts) } else { Doc::default() }
    }

    /// Follows one schema more; `None`, and a finding, if it has come too far.
    pub(crate) fn deeper<T>(
        &mut self,
        pointer: &Pointer,
        follow: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        if self.limits.depth >= DEEPEST {
            let message = format!("more than {DEEPEST} schemas build on one another here");
            self.report_limit(pointer, message);
            return None;
        }
        self.limits.depth += 1;
        let found = follow(self);
        self.limits.depth -= 1;
        Some(found)
    }

    /// Counts a type that no single place of the document describes; `false`, and a finding, if there are
    /// too many.
    pub(crate) fn combine(&mut self, pointer: &Pointer) -> bool {
        if self.limits.combined >= MOST {
            let message = format!("the schemas of the document combine to more than {MOST} types");
            self.report_limit(pointer, message);
            return false;
        }
        self.limits.combined += 1;
        true
    }

    /// How many of the `count` things become fields of a struct; a finding, if not all of them do, with
    /// what becomes of the rest.
    pub(crate) fn limit_fields(
        &mut self,
        count: usize,
        things: &str,
        rest: &str,
        pointer: &Pointer,
    ) -> usize {
        if count > MOST_FIELDS {
            let message = format!("there are {count} {things} here");
            let finding = self.diagnostics.report(Code::TooComplex, pointer, message);
            finding.help(format!("those after the first {MOST_FIELDS} {rest}"));
        }
        count.min(MOST_FIELDS)
    }

    /// The title or the version of the document, cut where it is too long.
    pub(crate) fn limit_line<'t>(&mut self, text: &'t str, key: &str) -> &'t str {
        let Some((end, _)) = text.char_indices().nth(LONGEST_LINE) else { return text };
        let place = Pointer::default().key("info").key(key);
        let message = format!("the {key} is longer than {LONGEST_LINE} characters");
        self.diagnostics.report(Code::TooComplex, &place, message).help("truncated");
        &text[..end]
    }

    /// Once: what goes too far in one place does so in thousands.
    fn report_limit(&mut self, pointer: &Pointer, message: String) {
        if !std::mem::replace(&mut self.limits.told, true) {
            self.diagnostics
                .report(Code::TooComplex, pointer, message)
                .help("anything beyond becomes any JSON value");
        }
    }
}
