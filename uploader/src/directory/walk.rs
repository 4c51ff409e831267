//! Walking a directory, folder by folder.
//!
//! Only the folder at hand and the names of folders still to come, level by level, are in memory.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::{DirEntry, Metadata};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use ignore::Match;
use ignore::gitignore::Gitignore;

use super::selection::Selection;
use super::settings::{Links, Settings};
use super::shard::FolderShare;
use super::text_hash::{TextHash, hash_text};
use crate::name::{choose_name, fold_name};
use crate::source::{Identity, change_time, describe_file_type, nanoseconds_since_1970};
use crate::{Error, ErrorKind, OnConflict};

/// Something that a walk found.
pub(super) enum Found {
    /// A folder. Parents come before children, in the order of their names.
    Folder(LocalFolder),
    /// What cannot be uploaded.
    Failed(PathBuf, Error),
    /// Neither a file nor a directory.
    Skipped(PathBuf, &'static str),
}

/// A folder and its files.
#[derive(Debug)]
pub(super) struct LocalFolder {
    /// Number of folders above it in the walk.
    pub(super) depth: usize,
    /// Path, starting with the directory's name.
    pub(super) path: PathBuf,
    /// Name in Box.
    pub(super) name: String,
    /// The selected files, in the order of their names.
    pub(super) files: Vec<LocalFile>,
    /// Whether the folder is created even without files.
    pub(super) is_needed: bool,
    /// Number of files, those of other shares included.
    pub(super) all_files: usize,
    /// What stays in Box. `None` if nothing is to be deleted, or the folder could not be read.
    pub(super) kept: Option<Kept>,
}

/// What stays of a folder in Box.
#[derive(Debug)]
pub(super) struct Kept {
    /// Folded names that the local folder has, excluded ones included unless they are to be
    /// deleted.
    pub(super) names: HashSet<String>,
    /// Whose `.gitignore` files count: of each local folder that is this one in Box.
    pub(super) trails: Vec<Arc<Trail>>,
    pub(super) share: FolderShare,
}

/// A file. There may be many at a time: what those of a folder share is kept once.
#[derive(Debug)]
pub(super) struct LocalFile {
    folder: Arc<LocalSource>,
    file_name: Box<OsStr>,
    /// Name in Box, if it is another.
    encoded: Option<Box<str>>,
    pub(super) identity: Identity,
    /// When the inode last changed.
    pub(super) changed_at: i64,
    /// Whether the file was left alone for long enough that a later change shows in its times.
    pub(super) is_settled: bool,
}

impl LocalFile {
    /// Path, starting with the directory's name.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path.join(&*self.file_name)
    }

    /// Path in the file system.
    pub(super) fn source(&self) -> PathBuf {
        self.folder.local.join(&*self.file_name)
    }

    /// Name in Box.
    pub(super) fn name(&self) -> &str {
        self.encoded.as_deref().or_else(|| self.file_name.to_str()).unwrap_or_default()
    }
}

/// Walks a directory until `visit` ends it.
///
/// Folders whose names are one in Box are one folder. Of other entries of a folder whose names are
/// one, all but the first fail, unless files may be renamed.
pub(super) fn walk_directory(
    settings: &Settings,
    mut visit: impl FnMut(Found) -> ControlFlow<()>,
) -> io::Result<()> {
    // The directory itself may be a link, or written as `.`.
    let root = settings.path.canonicalize()?;
    if !root.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    let own = root.file_name().ok_or_else(|| io::Error::other("the directory has no name"))?;
    let name = choose_name(own, settings.encode_names).map_err(|what| {
        io::Error::new(io::ErrorKind::InvalidFilename, format!("its name: {what}"))
    })?;
    let selection = Selection::new(&settings.criteria)?;
    let first = Pending {
        depth: 0,
        path: PathBuf::from(own),
        name,
        sources: vec![Arc::new(LocalSource {
            local: root.clone(),
            path: PathBuf::from(own),
            trail: Arc::new(Trail {
                gitignore: selection.read_gitignore(&root),
                real: root.clone(),
                above: None,
            }),
        })],
    };
    let mut pending = vec![first];
    while let Some(next) = pending.pop() {
        let mut reading = Reading::new(settings, &selection, &next);
        reading.read_sources();
        let (folders, found, folder) = reading.finish();
        for found in found.into_iter().chain([Found::Folder(folder)]) {
            if visit(found).is_break() {
                return Ok(());
            }
        }
        pending.extend(folders.into_iter().rev());
    }
    Ok(())
}

