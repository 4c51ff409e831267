//! The response to a call, while it is read.

use std::fmt;
use std::mem::{replace, take};
use std::str::FromStr;

use bytes::Bytes;
use http::{Response, header};
use serde::de::DeserializeOwned;

use super::lenient::{self, Attempt, Report};
use super::{Body, Error, Failure, Operation, charset, json, number};

/// A response; what it means depends on its status.
pub struct Reply {
    response: Response<Bytes>,
    stream: Body,
    /// Whom to tell what of the body was left out, if that may be, and in the response to what.
    lenient: Option<(Report, &'static Operation)>,
}

impl Reply {
    pub(super) fn new(response: Response<Bytes>, stream: Body) -> Self {
        Self { response, stream, lenient: None }
    }

    pub(super) fn lenient(self, report: Option<&Report>, operation: &'static Operation) -> Self {
        Self { lenient: report.map(|report| (report.clone(), operation)), ..self }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// A header; `None` if it is missing or does not parse.
    pub fn header<T: FromStr>(&self, name: &str) -> Option<T> {
        let text = self.response.headers().get(name)?.to_str().ok()?.trim();
        text.parse().ok().or_else(|| number::whole(text)?.parse().ok())
    }

    /// Whether the body is empty.
    pub fn is_empty(&self) -> bool {
        self.response.body().trim_ascii().is_empty()
    }

    fn content_type(&self) -> &str {
        let value = self.response.headers().get(header::CONTENT_TYPE);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body, which is JSON; [`Error::Empty`] if there is none, and [`Error::Decode`] if it is
    /// not the JSON of a `T`.
    pub fn json<T: DeserializeOwned, E>(&mut self) -> Result<T, Error<E>> {
        let mut value = None;
        let mut attempt = |text: &[u8]| serde_json::from_slice(text).map(|read| value = Some(read));
        self.decode(&mut attempt).map_err(Failure::widen)?;
        match value {
            Some(value) => Ok(value),
            None => Err(self.misread(String::new(), String::new()).widen()),
        }
    }

    /// Attempts to decode the body; the last attempt is that of the value.
    fn decode(&mut self, attempt: Attempt<'_>) -> Result<(), Failure> {
        if self.is_empty() {
            return Err(Error::Empty(Box::new(take(&mut self.response))));
        }
        let body = self.response.body();
        // RFC 8259, section 8.1: a byte order mark may be ignored.
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let Err(error) = attempt(body) else { return Ok(()) };
        let plain = number::plain_integers(body);
        if plain.as_deref().is_some_and(|body| attempt(body).is_ok()) {
            return Ok(());
        }
        if lenient::decode_empty_as_null(plain.as_deref().unwrap_or(body), attempt) {
            return Ok(());
        }
        if charset::recode(body, self.content_type()).is_some_and(|body| attempt(&body).is_ok()) {
            return Ok(());
        }
        if let Some((report, operation)) = &self.lenient
            && let Some(skipped) = lenient::decode(body, attempt, operation)
        {
            skipped.iter().for_each(|skipped| report(skipped));
            return Ok(());
        }
        let (path, message) = json::locate(body, &error);
        Err(self.misread(path, message))
    }

    fn misread(&mut self, path: String, message: String) -> Failure {
        Error::Decode { response: Box::new(take(&mut self.response)), path, message }
    }

    /// The body, which is text in UTF-8, or in UTF-16 or Latin-1 where its `Content-Type` says so;
    /// [`Error::Decode`] if it is not.
    pub fn text<E>(&mut self) -> Result<String, Error<E>> {
        let text = charset::decode(self.response.body(), self.content_type());
        text.map_err(|message| self.misread(String::new(), message).widen())
    }

    /// The body.
    pub fn bytes(&mut self) -> Bytes {
        take(self.response.body_mut())
    }

    /// The body as it comes, for a status that the operation streams.
    pub fn stream(&mut self) -> Body {
        replace(&mut self.stream, Body::empty())
    }

    /// The response as an error whose body is JSON.
    pub fn error<E: DeserializeOwned>(&mut self) -> Error<E> {
        self.error_as(Self::json)
    }

    /// The response as an error whose body `read` reads.
    pub fn error_as<E>(&mut self, read: fn(&mut Self) -> Result<E, Error<E>>) -> Error<E> {
        let mut copy = Self::from(self.response.clone());
        let body = read(&mut copy).ok().map(Box::new);
        Error::Response { response: Box::new(take(&mut self.response)), body }
    }

    /// The response as an error whose body the document does not describe.
    pub fn untyped<E>(&mut self) -> Error<E> {
        Error::Response { response: Box::new(take(&mut self.response)), body: None }
    }

    /// The head of the response, around what its body is.
    pub fn respond<T>(&mut self, body: T) -> Response<T> {
        take(&mut self.response).map(|_| body)
    }
}

impl From<Response<Bytes>> for Reply {
    fn from(response: Response<Bytes>) -> Self {
        let stream = Body::from(response.body().clone());
        Self::new(response, stream)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({})", self.response.status())
    }
}
