//! The text format of Prometheus.

use std::fmt::{self, Display, Write as _};
use std::sync::atomic::Ordering;

use box_upload_common::lock;

use super::histogram::BOUNDS;
use super::{Metrics, Requests};

impl Metrics {
    /// All figures.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        // A string takes everything.
        let _ = self.write_text(&mut text);
        text
    }

    fn write_text(&self, text: &mut String) -> fmt::Result {
        let counters = lock(&self.0.counters);
        write_head(text, "sent_bytes_total", "counter", "Bytes of request bodies sent.")?;
        let sent = self.0.sent.load(Ordering::Relaxed);
        write_line(text, "sent_bytes_total", &[], &sent)?;
        write_head(text, "requests_in_flight", "gauge", "Requests without a response yet.")?;
        let in_flight = self.0.requests_in_flight.load(Ordering::Relaxed);
        write_line(text, "requests_in_flight", &[], &in_flight)?;
        write_head(text, "files_total", "counter", "Files by outcome.")?;
        for (outcome, count) in &counters.files {
            write_line(text, "files_total", &[("outcome", outcome)], count)?;
        }
        write_head(text, "parts_total", "counter", "Parts that were sent, or kept from before.")?;
        for (outcome, count) in &counters.parts {
            write_line(text, "parts_total", &[("outcome", outcome)], count)?;
        }
        write_head(text, "retries_total", "counter", "Retries by the status that caused them.")?;
        for ((operation, cause), count) in &counters.retries {
            let labels = [("operation", *operation), ("cause", cause)];
            write_line(text, "retries_total", &labels, count)?;
        }
        write_head(text, "requests_total", "counter", "Requests by status.")?;
        for ((method, path), requests) in &counters.requests {
            for (outcome, count) in &requests.outcomes {
                let labels = [("method", &**method), ("path", path), ("status", outcome)];
                write_line(text, "requests_total", &labels, count)?;
            }
        }
        let what = "Time until a response began.";
        write_head(text, "request_duration_seconds", "histogram", what)?;
        for ((method, path), requests) in &counters.requests {
            write_durations(text, [("method", method), ("path", path)], requests)?;
        }
        Ok(())
    }
}

fn write_durations(
    text: &mut String,
    labels: [(&str, &str); 2],
    requests: &Requests,
) -> fmt::Result {
    let [method, path] = labels;
    let durations = &requests.durations;
    let mut within = 0;
    for (bound, count) in BOUNDS.iter().zip(durations.counts) {
        within += count;
        let bound = bound.to_string();
        let labels = [method, path, ("le", &*bound)];
        write_line(text, "request_duration_seconds_bucket", &labels, &within)?;
    }
    let labels = [method, path, ("le", "+Inf")];
    write_line(text, "request_duration_seconds_bucket", &labels, &durations.count)?;
    let sum = durations.sum.as_secs_f64();
    write_line(text, "request_duration_seconds_sum", &[method, path], &sum)?;
    write_line(text, "request_duration_seconds_count", &[method, path], &durations.count)
}

fn write_head(text: &mut String, name: &str, kind: &str, what: &str) -> fmt::Result {
    writeln!(text, "# HELP box_upload_{name} {what}\n# TYPE box_upload_{name} {kind}")
}

/// Writes a sample. No label's value needs escapes: all are from here, or numbers.
fn write_line(
    text: &mut String,
    name: &str,
    labels: &[(&str, &str)],
    value: &dyn Display,
) -> fmt::Result {
    write!(text, "box_upload_{name}")?;
    if !labels.is_empty() {
        let labels = labels.iter().map(|(name, value)| format!("{name}=\"{value}\""));
        write!(text, "{{{}}}", labels.collect::<Vec<_>>().join(","))?;
    }
    writeln!(text, " {value}")
}
