//! Measures requests.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use box_upload_sessions::Body;
use box_upload_sessions::runtime::{BoxFuture, Error, Failure, Operation, Transport};
use box_uploader::transport::HttpTransport;
use bytes::Bytes;
use futures_util::Stream;
use http::{Request, Response};
use http_body::{Frame, SizeHint};

use super::Metrics;

/// Sends requests and counts them. Clones share connections and counters.
#[derive(Clone)]
pub(crate) struct MeasuredTransport {
    inner: HttpTransport,
    metrics: Metrics,
}

impl MeasuredTransport {
    pub(crate) fn new(inner: HttpTransport, metrics: Metrics) -> Self {
        Self { inner, metrics }
    }
}

impl Transport for MeasuredTransport {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        let path = request.extensions().get::<&'static Operation>().map_or("", |it| it.path);
        let in_flight = self.metrics.begin_request((request.method().to_string(), path));
        let metrics = self.metrics.clone();
        let request = request.map(|body| Body::wrap(CountedBody { body, metrics }));
        Box::pin(async move {
            let response = self.inner.send(request).await;
            in_flight.finish(match &response {
                Ok(response) => response.status().as_u16().to_string(),
                Err(Error::Connect(_)) => "not_connected".to_owned(),
                Err(_) => "disconnected".to_owned(),
            });
            response
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.inner.sleep(duration)
    }
}

/// A body whose bytes are counted when they are sent.
struct CountedBody {
    body: Body,
    metrics: Metrics,
}

impl http_body::Body for CountedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let chunk = ready!(Pin::new(&mut self.body).poll_next(cx));
        if let Some(Ok(chunk)) = &chunk {
            self.metrics.record_sent(chunk.len());
        }
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.length().map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}
