//! Bodies that are read from the source while they are sent.

use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use box_upload_sessions::runtime::{Body, Error};
use box_upload_sessions::types::ClientError;
use bytes::Bytes;
use futures_util::stream;
use tokio::time::Instant;

use crate::ErrorKind;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::source::{Source, length};

/// How many bytes are handed over at a time. Small enough that even a slow connection shows that it
/// is alive; large enough to cost nothing.
const SLICE: usize = 64 * 1024;

/// Sends a request with these bytes of the source in its body, once. It fails if nothing moves for
/// too long, and may otherwise take its time.
pub(crate) async fn send<T, R>(
    operation: &'static str,
    context: &Arc<Context>,
    source: &Source,
    bytes: Range<u64>,
    request: impl FnOnce(Body) -> R,
) -> Result<T, Failure>
where
    R: IntoFuture<Output = Result<T, Error<ClientError>>>,
{
    let _permit = context.connection().await;
    let pulse = Arc::new(Pulse::new());
    let flow = Flow::new(Arc::clone(context), Arc::clone(&pulse));
    let unread = Arc::clone(&flow.unread);
    let answer = tokio::select! {
        answer = request(body(source.clone(), bytes, flow)) => answer,
        () = pulse.stops(context.policy.idle_timeout) => Err(Error::Timeout),
    };
    if let Some(error) = unread.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let kind = source_error(context, error);
        return Err(Failure::new(operation, Outcome::Final(Box::new(kind)), ""));
    }
    answer.map_err(|error| {
        let failure = Failure::of(operation, error);
        tracing::debug!(operation, status = failure.status, "failed: {}", failure.text);
        failure
    })
}

/// Why a source cannot be read on.
pub(crate) fn source_error(context: &Context, error: io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => context.changed("it became shorter"),
        _ => ErrorKind::Source { name: context.source_name.clone(), error },
    }
}

/// When something moved last.
struct Pulse {
    start: Instant,
    /// Milliseconds since the start.
    last: AtomicU64,
}

impl Pulse {
    fn new() -> Self {
        Self { start: Instant::now(), last: AtomicU64::new(0) }
    }

    fn beat(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }

    /// Returns once there has been no beat for so long.
    async fn stops(&self, limit: Duration) {
        loop {
            let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
            let Some(end) = self.start.checked_add(last.saturating_add(limit)) else {
                return std::future::pending().await;
            };
            if end <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(end).await;
        }
    }
}

/// The bytes of one attempt as they go out.
struct Flow {
    context: Arc<Context>,
    pulse: Arc<Pulse>,
    sent: u64,
    /// Why the source could not be read, which the transport would report as its own error.
    unread: Arc<Mutex<Option<io::Error>>>,
}

impl Flow {
    fn new(context: Arc<Context>, pulse: Arc<Pulse>) -> Self {
        Self { context, pulse, sent: 0, unread: Arc::default() }
    }

    fn sends(&mut self, bytes: u64) {
        self.pulse.beat();
        self.sent += bytes;
        self.context.sending(bytes);
    }

    fn fails(&self, error: io::Error) -> io::Error {
        let copy = io::Error::new(error.kind(), error.to_string());
        *self.unread.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        copy
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.context.settled(self.sent);
    }
}

/// These bytes of the source, read as they are sent.
fn body(source: Source, bytes: Range<u64>, flow: Flow) -> Body {
    let Range { start, end } = bytes;
    let state = (start, Bytes::new(), flow);
    let slices = stream::unfold(state, move |(mut position, mut chunk, mut flow)| {
        let source = source.clone();
        async move {
            if chunk.is_empty() && position >= end {
                return None;
            }
            if chunk.is_empty() {
                let buffers = flow.context.policy.buffers.clone();
                match source.read(&buffers, position, length(position, end)).await {
                    Ok(read) if !read.is_empty() => chunk = read,
                    other => {
                        let error = other.err();
                        let error = error.unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into());
                        return Some((Err(flow.fails(error)), (end, chunk, flow)));
                    }
                }
                position += chunk.len() as u64;
            }
            let slice = chunk.split_to(chunk.len().min(SLICE));
            flow.sends(slice.len() as u64);
            Some((Ok(slice), (position, chunk, flow)))
        }
    });
    Body::stream(end - start, slices)
}
