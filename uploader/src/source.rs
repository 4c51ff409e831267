//! Where the bytes come from, readable at any place and more than once.

mod chunks;
mod identity;
mod spool;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt};
use tokio::sync::Mutex;

pub(crate) use chunks::{Buffers, CHUNK, length};
pub(crate) use identity::Identity;

/// What an upload is given.
pub(crate) enum Origin {
    Path(PathBuf),
    Bytes(Bytes),
    Seekable(Pin<Box<dyn AsyncReadSeek>>),
    Stream { reader: Pin<Box<dyn AsyncRead + Send>>, limit: u64 },
}

pub(crate) trait AsyncReadSeek: AsyncRead + AsyncSeek + Send {}

impl<R: AsyncRead + AsyncSeek + Send> AsyncReadSeek for R {}

impl Origin {
    pub(crate) fn seekable(reader: impl AsyncReadSeek + 'static) -> Self {
        Self::Seekable(Box::pin(reader))
    }

    pub(crate) fn stream(reader: impl AsyncRead + Send + 'static, limit: u64) -> Self {
        Self::Stream { reader: Box::pin(reader), limit }
    }
}

/// An open source. Clones read the same bytes.
#[derive(Clone)]
pub(crate) struct Source {
    content: Content,
    /// In bytes, as it was when the source was opened.
    pub(crate) size: u64,
    path: Option<PathBuf>,
    identity: Option<Identity>,
}

#[derive(Clone)]
enum Content {
    File(Arc<File>),
    Bytes(Bytes),
    Reader(Arc<Mutex<Pin<Box<dyn AsyncReadSeek>>>>),
}

impl Source {
    /// Opens what an upload is given; a stream is read to its end.
    pub(crate) async fn open(origin: Origin) -> io::Result<Self> {
        match origin {
            Origin::Path(path) => blocking(move || Self::file(&path)).await,
            Origin::Bytes(bytes) => {
                let size = bytes.len() as u64;
                Ok(Self { content: Content::Bytes(bytes), size, path: None, identity: None })
            }
            Origin::Seekable(mut reader) => {
                let size = reader.seek(io::SeekFrom::End(0)).await?;
                let content = Content::Reader(Arc::new(Mutex::new(reader)));
                Ok(Self { content, size, path: None, identity: None })
            }
            Origin::Stream { reader, limit } => {
                let (file, size) = spool::spool(reader, limit).await?;
                let content = Content::File(Arc::new(file));
                Ok(Self { content, size, path: None, identity: None })
            }
        }
    }

    fn file(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        let file = File::open(&path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        Ok(Self {
            content: Content::File(Arc::new(file)),
            size: metadata.len(),
            identity: Some(Identity::of(&metadata)),
            path: Some(path),
        })
    }

    /// The file's path, without symbolic links; other sources have none.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What tells the file from a changed one; other sources have none.
    pub(crate) fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// What shows that the file is not the one that was opened, if anything does.
    pub(crate) async fn change(&self) -> Option<String> {
        let (Some(path), Some(before)) = (self.path.clone(), self.identity.clone()) else {
            return None;
        };
        let now = blocking(move || path.metadata()).await;
        match now {
            Ok(now) => before.difference(&Identity::of(&now)),
            Err(error) => Some(error.to_string()),
        }
    }

    /// Reads up to a buffer's length from `offset` on: less only at the end of the source.
    pub(crate) async fn read(
        &self,
        buffers: &Buffers,
        offset: u64,
        length: usize,
    ) -> io::Result<Bytes> {
        match &self.content {
            Content::Bytes(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let end = start.saturating_add(length).min(bytes.len());
                Ok(bytes.slice(start..end))
            }
            Content::File(file) => {
                let (file, mut buffer) = (Arc::clone(file), buffers.take(length));
                blocking(move || {
                    let filled = read_at(&file, buffer.as_mut(), offset)?;
                    Ok(buffer.truncate(filled).freeze())
                })
                .await
            }
            Content::Reader(reader) => {
                let (mut reader, mut buffer) = (reader.lock().await, buffers.take(length));
                reader.seek(io::SeekFrom::Start(offset)).await?;
                let mut filled = 0;
                while filled < length {
                    match reader.read(&mut buffer.as_mut()[filled..]).await? {
                        0 => break,
                        read => filled += read,
                    }
                }
                Ok(buffer.truncate(filled).freeze())
            }
        }
    }

    /// The file itself, for work that reads all of it at once.
    pub(crate) fn as_file(&self) -> Option<Arc<File>> {
        match &self.content {
            Content::File(file) => Some(Arc::clone(file)),
            _ => None,
        }
    }
}

/// Fills `buffer` from `offset` on; less only at the end of the file.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match read_some_at(file, &mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(unix)]
fn read_some_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_some_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// Runs what blocks where it disturbs nobody.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
