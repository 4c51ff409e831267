//! The client and its configuration.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use super::server::{Base, Trust};
use super::{Call, Credential, Operation, Place, Server, Service, Transport};

/// A client of the service: one method an operation. Clones share connections and credentials.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

pub(crate) struct Inner {
    service: &'static Service,
    bases: Vec<Base>,
    pub(crate) trust: Trust,
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Option<Duration>,
    credentials: BTreeMap<&'static str, Credential>,
    pub(crate) transport: Arc<dyn Transport>,
}

impl Client {
    /// Begins a call of `operation`.
    #[must_use]
    pub fn call(&self, operation: &'static Operation) -> Call {
        Call::new(self.clone(), operation)
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    pub(crate) fn base(&self, operation: &Operation) -> Option<&Base> {
        let servers = self.service.servers.iter();
        servers.zip(&self.bases).find(|(s, _)| std::ptr::eq(**s, operation.server)).map(|(_, b)| b)
    }

    /// The first of the operation's alternatives that there are credentials for.
    pub(crate) fn credentials(&self, operation: &Operation) -> Vec<(Place, Credential)> {
        let one = |name: &&str| {
            let scheme = self.service.schemes.iter().find(|scheme| scheme.name == *name)?;
            Some((scheme.place, self.credentials.get(name)?.clone()))
        };
        let all = |names: &&[&str]| names.iter().map(one).collect::<Option<_>>();
        operation.security.iter().find_map(all).unwrap_or_default()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let servers: Vec<_> =
            self.0.bases.iter().map(|b| format!("{}{}", b.origin, b.path)).collect();
        f.debug_struct("Client").field("servers", &servers).finish_non_exhaustive()
    }
}

/// What a [`Client`] is made of; see [`ClientBuilder::build`].
pub struct ClientBuilder {
    service: &'static Service,
    base_url: Option<String>,
    variables: BTreeMap<String, String>,
    hosts: Vec<String>,
    headers: Vec<(String, String)>,
    timeout: Option<Duration>,
    connect_timeout: Duration,
    credentials: BTreeMap<&'static str, Credential>,
    transport: Option<Arc<dyn Transport>>,
}

impl ClientBuilder {
    /// The service's servers, no credentials, no time limit but 10 s to connect.
    #[must_use]
    pub fn new(service: &'static Service) -> Self {
        let agent = format!("{}/{}", service.name, service.version);
        Self {
            service,
            base_url: None,
            variables: BTreeMap::new(),
            hosts: Vec::new(),
            headers: vec![(USER_AGENT.to_string(), agent)],
            timeout: None,
            connect_timeout: Duration::from_secs(10),
            credentials: BTreeMap::new(),
            transport: None,
        }
    }

    /// Sends everything to this URL's scheme, host and port: each server's own path is kept,
    /// behind the path of `url`. For a proxy, a test server or a relative server URL. The hosts
    /// that the service itself trusts are then no longer trusted.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Chooses the value of a variable in the servers' URLs.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Lets `.at(url)` go to this host too, by https on port 443; `*.example.com` stands for
    /// every host below `example.com`.
    #[must_use]
    pub fn allow_host(mut self, pattern: impl Into<String>) -> Self {
        self.hosts.push(pattern.into());
        self
    }

    /// A header of every request that does not set it itself.
    #[must_use]
    pub fn default_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The `User-Agent` header, by default this crate's name and version.
    #[must_use]
    pub fn user_agent(self, agent: impl Into<String>) -> Self {
        self.default_header(USER_AGENT.as_str(), agent)
    }

    /// How long a call may take in all, until its answer is complete (where the answer is a
    /// stream: until it begins). There is no limit by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long making a connection may take, by default 10 s. Another transport has its own.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// What the security scheme of this name sends.
    #[must_use]
    pub fn credential(mut self, scheme: &'static str, credential: impl Into<Credential>) -> Self {
        self.credentials.insert(scheme, credential.into());
        self
    }

    /// Sends through `transport`.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// The client.
    ///
    /// # Errors
    /// A URL, variable, host or header is not valid, a server's URL is relative and there is no
    /// base URL, there is no transport, or the system's root certificates cannot be read.
    pub fn build(self) -> Result<Client, BuildError> {
        self.inner().map(|inner| Client(Arc::new(inner))).map_err(BuildError)
    }

    fn inner(self) -> Result<Inner, String> {
        let service = self.service;
        let known = |name: &&String| {
            let variables = service.servers.iter().flat_map(|server| server.variables);
            variables.into_iter().any(|variable| variable.name == **name)
        };
        if let Some(name) = self.variables.keys().find(|name| !known(name)) {
            return Err(format!("no server has a variable `{name}`"));
        }
        let base_url = self.base_url.as_deref().map(Base::parse).transpose()?;
        let base = |server: &&Server| Base::new(server, &self.variables, base_url.as_ref());
        let bases = service.servers.iter().map(base).collect::<Result<Vec<_>, _>>()?;
        let mut hosts = self.hosts;
        if base_url.is_none() {
            hosts.extend(service.trusted_hosts.iter().map(|host| (*host).to_owned()));
        }
        let trust = Trust::new(&bases, hosts)?;
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            let (name, value) = header(&name, &value)?;
            headers.insert(name, value);
        }
        let transport = match self.transport {
            Some(transport) => transport,
            #[cfg(feature = "client")]
            None => Arc::new(
                super::hyper::Hyper::new(self.connect_timeout, trust.needs_tls())
                    .map_err(|error| error.to_string())?,
            ),
            #[cfg(not(feature = "client"))]
            None => return Err("there is no transport: set one, or use feature `client`".into()),
        };
        let (timeout, credentials) = (self.timeout, self.credentials);
        Ok(Inner { service, bases, trust, headers, timeout, credentials, transport })
    }
}

/// A header of this name and value, if it can be one.
pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let name = name.parse().map_err(|_| format!("`{name}` is not the name of a header"))?;
    let value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| format!("header `{name}` has a control character in its value"))?;
    Ok((name, value))
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Why a [`Client`] could not be built.
#[derive(Debug)]
pub struct BuildError(String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot build the client: {}", self.0)
    }
}

impl std::error::Error for BuildError {}
