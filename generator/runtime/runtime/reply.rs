//! The answer to a call, while it is read.

use std::str::FromStr;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::{Body, DecodeError, Error, ErrorResponse, json};

/// An answer whose meaning depends on its status.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    stream: Body,
}

impl Reply {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: Bytes, stream: Body) -> Self {
        Self { status, headers, body, stream }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// A header, `None` if it is missing or not what it should be.
    #[must_use]
    pub fn header<T: FromStr>(&self, name: &str) -> Option<T> {
        self.headers.get(name)?.to_str().ok()?.trim().parse().ok()
    }

    /// The body, which is JSON.
    ///
    /// # Errors
    /// [`Error::Decode`] where it does not hold a `T`.
    pub fn json<T: DeserializeOwned, E>(&mut self) -> Result<T, Error<E>> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Decode(self.misread(&error)))
    }

    /// The body, which is text.
    ///
    /// # Errors
    /// [`Error::Decode`] where it is not UTF-8.
    pub fn text<E>(&mut self) -> Result<String, Error<E>> {
        String::from_utf8(self.body.to_vec())
            .map_err(|error| Error::Decode(self.decode_error(String::new(), error.to_string())))
    }

    /// The body.
    ///
    /// # Errors
    /// None; it returns a result as its siblings do.
    pub fn bytes<E>(&mut self) -> Result<Bytes, Error<E>> {
        Ok(std::mem::take(&mut self.body))
    }

    /// The body as it comes, for a status that the operation streams.
    ///
    /// # Errors
    /// None; it returns a result as its siblings do.
    pub fn stream<E>(&mut self) -> Result<Body, Error<E>> {
        Ok(std::mem::take(&mut self.stream))
    }

    /// Nothing: whatever the body is, it is not looked at.
    ///
    /// # Errors
    /// None; it returns a result as its siblings do.
    pub fn empty<E>(&mut self) -> Result<(), Error<E>> {
        Ok(())
    }

    /// The answer as an error whose body is JSON.
    pub fn error<E: DeserializeOwned>(&mut self) -> Error<E> {
        self.error_as(Self::json)
    }

    /// The answer as an error whose body `read` knows how to read.
    pub fn error_as<E>(&mut self, read: fn(&mut Self) -> Result<E, Error<E>>) -> Error<E> {
        let body = self.body.clone();
        let error = read(self).ok();
        let (status, headers) = self.take_head();
        Error::Response(Box::new(ErrorResponse { status, headers, body, error }))
    }

    /// The answer as an error whose body the document does not describe.
    pub fn untyped<E>(&mut self) -> Error<E> {
        let (status, headers) = self.take_head();
        let body = std::mem::take(&mut self.body);
        Error::Response(Box::new(ErrorResponse { status, headers, body, error: None }))
    }

    pub(crate) fn take_head(&mut self) -> (StatusCode, HeaderMap) {
        (self.status, std::mem::take(&mut self.headers))
    }

    fn misread(&mut self, error: &serde_json::Error) -> Box<DecodeError> {
        let (path, message) = json::locate(&self.body, error);
        self.decode_error(path, message)
    }

    fn decode_error(&mut self, path: String, message: String) -> Box<DecodeError> {
        let (status, headers) = (self.status, self.headers.clone());
        Box::new(DecodeError { status, headers, body: self.body.clone(), path, message })
    }
}

impl From<http::Response<Bytes>> for Reply {
    fn from(response: http::Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        let stream = Body::from(body.clone());
        Self::new(head.status, head.headers, body, stream)
    }
}
