//! Progress events of an upload.

use std::time::Duration;

use crate::Sha1Hash;

/// An event of an upload. Events are emitted in order, from the upload itself: handlers must not
/// block.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The upload started.
    Started {
        /// Name of the file in Box.
        name: String,
        /// Size, in bytes.
        size: u64,
    },
    /// A session is ready.
    Session {
        /// Session id, as `box-upload abort` takes it.
        id: String,
        /// Size of every part but the last, in bytes.
        part_size: u64,
        /// Number of parts.
        parts: u64,
        /// Whether the session existed before; its parts are kept.
        resumed: bool,
    },
    /// Bytes were sent, or a part failed and its bytes will be sent again.
    Progress {
        /// Bytes that the service has confirmed.
        stored: u64,
        /// Bytes of parts in flight.
        in_flight: u64,
        /// Size of the file, in bytes.
        total: u64,
    },
    /// The service has a part.
    Part {
        /// Offset of the part, in bytes.
        offset: u64,
        /// Size, in bytes.
        size: u64,
        /// Whether it was there before and not sent now.
        kept: bool,
    },
    /// A request failed and will be retried.
    Retry {
        /// Name of the operation.
        operation: &'static str,
        /// Number of the failed attempt, from 1.
        attempt: u32,
        /// Delay before the next attempt.
        delay: Duration,
        /// Why it failed.
        reason: String,
        /// HTTP status, if there was a response.
        status: Option<u16>,
    },
    /// Something is wrong, but the upload continues; for example, without a journal it cannot be
    /// resumed.
    Warning {
        /// The warning.
        text: String,
    },
    /// A request failed but had taken effect, so it is not repeated.
    Recovered {
        /// Name of the operation.
        operation: &'static str,
        /// How it failed.
        reason: String,
    },
    /// The session was lost; the upload starts over with a new one.
    Restarted {
        /// Why.
        reason: String,
    },
    /// All parts are uploaded; the session is being committed.
    Committing {
        /// SHA-1 of the whole file.
        sha1: Sha1Hash,
    },
    /// The service is still processing parts.
    Processing {
        /// Delay before the commit is sent again.
        delay: Duration,
    },
    /// The file is stored.
    Stored {
        /// The file's id in Box.
        file_id: String,
        /// Its SHA-1, computed locally and confirmed by the service.
        sha1: Sha1Hash,
    },
}
