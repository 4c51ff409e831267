//! What JSON type a schema is of, by what it says itself.

use openapiv3::{Schema, SchemaKind, Type as SchemaType};

/// A JSON type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    String,
    Number,
    Integer,
    Boolean,
    Object,
    Array,
}

/// The JSON type that a schema declares, or that its keywords imply.
pub(crate) fn declared_kind(schema: &Schema) -> Option<Kind> {
    match &schema.schema_kind {
        SchemaKind::Type(SchemaType::String(_)) => Some(Kind::String),
        SchemaKind::Type(SchemaType::Number(_)) => Some(Kind::Number),
        SchemaKind::Type(SchemaType::Integer(_)) => Some(Kind::Integer),
        SchemaKind::Type(SchemaType::Boolean(_)) => Some(Kind::Boolean),
        SchemaKind::Type(SchemaType::Object(_)) => Some(Kind::Object),
        SchemaKind::Type(SchemaType::Array(_)) => Some(Kind::Array),
        SchemaKind::Any(any) => match any.typ.as_deref() {
            Some("string") => Some(Kind::String),
            Some("number") => Some(Kind::Number),
            Some("integer") => Some(Kind::Integer),
            Some("boolean") => Some(Kind::Boolean),
            Some("array") => Some(Kind::Array),
            // `type: object` beside `allOf` adds nothing that its members do not say.
            Some("object") if any.all_of.is_empty() => Some(Kind::Object),
            Some(_) => None,
            None if any.items.is_some() => Some(Kind::Array),
            None if !any.properties.is_empty() || any.additional_properties.is_some() => {
                Some(Kind::Object)
            }
            // A limit is for values of one type, and lets all others pass.
            None => None,
        },
        _ => None,
    }
}

/// A keyword that limits the values of one type, in a schema that names no type.
pub(crate) fn limit_without_type(schema: &Schema) -> Option<&'static str> {
    let SchemaKind::Any(any) = &schema.schema_kind else { return None };
    let limits = [
        ("minLength", any.min_length.is_some()),
        ("maxLength", any.max_length.is_some()),
        ("pattern", any.pattern.is_some()),
        ("minimum", any.minimum.is_some()),
        ("maximum", any.maximum.is_some()),
        ("multipleOf", any.multiple_of.is_some()),
    ];
    limits.into_iter().find(|(_, said)| *said).map(|(keyword, _)| keyword)
}
