//! Which session belongs to which file, kept on disk so that an upload survives a crash.
//!
//! A journal is one file of lines, each of them a checksum and a JSON object: the upload, then each
//! part that the service has. The first line is written to another file that takes the journal's
//! place, so that a journal is either whole or not there; of what follows, a line that is damaged
//! is ignored. A journal whose first line is damaged is set aside. There are no secrets in it.

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

pub use unfinished::Unfinished;

/// The format's version. A journal of another one is set aside.
const VERSION: u32 = 2;

/// The largest journal that is read, in bytes.
const MAX_SIZE: u64 = 16 << 20;

/// So many parts are noted at most, which keeps the journal below [`MAX_SIZE`]. Without the others
/// the service's own list has to do.
const MAX_PARTS: usize = 100_000;

/// The journal of one upload. While it is open, no other process can open it.
pub(crate) struct Journal {
    path: PathBuf,
    /// What is to become the journal.
    draft: PathBuf,
    lock_path: PathBuf,
    /// Held for its lock.
    _lock: File,
    file: Option<File>,
    content: Content,
    /// Where a journal is now that was of no use, and why it was not.
    warning: Option<String>,
}

/// What is in a journal.
#[derive(Default)]
struct Content {
    entry: Option<Entry>,
    parts: BTreeMap<u64, Sha1Hash>,
    commit: Option<Sha1Hash>,
}

/// An upload that has begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    version: u32,
    /// For people to read; it need not be text on disk.
    pub(crate) path: String,
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
    /// From here on the service was asked to make the file.
    Commit {
        sha1: Sha1Hash,
    },
}

impl Content {
    /// What the text of a journal says; why it is of no use otherwise.
    fn parse(text: &[u8]) -> Result<Self, &'static str> {
        let mut lines = text.split(|byte| *byte == b'\n');
        let first = lines.next().and_then(decode_line).ok_or("it is damaged")?;
        let version = serde_json::from_slice(first).map(|Version { version }| version);
        if version.is_ok_and(|version| version != VERSION) {
            return Err("another version of this program wrote it");
        }
        let entry: Entry = serde_json::from_slice(first).map_err(|_| "it is damaged")?;
        if entry.session.as_deref().is_some_and(|id| !is_valid_session_id(id)) {
            return Err("no session can have the id that it names");
        }
        let mut content = Self { entry: Some(entry), ..Self::default() };
        // The last line may be torn by a crash, and any other one spoilt on disk.
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

/// How many characters of a line are its checksum.
const CHECKSUM: usize = 8;

fn checksum(text: &[u8]) -> String {
    let mut sum = Sha1Hash::of(text).to_string();
    sum.truncate(CHECKSUM);
    sum
}

/// A line of a journal.
fn encode_line(value: &impl Serialize) -> io::Result<String> {
    let text = serde_json::to_string(value)?;
    Ok(format!("{} {text}\n", checksum(text.as_bytes())))
}

/// What is in a line, if it is undamaged.
fn decode_line(line: &[u8]) -> Option<&[u8]> {
    let (sum, text) = line.split_at_checked(CHECKSUM)?;
    let text = text.strip_prefix(b" ")?;
    (sum == checksum(text).as_bytes()).then_some(text)
}

impl Journal {
    /// Opens the journal of what `key` stands for, and reads it if it is there. What is there and
    /// is none is set aside.
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
                let aside = regular::move_aside(&path).map_err(failed)?;
                journal.warning = Some(format!("{why}; it is kept as `{}`", aside.display()));
            }
        }
        Ok(journal)
    }

    /// The journal of this path, which nobody else can open any more.
    fn open_locked(path: PathBuf) -> Result<Self, ErrorKind> {
        let lock_path = path.with_extension("lock");
        // What cannot be locked is nobody's lock.
        let locked = lock_file(&lock_path)
            .or_else(|_| regular::move_aside(&lock_path).and_then(|_| lock_file(&lock_path)));
        let lock = match locked {
            Ok(Some(lock)) => lock,
            Ok(None) => return Err(ErrorKind::Busy { path }),
            Err(error) => return Err(ErrorKind::Journal { path, error }),
        };
        Ok(Self {
            draft: path.with_extension("new"),
            path,
            lock_path,
            _lock: lock,
            file: None,
            content: Content::default(),
            warning: None,
        })
    }

    /// What has become of a journal that was of no use, in describe_chain. It is told once.
    pub(crate) fn take_warning(&mut self) -> Option<String> {
        let why = self.warning.take()?;
        let path = self.path.display();
        Some(format!("the journal `{path}` is of no use, and the upload begins anew: {why}"))
    }

    /// The upload that is unfinished, if there is one.
    pub(crate) fn entry(&self) -> Option<&Entry> {
        self.content.entry.as_ref()
    }

    /// The hash of a part that the service has had.
    pub(crate) fn part(&self, offset: u64) -> Option<Sha1Hash> {
        self.content.parts.get(&offset).copied()
    }

    /// Whether any part is in the session.
    pub(crate) fn has_parts(&self) -> bool {
        !self.content.parts.is_empty()
    }

    /// The hash of the whole file, if the service was asked to make it.
    pub(crate) fn commit(&self) -> Option<Sha1Hash> {
        self.content.commit
    }

    /// Begins anew, with this upload. The one that is in it already goes on. If that fails, there is
    /// no journal from then on.
    pub(crate) fn begin(&mut self, entry: Entry) -> Result<(), ErrorKind> {
        let begun = if self.content.entry.as_ref() == Some(&entry) {
            self.reopen()
        } else {
            self.content = Content::default();
            self.replace(&entry)
        };
        match begun {
            Ok(file) => {
                self.file = Some(file);
                self.content.entry = Some(entry);
                Ok(())
            }
            Err(error) => {
                // It would lead to an upload that is not this one.
                let _ = self.clear();
                Err(self.to_error(error))
            }
        }
    }

    fn reopen(&self) -> io::Result<File> {
        let mut file = regular::open_regular(&self.path, OpenOptions::new().append(true))?;
        // What a crash left of a line must not spoil the next one.
        file.write_all(b"\n")?;
        Ok(file)
    }

    fn replace(&self, entry: &Entry) -> io::Result<File> {
        // What a crash has left, or somebody else has put there. The lock keeps others away.
        let _ = fs::remove_file(&self.draft);
        let create =
            || regular::open_regular(&self.draft, OpenOptions::new().write(true).create_new(true));
        let mut file =
            create().or_else(|_| regular::move_aside(&self.draft).and_then(|_| create()))?;
        file.write_all(encode_line(entry)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&self.draft, &self.path)?;
        // Without it, a power cut may take the new name away again. Lost parts are no loss: the
        // service lists them.
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

    /// Forgets the upload.
    pub(crate) fn clear(&mut self) -> Result<(), ErrorKind> {
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
        // The next one makes them again; what stays behind does no harm.
        let _ = fs::remove_file(&self.draft);
        let _ = fs::remove_file(&self.lock_path);
    }
}

/// A locked file; `None` if another process has locked it.
fn lock_file(path: &Path) -> io::Result<Option<File>> {
    loop {
        let mut options = OpenOptions::new();
        let file = regular::open_regular(path, options.create(true).truncate(false).write(true))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Its holder may have removed it meanwhile, and somebody made another one.
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
