//! The journal of a directory: which files of which folders are in Box.
//!
//! It is a file of lines, each a checksum and a JSON object, that is only appended to: first the
//! run, then a line for each folder whose files are done, then the end of the run. A process that
//! is killed loses at most the folders that were under way. Two files are kept: that of the run and
//! that of the run before, whose hashes spare reading files that have not changed.
//!
//! In memory there is only an index of folders. The journal contains no secrets.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::text_hash::{TextHash, hash_text};
use super::walk::LocalFile;
use crate::journal::{JournalLock, decode_line, encode_line, move_aside, open_regular};
use crate::source::Identity;
use crate::{ErrorKind, Sha1Hash};

/// Version of the format.
const VERSION: u32 = 1;

/// Largest journal that is read, in bytes.
const MAX_SIZE: u64 = 16 << 30;

/// Longest line that is read, in bytes.
const MAX_LINE: u64 = 4 << 20;

/// Most files in a line. A folder with more has several lines.
pub(super) const MAX_FILES: usize = 1000;

/// How long an interrupted run can be continued. After that, folders are listed again.
const MAX_AGE: Duration = Duration::from_secs(24 * 3600);

/// The journal of a directory. While it is open, no other process can open it.
pub(super) struct DirectoryLog {
    path: PathBuf,
    _lock: JournalLock,
    file: Option<File>,
    /// Where the next line begins.
    end: u64,
    current: Index,
    previous: Index,
    warning: Option<String>,
}

/// What is known of a folder.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The folder's id in Box.
    pub(super) id: String,
    /// Whether the run that is being continued has seen it.
    pub(super) is_current: bool,
    /// By `name`.
    files: Vec<KnownFile>,
}

/// What is kept of a [`NotedFile`], of which there may be many: hashes of what is only compared.
#[derive(Debug, PartialEq)]
pub(super) struct KnownFile {
    name: TextHash,
    /// Of its identity and change time.
    state: TextHash,
    /// Id in Box.
    pub(super) id: Box<str>,
    /// Name in Box, if it is another.
    pub(super) other_name: Option<Box<str>>,
    pub(super) sha1: Sha1Hash,
}

fn hash_state(identity: &Identity, changed_at: i64) -> TextHash {
    hash_text(&format!("{identity:?} {changed_at}"))
}

impl From<NotedFile> for KnownFile {
    fn from(noted: NotedFile) -> Self {
        Self {
            name: hash_text(&noted.name),
            state: hash_state(&noted.identity, noted.changed_at),
            id: noted.id.into(),
            other_name: noted.other_name.map(Into::into),
            sha1: noted.sha1,
        }
    }
}

impl Record {
    /// What was noted of a file, unless it has changed.
    pub(super) fn find_file(&self, file: &LocalFile) -> Option<&KnownFile> {
        let known = self.find_name(file.name())?;
        let is_same = known.state == hash_state(&file.identity, file.changed_at);
        is_same.then_some(known)
    }

    fn find_name(&self, name: &str) -> Option<&KnownFile> {
        let name = hash_text(name);
        let index = self.files.binary_search_by_key(&name, |known| known.name).ok()?;
        self.files.get(index)
    }
}

/// A file that is in Box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct NotedFile {
    /// Name in Box, unless Box has it under another.
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) other_name: Option<String>,
    /// Id in Box.
    pub(super) id: String,
    pub(super) sha1: Sha1Hash,
    pub(super) identity: Identity,
    /// When the inode last changed.
    pub(super) changed_at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Run(RunLine),
    Folder(FolderLine),
    /// The folder is no longer in Box.
    Gone(GoneLine),
    End {},
}

#[derive(Serialize, Deserialize)]
struct GoneLine {
    folder: String,
}

#[derive(Serialize, Deserialize)]
struct RunLine {
    version: u32,
    /// Seconds since 1970.
    started: u64,
}

#[derive(Serialize, Deserialize)]
struct FolderLine {
    folder: String,
    id: String,
    /// Where the folder's line before this one begins.
    before: Option<u64>,
    files: Vec<NotedFile>,
}

/// As much of a line as the index needs.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Head {
    Run(RunLine),
    Folder(FolderHead),
    Gone(GoneLine),
    End(IgnoredAny),
}

#[derive(Deserialize)]
struct FolderHead {
    folder: String,
}

/// Where a journal has its folders.
#[derive(Default)]
struct Index {
    file: Option<File>,
    /// Offset of each folder's last line, by a hash of its path.
    folders: HashMap<u64, u64>,
    hasher: RandomState,
    run: Option<RunLine>,
    has_end: bool,
    /// Lines with a wrong checksum, except for one that a crash has cut off.
    damaged: usize,
    /// Where the last whole line ends.
    end: u64,
}

