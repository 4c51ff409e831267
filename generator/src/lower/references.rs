//! Where a `$ref` leads.

use indexmap::IndexMap;
use openapiv3::{Components, OpenAPI, ReferenceOr, Schema};

use super::Lowering;
use super::limits::DEEPEST;
use super::site::{SchemaRef, Site};
use crate::bundle;
use crate::diagnostics::{Code, Pointer};
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
    pub(crate) hint: String,
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
pub(crate) fn component_name(reference: &str, kind: &str) -> Option<String> {
    let name = reference.strip_prefix("#/components/")?.strip_prefix(kind)?.strip_prefix('/')?;
    (!name.contains('/')).then(|| unescaped(&percent_decoded(name)))
}

fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// Follows a reference to a component of one kind, over references to references.
pub(crate) fn component<'a, T>(
    reference: &str,
    kind: &str,
    find: impl Fn(&str) -> Option<(&'a str, &'a ReferenceOr<T>)>,
) -> Result<(&'a str, &'a T), Broken> {
    let mut name = component_name(reference, kind).ok_or(Broken::NotHere)?;
    let mut seen: Vec<String> = Vec::new();
    while seen.len() < DEEPEST {
        let (key, found) = find(&name).ok_or(Broken::Missing)?;
        match found {
            ReferenceOr::Item(item) => return Ok((key, item)),
            ReferenceOr::Reference { reference } => {
                seen.push(name);
                name = component_name(reference, kind).ok_or(Broken::NotHere)?;
                if seen.contains(&name) {
                    return Err(Broken::Circle);
                }
            }
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
        let found = component(reference, kind, |name| {
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
    pub(crate) fn resolve(&mut self, reference: &str, from: &Pointer) -> Option<Target<'a>> {
        let found = component(reference, "schemas", |name| schema(self.document, name));
        match found {
            Ok((name, schema)) => Some(Target {
                schema,
                pointer: Pointer::default().key("components").key("schemas").key(name),
                component: name,
                hint: self.components[name].0.clone(),
            }),
            Err(broken) => {
                self.report_broken(broken, reference, from);
                None
            }
        }
    }

    /// Where a schema stands, or the one that a reference there leads to.
    pub(crate) fn place_of(&mut self, site: &Site<'a>) -> Pointer {
        let SchemaRef::Reference(reference) = site.schema else { return site.pointer.clone() };
        let target = self.quietly(|lowering| lowering.resolve(reference, &site.pointer));
        target.map_or_else(|| site.pointer.clone(), |target| target.pointer)
    }

    /// Says why a reference leads nowhere.
    pub(crate) fn report_broken(&mut self, broken: Broken, reference: &str, from: &Pointer) {
        if reference == bundle::REPORTED {
            return;
        }
        let (code, message) = match broken {
            Broken::Circle => (
                Code::CircularReference,
                format!("the reference `{reference}` leads back to itself"),
            ),
            Broken::TooFar => (
                Code::TooComplex,
                format!("the reference `{reference}` leads to more than {DEEPEST} others"),
            ),
            Broken::NotHere if has_scheme(reference) => (
                Code::ExternalReference,
                format!("the reference `{reference}` is a URL, and nothing is fetched"),
            ),
            Broken::NotHere if !reference.starts_with('#') => (
                Code::ExternalReference,
                format!("the reference `{reference}` leads out of the document"),
            ),
            Broken::Missing | Broken::NotHere => (
                Code::UnresolvedReference,
                format!("the reference `{reference}` leads to nothing in this document"),
            ),
        };
        let finding = self.diagnostics.report(code, &from.key("$ref"), message);
        if code == Code::ExternalReference && has_scheme(reference) {
            finding.help("save it beside the document, and refer to that by a relative path");
        }
    }
}

pub(crate) fn schema<'a>(
    document: &'a OpenAPI,
    name: &str,
) -> Option<(&'a str, &'a ReferenceOr<Schema>)> {
    let schemas = &document.components.as_ref()?.schemas;
    schemas.get_key_value(name).map(|(key, schema)| (key.as_str(), schema))
}
