//! Which type of the emitted crate stands for which schema of the document.

mod items;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use crate::diagnostics::Pointer;
use crate::emit;
use crate::model::{Api, Type, TypeName};

pub use items::{Item, ItemKind};

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
    /// The types that only webhooks have: they are there by a feature alone.
    gated: HashSet<TypeName>,
    items: Vec<Item>,
}

impl Outline {
    pub(crate) fn new(
        types: impl Iterator<Item = (Pointer, Type)>,
        gated: HashSet<TypeName>,
    ) -> Self {
        Self { types: types.collect(), gated, items: Vec::new() }
    }

    /// The same with the types that only webhooks have, which are there by the feature `webhooks` alone.
    #[must_use]
    pub fn with_webhooks(&self) -> Self {
        Self { gated: HashSet::new(), ..self.clone() }
    }

    fn is_gated(&self, ty: &Type) -> bool {
        ty.named().is_some_and(|name| self.gated.contains(name))
    }

    /// Adds what the API has, by `document` after repairs.
    pub(crate) fn add_items(&mut self, api: &Api, document: &Value) {
        self.items = items::list(api, document);
    }

    /// The type of the values of the schema at a JSON pointer, as one writes it in Rust with the crate's `types` and
    /// what its `runtime` holds in scope, beside `Value` of `serde_json` and `BTreeMap`. `None` where there is no
    /// schema, where it is but a reference to one, or where nothing was made of it.
    #[must_use]
    pub fn type_of(&self, pointer: &str) -> Option<String> {
        let ty = self.types.get(&Pointer::from_text(pointer));
        ty.filter(|ty| !self.is_gated(ty)).map(emit::type_path)
    }

    /// Where each named type comes from: a component of its own, or else the first place that it is the type of.
    pub(crate) fn homes(&self) -> HashMap<TypeName, Pointer> {
        let mut homes: HashMap<TypeName, Pointer> = HashMap::new();
        for (pointer, ty) in &self.types {
            let (Type::Named(name) | Type::Erased(name, _)) = ty.bare() else { continue };
            match homes.get(name) {
                Some(known) if is_component(known) || !is_component(pointer) => {}
                _ => {
                    homes.insert(name.clone(), pointer.clone());
                }
            }
        }
        homes
    }

    /// The pointers of all schemas that have a type.
    pub fn pointers(&self) -> impl Iterator<Item = &str> {
        self.types.iter().filter(|(_, ty)| !self.is_gated(ty)).map(|(pointer, _)| pointer.as_str())
    }
}

fn is_component(pointer: &Pointer) -> bool {
    pointer.as_str().starts_with("/components/schemas/") && pointer.segments().count() == 3
}
