//! Stand-ins: a transport with a list of responses, streams, token providers.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::{Request, Response};

use crate::runtime::{
    Body, BoxError, BoxFuture, Client, ClientBuilder, Failure, Secret, TokenProvider, Transport,
};
use crate::service::SERVICE;

/// A transport that records requests and plays the given responses in order.
#[derive(Clone, Default)]
pub(crate) struct Fake {
    requests: Arc<Mutex<Vec<Request<Bytes>>>>,
    slept: Arc<Mutex<Vec<Duration>>>,
    responses: Arc<Mutex<VecDeque<CannedResponse>>>,
}

pub(crate) type CannedResponse = Result<Response<Body>, Failure>;

impl Fake {
    pub(crate) fn new(responses: impl IntoIterator<Item = CannedResponse>) -> Self {
        Self {
            requests: Arc::default(),
            slept: Arc::default(),
            responses: Arc::new(Mutex::new(responses.into_iter().collect())),
        }
    }

    /// The requests so far, their bodies complete.
    pub(crate) fn requests(&self) -> Vec<Request<Bytes>> {
        self.requests.lock().unwrap().clone()
    }

    /// How long somebody wanted to wait, each time.
    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }

    /// A client of [`SERVICE`] on this transport.
    pub(crate) fn client(&self) -> Client {
        self.configure(|builder| builder)
    }

    pub(crate) fn configure(
        &self,
        configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Client {
        let builder = ClientBuilder::new(&SERVICE).transport(self.clone());
        configure(builder.read_timeout(Duration::MAX)).build().unwrap()
    }
}

impl Transport for Fake {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, CannedResponse> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.bytes().await.map_err(|error| Failure::Transport(error.into()))?;
            self.requests.lock().unwrap().push(Request::from_parts(head, body));
            let response = self.responses.lock().unwrap().pop_front();
            match response {
                Some(response) => response,
                None => std::future::pending().await,
            }
        })
    }

    /// No time passes: whoever waits has waited, but for those who wait for ever.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        match duration {
            Duration::MAX => Box::pin(std::future::pending()),
            _ => {
                self.slept.lock().unwrap().push(duration);
                Box::pin(std::future::ready(()))
            }
        }
    }
}

/// A response of this status and body.
pub(crate) fn canned(status: u16, body: impl Into<Body>) -> CannedResponse {
    Ok(Response::builder().status(status).body(body.into()).unwrap())
}

/// A response of this status, with this header and no body.
pub(crate) fn canned_with(status: u16, name: &str, value: &str) -> CannedResponse {
    Ok(Response::builder().status(status).header(name, value).body(Body::empty()).unwrap())
}

/// A stream of chunks, which is ready only every second time.
pub(crate) struct Chunks {
    left: VecDeque<Result<Bytes, BoxError>>,
    ready: bool,
}

pub(crate) fn chunks<const N: usize>(chunks: [&'static str; N]) -> Chunks {
    let left = chunks.into_iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes())));
    Chunks { left: left.collect(), ready: false }
}

/// A stream of pieces of this size.
pub(crate) fn pieces(text: &'static str, size: usize) -> Chunks {
    let left = text.as_bytes().chunks(size).map(|chunk| Ok(Bytes::from_static(chunk)));
    Chunks { left: left.collect(), ready: false }
}

impl Chunks {
    pub(crate) fn then_error(mut self, error: &str) -> Self {
        self.left.push_back(Err(error.into()));
        self
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.ready = !self.ready;
        if self.ready {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.left.pop_front())
    }
}

/// A provider that numbers its tokens, and notes which one was rejected before each.
#[derive(Clone, Default)]
pub(crate) struct Numbered(pub(crate) Arc<Mutex<Vec<Option<String>>>>);

impl TokenProvider for Numbered {
    fn token<'a>(
        &'a self,
        rejected: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Secret, BoxError>> {
        let mut asked = self.0.lock().unwrap();
        asked.push(rejected.map(|secret| secret.expose().to_owned()));
        let token = format!("token-{}", asked.len());
        Box::pin(async move { Ok(token.into()) })
    }
}

/// Runs a future that has nothing to wait for.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// The bytes of a body.
pub(crate) fn read(body: Body) -> io::Result<Bytes> {
    run(body.bytes())
}

/// A failure that never holds a typed error.
pub(crate) type Never = Infallible;
