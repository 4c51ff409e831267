//! Credentials: what authenticates the caller to the service.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{BoxError, BoxFuture, Decode, Source, deserialize};

/// A token, key or password. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(Arc<str>);

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(text.into().into())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

impl<'de> Decode<'de> for Secret {
    fn decode(source: &mut dyn Source<'de>) -> serde_json::Result<Self> {
        source.text().map(|text| Self::from(&*text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Provides the token for each call, and may refresh it.
pub trait TokenProvider: Send + Sync + 'static {
    /// Returns the token to send. `rejected` is a token that was just rejected with 401; if a
    /// different one is returned, the request is sent once more, unless its body is a stream.
    fn token<'a>(&'a self, rejected: Option<&'a Secret>)
    -> BoxFuture<'a, Result<Secret, BoxError>>;
}

/// A provider that several clients share.
impl<T: TokenProvider + ?Sized> TokenProvider for Arc<T> {
    fn token<'a>(
        &'a self,
        rejected: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Secret, BoxError>> {
        (**self).token(rejected)
    }
}

/// A credential for a security scheme: a fixed secret, or one from a [`TokenProvider`].
#[derive(Clone)]
pub struct Credential(pub(super) Arc<dyn TokenProvider>);

impl Credential {
    /// Asks `provider`, or an `Arc` of one, before each call, and again after a 401.
    pub fn provider(provider: impl TokenProvider) -> Self {
        Self(Arc::new(provider))
    }
}

impl TokenProvider for Secret {
    fn token<'a>(&'a self, _: Option<&'a Secret>) -> BoxFuture<'a, Result<Secret, BoxError>> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

impl<T: Into<Secret>> From<T> for Credential {
    fn from(secret: T) -> Self {
        Self::provider(secret.into())
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(…)")
    }
}

/// A security scheme of the service.
#[derive(Debug)]
pub struct Scheme {
    /// Its name in the document.
    pub name: &'static str,
    /// Where the secret is sent.
    pub place: Place,
}

/// Where in a request a secret is sent.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// The `Authorization` header, after this scheme (`Bearer`, `Basic`).
    Authorization(&'static str),
    /// This header.
    Header(&'static str),
    /// This query parameter.
    Query(&'static str),
    /// This cookie.
    Cookie(&'static str),
}
