//! Classifies failed requests by their effect on the service.

use std::time::Duration;

use box_upload_sessions::runtime::{BoxError, Error, RetryAfter};
use box_upload_sessions::types::{ClientError, ClientErrorCode};
use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_TYPE, LOCATION};

use crate::ErrorKind;
use crate::credentials::CredentialsError;

/// A request that failed.
#[derive(Debug)]
pub(crate) struct RequestError {
    pub(crate) operation: &'static str,
    pub(crate) outcome: Outcome,
    /// HTTP status, if there was a response.
    pub(crate) status: Option<u16>,
    /// The decoded error, as far as it could be read.
    pub(crate) error: Option<Box<ClientError>>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    /// Body of a successful response that could not be decoded.
    pub(crate) undecoded: Option<Bytes>,
    /// Whether the response is a web page, which Box's API never sends.
    by_intermediary: bool,
    /// Target of a redirect.
    location: Option<String>,
    /// Whether the response was not HTTP, or had too many headers.
    is_malformed: bool,
    /// Description of the failure.
    pub(crate) text: String,
    source: Option<BoxError>,
}

/// Effect of a failed request on the service.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// None; the same request may succeed later.
    NotDone,
    /// Unknown; the service has to be asked.
    Unknown,
    /// None, because the token was rejected.
    Unauthorized,
    /// None, and retrying is pointless.
    Refused,
    /// The upload cannot continue.
    Final(Box<ErrorKind>),
}

impl RequestError {
    pub(crate) fn new(operation: &'static str, outcome: Outcome, text: impl Into<String>) -> Self {
        Self {
            operation,
            outcome,
            status: None,
            error: None,
            request_id: None,
            retry_after: None,
            undecoded: None,
            by_intermediary: false,
            location: None,
            is_malformed: false,
            text: text.into(),
            source: None,
        }
    }

    /// Classifies an error of the client.
    pub(crate) fn from_error(operation: &'static str, error: Error<ClientError>) -> Self {
        let mut failure = Self::new(operation, Outcome::Unknown, describe_chain(&error));
        failure.status = error.status().map(|status| status.as_u16());
        failure.retry_after = error.retry_after().map(RetryAfter::delay);
        failure.request_id = error.request_id().map(str::to_owned);
        failure.by_intermediary = error.response().is_some_and(is_html);
        failure.location = error.response().and_then(redirect_target);
        if failure.by_intermediary && matches!(failure.status, Some(200..300)) {
            failure.text.push_str(" and a web page, which Box's API never sends");
        }
        match error {
            Error::Response { body: error, .. } => {
                failure.error = error;
                let own = failure.error.as_ref().and_then(|error| error.request_id.clone());
                failure.request_id = own.or(failure.request_id);
                failure.outcome = classify_response(&failure);
            }
            // The next attempt would meet the same certificate.
            Error::Connect(error) | Error::Token(error) if is_tls_refusal(&*error) => {
                failure.outcome = Outcome::Final(Box::new(ErrorKind::Tls { error }));
            }
            Error::Connect(error) => {
                failure.outcome = Outcome::NotDone;
                failure.source = Some(error);
            }
            Error::Transport(error) => {
                failure.is_malformed = is_parse_error(&*error);
                failure.source = Some(error);
            }
            // Nothing was sent, and the next attempt requests a token again.
            Error::Token(error) if is_transient(&*error) => {
                failure.text = describe_chain(&*error);
                failure.outcome = Outcome::NotDone;
            }
            Error::Token(error) => {
                let message = describe_chain(&*error);
                let kind = ErrorKind::Credentials { status: None, message, request_id: None };
                failure.outcome = Outcome::Final(Box::new(kind));
            }
            Error::Request(what) | Error::UntrustedUrl(what) => {
                failure.outcome = Outcome::Final(Box::new(ErrorKind::Invalid(what)));
            }
            // An error whose body is too large or missing is still that error.
            Error::Decode { .. } | Error::Empty(_)
                if failure.status.is_some_and(|status| status >= 400) =>
            {
                failure.outcome = classify_response(&failure);
            }
            Error::Decode { response, .. } | Error::Empty(response) => {
                failure.undecoded = Some(response.into_body())
            }
            _ => {}
        }
        failure
    }

    pub(crate) fn is(&self, code: &ClientErrorCode) -> bool {
        self.error.as_ref().and_then(|error| error.code.as_ref()) == Some(code)
    }

    /// Whether the request's session no longer exists, or can never be completed.
    pub(crate) fn is_session_gone(&self) -> bool {
        matches!(self.status, Some(404 | 410)) || self.is(&ClientErrorCode::InvalidUploadSessionId)
    }

    /// Whether something is in the way, which may be the result of an earlier request.
    pub(crate) fn is_conflict(&self) -> bool {
        self.is(&ClientErrorCode::ItemNameInUse) || self.status == Some(412)
    }

    pub(crate) fn is_transient(&self) -> bool {
        matches!(self.outcome, Outcome::NotDone | Outcome::Unknown)
    }

