//! What a failed request means for the upload.

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
    /// The status of the answer, if there was one.
    pub(crate) status: Option<u16>,
    /// The error in the answer, as far as it could be read.
    pub(crate) error: Option<Box<ClientError>>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    /// The answer of a request that was done and told of in a way that nobody understands.
    pub(crate) undecoded: Option<Bytes>,
    /// Whether the answer is a web page, which Box's API does not send.
    by_intermediary: bool,
    /// Where a redirect leads.
    location: Option<String>,
    /// What happened, in describe_chain.
    pub(crate) text: String,
    source: Option<BoxError>,
}

/// What the service has made of a request that failed.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Nothing, for certain; the same request may succeed later.
    NotDone,
    /// Nobody knows: it has to be found out.
    Unknown,
    /// Nothing, because of the token.
    Unauthorized,
    /// Nothing, and it never will.
    Refused,
    /// The upload cannot go on.
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
            text: text.into(),
            source: None,
        }
    }

    /// What the client's error means.
    pub(crate) fn from_error(operation: &'static str, error: Error<ClientError>) -> Self {
        let mut failure = Self::new(operation, Outcome::Unknown, describe_chain(&error));
        failure.status = error.status().map(|status| status.as_u16());
        failure.retry_after = error.retry_after().map(RetryAfter::delay);
        failure.request_id = error.request_id().map(str::to_owned);
        failure.by_intermediary = error.response().is_some_and(is_html);
        failure.location = error.response().and_then(redirect);
        match error {
            Error::Response { error, .. } => {
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
            Error::Transport(error) => failure.source = Some(error),
            // Nothing was sent, and the next attempt asks for a token again.
            Error::Token(error) if is_transient(&*error) => {
                failure.text = describe_chain(&*error);
                failure.outcome = Outcome::NotDone;
            }
            Error::Token(error) => {
                let message = describe_chain(&*error);
                let kind = ErrorKind::Credentials { status: None, message, request_id: None };
                failure.outcome = Outcome::Final(Box::new(kind));
            }
            Error::Request(what) | Error::Refused(what) => {
                failure.outcome = Outcome::Final(Box::new(ErrorKind::Invalid(what)));
            }
            // An error with a body beyond all bounds is that error still.
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

    /// Whether the session of the request exists no longer, or can never be completed.
    pub(crate) fn is_session_gone(&self) -> bool {
        matches!(self.status, Some(404 | 410)) || self.is(&ClientErrorCode::InvalidUploadSessionId)
    }

    /// Whether the service has something in the way, which may be the work of an earlier request.
    pub(crate) fn is_conflict(&self) -> bool {
        self.is(&ClientErrorCode::ItemNameInUse) || self.status == Some(412)
    }

    pub(crate) fn is_transient(&self) -> bool {
        matches!(self.outcome, Outcome::NotDone | Outcome::Unknown)
    }

    /// Whether the service classify_response with a redirect, which a client with a token must not follow.
    pub(crate) fn is_redirect(&self) -> bool {
        matches!(self.status, Some(300..400))
    }

    /// The end of the upload, if there is no more to be done after `attempts` of them.
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

/// The end of the upload, for good.
impl From<RequestError> for ErrorKind {
    fn from(failure: RequestError) -> Self {
        failure.into_kind(1)
    }
}

/// Whether a token may be had later; of other providers' errors nobody knows.
fn is_transient(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<CredentialsError>().is_some_and(CredentialsError::is_transient)
}

/// What an answer that tells of an error says about the request.
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
        // The service will not do it, has no room for it, or the network wants a login first.
        Some(501 | 505 | 507 | 511) => Outcome::Refused,
        // A 500 may hide that the request has had its effect; a proxy's time-out as well.
        Some(408 | 425 | 500..) => Outcome::Unknown,
        Some(400..) => Outcome::Refused,
        // A redirect, or a success that is none.
        _ => Outcome::Unknown,
    }
}

fn is_html(response: &Response<Bytes>) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
        || response.body().trim_ascii_start().starts_with(b"<")
}

/// Where a redirect leads, without what may be secret in it: its query, a user and a password.
fn redirect(response: &Response<Bytes>) -> Option<String> {
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

/// Whether the two sides cannot agree on TLS: a certificate that is not trusted, for example.
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
        // An I/O error's source is its content's: the content itself would be left out.
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(content) => Some(content),
            None => error.source(),
        };
    }
    false
}

/// Another transport's errors are not known.
#[cfg(not(feature = "transport"))]
pub(crate) fn is_tls_refusal(_: &(dyn std::error::Error + 'static)) -> bool {
    false
}

/// An error and what lies beneath it, in one line.
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
