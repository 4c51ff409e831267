//! Where the bytes come from, readable at any place and more than once.

mod chunks;
mod identity;
mod spool;

use std::fs::{File, FileType, Metadata};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt};
use tokio::sync::Mutex;

pub(crate) use chunks::{Buffers, CHUNK, chunk_length};
pub(crate) use identity::{Identity, change_time};

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
    /// When the file was last changed in any way, be it only its name or mode.
    changed_at: Arc<std::sync::Mutex<i128>>,
}

/// Whether a file is still what it was.
pub(crate) enum Change {
    None,
    /// It was changed_at at this time, and nothing but its content can tell whether that matters: the
    /// time of the last modification can be set back.
    Possible(i128),
    /// In describe_chain.
    Certain(String),
}

/// How much of a file without a size is read, in bytes.
const MAX_UNSIZED: u64 = 1 << 30;

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
            Origin::Path(path) => run_blocking(move || Self::open_path(&path)).await,
            Origin::Bytes(bytes) => {
                let size = bytes.len() as u64;
                Ok(Self::new(Content::Bytes(bytes), size))
            }
            Origin::Seekable(mut reader) => {
                let size = reader.seek(io::SeekFrom::End(0)).await?;
                let content = Content::Reader(Arc::new(Mutex::new(reader)));
                Ok(Self::new(content, size))
            }
            Origin::Stream { reader, limit } => {
                let (file, size) = spool::spool_stream(reader, limit).await?;
                let content = Content::File(Arc::new(file));
                Ok(Self::new(content, size))
            }
        }
    }

    fn open_path(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        let mut file = open_file(&path)?;
        let metadata = file.metadata()?;
        // The kernel makes up what is in such files when they are read, and knows no size before.
        if metadata.len() == 0 && has_content(&mut file)? {
            let (file, size) = spool::spool_file(file, MAX_UNSIZED)?;
            let content = Content::File(Arc::new(file));
            return Ok(Self::new(content, size));
        }
        let identity = Some(Identity::of(&metadata));
        let changed_at = Arc::new(std::sync::Mutex::new(change_time(&metadata)));
        let content = Content::File(Arc::new(file));
        Ok(Self { identity, path: Some(path), changed_at, ..Self::new(content, metadata.len()) })
    }

    fn new(content: Content, size: u64) -> Self {
        Self { content, size, path: None, identity: None, changed_at: Arc::default() }
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
    pub(crate) async fn find_change(&self) -> Change {
        let (Some(path), Some(before)) = (self.path.clone(), self.identity.clone()) else {
            return Change::None;
        };
        let now = match run_blocking(move || path.metadata()).await {
            Ok(now) => now,
            Err(error) => return Change::Certain(error.to_string()),
        };
        if let Some(what) = before.difference(&Identity::of(&now)) {
            return Change::Certain(what);
        }
        match change_time(&now) {
            time if time == *self.changed_at.lock().unwrap_or_else(PoisonError::into_inner) => {
                Change::None
            }
            time => Change::Possible(time),
        }
    }

    /// Notes that a change of this time was none of the content.
    pub(crate) fn accept_change(&self, change_time: i128) {
        *self.changed_at.lock().unwrap_or_else(PoisonError::into_inner) = change_time;
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
                let file = Arc::clone(file);
                let mut buffer = buffers.take(length);
                run_blocking(move || {
                    let filled = read_at(&file, buffer.as_mut(), offset)?;
                    Ok(buffer.truncate(filled).freeze())
                })
                .await
            }
            Content::Reader(reader) => {
                let mut reader = reader.lock().await;
                let mut buffer = buffers.take(length);
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

/// Opens a regular file. Nothing else is waited for: a pipe would hang until somebody writes to it.
fn open_file(path: &Path) -> io::Result<File> {
    ensure_regular(&path.metadata()?)?;
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let file = options.read(true).open(path)?;
    ensure_regular(&file.metadata()?)?;
    Ok(file)
}

/// Fails for what is no regular file, and says what it is.
fn ensure_regular(metadata: &Metadata) -> io::Result<()> {
    match describe_file_type(metadata.file_type()) {
        None => Ok(()),
        Some(kind) => {
            let text = format!("it is {kind}, not a regular file");
            Err(io::Error::new(io::ErrorKind::InvalidInput, text))
        }
    }
}

/// What something is that is no regular file.
pub(crate) fn describe_file_type(file_type: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let special = [
            (file_type.is_fifo(), "a pipe"),
            (file_type.is_socket(), "a socket"),
            (file_type.is_char_device(), "a device"),
            (file_type.is_block_device(), "a device"),
        ];
        if let Some((_, kind)) = special.into_iter().find(|(is_it, _)| *is_it) {
            return Some(kind);
        }
    }
    if file_type.is_symlink() {
        Some("a symbolic link")
    } else if file_type.is_dir() {
        Some("a directory")
    } else if file_type.is_file() {
        None
    } else {
        Some("a special file")
    }
}

/// Whether a file that claims to be empty has content.
fn has_content(file: &mut File) -> io::Result<bool> {
    let more = file.read(&mut [0])? > 0;
    file.rewind()?;
    Ok(more)
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
pub(crate) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
