//! Entry point: configures uploads.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use box_upload_sessions::Client;
use box_upload_sessions::types::UserMini;
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncSeek};

use crate::budget::Budget;
use crate::context::Context;
use crate::options::{OnEvent, Policy};
use crate::source::{Buffers, Origin, run_blocking};
use crate::{Error, ErrorKind, Resume, Retry, Unfinished, Upload, session};

/// Uploads files to Box. Clones share the client and the connection limit.
///
/// ```no_run
/// use std::time::Duration;
/// use box_uploader::{Resume, Uploader};
///
/// # fn example(client: box_upload_sessions::Client) {
/// let uploader = Uploader::new(client)
///     .connections(32)
///     .idle_timeout(Duration::from_secs(120))
///     .journal("/var/lib/uploads")
///     .resume(Resume::Never);
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Uploader {
    pub(crate) client: Client,
    pub(crate) policy: Policy,
}

impl Uploader {
    /// Returns an uploader: at most 16 connections, no journal, [`Retry::default`].
    pub fn new(client: Client) -> Self {
        let policy = Policy {
            retry: Retry::default(),
            idle_timeout: Duration::from_secs(60),
            sessions_from: 20 * 1024 * 1024,
            journal: None,
            resume: Resume::default(),
            abort_on_failure: false,
            budget: Arc::new(Budget::new(16)),
            buffers: Buffers::default(),
            warned_untrusted_url: Arc::default(),
        };
        Self { client, policy }
    }

    /// Sets the limits of retries.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.policy.retry = retry;
        self
    }

    /// Fails a request after this long without progress; 60 s by default. A slow transfer may take
    /// its time as long as bytes move.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.policy.idle_timeout = limit;
        self
    }

    /// Maximum number of concurrent requests, over all uploads of this uploader and its clones; 16
    /// by default. Each takes about 2 MiB of memory, whatever the sizes of file and part.
    ///
    /// At first there are 16 at most. Whenever Box asks to slow down (429, or 503 with
    /// `Retry-After`), the number is halved and new requests wait as long as Box says; while all
    /// goes well, it rises again.
    pub fn connections(mut self, limit: usize) -> Self {
        self.policy.budget = Arc::new(Budget::new(limit));
        self
    }

    /// Size in bytes from which a file is uploaded in parts; 20 MiB by default, the minimum of Box.
    /// Smaller files are uploaded in one request.
    pub fn sessions_from(mut self, bytes: u64) -> Self {
        self.policy.sessions_from = bytes;
        self
    }

    /// Keeps the state of uploads in this folder, created if necessary, so that they can be resumed
    /// after a crash. It contains no secrets. By default there is no journal. If it cannot be read
    /// or written, [`Event::Warning`](crate::Event::Warning) is emitted and the upload continues
    /// without one.
    pub fn journal(mut self, folder: impl Into<PathBuf>) -> Self {
        self.policy.journal = Some(folder.into());
        self
    }

    /// What to do with an unfinished upload in the journal.
    pub fn resume(mut self, resume: Resume) -> Self {
        self.policy.resume = resume;
        self
    }

    /// Aborts the session when an upload fails or is cancelled, so that nothing is left in Box or
    /// to resume. By default sessions are kept; Box deletes them after 7 days.
    pub fn abort_on_failure(mut self, abort: bool) -> Self {
        self.policy.abort_on_failure = abort;
        self
    }

    /// Prepares the upload of a file.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// let uploaded = uploader.file("movie.mov").to_folder("0").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn file(&self, path: impl Into<PathBuf>) -> Upload {
        Upload::new(&self.client, &self.policy, Origin::Path(path.into()))
    }

    /// Prepares the upload of bytes in memory.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// let uploaded = uploader.bytes("notes.txt", "Some text.").to_folder("0").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn bytes(&self, name: impl Into<String>, content: impl Into<Bytes>) -> Upload {
        Upload::new(&self.client, &self.policy, Origin::Bytes(content.into())).name(name)
    }

    /// Prepares the upload of a seekable reader.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// let reader = std::io::Cursor::new(vec![0; 1 << 20]);
    /// let uploaded = uploader.reader("zeros", reader).to_folder("0").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reader<R>(&self, name: impl Into<String>, reader: R) -> Upload
    where
        R: AsyncRead + AsyncSeek + Send + Unpin + 'static,
    {
        Upload::new(&self.client, &self.policy, Origin::seekable(reader)).name(name)
    }

    /// Prepares the upload of a stream, such as standard input. It is spooled to a temporary file
    /// first, because Box requires the size in advance. More than `limit` bytes are an error.
    ///
    /// ```no_run
    /// # async fn example(
    /// #     uploader: &box_uploader::Uploader,
    /// #     reader: impl tokio::io::AsyncRead + Send + Unpin + 'static,
    /// # ) -> Result<(), box_uploader::Error> {
    /// // At most 10 GiB.
    /// let uploaded = uploader.stream("backup.tar", reader, 10 << 30).to_folder("0").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream<R>(&self, name: impl Into<String>, reader: R, limit: u64) -> Upload
    where
        R: AsyncRead + Send + Unpin + 'static,
    {
        Upload::new(&self.client, &self.policy, Origin::stream(reader, limit)).name(name)
    }

    /// The user whom the credentials belong to.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// let user = uploader.current_user().await?;
    /// println!("{}: {}", user.id, user.login.unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The service refuses, or cannot be reached.
    pub async fn current_user(&self) -> Result<UserMini, Error> {
        let context = self.create_context();
        let request = || context.client.get_current_user();
        let user = context.send_retrying("get_current_user", request).await;
        Ok(user.map_err(|failure| failure.into_kind(1))?)
    }

    /// Aborts a session and deletes its parts. Returns false if there is no such session: it has
    /// ended, or never existed, which Box rarely distinguishes.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// if !uploader.abort("0123456789ABCDEF0123456789ABCDEF").await? {
    ///     println!("there is no such session");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The service refuses, or cannot be reached.
    pub async fn abort(&self, session_id: &str) -> Result<bool, Error> {
        session::abort_by_id(&self.create_context(), session_id).await
    }
}

