//! State shared by all connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::admin::Gate;
use crate::backend::Backend;
use crate::fault::{FaultPlan, Faults};
use crate::request_log::RequestLog;

/// State shared by all connections.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) backend: Backend,
    pub(crate) faults: Faults,
    /// The fault plan that the emulator was started with.
    pub(crate) first_plan: FaultPlan,
    pub(crate) log: RequestLog,
    /// Counts changes of all of these.
    pub(crate) changes: watch::Sender<u64>,
    /// Number of open connections.
    pub(crate) connections: AtomicUsize,
    pub(crate) gate: Gate,
    pub(crate) address: SocketAddr,
    pub(crate) scheme: &'static str,
    pub(crate) control: bool,
    pub(crate) refusals: mpsc::UnboundedSender<Duration>,
}

impl Server {
    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Tells the page that something changed.
    pub(crate) fn notify_page(&self) {
        self.changes.send_modify(|revision| *revision += 1);
    }

    /// Refuses new connections for a time.
    pub(crate) fn refuse_connections(&self, time: Duration) {
        // The receiver is gone only when the server stops.
        let _ = self.refusals.send(time);
    }
}

/// Counts a connection until it is dropped.
pub(crate) struct CountedConnection(Arc<Server>);

impl CountedConnection {
    pub(crate) fn new(server: Arc<Server>) -> Self {
        server.connections.fetch_add(1, Ordering::Relaxed);
        Self(server)
    }
}

impl Drop for CountedConnection {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
