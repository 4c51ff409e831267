//! What an upload tells while it goes on.

use std::time::Duration;

use crate::Sha1Hash;

/// Something that happened to an upload. Events come in order, and quickly: what handles them
/// must not block.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The upload begins.
    Started {
        /// The name that the file is to have.
        name: String,
        /// Its size, in bytes.
        size: u64,
    },
    /// There is a session to upload to.
    Session {
        /// The session's id; `box-upload abort` takes it.
        id: String,
        /// The size of every part but the last, in bytes.
        part_size: u64,
        /// How many parts there are.
        parts: u64,
        /// Whether the session is from before, and what it holds will be kept.
        resumed: bool,
    },
    /// Bytes went out, or a part came to nothing and its bytes will go out again.
    Progress {
        /// Bytes that the service has for certain.
        stored: u64,
        /// Bytes of parts that are on their way.
        in_flight: u64,
        /// The size of the file, in bytes.
        total: u64,
    },
    /// The service has a part.
    Part {
        /// Where in the file the part begins, in bytes.
        offset: u64,
        /// Its size, in bytes.
        size: u64,
        /// Whether it was there already and has not been sent now.
        kept: bool,
    },
    /// Something failed, and is tried again.
    Retry {
        /// What is tried again, a name of an operation.
        operation: &'static str,
        /// Which attempt failed; the first is 1.
        attempt: u32,
        /// How long until the next.
        delay: Duration,
        /// What went wrong.
        reason: String,
    },
    /// Something is not as it should be, and the upload goes on all the same: it has no journal, for
    /// example, and so cannot be resumed.
    Warning {
        /// What.
        text: String,
    },
    /// A request failed, and yet it had its effect: that was found out, and it is not repeated.
    Recovered {
        /// What was done after all, a name of an operation.
        operation: &'static str,
        /// How it had failed.
        reason: String,
    },
    /// The session is lost, and the upload starts over with a new one.
    Restarted {
        /// Why.
        reason: String,
    },
    /// All parts are there; the service is asked to make the file of them.
    Committing {
        /// The hash of the whole file.
        sha1: Sha1Hash,
    },
    /// The service has not processed all parts yet and is asked again.
    Processing {
        /// How long until it is asked.
        delay: Duration,
    },
    /// The file is stored.
    Stored {
        /// The file's id in Box.
        file_id: String,
        /// Its hash, as calculated here and confirmed by the service.
        sha1: Sha1Hash,
    },
}
