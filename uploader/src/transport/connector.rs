//! TCP connections on which progress can be seen.

use std::time::Duration;

use box_upload_sessions::runtime::{BoxError, BoxFuture, Connection};
use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
#[cfg(any(target_os = "android", target_os = "linux"))]
use socket2::SockRef;
use tokio::net::TcpStream;
use tower_service::Service;

/// A function that opens connections, as the transport of the generated crate wants it.
pub(super) fn open_connections(
    limit: Duration,
) -> impl Fn(Uri) -> BoxFuture<'static, Result<Connection, BoxError>> + Send + Sync + 'static {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    // The transport's limit covers everything. Set here too, it is divided among the addresses of a
    // host, so that a dead one leaves time for the others.
    tcp.set_connect_timeout(Some(limit));
    move |uri| {
        let mut tcp = tcp.clone();
        Box::pin(async move {
            let stream = tcp.call(uri).await?.into_inner();
            keep_buffers_short(&stream);
            Ok(Connection::new(stream))
        })
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
