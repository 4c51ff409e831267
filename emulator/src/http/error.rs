//! Why there is no ordinary answer.

use std::fmt;

use crate::service::Refusal;

/// Why there is no ordinary answer.
#[derive(Debug)]
pub(crate) enum HandlerError {
    Refused(Box<Refusal>),
    /// The connection is to end, or has.
    Broken,
}

impl From<Refusal> for HandlerError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// What hyper is told when a connection is to end.
#[derive(Debug)]
pub(crate) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is broken on purpose")
    }
}

impl std::error::Error for Broken {}
