//! Which files of a directory are uploaded.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::path_list::PathList;
use super::shard::{FolderShare, Shard};

/// What the user selects.
#[derive(Clone, Default)]
pub(super) struct Criteria {
    pub(super) include: Vec<String>,
    pub(super) exclude: Vec<String>,
    pub(super) ignore_files: Vec<PathBuf>,
    /// Whether the `.gitignore` files in the directory count.
    pub(super) gitignore: bool,
    pub(super) list: Option<Arc<PathList>>,
    pub(super) shard: Option<Shard>,
}

/// The criteria, ready for use. Paths are relative to the directory.
pub(super) struct Selection<'a> {
    include: Option<Gitignore>,
    exclude: Gitignore,
    gitignore: bool,
    list: Option<&'a PathList>,
    shard: Option<Shard>,
}

impl<'a> Selection<'a> {
    /// Compiles the patterns.
    pub(super) fn new(criteria: &'a Criteria) -> io::Result<Self> {
        let mut exclude = GitignoreBuilder::new("");
        for path in &criteria.ignore_files {
            let text = read_patterns(path)?;
            text.lines().try_for_each(|line| add_pattern(&mut exclude, line))?;
        }
        criteria.exclude.iter().try_for_each(|glob| add_pattern(&mut exclude, glob))?;
        let include = if criteria.include.is_empty() {
            None
        } else {
            let mut include = GitignoreBuilder::new("");
            criteria.include.iter().try_for_each(|glob| add_pattern(&mut include, glob))?;
            Some(include.build().map_err(io::Error::other)?)
        };
        Ok(Self {
            include,
            exclude: exclude.build().map_err(io::Error::other)?,
            gitignore: criteria.gitignore,
            list: criteria.list.as_deref(),
            shard: criteria.shard,
        })
    }

    /// Reads the folder's `.gitignore` file, if such files count.
    pub(super) fn read_gitignore(&self, folder: &Path) -> Option<Gitignore> {
        let path = folder.join(".gitignore");
        // A pipe would block.
        let is_file = path.metadata().is_ok_and(|metadata| metadata.is_file());
        if !self.gitignore || !is_file {
            return None;
        }
        let (patterns, error) = Gitignore::new(&path);
        if let Some(error) = error {
            tracing::warn!("{error}");
        }
        Some(patterns)
    }

    /// Whether a file or folder is left out, with all that it contains.
    pub(super) fn excludes(&self, path: &Path, is_folder: bool) -> bool {
        matches!(self.exclude.matched(path, is_folder), Match::Ignore(_))
            || is_folder && self.list.is_some_and(|list| !list.leads_to(path))
    }

    /// Whether a file that is not excluded is uploaded.
    pub(super) fn includes_file(&self, path: &Path) -> bool {
        let included = self.include.as_ref().is_none_or(|include| {
            matches!(include.matched_path_or_any_parents(path, false), Match::Ignore(_))
        });
        included && self.list.is_none_or(|list| list.contains_file(path))
    }

    /// Whether a folder is in this process's share.
    pub(super) fn is_in_shard(&self, folder: &Path) -> bool {
        self.shard.is_none_or(|shard| shard.owns(folder))
    }

    /// How a folder with so many entries is shared.
    pub(super) fn choose_share(&self, folder: &Path, entries: usize) -> FolderShare {
        self.shard.map_or(FolderShare::Together(true), |shard| shard.share_folder(folder, entries))
    }

    /// Whether folders are created even if no file of theirs is uploaded.
    pub(super) fn creates_empty_folders(&self) -> bool {
        self.include.is_none() && self.list.is_none()
    }
}

/// Reads a file of patterns.
fn read_patterns(path: &Path) -> io::Result<String> {
    read_regular_file(path).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot read `{}`: {error}", path.display()))
    })
}

fn read_regular_file(path: &Path) -> io::Result<String> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    std::fs::read_to_string(path)
}

fn add_pattern(patterns: &mut GitignoreBuilder, pattern: &str) -> io::Result<()> {
    match patterns.add_line(None, pattern) {
        Ok(_) => Ok(()),
        Err(error) => {
            let text = format!("invalid pattern `{pattern}`: {error}");
            Err(io::Error::new(io::ErrorKind::InvalidInput, text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(include: &[&str], exclude: &[&str], path: &str) -> bool {
        let owned = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
        let criteria =
            Criteria { include: owned(include), exclude: owned(exclude), ..Criteria::default() };
        let selection = Selection::new(&criteria).unwrap();
        let path = Path::new(path);
        let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
        let is_reached = !folders.into_iter().any(|folder| selection.excludes(folder, true));
        is_reached && !selection.excludes(path, false) && selection.includes_file(path)
    }

    #[test]
    fn patterns_are_those_of_gitignore() {
        for (include, exclude, path, selected) in [
            (&[][..], &[][..], "a/b.jpg", true),
            (&["*.jpg"], &[], "a/b.jpg", true),
            (&["*.jpg"], &[], "a/b.txt", false),
            (&["*.jpg", "a/"], &[], "a/b.txt", true),
            (&["/b.jpg"], &[], "a/b.jpg", false),
            (&[], &["*.jpg"], "a/b.jpg", false),
            (&[], &["a"], "a/b.jpg", false),
            (&[], &["a/"], "a", true),
            (&[], &["/b"], "a/b", true),
            (&[], &["a/*", "!a/b"], "a/b", true),
            (&[], &["a/*", "!a/b"], "a/c", false),
            (&[], &["a/**/c"], "a/b/b/c", false),
            (&["*.jpg"], &["b.*"], "a/b.jpg", false),
        ] {
            assert_eq!(select(include, exclude, path), selected, "{include:?} {exclude:?} {path}");
        }
    }

    #[test]
    fn an_invalid_pattern_is_named() {
        let criteria = Criteria { exclude: vec!["[z-a]".to_owned()], ..Criteria::default() };
        let error = Selection::new(&criteria).err().unwrap().to_string();
        assert!(error.contains("`[z-a]`"), "{error}");
    }
}
