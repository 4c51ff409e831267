//! Which session belongs to which file, on disk, so that an upload survives a crash.
//!
//! A journal is a file of lines, each a checksum and a JSON object: first the upload, then each
//! part that the service has. The first line is written to a draft that replaces the journal, so a
//! journal is complete or absent. Damaged later lines are ignored; a journal with a damaged first
//! line is set aside. It contains no secrets.

mod regular;
mod unfinished;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::options::Destination;
use crate::session_id::is_valid_session_id;
use crate::source::{Identity, Source};
use crate::target::Target;
use crate::{ErrorKind, Sha1Hash};

pub(crate) use regular::{move_aside, open_regular};
pub use unfinished::Unfinished;

/// Version of the format. A journal of another version is set aside.
const VERSION: u32 = 2;

/// Largest journal that is read, in bytes.
const MAX_SIZE: u64 = 16 << 20;

/// Most parts that are noted, which keeps the journal below [`MAX_SIZE`]. The service's own list
/// covers the rest.
const MAX_PARTS: usize = 100_000;

/// The journal of one upload. While it is open, no other process can open it.
pub(crate) struct Journal {
    path: PathBuf,
    /// Replaces the journal once it is written.
    draft: PathBuf,
    _lock: JournalLock,
    file: Option<File>,
    content: Content,
    /// Where an unusable journal was moved, and why.
    warning: Option<String>,
}

/// Content of a journal.
#[derive(Default)]
struct Content {
    entry: Option<Entry>,
    parts: BTreeMap<u64, Sha1Hash>,
    commit: Option<Sha1Hash>,
}

/// An upload that was started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    version: u32,
    /// For display; the path need not be valid Unicode.
    pub(crate) path: String,
    pub(crate) identity: Identity,
    pub(crate) destination: Destination,
    pub(crate) name: String,
    /// Session id; an upload in one request has none.
    pub(crate) session: Option<String>,
    /// Whether the session existed before this upload, and so may belong to another one.
    pub(crate) adopted: bool,
}

impl Entry {
    /// The entry for an upload whose source is a file.
    pub(crate) fn for_upload(source: &Source, target: &Target) -> Option<Self> {
        let Target { destination, name, .. } = target;
        Some(Self::new(source.path()?, source.identity()?, destination, name))
    }

