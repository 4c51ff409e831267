//! Pooled buffers.

use box_upload_common::lock;
use std::sync::{Arc, Mutex};

use bytes::Bytes;

/// Bytes read and sent at a time. Of 64 KiB to 2 MiB this is the smallest size at which waking
/// threads is cheap.
pub(crate) const CHUNK: usize = 1024 * 1024;

/// Length of the next read before `end`.
pub(crate) fn chunk_length(position: u64, end: u64) -> usize {
    usize::try_from(end - position).unwrap_or(CHUNK).min(CHUNK)
}

/// A pool of buffers of [`CHUNK`] bytes. A buffer returns once the last [`Bytes`] made of it is
/// dropped, so that a steady flow of data does not allocate.
#[derive(Clone, Default)]
pub(crate) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

/// A buffer that returns to its pool.
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    length: usize,
    pool: Buffers,
}

impl Buffers {
    /// Takes a buffer of `length` bytes, at most [`CHUNK`], with arbitrary content.
    pub(crate) fn take_buffer(&self, length: usize) -> Buffer {
        let used = lock(&self.0).pop();
        let bytes = used.unwrap_or_else(|| vec![0; CHUNK]);
        Buffer { bytes, length: length.min(CHUNK), pool: self.clone() }
    }
}

impl Buffer {
    /// Keeps the first `length` bytes.
    pub(crate) fn truncate(mut self, length: usize) -> Self {
        self.length = length.min(self.length);
        self
    }

    /// Converts to bytes without copying.
    pub(crate) fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl AsMut<[u8]> for Buffer {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.length]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        lock(&self.pool.0).push(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_come_back() {
        let buffers = Buffers::default();
        let mut one = buffers.take_buffer(3);
        one.as_mut().copy_from_slice(b"abc");
        let bytes = one.truncate(2).freeze();
        let rest = bytes.slice(1..);
        drop(bytes);
        assert_eq!((&*rest, buffers.0.lock().unwrap().len()), (&b"b"[..], 0));
        drop(rest);
        assert_eq!(buffers.0.lock().unwrap().len(), 1);
        let again = buffers.take_buffer(CHUNK + 1);
        assert_eq!((again.as_ref().len(), buffers.0.lock().unwrap().len()), (CHUNK, 0));
    }
}
