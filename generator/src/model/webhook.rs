//! Requests that the service sends: webhooks and callbacks.

use super::{Doc, HeaderField, Payload, TypeName, ValueName};

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Webhooks {
    /// In document order.
    pub all: Vec<Webhook>,
    /// How one is told from the others, where the document says.
    pub choice: Option<WebhookChoice>,
    /// The module of the types that only webhooks have, if there are any.
    pub module: Option<ValueName>,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq)]
pub struct Webhook {
    /// Name of its struct.
    pub name: TypeName,
    /// Name of its variant where they are told apart.
    pub variant: TypeName,
    /// Name in the document.
    pub key: String,
    /// Documentation.
    pub doc: Doc,
    /// Whether the document calls it deprecated.
    pub deprecated: bool,
    /// Its declared headers.
    pub headers: Vec<HeaderField>,
    /// Its body.
    pub payload: Payload,
}

/// How the webhook that a request belongs to is found.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookChoice {
    /// Name of the enum.
    pub name: TypeName,
    /// What tells.
    pub tag: WebhookTag,
    /// The values that each webhook has of it.
    pub values: Vec<Vec<String>>,
}

/// What tells webhooks apart.
#[derive(Clone, Debug, PartialEq)]
pub enum WebhookTag {
    /// A member of the body.
    Member(String),
    /// A header, in lower case.
    Header(String),
}
