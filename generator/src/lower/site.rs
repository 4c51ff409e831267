//! Where a schema stands: the schema or its reference, its pointer, and what to call its type.

use openapiv3::{ReferenceOr, Schema};

use super::names;
use crate::diagnostics::Pointer;

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

/// A schema in its place.
#[derive(Clone, Debug)]
pub(crate) struct Site<'a> {
    /// What stands there.
    pub(crate) schema: SchemaRef<'a>,
    /// Where.
    pub(crate) pointer: Pointer,
    /// The type name to give it, should it need one.
    pub(crate) hint: String,
}

impl<'a> Site<'a> {
    /// A schema that stands at `pointer`.
    pub(crate) fn new(schema: impl Into<SchemaRef<'a>>, pointer: Pointer, hint: String) -> Self {
        Self { schema: schema.into(), pointer, hint }
    }

    /// The property `key` of this schema.
    pub(crate) fn property(&self, key: &str, schema: impl Into<SchemaRef<'a>>) -> Self {
        Self::new(schema, self.pointer.key("properties").key(key), names::child(&self.hint, key))
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
