//! Connections: accepting, serving and refusing them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::admin::{AdminCall, is_admin_path};
use super::body::RequestBody;
use super::control;
use super::error::{Broken, HandlerError};
use super::exchange::Exchange;
use super::resettable_stream::{ConnectionHandle, ResettableStream};
use super::response::HttpResponse;
use super::route::Route;
use super::server::{CountedConnection, Server};
use crate::fault::Action;

/// How long a client may take to send a request's head.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long a client may be silent before its system is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// Serves connections until it is dropped, which closes them.
pub(crate) async fn accept_connections(
    server: Arc<Server>,
    mut listener: TcpListener,
    tls: Option<TlsAcceptor>,
    mut refusals: mpsc::UnboundedReceiver<Duration>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            Some(time) = refusals.recv() => {
                drop(listener);
                listener = refuse_connections(server.address, time).await;
            }
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let counted = CountedConnection::new(server.clone());
                    let connection = accept_connection(server.clone(), stream, peer, tls.clone());
                    connections.spawn(async move {
                        connection.await;
                        drop(counted);
                    });
                }
                Err(error) => {
                    // Out of file descriptors, for example; some will be released.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            },
        }
    }
}

/// Keeps the port without listening, so that connections are refused, then listens again.
async fn refuse_connections(address: SocketAddr, time: Duration) -> TcpListener {
    let mut held = bind_socket(address);
    tokio::time::sleep(time).await;
    loop {
        match held.and_then(|socket| socket.listen(1_024)) {
            Ok(listener) => return listener,
            Err(error) => tracing::warn!(%error, %address, "cannot listen again"),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        held = bind_socket(address);
    }
}

fn bind_socket(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn accept_connection(
    server: Arc<Server>,
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
) {
    // Only reduces latency.
    let _ = stream.set_nodelay(true);
    // A client that gives up on a stalled upload cannot tell: what it has not sent comes before the end.
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE);
    let _ = SockRef::from(&stream).set_tcp_keepalive(&keepalive);
    let handle = ConnectionHandle::new(stream);
    let wire = ResettableStream::new(handle.clone());
    match server.faults.on_connection() {
        Some(Action::Refuse { seconds }) => {
            server.refuse_connections(Duration::from_secs_f64(seconds));
            return handle.reset();
        }
        Some(Action::Stall { seconds, .. }) => {
            if handle.wait(seconds.map(Duration::from_secs_f64)).await.is_err() {
                return;
            }
        }
        None
        | Some(
            Action::Reset(_)
            | Action::LoseResponse
            | Action::Respond(_)
            | Action::Slow { .. }
            | Action::Truncate
            | Action::SessionConflict
            | Action::ExpireSession
            | Action::FailSession
            | Action::ExpireToken
            | Action::Corrupt { .. }
            | Action::OtherHost(_),
        ) => {}
    }
    match tls {
        None => serve_connection(server, handle, peer, wire).await,
        Some(tls) => match tls.accept(wire).await {
            Ok(stream) => serve_connection(server, handle, peer, stream).await,
            Err(error) => tracing::debug!(%error, "TLS handshake failed"),
        },
    }
}

async fn serve_connection<S>(
    server: Arc<Server>,
    handle: ConnectionHandle,
    peer: SocketAddr,
    stream: S,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service =
        service_fn(|request| handle_request(server.clone(), handle.clone(), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Responds to a request and logs it.
async fn handle_request(
    server: Arc<Server>,
    handle: ConnectionHandle,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<HttpResponse, Broken> {
    let (head, incoming) = request.into_parts();
    let mut body = RequestBody::new(incoming, handle.clone());
    if server.control && head.uri.path() == control::PATH {
        return control::handle_control(&server, &head.method, &mut body).await.map_err(|_| Broken);
    }
    if is_admin_path(head.uri.path()) {
        let call = AdminCall { server: &server, head: &head, peer };
        return call.respond(&mut body).await.map_err(|_| Broken);
    }
    let route = Route::find(&head.method, head.uri.path());
    let operation = route.as_ref().ok().map(|route| route.operation);
    let path = head.uri.path_and_query().map_or("", |path| path.as_str());
    let number = server.log.record_arrival(operation, &head.method, path, &head.headers);
    server.notify_page();
    let exchange = Exchange { server: server.clone(), connection: handle.clone(), head, number };
    let (response, received) = exchange.handle_request(route, body).await;
    let sent = response.as_ref().ok();
    let sent = sent.map(|response| (response.status().as_u16(), response.body().left()));
    server.log.record_end(number, received, sent);
    server.notify_page();
    response.map_err(|stop| {
        if let HandlerError::Broken = stop {
            handle.reset();
        }
        Broken
    })
}
