//! One upload: what goes where, and how.

use std::fmt;
use std::sync::Arc;

use box_upload_sessions::runtime::{BoxFuture, DateTime};
use box_upload_sessions::types::FileFull;
use serde::{Deserialize, Serialize};

use crate::source::Origin;
use crate::{CancellationToken, Error, Event, Sha1Hash, Uploader, run};

/// An upload while it is put together. [`Upload::send`] starts it.
#[must_use = "an upload starts when it is sent"]
pub struct Upload {
    pub(crate) uploader: Uploader,
    pub(crate) origin: Origin,
    pub(crate) name: Option<String>,
    pub(crate) destination: Option<Destination>,
    pub(crate) if_match: Option<String>,
    pub(crate) on_conflict: OnConflict,
    /// Whether a file of the same name and content is left alone even if another name is asked for.
    pub(crate) skips_same: bool,
    /// Whether an upload in one request asks first if the name is free; by default only if it is
    /// worth it.
    pub(crate) asks_first: Option<bool>,
    pub(crate) attributes: Attributes,
    pub(crate) concurrency: usize,
    pub(crate) cancel: CancellationToken,
    pub(crate) on_event: OnEvent,
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

/// A file that is in Box.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Uploaded {
    /// The file as Box describes it.
    pub file: FileFull,
    /// The hash of its content, as calculated here and confirmed by the service.
    pub sha1: Sha1Hash,
    /// Whether Box had the file already, with this name and content, and nothing was sent.
    pub unchanged: bool,
    /// What it took.
    pub statistics: Statistics,
}

/// What an upload took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// The size of the file, in bytes.
    pub size: u64,
    /// How many bytes of it were sent, those that had to be sent again included.
    pub sent: u64,
    /// How many parts were sent and stored now.
    pub parts_sent: u64,
    /// How many parts were there from before.
    pub parts_kept: u64,
    /// How many requests failed and were tried again.
    pub retries: u32,
    /// How often the upload started over with a new session.
    pub restarts: u32,
}

impl Upload {
    pub(crate) fn new(uploader: &Uploader, origin: Origin) -> Self {
        Self {
            uploader: uploader.clone(),
            origin,
            name: None,
            destination: None,
            if_match: None,
            on_conflict: OnConflict::default(),
            skips_same: false,
            asks_first: None,
            attributes: Attributes::default(),
            concurrency: 4,
            cancel: CancellationToken::new(),
            on_event: Arc::new(|_| {}),
        }
    }

    /// Makes a new file in this folder; `0` is the user's root folder.
    pub fn to_folder(mut self, id: impl Into<String>) -> Self {
        self.destination = Some(Destination::Folder(id.into()));
        self
    }

    /// Makes a new version of this file.
    pub fn to_file(mut self, id: impl Into<String>) -> Self {
        self.destination = Some(Destination::File(id.into()));
        self
    }

    /// The name in Box: by default that of the local file, and the one that it has for a new
    /// version.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Makes the new version only if the file's `etag` is still this one. For a new file the upload
    /// fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid).
    pub fn if_match(mut self, etag: impl Into<String>) -> Self {
        self.if_match = Some(etag.into());
        self
    }

    /// What to do if the folder has an item of the same name; by default the upload fails.
    pub fn on_conflict(mut self, on_conflict: OnConflict) -> Self {
        self.on_conflict = on_conflict;
        self
    }

    /// The file's description in Box. Only a file that is uploaded in parts can have one; with a
    /// smaller one the upload fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid).
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.attributes.description = Some(text.into());
        self
    }

    /// When the content was made; by default what the local file system says.
    pub fn content_created_at(mut self, time: impl Into<DateTime>) -> Self {
        self.attributes.created_at = Some(time.into());
        self
    }

    /// When the content was last changed; by default what the local file system says.
    pub fn content_modified_at(mut self, time: impl Into<DateTime>) -> Self {
        self.attributes.modified_at = Some(time.into());
        self
    }

    /// How many parts are on their way at a time, by default 4. Box advises 3 to 5.
    pub fn concurrency(mut self, parts: usize) -> Self {
        self.concurrency = parts.max(1);
        self
    }

    /// Cancels the upload when `token` is cancelled. What the service has stays there, for a
    /// later upload to resume. Dropping the future of [`Upload::send`] stops it as well.
    pub fn cancel_on(mut self, token: CancellationToken) -> Self {
        self.cancel = token;
        self
    }

    /// Tells what happens. Send the events through a channel to have them as a stream.
    pub fn on_progress(mut self, on_event: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.on_event = Arc::new(on_event);
        self
    }

    /// Uploads the file, and returns once Box has it and its hash is confirmed.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind). [`Error::can_resume`] says whether the same upload,
    /// started again, goes on where this one ended.
    pub fn send(self) -> BoxFuture<'static, Result<Uploaded, Error>> {
        Box::pin(run::run(self))
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, destination, .. } = self;
        f.debug_struct("Upload")
            .field("name", name)
            .field("destination", destination)
            .finish_non_exhaustive()
    }
}
