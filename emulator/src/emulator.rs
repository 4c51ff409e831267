//! A running emulator.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use box_upload_sessions::types::FileFull;
use bytes::{Bytes, BytesMut};
use tokio::task::JoinHandle;

use crate::backend::Backend;
use crate::fault::{FaultPlan, Fired, PlanError};
use crate::http::Server;
use crate::request_log::Request;
use crate::store::BlobReader;

/// A running emulator. Dropping it stops it and closes its connections immediately.
#[must_use = "an emulator that is dropped stops"]
pub struct Emulator {
    server: Arc<Server>,
    task: Option<JoinHandle<()>>,
}

impl Emulator {
    pub(crate) fn new(server: Arc<Server>, task: JoinHandle<()>) -> Self {
        Self { server, task: Some(task) }
    }

    /// Base URL for clients: scheme, host and port, such as `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// The stored files, in order of creation.
    #[must_use]
    pub fn files(&self) -> Vec<FileFull> {
        let service = self.server.backend.service();
        let mut files: Vec<_> = service.tree.files().collect();
        files.sort_by_key(|file| (file.id.len(), &file.id));
        files.into_iter().map(|file| service.file_full(file)).collect()
    }

    /// The content of a file.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = box_emulator::Emulator::builder().start().await?;
    /// for file in emulator.files() {
    ///     println!("{}: {} bytes", file.id, emulator.content(&file.id).await?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// There is no such file, or it cannot be read.
    pub async fn content(&self, file_id: &str) -> io::Result<Bytes> {
        let id = file_id.to_owned();
        let content = self.server.backend.run_blocking(move |backend| read_content(backend, &id));
        content.await.map_err(|refusal| io::Error::other(refusal.message))?
    }

    /// The requests received, in order; the last 16,384 of them.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.server.log.requests()
    }

    /// Number of open upload sessions.
    #[must_use]
    pub fn open_sessions(&self) -> usize {
        self.server.backend.service().sessions().count()
    }

    /// Number of open connections. Once it is 0, everything that clients sent has been received.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.server.connections.load(Ordering::Relaxed)
    }

    /// Sets how far the service's clock is ahead of the computer's, and ends the sessions that have
    /// expired by it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// # let emulator = box_emulator::Emulator::builder().start().await?;
    /// // Sessions live for 7 days: all of them have expired.
    /// emulator.set_clock_ahead(Duration::from_secs(8 * 86_400)).await;
    /// assert_eq!(emulator.open_sessions(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn set_clock_ahead(&self, ahead: Duration) {
        self.server.backend.set_clock_ahead(ahead);
        self.server.backend.end_expired_sessions().await;
        self.server.notify_page();
    }

    /// The faults that fired, in order.
    #[must_use]
    pub fn fired(&self) -> Vec<Fired> {
        self.server.faults.fired()
    }

    /// Replaces the fault plan and resets its counters.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use box_emulator::{Action, Fault, FaultPlan, On};
    ///
    /// # let emulator = box_emulator::Emulator::builder().start().await?;
    /// emulator.set_faults(FaultPlan::new(7).fault(Fault::random(On::Any, 0.1, Action::LoseResponse)))?;
    /// // … upload …
    /// emulator.set_faults(FaultPlan::default())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The plan is invalid; the previous one stays.
    pub fn set_faults(&self, plan: FaultPlan) -> Result<(), PlanError> {
        self.server.faults.set_plan(plan.validate()?);
        Ok(())
    }

    /// Stops, and returns once everything is released: a `data` folder can be used again.
    pub async fn stop(mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            // It was aborted; the result does not matter.
            let _ = task.await;
        }
        // Disk writes in progress complete, and hold the server meanwhile.
        while Arc::strong_count(&self.server) > 1 || self.server.backend.is_busy() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

fn read_content(backend: &Backend, file_id: &str) -> io::Result<Bytes> {
    let file = backend.service().tree.file(file_id).cloned();
    let file = file.map_err(|_| io::Error::from(io::ErrorKind::NotFound))?;
    let mut content = BytesMut::new();
    for blob in &file.content {
        let mut reader = BlobReader::open(backend.store(), blob)?;
        reader.read_all(|bytes| content.extend_from_slice(bytes))?;
    }
    Ok(content.freeze())
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("url", &self.url()).finish_non_exhaustive()
    }
}
