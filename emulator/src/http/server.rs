//! State shared by all connections.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::backend::Backend;
use crate::fault::Faults;
use crate::request_log::RequestLog;

/// State shared by all connections.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) backend: Backend,
    pub(crate) faults: Faults,
    pub(crate) log: RequestLog,
    pub(crate) address: SocketAddr,
    pub(crate) scheme: &'static str,
    pub(crate) control: bool,
    pub(crate) refusals: mpsc::UnboundedSender<Duration>,
}

impl Server {
    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Refuses new connections for a time.
    pub(crate) fn refuse(&self, time: Duration) {
        // The receiver is gone only when the server stops.
        let _ = self.refusals.send(time);
    }
}
