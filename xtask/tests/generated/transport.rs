//! A transport that plays canned responses and keeps what it is given, for URLs that no test can connect to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use box_upload_sessions::runtime::{BoxFuture, Failure, Transport};
use box_upload_sessions::{Body, Error};
use bytes::Bytes;
use http::{Request, Response};

/// Clones share what they keep.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Tape>>);

#[derive(Default)]
struct Tape {
    responses: VecDeque<Response<Bytes>>,
    requests: Vec<Request<Bytes>>,
}

impl Recorder {
    /// Plays these responses in this order.
    pub(crate) fn new(responses: impl IntoIterator<Item = (u16, &'static str)>) -> Self {
        let response = |(status, body): (u16, &'static str)| {
            Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap()
        };
        let responses = responses.into_iter().map(response).collect();
        Self(Arc::new(Mutex::new(Tape { responses, requests: Vec::new() })))
    }

    /// What has been sent.
    pub(crate) fn requests(&self) -> Vec<Request<Bytes>> {
        self.0.lock().unwrap().requests.clone()
    }
}

impl Transport for Recorder {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.bytes().await.map_err(|error| Error::Transport(error.into()))?;
            let mut tape = self.0.lock().unwrap();
            tape.requests.push(Request::from_parts(head, body));
            match tape.responses.pop_front() {
                Some(response) => Ok(response.map(Body::from)),
                None => Err(Error::Transport("no more responses".into())),
            }
        })
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}
