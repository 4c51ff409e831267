//! Server-sent events (`text/event-stream`, as the HTML standard defines it).

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::{io, mem};

use futures_core::Stream;

use super::Body;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Its type, by default `message`.
    pub event: String,
    /// Its data; several lines of it are joined by line feeds.
    pub data: String,
    /// The last id set by this event or an earlier one; empty if there was none.
    pub id: String,
    /// How long the service asks clients to wait before reconnecting.
    pub retry: Option<Duration>,
}

/// How long an event may be: 16 MiB.
const LONGEST: usize = 16 << 20;

/// The events of a response, as they arrive. One that is incomplete at the end is dropped.
#[derive(Debug)]
pub struct Events {
    body: Body,
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed belongs to it.
    returned: bool,
    first: bool,
    event: Event,
    ready: VecDeque<Event>,
    longest: usize,
}

impl Events {
    /// The events in `body`.
    pub fn new(body: Body) -> Self {
        let line = Vec::new();
        let event = Event::default();
        let ready = VecDeque::new();
        Self { body, line, returned: false, first: true, event, ready, longest: LONGEST }
    }

    /// Limits the length of an event in bytes, by default to 16 MiB. A longer one is an error and ends
    /// the stream.
    #[must_use]
    pub fn longest(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    /// The id of the last event that had one: to continue from here, send it in the header
    /// `Last-Event-ID`.
    #[must_use]
    pub fn last_id(&self) -> &str {
        &self.event.id
    }

    /// The next event, for use without a stream library.
    pub async fn next(&mut self) -> Option<io::Result<Event>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    fn feed(&mut self, chunk: &[u8]) {
        for &byte in chunk {
            match byte {
                b'\n' if mem::take(&mut self.returned) => {}
                b'\n' | b'\r' => {
                    self.returned = byte == b'\r';
                    let line = mem::take(&mut self.line);
                    let text = String::from_utf8_lossy(&line);
                    let first = mem::replace(&mut self.first, false);
                    self.take(text.strip_prefix('\u{feff}').filter(|_| first).unwrap_or(&text));
                }
                byte => {
                    self.returned = false;
                    self.line.push(byte);
                }
            }
        }
    }

    fn take(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        let event = &mut self.event;
        match name {
            "data" => {
                event.data.push_str(value);
                event.data.push('\n');
            }
            "event" => event.event = value.to_owned(),
            "id" if !value.contains('\0') => event.id = value.to_owned(),
            "retry" => event.retry = value.parse().ok().map(Duration::from_millis),
            "" if line.is_empty() => {
                let id = event.id.clone();
                let mut event = mem::replace(event, Event { id, ..Event::default() });
                if event.data.pop().is_some() {
                    if event.event.is_empty() {
                        event.event = "message".to_owned();
                    }
                    self.ready.push_back(event);
                }
            }
            _ => {}
        }
    }
}

/// What is said of an event that is too long.
fn too_long(longest: usize) -> io::Error {
    let message = format!("an event is longer than {longest} bytes");
    io::Error::new(io::ErrorKind::InvalidData, message)
}

impl Stream for Events {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            match ready!(Pin::new(&mut self.body).poll_next(cx)) {
                Some(Ok(chunk)) => {
                    self.feed(&chunk);
                    if self.line.len() + self.event.data.len() > self.longest {
                        self.body = Body::empty();
                        self.line = Vec::new();
                        self.event.data = String::new();
                        return Poll::Ready(Some(Err(too_long(self.longest))));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}
