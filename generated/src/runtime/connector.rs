//! Establishing connections.

use std::io;
#[cfg(feature = "proxy")]
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
use tower_service::Service;

use super::opener::Opener;
#[cfg(feature = "proxy")]
use super::proxy::Proxies;
use super::{BoxError, BoxFuture, Connection};

/// Connects to the service, through a proxy if one applies.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) opener: Opener,
    #[cfg(feature = "proxy")]
    pub(super) proxies: Arc<Proxies>,
    pub(super) limit: Duration,
    /// Whether HTTP/2 is offered.
    pub(super) http2: bool,
}

impl Connector {
    async fn connect(self, destination: Uri) -> Result<Connection, BoxError> {
        #[cfg(feature = "proxy")]
        if let Some(connected) =
            self.proxies.connect(&self.opener, destination.clone(), self.http2).await
        {
            return connected;
        }
        Ok(self.opener.open(destination, self.http2).await?)
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Connection>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, destination: Uri) -> Self::Future {
        let limit = self.limit;
        let connector = self.clone();
        Box::pin(async move {
            match tokio::time::timeout(limit, connector.connect(destination)).await {
                Ok(connected) => connected.map(TokioIo::new),
                Err(_) => {
                    let text = format!("connecting timed out after {limit:?}");
                    Err(io::Error::new(io::ErrorKind::TimedOut, text).into())
                }
            }
        })
    }
}
