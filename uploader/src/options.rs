//! What an upload is told to do.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use box_upload_sessions::runtime::DateTime;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::source::{Buffers, Origin};
use crate::{CancellationToken, Event, Retry};

/// What holds for one upload.
pub(crate) struct Options {
    pub(crate) policy: Policy,
    pub(crate) origin: Origin,
    pub(crate) name: Option<String>,
    pub(crate) destination: Option<Destination>,
    pub(crate) if_match: Option<String>,
    pub(crate) on_conflict: OnConflict,
    /// Whether a file of the same name and content is left alone even if another name is asked for.
    pub(crate) skip_identical: bool,
    /// Whether an upload in one request asks first if the name is free; by default only if it is
    /// worth it.
    pub(crate) preflight_first: Option<bool>,
    pub(crate) attributes: Attributes,
    pub(crate) concurrency: usize,
    pub(crate) cancel: CancellationToken,
    pub(crate) on_event: OnEvent,
}

/// What holds for every upload.
#[derive(Clone)]
pub(crate) struct Policy {
    pub(crate) retry: Retry,
    pub(crate) idle_timeout: Duration,
    pub(crate) sessions_from: u64,
    pub(crate) journal: Option<PathBuf>,
    pub(crate) resume: Resume,
    pub(crate) abort_on_failure: bool,
    pub(crate) connections: Arc<Semaphore>,
    pub(crate) buffers: Buffers,
    /// Whether it was told that URLs of a session lead untrusted_url.
    pub(crate) warned_untrusted_url: Arc<AtomicBool>,
}

/// What to do with an unfinished upload of the same file to the same place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resume {
    /// Go on with it, or begin one if there is none.
    #[default]
    IfPossible,
    /// Go on with it, or fail with [`ErrorKind::NothingToResume`](crate::ErrorKind) if the journal
    /// knows of none. Where its session is gone or the file has changed, begin anew.
    Required,
    /// Begin anew, and abort it.
    Never,
}

pub(crate) type OnEvent = Arc<dyn Fn(&Event) + Send + Sync>;

/// Where a file goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Destination {
    /// A new file in this folder.
    Folder(String),
    /// A new version of this file.
    File(String),
}

/// What Box notes of a file beside its content.
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

/// What to do if the folder has an item of the same name and other content. A file with the same
/// content is [left as it is](Uploaded::unchanged), unless another name is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// Fail with [`ErrorKind::NameInUse`](crate::ErrorKind::NameInUse).
    #[default]
    Fail,
    /// Make a new version of the file that has the name.
    Version,
    /// Take another name: `report.pdf` becomes `report (1).pdf`.
    Rename,
}
