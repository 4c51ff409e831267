//! What a request sends and what an answer brings.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::{fmt, io};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Frame, SizeHint};

use super::BoxError;

/// A body: bytes in memory, or a stream of chunks. Bytes are handed on, never copied.
///
/// It is itself a [`Stream`] of chunks and an [`http_body::Body`], so what was downloaded can be
/// sent on as it comes.
#[derive(Default)]
pub struct Body {
    pieces: VecDeque<Piece>,
}

enum Piece {
    Bytes(Bytes),
    Chunks(Chunks),
}

/// A stream that is held to the length that was promised for it.
struct Chunks {
    next: Option<Next>,
    left: Option<u64>,
    /// The chunk that fulfils the promise, kept back until it is known that nothing follows it.
    last: Option<Bytes>,
}

type Next = Box<dyn FnMut(&mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> + Send>;

impl Body {
    /// A body without content.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// A stream of exactly `length` bytes, which becomes `Content-Length`. More or fewer bytes
    /// are an error of the call. A request with a stream cannot be sent again after a 401.
    pub fn stream<S, E>(length: u64, chunks: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let mut chunks = Box::pin(chunks);
        Self::poll_with(Some(length), move |cx| {
            chunks.as_mut().poll_next(cx).map_err(|error| io_error(error.into()))
        })
    }

    /// The body of another HTTP library; its trailers are dropped.
    pub fn wrap<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let length = body.size_hint().exact();
        let mut body = Box::pin(body);
        Self::poll_with(length, move |cx| {
            loop {
                match ready!(body.as_mut().poll_frame(cx)) {
                    None => return Poll::Ready(None),
                    Some(Err(error)) => return Poll::Ready(Some(Err(io_error(error.into())))),
                    Some(Ok(frame)) => {
                        if let Ok(chunk) = frame.into_data() {
                            return Poll::Ready(Some(Ok(chunk)));
                        }
                    }
                }
            }
        })
    }

    /// How many bytes are left to come, if that is known.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.pieces.iter().try_fold(0, |sum: u64, piece| match piece {
            Piece::Bytes(bytes) => sum.checked_add(bytes.len() as u64),
            Piece::Chunks(chunks) => {
                sum.checked_add(chunks.left? + chunks.last.as_ref().map_or(0, |c| c.len() as u64))
            }
        })
    }

    /// Everything that is left to come, in one piece.
    ///
    /// # Errors
    /// The stream's own.
    pub async fn bytes(mut self) -> io::Result<Bytes> {
        let mut whole = Bytes::new();
        let mut joined = BytesMut::new();
        while let Some(chunk) = std::future::poll_fn(|cx| self.poll_chunk(cx)).await {
            if whole.is_empty() && joined.is_empty() {
                whole = chunk?;
            } else {
                joined.extend_from_slice(&std::mem::take(&mut whole));
                joined.extend_from_slice(&chunk?);
            }
        }
        Ok(if joined.is_empty() { whole } else { joined.freeze() })
    }

    /// Puts another body behind this one.
    pub fn append(&mut self, mut other: Self) {
        self.pieces.append(&mut other.pieces);
    }

    /// The same body again, if all of it is in memory.
    #[must_use]
    pub fn try_clone(&self) -> Option<Self> {
        let copy = |piece: &Piece| match piece {
            Piece::Bytes(bytes) => Some(Piece::Bytes(bytes.clone())),
            Piece::Chunks(_) => None,
        };
        Some(Self { pieces: self.pieces.iter().map(copy).collect::<Option<_>>()? })
    }

    fn poll_with<F>(length: Option<u64>, next: F) -> Self
    where
        F: FnMut(&mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> + Send + 'static,
    {
        let chunks = Chunks { next: Some(Box::new(next)), left: length, last: None };
        Self { pieces: VecDeque::from([Piece::Chunks(chunks)]) }
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            let item = match self.pieces.front_mut() {
                None => return Poll::Ready(None),
                Some(Piece::Chunks(chunks)) => ready!(chunks.poll(cx)),
                Some(Piece::Bytes(bytes)) => Some(Ok(std::mem::take(bytes))),
            };
            match item {
                Some(Ok(chunk)) if !chunk.is_empty() => return Poll::Ready(Some(Ok(chunk))),
                Some(Err(error)) => {
                    self.pieces.clear();
                    return Poll::Ready(Some(Err(error)));
                }
                _ => drop(self.pieces.pop_front()),
            }
        }
    }
}

impl Chunks {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        while let Some(next) = &mut self.next {
            match (ready!(next(cx)), &mut self.left) {
                (Some(Ok(chunk)), _) if chunk.is_empty() => {}
                (Some(Ok(chunk)), Some(left)) => match left.checked_sub(chunk.len() as u64) {
                    None => return Poll::Ready(Some(Err(wrong_length("more", *left)))),
                    Some(0) => (*left, self.last) = (0, Some(chunk)),
                    Some(rest) => {
                        *left = rest;
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                },
                (None, Some(left)) if *left > 0 => {
                    return Poll::Ready(Some(Err(wrong_length("fewer", *left))));
                }
                (None, _) => self.next = None,
                (item, _) => return Poll::Ready(item),
            }
        }
        Poll::Ready(self.last.take().map(Ok))
    }
}

fn wrong_length(than: &str, left: u64) -> io::Error {
    let text = format!("the stream gave {than} bytes than promised, with {left} left to come");
    io::Error::new(io::ErrorKind::UnexpectedEof, text)
}

fn io_error(error: BoxError) -> io::Error {
    error.downcast::<io::Error>().map_or_else(io::Error::other, |error| *error)
}

impl Stream for Body {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
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
        self.pieces.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.length().map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        let piece = (!bytes.is_empty()).then_some(Piece::Bytes(bytes));
        Self { pieces: piece.into_iter().collect() }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        text.as_bytes().into()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("length", &self.length()).finish_non_exhaustive()
    }
}
