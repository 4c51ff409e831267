//! The texts that go in, and reading them.

mod files;
mod json;
mod value;
pub(crate) mod version;
pub(crate) mod yaml;

use std::{ops::Range, sync::Arc};

pub use files::{Files, Refusal};
use serde_json::Value;

use crate::diagnostics::{Code, Diagnostics, Pointer};
use crate::select::Selection;
pub(crate) use version::Version;

/// How deep values may be nested. `serde_json` draws the line there too.
pub(crate) const DEEPEST: usize = 128;

/// A text and what it is called in messages.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
}

impl Source {
    /// A text under the name that messages give it, usually its path. A byte order mark is left out.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Self { name: name.into(), text }
    }

    /// What it is called in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// What the generator works on.
#[derive(Clone, Debug)]
pub struct Input {
    /// The OpenAPI document.
    pub document: Source,
    /// More documents, for one crate of all: their operations are added, and of equal components there is one.
    /// Title, version and default server are those of `document`.
    pub others: Vec<Source>,
    /// Where the files come from that the documents refer to. Without it, a reference to another file is a finding.
    ///
    /// ```
    /// use std::{collections::BTreeMap, sync::Arc};
    /// use openapi_crate::{config::Config, generate, source::{Input, Source}};
    ///
    /// let document = "
    ///     openapi: 3.0.3
    ///     info: {title: Pets, version: '1'}
    ///     paths: {}
    ///     components: {schemas: {Owner: {$ref: schemas/person.yaml}}}
    /// ";
    /// let person = "type: object\nproperties: {name: {type: string}}";
    /// let files = BTreeMap::from([("api/schemas/person.yaml".to_owned(), person.to_owned())]);
    /// let mut input = Input::new(Source::new("api/pets.yaml", document));
    /// input.files = Some(Arc::new(files));
    /// let outcome = generate(&input, &Config::new("pets", "0.1.0")?);
    /// assert_eq!(outcome.outline.unwrap().type_of("/components/schemas/Owner").as_deref(), Some("types::Owner"));
    /// # Ok::<(), String>(())
    /// ```
    pub files: Option<Arc<dyn Files>>,
    /// Overlays, applied in this order.
    pub overlays: Vec<Source>,
    /// The configuration file, if it has `names`: a mapping from things of the document to the names that
    /// they are to have in Rust.
    ///
    /// | under | the key is | it names |
    /// |---|---|---|
    /// | `schemas` | the name of a component | its type |
    /// | `properties` | `component.property` | the field, and its type if that has no other name |
    /// | `operations` | the `operationId`, or `GET /path` | the method and the type of the call |
    /// | `parameters` | `operation.parameter` | the argument or method |
    /// | `tags` | the tag | the module and the type of the group |
    /// | `servers` | the URL as it is in the document | the server in the module `servers` |
    /// | a JSON pointer that starts with `/` | | whatever stands there |
    pub names: Option<Source>,
    /// Which of the document's operations are wanted, after overlays and names.
    pub selection: Selection,
    /// Whether long descriptions and examples play no part, as in a [baseline](crate::baseline).
    pub reduced: bool,
}

impl Input {
    /// A document alone.
    #[must_use]
    pub fn new(document: Source) -> Self {
        Self {
            document,
            others: Vec::new(),
            files: None,
            overlays: Vec::new(),
            names: None,
            selection: Selection::default(),
            reduced: false,
        }
    }

    /// All texts in the order in which they are counted: the document, the overlays, the names, more documents.
    /// The files that documents refer to come after them.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        std::iter::once(&self.document).chain(&self.overlays).chain(&self.names).chain(&self.others)
    }

    /// The number of the names among the texts.
    pub(crate) fn number_of_names(&self) -> usize {
        1 + self.overlays.len()
    }

    /// The number of the first of the other documents among the texts.
    pub(crate) fn number_of_others(&self) -> usize {
        self.number_of_names() + usize::from(self.names.is_some())
    }
}

/// Reads JSON if the text starts with `{`, otherwise YAML.
///
/// `file` is the place of the text among the inputs: 0 for the document, then come the overlays.
/// `None` if the text cannot be read or is not a mapping; then an error says so.
pub fn read_document(file: usize, text: &str, diagnostics: &mut Diagnostics) -> Option<Value> {
    let found = match read_any(file, text, diagnostics)? {
        value @ Value::Object(_) => return Some(value),
        Value::Null => "the file is empty",
        Value::Array(_) => "the file is a list, not a mapping",
        _ => "the file is a single value, not a mapping",
    };
    diagnostics.report_in_text(file, Code::NotAMapping, 0..text.len(), found);
    None
}

/// As [`read_document`], where a file may be anything. It is null if it is empty.
pub(crate) fn read_any(file: usize, text: &str, diagnostics: &mut Diagnostics) -> Option<Value> {
    let read = if text.trim_start().starts_with('{') {
        json::read_json(text)
    } else {
        yaml::read_yaml(text)
    };
    let document = match read {
        Ok(document) => document,
        Err(mistake) => {
            diagnostics.report_in_text(file, mistake.code, mistake.range, mistake.message);
            return None;
        }
    };
    for remark in document.remarks {
        let Mistake { code, range, message } = remark;
        diagnostics.report_in_text(file, code, range, message);
    }
    for pointer in document.duplicates {
        let key = pointer.segments().last().unwrap_or_default();
        let message = format!("duplicate key `{key}`: the last value is used");
        diagnostics.report_in_file(file, Code::DuplicateKey, &pointer, message).at_key();
    }
    Some(document.value)
}

/// What a text says, and what is to be said about it.
#[derive(Debug, Default)]
struct Document {
    value: Value,
    remarks: Vec<Mistake>,
    /// Keys that are there twice, where their place is not known yet.
    duplicates: Vec<Pointer>,
}

/// Something wrong in a text.
#[derive(Debug)]
struct Mistake {
    code: Code,
    range: Range<usize>,
    message: String,
}

/// The character that the byte `at` belongs to; nothing at the end of the text.
fn character_range(text: &str, at: usize) -> Range<usize> {
    let start = floor_boundary(text, at);
    start..start + text[start..].chars().next().map_or(0, char::len_utf8)
}

/// The beginning of the character that the byte `at` belongs to.
pub(crate) fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
