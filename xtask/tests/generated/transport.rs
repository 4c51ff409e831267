//! A transport that plays canned answers and keeps what it is given, for URLs that no test can connect to.

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
    answers: VecDeque<Response<Bytes>>,
    requests: Vec<Request<Bytes>>,
}

impl Recorder {
    /// Plays these answers in this order.
    pub(crate) fn new(answers: impl IntoIterator<Item = (u16, &'static str)>) -> Self {
        let answer = |(status, body): (u16, &'static str)| {
            Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap()
        };
        let answers = answers.into_iter().map(answer).collect();
        Self(Arc::new(Mutex::new(Tape { answers, requests: Vec::new() })))
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
            match tape.answers.pop_front() {
                Some(answer) => Ok(answer.map(Body::from)),
                None => Err(Error::Transport("no more answers".into())),
            }
        })
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}
