//! Servers and credentials of the service.

use super::{Doc, ValueName};

/// A base URL.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Name of its constant, in snake case.
    pub name: ValueName,
    /// Documentation.
    pub doc: Doc,
    /// URL with `{variables}`.
    pub url: String,
    /// Its variables.
    pub variables: Vec<ServerVariable>,
}

/// A variable of a server's URL.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerVariable {
    /// Name of the builder's method.
    pub name: ValueName,
    /// Name in the URL.
    pub key: String,
    /// Documentation.
    pub doc: Doc,
    /// Value where none is set.
    pub default: String,
    /// The values that it may have; empty where any will do.
    pub values: Vec<String>,
}

/// A way to prove who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityScheme {
    /// Name of the builder's method.
    pub name: ValueName,
    /// Name in the document.
    pub key: String,
    /// Documentation.
    pub doc: Doc,
    /// What is sent.
    pub token: TokenKind,
}

/// What a security scheme sends.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenKind {
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
#[expect(missing_docs, reason = "each is the place of that name")]
pub enum ApiKeyPlace {
    Header,
    Query,
    Cookie,
}
