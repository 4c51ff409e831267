//! Request bodies that are read from the source while they are sent.

use box_upload_common::lock;
use std::io;
use std::ops::{Range, RangeInclusive};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use box_upload_sessions::runtime::{Body, Error};
use box_upload_sessions::types::ClientError;
use bytes::Bytes;
use futures_util::stream;
use tokio::time::Instant;

use crate::ErrorKind;
use crate::context::{Context, learn_from_response};
use crate::request_error::{Outcome, RequestError};
use crate::source::{Source, chunk_length};

/// Range of the slice size, in bytes: small at first and on slow connections, so that even the
/// slowest shows progress; large on fast ones, where it costs nothing.
const SLICES: RangeInclusive<usize> = 64..=64 * 1024;
const FIRST_SLICE: usize = 256;

/// A slice that took less than this is followed by a larger one.
const FAST: Duration = Duration::from_millis(50);
/// A slice that took more than this is followed by a smaller one.
const SLOW: Duration = Duration::from_secs(1);

/// Bytes that may be in buffers, here or on the way, when they count as sent.
const BUFFERED: u64 = 4 << 20;
/// Lowest rate, in bytes per second, at which those buffers are expected to drain. A body that fits
/// into the buffers says nothing about the connection behind them.
const DRAINING: u64 = 64 << 10;

/// Sends a request once, with a range of the source as its body. It fails after too long without
/// progress, but may take any time otherwise.
pub(crate) async fn send_body<T, R>(
    operation: &'static str,
    context: &Arc<Context>,
    source: &Source,
    bytes: Range<u64>,
    request: impl FnOnce(Body) -> R,
) -> Result<T, RequestError>
where
    R: IntoFuture<Output = Result<T, Error<ClientError>>>,
{
    let permit = context.policy.budget.acquire().await;
    let idle_timer = Arc::new(IdleTimer::new());
    let length = bytes.end - bytes.start;
    let progress = BodyProgress::new(Arc::clone(context), Arc::clone(&idle_timer), length);
    let read_error = Arc::clone(&progress.read_error);
    let response = tokio::select! {
        response = request(stream_source(source.clone(), bytes, progress)) => response,
        () = idle_timer.wait_until_idle(context.policy.idle_timeout) => Err(Error::Timeout),
    };
    if let Some(error) = lock(&read_error).take() {
        let kind = source_error(context, error);
        return Err(RequestError::new(operation, Outcome::Final(Box::new(kind)), ""));
    }
    let response = response.map_err(|error| {
        let failure = RequestError::from_error(operation, error);
        tracing::debug!(operation, status = failure.status, "failed: {}", failure.text);
        failure
    });
    learn_from_response(&context.policy, &permit, response.as_ref().err());
    response
}

/// The error for a source that cannot be read.
pub(crate) fn source_error(context: &Context, error: io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => context.source_changed("it was truncated"),
        _ => ErrorKind::Source { name: context.source_name.clone(), error },
    }
}

/// Tracks when the last bytes moved.
struct IdleTimer {
    start: Instant,
    /// Milliseconds since the start.
    last: AtomicU64,
    /// Extra idle time allowed, in milliseconds.
    tail: AtomicU64,
}

impl IdleTimer {
    fn new() -> Self {
        Self { start: Instant::now(), last: AtomicU64::new(0), tail: AtomicU64::new(0) }
    }

    fn touch(&self) {
        self.last.store(to_milliseconds(self.start.elapsed()), Ordering::Relaxed);
    }

    /// All `sent` bytes are handed over, the last of them to buffers. At the rate so far these take
    /// a while to drain, which cannot be observed.
    fn touch_last(&self, sent: u64) {
        self.touch();
        let took = u128::from(to_milliseconds(self.start.elapsed()));
        let buffered = sent.min(BUFFERED);
        let tail = took * u128::from(buffered) / u128::from(sent.max(1));
        let tail = u64::try_from(tail).unwrap_or(u64::MAX).max(buffered * 1000 / DRAINING);
        self.tail.store(tail, Ordering::Relaxed);
    }

    /// Returns once nothing moved for `limit`.
    async fn wait_until_idle(&self, limit: Duration) {
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

fn to_milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Progress of one attempt's body.
struct BodyProgress {
    context: Arc<Context>,
    idle_timer: Arc<IdleTimer>,
    length: u64,
    sent: u64,
    /// Size of the next slice, and when it was handed over.
    slice: usize,
    since: Instant,
    /// Why the source could not be read; the transport would report its own error instead.
    read_error: Arc<Mutex<Option<io::Error>>>,
}

impl BodyProgress {
    fn new(context: Arc<Context>, idle_timer: Arc<IdleTimer>, length: u64) -> Self {
        let slice = FIRST_SLICE;
        let since = Instant::now();
        Self { context, idle_timer, length, sent: 0, slice, since, read_error: Arc::default() }
    }

    /// Takes the next slice. The previous ones have been sent.
    fn next_slice(&mut self, chunk: &mut Bytes) -> Bytes {
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
        if self.sent < self.length {
            self.idle_timer.touch()
        } else {
            self.idle_timer.touch_last(self.sent)
        }
        self.context.count_sent(bytes);
        slice
    }

    fn keep_error(&self, error: io::Error) -> io::Error {
        let copy = io::Error::new(error.kind(), error.to_string());
        *lock(&self.read_error) = Some(error);
        copy
    }
}

impl Drop for BodyProgress {
    fn drop(&mut self) {
        self.context.count_finished(self.sent);
    }
}

/// A body that streams a range of the source.
fn stream_source(source: Source, bytes: Range<u64>, progress: BodyProgress) -> Body {
    let Range { start, end } = bytes;
    let state = (start, Bytes::new(), progress);
    let slices = stream::unfold(state, move |(mut position, mut chunk, mut progress)| {
        let source = source.clone();
        async move {
            if chunk.is_empty() && position >= end {
                return None;
            }
            if chunk.is_empty() {
                let buffers = progress.context.policy.buffers.clone();
                match source.read_chunks(&buffers, position, chunk_length(position, end)).await {
                    Ok(read) if !read.is_empty() => chunk = read,
                    other => {
                        let error = other.err();
                        let error = error.unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into());
                        return Some((Err(progress.keep_error(error)), (end, chunk, progress)));
                    }
                }
                position += chunk.len() as u64;
            }
            let slice = progress.next_slice(&mut chunk);
            Some((Ok(slice), (position, chunk, progress)))
        }
    });
    Body::stream(end - start, slices)
}
