//! Opening regular files only: no symbolic links, pipes or devices.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Opens a regular file without blocking.
pub(crate) fn open_regular(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, libc::O_NOFOLLOW | libc::O_NONBLOCK);
    // FILE_FLAG_OPEN_REPARSE_POINT
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::custom_flags(options, 0x0020_0000);
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"))
    }
}

/// Reads a regular file of at most `limit` bytes; `None` if it does not exist.
pub(super) fn read_regular(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match open_regular(path, OpenOptions::new().read(true)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut content = Vec::new();
    file.take(limit + 1).read_to_end(&mut content)?;
    if content.len() as u64 > limit {
        Err(io::Error::new(io::ErrorKind::FileTooLarge, "the file is too large"))
    } else {
        Ok(Some(content))
    }
}

/// Extension of files that were set aside.
pub(super) const ASIDE: &str = "bad";

/// Renames whatever is at the path, and returns the new path.
pub(crate) fn move_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = path.with_extension(ASIDE);
    fs::rename(path, &aside)?;
    Ok(aside)
}
