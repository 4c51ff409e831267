//! Unfinished uploads, as recorded in journals.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Content, Journal, MAX_SIZE, regular};
use crate::ErrorKind;

/// An unfinished upload, as recorded in its journal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unfinished {
    /// Path of the file, for display.
    pub path: String,
    /// Name of the file in Box.
    pub name: String,
    /// Id of its session; an upload in one request has none.
    pub session: Option<String>,
    /// Number of parts that Box has confirmed.
    pub parts: usize,
    /// When the journal last changed.
    pub noted_at: Option<SystemTime>,
    pub(crate) journal: PathBuf,
}

impl Unfinished {
    /// The unfinished uploads in a folder of journals, sorted by path.
    pub(crate) fn list_journals(folder: &Path) -> io::Result<Vec<Self>> {
        let journals = list_files(folder, "jsonl")?;
        let mut all: Vec<_> = journals.into_iter().filter_map(Self::read_journal).collect();
        all.sort_by(|one, other| (&one.path, &one.journal).cmp(&(&other.path, &other.journal)));
        Ok(all)
    }

    /// Removes journals that were set aside, and returns how many.
    pub(crate) fn remove_set_aside(folder: &Path) -> io::Result<usize> {
        let mut removed = 0;
        for path in list_files(folder, regular::ASIDE)? {
            // Not a directory with content: that is not ours.
            fs::remove_file(&path).or_else(|_| fs::remove_dir(&path))?;
            removed += 1;
        }
        Ok(removed)
    }

    /// Reads a journal; `None` if it is unusable.
    fn read_journal(journal: PathBuf) -> Option<Self> {
        let text = regular::read_regular(&journal, MAX_SIZE).ok().flatten()?;
        let content = Content::parse(&text).ok()?;
        let entry = content.entry?;
        let noted_at = journal.symlink_metadata().and_then(|metadata| metadata.modified()).ok();
        Some(Self {
            path: entry.path,
            name: entry.name,
            session: entry.session,
            parts: content.parts.len(),
            noted_at,
            journal,
        })
    }

    /// Opens its journal, unless another process uses it.
    pub(crate) fn lock_journal(&self) -> Result<Journal, ErrorKind> {
        Journal::open_locked(self.journal.clone())
    }
}

/// The paths in a folder with this extension; none if the folder does not exist.
fn list_files(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    Ok(paths)
}
