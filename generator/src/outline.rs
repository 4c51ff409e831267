//! Which type of the emitted crate stands for which schema of the document.

use std::collections::BTreeMap;

use crate::diagnostics::Pointer;
use crate::emit;
use crate::model::Type;

/// The types of a crate by the schemas that they were made of.
///
/// # Examples
///
/// ```
/// use openapi_crate::{config::Config, generate, source::{Input, Source}};
///
/// let document = "
///     openapi: 3.0.3
///     info: {title: Pets, version: '1'}
///     paths: {}
///     components: {schemas: {pet: {type: object, properties: {born: {type: string, format: date}}}}}
/// ";
/// let input = Input::new(Source::new("pets.yaml", document));
/// let outline = generate(&input, &Config::new("pets", "0.1.0")?).outline.unwrap();
/// assert_eq!(outline.type_of("/components/schemas/pet").as_deref(), Some("types::Pet"));
/// assert_eq!(outline.type_of("/components/schemas/pet/properties/born").as_deref(), Some("Date"));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Outline {
    types: BTreeMap<Pointer, Type>,
}

impl Outline {
    pub(crate) fn new(types: impl Iterator<Item = (Pointer, Type)>) -> Self {
        Self { types: types.collect() }
    }

    /// The type of the values of the schema at a JSON pointer, as one writes it in Rust with the crate's `types` and
    /// what its `runtime` holds in scope, beside `Value` of `serde_json` and `BTreeMap`. `None` where there is no
    /// schema, where it is but a reference to one, or where nothing was made of it.
    #[must_use]
    pub fn type_of(&self, pointer: &str) -> Option<String> {
        self.types.get(&Pointer::from_text(pointer)).map(emit::written)
    }

    /// The pointers of all schemas that have a type.
    pub fn pointers(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(Pointer::as_str)
    }
}
