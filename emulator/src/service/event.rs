//! Changes of the service's state, as the journal stores them.

use serde::{Deserialize, Serialize};

use super::session::{Session, StoredPart};
use super::token::IssuedToken;
use super::tree::{File, Folder};
use crate::timestamp::Timestamp;

/// A change.
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
    /// A file or version was created, from a session (which ends) or in one request.
    FileStored {
        session: Option<String>,
        file: File,
    },
    TokenIssued(IssuedToken),
    TokenRevoked {
        fingerprint: String,
    },
    FileDeleted {
        file: String,
        /// Whether it went to the trash.
        #[serde(default)]
        trashed: bool,
    },
    /// A folder was deleted, with everything in it.
    FolderDeleted {
        folder: String,
        /// Whether it went to the trash.
        #[serde(default)]
        trashed: bool,
    },
    /// Everything was replaced by the state that these events create; that of a new service if
    /// there are none.
    Restored {
        at: Timestamp,
        events: Vec<Event>,
    },
}

/// How a session ended, or became unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionEnd {
    Aborted,
    Committed,
    Expired,
    Failed,
}