    fn new(path: &Path, identity: &Identity, destination: &Destination, name: &str) -> Self {
        Self {
            version: VERSION,
            path: path.display().to_string(),
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
    /// A commit was sent after this line.
    Commit {
        sha1: Sha1Hash,
    },
}

impl Content {
    /// Parses a journal; the error says why it is unusable.
    fn parse(text: &[u8]) -> Result<Self, &'static str> {
        let mut lines = text.split(|byte| *byte == b'\n');
        let first = lines.next().and_then(decode_line).ok_or("it is corrupt")?;
        let version = serde_json::from_slice(first).map(|Version { version }| version);
        if version.is_ok_and(|version| version != VERSION) {
            return Err("it was written by another version of this program");
        }
        let entry: Entry = serde_json::from_slice(first).map_err(|_| "it is corrupt")?;
        if entry.session.as_deref().is_some_and(|id| !is_valid_session_id(id)) {
            return Err("it contains an invalid session id");
        }
        let mut content = Self { entry: Some(entry), ..Self::default() };
        // A crash may have cut off the last line, and a disk error may have damaged any other.
        for line in lines.filter_map(decode_line) {
            match serde_json::from_slice(line) {
                Ok(Line::Part { offset, sha1 }) => {
                    content.parts.insert(offset, sha1);
                }
                Ok(Line::Commit { sha1 }) => content.commit = Some(sha1),
                Err(_) => {}
            }
        }
        Ok(content)
    }
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// Number of checksum characters in a line.
const CHECKSUM: usize = 8;

fn compute_checksum(text: &[u8]) -> String {
    let mut sum = Sha1Hash::of(text).to_string();
    sum.truncate(CHECKSUM);
    sum
}

/// Encodes a line of the journal.
pub(crate) fn encode_line(value: &impl Serialize) -> io::Result<String> {
    let text = serde_json::to_string(value)?;
    Ok(format!("{} {text}\n", compute_checksum(text.as_bytes())))
}

/// The content of a line, if its checksum matches.
pub(crate) fn decode_line(line: &[u8]) -> Option<&[u8]> {
    let (sum, text) = line.split_at_checked(CHECKSUM)?;
    let text = text.strip_prefix(b" ")?;
    (sum == compute_checksum(text).as_bytes()).then_some(text)
}

impl Journal {
    /// Opens the journal for `key` and reads it if it exists. An unusable one is set aside.
    pub(crate) fn open(folder: &Path, key: &[u8]) -> Result<Self, ErrorKind> {
        let name = Sha1Hash::of(key).to_string();
        let path = folder.join(format!("{name}.jsonl"));
        let failed = |error| ErrorKind::Journal { path: path.clone(), error };
        fs::create_dir_all(folder).map_err(failed)?;
        let mut journal = Self::open_locked(path.clone())?;
        let content = match regular::read_regular(&path, MAX_SIZE) {
            Ok(None) => return Ok(journal),
            Ok(Some(text)) => Content::parse(&text).map_err(str::to_owned),
            Err(error) => Err(error.to_string()),
        };
        match content {
            Ok(content) => journal.content = content,
            Err(why) => {
                let aside = move_aside(&path).map_err(failed)?;
                journal.warning = Some(format!("{why}; renamed to `{}`", aside.display()));
            }
        }
        Ok(journal)
    }

    /// Locks the journal at this path.
    fn open_locked(path: PathBuf) -> Result<Self, ErrorKind> {
        Ok(Self {
            _lock: JournalLock::acquire(&path)?,
            draft: path.with_extension("new"),
            path,
            file: None,
            content: Content::default(),
            warning: None,
        })
    }

    /// The warning about a journal that was set aside. It is returned once.
    pub(crate) fn take_warning(&mut self) -> Option<String> {
        let why = self.warning.take()?;
        let path = self.path.display();
        Some(format!("ignoring the journal `{path}` and starting over: {why}"))
    }

    /// The unfinished upload, if there is one.
    pub(crate) fn entry(&self) -> Option<&Entry> {
        self.content.entry.as_ref()
    }

    /// The hash of a part that the service had.
    pub(crate) fn part_digest(&self, offset: u64) -> Option<Sha1Hash> {
        self.content.parts.get(&offset).copied()
    }

    /// Whether the session has any part.
    pub(crate) fn has_parts(&self) -> bool {
        !self.content.parts.is_empty()
    }

    /// The hash of the whole file, if a commit was sent.
    pub(crate) fn commit_digest(&self) -> Option<Sha1Hash> {
        self.content.commit
    }

    /// Starts the journal of this upload, or continues it if it is the same. On failure there is no
    /// journal from then on.
    pub(crate) fn begin_entry(&mut self, entry: Entry) -> Result<(), ErrorKind> {
        let begun = if self.content.entry.as_ref() == Some(&entry) {
            self.reopen_file()
        } else {
            self.content = Content::default();
            self.replace_file(&entry)
        };
        match begun {
            Ok(file) => {
                self.file = Some(file);
                self.content.entry = Some(entry);
                Ok(())
            }
            Err(error) => {
                // It would lead to another upload.
                let _ = self.remove_file();
                Err(self.to_error(error))
            }
        }
    }

    fn reopen_file(&self) -> io::Result<File> {
        let mut file = open_regular(&self.path, OpenOptions::new().append(true))?;
        // A partial line left by a crash must not damage the next one.
        file.write_all(b"\n")?;
        Ok(file)
    }

    fn replace_file(&self, entry: &Entry) -> io::Result<File> {
        // A leftover of a crash, or a foreign file. The lock keeps other processes away.
        let _ = fs::remove_file(&self.draft);
        let create = || open_regular(&self.draft, OpenOptions::new().write(true).create_new(true));
        let mut file = create().or_else(|_| move_aside(&self.draft).and_then(|_| create()))?;
        file.write_all(encode_line(entry)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&self.draft, &self.path)?;
        // Without this, a power failure may undo the rename. Losing part lines is harmless: the
        // service lists the parts.
        #[cfg(unix)]
        File::open(self.path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(file)
    }

    pub(crate) fn note_part(&mut self, offset: u64, sha1: Sha1Hash) -> Result<(), ErrorKind> {
        if self.content.parts.len() >= MAX_PARTS {
            return Ok(());
        }
        match self.content.parts.insert(offset, sha1) {
            Some(before) if before == sha1 => Ok(()),
            _ => self.append_line(&Line::Part { offset, sha1 }),
        }
    }

    pub(crate) fn note_commit(&mut self, sha1: Sha1Hash) -> Result<(), ErrorKind> {
        self.content.commit = Some(sha1);
        self.append_line(&Line::Commit { sha1 })
    }

    fn append_line(&mut self, entry: &Line) -> Result<(), ErrorKind> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let written = encode_line(entry).and_then(|text| file.write_all(text.as_bytes()));
        written.map_err(|error| {
            self.file = None;
            self.to_error(error)
        })
    }

    fn to_error(&self, error: io::Error) -> ErrorKind {
        ErrorKind::Journal { path: self.path.clone(), error }
    }

    /// Removes the journal.
    pub(crate) fn remove_file(&mut self) -> Result<(), ErrorKind> {
        self.file = None;
        self.content = Content::default();
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.to_error(error)),
            _ => Ok(()),
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // The next upload creates them again; leftovers are harmless.
        let _ = fs::remove_file(&self.draft);
    }
}

/// The lock of a journal.
pub(crate) struct JournalLock {
    path: PathBuf,
    /// Keeps the lock.
    _file: File,
}

impl JournalLock {
    /// Locks the journal at this path.
    pub(crate) fn acquire(journal: &Path) -> Result<Self, ErrorKind> {
        let path = journal.with_extension("lock");
        // A lock that cannot be opened belongs to nobody.
        let locked = lock_file(&path).or_else(|_| move_aside(&path).and_then(|_| lock_file(&path)));
        let journal = journal.to_owned();
        match locked {
            Ok(Some(file)) => Ok(Self { path, _file: file }),
            Ok(None) => Err(ErrorKind::Busy { path: journal }),
            Err(error) => Err(ErrorKind::Journal { path: journal, error }),
        }
    }
}

impl Drop for JournalLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Locks a file; `None` if another process holds the lock.
fn lock_file(path: &Path) -> io::Result<Option<File>> {
    loop {
        let mut options = OpenOptions::new();
        let file = open_regular(path, options.create(true).truncate(false).write(true))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The previous holder may have removed it meanwhile, and another process created a new one.
        if path.symlink_metadata().is_ok_and(|now| is_same_file(&now, &file)) {
            return Ok(Some(file));
        }
    }
}

fn is_same_file(metadata: &fs::Metadata, file: &File) -> bool {
    file.metadata().is_ok_and(|own| Identity::of(&own).is_same_file(&Identity::of(metadata)))
}

#[cfg(test)]
mod tests;
