//! Servers and credentials of the service.

use super::{Doc, ValueName};

/// A base URL.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Server {
    /// Name of its constant, in snake case.
    pub(crate) name: ValueName,
    /// Documentation.
    pub(crate) doc: Doc,
    /// URL with `{variables}`.
    pub(crate) url: String,
    /// Its variables.
    pub(crate) variables: Vec<ServerVariable>,
}

/// A variable of a server's URL.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ServerVariable {
    /// Name of the builder's method.
    pub(crate) name: ValueName,
    /// Name in the URL.
    pub(crate) key: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Value where none is set.
    pub(crate) default: String,
    /// The values that it may have; empty where any will do.
    pub(crate) values: Vec<String>,
}

/// A way to prove who asks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SecurityScheme {
    /// Name of the builder's method.
    pub(crate) name: ValueName,
    /// Name in the document.
    pub(crate) key: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// What is sent.
    pub(crate) token: TokenKind,
}

/// What a security scheme sends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    /// `Authorization: Bearer …`
    Bearer,
    /// `Authorization: Basic …`
    Basic,
    /// `Authorization: <scheme> …` with another scheme of RFC 9110.
    Authorization(String),
    /// A key under a name.
    ApiKey(ApiKeyPlace, String),
}

/// Where an API key stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ApiKeyPlace {
    Header,
    Query,
    Cookie,
}
