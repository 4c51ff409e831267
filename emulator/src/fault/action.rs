//! What a fault does.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// What a [`Fault`](super::Fault) does to a request, its answer, or what the service keeps.
///
/// In a file, an action is its name in snake case (`lose_response`), or an object of it and its
/// details (`slow: { bytes_per_second: 1000 }`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Action {
    /// Resets the connection before anything is read, and refuses new ones for so many seconds.
    Refuse {
        /// For how long nobody listens.
        #[serde(default)]
        seconds: f64,
    },
    /// Resets the connection; the request has no effect.
    Reset(Moment),
    /// Does what was asked, and resets the connection instead of answering.
    LoseResponse,
    /// Answers this.
    Respond(FaultResponse),
    /// Stands still.
    Stall {
        /// When.
        at: StallAt,
        /// For how long, and goes on then; for ever if it is absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<f64>,
    },
    /// Takes the request's body and sends the answer's at this speed.
    Slow {
        /// Bytes a second, at least 1.
        bytes_per_second: u64,
    },
    /// Does what was asked, and breaks off in the middle of the answer's body.
    Truncate,
    /// Creates the session, and says that it existed: 409 `session_conflict`.
    SessionConflict,
    /// Ends the session first: 410 `session_expired` from now on.
    ExpireSession,
    /// Ruins the session first: 410 `upload_failed` from now on.
    FailSession,
    /// Ends the request's access token first: 401 for it from now on.
    ExpireToken,
    /// Stores the part with a wrong byte.
    Corrupt {
        /// Says that the part has the SHA-1 that it should have: only the commit notices.
        #[serde(default)]
        hidden: bool,
    },
    /// Answers with URLs of another host (`host`, `host:port`, or with `https://` before it), or,
    /// where an answer has no URL, with 307 and a `Location` there.
    OtherHost(String),
}

/// When a connection is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Once the request's head is read.
    BeforeBody,
    /// In the middle of the request's body.
    DuringBody,
    /// Once the request is read.
    AfterBody,
}

/// When a request or its answer stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StallAt {
    /// Once the request's head is read.
    BeforeBody,
    /// In the middle of the request's body.
    DuringBody,
    /// Once the request has had its effect.
    BeforeResponse,
    /// In the middle of the answer's body.
    DuringResponse,
}

/// An answer in place of the service's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FaultResponse {
    /// The status, from 200 to 599.
    pub status: u16,
    /// The error's code; by default the one that belongs to the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The header of that name; by default there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<RetryAfter>,
    /// By default what Box sends: nothing with 202 and 401, HTML with 502, else the whole error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<ResponseBodyKind>,
    /// The request has its effect first.
    #[serde(default)]
    pub after_effect: bool,
}

impl FaultResponse {
    /// An answer of this status, without effect of the request and without `Retry-After`.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, code: None, retry_after: None, body: None, after_effect: false }
    }

    /// With this code in the error.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// With this `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, retry_after: RetryAfter) -> Self {
        self.retry_after = Some(retry_after);
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: ResponseBodyKind) -> Self {
        self.body = Some(body);
        self
    }

    /// Once the request has had its effect.
    #[must_use]
    pub fn after_effect(mut self) -> Self {
        self.after_effect = true;
        self
    }
}

/// What an [`FaultResponse`] brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseBodyKind {
    /// The whole error.
    Error,
    /// `code`, `message` and `request_id` alone, as upload servers do.
    ShortError,
    /// A page, as proxies do.
    Html,
    /// Nothing.
    Empty,
}

/// The value of a `Retry-After` header (RFC 9110, section 10.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum RetryAfter {
    /// Seconds. A fraction is against the RFC, and occurs.
    Seconds(f64),
    /// The HTTP date that is so many seconds ahead.
    Date {
        /// How far it is ahead.
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
