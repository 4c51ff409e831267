//! One call of an operation: its request, and how it is sent.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, ptr};

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Request, Uri};
use serde::Serialize;

use super::client::parse_header;
use super::parameter::{expand, reserved, strict};
use super::server::trusted;
use super::{
    Body, BoxFuture, Client, Error, Failure, Operation, Place, Reply, Secret, Style, number,
};

/// Builder for the request of an operation. Mistakes are reported when it is sent.
#[must_use = "a request is sent when it is awaited"]
pub struct Call {
    pub(super) parts: Box<Parts>,
    pub(super) body: Body,
}

#[derive(Clone)]
pub(super) struct Parts {
    pub(super) client: Client,
    pub(super) operation: &'static Operation,
    path: String,
    pub(super) query: Vec<(String, String)>,
    /// Each with the name of its parameter; that of a whole header has none.
    cookies: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    /// Whether the caller has set the `Content-Type`.
    pub(super) typed: bool,
    pub(super) at: Option<String>,
    /// In place of the operation's.
    method: Option<Method>,
    pub(super) timeout: Option<Duration>,
    /// Whether it may be sent again after an unknown outcome, if the document says so.
    pub(super) idempotent: Option<bool>,
    pub(super) mistake: Option<String>,
}

impl Client {
    /// Starts a call of `operation`.
    pub fn call(&self, operation: &'static Operation) -> Call {
        Call::new(self, operation)
    }
}

impl Call {
    pub(super) fn new(client: &Client, operation: &'static Operation) -> Self {
        let mut headers = client.0.headers.clone();
        if let Ok(accept) = HeaderValue::from_str(operation.accept)
            && !accept.is_empty()
        {
            headers.entry(header::ACCEPT).or_insert(accept);
        }
        let parts = Box::new(Parts {
            client: client.clone(),
            operation,
            path: operation.path.split('#').next().unwrap_or_default().to_owned(),
            query: Vec::new(),
            cookies: Vec::new(),
            headers,
            typed: false,
            at: None,
            method: None,
            timeout: client.0.timeout,
            idempotent: None,
            mistake: None,
        });
        Self { parts, body: Body::empty() }
    }

    /// Sets the HTTP method, such as `QUERY`, instead of the operation's.
    pub fn method(mut self, name: &str) -> Self {
        match Method::from_bytes(name.as_bytes()) {
            Ok(method) => self.parts.method = Some(method),
            Err(_) => self.parts.mistake = Some(format!("`{name}` is not an HTTP method")),
        }
        self
    }

    /// Sets a path parameter.
    pub fn path<T: Serialize + ?Sized>(self, name: &str, value: &T, style: Style) -> Self {
        self.set(number::text(value), &mut |parts, value| {
            let text = expand(name, value, style, strict).filter(|text| !text.is_empty());
            let text = text.ok_or_else(|| format!("path parameter `{name}` is empty"))?;
            parts.path = parts.path.replace(&format!("{{{name}}}"), &text);
            Ok(())
        })
    }

    /// Sets a query parameter.
    pub fn query<T: Serialize + ?Sized>(self, name: &str, value: &T, style: Style) -> Self {
        self.set(number::text(value), &mut |parts, value| {
            parts.set_query(name, expand(name, value, style, strict))
        })
    }

    /// Sets a query parameter without escaping reserved characters (`allowReserved`).
    pub fn query_reserved<T: Serialize + ?Sized>(
        self,
        name: &str,
        value: &T,
        style: Style,
    ) -> Self {
        self.set(number::text(value), &mut |parts, value| {
            parts.set_query(name, expand(name, value, style, reserved))
        })
    }

    /// Sets a header parameter.
    pub fn header<T: Serialize + ?Sized>(self, name: &str, value: &T, style: Style) -> Self {
        self.set(number::text(value), &mut |parts, value| {
            let text = expand(name, value, style, str::to_owned);
            text.map_or(Ok(()), |text| parts.set_header(name, &text))
        })
    }

    /// Sets a cookie parameter.
    pub fn cookie<T: Serialize + ?Sized>(self, name: &str, value: &T, style: Style) -> Self {
        self.set(number::text(value), &mut |parts, value| {
            let text = expand(name, value, style, strict);
            parts.set_cookie(name, text.map(|text| text.replace('&', "; ")));
            Ok(())
        })
    }

    /// Sends `value` as JSON.
    pub fn json<T: Serialize + ?Sized>(self, content_type: &str, value: &T) -> Self {
        match number::encode(value) {
            Ok(text) => self.body(content_type, Body::from(text)),
            Err(error) => self.set(Err(error), &mut |_, _| Ok(())),
        }
    }

