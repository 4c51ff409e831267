//! Following redirects (RFC 9110, section 15.4).

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName};
use http::{Extensions, Method, Request, Response, Uri};

use super::Body;
use super::server::{origin, remove_dots};

/// A request that is sent on to where its responses say.
pub(super) struct Redirects {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    /// What layers around the transport read.
    extensions: Extensions,
    body: Bytes,
    left: u32,
    /// Whether every redirect so far led to the same scheme, host and port.
    is_home: bool,
}

impl Redirects {
    /// Of this request, if any are to be followed and its body can be sent again.
    pub(super) fn new(request: &Request<Body>, limit: u32) -> Option<Self> {
        let body = request.body().in_memory().filter(|_| limit > 0)?.clone();
        Some(Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            extensions: request.extensions().clone(),
            body,
            left: limit,
            is_home: true,
        })
    }

    /// The request that a response leads to; `None` if that is not followed.
    pub(super) fn next<B>(&mut self, response: &Response<B>) -> Option<Request<Body>> {
        let reads = self.method == Method::GET || self.method == Method::HEAD;
        match response.status().as_u16() {
            307 | 308 => {}
            301..=303 if reads => {}
            _ => return None,
        }
        let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
        let target = resolve(&self.uri, location)?;
        self.left = self.left.checked_sub(1)?;
        let from = origin(&self.uri).ok()?;
        let to = origin(&target).ok()?;
        if from.starts_with("https:") && !to.starts_with("https:") {
            return None;
        }
        if from != to {
            // A body may hold a credential, too.
            if !self.body.is_empty() {
                return None;
            }
            self.is_home = false;
            // Once left out, a credential stays out, wherever the next redirect leads to.
            let harmless = self.headers.iter().filter(|(name, _)| is_harmless(name));
            self.headers = harmless.map(|(name, value)| (name.clone(), value.clone())).collect();
        }
        self.uri = target;
        let mut request = Request::new(Body::from(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        *request.extensions_mut() = self.extensions.clone();
        Some(request)
    }

    /// Whether the last response came from where the credentials of the request belong.
    pub(super) fn is_home(&self) -> bool {
        self.is_home
    }
}

/// Whether any host may get this header. One that is not known may hold a secret.
fn is_harmless(name: &HeaderName) -> bool {
    let known = [
        header::ACCEPT,
        header::ACCEPT_ENCODING,
        header::ACCEPT_LANGUAGE,
        header::CONTENT_ENCODING,
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::IF_MATCH,
        header::IF_MODIFIED_SINCE,
        header::IF_NONE_MATCH,
        header::IF_RANGE,
        header::IF_UNMODIFIED_SINCE,
        header::RANGE,
        header::USER_AGENT,
    ];
    known.contains(name)
}

/// The URL that a reference means at `base` (RFC 3986, section 5.2).
fn resolve(base: &Uri, reference: &str) -> Option<Uri> {
    let reference = reference.split('#').next().unwrap_or_default();
    let first = reference.split(['/', '?']).next().unwrap_or_default();
    if first.contains(':') {
        return reference.parse().ok();
    }
    let scheme = base.scheme_str()?;
    if reference.starts_with("//") {
        return format!("{scheme}:{reference}").parse().ok();
    }
    let authority = base.authority()?;
    let (path, query) = match reference.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (reference, None),
    };
    let own = base.path();
    let path = if path.is_empty() {
        own.to_owned()
    } else if path.starts_with('/') {
        remove_dots(path)
    } else {
        let folder = own.rfind('/').map_or("", |end| &own[..end]);
        remove_dots(&format!("{folder}/{path}"))
    };
    let query = if reference.is_empty() { base.query() } else { query };
    let query = query.map_or(String::new(), |query| format!("?{query}"));
    format!("{scheme}://{authority}{path}{query}").parse().ok()
}
