//! What can go wrong with a call.

use std::convert::Infallible;
use std::{fmt, io};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

/// The error of a transport or a token provider.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The result of a call.
pub type Result<T, E> = std::result::Result<T, Error<E>>;

/// A failure before there is a response.
pub type Failure = Error<Infallible>;

/// Why a call failed. `E` is the error body that the document declares for the operation.
///
/// The most useful details are available as methods: [`body`](Self::body), [`status`](Self::status),
/// [`code`](Self::code), [`retry_after`](Self::retry_after).
#[non_exhaustive]
pub enum Error<E> {
    /// The service responded with an error, or with a status that the document does not list.
    Response {
        /// The response, unchanged.
        response: Box<Response<Bytes>>,
        /// Its body as declared in the document, if it decodes as that.
        body: Option<Box<E>>,
    },
    /// The response does not match the document. The request has taken effect. A
    /// [lenient](super::ClientBuilder::lenient) client ignores the parts that do not decode.
    Decode {
        /// The response, unchanged.
        response: Box<Response<Bytes>>,
        /// Where in a JSON body the mistake is, such as `entries[0].size`; empty for the whole body.
        path: String,
        /// What the mistake is.
        message: String,
    },
    /// The response has no content, for example because its status is 204, but the document declares
    /// JSON. The request has taken effect.
    Empty(Box<Response<Bytes>>),
    /// The request could not be built; nothing was sent.
    Request(String),
    /// The URL of the request is not one that credentials may be sent to; nothing was sent.
    UntrustedUrl(String),
    /// The token provider failed; nothing was sent, or only a request that was rejected with 401.
    Token(BoxError),
    /// No connection could be made; nothing was sent.
    Connect(BoxError),
    /// The connection failed: whether the request took effect is unknown.
    Transport(BoxError),
    /// A time limit passed: whether the request took effect is unknown.
    Timeout,
    /// A list has items that cannot be reached through its pages; those returned so far are all that
    /// can be retrieved.
    Incomplete(String),
}

impl<E> Error<E> {
    /// The error body that the service sent, if it is as the document declares it.
    pub fn body(&self) -> Option<&E> {
        match self {
            Self::Response { body, .. } => body.as_deref(),
            _ => None,
        }
    }

    /// Like [`body`](Self::body), by value.
    pub fn into_body(self) -> Option<E> {
        match self {
            Self::Response { body, .. } => body.map(|body| *body),
            _ => None,
        }
    }

    /// The response, if there was one.
    pub fn response(&self) -> Option<&Response<Bytes>> {
        match self {
            Self::Response { response, .. }
            | Self::Decode { response, .. }
            | Self::Empty(response) => Some(response),
            _ => None,
        }
    }

    /// The status of the response.
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(Response::status)
    }

    /// The service's code for the error: the member `code` of a JSON body, a string or an integer, at
    /// the top level, in `error` or in the first of `errors`; otherwise `error`, if it is a string
    /// (RFC 6749, section 5.2).
    pub fn code(&self) -> Option<String> {
        let Self::Response { response, .. } = self else { return None };
        let value: Value = serde_json::from_slice(response.body()).ok()?;
        let nested = [&value, &value["error"], &value["errors"], &value["errors"][0]];
        let mut codes = nested.into_iter().map(|place| &place["code"]).chain([&value["error"]]);
        codes.find_map(|code| match code {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    /// The id that the service gave to the request: the header whose name ends in `request-id`.
    pub fn request_id(&self) -> Option<&str> {
        let mut headers = self.response()?.headers().iter();
        headers.find(|(name, _)| name.as_str().ends_with("request-id"))?.1.to_str().ok()
    }

    /// Whether a time limit passed: of the call, between bytes of the response, or of making a
    /// connection, which is also [`is_connect`](Self::is_connect).
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Timeout => true,
            Self::Connect(error) | Self::Transport(error) => is_timed_out(&**error),
            _ => false,
        }
    }

    /// Whether no connection was made.
    pub fn is_connect(&self) -> bool {
        matches!(self, Self::Connect(_))
    }

    /// Whether the same request may succeed a little later: there was no connection or it failed, a time
    /// limit passed, or the status is 408, 429, 500, 502, 503 or 504. Whether it is safe to send it again
    /// depends on [`may_have_taken_effect`](Self::may_have_taken_effect), unless it is idempotent.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Transport(_) | Self::Timeout => true,
            _ => self.status().is_some_and(|status| is_transient(status.as_u16())),
        }
    }

    /// Whether the request may have taken effect. If not, it can safely be sent again, whatever it
    /// does. A status from 400 to 499 means that it had no effect, except for 408, which a proxy may
    /// send; a request without a response may have had one.
    pub fn may_have_taken_effect(&self) -> bool {
        match self {
            Self::Request(_) | Self::UntrustedUrl(_) | Self::Token(_) | Self::Connect(_) => false,
            Self::Incomplete(_) => false,
            Self::Transport(_) | Self::Timeout => true,
            Self::Response { response, .. }
            | Self::Decode { response, .. }
            | Self::Empty(response) => {
                let status = response.status();
                !status.is_client_error() || status == StatusCode::REQUEST_TIMEOUT
            }
        }
    }
}

