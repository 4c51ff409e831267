//! Temporary files for content that can be read only once.

use std::fs::File;
use std::io::{self, Read, Write};
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncReadExt};

use super::{CHUNK, run_blocking};

/// Copies up to `limit` bytes to an unnamed temporary file, which disappears when it is closed,
/// even by a crash.
pub(crate) async fn spool_stream(
    mut reader: Pin<Box<dyn AsyncRead + Send>>,
    limit: u64,
) -> io::Result<(File, u64)> {
    let mut file = run_blocking(tempfile::tempfile).await?;
    let mut buffer = vec![0; CHUNK];
    let mut size = 0_u64;
    loop {
        let mut filled = 0;
        while filled < buffer.len() {
            match reader.read(&mut buffer[filled..]).await? {
                0 => break,
                read => filled += read,
            }
        }
        if filled == 0 {
            return Ok((file, size));
        }
        size += filled as u64;
        if size > limit {
            return Err(size_error(limit));
        }
        (file, buffer) = run_blocking(move || {
            file.write_all(&buffer[..filled])?;
            Ok((file, buffer))
        })
        .await?;
    }
}

/// The same for a file that reports no size.
pub(super) fn spool_file(source: File, limit: u64) -> io::Result<(File, u64)> {
    let mut file = tempfile::tempfile()?;
    let size = io::copy(&mut source.take(limit + 1), &mut file)?;
    if size > limit { Err(size_error(limit)) } else { Ok((file, size)) }
}

fn size_error(limit: u64) -> io::Error {
    let text = format!("the content exceeds the limit of {limit} bytes");
    io::Error::new(io::ErrorKind::FileTooLarge, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_at;

    #[tokio::test]
    async fn a_stream_becomes_a_file() {
        let content = vec![7; CHUNK + 5];
        let (file, size) = spool_stream(Box::pin(io::Cursor::new(content)), 2 << 20).await.unwrap();
        assert_eq!(size, CHUNK as u64 + 5);
        let mut end = [0; 9];
        assert_eq!(read_at(&file, &mut end, size - 4).unwrap(), 4);
        assert_eq!(end, [7, 7, 7, 7, 0, 0, 0, 0, 0]);
    }

    #[tokio::test]
    async fn too_much_is_an_error() {
        let error = spool_stream(Box::pin(io::Cursor::new(vec![0; 11])), 10).await.unwrap_err();
        assert_eq!(error.to_string(), "the content exceeds the limit of 10 bytes");
    }
}
