//! Opening connections, with TLS or without.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::{Scheme, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower_service::Service;

use super::body::io_error;
use super::tls::Tls;
use super::{BoxError, BoxFuture, Connection};

/// Opens a connection to the host and port of a URL, without TLS.
pub(super) type Open =
    Arc<dyn Fn(Uri) -> BoxFuture<'static, Result<Connection, BoxError>> + Send + Sync>;

/// Returns the addresses of a host.
pub(super) type Resolve =
    Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Connects to a host directly.
#[derive(Clone)]
pub(super) struct Opener {
    pub(super) open: Open,
    pub(super) tls: Tls,
}

impl Opener {
    pub(super) async fn open(&self, uri: Uri, http2: bool) -> io::Result<Connection> {
        let connection = (self.open)(uri.clone()).await.map_err(io_error)?;
        match is_secure(&uri) {
            true => self.tls.connect(&uri, connection, http2).await,
            false => Ok(connection),
        }
    }
}

pub(super) fn is_secure(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
}

/// Opens TCP connections, to the addresses that `resolve` gives, else to the system's.
pub(super) fn open_tcp(resolve: Option<Resolve>, limit: Duration) -> Open {
    let resolver = match resolve {
        Some(resolve) => Resolver::Own(resolve),
        None => Resolver::System(GaiResolver::new()),
    };
    let mut tcp = HttpConnector::new_with_resolver(resolver);
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    // A connection that a router has forgotten is an error after some two minutes.
    tcp.set_keepalive(Some(Duration::from_secs(60)));
    tcp.set_keepalive_interval(Some(Duration::from_secs(15)));
    tcp.set_keepalive_retries(Some(4));
    // The limit covers everything. Set here too, it is divided among the addresses of a host, so that
    // a dead one leaves time for the others.
    tcp.set_connect_timeout(Some(limit));
    Arc::new(move |uri| {
        let mut tcp = tcp.clone();
        Box::pin(async move { Ok(Connection::new(tcp.call(uri).await?.into_inner())) })
    })
}

#[derive(Clone)]
enum Resolver {
    System(GaiResolver),
    Own(Resolve),
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        match self {
            Self::System(system) => {
                let addresses = system.call(name);
                Box::pin(async move { Ok(addresses.await?.collect::<Vec<_>>().into_iter()) })
            }
            Self::Own(resolve) => {
                let addresses = resolve(name.as_str().to_owned());
                Box::pin(async move { Ok(addresses.await?.into_iter()) })
            }
        }
    }
}
