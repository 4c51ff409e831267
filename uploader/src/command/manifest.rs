//! Manifests: which files of a directory are in Box.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use box_upload_common::lock;
use box_uploader::DirectoryEvent;
use serde::Serialize;

/// A line of a manifest.
#[derive(Serialize)]
struct Line<'a> {
    /// Path in Box, below the destination folder.
    path: &'a str,
    id: &'a str,
    size: u64,
    sha1: &'a str,
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
                let sha1 = uploaded.sha1.to_string();
                let size = uploaded.statistics.size;
                self.write(&Line { path: path_in_box, id: &uploaded.file.id, size, sha1: &sha1 });
            }
            DirectoryEvent::Unchanged { path_in_box, file_id, sha1, size, .. } => {
                let sha1 = sha1.to_string();
                self.write(&Line { path: path_in_box, id: file_id, size: *size, sha1: &sha1 });
            }
            _ => {}
        }
    }

    fn write(&self, line: &Line<'_>) {
        let mut writing = lock(&self.0);
        let text = serde_json::to_string(line).map_err(io::Error::from);
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
