//! What a request sends and what an answer brings.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::{fmt, io, mem};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Frame, SizeHint};

use super::BoxError;

/// A body: bytes in memory, or a stream of chunks. Bytes are handed on, never copied.
///
/// It is itself a [`Stream`] of chunks and an [`http_body::Body`], so what is downloaded can be
/// sent on as it comes.
#[derive(Default)]
pub struct Body(VecDeque<Piece>);

/// Bytes (`next` is `None`, `last` are they), or a stream held to the length promised for it.
struct Piece {
    next: Option<Next>,
    /// How many bytes are still to come from `next`, if that is known.
    left: Option<u64>,
    /// The last chunk of a stream is kept back until it is known that nothing follows it.
    last: Option<Bytes>,
}

type Next = Box<dyn FnMut(&mut Context<'_>) -> Polled + Send>;
type Polled = Poll<Option<io::Result<Bytes>>>;

impl Body {
    /// A body without content.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A stream of exactly `length` bytes, which are sent with `Content-Length`. More or fewer
    /// are an error of the call. A stream cannot be sent again after a 401.
    pub fn stream<S, E>(length: u64, chunks: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let mut chunks = Box::pin(chunks);
        let next = move |cx: &mut Context<'_>| chunks.as_mut().poll_next(cx).map_err(io_error);
        Self::from_piece(Some(Box::new(next)), Some(length), None)
    }

    /// The body of another HTTP library; its trailers are dropped.
    pub fn wrap<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
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
        Self::from_piece(Some(Box::new(next)), length, None)
    }

    fn from_piece(next: Option<Next>, left: Option<u64>, last: Option<Bytes>) -> Self {
        Self(VecDeque::from([Piece { next, left, last }]))
    }

    /// How many bytes are still to come, if that is known.
    pub fn length(&self) -> Option<u64> {
        let last = |piece: &Piece| piece.last.as_ref().map_or(0, |last| last.len() as u64);
        self.0.iter().try_fold(0, |sum: u64, piece| sum.checked_add(piece.left? + last(piece)))
    }

    /// Everything that is still to come, as one.
    ///
    /// # Errors
    /// The stream's own.
    pub async fn bytes(mut self) -> io::Result<Bytes> {
        let (mut one, mut all) = (Bytes::new(), BytesMut::new());
        while let Some(chunk) = std::future::poll_fn(|cx| self.poll_chunk(cx)).await {
            if one.is_empty() && all.is_empty() {
                one = chunk?;
            } else {
                all.extend_from_slice(&mem::take(&mut one));
                all.extend_from_slice(&chunk?);
            }
        }
        Ok(if all.is_empty() { one } else { all.freeze() })
    }

    /// Puts another body behind this one.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// The same body again, if all of it is in memory.
    pub(crate) fn try_clone(&self) -> Option<Self> {
        let in_memory = self.0.iter().all(|piece| piece.next.is_none());
        let copy = |piece: &Piece| Piece { next: None, left: piece.left, last: piece.last.clone() };
        in_memory.then(|| Self(self.0.iter().map(copy).collect()))
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Polled {
        while let Some(piece) = self.0.front_mut() {
            match ready!(piece.poll(cx)) {
                Some(Ok(chunk)) if !chunk.is_empty() => return Poll::Ready(Some(Ok(chunk))),
                Some(Ok(_)) => {}
                None => drop(self.0.pop_front()),
                Some(Err(error)) => {
                    self.0.clear();
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        Poll::Ready(None)
    }
}

impl Piece {
    fn poll(&mut self, cx: &mut Context<'_>) -> Polled {
        while let Some(next) = &mut self.next {
            match (ready!(next(cx)), &mut self.left) {
                (Some(Ok(chunk)), Some(left)) => match left.checked_sub(chunk.len() as u64) {
                    None => return Poll::Ready(Some(Err(wrong_length("longer")))),
                    Some(0) if *left > 0 => (*left, self.last) = (0, Some(chunk)),
                    Some(rest) => {
                        *left = rest;
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                },
                (None, Some(1..)) => return Poll::Ready(Some(Err(wrong_length("shorter")))),
                (None, _) => self.next = None,
                (item, _) => return Poll::Ready(item),
            }
        }
        Poll::Ready(self.last.take().map(Ok))
    }
}

fn wrong_length(how: &str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, format!("the stream is {how} than promised"))
}

fn io_error(error: impl Into<BoxError>) -> io::Error {
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
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.length().map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

/// From bytes or text.
impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        if bytes.is_empty() { Self::empty() } else { Self::from_piece(None, Some(0), Some(bytes)) }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({:?} bytes)", self.length())
    }
}
