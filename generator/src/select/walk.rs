//! Walking a document.

use serde_json::Value;

/// What stands in a place of a document, as far as it matters to those who leave out parts of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// An object whose keys are keywords, or a list of such.
    Members,
    /// The same, and the object is a response.
    Response,
    /// The same, and the object is a discriminator.
    Discriminator,
    /// A map from names of the document's own to objects.
    Names,
    /// A map from statuses, or names, to responses.
    Responses,
    /// Data: examples, defaults, values of an `enum`, extensions. Nothing in it has a meaning here.
    Data,
}

impl Place {
    /// Whether the keys of an object here are keywords.
    pub(crate) fn has_keywords(self) -> bool {
        matches!(self, Self::Members | Self::Response | Self::Discriminator)
    }

    /// What stands under `key` of what stands here.
    pub(crate) fn below(self, key: &str) -> Self {
        match self {
            Self::Data => Self::Data,
            Self::Names => Self::Members,
            Self::Responses if key.starts_with("x-") => Self::Data,
            Self::Responses => Self::Response,
            Self::Members | Self::Response | Self::Discriminator => match key {
                "example" | "default" | "enum" | "const" | "value" => Self::Data,
                _ if key.starts_with("x-") => Self::Data,
                "responses" => Self::Responses,
                "discriminator" => Self::Discriminator,
                "paths" | "webhooks" | "properties" | "patternProperties" | "dependentSchemas"
                | "definitions" | "$defs" | "content" | "headers" | "encoding" | "examples"
                | "links" | "callbacks" | "variables" | "schemas" | "parameters"
                | "requestBodies" | "securitySchemes" | "pathItems" | "mediaTypes" => Self::Names,
                _ => Self::Members,
            },
        }
    }

    /// Calls `visit` on `value`, which stands here, and on everything below it that is not data.
    pub(super) fn walk<'v>(self, value: &'v Value, visit: &mut impl FnMut(Self, &'v Value)) {
        if self == Self::Data {
            return;
        }
        visit(self, value);
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(key, value)| self.below(key).walk(value, visit))
            }
            // The elements of a list stand where it stands: `parameters` may be a list or a map.
            Value::Array(list) => list.iter().for_each(|value| self.element().walk(value, visit)),
            _ => {}
        }
    }

    pub(crate) fn element(self) -> Self {
        match self {
            Self::Data => Self::Data,
            _ => Self::Members,
        }
    }
}
