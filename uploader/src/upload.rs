//! Builder for one upload.

use std::fmt;
use std::sync::Arc;

use box_upload_sessions::Client;
use box_upload_sessions::runtime::{BoxFuture, DateTime};

use crate::options::{Attributes, Destination, Options, Policy};
use crate::source::Origin;
use crate::{CancellationToken, Error, Event, OnConflict, Uploaded, run};

/// Builder for an upload. [`Upload::send`] starts it.
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

    /// Uploads a new file into this folder; `0` is the user's root folder.
    pub fn to_folder(mut self, id: impl Into<String>) -> Self {
        self.options.destination = Some(Destination::Folder(id.into()));
        self
    }

    /// Uploads a new version of this file.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// let uploaded = uploader.file("report.pdf").to_file("67890").if_match("3").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_file(mut self, id: impl Into<String>) -> Self {
        self.options.destination = Some(Destination::File(id.into()));
        self
    }

    /// Name in Box. By default that of the local file; a new version keeps its name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.name = Some(name.into());
        self
    }

    /// Uploads the new version only if the file's current `etag` matches. For a new file the upload
    /// fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid).
    pub fn if_match(mut self, etag: impl Into<String>) -> Self {
        self.options.if_match = Some(etag.into());
        self
    }

    /// What to do if the name exists in the folder; by default the upload fails.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// use box_uploader::OnConflict;
    ///
    /// let upload = uploader.file("report.pdf").to_folder("0").on_conflict(OnConflict::Version);
    /// let uploaded = upload.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_conflict(mut self, on_conflict: OnConflict) -> Self {
        self.options.on_conflict = on_conflict;
        self
    }

    /// Description of the file in Box. Only files uploaded in parts can have one; for smaller files
    /// the upload fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid).
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.options.attributes.description = Some(text.into());
        self
    }

    /// When the content was created; by default the file system's time.
    pub fn content_created_at(mut self, time: impl Into<DateTime>) -> Self {
        self.options.attributes.created_at = Some(time.into());
        self
    }

    /// When the content was last modified; by default the file system's time.
    pub fn content_modified_at(mut self, time: impl Into<DateTime>) -> Self {
        self.options.attributes.modified_at = Some(time.into());
        self
    }

    /// Number of parts to upload in parallel; 4 by default. Box recommends 3 to 5.
    pub fn concurrency(mut self, parts: usize) -> Self {
        self.options.concurrency = parts.max(1);
        self
    }

    /// For a file of a directory: skips it if its folder already has it with this content, checking
    /// first unless the name is free.
    pub(crate) fn in_directory(mut self, name_is_free: bool, origin: Origin) -> Self {
        self.options.origin = origin;
        self.options.skip_identical = true;
        self.options.preflight_first = Some(!name_is_free);
        self
    }

    /// Cancels the upload when `token` is cancelled. The session stays, and a later upload can
    /// resume it. Dropping the future of [`Upload::send`] also cancels.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// use box_uploader::{CancellationToken, ErrorKind};
    ///
    /// let token = CancellationToken::new();
    /// let upload = uploader.file("movie.mov").to_folder("0").cancel_on(token.clone());
    /// token.cancel();
    /// assert!(matches!(upload.send().await.unwrap_err().kind(), ErrorKind::Cancelled));
    /// # Ok(())
    /// # }
    /// ```
    pub fn cancel_on(mut self, token: CancellationToken) -> Self {
        self.options.cancel = token;
        self
    }

    /// Calls `on_event` for every event. Send them through a channel to get a stream.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// use box_uploader::Event;
    ///
    /// let upload = uploader.file("movie.mov").to_folder("0").on_progress(|event| {
    ///     if let Event::Progress { stored, total, .. } = event {
    ///         println!("{stored} of {total} bytes");
    ///     }
    /// });
    /// let uploaded = upload.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_progress(mut self, on_event: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.options.on_event = Arc::new(on_event);
        self
    }

    /// Uploads the file, and returns once Box has it and its hash is confirmed.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind). [`Error::can_resume`] says whether the same upload,
    /// started again, would resume.
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
