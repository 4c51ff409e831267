//! Connections through proxies, and choosing the proxy of a request.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::task::{Context, Poll};

use http::HeaderValue;
use http::uri::{Authority, Scheme, Uri};
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tower_service::Service;

use super::opener::{Opener, is_secure};
use super::{BoxError, BoxFuture, Connection};

/// The proxies and their exceptions.
pub(crate) struct Proxies(Matcher);

/// How to speak to a proxy.
pub(crate) enum Route {
    /// It reads the requests and forwards them.
    Forward,
    /// After a `CONNECT`, it forwards everything.
    Tunnel(Option<HeaderValue>),
    /// SOCKS 5, with user and password if there are any.
    Socks(Option<(String, String)>),
}

/// Looks up a variable of the environment.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

impl Proxies {
    /// `proxy` for everything, or the proxies of the environment.
    pub(crate) fn new(proxy: Option<&str>, environment: Environment<'_>) -> Result<Self, String> {
        let no = read_either(environment, "NO_PROXY")?;
        let matcher = Matcher::builder().no(no.map_or(String::new(), |(_, value)| value));
        if let Some(proxy) = proxy {
            check("proxy", proxy)?;
            return Ok(Self(matcher.all(proxy.to_owned()).build()));
        }
        // The web server of a CGI program hands on a request's header `Proxy` under this name.
        let cgi = environment("REQUEST_METHOD").is_some();
        let http = if cgi { String::new() } else { read_proxy(environment, "HTTP_PROXY")? };
        let https = read_proxy(environment, "HTTPS_PROXY")?;
        let matcher = matcher.all(read_proxy(environment, "ALL_PROXY")?).http(http).https(https);
        Ok(Self(matcher.build()))
    }

    /// The proxy's address, and how to reach `destination` by it.
    pub(crate) fn route(&self, destination: &Uri) -> Option<(Uri, Route)> {
        let found = self.0.intercept(destination)?;
        let route = if is_socks(&found) {
            let login = found.raw_auth();
            Route::Socks(login.map(|(user, password)| (user.to_owned(), password.to_owned())))
        } else if is_secure(destination) {
            Route::Tunnel(found.basic_auth().cloned())
        } else {
            Route::Forward
        };
        Some((address(&found), route))
    }

    /// The `Proxy-Authorization` of a request that a proxy reads.
    pub(crate) fn authorization(&self, destination: &Uri) -> Option<HeaderValue> {
        let found = self.0.intercept(destination)?;
        let reads = !is_socks(&found) && destination.scheme() == Some(&Scheme::HTTP);
        found.basic_auth().filter(|_| reads).cloned()
    }

    /// Connects to `destination` through its proxy; `None` if it has none.
    pub(super) async fn connect(
        &self,
        opener: &Opener,
        destination: Uri,
        http2: bool,
    ) -> Option<Result<Connection, BoxError>> {
        let (proxy, route) = self.route(&destination)?;
        let connected = connect_by(opener, proxy.clone(), route, destination, http2).await;
        Some(connected.map_err(|source| ProxyError { proxy, source }.into()))
    }
}

async fn connect_by(
    opener: &Opener,
    proxy: Uri,
    route: Route,
    destination: Uri,
    http2: bool,
) -> Result<Connection, BoxError> {
    let direct = Direct(opener.clone());
    let stream = match route {
        Route::Forward => {
            let mut connection = opener.open(proxy, false).await?;
            connection.forwarded = true;
            return Ok(connection);
        }
        Route::Tunnel(authorization) => {
            let tunnel = Tunnel::new(proxy, direct);
            let mut tunnel = match authorization {
                Some(authorization) => tunnel.with_auth(authorization),
                None => tunnel,
            };
            tunnel.call(destination.clone()).await?
        }
        Route::Socks(login) => {
            let socks = SocksV5::new(proxy, direct);
            let mut socks = match login {
                Some((user, password)) => socks.with_auth(user, password),
                None => socks,
            };
            socks.call(with_port(destination.clone())).await?
        }
    };
    let connection = stream.into_inner();
    match is_secure(&destination) {
        true => Ok(opener.tls.connect(&destination, connection, http2).await?),
        false => Ok(connection),
    }
}

/// An opener as hyper-util wants it for the way to a proxy.
#[derive(Clone)]
struct Direct(Opener);

impl Service<Uri> for Direct {
    type Response = TokioIo<Connection>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, destination: Uri) -> Self::Future {
        let opener = self.0.clone();
        Box::pin(async move { opener.open(destination, false).await.map(TokioIo::new) })
    }
}

/// Whether `url` is one of a proxy. What is wrong does not show it: there may be a password in it.
fn check(name: &str, url: &str) -> Result<(), String> {
    let matcher = Matcher::builder().all(url).build();
    let found = matcher.intercept(&Uri::from_static("http://example.com"));
    let scheme = found.as_ref().and_then(|found| found.uri().scheme_str());
    match scheme {
        Some("http" | "https" | "socks5" | "socks5h") => Ok(()),
        Some(scheme) => Err(format!("{name}: the scheme `{scheme}` is not supported")),
        None => Err(format!("{name}: expected a URL such as `http://host:port`")),
    }
}

fn is_socks(found: &Intercept) -> bool {
    found.uri().scheme_str().is_some_and(|scheme| scheme.starts_with("socks"))
}

/// The proxy's URL, with a port where the scheme's is not known to all.
fn address(found: &Intercept) -> Uri {
    let uri = found.uri().clone();
    if is_socks(found) { with_default_port(uri, 1080) } else { uri }
}

/// Makes the port of plain HTTP explicit: a SOCKS connector assumes that of TLS for any scheme.
fn with_port(uri: Uri) -> Uri {
    if is_secure(&uri) { uri } else { with_default_port(uri, 80) }
}

fn with_default_port(uri: Uri, port: u16) -> Uri {
    let Some(host) = uri.host().filter(|_| uri.port().is_none()) else { return uri };
    let mut parts = uri.clone().into_parts();
    parts.authority = format!("{host}:{port}").parse::<Authority>().ok().or(parts.authority);
    Uri::from_parts(parts).unwrap_or(uri)
}

/// The proxy that a variable names; empty where it is not set.
fn read_proxy(environment: Environment<'_>, name: &str) -> Result<String, String> {
    match read_either(environment, name)? {
        Some((name, value)) => check(&name, &value).map(|()| value),
        None => Ok(String::new()),
    }
}

/// A variable in upper or lower case, with the spelling that is set; an empty one is not set.
fn read_either(
    environment: Environment<'_>,
    name: &str,
) -> Result<Option<(String, String)>, String> {
    for name in [name.to_owned(), name.to_ascii_lowercase()] {
        let value = environment(&name).map(OsString::into_string).transpose();
        let value = value.map_err(|_| format!("{name} is not valid UTF-8"))?.unwrap_or_default();
        if !value.trim().is_empty() {
            return Ok(Some((name, value.trim().to_owned())));
        }
    }
    Ok(None)
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
