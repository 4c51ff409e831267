//! SHA-1 of each part and of the whole file, in one pass.

use std::fs::File;
use std::io;
use std::ops::Range;

use box_upload_sessions::runtime::Digest;
use sha1::{Digest as _, Sha1};

use crate::Sha1Hash;
use crate::source::{Buffers, Change, Source, chunk_length, read_at, run_blocking};

/// Bytes read at a time, which should stay in the CPU cache until they are hashed.
const BLOCK: usize = 256 * 1024;

/// Bytes by which two hashes alternate: two of SHA-1's blocks. Each step of a hash waits for the one
/// before, and so close together, the CPU works on the other hash meanwhile. This takes 0.6 times as
/// long as one hash after the other.
const STRIDE: usize = 128;

/// Bytes of a whole file hashed between checks for cancellation.
const PIECE: u64 = 64 * 1024 * 1024;

/// Hashes a range of the source by itself, and appends it to `whole`, the hash of everything
/// before. A source that is too short is [`io::ErrorKind::UnexpectedEof`].
pub(crate) async fn hash_range(
    source: &Source,
    buffers: &Buffers,
    bytes: Range<u64>,
    whole: Sha1,
) -> io::Result<(Sha1Hash, Sha1)> {
    let hashes = Hashes::new(bytes.start, whole);
    Ok(read_range(source, buffers, bytes, hashes).await?.finish())
}

/// The `Digest` header of content with this hash.
pub(crate) fn digest_header(sha1: Sha1Hash) -> Digest {
    Digest::sha(&sha1.0)
}

/// Hashes the whole source.
pub(crate) async fn hash_source(source: &Source, buffers: &Buffers) -> io::Result<Sha1Hash> {
    let mut hashes = Hashes::new(0, Sha1::new());
    let mut position = 0;
    // In pieces, because blocking work cannot be cancelled.
    while position < source.size {
        let end = source.size.min(position.saturating_add(PIECE));
        hashes = read_range(source, buffers, position..end, hashes).await?;
        position = end;
    }
    Ok(hashes.finish().0)
}

/// Describes how the source differs from the content with this hash, if it does.
pub(crate) async fn find_change(
    source: &Source,
    buffers: &Buffers,
    sha1: Sha1Hash,
) -> Option<String> {
    let time = match source.find_change().await {
        Change::None => return None,
        Change::Certain(what) => return Some(what),
        Change::Possible(time) => time,
    };
    match hash_source(source, buffers).await {
        Ok(now) if now == sha1 => {
            source.accept_change(time);
            None
        }
        Ok(_) => Some("its content".to_owned()),
        Err(error) => Some(error.to_string()),
    }
}

async fn read_range(
    source: &Source,
    buffers: &Buffers,
    bytes: Range<u64>,
    hashes: Hashes,
) -> io::Result<Hashes> {
    let Some(file) = source.as_file() else {
        return hash_chunks(source, buffers, bytes, hashes).await;
    };
    let buffers = buffers.clone();
    run_blocking(move || hash_file(&file, &buffers, bytes, hashes)).await
}

fn hash_file(
    file: &File,
    buffers: &Buffers,
    bytes: Range<u64>,
    mut hashes: Hashes,
) -> io::Result<Hashes> {
    let mut position = bytes.start;
    while position < bytes.end {
        let mut buffer = buffers.take_buffer(chunk_length(position, bytes.end));
        for block in buffer.as_mut().chunks_mut(BLOCK) {
            let read = read_at(file, block, position)?;
            if read < block.len() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            hashes.update(block);
            position += read as u64;
        }
    }
    Ok(hashes)
}

async fn hash_chunks(
    source: &Source,
    buffers: &Buffers,
    bytes: Range<u64>,
    mut hashes: Hashes,
) -> io::Result<Hashes> {
    let mut position = bytes.start;
    while position < bytes.end {
        let chunk =
            source.read_chunks(buffers, position, chunk_length(position, bytes.end)).await?;
        if chunk.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        position += chunk.len() as u64;
        hashes = run_blocking(move || {
            hashes.update(&chunk);
            Ok(hashes)
        })
        .await?;
    }
    Ok(hashes)
}

struct Hashes {
    part: Sha1,
    /// `None` in the first part, whose hash is also that of the whole so far.
    whole: Option<Sha1>,
}

impl Hashes {
    fn new(offset: u64, whole: Sha1) -> Self {
        Self { part: Sha1::new(), whole: (offset > 0).then_some(whole) }
    }

    fn update(&mut self, bytes: &[u8]) {
        let Some(whole) = &mut self.whole else {
            self.part.update(bytes);
            return;
        };
        for slice in bytes.chunks(STRIDE) {
            self.part.update(slice);
            whole.update(slice);
        }
    }

    fn finish(self) -> (Sha1Hash, Sha1) {
        let whole = self.whole.unwrap_or_else(|| self.part.clone());
        (self.part.into(), whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{CHUNK, Origin};

    #[tokio::test]
    async fn parts_and_whole_are_hashed_in_one_reading() {
        let bytes: Vec<u8> = (0..=250).cycle().take(3 * CHUNK + 17).collect();
        let split = CHUNK as u64 + 3;
        let end = bytes.len() as u64;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        io::Write::write_all(&mut file, &bytes).unwrap();
        let reader = Origin::seekable(io::Cursor::new(bytes.clone()));
        let origins =
            [Origin::Path(file.path().into()), Origin::Bytes(bytes.clone().into()), reader];
        for origin in origins {
            let source = Source::open(origin).await.unwrap();
            let buffers = Buffers::default();
            let (first, whole) =
                hash_range(&source, &buffers, 0..split, Sha1::new()).await.unwrap();
            let (second, whole) = hash_range(&source, &buffers, split..end, whole).await.unwrap();
            assert_eq!(first, Sha1Hash::of(&bytes[..CHUNK + 3]));
            assert_eq!(second, Sha1Hash::of(&bytes[CHUNK + 3..]));
            assert_eq!(Sha1Hash::from(whole), Sha1Hash::of(&bytes));
            let error =
                hash_range(&source, &buffers, split..end + 1, Sha1::new()).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        }
    }
}
