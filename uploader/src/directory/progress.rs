//! Which folders are under way, and the journal of those that are done.

use std::collections::HashMap;
use std::io;

use super::event::DirectoryEvent;
use super::file::Stored;
use super::log::{DirectoryLog, MAX_FILES, NotedFile, Record};
use super::settings::Settings;
use super::walk::LocalFile;
use crate::request_error::describe_chain;
use crate::{ErrorKind, Event, Resume};

/// The folders under way.
pub(super) struct Progress {
    log: Option<DirectoryLog>,
    folders: HashMap<usize, OpenFolder>,
    next: usize,
    settings: Settings,
}

/// A folder whose files are being uploaded.
struct OpenFolder {
    /// Path in Box.
    path: String,
    /// Id in Box.
    id: String,
    /// Number of files that are not done.
    pending: usize,
    /// What the journal has returned for those that are noted.
    noted: Option<u64>,
    /// Those that are done and not noted.
    done: Vec<NotedFile>,
}

impl Progress {
    /// Opens the journal, if there is a folder for journals. A broken one only costs resumption.
    pub(super) fn open(settings: &Settings, destination: &str) -> Result<Self, ErrorKind> {
        let log = open_log(settings, destination)?;
        Ok(Self { log, folders: HashMap::new(), next: 0, settings: settings.clone() })
    }

    /// What the journal knows of a folder with these files.
    pub(super) fn find_folder(&mut self, path: &str, files: &[LocalFile]) -> Option<Record> {
        let log = self.log.as_mut()?;
        let mut record = log.find_folder(path)?;
        if record.is_current && files.iter().any(|file| record.find_file(file).is_none()) {
            log.add_older(path, &mut record);
        }
        Some(record)
    }

    /// Begins a folder with so many files, and returns its number.
    pub(super) fn begin_folder(&mut self, path: &str, id: &str, files: usize) -> usize {
        let number = self.next;
        self.next += 1;
        let done = Vec::new();
        let path = path.to_owned();
        let mut folder = OpenFolder { path, id: id.to_owned(), pending: files, noted: None, done };
        if files == 0 {
            self.note_folder(&mut folder);
        } else {
            self.folders.insert(number, folder);
        }
        number
    }

    /// Keeps no journal.
    pub(super) fn without_journal(settings: &Settings) -> Self {
        Self { log: None, folders: HashMap::new(), next: 0, settings: settings.clone() }
    }

    /// Records that a file of a folder is stored, or has failed.
    pub(super) fn finish_file(&mut self, number: usize, file: &LocalFile, stored: Option<&Stored>) {
        let Some(folder) = self.folders.get_mut(&number) else { return };
        folder.pending -= 1;
        if let Some(stored) = stored.filter(|_| file.is_settled) {
            let (id, sha1) = match stored {
                Stored::Uploaded(uploaded) => (&uploaded.file.id, uploaded.sha1),
                Stored::Unchanged { file_id, sha1, .. } => (file_id, *sha1),
            };
            let identity = file.identity.clone();
            let changed_at = file.changed_at;
            folder.done.push(NotedFile {
                name: file.name().to_owned(),
                other_name: stored.other_name(file),
                id: id.clone(),
                sha1,
                identity,
                changed_at,
            });
        }
        let is_done = folder.pending == 0;
        if is_done || folder.done.len() >= MAX_FILES {
            let Some(mut folder) = self.folders.remove(&number) else { return };
            self.note_folder(&mut folder);
            if !is_done {
                self.folders.insert(number, folder);
            }
        }
    }

    /// Notes the folders under way.
    pub(super) fn note_open_folders(&mut self) {
        for mut folder in std::mem::take(&mut self.folders).into_values() {
            self.note_folder(&mut folder);
        }
    }

    /// Notes that the run has ended by itself.
    pub(super) fn note_end(&mut self) {
        let noted = self.log.as_mut().map(DirectoryLog::note_end);
        self.check_note(noted);
    }

    /// Notes that a folder is about to be deleted from Box. Returns whether no journal believes
    /// that it exists.
    pub(super) fn forget_folder(&mut self, path: &str) -> bool {
        let Some(log) = &mut self.log else { return true };
        let noted = log.note_gone(path);
        let is_forgotten = noted.is_ok() || !log.is_believed();
        self.check_note(Some(noted));
        is_forgotten
    }

    fn note_folder(&mut self, folder: &mut OpenFolder) {
        let OpenFolder { path, id, noted, done, .. } = folder;
        let done = std::mem::take(done);
        let Some(log) = self.log.as_mut().filter(|_| noted.is_none() || !done.is_empty()) else {
            return;
        };
        match log.note_folder(path, id, *noted, &done) {
            Ok(last) => *noted = last,
            Err(error) => self.check_note(Some(Err(error))),
        }
    }

    /// Warns, and does without the journal, if it cannot be written.
    fn check_note(&mut self, noted: Option<io::Result<()>>) {
        if let Some(Err(error)) = noted {
            self.log = None;
            warn(&self.settings, format!("cannot write the directory's journal: {error}"));
        }
    }
}

fn open_log(settings: &Settings, destination: &str) -> Result<Option<DirectoryLog>, ErrorKind> {
    let policy = &settings.uploader.policy;
    // Nothing is left behind for what is no directory.
    let folder = policy.journal.as_ref().filter(|_| settings.path.is_dir());
    let Some(folder) = folder else { return Ok(None) };
    let path = settings.path.canonicalize().unwrap_or_else(|_| settings.path.clone());
    let client = &settings.uploader.client;
    let shard = settings.criteria.shard;
    // Includes the hosts: ids of one service mean nothing to another.
    let rest = format!("\ndirectory\n{destination}\n{client:?}\n{shard:?}");
    let key = [path.as_os_str().as_encoded_bytes(), rest.as_bytes()].concat();
    match DirectoryLog::open(folder, &key, policy.resume != Resume::Never) {
        Ok(mut log) => {
            log.take_warning().into_iter().for_each(|text| warn(settings, text));
            Ok(Some(log))
        }
        Err(kind @ ErrorKind::Journal { .. }) => {
            let error = describe_chain(&crate::Error::from(kind));
            warn(settings, format!("an interruption will cost more time: {error}"));
            Ok(None)
        }
        Err(kind) => Err(kind),
    }
}

fn warn(settings: &Settings, text: String) {
    tracing::info!("{text}");
    let path = settings.path.clone();
    (settings.on_event)(&DirectoryEvent::File { path, event: Event::Warning { text } });
}
