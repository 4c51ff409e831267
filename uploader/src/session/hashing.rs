//! The hashes of a source: of each part, and of the whole, in one reading.

use std::io;

use sha1::{Digest, Sha1};

use crate::Sha1Hash;
use crate::source::{Buffers, Source, blocking, length, read_at};

/// How much is hashed at a time, in bytes. It is hashed twice, and should not leave the processor's
/// cache in between.
const BLOCK: usize = 256 * 1024;

/// Reads `size` bytes from `offset` on into a hash of their own and into `whole`, which has the
/// bytes before them already. Fewer bytes than that are [`io::ErrorKind::UnexpectedEof`].
pub(crate) async fn hash(
    source: &Source,
    buffers: &Buffers,
    offset: u64,
    size: u64,
    whole: Sha1,
) -> io::Result<(Sha1Hash, Sha1)> {
    let mut hashes = Hashes::new(offset, whole);
    let end = offset + size;
    if let Some(file) = source.as_file() {
        let buffers = buffers.clone();
        return blocking(move || {
            let mut position = offset;
            while position < end {
                let mut buffer = buffers.take(length(position, end).min(BLOCK));
                let read = read_at(&file, buffer.as_mut(), position)?;
                hashes.update(&buffer.as_ref()[..read])?;
                position += read as u64;
            }
            Ok(hashes.finish())
        })
        .await;
    }
    let mut position = offset;
    while position < end {
        let chunk = source.read(buffers, position, length(position, end)).await?;
        position += chunk.len() as u64;
        hashes = blocking(move || hashes.update(&chunk).map(|()| hashes)).await?;
    }
    Ok(hashes.finish())
}

/// The hash of all `size` bytes of a source.
pub(crate) async fn hash_all(
    source: &Source,
    buffers: &Buffers,
    size: u64,
) -> io::Result<Sha1Hash> {
    Ok(hash(source, buffers, 0, size, Sha1::new()).await?.0)
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

    fn update(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.part.update(bytes);
        if let Some(whole) = &mut self.whole {
            whole.update(bytes);
        }
        Ok(())
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
        let mut file = tempfile::NamedTempFile::new().unwrap();
        io::Write::write_all(&mut file, &bytes).unwrap();
        let reader = Origin::seekable(io::Cursor::new(bytes.clone()));
        let origins =
            [Origin::Path(file.path().into()), Origin::Bytes(bytes.clone().into()), reader];
        for origin in origins {
            let source = Source::open(origin).await.unwrap();
            let (buffers, split) = (Buffers::default(), CHUNK as u64 + 3);
            let rest = bytes.len() as u64 - split;
            let (first, whole) = hash(&source, &buffers, 0, split, Sha1::new()).await.unwrap();
            let (second, whole) = hash(&source, &buffers, split, rest, whole).await.unwrap();
            assert_eq!(first, Sha1Hash::of(&bytes[..CHUNK + 3]));
            assert_eq!(second, Sha1Hash::of(&bytes[CHUNK + 3..]));
            assert_eq!(Sha1Hash::from(whole), Sha1Hash::of(&bytes));
            let error = hash(&source, &buffers, split, rest + 1, Sha1::new()).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        }
    }
}
