//! Which session belongs to which file, kept on disk so that an upload survives a crash.
//!
//! A journal is one file of JSON lines: the upload, then each part that the service has. The first
//! line is written to another file that takes the journal's place, so that a journal is either
//! whole or not there; of what follows, a torn last line is ignored. There are no secrets in it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::source::{Identity, Source};
use crate::target::Target;
use crate::upload::Destination;
use crate::{ErrorKind, Sha1Hash};

/// The format's version. A journal of another one is ignored.
const VERSION: u32 = 1;

/// The journal of one upload. While it is open, no other process can open it.
pub(crate) struct Journal {
    path: PathBuf,
    /// What is to become the journal.
    draft: PathBuf,
    lock_path: PathBuf,
    /// Held for its lock.
    _lock: File,
    file: Option<File>,
    entry: Option<Entry>,
    parts: BTreeMap<u64, Sha1Hash>,
    commit: Option<Sha1Hash>,
}

/// An upload that has begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    version: u32,
    pub(crate) path: PathBuf,
    pub(crate) identity: Identity,
    pub(crate) destination: Destination,
    pub(crate) name: String,
    /// Its session; an upload in one request has none.
    pub(crate) session: Option<String>,
    /// Whether the session was there before the upload, and so may be another one's.
    pub(crate) adopted: bool,
}

impl Entry {
    /// What is to be noted of an upload, if its source is a file that can be found again.
    pub(crate) fn of(source: &Source, target: &Target) -> Option<Self> {
        let Target { destination, name, .. } = target;
        Some(Self::new(source.path()?, source.identity()?, destination, name))
    }

    fn new(path: &Path, identity: &Identity, destination: &Destination, name: &str) -> Self {
        Self {
            version: VERSION,
            path: path.to_owned(),
            identity: identity.clone(),
            destination: destination.clone(),
            name: name.to_owned(),
            session: None,
            adopted: false,
        }
    }

    pub(crate) fn in_session(self, id: &str, adopted: bool) -> Self {
        Self { session: Some(id.to_owned()), adopted, ..self }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Part {
        offset: u64,
        sha1: Sha1Hash,
    },
    /// From here on the service was asked to make the file.
    Commit {
        sha1: Sha1Hash,
    },
}

impl Journal {
    /// Opens the journal of what `key` stands for, and reads it if it is there.
    pub(crate) fn open(folder: &Path, key: &str) -> Result<Self, ErrorKind> {
        let name = Sha1Hash::of(key.as_bytes()).to_string();
        let path = folder.join(format!("{name}.jsonl"));
        let lock_path = folder.join(format!("{name}.lock"));
        let failed = |error| ErrorKind::Journal { path: path.clone(), error };
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = match lock(&lock_path) {
            Ok(Some(lock)) => lock,
            Ok(None) => return Err(ErrorKind::Busy { path }),
            Err(error) => return Err(failed(error)),
        };
        let mut journal = Self {
            path: path.clone(),
            draft: folder.join(format!("{name}.new")),
            lock_path,
            _lock: lock,
            file: None,
            entry: None,
            parts: BTreeMap::new(),
            commit: None,
        };
        match File::open(&path) {
            Ok(file) => journal.read(BufReader::new(file)).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        Ok(journal)
    }

    fn read(&mut self, text: impl BufRead) -> io::Result<()> {
        let mut lines = text.lines();
        let Some(first) = lines.next().transpose()? else { return Ok(()) };
        let entry: Option<Entry> = serde_json::from_str(&first).ok();
        let Some(entry) = entry.filter(|entry| entry.version == VERSION) else { return Ok(()) };
        self.entry = Some(entry);
        for line in lines {
            match serde_json::from_str(&line?) {
                Ok(Line::Part { offset, sha1 }) => {
                    self.parts.insert(offset, sha1);
                }
                Ok(Line::Commit { sha1 }) => self.commit = Some(sha1),
                // A line that a crash has torn.
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// The upload that is unfinished, if there is one.
    pub(crate) fn entry(&self) -> Option<&Entry> {
        self.entry.as_ref()
    }

    /// The hash of a part that the service has had.
    pub(crate) fn part(&self, offset: u64) -> Option<Sha1Hash> {
        self.parts.get(&offset).copied()
    }

    /// Whether any part is in the session.
    pub(crate) fn has_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// The hash of the whole file, if the service was asked to make it.
    pub(crate) fn commit(&self) -> Option<Sha1Hash> {
        self.commit
    }

    /// Begins anew, with this upload. The one that is in it already goes on.
    pub(crate) fn begin(&mut self, entry: Entry) -> Result<(), ErrorKind> {
        if self.entry.as_ref() == Some(&entry) {
            let file = OpenOptions::new().append(true).open(&self.path);
            // What a crash left of a line must not spoil the next one.
            let file = file.and_then(|mut file| file.write_all(b"\n").map(|()| file));
            self.file = Some(file.map_err(|error| self.failed(error))?);
            return Ok(());
        }
        (self.parts, self.commit) = (BTreeMap::new(), None);
        let file = self.replace(&entry).map_err(|error| self.failed(error))?;
        (self.file, self.entry) = (Some(file), Some(entry));
        Ok(())
    }

    fn replace(&self, entry: &Entry) -> io::Result<File> {
        // Always the same name, so that what a crash leaves behind is overwritten. The lock keeps
        // others away.
        let mut file = File::create(&self.draft)?;
        let text = serde_json::to_string(entry)?;
        file.write_all(format!("{text}\n").as_bytes())?;
        file.sync_all()?;
        fs::rename(&self.draft, &self.path)?;
        // Without it, a power cut may take the new name away again. Lost parts are no loss: the
        // service lists them.
        #[cfg(unix)]
        File::open(self.path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(file)
    }

    pub(crate) fn note_part(&mut self, offset: u64, sha1: Sha1Hash) -> Result<(), ErrorKind> {
        match self.parts.insert(offset, sha1) {
            Some(before) if before == sha1 => Ok(()),
            _ => self.note(&Line::Part { offset, sha1 }),
        }
    }

    pub(crate) fn note_commit(&mut self, sha1: Sha1Hash) -> Result<(), ErrorKind> {
        self.commit = Some(sha1);
        self.note(&Line::Commit { sha1 })
    }

    fn note(&mut self, line: &Line) -> Result<(), ErrorKind> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let text = serde_json::to_string(line).map_err(io::Error::from);
        let written = text.and_then(|text| file.write_all(format!("{text}\n").as_bytes()));
        written.map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> ErrorKind {
        ErrorKind::Journal { path: self.path.clone(), error }
    }

    /// Forgets the upload.
    pub(crate) fn clear(&mut self) -> Result<(), ErrorKind> {
        (self.file, self.entry, self.commit) = (None, None, None);
        self.parts.clear();
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(error)),
            _ => Ok(()),
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // The next one makes them again; what stays behind does no harm.
        let _ = fs::remove_file(&self.draft);
        let _ = fs::remove_file(&self.lock_path);
    }
}

/// A locked file; `None` if another process has locked it.
fn lock(path: &Path) -> io::Result<Option<File>> {
    loop {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Its holder may have removed it meanwhile, and somebody made another one.
        if path.metadata().is_ok_and(|now| is_same(&now, &file)) {
            return Ok(Some(file));
        }
    }
}

fn is_same(metadata: &fs::Metadata, file: &File) -> bool {
    file.metadata().is_ok_and(|own| Identity::of(&own).is_same_file(&Identity::of(metadata)))
}

#[cfg(test)]
mod tests;
