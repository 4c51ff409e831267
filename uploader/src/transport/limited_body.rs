//! Rate-limited request bodies.

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

/// A body at the rate of a limiter. Its chunks are split, never copied.
pub(super) struct LimitedBody {
    body: Body,
    limiter: Arc<Limiter>,
    /// Bytes that were received and not sent.
    chunk: Bytes,
    /// Bytes that may be sent once `sleep` is over; 0 before that is reserved.
    slice: usize,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl LimitedBody {
    pub(super) fn new(body: Body, limiter: Arc<Limiter>) -> Self {
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
        if this.chunk.is_empty() {
            match ready!(Pin::new(&mut this.body).poll_next(cx)) {
                Some(Ok(chunk)) => this.chunk = chunk,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        if this.slice == 0 {
            let (slice, start) = this.limiter.reserve_bytes(this.chunk.len());
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use futures_util::future::join_all;
    use futures_util::{StreamExt, stream};
    use http_body::Body as _;
    use tokio::time::Instant;

    use super::*;

    /// Reads a whole body. Returns when bytes arrived, and how often it had to wait.
    async fn take(mut body: LimitedBody) -> (Vec<(Instant, usize)>, usize) {
        let mut taken = Vec::new();
        let mut waits = 0;
        while let Some(frame) = poll_fn(|cx| {
            let polled = Pin::new(&mut body).poll_frame(cx);
            waits += usize::from(polled.is_pending());
            polled
        })
        .await
        {
            taken.push((Instant::now(), frame.unwrap().into_data().unwrap().len()));
        }
        assert!(body.is_end_stream() && body.size_hint().exact() == Some(0));
        (taken, waits)
    }

    fn body(limiter: &Arc<Limiter>, chunk: usize, count: usize) -> LimitedBody {
        let bytes = Bytes::from(vec![7; chunk]);
        let chunks = stream::repeat_with(move || Ok::<_, io::Error>(bytes.clone()));
        let body = Body::stream((chunk * count) as u64, chunks.take(count));
        LimitedBody::new(body, limiter.clone())
    }

    #[tokio::test(start_paused = true)]
    async fn all_bodies_together_keep_to_the_limit() {
        for (limit, chunk, count) in [
            (1_000_u64, 300, 10),
            (1_000_000, 262_144, 8),
            (100_000_000, 16_384, 4_000),
            (7, 10, 1),
        ] {
            let limiter = Arc::new(Limiter::new(limit));
            let start = Instant::now();
            let taken = join_all((0..3).map(|_| take(body(&limiter, chunk, count)))).await;
            let ideal = (3 * chunk * count) as f64 / limit as f64;
            let waits: usize = taken.iter().map(|(_, waits)| waits).sum();
            let mut slices: Vec<_> = taken.into_iter().flat_map(|(slices, _)| slices).collect();
            slices.sort();

            assert_eq!(slices.iter().map(|(_, bytes)| bytes).sum::<usize>(), 3 * chunk * count);
            // Tokio's timer has a resolution of 1 ms. A slice has at least one byte.
            let grain = 0.055_f64.max(3.0 / limit as f64);
            let took = start.elapsed().as_secs_f64();
            assert!((ideal - took).abs() < grain, "{limit}: {took} s instead of {ideal} s");
            let mut sent = 0;
            for (time, bytes) in slices {
                let due = (time - start).as_secs_f64() * limit as f64;
                assert!(
                    (sent as f64 - due).abs() < grain * limit as f64 + 1.0,
                    "{limit}: {time:?}"
                );
                sent += bytes;
            }
            let seldom = 3.0 * took / 0.024 + 3.0;
            assert!(waits as f64 <= seldom, "{limit}: {waits} waits in {took} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_dropped_leaves_the_others_their_time() {
        let limiter = Arc::new(Limiter::new(1_000));
        let cut = tokio::time::timeout(Duration::from_secs(1), take(body(&limiter, 100_000, 1)));
        assert!(cut.await.is_err());
        let start = Instant::now();
        take(body(&limiter, 1_000, 1)).await;
        assert!(start.elapsed() <= Duration::from_millis(1_100), "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn chunks_are_not_copied() {
        let chunk = Bytes::from(vec![7; 100]);
        let mut body = LimitedBody::new(chunk.clone().into(), Arc::new(Limiter::new(u64::MAX)));
        assert_eq!(body.size_hint().exact(), Some(100));
        let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap().as_ptr(), chunk.as_ptr());
        assert!(body.is_end_stream());
    }

    #[tokio::test]
    async fn an_error_of_the_body_ends_it() {
        let failing = Body::stream(9, stream::iter([Err::<Bytes, _>(io::Error::other("bad"))]));
        let mut body = LimitedBody::new(failing, Arc::new(Limiter::new(1)));
        let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await.unwrap();
        assert_eq!(frame.unwrap_err().to_string(), "bad");
    }
}
