//! The answer to a call, while it is read.

use std::mem::{replace, take};
use std::str::FromStr;

use bytes::Bytes;
use http::Response;
use serde::de::DeserializeOwned;

use super::{Body, Error, Failure, json, number};

/// An answer; what it means depends on its status.
#[derive(Debug)]
pub struct Reply {
    response: Response<Bytes>,
    stream: Body,
}

impl Reply {
    pub(super) fn new(response: Response<Bytes>, stream: Body) -> Self {
        Self { response, stream }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// A header; `None` if it is missing or not what it should be.
    pub fn header<T: FromStr>(&self, name: &str) -> Option<T> {
        let text = self.response.headers().get(name)?.to_str().ok()?.trim();
        text.parse().ok().or_else(|| number::whole(text)?.parse().ok())
    }

    /// The body, which is JSON; [`Error::Decode`] if it is not the JSON of a `T`.
    pub fn json<T: DeserializeOwned, E>(&mut self) -> Result<T, Error<E>> {
        let body = self.response.body();
        let plainly = || serde_json::from_slice(&number::plain_integers(body)?).ok();
        serde_json::from_slice(body).or_else(|error| plainly().ok_or(error)).map_err(|error| {
            let (path, message) = json::locate(self.response.body(), &error);
            self.misread(path, message).widen()
        })
    }

    fn misread(&mut self, path: String, message: String) -> Failure {
        Error::Decode { response: Box::new(take(&mut self.response)), path, message }
    }

    /// The body, which is text; [`Error::Decode`] if it is not UTF-8.
    pub fn text<E>(&mut self) -> Result<String, Error<E>> {
        let text = String::from_utf8(self.response.body().to_vec());
        text.map_err(|error| self.misread(String::new(), error.to_string()).widen())
    }

    /// The body.
    pub fn bytes(&mut self) -> Bytes {
        take(self.response.body_mut())
    }

    /// The body as it comes, for a status that the operation streams.
    pub fn stream(&mut self) -> Body {
        replace(&mut self.stream, Body::empty())
    }

    /// The answer as an error whose body is JSON.
    pub fn error<E: DeserializeOwned>(&mut self) -> Error<E> {
        self.error_as(Self::json)
    }

    /// The answer as an error whose body `read` reads.
    pub fn error_as<E>(&mut self, read: fn(&mut Self) -> Result<E, Error<E>>) -> Error<E> {
        let mut copy = Self::from(self.response.clone());
        let error = read(&mut copy).ok().map(Box::new);
        Error::Response { response: Box::new(take(&mut self.response)), error }
    }

    /// The answer as an error whose body the document does not describe.
    pub fn untyped<E>(&mut self) -> Error<E> {
        Error::Response { response: Box::new(take(&mut self.response)), error: None }
    }

    /// The head of the answer, around what its body is.
    pub(crate) fn respond<T>(&mut self, body: T) -> Response<T> {
        take(&mut self.response).map(|_| body)
    }
}

impl From<Response<Bytes>> for Reply {
    fn from(response: Response<Bytes>) -> Self {
        let stream = Body::from(response.body().clone());
        Self { response, stream }
    }
}
