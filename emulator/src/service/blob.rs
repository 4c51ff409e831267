//! Stored content, by id and size.

use serde::{Deserialize, Serialize};

/// Stored bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Blob {
    pub(crate) id: String,
    pub(crate) size: u64,
}
