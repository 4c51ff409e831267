//! Buffers that are used again and again.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// How much is read and sent at a time, in bytes: of 64 KiB to 2 MiB the size from which on the
/// cost of waking threads is small, and memory still is, too.
pub(crate) const CHUNK: usize = 1024 * 1024;

/// The length of the next reading before `end`.
pub(crate) fn chunk_length(position: u64, end: u64) -> usize {
    usize::try_from(end - position).unwrap_or(CHUNK).min(CHUNK)
}

/// A pool of buffers of [`CHUNK`] bytes. A buffer comes back by itself once the last [`Bytes`]
/// made of it is dropped, so a steady flow of data allocates nothing.
#[derive(Clone, Default)]
pub(crate) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

/// A buffer that returns to its pool.
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    length: usize,
    pool: Buffers,
}

impl Buffers {
    /// A buffer of `length` bytes, at most [`CHUNK`]; what is in it is left from before.
    pub(crate) fn take(&self, length: usize) -> Buffer {
        let used = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = used.unwrap_or_else(|| vec![0; CHUNK]);
        Buffer { bytes, length: length.min(CHUNK), pool: self.clone() }
    }
}

impl Buffer {
    /// Leaves the first `length` bytes.
    pub(crate) fn truncate(mut self, length: usize) -> Self {
        self.length = length.min(self.length);
        self
    }

    /// The bytes, without a copy.
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
        self.pool.0.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_come_back() {
        let buffers = Buffers::default();
        let mut one = buffers.take(3);
        one.as_mut().copy_from_slice(b"abc");
        let bytes = one.truncate(2).freeze();
        let rest = bytes.slice(1..);
        drop(bytes);
        assert_eq!((&*rest, buffers.0.lock().unwrap().len()), (&b"b"[..], 0));
        drop(rest);
        assert_eq!(buffers.0.lock().unwrap().len(), 1);
        let again = buffers.take(CHUNK + 1);
        assert_eq!((again.as_ref().len(), buffers.0.lock().unwrap().len()), (CHUNK, 0));
    }
}
