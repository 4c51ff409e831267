use serde_json::{Map, Value};

use super::{at::At, repairs::Repairs};
use crate::diagnostics::Code;
use crate::source::Version;

/// What may stand in a place.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// Any value at all.
    Any,
    /// What a client has no use for. Left out.
    Ignored,
    /// What changes nothing that a client is made of. Left out without a word.
    Idle,
    Text,
    Flag,
    /// A whole number from 0.
    Count,
    Number,
    /// One of these texts.
    Choice(&'static [&'static str]),
    Object(&'static Object),
    /// An object, or a reference to an entry of this section of `components`.
    ObjectOr(&'static str, &'static Object),
    Schema,
    /// A schema, or a truth value.
    SchemaOrFlag,
    /// From names to values of one shape.
    Map(&'static Shape),
    /// From names to values of one shape, where names that start with `x-` are extensions.
    Patterned(&'static Shape),
    List(&'static Shape),
}

impl Shape {
    /// Whether both are the same kind of object, where both may be references or not.
    pub(super) fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Schema | Self::SchemaOrFlag, Self::Schema | Self::SchemaOrFlag) => true,
            (Self::Map(one), Self::Map(other)) => one.is(*other),
            (
                Self::Object(one) | Self::ObjectOr(_, one),
                Self::Object(other) | Self::ObjectOr(_, other),
            ) => std::ptr::eq(one, other),
            _ => false,
        }
    }
}

/// One kind of object that OpenAPI knows.
pub(super) struct Object {
    /// As messages call it.
    pub(super) name: &'static str,
    pub(super) members: &'static [Member],
    /// The member that a single value in place of the object is short for.
    pub(super) short: Option<&'static str>,
    /// What to set right before the members are looked at. `false`: leave the object out.
    pub(super) before: Option<Hook>,
    /// What to set right afterwards.
    pub(super) after: Option<Hook>,
}

pub(super) type Hook = fn(&mut Repairs<'_>, &mut Map<String, Value>, &At<'_>) -> bool;

pub(super) struct Member {
    pub(super) key: &'static str,
    pub(super) shape: Shape,
    pub(super) need: Need,
    /// The version of OpenAPI that brought it.
    pub(super) since: Version,
}

/// What to do where a member is missing, or cannot be read.
#[derive(Clone, Copy)]
pub(super) enum Need {
    /// Nothing.
    Optional,
    /// The object is worth nothing without it.
    Essential,
    /// Take it to be the empty text.
    EmptyText,
    /// Take it to be the empty mapping, and report this.
    EmptyMap(Code),
}

pub(super) const fn optional(key: &'static str, shape: Shape) -> Member {
    Member { key, shape, need: Need::Optional, since: Version::V30 }
}

pub(super) const fn required(key: &'static str, shape: Shape) -> Member {
    Member { key, shape, need: Need::Essential, since: Version::V30 }
}

pub(super) const fn text(key: &'static str) -> Member {
    Member { key, shape: Shape::Text, need: Need::EmptyText, since: Version::V30 }
}

pub(super) const fn map(key: &'static str, shape: Shape, code: Code) -> Member {
    Member { key, shape, need: Need::EmptyMap(code), since: Version::V30 }
}

impl Member {
    pub(super) const fn since(self, since: Version) -> Self {
        Self { since, ..self }
    }
}

impl Object {
    pub(super) const fn new(name: &'static str, members: &'static [Member]) -> Self {
        Self { name, members, short: None, before: None, after: None }
    }

    pub(super) const fn short(self, key: &'static str) -> Self {
        Self { short: Some(key), ..self }
    }

    pub(super) const fn before(self, hook: Hook) -> Self {
        Self { before: Some(hook), ..self }
    }

    pub(super) const fn after(self, hook: Hook) -> Self {
        Self { after: Some(hook), ..self }
    }

    pub(super) fn member(&self, key: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.key == key)
    }

    /// The member of this name, if a version of OpenAPI has it.
    pub(super) fn member_in(&self, version: Version, key: &str) -> Option<&Member> {
        self.member(key).filter(|member| member.since <= version)
    }
}
