//! Result of an upload.

use box_upload_sessions::types::FileFull;

use crate::Sha1Hash;

/// A file stored in Box.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Uploaded {
    /// The file as returned by Box.
    pub file: FileFull,
    /// SHA-1 of the content, computed locally and confirmed by the service.
    pub sha1: Sha1Hash,
    /// Whether Box already had the file with this name and content, so that nothing was sent.
    pub unchanged: bool,
    /// Counters of the upload.
    pub statistics: Statistics,
}

/// Counters of an upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Size of the file, in bytes.
    pub size: u64,
    /// Bytes of content sent, including those sent again.
    pub sent: u64,
    /// Parts sent and stored now.
    pub parts_sent: u64,
    /// Parts that were already there.
    pub parts_kept: u64,
    /// Requests that failed and were retried.
    pub retries: u32,
    /// Number of new sessions after the first.
    pub restarts: u32,
}