impl DirectoryLog {
    /// Opens the journal for `key`. An interrupted run is continued if `resume` is set; otherwise
    /// nothing is known.
    pub(super) fn open(folder: &Path, key: &[u8], resume: bool) -> Result<Self, ErrorKind> {
        let path = folder.join(format!("{}.dir", Sha1Hash::of(key)));
        let failed = |error| ErrorKind::Journal { path: path.clone(), error };
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = JournalLock::acquire(&path)?;
        let mut warnings = Vec::new();
        let mut current = Index::open(&path, &mut warnings);
        let old_path = path.with_extension("old");
        if !resume {
            current = Index::default();
            remove_if_present(&path).map_err(failed)?;
            remove_if_present(&old_path).map_err(failed)?;
        }
        let continues = current.can_continue();
        if !continues && current.run.is_some() {
            fs::rename(&path, &old_path).map_err(failed)?;
        }
        let previous = if continues || current.run.is_none() {
            Index::open(&old_path, &mut warnings)
        } else {
            std::mem::take(&mut current)
        };
        let mut log = Self {
            path: path.clone(),
            _lock: lock,
            file: None,
            end: 0,
            current,
            previous,
            warning: (!warnings.is_empty()).then(|| warnings.join("; ")),
        };
        log.begin(continues).map_err(failed)?;
        Ok(log)
    }

    fn begin(&mut self, continues: bool) -> io::Result<()> {
        if !continues {
            remove_if_present(&self.path)?;
        }
        let mut options = OpenOptions::new();
        options.append(true).create_new(!continues);
        let file = open_regular(&self.path, &mut options)?;
        if continues {
            // A partial line left by a crash must not damage the next one.
            file.set_len(self.current.end)?;
            self.end = self.current.end;
        }
        self.file = Some(file);
        if self.current.file.is_none() {
            self.current.file = Some(open_regular(&self.path, OpenOptions::new().read(true))?);
        }
        if !continues {
            self.append(&Line::Run(RunLine { version: VERSION, started: seconds_since_1970() }))?;
        }
        Ok(())
    }

    /// The warning about what is damaged. It is returned once.
    pub(super) fn take_warning(&mut self) -> Option<String> {
        self.warning.take()
    }

    /// What is known of a folder.
    pub(super) fn find_folder(&mut self, path: &str) -> Option<Record> {
        let current = self.current.read_folder(path);
        let is_current = current.is_some();
        let (id, files) = current.or_else(|| self.previous.read_folder(path))?;
        Some(Record { id, is_current, files })
    }

    /// Adds what the run before knew of a folder with which the one that is being continued was not
    /// done.
    pub(super) fn add_older(&mut self, path: &str, record: &mut Record) {
        record.is_current = false;
        if let Some((_, older)) = self.previous.read_folder(path) {
            record.files.extend(older);
            sort_files(&mut record.files);
        }
    }

    /// Notes that these files of a folder are in Box, too. `before` is what this has returned for
    /// others of the folder.
    pub(super) fn note_folder(
        &mut self,
        path: &str,
        id: &str,
        mut before: Option<u64>,
        files: &[NotedFile],
    ) -> io::Result<Option<u64>> {
        let empty: &[NotedFile] = &[];
        let chunks = files.chunks(MAX_FILES).chain(files.is_empty().then_some(empty));
        for chunk in chunks {
            let position = self.end;
            self.append(&Line::Folder(FolderLine {
                folder: path.to_owned(),
                id: id.to_owned(),
                before,
                files: chunk.to_vec(),
            }))?;
            before = Some(position);
        }
        Ok(before)
    }

    /// Notes that a folder is about to be deleted from Box.
    pub(super) fn note_gone(&mut self, path: &str) -> io::Result<()> {
        self.append(&Line::Gone(GoneLine { folder: path.to_owned() }))
    }

    /// Notes that the run has ended by itself: the next one asks Box again.
    pub(super) fn note_end(&mut self) -> io::Result<()> {
        self.append(&Line::End {})
    }

    /// Appends a line. After an error there is no journal: one that lacks lines would be believed.
    fn append(&mut self, line: &Line) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let written = encode_line(line).and_then(|text| {
            file.write_all(text.as_bytes())?;
            Ok(text.len() as u64)
        });
        match written {
            Ok(length) => self.end += length,
            Err(_) => {
                self.file = None;
                remove_if_present(&self.path)?;
            }
        }
        written.map(|_| ())
    }

    /// Whether there is a journal that may say that something is in Box.
    pub(super) fn is_believed(&self) -> bool {
        self.file.is_some() || self.path.exists()
    }
}

