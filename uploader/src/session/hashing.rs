//! The hashes of a source: of each part, and of the whole, in one reading.

use std::fs::File;
use std::io;
use std::ops::Range;

use bytes::Bytes;
use sha1::{Digest, Sha1};

use crate::Sha1Hash;
use crate::source::{Buffers, Source, blocking, length, read_at};

/// How much is hashed at a time, in bytes. It is hashed twice, and should not leave the processor's
/// cache in between.
const BLOCK: usize = 256 * 1024;

/// What comes of hashing some bytes of a source.
pub(crate) struct Hashed {
    /// Their hash.
    pub(crate) sha1: Sha1Hash,
    /// The hash of everything up to their end.
    pub(crate) whole: Sha1,
    /// Where they can be read again: in memory, if they have been kept.
    pub(crate) source: Source,
}

/// Reads bytes of the source into a hash of their own and into `whole`, which has the bytes before
/// them already, and keeps them if there is room. If there are fewer, that is
/// [`io::ErrorKind::UnexpectedEof`].
pub(crate) async fn hash(
    source: &Source,
    buffers: &Buffers,
    bytes: Range<u64>,
    whole: Sha1,
) -> io::Result<Hashed> {
    let Range { start, end } = bytes;
    let room = if source.is_in_memory() { None } else { buffers.reserve(end - start) };
    let keeps = room.is_some();
    let hashes = Hashes::new(start, whole);
    let (hashes, chunks) = match source.as_file() {
        Some(file) => {
            let buffers = buffers.clone();
            blocking(move || hash_file(&file, &buffers, bytes, hashes, keeps)).await?
        }
        None => hash_chunks(source, buffers, bytes, hashes, keeps).await?,
    };
    let (sha1, whole) = hashes.finish();
    let source = match room {
        Some(room) => source.kept(start, chunks, room),
        None => source.clone(),
    };
    Ok(Hashed { sha1, whole, source })
}

/// The hash of all of a source, and where it can be read again.
pub(crate) async fn hash_all(source: &Source, buffers: &Buffers) -> io::Result<Hashed> {
    hash(source, buffers, 0..source.size, Sha1::new()).await
}

fn hash_file(
    file: &File,
    buffers: &Buffers,
    bytes: Range<u64>,
    mut hashes: Hashes,
    keeps: bool,
) -> io::Result<(Hashes, Vec<Bytes>)> {
    let (mut position, mut chunks) = (bytes.start, Vec::new());
    while position < bytes.end {
        let mut buffer = buffers.take(length(position, bytes.end));
        for block in buffer.as_mut().chunks_mut(BLOCK) {
            let read = read_at(file, block, position)?;
            if read < block.len() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            hashes.update(block);
            position += read as u64;
        }
        if keeps {
            chunks.push(buffer.freeze());
        }
    }
    Ok((hashes, chunks))
}

async fn hash_chunks(
    source: &Source,
    buffers: &Buffers,
    bytes: Range<u64>,
    mut hashes: Hashes,
    keeps: bool,
) -> io::Result<(Hashes, Vec<Bytes>)> {
    let (mut position, mut chunks) = (bytes.start, Vec::new());
    while position < bytes.end {
        let chunk = source.read(buffers, position, length(position, bytes.end)).await?;
        if chunk.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        position += chunk.len() as u64;
        if keeps {
            chunks.push(chunk.clone());
        }
        hashes = blocking(move || {
            hashes.update(&chunk);
            Ok(hashes)
        })
        .await?;
    }
    Ok((hashes, chunks))
}

struct Hashes {
    part: Sha1,
    /// `None` in the first part, whose hash is the whole's so far.
    whole: Option<Sha1>,
}

impl Hashes {
    fn new(offset: u64, whole: Sha1) -> Self {
        Self { part: Sha1::new(), whole: (offset > 0).then_some(whole) }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.part.update(bytes);
        if let Some(whole) = &mut self.whole {
            whole.update(bytes);
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
        let (split, end) = (CHUNK as u64 + 3, bytes.len() as u64);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        io::Write::write_all(&mut file, &bytes).unwrap();
        for budget in [0, 1 << 30] {
            let reader = Origin::seekable(io::Cursor::new(bytes.clone()));
            let origins =
                [Origin::Path(file.path().into()), Origin::Bytes(bytes.clone().into()), reader];
            for origin in origins {
                let source = Source::open(origin).await.unwrap();
                let buffers = Buffers::new(budget);
                let first = hash(&source, &buffers, 0..split, Sha1::new()).await.unwrap();
                let second = hash(&source, &buffers, split..end, first.whole).await.unwrap();
                assert_eq!(first.sha1, Sha1Hash::of(&bytes[..CHUNK + 3]));
                assert_eq!(second.sha1, Sha1Hash::of(&bytes[CHUNK + 3..]));
                assert_eq!(Sha1Hash::from(second.whole), Sha1Hash::of(&bytes));
                let again = hash(&second.source, &buffers, split..end, Sha1::new()).await.unwrap();
                assert_eq!(again.sha1, second.sha1);
                assert!(budget == 0 || second.source.is_in_memory());
                let error = hash(&source, &buffers, split..end + 1, Sha1::new()).await.err();
                assert_eq!(error.unwrap().kind(), io::ErrorKind::UnexpectedEof);
            }
        }
    }
}
