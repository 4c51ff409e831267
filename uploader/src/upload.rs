//! One upload: what goes where, and how.

use std::fmt;
use std::sync::Arc;

use box_upload_sessions::Client;
use box_upload_sessions::runtime::{BoxFuture, DateTime};

use crate::options::{Attributes, Destination, Options, Policy};
use crate::source::Origin;
use crate::{CancellationToken, Error, Event, OnConflict, Uploaded, run};

/// An upload while it is put together. [`Upload::send`] starts it.
#[must_use = "an upload starts when it is sent"]
pub struct Upload {
    client: Client,
    options: Options,
}

impl Upload {
    pub(crate) fn new(client: &Client, policy: &Policy, origin: Origin) -> Self {
        let options = Options {
            policy: policy.clone(),
            origin,
            name: None,
            destination: None,
            if_match: None,
            on_conflict: OnConflict::default(),
            skip_identical: false,
            preflight_first: None,
            attributes: Attributes::default(),
            concurrency: 4,
            cancel: CancellationToken::new(),
            on_event: Arc::new(|_| {}),
        };
        Self { client: client.clone(), options }
    }

    /// Makes a new file in this folder; `0` is the user's root folder.
    pub fn to_folder(mut self, id: impl Into<String>) -> Self {
        self.options.destination = Some(Destination::Folder(id.into()));
        self
    }

    /// Makes a new version of this file.
    pub fn to_file(mut self, id: impl Into<String>) -> Self {
        self.options.destination = Some(Destination::File(id.into()));
        self
    }

    /// The name in Box: by default that of the local file, and the one that it has for a new
    /// version.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.name = Some(name.into());
        self
    }

    /// Makes the new version only if the file's `etag` is still this one. For a new file the upload
    /// fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid).
    pub fn if_match(mut self, etag: impl Into<String>) -> Self {
        self.options.if_match = Some(etag.into());
        self
    }

    /// What to do if the folder has an item of the same name; by default the upload fails.
    pub fn on_conflict(mut self, on_conflict: OnConflict) -> Self {
        self.options.on_conflict = on_conflict;
        self
    }

    /// The file's description in Box. Only a file that is uploaded in parts can have one; with a
    /// smaller one the upload fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid).
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.options.attributes.description = Some(text.into());
        self
    }

    /// When the content was made; by default what the local file system says.
    pub fn content_created_at(mut self, time: impl Into<DateTime>) -> Self {
        self.options.attributes.created_at = Some(time.into());
        self
    }

    /// When the content was last changed; by default what the local file system says.
    pub fn content_modified_at(mut self, time: impl Into<DateTime>) -> Self {
        self.options.attributes.modified_at = Some(time.into());
        self
    }

    /// How many parts are on their way at a time, by default 4. Box advises 3 to 5.
    pub fn concurrency(mut self, parts: usize) -> Self {
        self.options.concurrency = parts.max(1);
        self
    }

    /// A file of a directory: left alone if its folder has it with this content, which is asked
    /// before anything is sent unless the folder is new.
    pub(crate) fn in_directory(mut self, folder_is_new: bool) -> Self {
        self.options.skip_identical = true;
        self.options.preflight_first = Some(!folder_is_new);
        self
    }

    /// Cancels the upload when `token` is cancelled. What the service has stays there, for a
    /// later upload to resume. Dropping the future of [`Upload::send`] stops it as well.
    pub fn cancel_on(mut self, token: CancellationToken) -> Self {
        self.options.cancel = token;
        self
    }

    /// Tells what happens. Send the events through a channel to have them as a stream.
    pub fn on_progress(mut self, on_event: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.options.on_event = Arc::new(on_event);
        self
    }

    /// Uploads the file, and returns once Box has it and its hash is confirmed.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind). [`Error::can_resume`] says whether the same upload,
    /// started again, goes on where this one ended.
    pub fn send(self) -> BoxFuture<'static, Result<Uploaded, Error>> {
        Box::pin(run::run_upload(self.client, self.options))
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options { name, destination, .. } = &self.options;
        f.debug_struct("Upload")
            .field("name", name)
            .field("destination", destination)
            .finish_non_exhaustive()
    }
}
