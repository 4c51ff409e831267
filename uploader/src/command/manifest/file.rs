//! The file that a manifest is written to.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::Line;

/// A manifest that is being written. Until it is finished, nothing is where it belongs.
pub(crate) enum ManifestFile {
    /// A temporary file, which replaces the one at the path.
    File(BufWriter<NamedTempFile>, PathBuf),
    /// A pipe or a device, which cannot be replaced.
    Stream(BufWriter<File>),
}

impl ManifestFile {
    /// Prepares to write to the path. Waits until somebody reads, if it is a pipe.
    pub(crate) async fn create(path: &Path) -> io::Result<Self> {
        let path = path.to_owned();
        // Opening a pipe blocks the thread.
        tokio::task::spawn_blocking(move || Self::open(&path)).await?
    }

    fn open(path: &Path) -> io::Result<Self> {
        // What a link leads to is replaced, not the link.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let there = match fs::metadata(&target) {
            // `/dev/stdout` may be a file, to which findings are written, too.
            Ok(there) if !there.is_file() || path.starts_with("/dev") => {
                let file = File::options().append(true).open(path)?;
                return Ok(Self::Stream(BufWriter::new(file)));
            }
            there => there.ok(),
        };
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = create_draft(folder.unwrap_or(Path::new(".")))?;
        if let Some(there) = there {
            keep_permissions(file.as_file(), there.permissions())?;
        }
        Ok(Self::File(BufWriter::new(file), target))
    }

    /// Adds a line.
    pub(crate) fn write_line(&mut self, line: &Line<'_>) -> io::Result<()> {
        let text = serde_json::to_string(line)? + "\n";
        match self {
            Self::File(file, _) => file.write_all(text.as_bytes()),
            Self::Stream(file) => file.write_all(text.as_bytes()),
        }
    }

    /// Puts the manifest where it belongs.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::File(file, target) => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                file.persist(target).map(drop).map_err(|error| error.error)
            }
            Self::Stream(mut file) => file.flush(),
        }
    }
}

/// Creates a file that others can read, as far as the user lets them read new files.
fn create_draft(folder: &Path) -> io::Result<NamedTempFile> {
    let builder = &mut tempfile::Builder::new();
    #[cfg(unix)]
    let mode: Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(mode);
    builder.tempfile_in(folder)
}

/// Gives the new file the permissions of the one that it replaces.
fn keep_permissions(file: &File, permissions: Permissions) -> io::Result<()> {
    if permissions.readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    file.set_permissions(permissions)
}
