//! The body of a request on its way out.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::{io, mem};

use box_upload_sessions::Body;
use bytes::Bytes;
use futures_util::Stream;
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

use super::limiter::Limiter;

/// A body at the speed that a limiter allows. Its chunks are cut, never copied.
pub(super) struct LimitedBody {
    body: Body,
    limiter: Option<Arc<Limiter>>,
    /// What the body gave and has not gone out.
    chunk: Bytes,
    /// How much of it may go out once `sleep` is over; 0 before that is asked for.
    slice: usize,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl LimitedBody {
    pub(super) fn new(body: Body, limiter: Option<Arc<Limiter>>) -> Self {
        Self { body, limiter, chunk: Bytes::new(), slice: 0, sleep: None }
    }
}

impl http_body::Body for LimitedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = &mut *self;
        let Some(limiter) = &this.limiter else {
            return Pin::new(&mut this.body).poll_frame(cx);
        };
        if this.chunk.is_empty() {
            match ready!(Pin::new(&mut this.body).poll_next(cx)) {
                Some(Ok(chunk)) => this.chunk = chunk,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        if this.slice == 0 {
            let (slice, start) = limiter.reserve(this.chunk.len());
            this.slice = slice;
            this.sleep = start.map(|start| Box::pin(tokio::time::sleep_until(start)));
        }
        if let Some(sleep) = &mut this.sleep {
            ready!(sleep.as_mut().poll(cx));
            this.sleep = None;
        }
        let slice = mem::take(&mut this.slice).min(this.chunk.len());
        Poll::Ready(Some(Ok(Frame::data(this.chunk.split_to(slice)))))
    }

    fn is_end_stream(&self) -> bool {
        self.chunk.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.body.length().and_then(|left| left.checked_add(self.chunk.len() as u64));
        length.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}
