//! Errors of request handlers.

use std::fmt;

use crate::service::Refusal;

/// Why a handler returns no response.
#[derive(Debug)]
pub(crate) enum HandlerError {
    Refused(Box<Refusal>),
    /// The connection is to be closed, or already is.
    Broken,
}

impl From<Refusal> for HandlerError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Broken> for HandlerError {
    fn from(_: Broken) -> Self {
        Self::Broken
    }
}

/// The error that makes hyper close a connection.
#[derive(Debug)]
pub(crate) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection closed by a fault")
    }
}

impl std::error::Error for Broken {}
