//! Where requests go, and where they must not go.

use std::collections::BTreeMap;

use http::Uri;

use super::Scheme;

/// The service as its document describes it.
#[derive(Debug)]
pub struct Service {
    /// The name of this crate.
    pub name: &'static str,
    /// The version of this crate.
    pub version: &'static str,
    /// Every server that some operation uses.
    pub servers: &'static [&'static Server],
    /// Hosts besides the servers' that [`super::Call::at`] may go to, as
    /// [`super::ClientBuilder::allow_host`] takes them.
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
    /// Its value unless another one is chosen.
    pub default: &'static str,
    /// The values that it can have; any if there are none.
    pub values: &'static [&'static str],
}

/// A server's URL with its variables filled in, moved to the base URL if there is one.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    /// Scheme and authority.
    pub(crate) origin: String,
    /// Path without a slash at its end.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
}

impl Base {
    pub(crate) fn new(
        server: &Server,
        variables: &BTreeMap<String, String>,
        base_url: Option<&Self>,
    ) -> Result<Self, String> {
        let mut url = server.url.to_owned();
        for variable in server.variables {
            let value = variables.get(variable.name).map_or(variable.default, String::as_str);
            if !variable.values.is_empty() && !variable.values.contains(&value) {
                let (name, values) = (variable.name, variable.values.join("`, `"));
                return Err(format!("variable `{name}` is `{value}`, not one of `{values}`"));
            }
            url = url.replace(&format!("{{{}}}", variable.name), value);
        }
        if url.contains("://") {
            let own = Self::parse(&url)?;
            return Ok(base_url.map_or(own.clone(), |base| base.join(own)));
        }
        let base = base_url.ok_or_else(|| format!("`{url}` is relative: set `base_url`"))?;
        let own = Self::parse(&format!("http://_/{}", url.trim_start_matches(['.', '/'])))?;
        Ok(base.join(own))
    }

    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let wrong = |what| format!("`{url}` {what}");
        let uri: Uri = url.parse().map_err(|_| wrong("is not a URL"))?;
        let origin = Origin::of(&uri).map_err(wrong)?;
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { origin: origin.text(), path, query: uri.query().map(str::to_owned) })
    }

    fn join(&self, below: Self) -> Self {
        let path = self.path.clone() + &below.path;
        Self { origin: self.origin.clone(), path, query: below.query }
    }
}

/// Scheme, host and port (RFC 6454), with the scheme's own port left out.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    fn of(uri: &Uri) -> Result<Self, &'static str> {
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err("is not absolute");
        };
        let default = match scheme {
            "https" => 443,
            "http" => 80,
            _ => return Err("is neither https nor http"),
        };
        let host = authority.host().to_ascii_lowercase();
        let origin = Self {
            scheme: scheme.to_owned(),
            port: authority.port_u16().filter(|port| *port != default),
            host,
        };
        // What is left over is user-info, an odd port, or something that parsers disagree about.
        let rest = authority.as_str().get(origin.host.len()..).unwrap_or("@");
        let port = rest.strip_prefix(':').unwrap_or(rest);
        match port.is_empty() && rest.is_empty()
            || port.parse() == Ok(origin.port.unwrap_or(default))
        {
            true => Ok(origin),
            false => Err("has user-info or an odd port"),
        }
    }

    fn text(&self) -> String {
        let Self { scheme, host, .. } = self;
        self.port.map_or(format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}"))
    }
}

/// The hosts that may see the credentials.
#[derive(Debug)]
pub(crate) struct Trust {
    origins: Vec<String>,
    patterns: Vec<String>,
}

impl Trust {
    pub(crate) fn new(bases: &[Base], patterns: Vec<String>) -> Result<Self, String> {
        let name = |text: &str| {
            let label = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            text.split('.').all(|part| !part.is_empty() && part.chars().all(label))
        };
        match patterns.iter().find(|pattern| !name(pattern.strip_prefix("*.").unwrap_or(pattern))) {
            Some(pattern) => Err(format!("`{pattern}` is neither a host nor `*.` and a host")),
            None => Ok(Self {
                origins: bases.iter().map(|base| base.origin.clone()).collect(),
                patterns: patterns.iter().map(|pattern| pattern.to_ascii_lowercase()).collect(),
            }),
        }
    }

    /// Whether some request of the client can need TLS.
    #[cfg(feature = "client")]
    pub(crate) fn needs_tls(&self) -> bool {
        !self.patterns.is_empty() || self.origins.iter().any(|origin| origin.starts_with("https"))
    }

    /// The URL, if credentials may be sent there. The very same parse is then sent, so that no
    /// other reading of the text can lead elsewhere.
    pub(crate) fn check(&self, url: &str) -> Result<Uri, String> {
        if !url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err("it holds characters that no URL has".to_owned());
        }
        let uri: Uri = url.parse().map_err(|_| "it is not a URL".to_owned())?;
        let origin = Origin::of(&uri).map_err(|what| format!("it {what}"))?;
        if self.origins.contains(&origin.text()) {
            return Ok(uri);
        }
        let Origin { scheme, host, port } = &origin;
        let fits = |pattern: &String| match pattern.strip_prefix('*') {
            None => host == pattern,
            Some(suffix) => host.strip_suffix(suffix).is_some_and(|sub| {
                sub.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
                    && !sub.is_empty()
            }),
        };
        match scheme == "https" && port.is_none() && self.patterns.iter().any(fits) {
            true => Ok(uri),
            false => Err(format!("`{}` is neither configured nor allowed", origin.text())),
        }
    }
}
