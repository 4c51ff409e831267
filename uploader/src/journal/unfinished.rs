//! What journals know of uploads that have not come to their end.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Content, Journal, MAX_SIZE, regular};
use crate::ErrorKind;

/// An upload that has begun and is not finished, as its journal has it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unfinished {
    /// The file, for people to read.
    pub path: String,
    /// The name that it is to have in Box.
    pub name: String,
    /// The id of its session; an upload in one request has none.
    pub session: Option<String>,
    /// How many parts of it Box has for certain.
    pub parts: usize,
    /// When something was last noted of it.
    pub noted_at: Option<SystemTime>,
    pub(crate) journal: PathBuf,
}

impl Unfinished {
    /// All that a folder of journals has, in the order of their paths.
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

    /// What is in this journal, unless it is of no use.
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

    /// Its journal, unless somebody is at it.
    pub(crate) fn lock(&self) -> Result<Journal, ErrorKind> {
        Journal::open_locked(self.journal.clone())
    }
}
