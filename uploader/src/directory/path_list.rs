//! A list of the files to upload.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use box_upload_common::lock;

use crate::Sha1Hash;

/// Longest path in a list, in bytes.
const MAX_PATH: u64 = 64 << 10;

/// Paths of a directory, relative to it. A directory in the list stands for all that is in it.
///
/// In memory there are about 20 bytes for each path, whatever its length.
pub struct PathList {
    /// The list itself, to name what is missing.
    text: Mutex<File>,
    separator: u8,
    /// Hashes of the paths, sorted.
    paths: Vec<Key>,
    /// Whether each was found.
    found: Vec<AtomicBool>,
    /// Hashes of the folders that lead to them, sorted.
    folders: Vec<Key>,
}

type Key = [u8; 12];

impl PathList {
    /// Reads a list with a path per line or, if `nul` is set, with a NUL byte after each path.
    ///
    /// # Errors
    /// The list cannot be read or copied to a temporary file, or a path leads out of the directory.
    pub fn read(source: impl Read, nul: bool) -> io::Result<Self> {
        let separator = if nul { 0 } else { b'\n' };
        let mut text = tempfile::tempfile()?;
        let mut paths = Vec::new();
        let mut folders = Vec::new();
        let mut sort_from = 1 << 16;
        for_each_path(source, separator, |path| {
            text.write_all(path.as_os_str().as_encoded_bytes())?;
            text.write_all(&[separator])?;
            paths.push(compute_key(path));
            folders.extend(path.ancestors().skip(1).map(compute_key));
            // Neighbours in the list mostly share their folders.
            if folders.len() >= sort_from {
                sort_keys(&mut folders);
                sort_from = (folders.len() * 2).max(1 << 16);
            }
            Ok(())
        })?;
        sort_keys(&mut paths);
        sort_keys(&mut folders);
        let found = paths.iter().map(|_| AtomicBool::new(false)).collect();
        Ok(Self { text: Mutex::new(text), separator, paths, found, folders })
    }

    /// Whether the list has this file, or a folder that contains it.
    pub(super) fn contains_file(&self, path: &Path) -> bool {
        path.ancestors().any(|path| self.find_path(path))
    }

    /// Whether something in this folder may be in the list.
    pub(super) fn leads_to(&self, folder: &Path) -> bool {
        self.folders.binary_search(&compute_key(folder)).is_ok() || self.contains_file(folder)
    }

    fn find_path(&self, path: &Path) -> bool {
        let Ok(index) = self.paths.binary_search(&compute_key(path)) else { return false };
        self.found[index].store(true, Ordering::Relaxed);
        true
    }

    /// Calls `report` for each path that was not found.
    pub(super) fn report_missing(&self, mut report: impl FnMut(PathBuf)) -> io::Result<()> {
        let mut text = lock(&self.text);
        text.rewind()?;
        for_each_path(&*text, self.separator, |path| {
            let index = self.paths.binary_search(&compute_key(path));
            if index.is_ok_and(|index| !self.found[index].swap(true, Ordering::Relaxed)) {
                report(path.to_owned());
            }
            Ok(())
        })
    }
}

impl fmt::Debug for PathList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PathList").field("paths", &self.paths.len()).finish_non_exhaustive()
    }
}

fn sort_keys(keys: &mut Vec<Key>) {
    keys.sort_unstable();
    keys.dedup();
}

fn compute_key(path: &Path) -> Key {
    let Sha1Hash(hash) = Sha1Hash::of(path.as_os_str().as_encoded_bytes());
    std::array::from_fn(|index| hash[index])
}

/// Calls `visit` for each path of a list, without `.` and empty ones.
fn for_each_path(
    source: impl Read,
    separator: u8,
    mut visit: impl FnMut(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let mut reader = BufReader::new(source);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if reader.by_ref().take(MAX_PATH).read_until(separator, &mut bytes)? == 0 {
            return Ok(());
        }
        bytes.pop_if(|last| *last == separator);
        if separator == b'\n' {
            bytes.pop_if(|last| *last == b'\r');
        }
        let listed = to_path(&bytes)?;
        let mut path = PathBuf::new();
        for component in listed.components() {
            match component {
                Component::CurDir => {}
                Component::Normal(name) => path.push(name),
                _ => {
                    let text = format!("`{}` is not a path in the directory", listed.display());
                    return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
                }
            }
        }
        if !path.as_os_str().is_empty() {
            visit(&path)?;
        }
    }
}

#[cfg(unix)]
fn to_path(bytes: &[u8]) -> io::Result<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Ok(OsString::from_vec(bytes.to_vec()).into())
}

#[cfg(not(unix))]
fn to_path(bytes: &[u8]) -> io::Result<PathBuf> {
    let text = String::from_utf8(bytes.to_vec()).map_err(io::Error::other)?;
    Ok(OsString::from(text).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_files_and_folders_are_found_and_missing_ones_named() {
        let list = PathList::read(&b"./a/b.txt\nc/\r\n\nabsent/x\n"[..], false).unwrap();
        assert!(list.contains_file(Path::new("a/b.txt")));
        assert!(!list.contains_file(Path::new("a/c.txt")));
        assert!(list.leads_to(Path::new("a")) && list.leads_to(Path::new("")));
        assert!(!list.leads_to(Path::new("d")));
        assert!(list.leads_to(Path::new("c/deep")) && list.contains_file(Path::new("c/deep/x")));
        let mut missing = Vec::new();
        list.report_missing(|path| missing.push(path)).unwrap();
        assert_eq!(missing, [Path::new("absent/x")]);
    }

    #[test]
    fn lists_may_be_separated_by_nul() {
        let list = PathList::read(&b"a\nb\0c\0"[..], true).unwrap();
        assert!(list.contains_file(Path::new("a\nb")) && list.contains_file(Path::new("c")));
    }

    #[test]
    fn paths_out_of_the_directory_are_refused() {
        for path in ["../a", "/etc/passwd", "a/../../b"] {
            let error = PathList::read(path.as_bytes(), false).unwrap_err().to_string();
            assert!(error.contains(path), "{error}");
        }
    }
}