    /// Sends `body`. A `Content-Type` set by [`Self::raw_header`] is kept.
    pub fn body(mut self, content_type: &str, body: Body) -> Self {
        self.body = body;
        self.set(Ok(String::new()), &mut |parts, _| match parts.typed {
            true => Ok(()),
            false => parts.set_header(header::CONTENT_TYPE.as_str(), content_type),
        })
    }

    /// Sets any header, unchanged. A `Cookie` header is merged with the other cookies.
    pub fn raw_header(self, name: &str, value: &str) -> Self {
        self.set(Ok(String::new()), &mut |parts, _| {
            parts.typed |= name.eq_ignore_ascii_case(header::CONTENT_TYPE.as_str());
            parts.set_header(name, value)
        })
    }

    /// Sends to this absolute URL.
    pub fn at(mut self, url: String) -> Self {
        self.parts.at = Some(url);
        self
    }

    /// Sets whether it may be sent again after an unknown outcome; by default, the method decides.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.parts.idempotent = Some(idempotent);
        self
    }

    /// Limits the time of the call.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.parts.timeout = Some(limit);
        self
    }

    pub(super) fn set(
        mut self,
        json: serde_json::Result<String>,
        set: &mut dyn FnMut(&mut Parts, &str) -> Result<(), String>,
    ) -> Self {
        let json = json.map_err(|error| error.to_string());
        let done = json.and_then(|json| set(&mut self.parts, &json));
        self.parts.mistake = self.parts.mistake.take().or(done.err());
        self
    }

    /// The request without credentials, to send with another HTTP stack.
    pub fn into_request<E>(self) -> Result<Request<Body>, Error<E>> {
        self.parts.request(self.body, &[]).map_err(Failure::widen)
    }

    pub(super) fn send(
        self,
        streams: fn(u16) -> bool,
    ) -> BoxFuture<'static, Result<Reply, Failure>> {
        Box::pin(self.parts.exchange(self.body, streams))
    }
}

impl Parts {
    fn set_query(&mut self, name: &str, text: Option<String>) -> Result<(), String> {
        self.query.retain(|(other, _)| other != name);
        self.query.extend(text.map(|text| (name.to_owned(), text)));
        Ok(())
    }

    fn set_header(&mut self, name: &str, value: &str) -> Result<(), String> {
        let (name, parsed) = parse_header(name, value)?;
        if name == header::COOKIE {
            self.set_cookie("", Some(value.to_owned()));
        } else {
            self.headers.insert(name, parsed);
        }
        Ok(())
    }

    pub(super) fn set_cookie(&mut self, name: &str, text: Option<String>) {
        self.cookies.retain(|(other, _)| other != name);
        self.cookies.extend(text.map(|text| (name.to_owned(), text)));
    }

    pub(super) fn request(
        &self,
        body: Body,
        secrets: &[(Place, Secret)],
    ) -> Result<Request<Body>, Failure> {
        if let Some(mistake) = &self.mistake {
            return Err(Error::Request(mistake.clone()));
        }
        let mut headers = self.headers.clone();
        let mut cookies: Vec<_> = self.cookies.iter().map(|(_, text)| text.clone()).collect();
        if let Some(text) = headers.remove(header::COOKIE) {
            cookies.insert(0, String::from_utf8_lossy(text.as_bytes()).into_owned());
        }
        // What the caller sets goes before a credential of the same name.
        let given = |list: &[(String, String)], name| list.iter().any(|(other, _)| other == name);
        let mut keys = Vec::new();
        let mut lines = Vec::new();
        for (place, secret) in secrets {
            let text = secret.expose();
            match *place {
                Place::Authorization(word) => {
                    lines.push((header::AUTHORIZATION.as_str(), format!("{word} {text}")))
                }
                Place::Header(name) if name.eq_ignore_ascii_case(header::COOKIE.as_str()) => {
                    cookies.push(text.to_owned())
                }
                Place::Header(name) => lines.push((name, text.to_owned())),
                Place::Query(name) if given(&self.query, name) => {}
                Place::Query(name) => keys.push(format!("{}={}", strict(name), strict(text))),
                Place::Cookie(name) if given(&self.cookies, name) => {}
                Place::Cookie(name) => cookies.push(format!("{name}={text}")),
            }
        }
        if !cookies.is_empty() {
            lines.push((header::COOKIE.as_str(), cookies.join("; ")));
        }
        for (name, value) in lines {
            let (name, mut value) = parse_header(name, &value).map_err(Error::Request)?;
            value.set_sensitive(true);
            headers.entry(name).or_insert(value);
        }
        // RFC 9110, section 8.6: an empty body of these methods has a length too.
        let method = self.method();
        if body.length() == Some(0) && [Method::POST, Method::PUT, Method::PATCH].contains(method) {
            headers.entry(header::CONTENT_LENGTH).or_insert(HeaderValue::from_static("0"));
        }
        let mut request = Request::new(body);
        *request.method_mut() = method.clone();
        *request.uri_mut() = self.url(keys)?;
        *request.headers_mut() = headers;
        request.extensions_mut().insert(self.operation);
        Ok(request)
    }

