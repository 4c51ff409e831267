//! Figures for operators: requests, bytes, parts, files and retries.

mod histogram;
mod server;
mod text;
mod transport;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use box_upload_common::lock;
use box_uploader::Event;

use super::report::{Message, Percentiles};
use histogram::{Buckets, Histogram};

pub(crate) use server::serve_metrics;
pub(crate) use transport::MeasuredTransport;

/// Counters of a process. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Metrics(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Bytes of request bodies.
    sent: AtomicU64,
    requests_in_flight: AtomicU64,
    counters: Mutex<Counters>,
}

#[derive(Default)]
struct Counters {
    requests: BTreeMap<Operation, Requests>,
    /// Durations of all requests that got a response.
    durations: Histogram,
    /// By operation and cause.
    retries: BTreeMap<(&'static str, String), u64>,
    /// By outcome.
    files: BTreeMap<&'static str, u64>,
    /// By outcome.
    parts: BTreeMap<&'static str, u64>,
}

/// Method and path template of an operation.
type Operation = (String, &'static str);

/// The requests of one operation.
#[derive(Default)]
struct Requests {
    /// By status, or reason why there was none.
    outcomes: BTreeMap<String, u64>,
    durations: Buckets,
}

impl Metrics {
    /// Counts what a message is about, except for failed files, which have several messages.
    pub(crate) fn record_message(&self, message: &Message<'_>) {
        let mut counters = lock(&self.0.counters);
        match message {
            Message::Event { event: Event::Retry { operation, status, .. }, .. } => {
                let cause = status.map_or("no_response".to_owned(), |status| status.to_string());
                *counters.retries.entry((operation, cause)).or_default() += 1;
            }
            Message::Event { event: Event::Part { kept, .. }, .. } => {
                let outcome = if *kept { "kept" } else { "sent" };
                *counters.parts.entry(outcome).or_default() += 1;
            }
            Message::Stored(stored) => {
                let outcome = if stored.uploaded.unchanged { "unchanged" } else { "stored" };
                *counters.files.entry(outcome).or_default() += 1;
            }
            Message::Unchanged { .. } => *counters.files.entry("unchanged").or_default() += 1,
            Message::Skipped { .. } => *counters.files.entry("skipped").or_default() += 1,
            _ => {}
        }
    }

    /// Counts a file that failed.
    pub(crate) fn record_failed_file(&self) {
        *lock(&self.0.counters).files.entry("failed").or_default() += 1;
    }

    /// Counts a request from now on.
    fn begin_request(&self, operation: Operation) -> RequestInFlight {
        self.0.requests_in_flight.fetch_add(1, Ordering::Relaxed);
        RequestInFlight { metrics: self.clone(), operation, start: Instant::now(), outcome: None }
    }

    fn record_sent(&self, bytes: usize) {
        self.0.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Percentiles of the durations of requests; `None` if there were none.
    pub(crate) fn percentiles(&self) -> Option<Percentiles> {
        let counters = lock(&self.0.counters);
        let at = |part| counters.durations.quantile(part);
        Some(Percentiles {
            requests: counters.durations.count(),
            p50: at(0.5)?,
            p90: at(0.9)?,
            p99: at(0.99)?,
            longest: at(1.0)?,
        })
    }
}

/// A request in flight. Dropped without an outcome, it was abandoned: a time-out or an interrupt.
struct RequestInFlight {
    metrics: Metrics,
    operation: Operation,
    start: Instant,
    outcome: Option<String>,
}

impl RequestInFlight {
    /// Records the response's status, or the reason why there is none.
    fn finish(mut self, outcome: String) {
        self.outcome = Some(outcome);
    }
}

impl Drop for RequestInFlight {
    fn drop(&mut self) {
        let Self { metrics, operation, start, outcome } = self;
        metrics.0.requests_in_flight.fetch_sub(1, Ordering::Relaxed);
        let duration: Duration = start.elapsed();
        let outcome = outcome.take();
        let mut counters = lock(&metrics.0.counters);
        // Three digits are a status.
        if outcome.as_ref().is_some_and(|outcome| outcome.parse::<u16>().is_ok()) {
            counters.durations.record(duration);
            counters.requests.entry(operation.clone()).or_default().durations.record(duration);
        }
        let outcome = outcome.unwrap_or_else(|| "abandoned".to_owned());
        let requests = counters.requests.entry(operation.clone()).or_default();
        *requests.outcomes.entry(outcome).or_default() += 1;
    }
}
