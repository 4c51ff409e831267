//! Bodies that are read from the source while they are sent.

use std::io;
use std::ops::{Range, RangeInclusive};
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

/// How many bytes are handed over at a time: as few at first, and while they go out slowly, that
/// even the slowest connection shows that it is alive; so many once they go out fast that it costs
/// nothing.
const SLICES: RangeInclusive<usize> = 64..=64 * 1024;
const FIRST_SLICE: usize = 256;

/// A slice that took less time than this is followed by a larger one.
const FAST: Duration = Duration::from_millis(50);
/// A slice that took more time than this is followed by a smaller one.
const SLOW: Duration = Duration::from_secs(1);

/// How many bytes that count as sent may still be on this machine or on the way, in buffers.
const BUFFERED: u64 = 4 << 20;
/// How fast they are taken to leave these at least, in bytes a second: a body that fits into the
/// buffers says nothing of the line behind them.
const DRAINING: u64 = 64 << 10;

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
    let length = bytes.end - bytes.start;
    let flow = Flow::new(Arc::clone(context), Arc::clone(&pulse), length);
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
    /// For how many more milliseconds nothing need move than otherwise.
    tail: AtomicU64,
}

impl Pulse {
    fn new() -> Self {
        Self { start: Instant::now(), last: AtomicU64::new(0), tail: AtomicU64::new(0) }
    }

    fn beat(&self) {
        self.last.store(milliseconds(self.start.elapsed()), Ordering::Relaxed);
    }

    /// All of `sent` bytes have gone out, the last of them into buffers: at the speed so far, these
    /// take a while to empty, and nothing of it is seen here.
    fn last_beat(&self, sent: u64) {
        self.beat();
        let took = u128::from(milliseconds(self.start.elapsed()));
        let buffered = sent.min(BUFFERED);
        let tail = took * u128::from(buffered) / u128::from(sent.max(1));
        let tail = u64::try_from(tail).unwrap_or(u64::MAX).max(buffered * 1000 / DRAINING);
        self.tail.store(tail, Ordering::Relaxed);
    }

    /// Returns once there has been no beat for so long.
    async fn stops(&self, limit: Duration) {
        loop {
            let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
            let tail = Duration::from_millis(self.tail.load(Ordering::Relaxed));
            let silence = limit.saturating_add(tail);
            let Some(end) = self.start.checked_add(last.saturating_add(silence)) else {
                return std::future::pending().await;
            };
            if end <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(end).await;
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The bytes of one attempt as they go out.
struct Flow {
    context: Arc<Context>,
    pulse: Arc<Pulse>,
    length: u64,
    sent: u64,
    /// How many bytes go next, and since when they may.
    slice: usize,
    since: Instant,
    /// Why the source could not be read, which the transport would report as its own error.
    unread: Arc<Mutex<Option<io::Error>>>,
}

impl Flow {
    fn new(context: Arc<Context>, pulse: Arc<Pulse>, length: u64) -> Self {
        let (slice, since) = (FIRST_SLICE, Instant::now());
        Self { context, pulse, length, sent: 0, slice, since, unread: Arc::default() }
    }

    /// The bytes that go next. Those before have gone.
    fn next(&mut self, chunk: &mut Bytes) -> Bytes {
        let took = self.since.elapsed();
        if self.sent > 0 && took < FAST {
            self.slice = (self.slice * 2).min(*SLICES.end());
        } else if took > SLOW {
            self.slice = (self.slice / 4).max(*SLICES.start());
        }
        self.since = Instant::now();
        let slice = chunk.split_to(chunk.len().min(self.slice));
        let bytes = slice.len() as u64;
        self.sent += bytes;
        match self.sent < self.length {
            true => self.pulse.beat(),
            false => self.pulse.last_beat(self.sent),
        }
        self.context.sending(bytes);
        slice
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
            let slice = flow.next(&mut chunk);
            Some((Ok(slice), (position, chunk, flow)))
        }
    });
    Body::stream(end - start, slices)
}
