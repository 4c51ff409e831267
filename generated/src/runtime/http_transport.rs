//! The transport of feature `client`: hyper's client over pooled connections, TLS by rustls.

use std::fmt;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Extensions, Request, Response, Uri};
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::client::legacy::{Builder, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};

use super::connection::ConnectionHandle;
use super::connector::Connector;
use super::error::BuildError;
use super::opener::{Open, Opener, Resolve, open_tcp};
#[cfg(feature = "proxy")]
use super::proxy::Proxies;
use super::tls::{Roots, Tls, add_der, add_pem};
use super::{Body, BoxError, BoxFuture, Connection, Error, Failure, Transport};

/// The default HTTP stack of a client: HTTP/1.1 over pooled connections, with TLS by rustls. Clones
/// share connections.
///
/// It never follows redirects, and never resends a request that may have arrived in part. It needs a
/// Tokio runtime with I/O and time enabled.
///
/// With the feature `http2`, requests without a body or with a small one share a connection if the
/// service supports HTTP/2. Others use their own HTTP/1.1 connections, so that uploads neither compete
/// for flow-control windows nor delay other requests.
#[derive(Clone)]
pub struct HttpTransport {
    http1: Client<Connector, Body>,
    #[cfg(feature = "http2")]
    http2: Client<Connector, Body>,
    #[cfg(feature = "proxy")]
    proxies: Arc<Proxies>,
}

/// The largest body that shares a connection of HTTP/2.
#[cfg(feature = "http2")]
const SMALL: u64 = 16 << 10;

impl HttpTransport {
    /// Returns a builder. By default, the transport trusts the system's root certificates and takes at
    /// most 10 s to connect.
    pub fn builder() -> HttpTransportBuilder {
        let mut hyper = Client::builder(TokioExecutor::new());
        hyper.pool_timer(TokioTimer::new()).timer(TokioTimer::new());
        // Without it, a connection that a router has forgotten would be used again and again.
        #[cfg(feature = "http2")]
        hyper.http2_keep_alive_interval(Duration::from_secs(30));
        HttpTransportBuilder {
            connect_timeout: Duration::from_secs(10),
            roots: Roots::System,
            given: RootCertStore::empty(),
            tls: None,
            open: None,
            resolve: None,
            #[cfg(feature = "proxy")]
            proxy: None,
            #[cfg(feature = "proxy")]
            proxy_from_env: false,
            hyper,
            mistake: None,
        }
    }

    #[cfg(not(feature = "http2"))]
    fn client(&self, _: &Body) -> &Client<Connector, Body> {
        &self.http1
    }

