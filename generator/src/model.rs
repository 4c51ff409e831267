//! What the emitter is given: the API as plain data, fully resolved.
//!
//! Nothing here refers to the document or contains Rust source: names are
//! checked identifiers, choices are closed enums.

mod operation;
mod pagination;
mod schema;
mod service;
mod uses;
mod webhook;

pub(crate) use operation::{
    Body, BodyContent, BodyVariant, Choice, Errors, Flag, FlagBody, FormField, Group, HeaderField,
    HeaderType, Method, Operation, Outcome, Parameter, ParameterStyle, Part, PartKind, Payload,
    QueryStyle, Response, SharedErrors, Status,
};
pub(crate) use pagination::{Member, Next, Pagination, PagingStyle};
pub(crate) use schema::{
    Alternative, Constructor, Enumeration, Field, Known, Presence, Record, Selection, Shape, Test,
    Tuple, Type, TypeDefinition, TypeKind, Union, Variant,
};
pub(crate) use service::{ApiKeyPlace, SecurityScheme, Server, ServerVariable, TokenKind};
pub(crate) use webhook::{Webhook, WebhookChoice, WebhookTag, Webhooks};

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Metadata;

/// A whole API, ready to be emitted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Api {
    /// Package name of the crate.
    pub(crate) package: String,
    /// Package version of the crate.
    pub(crate) version: String,
    /// What else `Cargo.toml` says of the crate.
    pub(crate) metadata: Metadata,
    /// The document's own title, one line.
    pub(crate) title: String,
    /// The document's `info.version`.
    pub(crate) api_version: String,
    /// The document's introduction, rustdoc-clean.
    pub(crate) doc: Doc,
    /// Every server, the document's own first; the first is the default.
    pub(crate) servers: Vec<Server>,
    /// Hosts that absolute URLs may lead to beside the servers, as `*.example.com`.
    pub(crate) trusted_hosts: Vec<String>,
    /// The security schemes that some operation uses.
    pub(crate) security_schemes: Vec<SecurityScheme>,
    /// The operations. A single group without a name where grouping would not help.
    pub(crate) groups: Vec<Group>,
    /// The requests that the service sends.
    pub(crate) webhooks: Webhooks,
    /// The enums of errors that several operations have.
    pub(crate) shared_errors: SharedErrors,
    /// Every named type, by name.
    pub(crate) types: Vec<TypeDefinition>,
    /// The cargo features of which any brings a module of types; other modules are always there.
    pub(crate) gates: BTreeMap<ValueName, BTreeSet<String>>,
    /// How many fields are any JSON value although the document says more of them.
    pub(crate) weakened_fields: usize,
}

/// Documentation, as rustdoc-clean Markdown: a summary line and what follows it.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Doc {
    /// Lines without the leading space; empty when the document says nothing.
    pub(crate) lines: Vec<String>,
}

/// An identifier in Pascal case that is no keyword: the name of a type or a variant.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct TypeName(pub String);

/// An identifier in snake case, perhaps a keyword (the emitter writes that one raw).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct ValueName(pub String);

/// The feature of the types that no operation and no webhook leads to.
pub(crate) const OTHER_TYPES: &str = "other-types";
