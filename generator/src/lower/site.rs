//! Where a schema stands: the schema or its reference, its pointer, and what to call its type.

use std::rc::Rc;

use openapiv3::{ReferenceOr, Schema};

use crate::diagnostics::Pointer;
use crate::names;

/// A schema, or a reference to one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SchemaRef<'a> {
    /// `$ref`
    Reference(&'a str),
    /// The schema itself.
    Item(&'a Schema),
}

impl<'a> From<&'a ReferenceOr<Schema>> for SchemaRef<'a> {
    fn from(schema: &'a ReferenceOr<Schema>) -> Self {
        match schema {
            ReferenceOr::Reference { reference } => Self::Reference(reference),
            ReferenceOr::Item(item) => Self::Item(item),
        }
    }
}

impl<'a> From<&'a ReferenceOr<Box<Schema>>> for SchemaRef<'a> {
    fn from(schema: &'a ReferenceOr<Box<Schema>>) -> Self {
        match schema {
            ReferenceOr::Reference { reference } => Self::Reference(reference),
            ReferenceOr::Item(item) => Self::Item(item),
        }
    }
}

/// What to call the type of a schema, should it need a name. Most need none, so it is worked out when one does.
#[derive(Clone, Debug)]
pub(crate) struct Hint<'a>(Rc<Origin<'a>>);

#[derive(Debug)]
enum Origin<'a> {
    Name(String),
    /// A part of what is called so, by its key.
    Part(Hint<'a>, &'a str),
    /// An element of the list that is called so.
    Element(Hint<'a>),
}

impl<'a> Hint<'a> {
    /// For the part `key` of what this is for.
    pub(crate) fn part(&self, key: &'a str) -> Self {
        Self(Rc::new(Origin::Part(self.clone(), key)))
    }

    /// For the elements of the list that this is for.
    pub(crate) fn element(&self) -> Self {
        Self(Rc::new(Origin::Element(self.clone())))
    }

    /// The name.
    pub(crate) fn name(&self) -> String {
        match &*self.0 {
            Origin::Name(name) => name.clone(),
            Origin::Part(whole, key) => names::child_name(&whole.name(), key),
            Origin::Element(list) => names::element_name(&list.name()),
        }
    }
}

impl From<String> for Hint<'_> {
    fn from(name: String) -> Self {
        Self(Rc::new(Origin::Name(name)))
    }
}

/// A schema in its place.
#[derive(Clone, Debug)]
pub(crate) struct Site<'a> {
    /// What stands there.
    pub(crate) schema: SchemaRef<'a>,
    /// Where.
    pub(crate) pointer: Pointer,
    /// The type name to give it, should it need one.
    pub(crate) hint: Hint<'a>,
}

impl<'a> Site<'a> {
    /// A schema that stands at `pointer`.
    pub(crate) fn new(
        schema: impl Into<SchemaRef<'a>>,
        pointer: Pointer,
        hint: impl Into<Hint<'a>>,
    ) -> Self {
        Self { schema: schema.into(), pointer, hint: hint.into() }
    }

    /// The property `key` of this schema.
    pub(crate) fn property(&self, key: &'a str, schema: impl Into<SchemaRef<'a>>) -> Self {
        Self::new(schema, self.pointer.key("properties").key(key), self.hint.part(key))
    }

    /// The member `index` of this schema's `allOf`, `oneOf` or `anyOf`.
    pub(crate) fn member(
        &self,
        keyword: &str,
        index: usize,
        schema: &'a ReferenceOr<Schema>,
    ) -> Self {
        Self::new(schema, self.pointer.key(keyword).index(index), self.hint.clone())
    }
}

/// Sets what the types of several schemas of one value are to be called.
pub(crate) fn name_all(sites: &mut [Site<'_>], name: &str) {
    let hint = Hint::from(name.to_owned());
    for site in sites {
        site.hint = hint.clone();
    }
}
