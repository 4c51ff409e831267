//! Connections of a recorder or replayer.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use box_upload_sessions::runtime::{Body, BoxFuture};
use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// How long a client may take to send a request's head.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A running recorder or replayer. Dropping it stops it and closes its connections immediately.
#[derive(Debug)]
#[must_use = "a recorder or replayer that is dropped stops"]
pub struct RunningProxy {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl RunningProxy {
    /// Base URL for clients, such as `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for RunningProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Responds to requests.
pub(super) trait Handler: Send + Sync + 'static {
    fn respond(self: Arc<Self>, request: Request<Incoming>) -> BoxFuture<'static, Response<Body>>;
}

/// Listens, and serves connections in the background.
pub(super) async fn listen(
    address: SocketAddr,
    handler: Arc<impl Handler>,
) -> io::Result<RunningProxy> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(accept_connections(listener, handler));
    Ok(RunningProxy { address, task })
}

async fn accept_connections(listener: TcpListener, handler: Arc<impl Handler>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, handler.clone()));
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

async fn serve_connection(stream: TcpStream, handler: Arc<impl Handler>) {
    // Only reduces latency.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let response = handler.clone().respond(request);
        async { Ok::<_, Infallible>(response.await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Base URL that the client used.
pub(super) fn own_url(request: &Request<Incoming>) -> String {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or("127.0.0.1"))
}

/// Path and query of a request.
pub(super) fn path_of(request: &Request<Incoming>) -> String {
    request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned()
}

/// Collects a body of at most `limit` bytes.
pub(super) async fn collect_body<B>(body: B, limit: usize) -> Result<Bytes, String>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let collected = Limited::new(body, limit).collect().await;
    collected.map(|body| body.to_bytes()).map_err(|error| error.to_string())
}

/// A response of the proxy itself.
pub(super) fn error_response(status: StatusCode, message: &str) -> Response<Body> {
    let error = json!({ "type": "error", "status": status.as_u16(), "message": message });
    let mut response = Response::new(Body::from(error.to_string()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
