//! The client and its configuration.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use super::error::BuildError;
use super::lenient::{Report, Skipped};
use super::retry::Retries;
use super::server::{Base, is_host};
#[cfg(feature = "tower")]
use super::tower;
use super::{Credential, Retry, Service, Transport};

/// A client of the service, with a method for each operation. Clones share connections and credentials.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Config>);

pub(super) struct Config {
    pub(super) service: &'static Service,
    /// One for each server of the service.
    pub(super) bases: Vec<Base>,
    pub(super) hosts: Vec<String>,
    pub(super) headers: HeaderMap,
    pub(super) timeout: Option<Duration>,
    pub(super) read_timeout: Duration,
    pub(super) max_response_size: u64,
    pub(super) credentials: BTreeMap<&'static str, Credential>,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) lenient: Option<Report>,
    pub(super) retries: Option<Retries>,
    pub(super) redirects: u32,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let servers = self.0.bases.iter().map(|base| format!("{}{}", base.origin, base.path));
        write!(f, "Client({})", servers.collect::<Vec<_>>().join(", "))
    }
}

/// Builder for a [`Client`].
#[must_use]
pub struct ClientBuilder {
    service: &'static Service,
    base_url: Option<String>,
    variables: BTreeMap<String, String>,
    hosts: Vec<String>,
    headers: Vec<(String, String)>,
    timeout: Option<Duration>,
    read_timeout: Duration,
    max_response_size: u64,
    connect_timeout: Duration,
    credentials: BTreeMap<&'static str, Credential>,
    transport: Option<Arc<dyn Transport>>,
    #[cfg(feature = "tower")]
    layers: Vec<tower::Wrap>,
    lenient: Option<Report>,
    retry: Option<Retry>,
    redirects: u32,
}

impl ClientBuilder {
    /// Starts with the service's servers, without credentials, and with two time limits: 10 s to
    /// connect and 60 s between bytes of a response.
    pub fn new(service: &'static Service) -> Self {
        Self {
            service,
            base_url: None,
            variables: BTreeMap::new(),
            hosts: Vec::new(),
            headers: Vec::new(),
            timeout: None,
            read_timeout: Duration::from_secs(60),
            max_response_size: 16 << 20,
            connect_timeout: Duration::from_secs(10),
            credentials: BTreeMap::new(),
            transport: None,
            #[cfg(feature = "tower")]
            layers: Vec::new(),
            lenient: None,
            retry: None,
            redirects: 0,
        }
        .user_agent(format!("{}/{}", service.name, service.version))
    }

    /// Sends every request to the scheme, host and port of this URL, and puts its path before the
    /// path of each server: for a proxy, a test server, or relative server URLs. Hosts that the
    /// document trusts are no longer trusted.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets a variable in the servers' URLs.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Allows `.at(url)` to use this host, by https on port 443; `*.example.com` allows every host
    /// below `example.com`.
    pub fn allow_host(mut self, pattern: impl Into<String>) -> Self {
        self.hosts.push(pattern.into());
        self
    }

    /// Adds a header to every request that does not set it itself. Cookies are added to those of the
    /// request.
    pub fn default_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the `User-Agent` header, by default the name and version of this crate.
    pub fn user_agent(self, agent: impl Into<String>) -> Self {
        self.default_header(USER_AGENT.as_str(), agent)
    }

