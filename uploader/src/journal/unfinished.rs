//! Unfinished uploads, as recorded in journals.

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
    pub(crate) fn list(folder: &Path) -> io::Result<Vec<Self>> {
        let entries = match folder.read_dir() {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut all = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                all.extend(Self::read(path));
            }
        }
        all.sort_by(|one, other| (&one.path, &one.journal).cmp(&(&other.path, &other.journal)));
        Ok(all)
    }

    /// Reads a journal; `None` if it is unusable.
    fn read(journal: PathBuf) -> Option<Self> {
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
    pub(crate) fn lock(&self) -> Result<Journal, ErrorKind> {
        Journal::open_locked(self.journal.clone())
    }
}
