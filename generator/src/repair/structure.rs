//! What the table says about where references may stand, for the stage that follows them into other files.

use super::{shape::Shape, table};
use crate::diagnostics::Pointer;
use crate::source::Version;

/// Keywords of JSON Schema that are translated before the table is asked, and what they hold.
const TRANSLATED: &[(&str, Shape)] = &[
    ("$defs", Shape::Map(&Shape::Schema)),
    ("contentSchema", Shape::Schema),
    ("definitions", Shape::Map(&Shape::Schema)),
    ("patternProperties", Shape::Map(&Shape::Schema)),
    ("prefixItems", Shape::List(&Shape::Schema)),
    ("unevaluatedItems", Shape::Schema),
    ("unevaluatedProperties", Shape::Schema),
];

/// What may stand in a place that holds a reference, or something with references in it.
#[derive(Clone, Copy)]
pub(crate) struct Structure(Shape);

impl Structure {
    /// A whole document.
    pub(crate) fn document() -> Self {
        Self(Shape::Object(&table::DOCUMENT))
    }

    /// One path item.
    pub(crate) fn path_item() -> Self {
        Self(Shape::Object(&table::PATH_ITEM))
    }

    /// An entry of a section of `components`.
    pub(crate) fn of_section(section: &str) -> Option<Self> {
        Shape::of_section(section).map(Self)
    }

    /// What stands under a key or index; `None` where no reference can be.
    pub(crate) fn below(self, key: &str) -> Option<Self> {
        let translated = TRANSLATED.iter().find(|(keyword, _)| *keyword == key && self.is_schema());
        let shape = translated.map(|(_, shape)| *shape).or_else(|| self.0.below(key))?;
        let holds = matches!(
            shape,
            Shape::Object(_)
                | Shape::ObjectOr(..)
                | Shape::Schema
                | Shape::SchemaOrFlag
                | Shape::Map(_)
                | Shape::Patterned(_)
                | Shape::List(_)
        );
        holds.then_some(Self(shape))
    }

    /// The section of `components` that has what a reference in this place may lead to.
    pub(crate) fn section(self) -> Option<&'static str> {
        match self.0 {
            Shape::Schema | Shape::SchemaOrFlag => Some("schemas"),
            Shape::ObjectOr(section, _) => Some(section),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    pub(crate) fn elements(self) -> Option<Self> {
        match self.0 {
            Shape::List(shape) => Some(Self(*shape)),
            _ => None,
        }
    }

    /// Whether the keys of the mapping are the document's own.
    pub(crate) fn is_map(self) -> bool {
        matches!(self.0, Shape::Map(_) | Shape::Patterned(_))
    }

    pub(crate) fn is_schema(self) -> bool {
        matches!(self.0, Shape::Schema | Shape::SchemaOrFlag)
    }

    /// Whether it is an operation.
    pub(crate) fn is_operation(self) -> bool {
        matches!(self.0, Shape::Object(object) if std::ptr::eq(object, &table::OPERATION))
    }

    /// Whether `security` below it names security schemes.
    pub(crate) fn has_security(self) -> bool {
        let document =
            matches!(self.0, Shape::Object(object) if std::ptr::eq(object, &table::DOCUMENT));
        document || self.is_operation()
    }

    /// Whether a member of this name means the same as none where it is `false`.
    pub(crate) fn is_flag(self, key: &str) -> bool {
        self.is_schema() && matches!(self.0.below(key), Some(Shape::Flag))
    }
}

impl Shape {
    /// What stands under a key or index of what has this shape. `None` if OpenAPI does not say.
    pub(super) fn below(self, segment: &str) -> Option<Self> {
        self.below_in(Version::V32, segment)
    }

    /// The same in one version of OpenAPI.
    fn below_in(self, version: Version, segment: &str) -> Option<Self> {
        match self {
            Self::Object(object) | Self::ObjectOr(_, object) => {
                object.member_in(version, segment).map(|member| member.shape)
            }
            Self::Schema | Self::SchemaOrFlag => {
                table::SCHEMA.member(segment).map(|member| member.shape)
            }
            Self::Patterned(_) if segment.starts_with("x-") => None,
            Self::Map(shape) | Self::Patterned(shape) | Self::List(shape) => Some(*shape),
            _ => None,
        }
    }

    /// What a version of OpenAPI says that a pointer leads to.
    pub(super) fn at(version: Version, pointer: &Pointer) -> Option<Self> {
        let document = Self::Object(&table::DOCUMENT);
        pointer
            .segments()
            .try_fold(document, |shape, segment| shape.below_in(version, &segment))
            .filter(|shape| !matches!(shape, Self::Any | Self::Ignored | Self::Idle))
    }

    /// What stands in a section of `components`.
    pub(super) fn of_section(section: &str) -> Option<Self> {
        Self::at(Version::V32, &Pointer::default().key("components").key(section).key("*"))
    }
}