/// A folder that is still to be read.
struct Pending {
    depth: usize,
    path: PathBuf,
    name: String,
    /// The local folders that are this folder in Box.
    sources: Vec<Arc<LocalSource>>,
}

/// A local folder.
#[derive(Debug)]
struct LocalSource {
    local: PathBuf,
    /// Path, starting with the directory's name.
    path: PathBuf,
    trail: Arc<Trail>,
}

/// The folders that lead to a folder, with links resolved.
#[derive(Debug)]
pub(super) struct Trail {
    real: PathBuf,
    /// The patterns of the folder's `.gitignore` file.
    gitignore: Option<Gitignore>,
    above: Option<Arc<Trail>>,
}

impl Trail {
    fn contains(&self, real: &Path) -> bool {
        let mut next = Some(self);
        while let Some(trail) = next {
            if trail.real == real {
                return true;
            }
            next = trail.above.as_deref();
        }
        false
    }

    /// Whether a `.gitignore` file on the way excludes what is at this path in the folder: the
    /// closest one decides.
    pub(super) fn excludes(&self, path: &Path, is_folder: bool) -> bool {
        let entry = self.real.join(path);
        let mut next = Some(self);
        while let Some(trail) = next {
            match trail.gitignore.as_ref().map(|patterns| patterns.matched(&entry, is_folder)) {
                Some(Match::Ignore(_)) => return true,
                Some(Match::Whitelist(_)) => return false,
                Some(Match::None) | None => {}
            }
            next = trail.above.as_deref();
        }
        false
    }
}

/// A folder that is being read.
struct Reading<'a> {
    settings: &'a Settings,
    selection: &'a Selection<'a>,
    folder: &'a Pending,
    folders: Vec<Pending>,
    files: Vec<LocalFile>,
    found: Vec<Found>,
    /// The entries so far, by hashes of their folded names: there may be many.
    taken: HashMap<TextHash, Taken>,
    /// The paths of files of other shares.
    elsewhere: Vec<Box<Path>>,
    /// Which entries are in this process's share.
    share: FolderShare,
    all_files: usize,
    /// Folded names that stay in Box, if others are deleted.
    kept: HashSet<String>,
    /// Whether all entries could be read.
    is_whole: bool,
    /// Nanoseconds since 1970.
    started: i64,
}

/// The index of the entry that has a name first.
#[derive(Clone, Copy)]
enum Taken {
    File(u32),
    Folder(u32),
    /// A file of another share.
    Elsewhere(u32),
}