impl Failure {
    /// The same failure for an operation whose error body is `E`.
    pub(crate) fn widen<E>(self) -> Error<E> {
        match self {
            Self::Response { response, .. } => Error::Response { response, body: None },
            Self::Decode { response, path, message } => Error::Decode { response, path, message },
            Self::Empty(response) => Error::Empty(response),
            Self::Request(text) => Error::Request(text),
            Self::UntrustedUrl(text) => Error::UntrustedUrl(text),
            Self::Token(error) => Error::Token(error),
            Self::Connect(error) => Error::Connect(error),
            Self::Transport(error) => Error::Transport(error),
            Self::Timeout => Error::Timeout,
            Self::Incomplete(text) => Error::Incomplete(text),
        }
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response { response, .. } => {
                write!(f, "the service responded with {}", response.status())?;
                summary(response.body()).iter().try_for_each(|text| write!(f, ": {text}"))
            }
            Self::Decode { response, path, message } => {
                write!(f, "cannot decode the response {}", response.status())?;
                if !path.is_empty() {
                    write!(f, " at `{path}`")?;
                }
                write!(f, ": {message}")
            }
            Self::Empty(response) => write!(f, "the response {} has no content", response.status()),
            Self::Request(text) => write!(f, "the request cannot be sent: {text}"),
            Self::UntrustedUrl(text) => write!(f, "the URL is not trusted: {text}"),
            Self::Token(_) => f.write_str("the token provider failed"),
            Self::Connect(_) => f.write_str("cannot connect to the service"),
            Self::Transport(_) => f.write_str("the connection to the service failed"),
            Self::Timeout => f.write_str("the call timed out"),
            Self::Incomplete(text) => write!(f, "the list is not complete: {text}"),
        }
    }
}

/// Whether a response of this status may be another one a little later.
pub(super) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// Whether an error, or one that it came of, is that of a time limit.
fn is_timed_out(error: &(dyn std::error::Error + 'static)) -> bool {
    match error.downcast_ref::<io::Error>() {
        Some(io) if io.kind() == io::ErrorKind::TimedOut => true,
        // The source of an I/O error is not the error that it holds, but that one's source.
        Some(io) => io.get_ref().is_some_and(|held| is_timed_out(held)),
        None => error.source().is_some_and(is_timed_out),
    }
}

/// What an error's body says in the members that most services use (RFC 9457 and RFC 6749 among
/// them), at the top or below `error` or `errors`. Nothing else of a body is shown: there may be
/// secrets in it.
fn summary(body: &[u8]) -> Vec<String> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut texts = Vec::new();
    read_texts(&value, TOP, &mut texts);
    for name in ["error", "errors"] {
        match &value[name] {
            Value::Array(all) => {
                all.iter().take(3).for_each(|one| read_texts(one, NESTED, &mut texts))
            }
            one => read_texts(one, NESTED, &mut texts),
        }
    }
    texts
}

const TOP: &[&str] = &["code", "error", "title", "message", "error_description", "detail"];
const NESTED: &[&str] = &["code", "status", "type", "title", "message", "detail"];

fn read_texts(value: &Value, names: &[&str], texts: &mut Vec<String>) {
    for text in names.iter().filter_map(|name| value[*name].as_str()) {
        let text = text.chars().take(200).collect();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self}")?;
        match self {
            Self::Response { body: Some(body), .. } => write!(f, ": {body:?})"),
            Self::Token(error) | Self::Connect(error) | Self::Transport(error) => {
                write!(f, ": {error:?})")
            }
            _ => f.write_str(")"),
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

/// Why a [`Client`](super::Client) or its transport cannot be built.
#[derive(Clone, Debug)]
pub struct BuildError(String);

impl BuildError {
    pub(super) fn new(what: &str, text: &str) -> Self {
        Self(format!("cannot build the {what}: {text}"))
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BuildError {}
