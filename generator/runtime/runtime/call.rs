//! One call of an operation: its request, and how it is sent.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use serde::Serialize;
use serde_json::Value;

use super::client::header;
use super::parameter::{self, HeaderStyle, PathStyle, QueryStyle};
use super::{Body, BoxFuture, Client, Error, Place, Reply, Secret, Server, TransportError};

/// An operation of the document.
#[derive(Debug)]
pub struct Operation {
    /// The name of its method.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// Where it is.
    pub server: &'static Server,
    /// The path below the server's, parameters in braces. What follows a `#` is not sent.
    pub path: &'static str,
    /// The `Accept` header; none if empty.
    pub accept: &'static str,
    /// The names of the security schemes: alternatives, each of them a set.
    pub security: &'static [&'static [&'static str]],
}

/// The request of an operation while it is put together. A mistake in it is told when it is sent.
pub struct Call(pub(super) Box<Parts>);

pub(super) struct Parts {
    pub(super) client: Client,
    pub(super) operation: &'static Operation,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) cookies: Vec<String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
    pub(super) at: Option<String>,
    pub(super) timeout: Option<Duration>,
    pub(super) mistake: Option<String>,
}

/// What can go wrong before the answer is looked at.
pub(crate) type Failure = Error<Infallible>;

impl Call {
    pub(crate) fn new(client: Client, operation: &'static Operation) -> Self {
        let mut headers = client.inner().headers.clone();
        if !operation.accept.is_empty() {
            headers.entry(ACCEPT).or_insert(HeaderValue::from_static(operation.accept));
        }
        let path = operation.path.split('#').next().unwrap_or_default().to_owned();
        let timeout = client.inner().timeout;
        let (query, cookies, body) = (Vec::new(), Vec::new(), Body::empty());
        let (at, mistake) = (None, None);
        Self(Box::new(Parts {
            client,
            operation,
            path,
            query,
            cookies,
            headers,
            body,
            at,
            timeout,
            mistake,
        }))
    }

    /// Fills in a path parameter.
    #[must_use]
    pub fn path<T: Serialize + ?Sized>(self, name: &str, value: &T, style: PathStyle) -> Self {
        let value = serde_json::to_value(value);
        self.with(value, |parts, value| match parameter::path(name, &value, style) {
            Some(text) if !text.is_empty() => {
                parts.path = parts.path.replace(&format!("{{{name}}}"), &text);
                Ok(())
            }
            _ => Err(format!("path parameter `{name}` is empty")),
        })
    }

    /// Sets a query parameter; the last one of a name holds.
    #[must_use]
    pub fn query<T: Serialize + ?Sized>(self, name: &str, value: &T, style: QueryStyle) -> Self {
        self.set_query(name, serde_json::to_value(value), style, parameter::strict)
    }

    /// Sets a query parameter in which reserved characters stay as they are (`allowReserved`).
    #[must_use]
    pub fn query_reserved<T>(self, name: &str, value: &T, style: QueryStyle) -> Self
    where
        T: Serialize + ?Sized,
    {
        self.set_query(name, serde_json::to_value(value), style, parameter::reserved)
    }

    fn set_query(
        self,
        name: &str,
        value: serde_json::Result<Value>,
        style: QueryStyle,
        escape: fn(&str) -> String,
    ) -> Self {
        self.with(value, |parts, value| {
            parts.query.retain(|(other, _)| other != name);
            let text = parameter::query(name, &value, style, escape, "&");
            parts.query.extend(text.map(|text| (name.to_owned(), text)));
            Ok(())
        })
    }

    /// Sets a header parameter.
    #[must_use]
    pub fn header<T: Serialize + ?Sized>(self, name: &str, value: &T, style: HeaderStyle) -> Self {
        let value = serde_json::to_value(value);
        self.with(value, |parts, value| match parameter::header(&value, style) {
            Some(text) => parts.set_header(name, &text),
            None => Ok(()),
        })
    }

    /// Adds a cookie parameter.
    #[must_use]
    pub fn cookie<T: Serialize + ?Sized>(self, name: &str, value: &T, style: QueryStyle) -> Self {
        let value = serde_json::to_value(value);
        self.with(value, |parts, value| {
            let text = parameter::query(name, &value, style, parameter::strict, "; ");
            parts.cookies.extend(text);
            Ok(())
        })
    }

