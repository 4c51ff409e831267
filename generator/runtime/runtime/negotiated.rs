//! Requests whose response comes in a media type that the caller chose.

use std::fmt;

use http::{Response, header};
use serde_json::{Map, Value};

use super::{Body, BoxFuture, Call, Failure, Reply, Result, Sending, number};

/// A request for a media type other than the operation's default (RFC 9110, section 12). Await it to
/// send it.
#[must_use = "a request is sent when it is awaited"]
pub struct Negotiated<T, E> {
    call: Call,
    streams: fn(u16) -> bool,
    read: fn(&mut Reply) -> Result<T, E>,
}

impl<T, E> Negotiated<T, E> {
    /// `call` with this `Accept` header. A response whose status `streams` is left a stream, and
    /// `read` reads it.
    pub fn new(
        call: Call,
        accept: &str,
        streams: fn(u16) -> bool,
        read: fn(&mut Reply) -> Result<T, E>,
    ) -> Self {
        Self { call: call.raw_header(header::ACCEPT.as_str(), accept), streams, read }
    }
}

impl Call {
    /// Sets a member of a body that is a JSON object to true.
    pub fn with_flag(mut self, member: &str) -> Self {
        let sent = self.body.in_memory().map(|text| serde_json::from_slice::<Map<_, _>>(text));
        if let Some(Ok(mut members)) = sent {
            members.insert(member.to_owned(), Value::Bool(true));
            if let Ok(text) = number::encode(&members) {
                self.body = Body::from(text);
            }
        }
        self
    }
}

impl<T: 'static, E: 'static> Negotiated<T, E> {
    /// Sends the request and returns the outcome with status and headers.
    pub fn send(self) -> BoxFuture<'static, Result<Response<T>, E>> {
        let read = self.read;
        let reply = self.call.send(self.streams);
        Box::pin(async move {
            let mut reply = reply.await.map_err(Failure::widen)?;
            read(&mut reply).map(|output| reply.respond(output))
        })
    }
}

impl<T: 'static, E: 'static> IntoFuture for Negotiated<T, E> {
    type Output = Result<T, E>;
    type IntoFuture = Sending<T, E>;

    fn into_future(self) -> Self::IntoFuture {
        Sending::new(self.call, self.streams, self.read)
    }
}

impl<T, E> fmt::Debug for Negotiated<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Negotiated({:?})", self.call)
    }
}
