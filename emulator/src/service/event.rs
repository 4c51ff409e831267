//! What changes the service: the only way its state moves, and what a journal keeps.

use serde::{Deserialize, Serialize};

use super::session::{Session, StoredPart};
use super::token::IssuedToken;
use super::tree::{File, Folder};

/// One change.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    FolderCreated(Folder),
    SessionCreated(Session),
    PartStored {
        session: String,
        part: StoredPart,
    },
    SessionEnded {
        session: String,
        end: SessionEnd,
    },
    /// A file or a new version of it, made of a session (which ends) or directly.
    FileStored {
        session: Option<String>,
        file: File,
    },
    TokenIssued(IssuedToken),
    TokenRevoked {
        fingerprint: String,
    },
}

/// How a session came to its end, or to where it is of no more use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionEnd {
    Aborted,
    Committed,
    Expired,
    Failed,
}
