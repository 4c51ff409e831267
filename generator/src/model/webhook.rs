//! Requests that the service sends: webhooks and callbacks.

use super::{Doc, HeaderField, Payload, TypeName, ValueName};

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Webhooks {
    /// In document order.
    pub(crate) all: Vec<Webhook>,
    /// How one is told from the others, where the document says.
    pub(crate) choice: Option<WebhookChoice>,
    /// The module of the types that only webhooks have, if there are any.
    pub(crate) module: Option<ValueName>,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Webhook {
    /// Name of its struct.
    pub(crate) name: TypeName,
    /// Name of its variant where they are told apart.
    pub(crate) variant: TypeName,
    /// Name in the document.
    pub(crate) key: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Whether the document calls it deprecated.
    pub(crate) deprecated: bool,
    /// Its declared headers.
    pub(crate) headers: Vec<HeaderField>,
    /// Its body.
    pub(crate) payload: Payload,
}

/// How the webhook that a request belongs to is found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WebhookChoice {
    /// Name of the enum.
    pub(crate) name: TypeName,
    /// What tells.
    pub(crate) tag: WebhookTag,
    /// The values that each webhook has of it.
    pub(crate) values: Vec<Vec<String>>,
}

/// What tells webhooks apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WebhookTag {
    /// A member of the body.
    Member(String),
    /// A header, in lower case.
    Header(String),
}
