//! HTTP transport with proxies, custom certificates and a bandwidth limit.
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
mod proxy;
mod stream;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use box_upload_sessions::runtime::{BoxFuture, Failure, Transport};
use box_upload_sessions::{Body, Error};
use http::header::{CONTENT_TYPE, PROXY_AUTHORIZATION};
use http::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use connector::Connector;
use limited_body::LimitedBody;
use limiter::Limiter;
use proxy::Proxies;
use tls::Tls;

use crate::environment::Environment;

/// HTTP/1.1 over pooled connections, with TLS by rustls.
///
/// It never follows redirects, and never resends a request that may have arrived in part. It needs
/// a Tokio runtime with I/O and time. Clones share connections and bandwidth limit.
#[derive(Clone)]
pub struct HttpTransport {
    client: Client<Connector, LimitedBody>,
    proxies: Arc<Proxies>,
    limiter: Option<Arc<Limiter>>,
}

impl HttpTransport {
    /// Returns a builder: proxies from the environment, the system's root certificates, no
    /// bandwidth limit, 10 s to connect.
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder {
            proxy_from_env: true,
            proxy: None,
            certificates: Vec::new(),
            bytes_per_second: None,
            connect_timeout: Duration::from_secs(10),
        }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        let (mut head, body) = request.into_parts();
        if let Some(authorization) = self.proxies.authorization(&head.uri) {
            head.headers.insert(PROXY_AUTHORIZATION, authorization);
        }
        // Small, urgent requests do not queue behind content, which is what the limit is for.
        let is_json = head.headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
        let limiter = self.limiter.clone().filter(|_| !is_json);
        let body = LimitedBody::new(body, limiter);
        let response = self.client.request(Request::from_parts(head, body));
        Box::pin(async move {
            match response.await {
                Ok(response) => Ok(response.map(Body::wrap)),
                Err(error) if error.is_connect() => Err(Error::Connect(error.into())),
                Err(error) => Err(Error::Transport(error.into())),
            }
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
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
    proxy_from_env: bool,
    proxy: Option<String>,
    certificates: Vec<Vec<u8>>,
    bytes_per_second: Option<u64>,
    connect_timeout: Duration,
}

impl HttpTransportBuilder {
    /// Whether to use the proxies named in the environment; true by default.
    ///
    /// `HTTPS_PROXY` applies to https, `HTTP_PROXY` to http, `ALL_PROXY` to both otherwise, in
    /// upper or lower case. Values are as in [`Self::proxy`]. `NO_PROXY` is a comma-separated list
    /// of exceptions: hosts, which include their subdomains, IP addresses, networks (`10.0.0.0/8`),
    /// or `*` for all. If `REQUEST_METHOD` is set, the process is a CGI script and `HTTP_PROXY` may
    /// come from a request header, so it is ignored.
    pub fn proxy_from_env(mut self, on: bool) -> Self {
        self.proxy_from_env = on;
        self
    }

    /// Sends everything through this proxy, overriding the environment: `http://host:port`,
    /// `https://host:port` or `socks5://host:port`, optionally with `user:password@`. A SOCKS proxy
    /// resolves host names. `NO_PROXY` still applies, unless [`Self::proxy_from_env`] is off.
    ///
    /// # Errors
    /// The URL is not valid.
    pub fn proxy(mut self, url: impl Into<String>) -> Result<Self, BuildError> {
        let url = url.into();
        proxy::check("proxy", &url).map_err(BuildError)?;
        self.proxy = Some(url);
        Ok(self)
    }

    /// Trusts these PEM certificates in addition to the system's.
    pub fn root_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(pem.into());
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
    /// A proxy in the environment or a certificate is invalid, or the bandwidth limit is 0.
    pub fn build(self) -> Result<HttpTransport, BuildError> {
        self.build_in(&|name| std::env::var_os(name)).map_err(BuildError)
    }

    fn build_in(self, environment: Environment<'_>) -> Result<HttpTransport, String> {
        let nothing: Environment<'_> = &|_| None;
        let environment = if self.proxy_from_env { environment } else { nothing };
        let proxies = Arc::new(Proxies::new(self.proxy, environment)?);
        let limiter = match self.bytes_per_second {
            Some(0) => return Err("the bandwidth limit is 0".to_owned()),
            limit => limit.map(|limit| Arc::new(Limiter::new(limit))),
        };
        let tls = Tls::new(&self.certificates)?;
        let connector = Connector::new(proxies.clone(), tls, self.connect_timeout);
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new());
        // Buffered bytes count as sent: a small buffer lets slow connections show progress.
        client.http1_max_buf_size(64 * 1024);
        let client = client.build(connector);
        Ok(HttpTransport { client, proxies, limiter })
    }
}

impl fmt::Debug for HttpTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransportBuilder").finish_non_exhaustive()
    }
}

/// Why an [`HttpTransport`] cannot be built.
#[derive(Clone, Debug)]
pub struct BuildError(String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot configure the transport: {}", self.0)
    }
}

impl std::error::Error for BuildError {}
