//! The service and its store together: decides, keeps, applies, in this order.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use http::StatusCode;
use sha1::{Digest, Sha1};

use crate::service::{Event, Refusal, Service};
use crate::sha1_hash::Sha1Hash;
use crate::store::{BlobReader, PendingBlob, Store};
use crate::sync::lock;
use crate::timestamp::Timestamp;

#[derive(Clone, Debug)]
pub(crate) struct Backend(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    service: Mutex<Service>,
    /// Held from a decision until its event has been applied, so that nothing comes between. The
    /// service itself is not locked while the disk works: what is read is always safely stored.
    changing: Mutex<()>,
    store: Store,
    hashes: Mutex<HashMap<String, Arc<Mutex<Progress>>>>,
}

/// The hash of a session's content, from its beginning up to `offset`.
#[derive(Debug, Default)]
struct Progress {
    hasher: Sha1,
    offset: u64,
}

/// What a client is told when the emulator itself fails.
pub(crate) fn internal_error(error: io::Error) -> Refusal {
    tracing::error!(%error, "the store failed");
    let text = "the service could not store or read something";
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", text)
}

impl Backend {
    pub(crate) fn new(service: Service, store: Store) -> Self {
        Self(Arc::new(Inner {
            service: Mutex::new(service),
            changing: Mutex::default(),
            store,
            hashes: Mutex::default(),
        }))
    }

    pub(crate) fn service(&self) -> MutexGuard<'_, Service> {
        lock(&self.0.service)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// Whether work that was begun goes on.
    pub(crate) fn is_busy(&self) -> bool {
        Arc::strong_count(&self.0) > 1 || self.0.store.is_busy()
    }

    /// Runs what may take the time of a disk. It is not given up halfway if the caller is.
    pub(crate) async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let backend = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&backend)).await;
        done.map_err(|error| internal_error(io::Error::other(error)))
    }

    /// Decides upon an event, keeps it, and applies it. What the decision gives besides goes to
    /// the caller, if that one still waits for it.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&Service, Timestamp) -> Result<(Event, T), Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.change_or_drop(None, decide).await
    }

    /// The same, where the event refers to a blob: unless it happens, the blob is removed.
    pub(crate) async fn change_with<T: Send + 'static>(
        &self,
        blob: PendingBlob,
        decide: impl FnOnce(&Service, Timestamp) -> Result<(Event, T), Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.change_or_drop(Some(blob), decide).await
    }

    async fn change_or_drop<T: Send + 'static>(
        &self,
        blob: Option<PendingBlob>,
        decide: impl FnOnce(&Service, Timestamp) -> Result<(Event, T), Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        if self.0.store.blocks() {
            self.run_blocking(|backend| backend.change_now(blob, decide)).await?
        } else {
            self.change_now(blob, decide)
        }
    }

    /// Runs from beginning to end whatever becomes of the request: an event that is kept must not
    /// lose its blob because a client has gone.
    fn change_now<T>(
        &self,
        blob: Option<PendingBlob>,
        decide: impl FnOnce(&Service, Timestamp) -> Result<(Event, T), Refusal>,
    ) -> Result<T, Refusal> {
        let changing = lock(&self.0.changing);
        let (event, value) = decide(&self.service(), Timestamp::now())?;
        // Should the disk fail now, nobody knows whether the event is on it. A blob too many is
        // removed at the next start.
        if let Some(blob) = blob {
            blob.keep();
        }
        self.0.store.append(&event).map_err(internal_error)?;
        let ended = match &event {
            Event::SessionEnded { session, .. } => Some(session.clone()),
            Event::FileStored { session, .. } => session.clone(),
            _ => None,
        };
        let unused = self.service().apply(event);
        // Only now: before, somebody could have begun to hash anew.
        if let Some(session) = ended {
            lock(&self.0.hashes).remove(&session);
        }
        drop(changing);
        unused.iter().for_each(|blob| self.0.store.remove(blob));
        Ok(value)
    }

    /// Ends the sessions whose time is over, so that they take no room.
    pub(crate) async fn end_expired_sessions(&self) {
        let expired_sessions = self.service().expired_sessions(Timestamp::now());
        for event in expired_sessions {
            // Whatever hinders it now will not hinder the next sweep.
            let _ = self.change(|_, _| Ok((event, ()))).await;
        }
    }

    /// The hash of a session's content, if its parts are stored without a gap up to `size`.
    pub(crate) fn hash_content(&self, session: &str, size: u64) -> io::Result<Option<Sha1Hash>> {
        let Some(progress) = self.hash_progress(session) else { return Ok(None) };
        let mut progress = lock(&progress);
        self.hash_stored(session, &mut progress)?;
        let whole = progress.offset == size;
        Ok(whole.then(|| Sha1Hash(progress.hasher.clone().finalize().into())))
    }

    /// Does now what [`Self::hash_content`] would have to do later, unless somebody does already.
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

    /// Goes on as far as parts are stored without a gap.
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
