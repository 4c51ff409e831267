//! URLs of the service in responses: they are made to lead to the proxy.

use std::collections::HashMap;
use std::sync::Mutex;

use http::Uri;
use serde_json::Value;

use super::redaction::is_api_path;
use box_upload_common::lock;

/// Most URLs that are remembered.
const MAX_URLS: usize = 100_000;

/// Where requests go, and where the URLs in responses led to.
#[derive(Debug)]
pub(super) struct Authorities {
    /// Scheme, host and port of a service that is not Box.
    upstream: Option<String>,
    /// Scheme, host and port by the paths of URLs in responses.
    known: Mutex<HashMap<String, String>>,
}

impl Authorities {
    /// `upstream` is a base URL without a path; `None` is Box.
    pub(super) fn new(upstream: Option<String>) -> Self {
        Self { upstream, known: Mutex::default() }
    }

    /// Base URL that a request with this path is for.
    pub(super) fn find(&self, path: &str) -> Option<String> {
        if let Some(known) = lock(&self.known).get(path) {
            return Some(known.clone());
        }
        match &self.upstream {
            Some(upstream) => Some(upstream.clone()),
            None if path.starts_with("/api/") => Some("https://upload.box.com".to_owned()),
            None if is_api_path(path) => Some("https://api.box.com".to_owned()),
            None => None,
        }
    }

    /// Makes the service's URLs in a value lead to `own`, a base URL.
    pub(super) fn rewrite_json(&self, value: &mut Value, own: &str) {
        match value {
            Value::Object(members) => {
                members.values_mut().for_each(|member| self.rewrite_json(member, own));
            }
            Value::Array(elements) => {
                elements.iter_mut().for_each(|element| self.rewrite_json(element, own));
            }
            Value::String(text) => {
                if let Some(rewritten) = self.rewrite_url(text, own) {
                    *text = rewritten;
                }
            }
            _ => {}
        }
    }

    /// The URL that leads to `own` instead, if it is one of the service's.
    pub(super) fn rewrite_url(&self, url: &str, own: &str) -> Option<String> {
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return None;
        }
        let uri: Uri = url.parse().ok()?;
        let base = format!("{}://{}", uri.scheme_str()?, uri.authority()?);
        if !self.is_of_service(&uri, &base) {
            return None;
        }
        let mut known = lock(&self.known);
        if known.len() < MAX_URLS || known.contains_key(uri.path()) {
            known.insert(uri.path().to_owned(), base);
        }
        Some(format!("{own}{}", uri.path_and_query().map_or("/", |path| path.as_str())))
    }

    /// A token is for these hosts and no others.
    fn is_of_service(&self, uri: &Uri, base: &str) -> bool {
        if self.upstream.as_deref() == Some(base) {
            return true;
        }
        let host = uri.host().unwrap_or_default();
        uri.scheme_str() == Some("https")
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
            && uri.port().is_none()
            && (is_below(host, "box.com") || is_below(host, "boxcloud.com"))
    }
}

/// Whether a host is in this domain, and not the domain itself.
fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|name| name.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "http://127.0.0.1:1";

    #[test]
    fn urls_of_the_service_lead_to_the_proxy() {
        let authorities = Authorities::new(None);
        let rewritten =
            authorities.rewrite_url("https://upload-las.app.box.com/api/2.0/x?y=1", OWN);
        assert_eq!(rewritten.as_deref(), Some("http://127.0.0.1:1/api/2.0/x?y=1"));
        assert_eq!(
            authorities.find("/api/2.0/x").as_deref(),
            Some("https://upload-las.app.box.com")
        );
        assert_eq!(authorities.find("/api/2.0/z").as_deref(), Some("https://upload.box.com"));
        assert_eq!(authorities.find("/2.0/z").as_deref(), Some("https://api.box.com"));
        assert_eq!(authorities.find("/elsewhere"), None);
    }

    #[test]
    fn other_urls_stay() {
        let authorities = Authorities::new(None);
        for url in [
            "https://box.com.example/x",
            "https://notbox.com/x",
            "http://api.box.com/x",
            "https://u@api.box.com/x",
            "https://api.box.com:444/x",
            "https://[/",
            "text",
        ] {
            assert_eq!(authorities.rewrite_url(url, OWN), None, "{url}");
        }
        assert_eq!(authorities.find("/x"), None);
    }
}
