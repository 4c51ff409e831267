//! Actions of faults.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// What a [`Fault`](super::Fault) does to a request, its response or the stored data.
///
/// In a file, an action is its name in snake case (`lose_response`), or an object with its details
/// (`slow: { bytes_per_second: 1000 }`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Action {
    /// Resets the connection before anything is read, and refuses new connections for a time.
    Refuse {
        /// How long connections are refused.
        #[serde(default)]
        seconds: f64,
    },
    /// Resets the connection; the request has no effect.
    Reset(Moment),
    /// Processes the request, then resets the connection instead of responding.
    LoseResponse,
    /// Responds with this.
    Respond(FaultResponse),
    /// Pauses.
    Stall {
        /// When to pause.
        at: StallAt,
        /// For how long; forever if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<f64>,
    },
    /// Limits the rate of the request's and the response's body.
    Slow {
        /// Bytes per second, at least 1.
        bytes_per_second: u64,
    },
    /// Processes the request, then cuts off the response in the middle of its body.
    Truncate,
    /// Creates the session, and reports that it existed: 409 `session_conflict`.
    SessionConflict,
    /// Expires the session first: 410 `session_expired` from then on.
    ExpireSession,
    /// Fails the session first: 410 `upload_failed` from then on.
    FailSession,
    /// Expires the request's access token first: 401 for it from then on.
    ExpireToken,
    /// Stores the part with a wrong byte.
    Corrupt {
        /// Whether to report the correct SHA-1 for the part, so that only the commit fails.
        #[serde(default)]
        hidden: bool,
    },
    /// Responds with URLs of another host (`host`, `host:port`, or with `https://`), or, where a
    /// response has no URL, with 307 and a `Location` there.
    OtherHost(String),
}

/// When a connection is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// After the request's head.
    BeforeBody,
    /// In the middle of the request's body.
    DuringBody,
    /// After the request's body.
    AfterBody,
}

/// When a request or its response pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StallAt {
    /// After the request's head.
    BeforeBody,
    /// In the middle of the request's body.
    DuringBody,
    /// After the request has taken effect.
    BeforeResponse,
    /// In the middle of the response's body.
    DuringResponse,
}

/// A response in place of the service's own.
///
/// ```
/// use box_emulator::{FaultResponse, RetryAfter};
///
/// let response = FaultResponse::new(429)
///     .code("rate_limit_exceeded")
///     .retry_after(RetryAfter::Seconds(2.0));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FaultResponse {
    /// HTTP status, from 200 to 599.
    pub status: u16,
    /// Error code; by default the usual one for the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// `Retry-After` header; none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<RetryAfter>,
    /// Body; by default as Box sends it: empty with 202 and 401, HTML with 502, otherwise the full
    /// error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<ResponseBodyKind>,
    /// Whether the request takes effect first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub after_effect: bool,
}

impl FaultResponse {
    /// A response with this status; the request has no effect.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, code: None, retry_after: None, body: None, after_effect: false }
    }

    /// Sets the error code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Sets `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, retry_after: RetryAfter) -> Self {
        self.retry_after = Some(retry_after);
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: ResponseBodyKind) -> Self {
        self.body = Some(body);
        self
    }

    /// Lets the request take effect first.
    #[must_use]
    pub fn after_effect(mut self) -> Self {
        self.after_effect = true;
        self
    }
}

/// Body of a [`FaultResponse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseBodyKind {
    /// The full error.
    Error,
    /// Only `code`, `message` and `request_id`, as upload servers send.
    ShortError,
    /// A web page, as proxies send.
    Html,
    /// No body.
    Empty,
}

/// The value of a `Retry-After` header (RFC 9110, section 10.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum RetryAfter {
    /// Seconds. Fractions violate the RFC, but occur.
    Seconds(f64),
    /// An HTTP date in the future.
    Date {
        /// Seconds from now.
        date_in: f64,
    },
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(f, "{seconds}"),
            Self::Date { date_in } => {
                let ahead = Duration::try_from_secs_f64(*date_in).unwrap_or_default();
                f.write_str(&httpdate::fmt_http_date(SystemTime::now() + ahead))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_every_action() {
        let readme = include_str!("../../README.md");
        let error = serde_json::from_str::<Action>("\"none\"").unwrap_err().to_string();
        let names: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert!(names.contains(&"lose_response"), "{error}");
        for name in names {
            let cell = [format!("`{name}`"), format!("`{name}:")];
            assert!(cell.iter().any(|cell| readme.contains(cell)), "{name}");
        }
    }
}
