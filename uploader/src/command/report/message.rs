//! What there is to tell of uploads.

use std::time::Duration;

use box_uploader::{Event, Unfinished, Uploaded};

use crate::command::command_error::CommandError;

/// A form of telling.
pub(super) trait Format: Send {
    fn report(&mut self, message: &Message<'_>);
}

/// What there is to tell.
pub(crate) enum Message<'a> {
    /// The upload of this file begins.
    Begin { path: &'a str },
    /// The upload of this directory begins.
    Directory { path: &'a str, files: usize, bytes: u64 },
    /// A folder is there.
    Folder { path: &'a str, id: &'a str, created: bool },
    /// Something happened to a file.
    Event { path: &'a str, event: &'a Event },
    /// A file is stored.
    Stored(Stored<'a>),
    /// Box has this file of a directory already.
    Unchanged { path: &'a str },
    /// This is neither a file nor a directory.
    Skipped { path: &'a str, what: &'a str },
    /// A file of a directory is not stored; `Failed` follows once all others are done.
    Failing { path: &'a str, reason: &'a str },
    /// Something is not stored, or did not work at all.
    Failed { path: Option<&'a str>, failure: &'a CommandError },
    /// What has come of several files.
    Summary(&'a Summary),
    /// A file would be uploaded.
    Planned(Planned<'a>),
    /// A session is ended.
    Aborted { session: &'a str },
    /// An upload is unfinished.
    Unfinished(&'a Unfinished),
    /// An unfinished upload is forgotten, and its session ended.
    Cleared(&'a Unfinished),
}

/// A file that is stored.
pub(crate) struct Stored<'a> {
    pub(crate) path: &'a str,
    /// What it is called in the result.
    pub(crate) name: &'a str,
    pub(crate) uploaded: &'a Uploaded,
    /// How long it took, as far as that is known.
    pub(crate) elapsed: Option<Duration>,
}

/// A file that would be uploaded.
pub(crate) struct Planned<'a> {
    pub(crate) path: &'a str,
    /// Its name in Box; absent where a file there keeps its own.
    pub(crate) name: Option<&'a str>,
    /// In bytes; unknown of the standard input.
    pub(crate) size: Option<u64>,
    pub(crate) folder_id: Option<&'a str>,
    /// The file that gets a new version.
    pub(crate) file_id: Option<&'a str>,
}

/// What has come of several files.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Summary {
    /// What would be uploaded, of a dry run.
    pub(crate) planned: usize,
    pub(crate) stored: usize,
    /// Box had them already.
    pub(crate) unchanged: usize,
    pub(crate) failed: usize,
    /// Not tried, because of how another one failed.
    pub(crate) left_out: usize,
    /// Neither files nor directories.
    pub(crate) skipped: usize,
    /// Folders that were made.
    pub(crate) folders: usize,
    /// In bytes.
    pub(crate) sent: u64,
    pub(crate) elapsed: Duration,
    pub(crate) exit_code: u8,
}
