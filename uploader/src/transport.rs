//! HTTP over the networks that uploads meet: proxies, own certificates, a limit of bandwidth.
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
//! let client = Client::builder().transport(transport).oauth2_security(token).build()?;
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
/// It never follows a redirect, and never sends a request twice of which anything may have
/// arrived. It needs a Tokio runtime with I/O and time. Clones share the connections and the limit
/// of bandwidth.
#[derive(Clone)]
pub struct HttpTransport {
    client: Client<Connector, LimitedBody>,
    proxies: Arc<Proxies>,
    limiter: Option<Arc<Limiter>>,
}

impl HttpTransport {
    /// Begins the configuration: proxies as the environment says, the system's root certificates,
    /// no limit of bandwidth, 10 s to connect.
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
        // What is small and urgent does not wait behind what is large: the limit is for content.
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

/// What an [`HttpTransport`] is made of.
#[must_use]
pub struct HttpTransportBuilder {
    proxy_from_env: bool,
    proxy: Option<String>,
    certificates: Vec<Vec<u8>>,
    bytes_per_second: Option<u64>,
    connect_timeout: Duration,
}

impl HttpTransportBuilder {
    /// Whether the environment names proxies; by default it does.
    ///
    /// `HTTPS_PROXY` is for https, `HTTP_PROXY` for http, `ALL_PROXY` for both where there is no
    /// other, in capital or small letters. Their values are as in [`Self::proxy`]. `NO_PROXY` is
    /// a list of what is reached without a proxy, with commas between: a host, which stands for
    /// the hosts below it too, an IP address or a network (`10.0.0.0/8`), or `*` for everything.
    /// Where `REQUEST_METHOD` is set, the process answers a web server's request, and
    /// `HTTP_PROXY` may be a header of that: it is ignored then.
    pub fn proxy_from_env(mut self, on: bool) -> Self {
        self.proxy_from_env = on;
        self
    }

    /// Sends everything by this proxy, whatever proxy the environment names: `http://host:port`,
    /// `https://host:port` or `socks5://host:port`, with `user:password@` before the host if the
    /// proxy asks for them. A SOCKS proxy gets host names, not addresses. What the environment
    /// says in `NO_PROXY` holds for this proxy as well, unless [`Self::proxy_from_env`] is off.
    ///
    /// # Errors
    /// It is not such a URL.
    pub fn proxy(mut self, url: impl Into<String>) -> Result<Self, BuildError> {
        let url = url.into();
        proxy::check("the proxy", &url).map_err(BuildError)?;
        self.proxy = Some(url);
        Ok(self)
    }

    /// Trusts these certificates in PEM too, beside those that the system trusts.
    pub fn root_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(pem.into());
        self
    }

    /// How many bytes of request bodies are sent in a second, over all requests together; by
    /// default as many as go through. JSON does not count.
    pub fn bytes_per_second(mut self, bytes: u64) -> Self {
        self.bytes_per_second = Some(bytes);
        self
    }

    /// How long a connection may take to be made: the name, TCP, the proxy and TLS together.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// The transport.
    ///
    /// # Errors
    /// A proxy in the environment or a certificate is not valid, or the limit of bandwidth is 0.
    pub fn build(self) -> Result<HttpTransport, BuildError> {
        self.build_in(&|name| std::env::var_os(name)).map_err(BuildError)
    }

    fn build_in(self, environment: Environment<'_>) -> Result<HttpTransport, String> {
        let nothing: Environment<'_> = &|_| None;
        let environment = if self.proxy_from_env { environment } else { nothing };
        let proxies = Arc::new(Proxies::new(self.proxy, environment)?);
        let limiter = match self.bytes_per_second {
            Some(0) => return Err("the limit of bandwidth is 0".to_owned()),
            limit => limit.map(|limit| Arc::new(Limiter::new(limit))),
        };
        let tls = Tls::new(&self.certificates)?;
        let connector = Connector::new(proxies.clone(), tls, self.connect_timeout);
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new());
        // What is buffered counts as sent: little, so that a slow connection shows that it is alive.
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
        write!(f, "cannot set up the connections: {}", self.0)
    }
}

impl std::error::Error for BuildError {}
