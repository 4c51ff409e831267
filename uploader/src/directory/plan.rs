//! Scanning a directory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::source::{self, run_blocking};
use crate::{Error, ErrorKind};

/// What the upload of a directory would do.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DirectoryPlan {
    /// Folders, starting with the directory itself; parents before children.
    pub folders: Vec<PathBuf>,
    /// Files, sorted by path.
    pub files: Vec<PlannedFile>,
    /// Entries that are neither files nor directories.
    pub skipped: Vec<Skipped>,
    /// Entries that cannot be read.
    pub failed: Vec<(PathBuf, Error)>,
}

/// A file of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedFile {
    /// Path, starting with the directory's name.
    pub path: PathBuf,
    /// Local path.
    pub source: PathBuf,
    /// Size, in bytes.
    pub size: u64,
}

/// An entry that is not uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// Path, starting with the directory's name.
    pub path: PathBuf,
    /// What it is.
    pub what: &'static str,
}

/// How to treat symbolic links in a directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// Skip and report them: they may lead outside the directory, or form a cycle.
    #[default]
    Skip,
    /// Upload their targets. A cycle is an error.
    Follow,
    /// Count each of them as an error.
    Fail,
}

/// Scans a directory. Of files whose names are one name in Box, all but the first fail, unless they
/// will be renamed (`other_names`).
pub(crate) async fn plan_directory(
    path: &Path,
    links: Links,
    other_names: bool,
) -> Result<DirectoryPlan, ErrorKind> {
    let root = path.to_owned();
    let name = path.display().to_string();
    let plan = run_blocking(move || {
        let mut plan = walk_directory(&root, links)?;
        if !other_names {
            plan.refuse_clashes();
        }
        Ok(plan)
    })
    .await;
    plan.map_err(|error| ErrorKind::Source { name, error })
}

impl DirectoryPlan {
    /// Box ignores case in names: the second file would become a version of the first and hide it.
    fn refuse_clashes(&mut self) {
        let mut taken: HashMap<String, PathBuf> = HashMap::new();
        let mut files = Vec::new();
        let mut clashes = Vec::new();
        for file in std::mem::take(&mut self.files) {
            match taken.entry(file.path.to_string_lossy().to_lowercase()) {
                Entry::Vacant(free) => {
                    free.insert(file.path.clone());
                    files.push(file);
                }
                Entry::Occupied(taken) => {
                    let shown = |path: &Path| path.display().to_string();
                    let name = shown(&file.path);
                    let other = shown(taken.get());
                    clashes.push((file.path, ErrorKind::NameClash { name, other }.into()));
                }
            }
        }
        self.files = files;
        self.failed.extend(clashes);
    }
}

fn walk_directory(root: &Path, links: Links) -> io::Result<DirectoryPlan> {
    // The directory itself may be a link, or written as `.`.
    let root = root.canonicalize()?;
    if !root.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    let mut plan = DirectoryPlan::default();
    let base = root.parent().unwrap_or(&root).to_owned();
    for entry in WalkDir::new(&root).follow_links(links == Links::Follow).sort_by_file_name() {
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
        let path = relative(entry.path());
        let kind = entry.file_type();
        if kind.is_dir() {
            plan.folders.push(path);
        } else if kind.is_file() {
            let size = entry.metadata().map_or(0, |metadata| metadata.len());
            plan.files.push(PlannedFile { path, source: entry.into_path(), size });
        } else if kind.is_symlink() && links == Links::Fail {
            let error = io::Error::new(io::ErrorKind::InvalidInput, "a symbolic link");
            let name = path.display().to_string();
            plan.failed.push((path, ErrorKind::Source { name, error }.into()));
        } else {
            let what = source::describe_file_type(kind).unwrap_or("a special file");
            plan.skipped.push(Skipped { path, what });
        }
    }
    // Level by level; the sort is stable, so paths of one level stay in order.
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
        let plan = plan_directory(&root, Links::Skip, false).await.unwrap();
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
        let error = plan_directory(file.path(), Links::Skip, false).await.unwrap_err();
        assert!(matches!(error, ErrorKind::Source { .. }), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn links_are_what_one_wants_them_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("photos");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(folder.path().join("outside"), "12345").unwrap();
        for (name, target) in [("file", "../outside"), ("circle", "."), ("absent", "nowhere")] {
            std::os::unix::fs::symlink(target, root.join(name)).unwrap();
        }
        let count = async |links| {
            let plan = plan_directory(&root, links, false).await.unwrap();
            (plan.files.len(), plan.skipped.len(), plan.failed.len())
        };
        assert_eq!(count(Links::Skip).await, (0, 3, 0));
        assert_eq!(count(Links::Follow).await, (1, 0, 2));
        assert_eq!(count(Links::Fail).await, (0, 0, 3));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn names_that_are_one_in_box_clash() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["Sub/a", "Sub/B", "sub/A", "sub/c", "Ärger", "ärger"] {
            let path = folder.path().join("photos").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, name).unwrap();
        }
        let root = folder.path().join("photos");
        let refused = plan_directory(&root, Links::Skip, false).await.unwrap();
        let failed: Vec<_> = refused.failed.iter().map(|(_, error)| error.to_string()).collect();
        assert_eq!((refused.files.len(), failed.len()), (4, 2), "{failed:?}");
        assert!(failed[0].contains("`photos/sub/A`") && failed[0].contains("`photos/Sub/a`"));
        let renamed = plan_directory(&root, Links::Skip, true).await.unwrap();
        assert_eq!((renamed.files.len(), renamed.failed.len()), (6, 0));
    }
}
