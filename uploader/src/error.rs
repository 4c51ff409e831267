//! Why an upload failed.

use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

use box_upload_sessions::runtime::BoxError;
use box_upload_sessions::types::FolderItem;

use crate::Statistics;

/// Why an upload ended without a stored file.
pub struct Error {
    pub(crate) kind: ErrorKind,
    pub(crate) session: Option<String>,
    /// Whether the session still exists and a journal leads to it.
    pub(crate) resumable: bool,
    pub(crate) statistics: Statistics,
}

/// What went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Invalid options: no destination, or an unusable name.
    Invalid(String),
    /// The file cannot be read.
    Source {
        /// Which file or stream.
        name: String,
        /// The cause.
        error: io::Error,
    },
    /// The file changed during the upload. Nothing was stored.
    SourceChanged {
        /// Which file.
        name: String,
        /// What changed.
        what: String,
    },
    /// The service refused a request permanently.
    Refused {
        /// Name of the operation.
        operation: &'static str,
        /// HTTP status.
        status: u16,
        /// Box's error code, such as `storage_limit_exceeded`.
        code: Option<String>,
        /// Box's message.
        message: Option<String>,
        /// Request id, for Box's support.
        request_id: Option<String>,
        /// Whether a proxy or firewall refused the request instead of Box: the response was a web
        /// page, or asked for proxy credentials.
        by_intermediary: bool,
    },
    /// The credentials were rejected, or could not be obtained.
    Credentials {
        /// HTTP status, if Box rejected them.
        status: Option<u16>,
        /// What happened.
        message: String,
        /// Request id, for Box's support.
        request_id: Option<String>,
    },
    /// The name already exists in the folder.
    NameInUse {
        /// The name.
        name: String,
        /// Id of the existing item, if the service named it.
        id: Option<String>,
        /// SHA-1 of the existing file, if the service named it.
        sha1: Option<String>,
    },
    /// Two files of a directory have names that differ only in case, which Box treats as one name.
    NameClash {
        /// The file that was not uploaded.
        name: String,
        /// The file that has the name.
        other: String,
    },
    /// A component of a [`FolderPath`](crate::FolderPath) leads to no folder, or to several.
    NoFolder {
        /// The component.
        name: String,
        /// The path of its parent.
        parent: String,
        /// The items with that name: none if it does not exist.
        found: Vec<FolderItem>,
    },
    /// Box refuses the name of a file or folder of a directory.
    NameRefused {
        /// The file or folder.
        name: String,
        /// Why.
        what: String,
    },
    /// Nothing, or not this item, was deleted from Box.
    DeletionRefused {
        /// Why.
        what: String,
    },
    /// A request failed repeatedly, or too many requests failed in total.
    Exhausted {
        /// Name of the operation.
        operation: &'static str,
        /// Number of attempts.
        attempts: u32,
        /// The last failure.
        last: String,
        /// The underlying error.
        source: Option<BoxError>,
    },
    /// No TLS connection: an untrusted certificate, for example. Only this crate's transport tells
    /// this apart from other connection failures.
    Tls {
        /// The underlying error.
        error: BoxError,
    },
    /// The service redirects elsewhere; tokens do not follow redirects.
    Redirected {
        /// Name of the operation.
        operation: &'static str,
        /// HTTP status.
        status: u16,
        /// Target of the redirect, without its query.
        location: Option<String>,
    },
    /// The service has all parts, but did not finish processing them in time.
    NotProcessed {
        /// How long the upload waited.
        waited: Duration,
    },
    /// Sessions were lost repeatedly.
    SessionLost {
        /// Why the last one was lost.
        reason: String,
    },
    /// Another upload, of other content to the same place, is using this session.
    SessionInUse,
    /// The stored content differs from the file.
    Corrupted {
        /// What differs.
        what: String,
    },
    /// The journal cannot be read or written, and resuming was required.
    Journal {
        /// The journal's file.
        path: PathBuf,
        /// The cause.
        error: io::Error,
    },
    /// Another process is uploading this file to this destination.
    Busy {
        /// The journal it has locked.
        path: PathBuf,
    },
    /// Resuming was required, but there is no unfinished upload.
    NothingToResume,
    /// The upload was cancelled.
    Cancelled,
}