    /// Sends `value` as JSON.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(self, content_type: &str, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(text) => self.body(content_type, Body::from(text)),
            Err(error) => self.mistake(format!("the body cannot be written as JSON: {error}")),
        }
    }

    /// Sends `body`.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: Body) -> Self {
        self.0.body = body;
        self.raw_header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Sets any header as it is.
    #[must_use]
    pub fn raw_header(self, name: &str, value: &str) -> Self {
        self.with(Ok(Value::Null), |parts, _| parts.set_header(name, value))
    }

    /// Sends to this absolute URL instead: its scheme, host, path, and its query if it has one.
    #[must_use]
    pub fn at(mut self, url: String) -> Self {
        self.0.at = Some(url);
        self
    }

    /// Limits the time of the whole call.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout = Some(timeout);
        self
    }

    /// Notes what is wrong with the request, unless something was wrong already.
    pub(crate) fn mistake(mut self, text: String) -> Self {
        self.0.mistake.get_or_insert(text);
        self
    }

    fn with(
        mut self,
        value: serde_json::Result<Value>,
        set: impl FnOnce(&mut Parts, Value) -> Result<(), String>,
    ) -> Self {
        match value.map_err(|error| error.to_string()).and_then(|value| set(&mut self.0, value)) {
            Ok(()) => self,
            Err(mistake) => self.mistake(mistake),
        }
    }

    /// The request without credentials.
    pub(crate) fn into_request<E>(mut self) -> Result<Request<Body>, Error<E>> {
        let body = std::mem::take(&mut self.0.body);
        self.0.request(body, &[]).map_err(Failure::widen)
    }

    /// Sends the request; `streams` says for which statuses the answer's body is left a stream.
    pub(crate) fn send(
        self,
        streams: fn(u16) -> bool,
    ) -> BoxFuture<'static, Result<Reply, Failure>> {
        let sleep = self.0.timeout.map(|time| self.0.client.inner().transport.sleep(time));
        let mut exchange: BoxFuture<'static, _> = Box::pin(self.0.exchange(streams));
        let Some(mut sleep) = sleep else { return exchange };
        Box::pin(std::future::poll_fn(move |cx| match exchange.as_mut().poll(cx) {
            Poll::Pending => sleep.as_mut().poll(cx).map(|()| Err(Error::Timeout)),
            ready => ready,
        }))
    }
}

impl Parts {
    fn set_header(&mut self, name: &str, value: &str) -> Result<(), String> {
        let (name, value) = header(name, value)?;
        self.headers.insert(name, value);
        Ok(())
    }

    async fn exchange(mut self: Box<Self>, streams: fn(u16) -> bool) -> Result<Reply, Failure> {
        let client = self.client.clone();
        let credentials = client.inner().credentials(self.operation);
        let body = std::mem::take(&mut self.body);
        let again = body.try_clone();
        // A mistake or a refused URL is told before anybody is asked for a token.
        self.request(Body::empty(), &[])?;
        let mut secrets = Vec::new();
        for (place, credential) in &credentials {
            let secret = credential.secret(None).await.map_err(Error::Token)?;
            secrets.extend(secret.map(|secret| (*place, secret)));
        }
        let mut response = self.attempt(body, &secrets).await?;
        if response.status() == StatusCode::UNAUTHORIZED
            && let Some(copy) = again
        {
            let mut fresh = false;
            for ((_, credential), (_, secret)) in credentials.iter().zip(&mut secrets) {
                let new = credential.secret(Some(secret)).await.map_err(Error::Token)?;
                fresh |= new.as_ref().is_some_and(|new| new != secret);
                *secret = new.unwrap_or_else(|| secret.clone());
            }
            if fresh {
                response = self.attempt(copy, &secrets).await?;
            }
        }
        let (head, mut stream) = response.into_parts();
        let mut bytes = Bytes::new();
        if !streams(head.status.as_u16()) {
            let whole = std::mem::take(&mut stream).bytes().await;
            bytes = whole.map_err(|error| Error::Transport(error.into()))?;
        }
        Ok(Reply::new(head.status, head.headers, bytes, stream))
    }

