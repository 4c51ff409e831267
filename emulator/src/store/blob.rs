//! Content: written once, hashed while it is written, read any number of times.

use std::fs::File;
use std::io::{self, Read, Write};

use bytes::{Bytes, BytesMut};
use sha1::{Digest, Sha1};

use super::Store;
use crate::random;
use crate::service::Blob;
use box_upload_common::Sha1Hash;
use box_upload_common::lock;

/// Bytes read at a time.
const READ: usize = 256 << 10;

/// Writes a blob. Unless it is finished, it is removed.
#[derive(Debug)]
pub(crate) struct BlobWriter {
    pending: PendingBlob,
    sink: Sink,
    hasher: Sha1,
    /// Whether to corrupt the first byte.
    corrupt: bool,
    /// Whether to hash the bytes received rather than those written.
    hide: bool,
}

#[derive(Debug)]
enum Sink {
    Memory(BytesMut),
    Disk(File),
}

impl BlobWriter {
    /// `capacity` is the expected size.
    pub(crate) fn new(store: &Store, capacity: u64) -> io::Result<Self> {
        let blob = Blob { id: random::random_hex(32), size: 0 };
        let sink = match store {
            // Memory is used only once it is written to.
            Store::Memory(_) => {
                Sink::Memory(BytesMut::with_capacity(capacity.min(64 << 20) as usize))
            }
            Store::Disk(disk) => Sink::Disk(disk.create_blob(&blob.id)?),
        };
        let pending = PendingBlob { blob: Some(blob), store: store.clone() };
        Ok(Self { pending, sink, hasher: Sha1::new(), corrupt: false, hide: false })
    }

    /// Corrupts the content; `hide` keeps its hash.
    pub(crate) fn corrupt_content(&mut self, hide: bool) {
        self.corrupt = true;
        self.hide = hide;
    }

    pub(crate) fn write_chunk(&mut self, chunk: Bytes) -> io::Result<()> {
        let mut chunk = chunk;
        if self.hide {
            self.hasher.update(&chunk);
        }
        if self.corrupt && !chunk.is_empty() {
            let mut spoiled = chunk.to_vec();
            spoiled[0] ^= 0xff;
            chunk = spoiled.into();
            self.corrupt = false;
        }
        if !self.hide {
            self.hasher.update(&chunk);
        }
        if let Some(blob) = &mut self.pending.blob {
            blob.size += chunk.len() as u64;
        }
        match &mut self.sink {
            Sink::Memory(bytes) => bytes.extend_from_slice(&chunk),
            Sink::Disk(file) => file.write_all(&chunk)?,
        }
        Ok(())
    }

    /// Persists the blob and returns its hash.
    pub(crate) fn finish(self) -> io::Result<(PendingBlob, Sha1Hash)> {
        match (self.sink, &self.pending.store, &self.pending.blob) {
            (Sink::Memory(bytes), Store::Memory(blobs), Some(blob)) => {
                lock(blobs).insert(blob.id.clone(), bytes.freeze());
            }
            (Sink::Disk(file), Store::Disk(disk), _) => disk.persist_blob(&file)?,
            _ => return Err(io::Error::other("the writer does not belong to its store")),
        }
        Ok((self.pending, Sha1Hash(self.hasher.finalize().into())))
    }
}

/// A blob that nothing refers to yet. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct PendingBlob {
    blob: Option<Blob>,
    store: Store,
}

impl PendingBlob {
    pub(crate) fn blob(&self) -> Blob {
        self.blob.clone().unwrap_or_else(|| Blob { id: String::new(), size: 0 })
    }

    /// Keeps the blob.
    pub(crate) fn keep(mut self) {
        self.blob = None;
    }
}

impl Drop for PendingBlob {
    fn drop(&mut self) {
        if let Some(blob) = &self.blob {
            self.store.remove_blob(blob);
        }
    }
}

/// Reads a blob.
pub(crate) enum BlobReader {
    Memory(Bytes),
    Disk(File, Vec<u8>),
}

impl BlobReader {
    pub(crate) fn open(store: &Store, blob: &Blob) -> io::Result<Self> {
        match store {
            Store::Memory(blobs) => {
                let bytes = lock(blobs).get(&blob.id).cloned();
                Ok(Self::Memory(bytes.ok_or(io::ErrorKind::NotFound)?))
            }
            Store::Disk(disk) => Ok(Self::Disk(disk.open_blob(&blob.id)?, Vec::new())),
        }
    }

    /// The next bytes; none at the end.
    pub(crate) fn next_chunk(&mut self) -> io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes.split_to(bytes.len().min(READ))),
            Self::Disk(..) => {
                let mut next = Bytes::new();
                self.read_chunk(|bytes| next = Bytes::copy_from_slice(bytes)).map(|_| next)
            }
        }
    }

    /// Passes all bytes to `look`, in chunks.
    pub(crate) fn read_all(&mut self, mut look: impl FnMut(&[u8])) -> io::Result<()> {
        while self.read_chunk(&mut look)? {}
        Ok(())
    }

    /// Passes the next bytes to `look`; returns false at the end.
    fn read_chunk(&mut self, mut look: impl FnMut(&[u8])) -> io::Result<bool> {
        match self {
            Self::Memory(bytes) => {
                let next = bytes.split_to(bytes.len().min(READ));
                look(&next);
                Ok(!next.is_empty())
            }
            Self::Disk(file, buffer) => {
                buffer.resize(READ, 0);
                let length = file.read(buffer)?;
                look(&buffer[..length]);
                Ok(length > 0)
            }
        }
    }
}
