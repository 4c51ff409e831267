//! Progress and results of uploads.

mod bar;
mod json;
mod lines;
mod message;
mod notice;
mod pace;
mod quiet;
mod stdout;
mod tally;

use box_upload_common::lock;
use std::sync::{Arc, Mutex};

use super::arguments::Output;
use super::metrics::Metrics;
use super::terminal::Terminal;

use bar::Bar;
use json::Json;
use lines::Lines;
use message::Format;
use quiet::Quiet;

pub(crate) use message::{Finding, Message, Percentiles, Planned, Reported, Stored, Summary};

/// Reports uploads in the chosen format, and counts them. Clones share it.
#[derive(Clone)]
pub(crate) struct Reporter {
    format: Arc<Mutex<Box<dyn Format>>>,
    metrics: Metrics,
}

impl Reporter {
    /// Chooses the format by the options and the terminal.
    pub(crate) fn new(output: &Output, terminal: &Terminal) -> Self {
        let form: Box<dyn Format> = match output {
            Output { json: true, .. } => Box::new(Json::default()),
            Output { quiet: true, .. } => Box::new(Quiet(terminal.clone())),
            _ if terminal.has_bars() => Box::new(Bar::new(terminal)),
            _ => Box::new(Lines::new(terminal)),
        };
        Self { format: Arc::new(Mutex::new(form)), metrics: Metrics::default() }
    }

    pub(crate) fn report(&self, message: &Message<'_>) {
        // Still usable if a thread panicked while reporting.
        lock(&self.format).report(message);
        self.metrics.record_message(message);
    }

    /// What was counted.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }
}
