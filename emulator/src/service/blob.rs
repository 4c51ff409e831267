//! Content, as the rules know it: by name and size.

use serde::{Deserialize, Serialize};

/// Bytes that are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Blob {
    pub(crate) id: String,
    pub(crate) size: u64,
}