    /// Limits the time until the response is complete, or, if it is a stream, begins. This includes all
    /// attempts, redirects and the delays between them. By default, there is no limit.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Limits how long a response may pause once it has started, by default to 60 s. Event streams
    /// may pause for any time. If the response is a stream, its next chunk is then an error of kind
    /// [`TimedOut`](std::io::ErrorKind::TimedOut).
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.read_timeout = limit;
        self
    }

    /// Limits the size of a response in bytes, including errors, by default to 16 MiB. A larger one
    /// fails with [`Error::Decode`](super::Error::Decode), and the rest of it is not read. Streams are
    /// not limited.
    pub fn max_response_size(mut self, bytes: u64) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// Limits the time to connect, by default to 10 s. Only for the default transport: one that is set
    /// by [`transport`](Self::transport) has its own limit.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Sets the credential for the security scheme of this name.
    pub fn credential(mut self, scheme: &'static str, credential: impl Into<Credential>) -> Self {
        self.credentials.insert(scheme, credential.into());
        self
    }

    /// Sets the transport, instead of the default one of the feature `client`.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Wraps the transport, and layers added before, in a tower layer. The layer receives each attempt
    /// as a separate request, with credentials, whose extensions contain a `&'static Operation`. An error of
    /// a layer is [`Error::Transport`](super::Error::Transport) unless it is a [`Failure`](super::Failure):
    /// for a time limit, use [`timeout`](Self::timeout) rather than a layer.
    #[cfg(feature = "tower")]
    pub fn layer<L, S, B>(mut self, layer: L) -> Self
    where
        L: tower_layer::Layer<super::TransportService, Service = S> + Send + Sync + 'static,
        S: tower_service::Service<
                http::Request<super::Body>,
                Response = http::Response<B>,
                Error: Into<super::BoxError>,
                Future: Send,
            > + Clone
            + Send
            + 'static,
        B: http_body::Body<Data = bytes::Bytes, Error: Into<super::BoxError>> + Send + 'static,
    {
        self.layers.push(tower::wrap(layer));
        self
    }

    /// Retries failed requests if that is safe. By default, each request is sent once: how long to wait
    /// is the program's decision, and a program with its own recovery must not retry twice.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Follows up to `limit` redirects in a row. By default, none is followed, and a redirect is a
    /// response like any other.
    ///
    /// The statuses 307 and 308 are followed, and for `GET` and `HEAD` also 301, 302 and 303, with the
    /// same method and body; never from https to http, and never if the body is a stream. Another
    /// scheme, host or port receives no body and only headers about content, and so no credentials.
    pub fn follow_redirects(mut self, limit: u32) -> Self {
        self.redirects = limit;
        self
    }

    /// Tolerates responses whose JSON does not match the document: instead of failing with
    /// [`Error::Decode`](super::Error::Decode), ignores the parts that do not decode and passes each to
    /// `report`. A part is an optional member, an element of a list or a value of a map; if a required
    /// member does not decode, it is the smallest such part that contains it. A value that should be a
    /// list or map but is not becomes an empty one. Error bodies are decoded as usual. Responses that
    /// match the document cost nothing extra.
    pub fn lenient(mut self, report: impl Fn(&Skipped) + Send + Sync + 'static) -> Self {
        self.lenient = Some(Arc::new(report));
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// A URL, variable, host or header is invalid, or a server's URL is relative and there is no base
    /// URL.
    pub fn build(self) -> Result<Client, BuildError> {
        let config = self.config().map_err(|text| BuildError::new("client", &text))?;
        Ok(Client(Arc::new(config)))
    }

    fn config(mut self) -> Result<Config, String> {
        let service = self.service;
        let variables = || service.servers.iter().flat_map(|server| server.variables);
        let unknown = |name: &&String| variables().all(|variable| variable.name != **name);
        if let Some(name) = self.variables.keys().find(unknown) {
            return Err(format!("no server has a variable `{name}`"));
        }
        let base_url = self.base_url.as_deref().map(Base::parse).transpose();
        let base_url = base_url.map_err(|what| format!("the base URL {what}"))?;
        let base = |server: &&_| Base::new(server, &self.variables, base_url.as_ref());
        let bases = service.servers.iter().map(base).collect::<Result<Vec<_>, _>>()?;
        let faults = bases.iter().map(|base| base.fault.clone()).collect::<Option<Vec<_>>>();
        if let Some(fault) = faults.and_then(|faults| faults.into_iter().next()) {
            return Err(fault);
        }
        if base_url.is_none() {
            self.hosts.extend(service.trusted_hosts.iter().map(|host| (*host).to_owned()));
        }
        let wrong = |host: &&String| !is_host(host.strip_prefix("*.").unwrap_or(host));
        if let Some(host) = self.hosts.iter().find(wrong) {
            return Err(format!("`{host}` is neither a host nor `*.` followed by a host"));
        }
        let hosts: Vec<_> = self.hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let (name, value) = parse_header(name, value)?;
            headers.insert(name, value);
        }
        let transport: Arc<dyn Transport> = match self.transport {
            Some(transport) => transport,
            #[cfg(feature = "client")]
            None => {
                let transport =
                    super::HttpTransport::builder().connect_timeout(self.connect_timeout);
                Arc::new(transport.build().map_err(|error| error.to_string())?)
            }
            #[cfg(not(feature = "client"))]
            None => Arc::new(super::transport::Missing),
        };
        #[cfg(feature = "tower")]
        let transport = self.layers.drain(..).fold(transport, |inner, wrap| wrap(inner));
        let Self {
            timeout, read_timeout, max_response_size, credentials, lenient, redirects, ..
        } = self;
        Ok(Config {
            service,
            bases,
            hosts,
            headers,
            timeout,
            read_timeout,
            max_response_size,
            credentials,
            transport,
            lenient,
            retries: self.retry.map(Retries::new),
            redirects,
        })
    }
}

/// A header of this name and value, if they are valid.
pub(super) fn parse_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let value = HeaderValue::from_bytes(value.as_bytes());
    let value = value.map_err(|_| format!("header `{name}` contains a control character"))?;
    Ok((name.parse().map_err(|_| format!("`{name}` is not a valid header name"))?, value))
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").finish_non_exhaustive()
    }
}
