//! Storage of content and journal: in memory, or in a folder.

mod blob;
mod disk;
mod journal;

pub(crate) use blob::{BlobReader, BlobWriter, PendingBlob};
pub(crate) use disk::Disk;

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};

use bytes::Bytes;

use crate::service::{Blob, Event};
use box_upload_common::lock;

#[derive(Clone, Debug)]
pub(crate) enum Store {
    Memory(Arc<Mutex<HashMap<String, Bytes>>>),
    Disk(Arc<Disk>),
}

impl Store {
    pub(crate) fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    /// Whether operations wait for a disk.
    pub(crate) fn blocks(&self) -> bool {
        matches!(self, Self::Disk(_))
    }

    /// Whether a disk write is in progress.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Disk(disk) if Arc::strong_count(disk) > 1)
    }

    /// Persists an event.
    pub(crate) fn append_event(&self, event: &Event) -> io::Result<()> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Disk(disk) => disk.append_event(event),
        }
    }

    pub(crate) fn remove_blob(&self, blob: &Blob) {
        match self {
            Self::Memory(blobs) => drop(lock(blobs).remove(&blob.id)),
            Self::Disk(disk) => disk.remove_blob(&blob.id),
        }
    }
}
