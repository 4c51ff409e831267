use std::collections::HashMap;

use serde_json::Value;

use crate::config::Config;
use crate::diagnostics::{Diagnostics, Pointer};
use crate::model::{Api, TypeName};
use crate::source::Input;

/// What a document describes, and where in it: what [`compare`](crate::diff::compare) takes.
#[derive(Debug)]
pub struct Description {
    /// The API.
    pub(crate) api: Api,
    /// Everything that is to be said about the document.
    pub diagnostics: Diagnostics,
    /// The document after overlays and repairs.
    pub(crate) document: Value,
    /// Where each named type comes from.
    pub(crate) homes: HashMap<TypeName, Pointer>,
}

impl Description {
    /// The API's title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.api.title
    }

    /// Whether both describe the same API, in every detail that the generator knows.
    #[must_use]
    pub fn has_same_api(&self, other: &Self) -> bool {
        self.api == other.api
    }
}

/// Reads a document without making a crate of it.
///
/// The work is done on a thread of its own, because no document may exhaust the caller's stack.
///
/// # Errors
///
/// The findings, where the document cannot be followed to its end.
///
/// # Examples
///
/// ```
/// use openapi_crate::{config::Config, describe, source::{Input, Source}};
///
/// let text = "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\npaths: {}\n";
/// let input = Input::new(Source::new("pets.yaml", text));
/// let description = describe(&input, &Config::new("pets", "0.1.0")?).unwrap();
/// assert_eq!(description.title(), "Pets");
/// # Ok::<(), String>(())
/// ```
pub fn describe(input: &Input, config: &Config) -> Result<Description, Diagnostics> {
    crate::on_own_stack(|| {
        let mut diagnostics = Diagnostics::default();
        match crate::lower_document(input, config, &mut diagnostics) {
            Some((document, api, outline)) if !diagnostics.is_fatal(false) => {
                Ok(Description { api, diagnostics, document, homes: outline.homes() })
            }
            _ => Err(diagnostics),
        }
    })
}