fn shorten(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl<'a> Reading<'a> {
    fn new(settings: &'a Settings, selection: &'a Selection<'a>, folder: &'a Pending) -> Self {
        Self {
            settings,
            selection,
            folder,
            folders: Vec::new(),
            files: Vec::new(),
            found: Vec::new(),
            taken: HashMap::new(),
            elsewhere: Vec::new(),
            share: selection.choose_share(skip_first(&folder.path), 0),
            all_files: 0,
            kept: HashSet::new(),
            is_whole: true,
            started: nanoseconds_since_1970(SystemTime::now()),
        }
    }

    /// Reads the local folders. How many entries they have decides how they are shared.
    fn read_sources(&mut self) {
        let mut sources = Vec::new();
        for source in &self.folder.sources {
            sources.push((source, self.list_entries(source)));
        }
        let count = sources.iter().map(|(_, entries)| entries.len()).sum();
        self.share = self.selection.choose_share(skip_first(&self.folder.path), count);
        self.taken.reserve(count);
        for (source, entries) in sources {
            for entry in entries {
                let path = source.path.join(entry.file_name());
                if let Err(error) = self.read_entry(&entry, &path, source) {
                    self.record_error(path, error);
                }
            }
        }
    }

    /// The entries of a local folder, in the order of their names.
    fn list_entries(&mut self, source: &LocalSource) -> Vec<DirEntry> {
        let entries = match source.local.read_dir() {
            Ok(entries) => entries,
            Err(error) => {
                self.record_error(source.path.clone(), error);
                return Vec::new();
            }
        };
        let mut sorted = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => sorted.push(entry),
                Err(error) => self.record_error(source.path.clone(), error),
            }
        }
        sorted.sort_by_key(DirEntry::file_name);
        sorted
    }

    fn read_entry(
        &mut self,
        entry: &DirEntry,
        path: &Path,
        source: &Arc<LocalSource>,
    ) -> io::Result<()> {
        let mut kind = entry.file_type()?;
        let mut metadata = None;
        if kind.is_symlink() && self.settings.links == Links::Follow {
            let target = entry.path().metadata()?;
            kind = target.file_type();
            metadata = Some(target);
        }
        let relative = skip_first(path);
        let is_folder = kind.is_dir();
        let selection = self.selection;
        if selection.excludes(relative, is_folder)
            || source.trail.excludes(Path::new(&entry.file_name()), is_folder)
            || !is_folder && !selection.includes_file(relative)
        {
            if self.settings.deletion.is_some_and(|deletion| !deletion.excluded) {
                self.keep_name(&entry.file_name());
            }
            return Ok(());
        }
        self.keep_name(&entry.file_name());
        if kind.is_symlink() && self.settings.links == Links::Fail {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a symbolic link"));
        }
        if !kind.is_dir() && !kind.is_file() {
            let what = describe_file_type(kind).unwrap_or("a special file");
            if self.share.has_item(relative) {
                self.found.push(Found::Skipped(path.to_owned(), what));
            }
            return Ok(());
        }
        let name = match choose_name(&entry.file_name(), self.settings.encode_names) {
            Ok(name) => name,
            Err(what) => {
                let shown = path.display().to_string();
                let error = ErrorKind::NameRefused { name: shown, what: what.to_owned() };
                self.record_failure(path.to_owned(), error);
                return Ok(());
            }
        };
        if kind.is_dir() {
            let is_link = metadata.is_some();
            self.add_folder(entry, path, name, is_link, source)
        } else {
            let metadata = match metadata {
                Some(metadata) => metadata,
                None => entry.metadata()?,
            };
            self.add_file(entry.file_name().into(), path, name, &metadata, source);
            Ok(())
        }
    }

    fn add_folder(
        &mut self,
        entry: &DirEntry,
        path: &Path,
        name: String,
        is_link: bool,
        above: &Arc<LocalSource>,
    ) -> io::Result<()> {
        let trail = &above.trail;
        let local = entry.path();
        let real = if is_link { local.canonicalize()? } else { trail.real.join(entry.file_name()) };
        if is_link && trail.contains(&real) {
            return Err(io::Error::other("a symbolic link to a directory that contains it"));
        }
        let gitignore = self.selection.read_gitignore(&real);
        let trail = Arc::new(Trail { real, gitignore, above: Some(Arc::clone(trail)) });
        let source = Arc::new(LocalSource { local, path: path.to_owned(), trail });
        let key = hash_text(&fold_name(&name));
        match self.taken.get(&key).copied() {
            Some(Taken::Folder(index)) => self.folders[index as usize].sources.push(source),
            Some(other) => {
                let other = self.find_path(other);
                self.record_clash(path, &other);
            }
            None => {
                self.taken.insert(key, Taken::Folder(shorten(self.folders.len())));
                let depth = self.folder.depth + 1;
                let sources = vec![source];
                self.folders.push(Pending { depth, path: path.to_owned(), name, sources });
            }
        }
        Ok(())
    }

    /// Box ignores case in names: a second file would become a version of the first and hide it.
    fn add_file(
        &mut self,
        file_name: Box<OsStr>,
        path: &Path,
        name: String,
        metadata: &Metadata,
        source: &Arc<LocalSource>,
    ) {
        self.all_files += 1;
        let key = hash_text(&fold_name(&name));
        if let Some(other) = self.taken.get(&key).copied()
            && self.settings.on_conflict != OnConflict::Rename
        {
            let other = self.find_path(other);
            return self.record_clash(path, &other);
        }
        let is_own = self.share.has_item(skip_first(path));
        self.taken.entry(key).or_insert_with(|| {
            if is_own {
                return Taken::File(shorten(self.files.len()));
            }
            self.elsewhere.push(path.into());
            Taken::Elsewhere(shorten(self.elsewhere.len() - 1))
        });
        if !is_own {
            return;
        }
        let changed_at = change_time(metadata);
        self.files.push(LocalFile {
            folder: Arc::clone(source),
            encoded: (file_name.to_str() != Some(&*name)).then(|| name.into()),
            file_name,
            identity: Identity::of(metadata),
            changed_at,
            is_settled: self.started.saturating_sub(changed_at) > time_resolution(changed_at),
        });
    }

    fn find_path(&self, taken: Taken) -> PathBuf {
        match taken {
            Taken::File(index) => self.files[index as usize].path(),
            Taken::Folder(index) => self.folders[index as usize].path.clone(),
            Taken::Elsewhere(index) => self.elsewhere[index as usize].to_path_buf(),
        }
    }

    fn keep_name(&mut self, local: &OsStr) {
        if self.settings.deletion.is_some()
            && let Ok(name) = choose_name(local, self.settings.encode_names)
        {
            self.kept.insert(fold_name(&name));
        }
    }

    /// The folders in this one, what else was found, and the folder.
    fn finish(self) -> (Vec<Pending>, Vec<Found>, LocalFolder) {
        let Self { settings, selection, folder, folders, mut files, found, share, kept, .. } = self;
        files.shrink_to_fit();
        let Pending { depth, path, name, sources } = folder;
        let deletes = settings.deletion.is_some();
        // What others have of a large folder is theirs to delete.
        let is_own = selection.is_in_shard(skip_first(path)) || deletes && share.is_by_item();
        let trails = || sources.iter().map(|source| Arc::clone(&source.trail)).collect();
        let keeps = deletes && self.is_whole;
        let folder = LocalFolder {
            depth: *depth,
            path: path.clone(),
            name: name.clone(),
            files,
            is_needed: selection.creates_empty_folders() && is_own,
            all_files: self.all_files,
            kept: keeps.then(|| Kept { names: kept, trails: trails(), share }),
        };
        (folders, found, folder)
    }

    fn record_clash(&mut self, path: &Path, other: &Path) {
        let name = path.display().to_string();
        let other = other.display().to_string();
        self.record_failure(path.to_owned(), ErrorKind::NameClash { name, other });
    }

    fn record_error(&mut self, path: PathBuf, error: io::Error) {
        self.is_whole = false;
        let name = path.display().to_string();
        self.record_failure(path, ErrorKind::Source { name, error });
    }

    /// Records a failure, which one of the processes that share the directory reports.
    fn record_failure(&mut self, path: PathBuf, kind: ErrorKind) {
        if self.share.has_item(skip_first(&path)) {
            self.found.push(Found::Failed(path, kind.into()));
        }
    }
}

/// The path without its first component, the directory's name.
pub(super) fn skip_first(path: &Path) -> &Path {
    let mut components = path.components();
    components.next();
    components.as_path()
}

/// How far apart two changes are, in nanoseconds, whose times differ for certain. File systems that
/// know no fractions of a second may know only every other second.
fn time_resolution(time: i64) -> i64 {
    if time % 1_000_000_000 == 0 { 2_000_000_000 } else { 50_000_000 }
}

#[cfg(test)]
mod tests;
