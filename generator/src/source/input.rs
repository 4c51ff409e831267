//! Everything that a crate is generated from.

use std::sync::Arc;

use super::{Files, Source};
use crate::select::Selection;

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