impl Uploader {
    /// The unfinished uploads in the [journal folder](Self::journal).
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// for unfinished in uploader.unfinished().await? {
    ///     println!("{}", unfinished.path);
    ///     uploader.discard(&unfinished).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The folder cannot be read.
    pub async fn unfinished(&self) -> Result<Vec<Unfinished>, Error> {
        let Some(folder) = self.policy.journal.clone() else { return Ok(Vec::new()) };
        let path = folder.clone();
        let all = run_blocking(move || Unfinished::list_journals(&folder)).await;
        all.map_err(|error| ErrorKind::Journal { path, error }.into())
    }

    /// Removes the journals that were set aside because they were unusable, and returns how many.
    ///
    /// # Errors
    /// The [journal folder](Self::journal) cannot be read, or a file in it not removed.
    pub async fn remove_damaged_journals(&self) -> Result<usize, Error> {
        let Some(folder) = self.policy.journal.clone() else { return Ok(0) };
        let path = folder.clone();
        let removed = run_blocking(move || Unfinished::remove_set_aside(&folder)).await;
        removed.map_err(|error| ErrorKind::Journal { path, error }.into())
    }

    /// Discards an unfinished upload: aborts its session, if any, and removes its journal.
    ///
    /// # Errors
    /// It is under way in another process, its session cannot be aborted, or its journal cannot be
    /// removed.
    pub async fn discard(&self, unfinished: &Unfinished) -> Result<(), Error> {
        let mut journal = unfinished.lock_journal()?;
        if let Some(session) = &unfinished.session {
            self.abort(session).await?;
        }
        Ok(journal.remove_file()?)
    }
}

impl Uploader {
    /// The context of requests that belong to no upload.
    pub(crate) fn create_context(&self) -> Context {
        self.create_context_with(Arc::new(|_| {}))
    }

    /// The same with a handler of events.
    pub(crate) fn create_context_with(&self, on_event: OnEvent) -> Context {
        Context::new(self.client.clone(), self.policy.clone(), String::new(), 0, on_event)
    }
}

impl fmt::Debug for Uploader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uploader").field("client", &self.client).finish_non_exhaustive()
    }
}
