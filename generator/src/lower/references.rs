//! Where a `$ref` leads.

use std::borrow::Cow;
use std::rc::Rc;

use indexmap::IndexMap;
use openapiv3::{Components, OpenAPI, ReferenceOr, Schema};

use super::Lowering;
use super::limits::DEEPEST;
use super::site::{Hint, SchemaRef, Site};
use crate::diagnostics::{Code, Pointer};
use crate::extensions::REPORTED_REFERENCE;
use crate::uri::{has_scheme, percent_decoded};

/// What a reference to a schema leads to.
#[derive(Clone, Debug)]
pub(crate) struct Target<'a> {
    /// The schema.
    pub(crate) schema: &'a Schema,
    /// Where it stands.
    pub(crate) pointer: Pointer,
    /// The component that it is.
    pub(crate) component: &'a str,
    /// The name of its type.
    pub(crate) hint: Hint<'a>,
}

impl<'a> Target<'a> {
    /// The schema in its place.
    pub(crate) fn site(&self) -> Site<'a> {
        Site {
            schema: SchemaRef::Item(self.schema),
            pointer: self.pointer.clone(),
            hint: self.hint.clone(),
        }
    }
}

/// The name that a reference of this kind (`schemas`, `parameters`, …) gives.
pub(crate) fn component_name<'r>(reference: &'r str, kind: &str) -> Option<Cow<'r, str>> {
    let name = reference.strip_prefix("#/components/")?.strip_prefix(kind)?.strip_prefix('/')?;
    match name.contains('/') {
        true => None,
        false if name.contains(['%', '~']) => Some(unescape_token(&percent_decoded(name)).into()),
        false => Some(name.into()),
    }
}

fn unescape_token(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// Follows a reference to a component of one kind, over references to references.
pub(crate) fn find_component<'a, T>(
    reference: &str,
    kind: &str,
    find: impl Fn(&str) -> Option<(&'a str, &'a ReferenceOr<T>)>,
) -> Result<(&'a str, &'a T), Broken> {
    let mut name = component_name(reference, kind).ok_or(Broken::NotHere)?;
    let mut middle = None;
    for step in 0..2 * DEEPEST {
        let (key, found) = find(&name).ok_or(Broken::Missing)?;
        match found {
            ReferenceOr::Item(item) if step < DEEPEST => return Ok((key, item)),
            ReferenceOr::Item(_) => break,
            ReferenceOr::Reference { reference } => {
                name = component_name(reference, kind).ok_or(Broken::NotHere)?;
            }
        }
        // What comes by here a second time goes round in a circle.
        match middle {
            Some(middle) if middle == key => return Err(Broken::Circle),
            None if step == DEEPEST => middle = Some(key),
            _ => {}
        }
    }
    Err(Broken::TooFar)
}

/// Why a reference leads nowhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Broken {
    /// It leads to another place than a component of this kind.
    NotHere,
    /// There is no such component.
    Missing,
    /// It leads back to itself.
    Circle,
    /// It leads from reference to reference.
    TooFar,
}

/// What stands in a place, or the component that a reference there leads to.
pub(crate) struct Followed<'a, T> {
    pub(crate) item: &'a T,
    /// Where it stands.
    pub(crate) pointer: Pointer,
    /// The component's name, if it is one.
    pub(crate) component: Option<&'a str>,
}

impl<'a> Lowering<'a, '_> {
    /// Follows a reference to a component of one kind; reports where there is none.
    pub(crate) fn follow<T>(
        &mut self,
        item: &'a ReferenceOr<T>,
        pointer: &Pointer,
        kind: &str,
        list: fn(&Components) -> &IndexMap<String, ReferenceOr<T>>,
    ) -> Option<Followed<'a, T>> {
        let reference = match item {
            ReferenceOr::Item(item) => {
                return Some(Followed { item, pointer: pointer.clone(), component: None });
            }
            ReferenceOr::Reference { reference } => reference,
        };
        let document = self.document;
        let found = find_component(reference, kind, |name| {
            let (key, item) = list(document.components.as_ref()?).get_key_value(name)?;
            Some((key.as_str(), item))
        });
        match found {
            Ok((name, item)) => {
                let pointer = Pointer::default().key("components").key(kind).key(name);
                Some(Followed { item, pointer, component: Some(name) })
            }
            Err(broken) => {
                self.report_broken(broken, reference, pointer);
                None
            }
        }
    }

    /// The schema that a reference leads to; reports where there is none.
    pub(crate) fn resolve(&mut self, reference: &'a str, from: &Pointer) -> Option<Rc<Target<'a>>> {
        let known = match self.targets.get(reference) {
            Some(known) => known.clone(),
            None => {
                let found = self.look_up(reference);
                self.targets.insert(reference, found.clone());
                found
            }
        };
        match known {
            Ok(target) => Some(target),
            Err(broken) => {
                self.report_broken(broken, reference, from);
                None
            }
        }
    }

    fn look_up(&self, reference: &str) -> Result<Rc<Target<'a>>, Broken> {
        let (name, schema) =
            find_component(reference, "schemas", |name| find_schema(self.document, name))?;
        Ok(Rc::new(Target {
            schema,
            pointer: Pointer::default().key("components").key("schemas").key(name),
            component: name,
            hint: self.components[name].0.clone().into(),
        }))
    }

    /// Where a schema stands, or the one that a reference there leads to.
    pub(crate) fn place_of(&mut self, site: &Site<'a>) -> Pointer {
        let SchemaRef::Reference(reference) = site.schema else { return site.pointer.clone() };
        let target = self.quietly(|lowering| lowering.resolve(reference, &site.pointer));
        target.map_or_else(|| site.pointer.clone(), |target| target.pointer.clone())
    }

    /// Says why a reference leads nowhere.
    pub(crate) fn report_broken(&mut self, broken: Broken, reference: &str, from: &Pointer) {
        if reference == REPORTED_REFERENCE {
            return;
        }
        let (code, message) = match broken {
            Broken::Circle => {
                (Code::CircularReference, format!("the reference `{reference}` is circular"))
            }
            Broken::TooFar => (
                Code::TooComplex,
                format!("the reference `{reference}` leads through more than {DEEPEST} others"),
            ),
            Broken::NotHere if has_scheme(reference) => (
                Code::ExternalReference,
                format!("the reference `{reference}` is a URL, and URLs are not fetched"),
            ),
            Broken::NotHere if !reference.starts_with('#') => (
                Code::ExternalReference,
                format!("the reference `{reference}` points outside the document"),
            ),
            Broken::Missing | Broken::NotHere => (
                Code::UnresolvedReference,
                format!("the reference `{reference}` does not resolve in this document"),
            ),
        };
        let finding = self.diagnostics.report(code, &from.key("$ref"), message);
        if code == Code::ExternalReference && has_scheme(reference) {
            finding.help("save the file next to the document and refer to it with a relative path");
        }
    }
}

pub(crate) fn find_schema<'a>(
    document: &'a OpenAPI,
    name: &str,
) -> Option<(&'a str, &'a ReferenceOr<Schema>)> {
    let schemas = &document.components.as_ref()?.schemas;
    schemas.get_key_value(name).map(|(key, schema)| (key.as_str(), schema))
}
