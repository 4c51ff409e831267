//! Service and store together: decide, persist, apply, in this order.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use http::StatusCode;
use sha1::{Digest, Sha1};

use crate::service::{Event, Refusal, Service};
use crate::store::{BlobReader, PendingBlob, Store};
use crate::timestamp::Timestamp;
use box_upload_common::Sha1Hash;
use box_upload_common::lock;

#[derive(Clone, Debug)]
pub(crate) struct Backend(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    service: Mutex<Service>,
    /// Held from a decision until its event is applied, so that nothing comes in between. The
    /// service itself is not locked during disk writes: whatever can be read is already persistent.
    changing: Mutex<()>,
    store: Store,
    hashes: Mutex<HashMap<String, Arc<Mutex<Progress>>>>,
    /// Milliseconds by which the service's clock is ahead.
    ahead: AtomicU64,
}

/// Hash of a session's content up to `offset`.
#[derive(Debug, Default)]
struct Progress {
    hasher: Sha1,
    offset: u64,
}

/// The response when the emulator itself fails.
pub(crate) fn internal_error(error: io::Error) -> Refusal {
    tracing::error!(%error, "the store failed");
    let text = "the emulator failed to read or write its data";
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", text)
}

impl Backend {
    pub(crate) fn new(service: Service, store: Store) -> Self {
        Self(Arc::new(Inner {
            service: Mutex::new(service),
            changing: Mutex::default(),
            store,
            hashes: Mutex::default(),
            ahead: AtomicU64::new(0),
        }))
    }

    /// The time by the service's clock.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now().plus(self.clock_ahead())
    }

    /// How far the service's clock is ahead.
    pub(crate) fn clock_ahead(&self) -> Duration {
        Duration::from_millis(self.0.ahead.load(Ordering::Relaxed))
    }

    /// Sets the service's clock ahead by this much, in all.
    pub(crate) fn set_clock_ahead(&self, ahead: Duration) {
        let milliseconds = u64::try_from(ahead.as_millis()).unwrap_or(u64::MAX);
        self.0.ahead.store(milliseconds, Ordering::Relaxed);
    }

    pub(crate) fn service(&self) -> MutexGuard<'_, Service> {
        lock(&self.0.service)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// Whether work is still in progress.
    pub(crate) fn is_busy(&self) -> bool {
        Arc::strong_count(&self.0) > 1 || self.0.store.is_busy()
    }

    /// Runs work that may wait for a disk. It completes even if the caller is dropped.
    pub(crate) async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let backend = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&backend)).await;
        done.map_err(|error| internal_error(io::Error::other(error)))
    }

    /// Decides on an event, persists it and applies it. The second value of the decision is
    /// returned.
    pub(crate) async fn commit_event<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&Service, Timestamp) -> Result<(Event, T), Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.commit_event_with_blobs(None, decide).await
    }

    /// The same for an event that refers to new blobs, which are removed unless the event is
    /// applied.
    pub(crate) async fn commit_event_with_blobs<T: Send + 'static>(
        &self,
        blobs: impl IntoIterator<Item = PendingBlob> + Send + 'static,
        decide: impl FnOnce(&Service, Timestamp) -> Result<(Event, T), Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        if self.0.store.blocks() {
            self.run_blocking(|backend| backend.change_now(blobs, decide)).await?
        } else {
            self.change_now(blobs, decide)
        }
    }

    /// Runs to completion even if the client disconnects: a persisted event must not lose its blob.
    fn change_now<T>(
        &self,
        blobs: impl IntoIterator<Item = PendingBlob>,
        decide: impl FnOnce(&Service, Timestamp) -> Result<(Event, T), Refusal>,
    ) -> Result<T, Refusal> {
        let changing = lock(&self.0.changing);
        let (event, value) = decide(&self.service(), self.now())?;
        // If the disk fails now, the event may or may not be on it. A leftover blob is removed at
        // the next start.
        blobs.into_iter().for_each(PendingBlob::keep);
        self.0.store.append_event(&event).map_err(internal_error)?;
        let ended = match &event {
            Event::SessionEnded { session, .. } => Some(session.clone()),
            Event::FileStored { session, .. } => session.clone(),
            _ => None,
        };
        let replaced = matches!(event, Event::Restored { .. });
        let unused = self.service().apply_event(event);
        // Not earlier, or a new hash could be started in between.
        if let Some(session) = ended {
            lock(&self.0.hashes).remove(&session);
        }
        if replaced {
            lock(&self.0.hashes).clear();
        }
        drop(changing);
        unused.iter().for_each(|blob| self.0.store.remove_blob(blob));
        Ok(value)
    }

    /// Ends expired sessions, to free their memory.
    pub(crate) async fn end_expired_sessions(&self) {
        let expired_sessions = self.service().expired_sessions(self.now());
        for event in expired_sessions {
            // If this fails, the next call tries again.
            let _ = self.commit_event(|_, _| Ok((event, ()))).await;
        }
    }

    /// The hash of a session's content, if its parts are complete up to `size`.
    pub(crate) fn hash_content(&self, session: &str, size: u64) -> io::Result<Option<Sha1Hash>> {
        let Some(progress) = self.hash_progress(session) else { return Ok(None) };
        let mut progress = lock(&progress);
        self.hash_stored(session, &mut progress)?;
        let whole = progress.offset == size;
        Ok(whole.then(|| Sha1Hash(progress.hasher.clone().finalize().into())))
    }

    /// Precomputes [`Self::hash_content`], unless another thread does.
    pub(crate) fn hash_ahead(&self, session: &str) -> io::Result<()> {
        let Some(progress) = self.hash_progress(session) else { return Ok(()) };
        match progress.try_lock() {
            Ok(mut progress) => self.hash_stored(session, &mut progress),
            Err(_) => Ok(()),
        }
    }

    fn hash_progress(&self, session: &str) -> Option<Arc<Mutex<Progress>>> {
        let mut hashes = lock(&self.0.hashes);
        self.service().any_session(session)?;
        Some(hashes.entry(session.to_owned()).or_default().clone())
    }

    /// Continues as far as parts are stored without a gap.
    fn hash_stored(&self, session: &str, progress: &mut Progress) -> io::Result<()> {
        loop {
            let service = self.service();
            let part = service.any_session(session).and_then(|one| one.parts.get(&progress.offset));
            let Some(blob) = part.map(|part| part.blob.clone()) else { return Ok(()) };
            drop(service);
            let mut hasher = progress.hasher.clone();
            let mut reader = BlobReader::open(self.store(), &blob)?;
            reader.read_all(|bytes| hasher.update(bytes))?;
            progress.hasher = hasher;
            progress.offset += blob.size;
        }
    }
}
