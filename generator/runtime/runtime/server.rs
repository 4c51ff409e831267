//! Servers, and the hosts that may receive requests.

use std::collections::BTreeMap;

use http::{Method, Uri};

use super::Scheme;

/// The service, as the document describes it.
#[derive(Debug)]
pub struct Service {
    /// The name of this crate.
    pub name: &'static str,
    /// The version of this crate.
    pub version: &'static str,
    /// Every server that some operation uses.
    pub servers: &'static [&'static Server],
    /// Other hosts that a call may be sent to, such as `*.example.com`.
    pub trusted_hosts: &'static [&'static str],
    /// The security schemes.
    pub schemes: &'static [Scheme],
}

/// A server of the document.
#[derive(Debug)]
pub struct Server {
    /// Its URL, with variables in braces; may be relative.
    pub url: &'static str,
    /// Its variables.
    pub variables: &'static [Variable],
}

/// A variable of a server's URL.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its default value.
    pub default: &'static str,
    /// The allowed values; if there are none, any value is allowed.
    pub values: &'static [&'static str],
}

/// An operation of the document.
#[derive(Debug)]
pub struct Operation {
    /// The HTTP method.
    pub method: Method,
    /// The server.
    pub server: &'static Server,
    /// The path below the server's, parameters in braces. What follows a `#` is not sent.
    pub path: &'static str,
    /// The `Accept` header; not sent if empty.
    pub accept: &'static str,
    /// The names of security schemes: alternatives, each of which is a set. The first that the client
    /// has credentials for is used.
    pub security: &'static [&'static [&'static str]],
}

/// A URL that requests begin with.
#[derive(Clone, Default)]
pub(crate) struct Base {
    pub(crate) origin: String,
    /// Without a slash at its end.
    pub(crate) path: String,
    pub(crate) query: String,
    /// Why no request can begin with it, if it is so.
    pub(crate) fault: Option<String>,
}

impl Base {
    /// What is wrong does not show the URL: there may be a password in it.
    pub(crate) fn parse(url: &str) -> Result<Self, &'static str> {
        let uri: Uri = url.parse().map_err(|_| "is not a URL")?;
        let origin = origin(&uri)?;
        let path = remove_dots(uri.path()).trim_end_matches('/').to_owned();
        let query = uri.query().unwrap_or_default().to_owned();
        Ok(Self { origin, path, query, fault: None })
    }

    /// The URL of `server`, behind `base` if there is one. A URL that is none is no error yet: the
    /// operations of other servers can do without it.
    pub(crate) fn new(
        server: &Server,
        chosen: &BTreeMap<String, String>,
        base: Option<&Self>,
    ) -> Result<Self, String> {
        let mut url = server.url.to_owned();
        for Variable { name, default, values } in server.variables {
            let value = chosen.get(*name).map_or(*default, String::as_str);
            if chosen.contains_key(*name) && !values.is_empty() && !values.contains(&value) {
                return Err(format!("`{name}` is `{value}`, not one of {values:?}"));
            }
            url = url.replace(&format!("{{{name}}}"), value);
        }
        // Of a URL behind another one, only the path and the query count.
        let path = match authority(&url) {
            Some(rest) => rest.find(['/', '?', '#']).map_or("", |end| &rest[end..]),
            None => &url,
        };
        let own = match (base, authority(&url)) {
            (Some(_), _) => Self::parse(&format!("http://_/{}", path.trim_start_matches('/'))),
            (None, Some(rest)) if url.starts_with("//") => Self::parse(&format!("https://{rest}")),
            (None, Some(_)) => Self::parse(&url),
            (None, None) => Err("is relative: set `base_url`"),
        };
        Ok(match (own, base) {
            (Err(what), _) => Self { fault: Some(format!("`{url}` {what}")), ..Self::default() },
            (Ok(own), None) => own,
            (Ok(own), Some(base)) => {
                Self { origin: base.origin.clone(), path: base.path.clone() + &own.path, ..own }
            }
        })
    }
}

/// What follows the `//` of a URL that has a host, with a scheme or without (RFC 3986, section 4.2).
fn authority(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("//")?;
    let letter = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let scheme = if scheme.is_empty() { Some("") } else { scheme.strip_suffix(':') };
    scheme?.chars().all(letter).then_some(rest)
}

/// A path without the segments `.` and `..` (RFC 3986, section 5.2.4).
pub(super) fn remove_dots(path: &str) -> String {
    let mut kept = Vec::new();
    for segment in path.split('/') {
        match segment {
            "." => {}
            ".." => kept.truncate(kept.len().saturating_sub(1).max(1)),
            segment => kept.push(segment),
        }
    }
    kept.join("/")
}

/// Scheme, host and port (RFC 6454), in lower case and without the scheme's own port.
pub(super) fn origin(uri: &Uri) -> Result<String, &'static str> {
    let authority = uri.authority().ok_or("is not absolute")?;
    let (scheme, default) = match uri.scheme_str() {
        Some("https") => ("https", 443),
        Some("http") => ("http", 80),
        _ => return Err("is neither https nor http"),
    };
    // Whatever else an authority holds (user-info, an odd port), parsers disagree about.
    let host = authority.host();
    let port = authority.port_u16();
    let plain = port.map_or(host.to_owned(), |port| format!("{host}:{port}"));
    if plain != authority.as_str() {
        return Err("has user information or an invalid port");
    }
    let text = if port == Some(default) { host } else { &plain };
    Ok(format!("{scheme}://{}", text.to_ascii_lowercase()))
}

/// Whether this is the name of a host, or the four numbers of one.
pub(crate) fn is_host(text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.split('.').all(|label| !label.is_empty() && label.chars().all(name))
}

/// The parsed URL if its origin is one of `bases` or, by https, its host fits one of `patterns`.
/// What was parsed is what is sent, so that no other reading of the text can lead elsewhere.
pub(crate) fn trusted(url: &str, bases: &[Base], patterns: &[String]) -> Result<Uri, String> {
    if !url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Err("it contains characters that are not allowed in a URL".to_owned());
    }
    let uri: Uri = url.parse().map_err(|_| "it is not a URL".to_owned())?;
    let origin = origin(&uri).map_err(|what| format!("it {what}"))?;
    let host = origin.strip_prefix("https://").filter(|host| is_host(host)).unwrap_or_default();
    match bases.iter().any(|base| base.origin == origin)
        || patterns.iter().any(|pattern| matches_host(pattern, host))
    {
        true => Ok(uri),
        false => {
            let rule = "hosts are allowed by https on port 443";
            Err(format!("`{origin}` is neither configured nor allowed; {rule}"))
        }
    }
}

fn matches_host(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(suffix) => host.ends_with(suffix),
        None => host == pattern,
    }
}
