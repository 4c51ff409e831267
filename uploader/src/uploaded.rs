//! What an upload ends with.

use box_upload_sessions::types::FileFull;

use crate::Sha1Hash;

/// A file that is in Box.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Uploaded {
    /// The file as Box describes it.
    pub file: FileFull,
    /// The hash of its content, as calculated here and confirmed by the service.
    pub sha1: Sha1Hash,
    /// Whether Box had the file already, with this name and content, and nothing was sent.
    pub unchanged: bool,
    /// What it took.
    pub statistics: Statistics,
}

/// What an upload took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// The size of the file, in bytes.
    pub size: u64,
    /// How many bytes of it were sent, those that had to be sent again included.
    pub sent: u64,
    /// How many parts were sent and stored now.
    pub parts_sent: u64,
    /// How many parts were there from before.
    pub parts_kept: u64,
    /// How many requests failed and were tried again.
    pub retries: u32,
    /// How often the upload started over with a new session.
    pub restarts: u32,
}
