//! Choosing the proxy of a request.

use http::HeaderValue;
use http::uri::{Authority, Scheme, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::environment::{Environment, read_variable};

/// The proxies and their exceptions.
pub(super) struct Proxies(Matcher);

/// How to speak to a proxy.
pub(super) enum Route {
    /// It reads the requests and forwards them.
    Forward,
    /// After a `CONNECT`, it forwards everything.
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
        Some(scheme) => Err(format!("{name}: the scheme `{scheme}` is not supported")),
        None => Err(format!("{name}: expected a URL such as `http://host:port`")),
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

/// A variable in upper or lower case, with the spelling that is set.
fn either(environment: Environment<'_>, name: &str) -> Result<Option<(String, String)>, String> {
    for name in [name.to_owned(), name.to_ascii_lowercase()] {
        if let Some(value) = read_variable(environment, &name)? {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn proxies(proxy: Option<&str>, variables: &[(&str, &str)]) -> Result<Proxies, String> {
        let get = |name: &str| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| OsString::from(value))
        };
        Proxies::new(proxy.map(str::to_owned), &get)
    }

    /// The proxy to `url` and how it is spoken to.
    fn route(proxies: &Proxies, url: &str) -> String {
        let Some((proxy, route)) = proxies.route(&url.parse().unwrap()) else {
            return "direct".to_owned();
        };
        let text = |value: HeaderValue| value.to_str().unwrap().to_owned();
        let route = match route {
            Route::Forward => "forward".to_owned(),
            Route::Tunnel(value) => format!("tunnel {:?}", value.map(text)),
            Route::Socks(login) => format!("socks {login:?}"),
        };
        format!("{proxy} {route}")
    }

    #[test]
    fn the_environment_names_proxies() {
        let both = [("HTTPS_PROXY", "http://one:1"), ("http_proxy", "two:2")];
        let all = [("all_proxy", "http://three:3"), ("HTTPS_PROXY", ""), ("https_proxy", "four:4")];
        for (variables, https, http) in [
            (&[][..], "direct", "direct"),
            (&both, "http://one:1/ tunnel None", "http://two:2/ forward"),
            (&all, "http://four:4/ tunnel None", "http://three:3/ forward"),
            (&[("HTTP_PROXY", "one:1"), ("REQUEST_METHOD", "GET")], "direct", "direct"),
        ] {
            let proxies = proxies(None, variables).unwrap();
            assert_eq!(route(&proxies, "https://upload.box.com/x"), https, "{variables:?}");
            assert_eq!(route(&proxies, "http://upload.box.com/x"), http, "{variables:?}");
        }
    }

    #[test]
    fn some_hosts_are_reached_without_a_proxy() {
        let no = "box.com, .example.com,10.0.0.0/8, ::1";
        for proxy in [None, Some("http://given:1")] {
            let proxies = proxies(proxy, &[("ALL_PROXY", "http://one:1"), ("no_proxy", no)]);
            let proxies = proxies.unwrap();
            for url in [
                "https://box.com",
                "https://upload.box.com:444",
                "http://a.example.com",
                "http://10.1.2.3:80",
                "https://[::1]:1",
            ] {
                assert_eq!(route(&proxies, url), "direct", "{url}");
            }
            for url in ["https://otherbox.com", "http://box.com.example.org", "http://11.0.0.1"] {
                assert_ne!(route(&proxies, url), "direct", "{url}");
            }
        }
        let proxies = proxies(Some("http://one:1"), &[("NO_PROXY", "*")]).unwrap();
        assert_eq!(route(&proxies, "https://box.com"), "direct");
    }

    #[test]
    fn logins_go_where_the_proxy_reads_them() {
        let by = |proxy| proxies(Some(proxy), &[]).unwrap();
        let http = by("http://user:p%40ss@host:8080/ignored");
        let secure = "https://box.com";
        let plain = "http://box.com";
        let basic = "Basic dXNlcjpwQHNz";
        let tunnel = format!("http://host:8080/ tunnel Some({basic:?})");
        assert_eq!(route(&http, secure), tunnel);
        assert_eq!(route(&http, plain), "http://host:8080/ forward");
        let sent = |proxies: &Proxies, url| proxies.authorization(&Uri::from_static(url));
        assert_eq!(sent(&http, plain).unwrap(), basic);
        assert!(sent(&http, plain).unwrap().is_sensitive());
        // In a tunnel it would go to the service.
        assert_eq!(sent(&http, secure), None);

        let socks = by("socks5://user:p%40ss@host");
        let told = "socks5://host:1080/ socks Some((\"user\", \"p@ss\"))";
        assert_eq!((route(&socks, secure), route(&socks, plain)), (told.into(), told.into()));
        assert_eq!(sent(&socks, plain), None);
        assert_eq!(route(&by("socks5h://[::1]:9"), secure), "socks5h://[::1]:9/ socks None");
    }

    #[test]
    fn what_is_no_proxy_is_named_and_not_shown() {
        for (variables, told) in [
            (("https_proxy", "socks4://u:hush@a:1"), "https_proxy: the scheme `socks4`"),
            (("ALL_PROXY", "ftp://u:hush@a:1"), "ALL_PROXY: expected a URL such as"),
            (("HTTP_PROXY", "u:hush@ a"), "HTTP_PROXY: expected a URL such as"),
        ] {
            let error = proxies(None, &[variables]).err().unwrap();
            assert!(error.starts_with(told) && !error.contains("hush"), "{error}");
        }
        assert!(check("the proxy", "http://").is_err());
    }
}