impl Error {
    /// The kind of error.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The kind of error, by value.
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        self.kind
    }

    /// Whether the same upload, started again, would resume: its session still exists, a
    /// [journal](crate::Uploader::journal) leads to it, and the cause may have passed. A permanent
    /// refusal is not resumable.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// loop {
    ///     match uploader.file("movie.mov").to_folder("0").send().await {
    ///         Err(error) if error.can_resume() => println!("{error}; resuming"),
    ///         result => break result.map(drop),
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn can_resume(&self) -> bool {
        self.resumable
    }

    /// Whether retrying later may succeed without any change: the service was unreachable or
    /// overloaded, or had not finished.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Exhausted { .. } | ErrorKind::NotProcessed { .. } | ErrorKind::Busy { .. }
        )
    }

    /// Counters up to the failure.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// Id of the upload session, if there still is one.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// HTTP status of the response, if a response ended the upload.
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

    /// Box's error code, if it sent one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match &self.kind {
            ErrorKind::Refused { code, .. } => code.as_deref(),
            _ => None,
        }
    }

    /// Request id for Box's support, if there is one.
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
                write!(f, "`{name}` changed during the upload: {what}")
            }
            Self::Refused { operation, status: 407, .. } => {
                write!(f, "{operation} failed with status 407: the proxy requires authentication")
            }
            Self::Refused { operation, status, by_intermediary: true, .. } => write!(
                f,
                "{operation} failed with status {status}: the response is a web page, so it came \
                 from a proxy or firewall, not from Box"
            ),
            Self::Refused { operation, status, code, message, request_id, .. } => {
                write!(f, "Box rejected {operation} with status {status}")?;
                let texts = [code, message].into_iter().flatten();
                texts.into_iter().try_for_each(|text| write!(f, ": {text}"))?;
                request_id.iter().try_for_each(|id| write!(f, " (request {id})"))
            }
            Self::Credentials { message, request_id, .. } => {
                write!(f, "authentication failed: {message}")?;
                request_id.iter().try_for_each(|id| write!(f, " (request {id})"))
            }
            Self::NameInUse { name, id, .. } => {
                write!(f, "`{name}` already exists in the folder")?;
                id.iter().try_for_each(|id| write!(f, ", as item {id}"))
            }
            Self::NameClash { name, other } => {
                write!(f, "`{name}` conflicts with `{other}`: names in Box are case-insensitive")
            }
            Self::NoFolder { name, parent, found } => {
                f.write_str(&describe_no_folder(name, parent, found))
            }
            Self::NameRefused { name, what } => {
                write!(f, "Box refuses the name of `{name}`: {what}")
            }
            Self::DeletionRefused { what } => write!(f, "nothing was deleted from Box: {what}"),
            Self::Exhausted { operation, attempts, last, .. } => {
                let times = if *attempts == 1 { "attempt" } else { "attempts" };
                write!(f, "{operation} failed after {attempts} {times}: {last}")
            }
            Self::Tls { .. } => f.write_str("cannot establish a TLS connection to Box"),
            Self::Redirected { operation, status, location } => {
                write!(f, "{operation} was redirected with status {status}")?;
                location.iter().try_for_each(|location| write!(f, ", to {location}"))
            }
            Self::NotProcessed { waited } => write!(
                f,
                "Box has all parts but did not finish processing them within {} s (a new version \
                 with unchanged content may never finish)",
                waited.as_secs()
            ),
            Self::SessionLost { reason } => {
                write!(f, "upload sessions were lost too often: {reason}")
            }
            Self::SessionInUse => f.write_str(
                "another upload to the same name, with different content, is in progress; abort \
                 its session to continue",
            ),
            Self::Corrupted { what } => write!(
                f,
                "the stored content differs from the file: \
                                                   {what}"
            ),
            Self::Journal { path, .. } => {
                write!(f, "cannot use the journal `{}`", path.display())
            }
            Self::Busy { path } => write!(
                f,
                "another process is uploading this file to this destination (it has locked `{}`)",
                path.display()
            ),
            Self::NothingToResume => f.write_str("no unfinished upload to resume"),
            Self::Cancelled => f.write_str("the upload was cancelled"),
        }
    }
}

fn describe_no_folder(name: &str, parent: &str, found: &[FolderItem]) -> String {
    match found {
        [] => format!("there is no folder `{name}` in `{parent}`"),
        [item] => {
            let kind = item.r#type.as_str().replace('_', " ");
            format!("`{name}` in `{parent}` is a {kind}, not a folder")
        }
        several => {
            let ids: Vec<_> = several.iter().map(|item| item.id.as_str()).collect();
            format!("`{name}` in `{parent}` may be any of the items {}", ids.join(", "))
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
