//! Options of an upload.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use box_upload_sessions::runtime::DateTime;
use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::source::{Buffers, Origin};
use crate::{CancellationToken, Event, Retry};

/// Options of one upload.
pub(crate) struct Options {
    pub(crate) policy: Policy,
    pub(crate) origin: Origin,
    pub(crate) name: Option<String>,
    pub(crate) destination: Option<Destination>,
    pub(crate) if_match: Option<String>,
    pub(crate) on_conflict: OnConflict,
    /// Whether an identical file is skipped even if the conflict policy is to rename.
    pub(crate) skip_identical: bool,
    /// Whether an upload in one request checks first that the name is free; by default it does for
    /// files worth the extra request.
    pub(crate) preflight_first: Option<bool>,
    pub(crate) attributes: Attributes,
    pub(crate) concurrency: usize,
    pub(crate) cancel: CancellationToken,
    pub(crate) on_event: OnEvent,
}

/// Options of all uploads of an uploader.
#[derive(Clone)]
pub(crate) struct Policy {
    pub(crate) retry: Retry,
    pub(crate) idle_timeout: Duration,
    pub(crate) sessions_from: u64,
    pub(crate) journal: Option<PathBuf>,
    pub(crate) resume: Resume,
    pub(crate) abort_on_failure: bool,
    pub(crate) budget: Arc<Budget>,
    pub(crate) buffers: Buffers,
    /// Whether the user was told of session URLs at untrusted hosts.
    pub(crate) warned_untrusted_url: Arc<AtomicBool>,
}

/// What to do with an unfinished upload of the same file to the same destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resume {
    /// Resume it, or start a new one if there is none.
    #[default]
    IfPossible,
    /// Resume it, or fail with [`ErrorKind::NothingToResume`](crate::ErrorKind) if the journal has
    /// none. If its session is gone or the file changed, start over.
    Required,
    /// Start over, and abort it.
    Never,
}

pub(crate) type OnEvent = Arc<dyn Fn(&Event) + Send + Sync>;

/// Destination of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Destination {
    /// A new file in this folder.
    Folder(String),
    /// A new version of this file.
    File(String),
}

/// Attributes that Box stores beside the content.
#[derive(Clone, Default)]
pub(crate) struct Attributes {
    pub(crate) description: Option<String>,
    pub(crate) created_at: Option<DateTime>,
    pub(crate) modified_at: Option<DateTime>,
}

impl Attributes {
    pub(crate) fn is_empty(&self) -> bool {
        self.description.is_none() && self.created_at.is_none() && self.modified_at.is_none()
    }
}

/// What to do if the name exists in the folder with different content. A file with the same content
/// is [left unchanged](crate::Uploaded::unchanged), unless the policy is to rename.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// Fail with [`ErrorKind::NameInUse`](crate::ErrorKind::NameInUse).
    #[default]
    Fail,
    /// Upload a new version of the existing file.
    Version,
    /// Choose another name: `report.pdf` becomes `report (1).pdf`.
    Rename,
}
