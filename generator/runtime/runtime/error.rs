//! What can go wrong with a call.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::RetryAfter;
use super::call::Failure;

/// The error of a transport or a token provider.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a call has no outcome. `E` is the body that the document gives to the operation's errors.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error<E> {
    /// The service answered with an error, or with a status that the document does not name.
    Response(Box<ErrorResponse<E>>),
    /// The answer is not what the document promises. The service has done what was asked.
    Decode(Box<DecodeError>),
    /// The request cannot be put together; nothing was sent.
    Request(String),
    /// The URL is not one that credentials may go to; nothing was sent.
    Refused(String),
    /// The token provider failed; nothing was sent, or only what the service answered with 401.
    Token(BoxError),
    /// No connection was made; certainly nothing was sent.
    Connect(BoxError),
    /// It broke off on the way: what the service made of the request is unknown.
    Transport(BoxError),
    /// The time limit passed: what the service made of the request is unknown.
    Timeout,
}

/// An answer that is an error.
#[non_exhaustive]
pub struct ErrorResponse<E> {
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    /// The body as the document describes it, if it is that.
    pub error: Option<E>,
}

/// An answer that could not be decoded.
#[non_exhaustive]
pub struct DecodeError {
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    /// Where in a JSON body the mistake is, `entries[0].size`; empty for the whole.
    pub path: String,
    /// What the mistake is.
    pub message: String,
}

impl<E> Error<E> {
    /// The status, if there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Response(response) => Some(response.status),
            Self::Decode(error) => Some(error.status),
            _ => None,
        }
    }

    /// Whether the time limit passed.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout)
    }

    /// How long the service asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.headers()?.get(http::header::RETRY_AFTER)?.to_str().ok()?;
        text.parse().ok().map(|when: RetryAfter| when.delay())
    }

    /// The service's name for the request: the header whose name ends in `request-id`.
    pub fn request_id(&self) -> Option<&str> {
        let mut headers = self.headers()?.iter();
        headers.find(|(name, _)| name.as_str().ends_with("request-id"))?.1.to_str().ok()
    }

    fn headers(&self) -> Option<&HeaderMap> {
        match self {
            Self::Response(response) => Some(&response.headers),
            Self::Decode(error) => Some(&error.headers),
            _ => None,
        }
    }
}

impl Failure {
    /// The same failure as that of an operation whose errors are `E`.
    pub(crate) fn widen<E>(self) -> Error<E> {
        match self {
            Self::Response(response) => match response.error {
                Some(never) => match never {},
                None => {
                    let ErrorResponse { status, headers, body, .. } = *response;
                    Error::Response(Box::new(ErrorResponse { status, headers, body, error: None }))
                }
            },
            Self::Decode(error) => Error::Decode(error),
            Self::Request(text) => Error::Request(text),
            Self::Refused(text) => Error::Refused(text),
            Self::Token(error) => Error::Token(error),
            Self::Connect(error) => Error::Connect(error),
            Self::Transport(error) => Error::Transport(error),
            Self::Timeout => Error::Timeout,
        }
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(response) => {
                write!(f, "the service answered {}", response.status)?;
                f.write_str(&summary(&response.body))
            }
            Self::Decode(error) => error.fmt(f),
            Self::Request(text) => write!(f, "the request cannot be sent: {text}"),
            Self::Refused(text) => write!(f, "the URL is refused: {text}"),
            Self::Token(_) => f.write_str("the token provider failed"),
            Self::Connect(_) => f.write_str("no connection to the service"),
            Self::Transport(_) => f.write_str("the exchange with the service broke off"),
            Self::Timeout => f.write_str("the time limit of the call passed"),
        }
    }
}

impl<E: fmt::Debug> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Token(error) | Self::Connect(error) | Self::Transport(error) => Some(&**error),
            _ => None,
        }
    }
}

/// What an error's body says in the members that most services use (RFC 9457 and RFC 6749 among
/// them), and nothing else of it.
fn summary(body: &[u8]) -> String {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let names = ["code", "error", "title", "message", "error_description", "detail"];
    let texts = names.iter().filter_map(|name| value[*name].as_str());
    texts.map(|text| format!(": {}", text.chars().take(200).collect::<String>())).collect()
}

impl<E: fmt::Debug> fmt::Debug for ErrorResponse<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorResponse")
            .field("status", &self.status)
            .field("error", &self.error)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot decode the answer ({})", self.status)?;
        if !self.path.is_empty() {
            write!(f, " at `{}`", self.path)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("status", &self.status)
            .field("path", &self.path)
            .field("message", &self.message)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}
