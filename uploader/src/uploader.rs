//! What uploads have in common.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use box_upload_sessions::Client;
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncSeek};
use tokio::sync::Semaphore;

use crate::context::Context;
use crate::options::Policy;
use crate::source::{Buffers, Origin, run_blocking};
use crate::{Error, ErrorKind, Resume, Retry, Unfinished, Upload, session};

/// Uploads files to Box. Clones share the client and the budget of connections.
#[derive(Clone)]
#[must_use]
pub struct Uploader {
    pub(crate) client: Client,
    pub(crate) policy: Policy,
}

impl Uploader {
    /// Uploads with `client`: at most 16 connections, no journal, [`Retry::default`].
    pub fn new(client: Client) -> Self {
        let policy = Policy {
            retry: Retry::default(),
            idle_timeout: Duration::from_secs(60),
            sessions_from: 20 * 1024 * 1024,
            journal: None,
            resume: Resume::default(),
            abort_on_failure: false,
            connections: Arc::new(Semaphore::new(16)),
            buffers: Buffers::default(),
            warned_untrusted_url: Arc::default(),
        };
        Self { client, policy }
    }

    /// How persistent uploads are.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.policy.retry = retry;
        self
    }

    /// How long nothing may move before a request counts as failed; by default 60 s. A slow
    /// connection is no reason: as long as bytes go out, a request may take its time.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.policy.idle_timeout = limit;
        self
    }

    /// How many requests all uploads of this uploader and its clones may have under way together;
    /// by default 16. Each takes about 2 MiB of memory, whatever the sizes of file and part.
    pub fn connections(mut self, limit: usize) -> Self {
        self.policy.connections = Arc::new(Semaphore::new(limit.clamp(1, Semaphore::MAX_PERMITS)));
        self
    }

    /// The size from which on a file is uploaded in parts, in bytes; by default 20 MiB, the least
    /// that Box takes in parts. A smaller file goes out in one request.
    pub fn sessions_from(mut self, bytes: u64) -> Self {
        self.policy.sessions_from = bytes;
        self
    }

    /// Notes in this folder, which is made if need be, which session belongs to which file, so
    /// that an upload can go on after a crash. There are no secrets in it. By default there is no
    /// journal. One that cannot be written or read is told of by
    /// [`Event::Warning`](crate::Event::Warning), and the upload goes on without.
    pub fn journal(mut self, folder: impl Into<PathBuf>) -> Self {
        self.policy.journal = Some(folder.into());
        self
    }

    /// What to do with an unfinished upload that the journal knows.
    pub fn resume(mut self, resume: Resume) -> Self {
        self.policy.resume = resume;
        self
    }

    /// Aborts the session when an upload fails or is cancelled, so that nothing of it is left at
    /// Box, and nothing can be resumed. By default sessions are kept; Box drops them after 7 days.
    pub fn abort_on_failure(mut self, abort: bool) -> Self {
        self.policy.abort_on_failure = abort;
        self
    }

    /// Begins the upload of a file.
    pub fn file(&self, path: impl Into<PathBuf>) -> Upload {
        Upload::new(&self.client, &self.policy, Origin::Path(path.into()))
    }

    /// Begins the upload of bytes in memory.
    pub fn bytes(&self, name: impl Into<String>, content: impl Into<Bytes>) -> Upload {
        Upload::new(&self.client, &self.policy, Origin::Bytes(content.into())).name(name)
    }

    /// Begins the upload of whatever can be read at any place.
    pub fn reader<R>(&self, name: impl Into<String>, reader: R) -> Upload
    where
        R: AsyncRead + AsyncSeek + Send + Unpin + 'static,
    {
        Upload::new(&self.client, &self.policy, Origin::seekable(reader)).name(name)
    }

    /// Begins the upload of what can be read only once, the standard input for example. It goes
    /// to a temporary file first, because Box has to know the size beforehand. More than `limit`
    /// bytes are an error.
    pub fn stream<R>(&self, name: impl Into<String>, reader: R, limit: u64) -> Upload
    where
        R: AsyncRead + Send + Unpin + 'static,
    {
        Upload::new(&self.client, &self.policy, Origin::stream(reader, limit)).name(name)
    }

    /// Ends a session and drops its parts. False if there is no such session: it has ended before,
    /// or never existed, which Box seldom tells apart.
    ///
    /// # Errors
    /// The service refuses, or cannot be reached.
    pub async fn abort(&self, session_id: &str) -> Result<bool, Error> {
        session::abort_by_id(&self.context(), session_id).await
    }
}

impl Uploader {
    /// The unfinished uploads that are noted in the [journal's folder](Self::journal).
    ///
    /// # Errors
    /// The folder cannot be read.
    pub async fn unfinished(&self) -> Result<Vec<Unfinished>, Error> {
        let Some(folder) = self.policy.journal.clone() else { return Ok(Vec::new()) };
        let path = folder.clone();
        let all = run_blocking(move || Unfinished::list(&folder)).await;
        all.map_err(|error| ErrorKind::Journal { path, error }.into())
    }

    /// Forgets an unfinished upload: ends its session, if it has one, and removes its journal.
    ///
    /// # Errors
    /// It is under way in another process, its session cannot be ended, or its journal not removed.
    pub async fn discard(&self, unfinished: &Unfinished) -> Result<(), Error> {
        let mut journal = unfinished.lock()?;
        if let Some(session) = &unfinished.session {
            self.abort(session).await?;
        }
        Ok(journal.clear()?)
    }
}

impl Uploader {
    /// What requests need that belong to no upload.
    pub(crate) fn context(&self) -> Context {
        Context::new(self.client.clone(), self.policy.clone(), String::new(), 0, Arc::new(|_| {}))
    }
}

impl fmt::Debug for Uploader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uploader").field("client", &self.client).finish_non_exhaustive()
    }
}
