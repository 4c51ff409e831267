//! What all connections have in common.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::backend::Backend;
use crate::fault::Faults;
use crate::request_log::RequestLog;

/// The state behind the port.
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

    /// Refuses connections from now on for so long.
    pub(crate) fn refuse(&self, time: Duration) {
        // Nobody receives it only when the server is about to end.
        let _ = self.refusals.send(time);
    }
}
