//! Request and response bodies.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::{fmt, io, mem};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Frame, SizeHint};

use super::BoxError;

/// A body: bytes in memory, or a stream of chunks. Bytes are never copied.
///
/// It implements [`Stream`] and [`http_body::Body`], so a download can be uploaded as it arrives.
pub struct Body {
    /// The lock is never taken: it makes a body `Sync`, which other stacks ask for.
    next: Option<Mutex<Next>>,
    /// How many bytes are still to come from `next`; `None` is unknown.
    left: Option<u64>,
    /// Bytes in memory; of a stream the last chunk, until it is known that nothing follows it.
    last: Bytes,
}

pub(super) type Next = Box<dyn FnMut(&mut Context<'_>) -> Polled + Send>;
pub(super) type Polled = Poll<Option<io::Result<Bytes>>>;

impl Body {
    /// A body without content.
    pub fn empty() -> Self {
        Self::from("")
    }

    /// A stream of exactly `length` bytes, sent with `Content-Length`. The call fails if there are
    /// more or fewer. A stream cannot be sent again after a 401.
    pub fn stream<S, E>(length: u64, chunks: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let mut chunks = Box::pin(chunks);
        let next = move |cx: &mut Context<'_>| chunks.as_mut().poll_next(cx).map_err(io_error);
        Self::poll_with(Some(length), Box::new(next))
    }

    /// Wraps the body of another HTTP library; its trailers are dropped.
    pub fn wrap<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        // Over HTTP/2, a 304 may have a length, which is not its own (RFC 9110, section 8.6).
        if body.is_end_stream() {
            return Self::empty();
        }
        let length = body.size_hint().exact();
        let mut body = Box::pin(body);
        let next = move |cx: &mut Context<'_>| loop {
            match ready!(body.as_mut().poll_frame(cx)).map(|frame| frame.map(Frame::into_data)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(io_error(error)))),
                Some(Ok(Ok(chunk))) => return Poll::Ready(Some(Ok(chunk))),
                Some(Ok(Err(_trailers))) => {}
            }
        };
        Self::poll_with(length, Box::new(next))
    }

    pub(super) fn poll_with(length: Option<u64>, next: Next) -> Self {
        Self { next: Some(Mutex::new(next)), left: length, last: Bytes::new() }
    }

    /// The same body, which fails if it pauses until a future that `sleep` returns is ready.
    pub(super) fn impatient<F>(mut self, sleep: impl Fn() -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + Unpin + 'static,
    {
        if self.next.is_none() {
            return self;
        }
        let length = self.length();
        let mut waiting = None;
        let next = move |cx: &mut Context<'_>| {
            let polled = self.poll_chunk(cx);
            if polled.is_ready() {
                waiting = None;
                return polled;
            }
            let waiting = waiting.get_or_insert_with(&sleep);
            ready!(Pin::new(waiting).poll(cx));
            self.fail(io::Error::new(io::ErrorKind::TimedOut, "no data arrived in time"))
        };
        Self::poll_with(length, Box::new(next))
    }

    /// The same body, which calls `watch` before each chunk, and drops it once it is at its end, or dropped itself.
    #[cfg(feature = "client")]
    pub(super) fn watched(mut self, mut watch: impl FnMut() + Send + 'static) -> Self {
        if self.next.is_none() && self.last.is_empty() {
            return self;
        }
        let length = self.length();
        let next = move |cx: &mut Context<'_>| {
            watch();
            self.poll_chunk(cx)
        };
        Self::poll_with(length, Box::new(next))
    }

    /// The number of bytes that remain, if known.
    pub fn length(&self) -> Option<u64> {
        self.left?.checked_add(self.last.len() as u64)
    }

    /// Collects the remaining bytes.
    ///
    /// # Errors
    /// The stream's own.
    pub async fn bytes(self) -> io::Result<Bytes> {
        Ok(self.bytes_within(u64::MAX).await?.unwrap_or_default())
    }

    /// Like [`bytes`](Self::bytes), but `None` as soon as there are certainly more than `limit` bytes. Memory grows
    /// with what arrives, not with what was announced.
    pub(super) async fn bytes_within(mut self, limit: u64) -> io::Result<Option<Bytes>> {
        let mut one = Bytes::new();
        let mut all = BytesMut::new();
        if self.length().is_some_and(|length| length > limit) {
            return Ok(None);
        }
        let mut left = limit;
        while let Some(chunk) = std::future::poll_fn(|cx| self.poll_chunk(cx)).await {
            match left.checked_sub(chunk.as_ref().map_or(0, |chunk| chunk.len() as u64)) {
                Some(less) => left = less,
                None => return Ok(None),
            }
            if one.is_empty() && all.is_empty() {
                one = chunk?;
            } else {
                all.extend_from_slice(&mem::take(&mut one));
                all.extend_from_slice(&chunk?);
            }
        }
        Ok(Some(if all.is_empty() { one } else { all.freeze() }))
    }

    /// The whole content, if it is in memory.
    pub(super) fn in_memory(&self) -> Option<&Bytes> {
        self.next.is_none().then_some(&self.last)
    }

    pub(super) fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Polled {
        while let Some(next) = &mut self.next {
            let next = next.get_mut().unwrap_or_else(PoisonError::into_inner);
            match (ready!(next(cx)), &mut self.left) {
                (Some(Ok(chunk)), _) if chunk.is_empty() => {}
                (Some(Ok(chunk)), Some(left)) => match left.checked_sub(chunk.len() as u64) {
                    None => return self.fail(wrong_length("longer")),
                    Some(0) => (*left, self.last) = (0, chunk),
                    Some(rest) => {
                        *left = rest;
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                },
                (Some(Ok(chunk)), None) => return Poll::Ready(Some(Ok(chunk))),
                (Some(Err(error)), _) => return self.fail(error),
                (None, Some(1..)) => return self.fail(wrong_length("shorter")),
                (None, _) => (self.next, self.left) = (None, Some(0)),
            }
        }
        let last = mem::take(&mut self.last);
        Poll::Ready((!last.is_empty()).then_some(Ok(last)))
    }

    fn fail(&mut self, error: io::Error) -> Polled {
        *self = Self::empty();
        Poll::Ready(Some(Err(error)))
    }
}

fn wrong_length(how: &str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, format!("the stream is {how} than declared"))
}

/// An error as one of I/O; one that is already one keeps its kind.
pub(super) fn io_error(error: impl Into<BoxError>) -> io::Error {
    error.into().downcast::<io::Error>().map_or_else(io::Error::other, |error| *error)
}

impl Stream for Body {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        self.poll_chunk(cx)
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.poll_chunk(cx).map_ok(Frame::data)
    }

    fn is_end_stream(&self) -> bool {
        self.next.is_none() && self.last.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.length().map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

/// From bytes or text.
impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self { next: None, left: Some(0), last: bytes.into() }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({:?} bytes)", self.length())
    }
}
