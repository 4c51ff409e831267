//! Manifests: which files of a directory are in Box.

mod file;

use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use box_upload_common::lock;
use box_uploader::{DirectoryEvent, Sha1Hash};
use serde::{Deserialize, Serialize};

pub(super) use file::ManifestFile;

/// A line of a manifest.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Line<'a> {
    /// Path in Box, below the destination folder, unless the file was renamed.
    #[serde(borrow)]
    pub(super) path: Cow<'a, str>,
    /// Name in Box, if it is not the last one of the path.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    pub(super) size: u64,
    pub(super) sha1: Sha1Hash,
}

impl Line<'_> {
    /// Path in Box, below the destination folder.
    pub(super) fn path_in_box(&self) -> Cow<'_, str> {
        match (&self.name, self.path.rsplit_once('/')) {
            (None, _) => Cow::Borrowed(&*self.path),
            (Some(name), None) => Cow::Borrowed(&**name),
            (Some(name), Some((folder, _))) => Cow::Owned(format!("{folder}/{name}")),
        }
    }
}

/// A manifest that is being written. Clones write to the same file.
#[derive(Clone)]
pub(crate) struct ManifestWriter(Arc<Mutex<Writing>>);

struct Writing {
    /// Until it is finished.
    file: Option<ManifestFile>,
    is_empty: bool,
    error: Option<io::Error>,
}

impl ManifestWriter {
    /// Prepares to replace the file.
    pub(crate) async fn create(path: &Path) -> io::Result<Self> {
        let file = Some(ManifestFile::create(path).await?);
        Ok(Self(Arc::new(Mutex::new(Writing { file, is_empty: true, error: None }))))
    }

    /// Adds the file that an event says to be in Box.
    pub(crate) fn record_event(&self, event: &DirectoryEvent) {
        match event {
            DirectoryEvent::Uploaded { path_in_box, uploaded, .. } => {
                let own = path_in_box.rsplit('/').next();
                let name = uploaded.file.name.as_deref().filter(|name| Some(*name) != own);
                self.write(Line {
                    path: path_in_box.into(),
                    name: name.map(Cow::from),
                    id: (&uploaded.file.id).into(),
                    size: uploaded.statistics.size,
                    sha1: uploaded.sha1,
                });
            }
            DirectoryEvent::Unchanged { path_in_box, name_in_box, file_id, sha1, size, .. } => {
                self.write(Line {
                    path: path_in_box.into(),
                    name: name_in_box.as_deref().map(Cow::from),
                    id: file_id.into(),
                    size: *size,
                    sha1: *sha1,
                });
            }
            _ => {}
        }
    }

    fn write(&self, line: Line<'_>) {
        let mut writing = lock(&self.0);
        writing.is_empty = false;
        let written = writing.file.as_mut().map(|file| file.write_line(&line));
        if let Some(Err(error)) = written {
            writing.error.get_or_insert(error);
        }
    }

    /// Replaces the file, and returns the first error. A manifest without a line replaces it only if all
    /// of the directory `is_done`.
    pub(crate) fn finish(&self, is_done: bool) -> io::Result<()> {
        let mut writing = lock(&self.0);
        if let Some(error) = writing.error.take() {
            return Err(error);
        }
        match writing.file.take() {
            Some(file) if is_done || !writing.is_empty => file.finish(),
            _ => Ok(()),
        }
    }
}