impl Index {
    /// Reads a journal. What is not one is set aside.
    fn open(path: &Path, warnings: &mut Vec<String>) -> Self {
        let file = match open_regular(path, OpenOptions::new().read(true)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::default(),
            Err(error) => return Self::set_aside(path, &error.to_string(), warnings),
        };
        match Self::read(file) {
            Ok(index) if index.run.as_ref().is_some_and(|run| run.version == VERSION) => {
                if index.damaged > 0 {
                    let text = format!("ignoring {} damaged lines of the journal", index.damaged);
                    warnings.push(format!("{text} `{}`", path.display()));
                }
                index
            }
            Ok(_) => {
                let why = "it is corrupt, or was written by another version of this program";
                Self::set_aside(path, why, warnings)
            }
            Err(error) => Self::set_aside(path, &error.to_string(), warnings),
        }
    }

    /// Renames a journal that cannot be used, and returns an empty index.
    fn set_aside(path: &Path, why: &str, warnings: &mut Vec<String>) -> Self {
        let moved = move_aside(path);
        let to = moved.map_or_else(|error| error.to_string(), |to| to.display().to_string());
        warnings.push(format!("ignoring the journal `{}`: {why} ({to})", path.display()));
        Self::default()
    }

    fn read(file: File) -> io::Result<Self> {
        if file.metadata()?.len() > MAX_SIZE {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too large"));
        }
        let mut index = Self::default();
        let mut reader = BufReader::with_capacity(1 << 16, &file);
        let mut position = 0;
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? as u64;
            if read == 0 {
                break;
            }
            let is_whole = line.pop_if(|last| *last == b'\n').is_some();
            // What a crash has cut off is removed, so it must not count, even if it can be read.
            let text = decode_line(&line).filter(|_| is_whole);
            let head = text.and_then(|text| serde_json::from_slice(text).ok());
            match head {
                Some(Head::Run(run)) if index.run.is_none() => index.run = Some(run),
                Some(Head::Folder(head)) => {
                    index.folders.insert(index.hasher.hash_one(&head.folder), position);
                }
                Some(Head::Gone(gone)) => {
                    index.folders.remove(&index.hasher.hash_one(&gone.folder));
                }
                Some(Head::End(_)) => index.has_end = true,
                _ => index.damaged += usize::from(is_whole && !line.is_empty()),
            }
            position += read;
            if is_whole {
                index.end = position;
            }
        }
        index.file = Some(file);
        Ok(index)
    }

    /// Whether it is of a run that was interrupted not long ago.
    fn can_continue(&self) -> bool {
        let Some(run) = self.run.as_ref().filter(|_| !self.has_end) else { return false };
        let age = seconds_since_1970().checked_sub(run.started);
        age.is_some_and(|age| age <= MAX_AGE.as_secs())
    }

    /// Reads the lines of a folder: its id in Box and its files.
    fn read_folder(&mut self, path: &str) -> Option<(String, Vec<KnownFile>)> {
        let mut next = self.folders.get(&self.hasher.hash_one(path)).copied();
        let mut id = None;
        let mut files = Vec::new();
        while let Some(position) = next {
            let line = self.read_line(position).filter(|line| line.folder == path)?;
            id.get_or_insert(line.id);
            files.extend(line.files.into_iter().map(KnownFile::from));
            // Backwards only, so that there is an end.
            next = line.before.filter(|before| *before < position);
        }
        sort_files(&mut files);
        Some((id?, files))
    }

    fn read_line(&mut self, position: u64) -> Option<FolderLine> {
        let mut file = self.file.as_ref()?;
        file.seek(SeekFrom::Start(position)).ok()?;
        let mut line = Vec::new();
        BufReader::new(file).take(MAX_LINE).read_until(b'\n', &mut line).ok()?;
        line.pop_if(|last| *last == b'\n');
        match serde_json::from_slice(decode_line(&line)?) {
            Ok(Line::Folder(folder)) => Some(folder),
            _ => None,
        }
    }
}

/// Sorts files by name, and keeps the first of each.
fn sort_files(files: &mut Vec<KnownFile>) {
    files.sort_by_key(|file| file.name);
    files.dedup_by(|one, other| one.name == other.name);
    files.shrink_to_fit();
}

fn remove_if_present(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

#[cfg(test)]
mod tests;
