//! What the upload of a directory reports.

use std::path::PathBuf;
use std::sync::Arc;

use crate::{Error, Event, Sha1Hash, Uploaded};

/// An event during the upload of a directory.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DirectoryEvent {
    /// The directory has been scanned; nothing has been sent yet.
    Planned {
        /// Number of files.
        files: usize,
        /// Total size, in bytes.
        bytes: u64,
    },
    /// A file would be uploaded. Only [`plan`](crate::DirectoryUpload::plan) reports these.
    PlannedFile(PlannedFile),
    /// An entry is neither a file nor a directory, and is not uploaded.
    Skipped {
        /// Path, starting with the directory's name.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A folder exists in Box.
    Folder {
        /// Path, starting with the directory's name.
        path: PathBuf,
        /// Id in Box.
        id: String,
        /// Whether it was created now.
        created: bool,
    },
    /// An event of one file.
    File {
        /// Path, starting with the directory's name.
        path: PathBuf,
        /// The event.
        event: Event,
    },
    /// A file was uploaded.
    Uploaded {
        /// Path, starting with the directory's name.
        path: PathBuf,
        /// The same path as it is in Box, with `/` between names.
        path_in_box: String,
        /// The result.
        uploaded: Box<Uploaded>,
    },
    /// Box already had a file with this content.
    Unchanged {
        /// Path, starting with the directory's name.
        path: PathBuf,
        /// The same path as it is in Box, with `/` between names.
        path_in_box: String,
        /// Name in Box, if it is not the last one of the path.
        name_in_box: Option<String>,
        /// Id in Box.
        file_id: String,
        /// SHA-1 of the content.
        sha1: Sha1Hash,
        /// Size, in bytes.
        size: u64,
    },
    /// An item that the directory does not have was deleted from Box.
    Deleted {
        /// Path in Box, starting with the directory's name, with `/` between names.
        path_in_box: String,
        /// Id in Box.
        id: String,
        /// Whether it was a folder.
        is_folder: bool,
    },
    /// An item would be deleted. Only [`plan`](crate::DirectoryUpload::plan) reports these.
    PlannedDeletion {
        /// Path in Box, starting with the directory's name, with `/` between names.
        path_in_box: String,
        /// Id in Box.
        id: String,
        /// Whether it is a folder.
        is_folder: bool,
    },
    /// A file, or a folder and all it contains, was not uploaded, or an item was not deleted.
    Failed {
        /// Path, starting with the directory's name.
        path: PathBuf,
        /// The reason.
        error: Arc<Error>,
    },
}

/// A file of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedFile {
    /// Path, starting with the directory's name.
    pub path: PathBuf,
    /// The same path as it would be in Box, with `/` between names.
    pub path_in_box: String,
    /// Local path.
    pub source: PathBuf,
    /// Size, in bytes.
    pub size: u64,
}

/// What the upload of a directory would do.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DirectoryPlan {
    /// Number of folders, including the directory itself.
    pub folders: usize,
    /// Number of files.
    pub files: usize,
    /// Total size of the files, in bytes.
    pub bytes: u64,
    /// Number of entries that are neither files nor directories.
    pub skipped: usize,
    /// Number of entries that cannot be uploaded.
    pub failures: usize,
    /// Number of files and folders that would be deleted from Box.
    pub deletions: usize,
    /// Number of files in the directory, those of other shares included.
    pub(super) all_files: usize,
}

/// Result of uploading a directory.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DirectorySummary {
    /// Number of files found.
    pub files: usize,
    /// Number of files uploaded.
    pub uploaded: usize,
    /// Number of files that Box already had with the same content.
    pub unchanged: usize,
    /// Number of folders created.
    pub folders: usize,
    /// Number of files and folders deleted from Box.
    pub deleted: usize,
    /// Bytes of content sent, including those of files that failed.
    pub sent: u64,
    /// Number of files and folders that failed.
    pub failures: usize,
    /// The first of them, at most [`Self::MAX_FAILED`], and why they failed. Events report all.
    pub failed: Vec<(PathBuf, Arc<Error>)>,
    /// Number of entries that are neither files nor directories.
    pub skipped: usize,
    /// Files not started, after a cancellation or an error that would affect all of them.
    pub not_begun: usize,
    /// Largest number of requests that were in flight.
    pub most_in_flight: usize,
    /// Number of responses that asked to slow down.
    pub throttled: u64,
}

impl DirectorySummary {
    /// Most failures that are kept.
    pub const MAX_FAILED: usize = 100;

    /// Whether all files are in Box.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failures == 0 && self.not_begun == 0
    }
}
