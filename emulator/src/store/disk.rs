//! A folder with the journal and one file per blob.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::journal::{Damaged, Journal};
use crate::service::{Event, Service, SessionEnd};
use crate::settings::Settings;
use crate::timestamp::Timestamp;
use box_upload_common::lock;

/// A data folder, locked while this exists.
#[derive(Debug)]
pub(crate) struct Disk {
    blobs: PathBuf,
    blobs_folder: File,
    journal: Mutex<Journal>,
    _lock: FolderLock,
}

/// The lock of a data folder.
#[derive(Debug)]
struct FolderLock(File);

/// Closing the file is not enough: a process that is being started may hold a copy of it for a moment.
impl Drop for FolderLock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

impl Disk {
    /// Opens or creates a data folder, and restores the service from it.
    pub(crate) fn open_folder(
        folder: &Path,
        settings: Settings,
        now: Timestamp,
    ) -> Result<(Self, Service), OpenError> {
        let failed = |error| OpenError::Io(folder.to_owned(), error);
        let blobs = folder.join("blobs");
        fs::create_dir_all(&blobs).map_err(failed)?;
        let lock = OpenOptions::new().create(true).append(true).open(folder.join("lock"));
        let lock = lock.map_err(failed)?;
        if lock.try_lock().is_err() {
            return Err(OpenError::InUse(folder.to_owned()));
        }
        let lock = FolderLock(lock);
        let events = Journal::read_events(folder).map_err(|error| match error {
            Damaged::Line(line) => OpenError::Damaged(folder.to_owned(), line),
            Damaged::Io(error) => failed(error),
        })?;
        let mut service = Service::new(settings, now);
        for event in events {
            service.apply_event(event);
        }
        for event in service.expired_sessions(now) {
            service.apply_event(event);
        }
        remove_orphans(&blobs, &mut service).map_err(failed)?;
        let journal =
            Journal::write_events(folder, &service.snapshot_events(now)).map_err(failed)?;
        let blobs_folder = File::open(&blobs).map_err(failed)?;
        let journal = Mutex::new(journal);
        Ok((Self { blobs, blobs_folder, journal, _lock: lock }, service))
    }

    pub(crate) fn append_event(&self, event: &Event) -> io::Result<()> {
        lock(&self.journal).append_event(event)
    }

    pub(crate) fn create_blob(&self, id: &str) -> io::Result<File> {
        File::create_new(self.blobs.join(id))
    }

    /// Both the content and the name of the file must be persistent.
    pub(crate) fn persist_blob(&self, file: &File) -> io::Result<()> {
        file.sync_data()?;
        self.blobs_folder.sync_all()
    }

    pub(crate) fn open_blob(&self, id: &str) -> io::Result<File> {
        File::open(self.blobs.join(id))
    }

    /// What cannot be removed now is removed at the next start.
    pub(crate) fn remove_blob(&self, id: &str) {
        if let Err(error) = fs::remove_file(self.blobs.join(id)) {
            tracing::debug!(id, %error, "cannot remove a blob");
        }
    }
}

/// Removes unreferenced blobs, and fails sessions with missing blobs.
fn remove_orphans(blobs: &Path, service: &mut Service) -> io::Result<()> {
    let size = |id: &str| fs::metadata(blobs.join(id)).map(|data| data.len()).ok();
    let broken: Vec<_> = service
        .sessions()
        .filter(|session| {
            session.parts.values().any(|part| size(&part.blob.id) != Some(part.blob.size))
        })
        .map(|session| session.id.clone())
        .collect();
    for session in broken {
        tracing::warn!(session, "a stored part is missing or has the wrong size");
        service.apply_event(Event::SessionEnded { session, end: SessionEnd::Failed });
    }
    let known: HashSet<_> = service.blobs().map(|blob| &*blob.id).collect();
    for entry in fs::read_dir(blobs)? {
        let entry = entry?;
        if !entry.file_name().to_str().is_some_and(|name| known.contains(name)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Why a data folder cannot be used.
#[derive(Debug)]
pub(crate) enum OpenError {
    InUse(PathBuf),
    Damaged(PathBuf, usize),
    Io(PathBuf, io::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(folder) => {
                write!(f, "the data folder {} is in use by another emulator", folder.display())
            }
            Self::Damaged(folder, line) => {
                let journal = folder.join("journal");
                write!(f, "line {line} of {} is invalid", journal.display())
            }
            Self::Io(folder, error) => {
                write!(f, "cannot use the data folder {}: {error}", folder.display())
            }
        }
    }
}
