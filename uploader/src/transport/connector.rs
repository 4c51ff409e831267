//! Establishing connections.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, io};

use box_upload_sessions::runtime::BoxError;
use http::uri::{Authority, Scheme, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
#[cfg(any(target_os = "android", target_os = "linux"))]
use socket2::SockRef;
use tokio::net::TcpStream;
use tower_service::Service;

use super::proxy::{Proxies, Route};
use super::stream::Stream;
use super::tls::Tls;

type Connecting<E> = Pin<Box<dyn Future<Output = Result<TokioIo<Stream>, E>> + Send>>;

/// Connects to the service, through a proxy where one applies.
#[derive(Clone)]
pub(super) struct Connector {
    opener: Opener,
    proxies: Arc<Proxies>,
    limit: Duration,
}

impl Connector {
    pub(super) fn new(proxies: Arc<Proxies>, tls: Tls, limit: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // The timeout covers everything. Set here too, it is divided among the addresses of a host,
        // so that a dead one leaves time for the others.
        tcp.set_connect_timeout(Some(limit));
        Self { opener: Opener { tcp, tls }, proxies, limit }
    }

    async fn connect(self, destination: Uri) -> Result<Stream, BoxError> {
        match self.proxies.route(&destination) {
            Some((proxy, route)) => {
                let connected = self.by_proxy(proxy.clone(), route, destination).await;
                connected.map_err(|source| ProxyError { proxy, source }.into())
            }
            None => Ok(self.opener.open(destination).await?),
        }
    }

    async fn by_proxy(
        self,
        proxy: Uri,
        route: Route,
        destination: Uri,
    ) -> Result<Stream, BoxError> {
        let opener = self.opener.clone();
        let stream = match route {
            Route::Forward => return Ok(opener.open(proxy).await?.forwarded()),
            Route::Tunnel(authorization) => {
                let tunnel = Tunnel::new(proxy, opener);
                let mut tunnel = match authorization {
                    Some(authorization) => tunnel.with_auth(authorization),
                    None => tunnel,
                };
                tunnel.call(destination.clone()).await?
            }
            Route::Socks(login) => {
                let socks = SocksV5::new(proxy, opener);
                let mut socks = match login {
                    Some((user, password)) => socks.with_auth(user, password),
                    None => socks,
                };
                socks.call(with_port(destination.clone())).await?
            }
        };
        let stream = stream.into_inner();
        if is_secure(&destination) {
            Ok(self.opener.tls.connect(&destination, stream).await?)
        } else {
            Ok(stream)
        }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = BoxError;
    type Future = Connecting<BoxError>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, destination: Uri) -> Self::Future {
        let limit = self.limit;
        let connector = self.clone();
        Box::pin(async move {
            match tokio::time::timeout(limit, connector.connect(destination)).await {
                Ok(connected) => connected.map(TokioIo::new),
                Err(_) => Err(format!("connecting timed out after {limit:?}").into()),
            }
        })
    }
}

/// Connects to a host directly.
#[derive(Clone)]
struct Opener {
    tcp: HttpConnector,
    tls: Tls,
}

impl Opener {
    async fn open(&self, uri: Uri) -> io::Result<Stream> {
        let tcp = self.tcp.clone().call(uri.clone()).await.map_err(io::Error::other)?;
        let tcp = tcp.into_inner();
        keep_buffers_short(&tcp);
        let stream = Stream::tcp(tcp);
        if is_secure(&uri) { self.tls.connect(&uri, stream).await } else { Ok(stream) }
    }
}

impl Service<Uri> for Opener {
    type Response = TokioIo<Stream>;
    type Error = io::Error;
    type Future = Connecting<io::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let opener = self.clone();
        Box::pin(async move { opener.open(uri).await.map(TokioIo::new) })
    }
}

/// Bytes written to a connection that may be queued locally.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNSENT: u32 = 128 * 1024;

/// Queues written bytes here rather than in the system's send buffer, whose megabytes hide progress
/// on slow connections for minutes. Without this, only progress is less accurate.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn keep_buffers_short(tcp: &TcpStream) {
    if let Err(error) = SockRef::from(tcp).set_tcp_notsent_lowat(UNSENT) {
        tracing::debug!(%error, "TCP_NOTSENT_LOWAT is not set");
    }
}

#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn keep_buffers_short(_: &TcpStream) {}

fn is_secure(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
}

/// Makes the port of plain HTTP explicit: a SOCKS connector assumes that of TLS for any scheme.
fn with_port(uri: Uri) -> Uri {
    let Some(host) = uri.host().filter(|_| uri.port().is_none() && !is_secure(&uri)) else {
        return uri;
    };
    let mut parts = uri.clone().into_parts();
    parts.authority = format!("{host}:80").parse::<Authority>().ok().or(parts.authority);
    Uri::from_parts(parts).unwrap_or(uri)
}

/// Why a proxy cannot be used.
#[derive(Debug)]
struct ProxyError {
    proxy: Uri,
    source: BoxError,
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot connect through the proxy {}", self.proxy)
    }
}

impl std::error::Error for ProxyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
