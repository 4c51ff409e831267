//! Server-sent events whose data is JSON.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::{fmt, io};

use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Body, Event, Events, number};

/// An event whose data is decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventOf<T> {
    /// Its data.
    pub data: T,
    /// Its type, by default `message`.
    pub event: String,
    /// The last id set by this event or an earlier one; empty if there was none.
    pub id: String,
    /// How long the service asks clients to wait before reconnecting.
    pub retry: Option<Duration>,
}

/// Why the next event cannot be returned.
#[derive(Debug)]
#[non_exhaustive]
pub enum EventError {
    /// It does not match the document. The stream continues after it.
    Decode {
        /// The event, unchanged.
        event: Event,
        /// What the mistake is.
        message: String,
    },
    /// The connection failed, or an event is too long. The stream ends.
    Broken(io::Error),
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode { event, message } => {
                write!(f, "cannot decode an event `{}`: {message}", event.event)
            }
            Self::Broken(_) => f.write_str("the event stream failed"),
        }
    }
}

impl std::error::Error for EventError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Decode { .. } => None,
            Self::Broken(error) => Some(error),
        }
    }
}

/// The events of a response, decoded as they arrive. The stream ends with the response, or with an event whose
/// data is `[DONE]`.
///
/// To continue after the connection failed, repeat the request with the header `Last-Event-ID` set to
/// [`last_id`](Self::last_id), if the service supports it.
pub struct EventStream<T> {
    events: Events,
    /// Whether `T` is the event, of which the data is a member.
    whole: bool,
    done: bool,
    decoded: PhantomData<fn() -> T>,
}

impl<T> EventStream<T> {
    /// The events in `body`, each with a `T` as its data.
    pub fn new(body: Body) -> Self {
        Self { events: Events::new(body), whole: false, done: false, decoded: PhantomData }
    }

    /// The events in `body`, of which a `T` is all: its members are `data`, `event`, `id` and `retry`.
    pub fn whole(body: Body) -> Self {
        Self { whole: true, ..Self::new(body) }
    }

    /// Limits the length of an event in bytes, by default to 16 MiB.
    #[must_use]
    pub fn longest(self, longest: usize) -> Self {
        Self { events: self.events.longest(longest), ..self }
    }

    /// The id of the last event that had one.
    #[must_use]
    pub fn last_id(&self) -> &str {
        self.events.last_id()
    }

    /// The events, without decoding their data.
    #[must_use]
    pub fn into_events(self) -> Events {
        self.events
    }
}

impl<T: DeserializeOwned> EventStream<T> {
    /// The next event, for use without a stream library.
    pub async fn next(&mut self) -> Option<Result<EventOf<T>, EventError>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    fn decode(&self, event: Event) -> Result<EventOf<T>, EventError> {
        let data = match self.whole {
            true => decode_whole(&event),
            false => decode(event.data.as_bytes()),
        };
        match data {
            Ok(data) => {
                let Event { event, id, retry, .. } = event;
                Ok(EventOf { data, event, id, retry })
            }
            Err(error) => Err(EventError::Decode { event, message: error.to_string() }),
        }
    }
}

/// Decodes JSON as the body of a response is decoded.
fn decode<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(text).or_else(|error| match number::plain_integers(text) {
        Some(text) => serde_json::from_slice(&text).map_err(|_| error),
        None => Err(error),
    })
}

/// Decodes an event as an object; its data is JSON, or else a string.
fn decode_whole<T: DeserializeOwned>(event: &Event) -> serde_json::Result<T> {
    let text = || serde_json::from_value(event_object(event, event.data.as_str().into()));
    match serde_json::from_str(&event.data) {
        Ok(data) => serde_json::from_value(event_object(event, data))
            .or_else(|error| text().map_err(|_| error)),
        Err(_) => text(),
    }
}

fn event_object(event: &Event, data: Value) -> Value {
    let mut members = Map::new();
    members.insert("data".to_owned(), data);
    members.insert("event".to_owned(), event.event.as_str().into());
    if !event.id.is_empty() {
        members.insert("id".to_owned(), event.id.as_str().into());
    }
    let retry = event.retry.and_then(|retry| u64::try_from(retry.as_millis()).ok());
    members.extend(retry.map(|retry| ("retry".to_owned(), retry.into())));
    Value::Object(members)
}

impl<T: DeserializeOwned> Stream for EventStream<T> {
    type Item = Result<EventOf<T>, EventError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.done {
            return Poll::Ready(None);
        }
        Poll::Ready(match ready!(Pin::new(&mut self.events).poll_next(cx)) {
            Some(Ok(event)) if event.data.trim() == "[DONE]" => {
                self.done = true;
                None
            }
            Some(Ok(event)) => Some(self.decode(event)),
            Some(Err(error)) => {
                self.done = true;
                Some(Err(EventError::Broken(error)))
            }
            None => None,
        })
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("last_id", &self.last_id()).finish_non_exhaustive()
    }
}
