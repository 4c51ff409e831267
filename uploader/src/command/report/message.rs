//! Messages about uploads.

use std::net::SocketAddr;
use std::time::Duration;

use box_upload_sessions::types::{FolderItem, UserMini};
use box_uploader::{Event, Unfinished, Uploaded};

use crate::command::command_error::CommandError;

/// An output format.
pub(super) trait Format: Send {
    fn report(&mut self, message: &Message<'_>);
}

/// A message.
pub(crate) enum Message<'a> {
    /// The upload of a file starts.
    Begin { path: &'a str },
    /// The upload of a directory starts.
    Directory { path: &'a str, files: usize, bytes: u64 },
    /// A folder exists in Box.
    Folder { path: &'a str, id: &'a str, created: bool },
    /// The folder that was asked for exists.
    FolderReady { path: &'a str, id: &'a str, created: bool },
    /// An item in a folder.
    Item(&'a FolderItem),
    /// All items in a folder were listed.
    Listed { id: &'a str, items: usize },
    /// A URL to open in a browser.
    SignIn { url: &'a str },
    /// A sign-in was forgotten.
    SignedOut { profile: &'a str },
    /// The user whom the credentials belong to.
    User(&'a UserMini),
    /// An event of a file.
    Event { path: &'a str, event: &'a Event },
    /// A file is stored.
    Stored(Stored<'a>),
    /// Box already has this file of a directory.
    Unchanged { path: &'a str, size: u64 },
    /// Neither a file nor a directory.
    Skipped { path: &'a str, what: &'a str },
    /// A file of a directory failed; `Failed` follows after all others.
    Failing { path: &'a str, reason: &'a str },
    /// An upload or the command failed.
    Failed { path: Option<&'a str>, failure: &'a CommandError },
    /// The result of several files.
    Summary(&'a Summary),
    /// How long requests took.
    Percentiles(Percentiles),
    /// Where figures are served.
    Metrics { address: SocketAddr },
    /// A file would be uploaded.
    Planned(Planned<'a>),
    /// An item that a directory does not have was deleted, or would be.
    Deleted { path: &'a str, id: &'a str, is_folder: bool, planned: bool },
    /// Something is wrong with what manifests say.
    Finding(Finding<'a>),
    /// The result of a report about manifests.
    Reported(&'a Reported),
    /// A session was aborted.
    Aborted { session: &'a str },
    /// An unfinished upload.
    Unfinished(&'a Unfinished),
    /// An unfinished upload was discarded.
    Cleared(&'a Unfinished),
    /// Damaged journals were removed.
    DamagedRemoved { count: usize },
}

/// A file that is stored.
pub(crate) struct Stored<'a> {
    pub(crate) path: &'a str,
    /// Name in the result.
    pub(crate) name: &'a str,
    pub(crate) uploaded: &'a Uploaded,
    /// Duration, if known.
    pub(crate) elapsed: Option<Duration>,
}

/// A file that would be uploaded.
pub(crate) struct Planned<'a> {
    pub(crate) path: &'a str,
    /// Name in Box; `None` if an existing file keeps its own.
    pub(crate) name: Option<&'a str>,
    /// Size in bytes; unknown for standard input.
    pub(crate) size: Option<u64>,
    /// Id or path of the folder.
    pub(crate) folder: Option<&'a str>,
    /// The file to get a new version.
    pub(crate) file_id: Option<&'a str>,
}

/// The result of several files.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Summary {
    /// Files that a dry run would upload.
    pub(crate) planned: usize,
    pub(crate) stored: usize,
    /// Files that Box already had.
    pub(crate) unchanged: usize,
    pub(crate) failed: usize,
    /// Files not attempted, because of another's failure.
    pub(crate) left_out: usize,
    /// Neither files nor directories.
    pub(crate) skipped: usize,
    /// Folders created.
    pub(crate) folders: usize,
    /// Files and folders deleted from Box, or that a dry run would delete.
    pub(crate) deleted: usize,
    /// Bytes.
    pub(crate) sent: u64,
    /// Largest number of requests in flight.
    pub(crate) most_in_flight: usize,
    /// Responses that asked to slow down.
    pub(crate) throttled: u64,
    pub(crate) elapsed: Duration,
    pub(crate) percentiles: Option<Percentiles>,
    pub(crate) exit_code: u8,
}

/// Percentiles of the times until responses began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Percentiles {
    pub(crate) requests: u64,
    pub(crate) p50: Duration,
    pub(crate) p90: Duration,
    pub(crate) p99: Duration,
    pub(crate) longest: Duration,
}

/// Something that is wrong with what manifests say.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Finding<'a> {
    /// Its kind, for programs.
    pub(crate) what: &'static str,
    /// Path in Box, unless the line does not say.
    pub(crate) path: &'a str,
    /// Manifest and line.
    pub(crate) place: Option<(&'a str, u32)>,
    pub(crate) reason: Option<&'a str>,
}

/// The result of a report about manifests.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reported {
    /// Files in the manifests, without those that contradict each other.
    pub(crate) files: usize,
    /// Further lines that say the same.
    pub(crate) duplicates: usize,
    /// Lines that contradict others.
    pub(crate) contradictions: usize,
    /// Lines that are not valid.
    pub(crate) damaged: usize,
    /// Files of the directory that are in no manifest.
    pub(crate) missing: usize,
    /// Entries of the directory that could not be read.
    pub(crate) unreadable: usize,
    /// Files that Box does not have.
    pub(crate) absent: usize,
    /// Files that are different in Box.
    pub(crate) different: usize,
    /// Folders that Box did not list to their end.
    pub(crate) not_listed: usize,
    pub(crate) exit_code: u8,
}

impl Reported {
    /// Whether nothing is wrong. Duplicates are not.
    pub(crate) fn is_flawless(&self) -> bool {
        let Self { contradictions, damaged, missing, unreadable, absent, different, .. } = *self;
        let wrong = contradictions + damaged + missing + unreadable + absent + different;
        wrong + self.not_listed == 0
    }
}
