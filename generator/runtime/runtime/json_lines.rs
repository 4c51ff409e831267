//! Sequences of JSON values: one a line (NDJSON, JSON Lines), or each behind a record separator (RFC 7464).

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::{fmt, io, mem};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::{Body, number};

/// How long a value may be by itself: 16 MiB.
const LONGEST: usize = 16 << 20;

/// RFC 7464, section 2.2.
const RECORD_SEPARATOR: u8 = 0x1e;

/// Why the next value cannot be returned.
#[derive(Debug)]
#[non_exhaustive]
pub enum LineError {
    /// It does not match the document. The stream continues after it.
    Decode {
        /// The text, unchanged.
        text: String,
        /// What the mistake is.
        message: String,
    },
    /// The connection failed, or a value is too long. The stream ends.
    Broken(io::Error),
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode { message, .. } => {
                write!(f, "cannot decode an item of the stream: {message}")
            }
            Self::Broken(_) => f.write_str("the stream failed"),
        }
    }
}

impl std::error::Error for LineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Decode { .. } => None,
            Self::Broken(error) => Some(error),
        }
    }
}

/// The values of a response, decoded as they arrive.
pub struct JsonLines<T> {
    body: Body,
    separator: u8,
    text: Vec<u8>,
    ready: VecDeque<Vec<u8>>,
    longest: usize,
    done: bool,
    decoded: PhantomData<fn() -> T>,
}

impl<T> JsonLines<T> {
    /// The values in `body`, one a line.
    pub fn new(body: Body) -> Self {
        Self {
            body,
            separator: b'\n',
            text: Vec::new(),
            ready: VecDeque::new(),
            longest: LONGEST,
            done: false,
            decoded: PhantomData,
        }
    }

    /// The values in `body`, each behind a record separator.
    pub fn records(body: Body) -> Self {
        Self { separator: RECORD_SEPARATOR, ..Self::new(body) }
    }

    /// Limits the length of a value in bytes, by default to 16 MiB. A longer one is an error and ends the stream.
    #[must_use]
    pub fn longest(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    fn feed(&mut self, chunk: &[u8]) {
        let separator = self.separator;
        let mut pieces = chunk.split(|byte| *byte == separator).peekable();
        while let Some(piece) = pieces.next() {
            self.text.extend_from_slice(piece);
            if pieces.peek().is_some() {
                self.end_item();
            }
        }
    }

    fn end_item(&mut self) {
        let text = mem::take(&mut self.text);
        if text.iter().any(|byte| !byte.is_ascii_whitespace() && *byte != RECORD_SEPARATOR) {
            self.ready.push_back(text);
        }
    }
}

impl<T: DeserializeOwned> JsonLines<T> {
    /// The next value, for use without a stream library.
    pub async fn next(&mut self) -> Option<Result<T, LineError>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

fn decode<T: DeserializeOwned>(text: &[u8]) -> Result<T, LineError> {
    let text = text.trim_ascii();
    let text = text.strip_prefix(&[RECORD_SEPARATOR]).unwrap_or(text);
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let decoded =
        serde_json::from_slice(text).or_else(|error| match number::plain_integers(text) {
            Some(text) => serde_json::from_slice(&text).map_err(|_| error),
            None => Err(error),
        });
    decoded.map_err(|error| LineError::Decode {
        text: String::from_utf8_lossy(text).into_owned(),
        message: error.to_string(),
    })
}

impl<T: DeserializeOwned> Stream for JsonLines<T> {
    type Item = Result<T, LineError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(text) = self.ready.pop_front() {
                return Poll::Ready(Some(decode(&text)));
            }
            if self.done {
                return Poll::Ready(None);
            }
            match ready!(Pin::new(&mut self.body).poll_next(cx)) {
                Some(Ok(chunk)) => {
                    self.feed(&chunk);
                    if self.text.len() > self.longest {
                        self.done = true;
                        self.text = Vec::new();
                        let message = format!("an item is longer than {} bytes", self.longest);
                        let error = io::Error::new(io::ErrorKind::InvalidData, message);
                        return Poll::Ready(Some(Err(LineError::Broken(error))));
                    }
                }
                Some(Err(error)) => {
                    self.done = true;
                    return Poll::Ready(Some(Err(LineError::Broken(error))));
                }
                None => {
                    self.done = true;
                    // The last line needs no end.
                    self.end_item();
                }
            }
        }
    }
}

impl<T> fmt::Debug for JsonLines<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines").finish_non_exhaustive()
    }
}
