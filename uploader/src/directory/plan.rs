//! What there is in a directory.

use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::source::blocking;
use crate::{Error, ErrorKind};

/// What the upload of a directory would do.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DirectoryPlan {
    /// The folders, beginning with the directory itself: each one behind the one that it is in.
    pub folders: Vec<PathBuf>,
    /// The files, in the order of their paths.
    pub files: Vec<PlannedFile>,
    /// What is neither a file nor a directory.
    pub skipped: Vec<Skipped>,
    /// What cannot be read.
    pub failed: Vec<(PathBuf, Error)>,
}

/// A file of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedFile {
    /// Its path, beginning with the directory's name.
    pub path: PathBuf,
    /// Where it is on this machine.
    pub source: PathBuf,
    /// Its size, in bytes.
    pub size: u64,
}

/// Something that is not uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// Its path, beginning with the directory's name.
    pub path: PathBuf,
    /// What it is.
    pub what: &'static str,
}

/// Looks at all that is in a directory. Symbolic links are not followed: they may lead outside, or
/// in a circle.
pub(crate) async fn plan(path: &Path) -> Result<DirectoryPlan, ErrorKind> {
    let (root, name) = (path.to_owned(), path.display().to_string());
    let plan = blocking(move || walk(&root)).await;
    plan.map_err(|error| ErrorKind::Source { name, error })
}

fn walk(root: &Path) -> io::Result<DirectoryPlan> {
    // The directory itself may be a link, and be written as `.`.
    let root = root.canonicalize()?;
    if !root.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    let mut plan = DirectoryPlan::default();
    let base = root.parent().unwrap_or(&root).to_owned();
    for entry in WalkDir::new(&root).sort_by_file_name() {
        let relative = |path: &Path| path.strip_prefix(&base).unwrap_or(path).to_owned();
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = relative(error.path().unwrap_or(&root));
                let name = path.display().to_string();
                let error = error.into_io_error().unwrap_or(io::ErrorKind::Other.into());
                plan.failed.push((path, ErrorKind::Source { name, error }.into()));
                continue;
            }
        };
        let (path, kind) = (relative(entry.path()), entry.file_type());
        if kind.is_dir() {
            plan.folders.push(path);
        } else if kind.is_file() {
            let size = entry.metadata().map_or(0, |metadata| metadata.len());
            plan.files.push(PlannedFile { path, source: entry.into_path(), size });
        } else {
            let what = if kind.is_symlink() { "a symbolic link" } else { "a special file" };
            plan.skipped.push(Skipped { path, what });
        }
    }
    // Level by level: stable, so that the paths of a level stay in order.
    plan.folders.sort_by_key(|path| path.components().count());
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_directory_is_looked_at_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("photos");
        for path in ["b/c/d", "a"] {
            std::fs::create_dir_all(root.join(path)).unwrap();
        }
        for (path, content) in [("z", "1"), ("a/y", "22"), ("b/c/d/x", "")] {
            std::fs::write(root.join(path), content).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("..", root.join("link")).unwrap();
        let plan = plan(&root).await.unwrap();
        let folders: Vec<_> = plan.folders.iter().map(|path| path.to_str().unwrap()).collect();
        assert_eq!(folders, ["photos", "photos/a", "photos/b", "photos/b/c", "photos/b/c/d"]);
        let files: Vec<_> =
            plan.files.iter().map(|file| (file.path.to_str().unwrap(), file.size)).collect();
        assert_eq!(files, [("photos/a/y", 2), ("photos/b/c/d/x", 0), ("photos/z", 1)]);
        #[cfg(unix)]
        assert_eq!(plan.skipped[0].what, "a symbolic link");
    }

    #[tokio::test]
    async fn a_file_is_no_directory() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = plan(file.path()).await.unwrap_err();
        assert!(matches!(error, ErrorKind::Source { .. }), "{error}");
    }
}