    #[cfg(feature = "http2")]
    fn client(&self, body: &Body) -> &Client<Connector, Body> {
        let small = body.in_memory().is_some_and(|bytes| bytes.len() as u64 <= SMALL);
        if small { &self.http2 } else { &self.http1 }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        #[cfg(feature = "proxy")]
        let request = authorize(&self.proxies, request);
        let mut request = request;
        let client = self.client(request.body());
        let mut response_guard = ResponseGuard::default();
        let mut request_guard = RequestGuard {
            connection: capture_connection(&mut request),
            state: response_guard.state.clone(),
        };
        let response =
            client.request(request.map(|body| body.watched(move || request_guard.begin())));
        Box::pin(async move {
            match response.await {
                Ok(response) => {
                    response_guard.is_answered = true;
                    let watch = move || {
                        let _held = &response_guard;
                    };
                    Ok(response.map(|body| Body::wrap(body).watched(watch)))
                }
                Err(error) if error.is_connect() => Err(Error::Connect(error.into())),
                Err(error) => Err(Error::Transport(error.into())),
            }
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Closes the connection when nobody waits for more of the response, unless the service has read the whole
/// request.
///
/// Otherwise hyper waits until the service reads on, with the rest of the request in memory, for as long as the
/// connection lasts: after an early response, and after a call that was dropped. The connection may carry another
/// request by then, because hyper reuses it as soon as a response has arrived, even if the caller has not read
/// it. Only the last request of a connection closes it.
#[derive(Default)]
struct ResponseGuard {
    state: Arc<Mutex<BodyState>>,
    /// Whether there is a response.
    is_answered: bool,
}

/// How far hyper is with the body of a request.
#[derive(Default)]
enum BodyState {
    #[default]
    Waiting,
    /// Hyper has begun to read it.
    Begun { connection: ConnectionHandle, number: u64, is_sent: bool },
    /// Nobody waits for the response.
    Over,
}

impl Drop for ResponseGuard {
    fn drop(&mut self) {
        let state = mem::replace(&mut *lock(&self.state), BodyState::Over);
        if let BodyState::Begun { connection, number, is_sent } = state {
            connection.end_request(number, self.is_answered && is_sent);
        }
    }
}

/// Held by the body of a request until hyper has all of it.
struct RequestGuard {
    connection: CaptureConnection,
    state: Arc<Mutex<BodyState>>,
}

impl RequestGuard {
    /// Notes which connection hyper sends the body over.
    fn begin(&mut self) {
        let mut state = lock(&self.state);
        if let BodyState::Begun { .. } = &*state {
            return;
        }
        let mut extras = Extensions::new();
        if let Some(connected) = &*self.connection.connection_metadata() {
            connected.get_extras(&mut extras);
        }
        let Some(connection) = extras.remove::<ConnectionHandle>() else { return };
        let number = connection.begin_request();
        if let BodyState::Waiting = &*state {
            *state = BodyState::Begun { connection, number, is_sent: false };
        } else {
            drop(state);
            connection.end_request(number, false);
        }
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        if let BodyState::Begun { is_sent, .. } = &mut *lock(&self.state) {
            *is_sent = true;
        }
    }
}

fn lock(state: &Mutex<BodyState>) -> MutexGuard<'_, BodyState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(feature = "proxy")]
fn authorize(proxies: &Proxies, mut request: Request<Body>) -> Request<Body> {
    if let Some(authorization) = proxies.authorization(request.uri()) {
        request.headers_mut().insert(http::header::PROXY_AUTHORIZATION, authorization);
    }
    request
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").finish_non_exhaustive()
    }
}

/// Builder for an [`HttpTransport`].
#[must_use]
pub struct HttpTransportBuilder {
    connect_timeout: Duration,
    roots: Roots,
    given: RootCertStore,
    tls: Option<Arc<ClientConfig>>,
    open: Option<Open>,
    resolve: Option<Resolve>,
    #[cfg(feature = "proxy")]
    proxy: Option<String>,
    #[cfg(feature = "proxy")]
    proxy_from_env: bool,
    hyper: Builder,
    /// What is wrong, first of all.
    mistake: Option<String>,
}

impl HttpTransportBuilder {
    /// Limits the time to connect, by default to 10 s: name resolution, TCP, proxy and TLS together.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Sets which certificate authorities are trusted in addition to those added one by one; by default,
    /// the system's. If there are none, the first connection that needs one fails.
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = roots;
        self
    }

    /// Also trusts the certificate authorities in a PEM file.
    pub fn root_certificate_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        let added = add_pem(&mut self.given, pem.as_ref());
        self.mistake = self.mistake.or(added.err());
        self
    }

    /// Also trusts this certificate authority, given as DER.
    pub fn root_certificate_der(mut self, der: impl AsRef<[u8]>) -> Self {
        let added = add_der(&mut self.given, der.as_ref());
        self.mistake = self.mistake.or(added.err());
        self
    }

    /// Sets the whole TLS configuration, for example to use a client certificate, another cryptography
    /// provider or the system's verifier. Roots and certificates set here are ignored, and its ALPN
    /// protocols are replaced.
    pub fn tls(mut self, config: ClientConfig) -> Self {
        self.tls = Some(Arc::new(config));
        self
    }

    /// Sets the function that returns a host's addresses, instead of the system's resolver. Ports in
    /// the addresses are ignored.
    pub fn resolver(
        mut self,
        resolve: impl Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.resolve = Some(Arc::new(resolve));
        self
    }

    /// Sets the function that opens connections, instead of TCP, to the host and port of a URL, which
    /// may be a proxy's. TLS is added to them.
    pub fn connector(
        mut self,
        open: impl Fn(Uri) -> BoxFuture<'static, Result<Connection, BoxError>> + Send + Sync + 'static,
    ) -> Self {
        self.open = Some(Arc::new(open));
        self
    }

    /// Sends all requests through this proxy: `http://host:port`, `https://host:port` or
    /// `socks5://host:port`, optionally with `user:password@`. A SOCKS proxy resolves host names.
    /// `NO_PROXY` applies if [`Self::proxy_from_env`] is on.
    #[cfg(feature = "proxy")]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Sets whether to use the proxies in the environment; by default, they are ignored.
    ///
    /// `HTTPS_PROXY` applies to https, `HTTP_PROXY` to http, `ALL_PROXY` to both otherwise, in upper or
    /// lower case. `NO_PROXY` is a comma-separated list of exceptions: hosts, which include their
    /// subdomains, IP addresses, networks (`10.0.0.0/8`), or `*` for all. If `REQUEST_METHOD` is set,
    /// the process is a CGI script and `HTTP_PROXY` may come from a request's header, so it is ignored.
    #[cfg(feature = "proxy")]
    pub fn proxy_from_env(mut self, on: bool) -> Self {
        self.proxy_from_env = on;
        self
    }

    /// Configures hyper's client: its pool, its buffers, HTTP/1.1 and HTTP/2.
    pub fn hyper(mut self, configure: impl FnOnce(&mut Builder)) -> Self {
        configure(&mut self.hyper);
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    /// A certificate, the proxy or one in the environment is invalid.
    pub fn build(self) -> Result<HttpTransport, BuildError> {
        self.assemble().map_err(|text| BuildError::new("transport", &text))
    }

    fn assemble(self) -> Result<HttpTransport, String> {
        if let Some(mistake) = self.mistake {
            return Err(mistake);
        }
        #[cfg(feature = "proxy")]
        let proxies = {
            let from_env = self.proxy_from_env;
            let environment = |name: &str| std::env::var_os(name).filter(|_| from_env);
            Arc::new(Proxies::new(self.proxy.as_deref(), &environment)?)
        };
        let limit = self.connect_timeout;
        let open = self.open.unwrap_or_else(|| open_tcp(self.resolve, limit));
        let connector = Connector {
            opener: Opener { open, tls: Tls::new(self.roots, self.given, self.tls) },
            #[cfg(feature = "proxy")]
            proxies: proxies.clone(),
            limit,
            http2: false,
        };
        Ok(HttpTransport {
            #[cfg(feature = "http2")]
            http2: self.hyper.build(Connector { http2: true, ..connector.clone() }),
            http1: self.hyper.build(connector),
            #[cfg(feature = "proxy")]
            proxies,
        })
    }
}

impl fmt::Debug for HttpTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransportBuilder").finish_non_exhaustive()
    }
}
