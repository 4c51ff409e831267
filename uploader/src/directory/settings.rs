//! Options for the upload of a directory.

use std::path::PathBuf;
use std::sync::Arc;

use super::event::DirectoryEvent;
use super::selection::Criteria;
use crate::{CancellationToken, OnConflict, Uploader};

/// Options for the upload of a directory.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(super) uploader: Uploader,
    pub(super) path: PathBuf,
    /// Id of the destination folder.
    pub(super) folder: Option<String>,
    pub(super) on_conflict: OnConflict,
    pub(super) links: Links,
    pub(super) encode_names: bool,
    pub(super) criteria: Criteria,
    /// What to delete in Box, if anything.
    pub(super) deletion: Option<Deletion>,
    /// Most files uploaded in parallel.
    pub(super) files: usize,
    /// Parts of a file uploaded in parallel.
    pub(super) concurrency: usize,
    pub(super) cancel: CancellationToken,
    pub(super) on_event: OnDirectoryEvent,
}

pub(crate) type OnDirectoryEvent = Arc<dyn Fn(&DirectoryEvent) + Send + Sync>;

/// What to delete in Box.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deletion {
    /// Most items; if there are more, none is deleted.
    pub(super) max: usize,
    /// Whether what is excluded is deleted, too.
    pub(super) excluded: bool,
}

/// How to treat symbolic links in a directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// Skip and report them: they may lead outside the directory, or form a cycle.
    #[default]
    Skip,
    /// Upload their targets. A cycle is an error.
    Follow,
    /// Count each of them as an error.
    Fail,
}
