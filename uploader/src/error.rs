//! Why a file is not in Box.

use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

use box_upload_sessions::runtime::BoxError;

use crate::Statistics;

/// Why an upload ended without a stored file.
pub struct Error {
    pub(crate) kind: ErrorKind,
    pub(crate) session: Option<String>,
    /// Whether the session is still there and a journal leads to it.
    pub(crate) resumable: bool,
    pub(crate) statistics: Statistics,
}

/// What went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The upload, as it was put together, makes no sense: no destination, a name that is none.
    Invalid(String),
    /// The file cannot be read.
    Source {
        /// Which file, or what stands for one.
        name: String,
        /// Why.
        error: io::Error,
    },
    /// The file changed while it was uploaded. Nothing of it was stored.
    SourceChanged {
        /// Which file.
        name: String,
        /// What shows that it changed.
        what: String,
    },
    /// The service refused a request for good.
    Refused {
        /// The operation's name.
        operation: &'static str,
        /// The status.
        status: u16,
        /// Box's code, `storage_limit_exceeded` for example.
        code: Option<String>,
        /// Box's describe_chain for it.
        message: Option<String>,
        /// The id that Box's support asks for.
        request_id: Option<String>,
        /// Whether the answer is a web page, or asks for a proxy's password: what refused then is
        /// not Box, but something on the way there.
        by_intermediary: bool,
    },
    /// The credentials were refused, or none could be had.
    Credentials {
        /// The status, if Box refused them.
        status: Option<u16>,
        /// What happened.
        message: String,
        /// The id that Box's support asks for.
        request_id: Option<String>,
    },
    /// The folder has an item of that name.
    NameInUse {
        /// The name.
        name: String,
        /// The id of the item, if the service told it.
        id: Option<String>,
        /// The SHA-1 of its content, if it is a file and the service told it.
        sha1: Option<String>,
    },
    /// Two files of a directory would have one name in Box, which does not tell capital letters from
    /// small ones.
    NameClash {
        /// The file that was not uploaded.
        name: String,
        /// The one that has the name.
        other: String,
    },
    /// A request failed again and again, or the failures were too many in all.
    Exhausted {
        /// The operation's name.
        operation: &'static str,
        /// How often it was tried.
        attempts: u32,
        /// The last failure in describe_chain.
        last: String,
        /// What lies beneath it.
        source: Option<BoxError>,
    },
    /// There is no secure connection: a certificate is not trusted, for example. Only the
    /// transport of this crate tells that from other failures to connect.
    Tls {
        /// What lies beneath it.
        error: BoxError,
    },
    /// The service redirects to another place, where a token must not go.
    Redirected {
        /// The operation's name.
        operation: &'static str,
        /// The status.
        status: u16,
        /// Where it leads, without its query.
        location: Option<String>,
    },
    /// The service has all parts, and did not make a file of them in time.
    NotProcessed {
        /// How long it was waited for.
        waited: Duration,
    },
    /// The session was lost again and again.
    SessionLost {
        /// What happened to the last one.
        reason: String,
    },
    /// Another upload to the same place is under way in this session, with other content.
    SessionInUse,
    /// What the service stored is not what was sent.
    Corrupted {
        /// What part_differs.
        what: String,
    },
    /// The journal cannot be written or read, and without it there is nothing to resume.
    Journal {
        /// The journal's file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another process is uploading this file to this place.
    Busy {
        /// The journal that it holds.
        path: PathBuf,
    },
    /// There is nothing to resume, and that was asked for.
    NothingToResume,
    /// The upload was cancelled.
    Cancelled,
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// What went wrong, to take apart.
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        self.kind
    }

    /// Whether the same upload, started again, goes on where this one ended: its session is
    /// still there, a [journal](crate::Uploader::journal) leads to it, and what was in the way may
    /// be gone by then. What Box has refused for good it would refuse again.
    #[must_use]
    pub fn can_resume(&self) -> bool {
        self.resumable
    }

    /// Whether the same upload may succeed later, although nothing is changed here: the service
    /// could not be reached, was overloaded, or has not finished yet.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Exhausted { .. } | ErrorKind::NotProcessed { .. } | ErrorKind::Busy { .. }
        )
    }

    /// What the upload took until it failed.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// The id of the upload session, if there is still one.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// The status of the service's answer, if an answer was the end of it.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.kind {
            ErrorKind::Refused { status, .. } | ErrorKind::Redirected { status, .. } => {
                Some(status)
            }
            ErrorKind::Credentials { status, .. } => status,
            _ => None,
        }
    }

    /// Box's code for what went wrong, if it sent one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match &self.kind {
            ErrorKind::Refused { code, .. } => code.as_deref(),
            _ => None,
        }
    }

    /// The id that Box's support asks for, if there is one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match &self.kind {
            ErrorKind::Refused { request_id, .. } | ErrorKind::Credentials { request_id, .. } => {
                request_id.as_deref()
            }
            _ => None,
        }
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, session: None, resumable: false, statistics: Statistics::default() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(what) => f.write_str(what),
            Self::Source { name, .. } => write!(f, "cannot read `{name}`"),
            Self::SourceChanged { name, what } => {
                write!(f, "`{name}` changed while it was uploaded: {what}")
            }
            Self::Refused { operation, status: 407, .. } => {
                write!(f, "{operation} was refused with status 407: a proxy asks for a password")
            }
            Self::Refused { operation, status, by_intermediary: true, .. } => write!(
                f,
                "{operation} was refused with status {status} by something on the way to Box: the \
                 answer is a web page"
            ),
            Self::Refused { operation, status, code, message, request_id, .. } => {
                write!(f, "Box refused {operation} with status {status}")?;
                let texts = [code, message].into_iter().flatten();
                texts.into_iter().try_for_each(|text| write!(f, ": {text}"))?;
                request_id.iter().try_for_each(|id| write!(f, " (request {id})"))
            }
            Self::Credentials { message, request_id, .. } => {
                write!(f, "the credentials do not work: {message}")?;
                request_id.iter().try_for_each(|id| write!(f, " (request {id})"))
            }
            Self::NameInUse { name, id, .. } => {
                write!(f, "the folder has an item named `{name}`")?;
                id.iter().try_for_each(|id| write!(f, ", with id {id}"))
            }
            Self::NameClash { name, other } => write!(
                f,
                "`{name}` and `{other}` are one name in Box, which does not tell capital letters \
                 from small ones"
            ),
            Self::Exhausted { operation, attempts, last, .. } => {
                let times = if *attempts == 1 { "attempt" } else { "attempts" };
                write!(f, "gave up {operation} after {attempts} {times}: {last}")
            }
            Self::Tls { .. } => f.write_str("there is no secure connection to Box"),
            Self::Redirected { operation, status, location } => {
                write!(f, "{operation} was classify_response with a redirect, status {status}")?;
                location.iter().try_for_each(|location| write!(f, ", to {location}"))
            }
            Self::NotProcessed { waited } => write!(
                f,
                "Box has all parts, and has not made a file of them after {} s; a new version \
                 with unchanged content may stay so for ever",
                waited.as_secs()
            ),
            Self::SessionLost { reason } => {
                write!(f, "the upload session was lost too often: {reason}")
            }
            Self::SessionInUse => f.write_str(
                "an upload of other content to the same name is under way; abort its session to \
                 go ahead",
            ),
            Self::Corrupted { what } => write!(f, "what Box stored is not the file: {what}"),
            Self::Journal { path, .. } => {
                write!(f, "the journal `{}` cannot be used", path.display())
            }
            Self::Busy { path } => write!(
                f,
                "another process is uploading this file to this place (it holds `{}`)",
                path.display()
            ),
            Self::NothingToResume => f.write_str("there is no unfinished upload to resume"),
            Self::Cancelled => f.write_str("the upload was cancelled"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, session, resumable, .. } = self;
        write!(f, "Error({kind:?}, session: {session:?}, resumable: {resumable})")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Source { error, .. } | ErrorKind::Journal { error, .. } => Some(error),
            ErrorKind::Exhausted { source: Some(error), .. } | ErrorKind::Tls { error } => {
                Some(&**error)
            }
            _ => None,
        }
    }
}