    pub(super) fn method(&self) -> &Method {
        self.method.as_ref().unwrap_or(&self.operation.method)
    }

    pub(super) fn url(&self, keys: Vec<String>) -> Result<Uri, Failure> {
        let config = &self.client.0;
        let mut query: Vec<_> = self.query.iter().map(|(_, text)| text.clone()).collect();
        let start = if let Some(url) = &self.at {
            let url = trusted(url, &config.bases, &config.hosts).map_err(Error::UntrustedUrl)?;
            if let Some(own) = url.query() {
                query = vec![own.to_owned()];
            }
            url.to_string().split('?').next().unwrap_or_default().to_owned()
        } else {
            let mut bases = config.service.servers.iter().zip(&config.bases);
            let Some((_, base)) =
                bases.find(|(server, _)| ptr::eq(**server, self.operation.server))
            else {
                return Err(Error::Request("its server is none of the service's".to_owned()));
            };
            if let Some(fault) = &base.fault {
                return Err(Error::Request(format!("its server's URL {fault}")));
            }
            let (path, own) = self.path.split_once('?').unwrap_or((&self.path, ""));
            if path.split('/').any(|segment| segment == "." || segment == "..") {
                return Err(Error::Request("a segment of its path is `.` or `..`".to_owned()));
            }
            query.splice(0..0, [base.query.clone(), own.to_owned()]);
            format!("{}{}{path}", base.origin, base.path)
        };
        query.extend(keys);
        query.retain(|text| !text.is_empty());
        let url = if query.is_empty() { start } else { format!("{start}?{}", query.join("&")) };
        url.parse().map_err(|_| Error::Request("its URL is not valid".to_owned()))
    }
}

/// A body that is a stream cannot be sent twice: sending the clone fails.
impl Clone for Call {
    fn clone(&self) -> Self {
        let mut parts = self.parts.clone();
        let bytes = self.body.in_memory().cloned().unwrap_or_else(|| {
            parts.mistake.get_or_insert("a stream cannot be sent twice".to_owned());
            Bytes::new()
        });
        Self { parts, body: bytes.into() }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({} {})", self.parts.method(), self.parts.path)
    }
}

/// The future of a call's outcome.
#[must_use = "a request is sent when it is awaited"]
pub struct Sending<T, E> {
    reply: BoxFuture<'static, Result<Reply, Failure>>,
    read: Box<Reader<T, E>>,
}

type Reader<T, E> = dyn Fn(&mut Reply) -> Result<T, Error<E>> + Send + Sync;

impl<T: 'static, E: 'static> Sending<T, E> {
    /// Sends `call`, and decodes the response by `read`. If its status `streams`, its body is a stream.
    pub fn new(
        call: Call,
        streams: fn(u16) -> bool,
        read: fn(&mut Reply) -> Result<T, Error<E>>,
    ) -> Self {
        Self { reply: call.send(streams), read: Box::new(read) }
    }
}

impl<T: 'static, E: 'static> Sending<http::Response<T>, E> {
    /// Like [`new`](Self::new), with the status and headers of the response.
    pub fn whole(
        call: Call,
        streams: fn(u16) -> bool,
        read: fn(&mut Reply) -> Result<T, Error<E>>,
    ) -> Self {
        let read = move |reply: &mut Reply| read(reply).map(|output| reply.respond(output));
        Self { reply: call.send(streams), read: Box::new(read) }
    }
}

/// Tells no status whose response is left a stream.
#[doc(hidden)]
pub fn never(_: u16) -> bool {
    false
}

impl<T, E> Future for Sending<T, E> {
    type Output = Result<T, Error<E>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let reply = self.reply.as_mut().poll(cx);
        reply.map(|reply| (self.read)(&mut reply.map_err(Failure::widen)?))
    }
}

impl<T, E> fmt::Debug for Sending<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}
