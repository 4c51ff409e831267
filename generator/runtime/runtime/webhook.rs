//! Requests that the service sends.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use http::Request;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::json::locate;
use super::number;

/// `webhook!(Created { id = "x-id" } json);`: how a struct of headers and a body is read. Instead of
/// `json` the body can be `text` or `bytes`; without it there is none.
macro_rules! webhook {
    ($name:ident { $($field:ident = $key:literal),* } $($payload:ident)?) => {
        impl $name {
            /// Reads it from a request. If requests are signed, check the signature first.
            pub fn from_request(
                request: &::http::Request<::bytes::Bytes>,
            ) -> ::std::result::Result<Self, $crate::runtime::WebhookError> {
                let _request = $crate::runtime::Incoming::new(request);
                Ok(Self {
                    $($field: _request.header($key),)*
                    $(payload: _request.$payload()?,)?
                })
            }
        }
    };
}
pub(crate) use webhook;

/// Why a request could not be read as this webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookError {
    /// Where in a JSON body the mistake is, such as `data.items[0].size`; empty for the whole request.
    pub path: String,
    /// What the mistake is.
    pub message: String,
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot read the webhook")?;
        if !self.path.is_empty() {
            write!(f, " at `{}`", self.path)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for WebhookError {}

/// A request that is being read.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'r>(&'r Request<Bytes>);

impl<'r> Incoming<'r> {
    /// This request.
    pub fn new(request: &'r Request<Bytes>) -> Self {
        Self(request)
    }

    /// A header; `None` if it is missing or does not parse.
    pub fn header<T: FromStr>(&self, name: &str) -> Option<T> {
        let text = self.0.headers().get(name)?.to_str().ok()?.trim();
        text.parse().ok().or_else(|| number::whole(text)?.parse().ok())
    }

    /// The body, which is JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, WebhookError> {
        serde_json::from_slice(self.0.body()).map_err(|error| {
            let (path, message) = locate(self.0.body(), &error);
            WebhookError { path, message }
        })
    }

    /// The body, which is text.
    pub fn text(&self) -> Result<String, WebhookError> {
        let text = String::from_utf8(self.0.body().to_vec());
        text.map_err(|error| WebhookError { path: String::new(), message: error.to_string() })
    }

    /// The body, unchanged.
    pub fn bytes(&self) -> Result<Bytes, WebhookError> {
        Ok(self.0.body().clone())
    }

    /// What a member of the body says, as text.
    pub fn by_member(&self, key: &str) -> Result<String, WebhookError> {
        let value: Value = self.json()?;
        match &value[key] {
            Value::String(text) => Ok(text.clone()),
            member @ (Value::Bool(_) | Value::Number(_)) => Ok(member.to_string()),
            _ => {
                let message = "it is not clear which webhook it is".to_owned();
                Err(WebhookError { path: key.to_owned(), message })
            }
        }
    }

    /// What a header says.
    pub fn by_header(&self, name: &str) -> Result<String, WebhookError> {
        self.header(name).ok_or_else(|| WebhookError {
            path: String::new(),
            message: format!("it has no header `{name}`"),
        })
    }
}