    /// Whether the service asks to slow down.
    pub(crate) fn is_throttling(&self) -> bool {
        match self.status {
            Some(429) => true,
            Some(503) => self.retry_after.is_some(),
            _ => false,
        }
    }

    /// Whether the response is meaningless: a redirect, which a client with a token
    /// must not follow, an unexpected success, or something that cannot be read.
    pub(crate) fn is_meaningless(&self) -> bool {
        matches!(self.status, Some(200..400)) || self.undecoded.is_some() || self.is_malformed
    }

    /// This failure as one that ends the upload, after this many attempts.
    pub(crate) fn into_final(self, attempts: u32) -> Self {
        let operation = self.operation;
        Self::new(operation, Outcome::Final(Box::new(self.into_kind(attempts))), "")
    }

    /// The upload's error, if nothing can be done after this many attempts.
    pub(crate) fn into_kind(self, attempts: u32) -> ErrorKind {
        let Self { operation, status, request_id, .. } = self;
        match self.outcome {
            Outcome::Final(kind) => *kind,
            Outcome::Unauthorized => {
                ErrorKind::Credentials { status, message: self.text, request_id }
            }
            Outcome::Refused => {
                let error = self.error.unwrap_or_default();
                let code = error.code.map(|code| code.as_str().to_owned());
                let message = error.message;
                let status = status.unwrap_or_default();
                let by_intermediary = self.by_intermediary || status == 407;
                ErrorKind::Refused { operation, status, code, message, request_id, by_intermediary }
            }
            Outcome::NotDone | Outcome::Unknown if matches!(status, Some(300..400)) => {
                let status = status.unwrap_or_default();
                let location = self.location;
                ErrorKind::Redirected { operation, status, location }
            }
            Outcome::NotDone | Outcome::Unknown => {
                ErrorKind::Exhausted { operation, attempts, last: self.text, source: self.source }
            }
        }
    }
}

/// The upload's error after one attempt.
impl From<RequestError> for ErrorKind {
    fn from(failure: RequestError) -> Self {
        failure.into_kind(1)
    }
}

/// Whether a token may be available later. Errors of other providers are not known.
fn is_transient(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<CredentialsError>().is_some_and(CredentialsError::is_transient)
}

/// The effect of a request, judging by an error response.
fn classify_response(failure: &RequestError) -> Outcome {
    let waits = [
        ClientErrorCode::RateLimitExceeded,
        ClientErrorCode::NameTemporarilyReserved,
        ClientErrorCode::OperationBlockedTemporary,
    ];
    match failure.status {
        Some(401) => Outcome::Unauthorized,
        Some(429) => Outcome::NotDone,
        _ if waits.iter().any(|code| failure.is(code)) => Outcome::NotDone,
        // Not implemented, no room, or the network requires a login.
        Some(501 | 505 | 507 | 511) => Outcome::Refused,
        // The request may have taken effect despite a 500 or a proxy's timeout.
        Some(408 | 425 | 500..) => Outcome::Unknown,
        Some(400..) => Outcome::Refused,
        // A redirect, or an unexpected success.
        _ => Outcome::Unknown,
    }
}

fn is_html(response: &Response<Bytes>) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
        || response.body().trim_ascii_start().starts_with(b"<")
}

/// Target of a redirect, without secrets: its query, user and password.
fn redirect_target(response: &Response<Bytes>) -> Option<String> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let place = location.split(['?', '#']).next().unwrap_or_default();
    let shown = match place.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = authority.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}/{path}")
        }
        None => place.to_owned(),
    };
    Some(shown.chars().take(200).collect())
}

/// Whether TLS failed for good, because of an untrusted certificate for example.
#[cfg(feature = "transport")]
pub(crate) fn is_tls_refusal(error: &(dyn std::error::Error + 'static)) -> bool {
    use rustls::Error as Tls;
    let mut next = Some(error);
    while let Some(error) = next {
        let tls = error.downcast_ref::<Tls>();
        if tls.is_some_and(|error| {
            matches!(
                error,
                Tls::InvalidCertificate(_)
                    | Tls::PeerIncompatible(_)
                    | Tls::InvalidMessage(_)
                    | Tls::General(_)
            )
        }) {
            return true;
        }
        // The source of an I/O error skips the error it wraps.
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(content) => Some(content),
            None => error.source(),
        };
    }
    false
}

/// Whether a response could not be parsed as HTTP.
#[cfg(feature = "transport")]
fn is_parse_error(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
            return true;
        }
        next = error.source();
    }
    false
}

/// Errors of other transports are not known.
#[cfg(not(feature = "transport"))]
fn is_parse_error(_: &(dyn std::error::Error + 'static)) -> bool {
    false
}

/// Errors of other transports are not known.
#[cfg(not(feature = "transport"))]
pub(crate) fn is_tls_refusal(_: &(dyn std::error::Error + 'static)) -> bool {
    false
}

/// An error and its causes, in one line.
pub(crate) fn describe_chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        next = error.source();
    }
    text
}
