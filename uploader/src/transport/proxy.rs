//! Which proxy a request takes.

use http::HeaderValue;
use http::uri::{Authority, Scheme, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::environment::{Environment, variable};

/// The proxies, and what is reached without one.
pub(super) struct Proxies(Matcher);

/// How a proxy is spoken to.
pub(super) enum Route {
    /// It reads the requests, and sends them on.
    Forward,
    /// After a `CONNECT`, it passes everything on.
    Tunnel(Option<HeaderValue>),
    /// SOCKS 5, with user and password if there are any.
    Socks(Option<(String, String)>),
}

impl Proxies {
    /// `proxy` for everything, or the proxies of the environment.
    pub(super) fn new(proxy: Option<String>, environment: Environment<'_>) -> Result<Self, String> {
        let no = either(environment, "NO_PROXY")?;
        let matcher = Matcher::builder().no(no.map_or(String::new(), |(_, value)| value));
        if let Some(proxy) = proxy {
            return Ok(Self(matcher.all(proxy).build()));
        }
        let proxy = |name: &str| match either(environment, name)? {
            Some((name, value)) => check(&name, &value).map(|()| value),
            None => Ok(String::new()),
        };
        // The web server of a CGI program hands on a request's header `Proxy` under this name.
        let cgi = environment("REQUEST_METHOD").is_some();
        let http = if cgi { String::new() } else { proxy("HTTP_PROXY")? };
        let matcher = matcher.all(proxy("ALL_PROXY")?).http(http).https(proxy("HTTPS_PROXY")?);
        Ok(Self(matcher.build()))
    }

    /// The proxy's address, and how to reach `destination` by it.
    pub(super) fn route(&self, destination: &Uri) -> Option<(Uri, Route)> {
        let found = self.0.intercept(destination)?;
        let route = if is_socks(&found) {
            let login = found.raw_auth();
            Route::Socks(login.map(|(user, password)| (user.to_owned(), password.to_owned())))
        } else if destination.scheme() == Some(&Scheme::HTTPS) {
            Route::Tunnel(found.basic_auth().cloned())
        } else {
            Route::Forward
        };
        Some((address(&found), route))
    }

    /// The `Proxy-Authorization` of a request that a proxy reads.
    pub(super) fn authorization(&self, destination: &Uri) -> Option<HeaderValue> {
        let found = self.0.intercept(destination)?;
        let reads = !is_socks(&found) && destination.scheme() == Some(&Scheme::HTTP);
        found.basic_auth().filter(|_| reads).cloned()
    }
}

/// Whether `url` is one of a proxy. What is wrong does not show it: there may be a password in it.
pub(super) fn check(name: &str, url: &str) -> Result<(), String> {
    let matcher = Matcher::builder().all(url).build();
    let found = matcher.intercept(&Uri::from_static("http://localhost"));
    let scheme = found.as_ref().and_then(|found| found.uri().scheme_str());
    match scheme {
        Some("http" | "https" | "socks5" | "socks5h") => Ok(()),
        Some(scheme) => Err(format!("{name} has the scheme `{scheme}`, which is not supported")),
        None => Err(format!("{name} is not a URL such as `http://host:port`")),
    }
}

fn is_socks(found: &Intercept) -> bool {
    found.uri().scheme_str().is_some_and(|scheme| scheme.starts_with("socks"))
}

/// The proxy's URL, with a port where the scheme's is not known to all.
fn address(found: &Intercept) -> Uri {
    let uri = found.uri();
    let Some(host) = uri.host().filter(|_| is_socks(found) && uri.port().is_none()) else {
        return uri.clone();
    };
    let mut parts = uri.clone().into_parts();
    parts.authority = format!("{host}:1080").parse::<Authority>().ok().or(parts.authority);
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

/// The variable `name` in capital or small letters, and how it is written.
fn either(environment: Environment<'_>, name: &str) -> Result<Option<(String, String)>, String> {
    for name in [name.to_owned(), name.to_ascii_lowercase()] {
        if let Some(value) = variable(environment, &name)? {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}
