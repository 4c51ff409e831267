//! What can go wrong with a call.

use std::fmt;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

use super::Failure;

/// The error of a transport or a token provider.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a call gives: its output, or why there is none.
pub type Result<T, E> = std::result::Result<T, Error<E>>;

/// Why a call has no outcome. `E` is the body that the document gives to the operation's errors.
///
/// What is asked of it most often are methods: [`body`](Self::body), [`status`](Self::status),
/// [`code`](Self::code), [`retry_after`](Self::retry_after).
#[non_exhaustive]
pub enum Error<E> {
    /// The service answered with an error, or with a status that the document does not name.
    Response {
        /// The answer as it came.
        response: Box<Response<Bytes>>,
        /// Its body as the document describes it, if it is that.
        body: Option<Box<E>>,
    },
    /// The answer is not what the document promises. The service has done what was asked. A client
    /// that [is lenient](super::ClientBuilder::lenient) leaves out what does not decode.
    Decode {
        /// The answer as it came.
        response: Box<Response<Bytes>>,
        /// Where in a JSON body the mistake is, `entries[0].size`; empty for the whole.
        path: String,
        /// What the mistake is.
        message: String,
    },
    /// The answer has no content (a 204, say), where the document promises JSON. The service has
    /// done what was asked.
    Empty(Box<Response<Bytes>>),
    /// The request cannot be put together; nothing was sent.
    Request(String),
    /// The URL that a request was to be sent to is not one that credentials may go to; nothing was
    /// sent.
    UntrustedUrl(String),
    /// The token provider failed; nothing was sent, or only what the service answered with 401.
    Token(BoxError),
    /// No connection was made; certainly nothing was sent.
    Connect(BoxError),
    /// It broke off on the way: what the service made of the request is unknown.
    Transport(BoxError),
    /// A time limit passed: what the service made of the request is unknown.
    Timeout,
    /// A list has items that its pages do not lead to. Those before are all that can be had.
    Incomplete(String),
}

impl<E> Error<E> {
    /// The body of an error that the service answered with, if it is what the document describes.
    pub fn body(&self) -> Option<&E> {
        match self {
            Self::Response { body, .. } => body.as_deref(),
            _ => None,
        }
    }

    /// The same, owned.
    pub fn into_body(self) -> Option<E> {
        match self {
            Self::Response { body, .. } => body.map(|body| *body),
            _ => None,
        }
    }

    /// The answer, if there was one.
    pub fn response(&self) -> Option<&Response<Bytes>> {
        match self {
            Self::Response { response, .. }
            | Self::Decode { response, .. }
            | Self::Empty(response) => Some(response),
            _ => None,
        }
    }

    /// The status of the answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(Response::status)
    }

    /// The code by which the service names the error: of a JSON body the member `code`, a text or
    /// an integer, at the top or below `error` or the first of `errors`; else `error`, if it is a
    /// text (RFC 6749, section 5.2).
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

    /// The service's name for the request: the header whose name ends in `request-id`.
    pub fn request_id(&self) -> Option<&str> {
        let mut headers = self.response()?.headers().iter();
        headers.find(|(name, _)| name.as_str().ends_with("request-id"))?.1.to_str().ok()
    }

    /// Whether a time limit passed, of the call or between bytes of the answer.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout)
    }

    /// Whether no connection was made.
    pub fn is_connect(&self) -> bool {
        matches!(self, Self::Connect(_))
    }

    /// Whether the service may have done what was asked. If not, the request can be sent again
    /// whatever it does. A request that was answered with a status from 400 to 499 has had no effect,
    /// but for 408, which a proxy may send too; one that was not answered may have had one.
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
    /// The same failure, of an operation whose errors are `E`.
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
                write!(f, "the service answered {}", response.status())?;
                summary(response.body()).iter().try_for_each(|text| write!(f, ": {text}"))
            }
            Self::Decode { response, path, message } => {
                write!(f, "cannot decode the answer {}", response.status())?;
                if !path.is_empty() {
                    write!(f, " at `{path}`")?;
                }
                write!(f, ": {message}")
            }
            Self::Empty(response) => write!(f, "the answer {} has no content", response.status()),
            Self::Request(text) => write!(f, "the request cannot be sent: {text}"),
            Self::UntrustedUrl(text) => write!(f, "the URL is not trusted: {text}"),
            Self::Token(_) => f.write_str("the token provider failed"),
            Self::Connect(_) => f.write_str("no connection to the service"),
            Self::Transport(_) => f.write_str("the exchange with the service broke off"),
            Self::Timeout => f.write_str("the time limit of the call passed"),
            Self::Incomplete(text) => write!(f, "the list is not complete: {text}"),
        }
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
