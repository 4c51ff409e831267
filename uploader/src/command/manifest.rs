//! Manifests: which files of a directory are in Box.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use box_upload_common::lock;
use box_uploader::{DirectoryEvent, Sha1Hash};
use serde::{Deserialize, Serialize};

/// A line of a manifest.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Line<'a> {
    /// Path in Box, below the destination folder.
    #[serde(borrow)]
    pub(super) path: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    pub(super) size: u64,
    pub(super) sha1: Sha1Hash,
}

/// A manifest that is being written. Clones write to the same file.
#[derive(Clone)]
pub(crate) struct ManifestWriter(Arc<Mutex<Writing>>);

struct Writing {
    file: BufWriter<File>,
    error: Option<io::Error>,
}

impl ManifestWriter {
    /// Creates the file, or empties it.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::new(File::create(path)?);
        Ok(Self(Arc::new(Mutex::new(Writing { file, error: None }))))
    }

    /// Adds the file that an event says to be in Box.
    pub(crate) fn record_event(&self, event: &DirectoryEvent) {
        match event {
            DirectoryEvent::Uploaded { path_in_box, uploaded, .. } => {
                let size = uploaded.statistics.size;
                self.write(path_in_box, &uploaded.file.id, size, uploaded.sha1);
            }
            DirectoryEvent::Unchanged { path_in_box, file_id, sha1, size, .. } => {
                self.write(path_in_box, file_id, *size, *sha1);
            }
            _ => {}
        }
    }

    fn write(&self, path: &str, id: &str, size: u64, sha1: Sha1Hash) {
        let line = Line { path: path.into(), id: id.into(), size, sha1 };
        let mut writing = lock(&self.0);
        let text = serde_json::to_string(&line).map_err(io::Error::from);
        let written = text.and_then(|text| writeln!(writing.file, "{text}"));
        if let Err(error) = written {
            writing.error.get_or_insert(error);
        }
    }

    /// Writes what is buffered, and returns the first error.
    pub(crate) fn finish(&self) -> io::Result<()> {
        let mut writing = lock(&self.0);
        let flushed = writing.file.flush();
        writing.error.take().map_or(flushed, Err)
    }
}
