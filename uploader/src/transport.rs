//! HTTP transport with proxies, custom certificates and a bandwidth limit: that of the generated crate,
//! tuned for uploads.
//!
//! ```
//! use std::time::Duration;
//!
//! use box_upload_sessions::Client;
//! use box_uploader::transport::HttpTransport;
//!
//! # fn example(token: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let transport = HttpTransport::builder()
//!     .root_certificate_pem(std::fs::read("company-ca.pem")?)
//!     .bytes_per_second(2_000_000)
//!     .connect_timeout(Duration::from_secs(5))
//!     .build()?;
//! let client = Client::builder().transport(transport).access_token(token).build()?;
//! # Ok(())
//! # }
//! ```

mod connector;
mod limited_body;
mod limiter;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use box_upload_sessions::Body;
use box_upload_sessions::runtime::{self, BoxFuture, Failure, Transport};
use http::header::CONTENT_TYPE;
use http::{Request, Response};

use limited_body::LimitedBody;
use limiter::Limiter;

/// HTTP/1.1 over pooled connections, with TLS by rustls.
///
/// It never follows redirects, and never resends a request that may have arrived in part. It needs
/// a Tokio runtime with I/O and time. Clones share connections and bandwidth limit.
#[derive(Clone)]
pub struct HttpTransport {
    inner: runtime::HttpTransport,
    limiter: Option<Arc<Limiter>>,
}

impl HttpTransport {
    /// Returns a builder: proxies from the environment, the system's root certificates, no
    /// bandwidth limit, 10 s to connect.
    pub fn builder() -> HttpTransportBuilder {
        let inner = runtime::HttpTransport::builder().proxy_from_env(true);
        HttpTransportBuilder {
            inner,
            bytes_per_second: None,
            connect_timeout: Duration::from_secs(10),
        }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        // Small, urgent requests do not queue behind content, which is what the limit is for.
        let kind = request.headers().get(CONTENT_TYPE);
        let is_json = kind.is_some_and(|kind| kind == "application/json");
        self.inner.send(match &self.limiter {
            Some(limiter) if !is_json => {
                request.map(|body| Body::wrap(LimitedBody::new(body, limiter.clone())))
            }
            _ => request,
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.inner.sleep(duration)
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").finish_non_exhaustive()
    }
}

/// Builder for [`HttpTransport`].
#[must_use]
pub struct HttpTransportBuilder {
    inner: runtime::HttpTransportBuilder,
    bytes_per_second: Option<u64>,
    connect_timeout: Duration,
}

impl HttpTransportBuilder {
    /// Whether to use the proxies named in the environment; true by default. How they are named is
    /// said at [`HttpTransportBuilder::proxy_from_env`](runtime::HttpTransportBuilder::proxy_from_env)
    /// of the generated crate.
    pub fn proxy_from_env(mut self, on: bool) -> Self {
        self.inner = self.inner.proxy_from_env(on);
        self
    }

    /// Sends everything through this proxy, overriding the environment: `http://host:port`,
    /// `https://host:port` or `socks5://host:port`, optionally with `user:password@`. A SOCKS proxy
    /// resolves host names. `NO_PROXY` still applies, unless [`Self::proxy_from_env`] is off.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.inner = self.inner.proxy(url);
        self
    }

    /// Trusts these PEM certificates in addition to the system's.
    pub fn root_certificate_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.inner = self.inner.root_certificate_pem(pem);
        self
    }

    /// Limits the bandwidth of request bodies, in bytes per second over all requests; unlimited by
    /// default. JSON does not count.
    pub fn bytes_per_second(mut self, bytes: u64) -> Self {
        self.bytes_per_second = Some(bytes);
        self
    }

    /// Limits the time to connect, including name resolution, TCP, proxy and TLS.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    /// A proxy or a certificate is invalid, or the bandwidth limit is 0.
    pub fn build(self) -> Result<HttpTransport, BuildError> {
        let limiter = match self.bytes_per_second {
            Some(0) => return Err(BuildError::ZeroLimit),
            limit => limit.map(|limit| Arc::new(Limiter::new(limit))),
        };
        let inner = self.inner.connect_timeout(self.connect_timeout);
        let inner = inner.connector(connector::open_connections(self.connect_timeout));
        // Buffered bytes count as sent: a small buffer lets slow connections show progress.
        let inner = inner.hyper(|hyper| {
            hyper.http1_max_buf_size(64 * 1024);
        });
        Ok(HttpTransport { inner: inner.build().map_err(BuildError::Transport)?, limiter })
    }
}

impl fmt::Debug for HttpTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransportBuilder").finish_non_exhaustive()
    }
}

/// Why an [`HttpTransport`] cannot be built.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// A proxy or a certificate is invalid.
    Transport(box_upload_sessions::BuildError),
    /// The bandwidth limit is 0.
    ZeroLimit,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => error.fmt(f),
            Self::ZeroLimit => f.write_str("cannot build the transport: the bandwidth limit is 0"),
        }
    }
}

impl std::error::Error for BuildError {}