    fn attempt(
        &self,
        body: Body,
        secrets: &[(Place, Secret)],
    ) -> BoxFuture<'static, Result<http::Response<Body>, Failure>> {
        let request = self.request(body, secrets);
        let client = self.client.clone();
        Box::pin(async move {
            client.inner().transport.send(request?).await.map_err(|error| match error {
                TransportError::Connect(error) => Error::Connect(error),
                TransportError::Interrupted(error) => Error::Transport(error),
            })
        })
    }

    fn request(&self, body: Body, secrets: &[(Place, Secret)]) -> Result<Request<Body>, Failure> {
        if let Some(mistake) = &self.mistake {
            return Err(Error::Request(mistake.clone()));
        }
        let mut headers = self.headers.clone();
        let mut query: Vec<_> = self.query.iter().map(|(_, text)| text.clone()).collect();
        let mut cookies = self.cookies.clone();
        let mut keys = Vec::new();
        for (place, secret) in secrets {
            let text = secret.expose();
            let (name, value) = match *place {
                Place::Authorization(word) => (AUTHORIZATION.as_str(), format!("{word} {text}")),
                Place::Header(name) => (name, text.to_owned()),
                Place::Query(name) => {
                    keys.push(format!("{}={}", parameter::strict(name), parameter::strict(text)));
                    continue;
                }
                Place::Cookie(name) => {
                    cookies.push(format!("{name}={text}"));
                    continue;
                }
            };
            let (name, mut value) = header(name, &value).map_err(Error::Request)?;
            value.set_sensitive(true);
            headers.entry(name).or_insert(value);
        }
        if !cookies.is_empty() {
            let (name, mut value) =
                header(COOKIE.as_str(), &cookies.join("; ")).map_err(Error::Request)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let mut request = Request::new(body);
        *request.method_mut() = self.operation.method.clone();
        *request.uri_mut() = self.url(&mut query, keys)?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn url(&self, query: &mut Vec<String>, keys: Vec<String>) -> Result<Uri, Failure> {
        let inner = self.client.inner();
        let start = match &self.at {
            Some(url) => {
                let url = inner.trust.check(url).map_err(Error::Refused)?;
                if let Some(own) = url.query() {
                    *query = vec![own.to_owned()];
                }
                let (scheme, authority) = (url.scheme_str(), url.authority());
                let (Some(scheme), Some(authority)) = (scheme, authority) else {
                    return Err(Error::Refused("it is not absolute".to_owned()));
                };
                format!("{scheme}://{authority}{}", url.path())
            }
            None => {
                let base = inner.base(self.operation).ok_or_else(|| {
                    Error::Request("the operation's server is none of the service's".to_owned())
                })?;
                let (path, own) = self.path.split_once('?').unwrap_or((&self.path, ""));
                if path.split('/').any(|segment| segment == "." || segment == "..") {
                    let text = "a path parameter makes a segment of the path `.` or `..`";
                    return Err(Error::Request(text.to_owned()));
                }
                let fixed = base.query.iter().cloned().chain([own.to_owned()]);
                query.splice(0..0, fixed.filter(|text| !text.is_empty()));
                format!("{}{}{path}", base.origin, base.path)
            }
        };
        query.extend(keys);
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("{start}{mark}{}", query.join("&"));
        url.parse().map_err(|error: http::uri::InvalidUri| {
            Error::Request(format!("its URL is not valid: {error}"))
        })
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { operation, path, .. } = &*self.0;
        f.debug_struct("Call")
            .field("operation", &operation.name)
            .field("path", path)
            .finish_non_exhaustive()
    }
}

/// A call on its way: the future of its outcome.
#[must_use = "a request is sent when it is awaited"]
pub struct Sending<T, E> {
    reply: BoxFuture<'static, Result<Reply, Failure>>,
    read: fn(&mut Reply) -> Result<T, Error<E>>,
}

impl<T, E> Sending<T, E> {
    /// Sends `call` and reads its answer.
    pub fn new(
        call: Call,
        streams: fn(u16) -> bool,
        read: fn(&mut Reply) -> Result<T, Error<E>>,
    ) -> Self {
        Self { reply: call.send(streams), read }
    }
}

impl<T, E> Future for Sending<T, E> {
    type Output = Result<T, Error<E>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let read = self.read;
        self.reply.as_mut().poll(cx).map(|reply| match reply {
            Ok(mut reply) => read(&mut reply),
            Err(failure) => Err(failure.widen()),
        })
    }
}

impl<T, E> fmt::Debug for Sending<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sending")
    }
}

/// What an operation gives, with the head of the answer it came in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response<T> {
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// What awaiting the call gives.
    pub body: T,
}

impl<T> Response<T> {
    pub(crate) fn new(reply: &mut Reply, body: T) -> Self {
        let (status, headers) = reply.take_head();
        Self { status, headers, body }
    }
}
