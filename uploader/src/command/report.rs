//! What is seen of uploads, while they go on and of their ends.

mod bar;
mod json;
mod lines;
mod message;
mod notice;
mod pace;
mod quiet;
mod stdout;
mod tally;

use std::sync::{Arc, Mutex, PoisonError};

use super::arguments::Output;
use super::terminal::Terminal;

use bar::Bar;
use json::Json;
use lines::Lines;
use message::Format;
use quiet::Quiet;

pub(crate) use message::{Message, Planned, Stored, Summary};

/// Tells of uploads, in the form that suits the reader. Clones tell the same reader.
#[derive(Clone)]
pub(crate) struct Reporter(Arc<Mutex<Box<dyn Format>>>);

impl Reporter {
    /// As the command line asks for, and as the standard error allows.
    pub(crate) fn new(output: &Output, terminal: &Terminal) -> Self {
        let form: Box<dyn Format> = match output {
            Output { json: true, .. } => Box::new(Json::default()),
            Output { quiet: true, .. } => Box::new(Quiet(terminal.clone())),
            _ if terminal.has_bars() => Box::new(Bar::new(terminal)),
            _ => Box::new(Lines::new(terminal)),
        };
        Self(Arc::new(Mutex::new(form)))
    }

    pub(crate) fn report(&self, message: &Message<'_>) {
        // It is of use even if a thread panicked while it told something.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).report(message);
    }
}
