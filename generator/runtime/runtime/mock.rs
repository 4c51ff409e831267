//! A transport for unit tests: no socket, no service.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use serde::Serialize;

use super::{Body, BoxFuture, Error, Failure, Transport};

/// Returns prepared responses in order, one for each request, and records the requests.
///
/// Clones share their state: give one to the client and inspect the other.
///
/// ```ignore
/// let mock = Mock::new().json(200, &serde_json::json!({ "id": "1" }));
/// let client = Client::builder().transport(mock.clone()).build()?;
/// let response = client.get_thing("1").await?;
/// assert_eq!(mock.requests()[0].uri().path(), "/things/1");
/// ```
#[derive(Clone, Default)]
pub struct Mock(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    responses: VecDeque<Result<Response<Bytes>, Failure>>,
    requests: Vec<Request<Bytes>>,
}

impl Mock {
    /// Returns a mock without responses. A request without a response fails with [`Error::Connect`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Responds to the next request with `value` as JSON: a value of the operation's type, or
    /// `serde_json::json!({ … })`. If it cannot be encoded, or the status is invalid, that request fails
    /// with [`Error::Request`].
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(self, status: u16, value: &T) -> Self {
        let text = serde_json::to_vec(value).map_err(|error| error.to_string());
        self.next(text.and_then(|text| respond(status, "application/json", text.into())))
    }

    /// Responds to the next request with a status and no body.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        self.next(respond(status, "", Bytes::new()))
    }

    /// Responds to the next request with this body.
    #[must_use]
    pub fn respond(self, response: Response<impl Into<Bytes>>) -> Self {
        self.next(Ok(response.map(Into::into)))
    }

    /// Fails the next request.
    #[must_use]
    pub fn fail(self, error: Failure) -> Self {
        self.state().responses.push_back(Err(error));
        self
    }

    /// The requests so far, credentials included.
    pub fn requests(&self) -> Vec<Request<Bytes>> {
        self.state().requests.clone()
    }

    fn next(self, response: Result<Response<Bytes>, String>) -> Self {
        self.state().responses.push_back(response.map_err(Error::Request));
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn respond(status: u16, content_type: &str, body: Bytes) -> Result<Response<Bytes>, String> {
    let status =
        StatusCode::from_u16(status).map_err(|_| format!("{status} is not a valid status"))?;
    let mut response = Response::builder().status(status);
    if !content_type.is_empty() {
        response = response.header(header::CONTENT_TYPE, content_type);
    }
    response.body(body).map_err(|error| error.to_string())
}

impl Transport for Mock {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.bytes().await.map_err(|error| Error::Transport(error.into()))?;
            let mut state = self.state();
            state.requests.push(Request::from_parts(head, body));
            let response = state.responses.pop_front();
            let missing = || Err(Error::Connect("the mock has no more responses".into()));
            response.unwrap_or_else(missing).map(|response| response.map(Body::from))
        })
    }

    /// No time passes and no time limit expires: use [`Mock::fail`] with [`Error::Timeout`].
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    /// A request is sent again at once.
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        write!(f, "Mock({} responses, {} requests)", state.responses.len(), state.requests.len())
    }
}
