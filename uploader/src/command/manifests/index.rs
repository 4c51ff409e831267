//! An index of the lines of all manifests, in 36 bytes per line.

use box_uploader::{Sha1Hash, fold_name};

use crate::command::manifest::Line;

/// The lines of all manifests, by path.
#[derive(Default)]
pub(super) struct Index {
    entries: Vec<Entry>,
    /// Hashes of the folders that lead to the files, sorted.
    folders: Vec<PathKey>,
    /// The number of folders, duplicates included, from which they are sorted.
    sort_from: usize,
    /// Where the files are that have another name in Box: that path, and the line's. Sorted.
    renamed: Vec<(PathKey, PathKey)>,
}

/// A line of a manifest. Paths are known by their hashes; whoever needs one reads its line again.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    path: PathKey,
    id: IdKey,
    content: ContentKey,
    /// Where it is: the manifest's index, and the line, counted from 1.
    pub(super) line: u32,
    pub(super) manifest: u16,
    pub(super) state: State,
    /// Whether the file has another name in Box.
    is_renamed: bool,
}

type PathKey = [u8; 12];
type IdKey = [u8; 8];
type ContentKey = [u8; 8];

/// What is known of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The first or only one about its file.
    Valid,
    /// Box has its file.
    Stored,
    /// Another line says the same.
    Duplicate,
    /// Another line says something else of the same path.
    Contradiction,
    /// A line about another path has the same id.
    SharedId,
    /// Box has no file of this path.
    Absent,
    /// What Box has under this path is different.
    Different,
}

impl Index {
    /// Adds a line.
    pub(super) fn add_line(&mut self, manifest: u16, number: u32, line: &Line<'_>) {
        let mut folder = &*line.path;
        while let Some((above, _)) = folder.rsplit_once('/') {
            folder = above;
            self.folders.push(hash_path(folder));
        }
        // Neighbours mostly share their folders.
        if self.folders.len() >= self.sort_from.max(1 << 16) {
            sort_keys(&mut self.folders);
            self.sort_from = self.folders.len() * 2;
        }
        let path = hash_path(&line.path);
        if line.name.is_some() {
            self.renamed.push((hash_path(&line.path_in_box()), path));
        }
        self.entries.push(Entry {
            path,
            id: hash_id(&line.id),
            content: hash_content(line.size, line.sha1),
            line: number,
            manifest,
            state: State::Valid,
            is_renamed: line.name.is_some(),
        });
    }

    /// Finds duplicates and contradictions. Nothing may be added afterwards.
    pub(super) fn compare_lines(&mut self) {
        sort_keys(&mut self.folders);
        self.renamed.sort_unstable();
        self.entries.sort_unstable_by_key(|entry| (entry.path, entry.manifest, entry.line));
        for same in self.entries.chunk_by_mut(|one, other| one.path == other.path) {
            let differ = same.iter().any(|entry| entry.file() != same[0].file());
            if differ {
                same.iter_mut().for_each(|entry| entry.state = State::Contradiction);
            } else {
                same.iter_mut().skip(1).for_each(|entry| entry.state = State::Duplicate);
            }
        }
        self.find_shared_ids();
        self.entries.sort_unstable_by_key(|entry| (entry.path, entry.manifest, entry.line));
    }

    /// Finds files of different paths that have one id, which Box never gives twice.
    fn find_shared_ids(&mut self) {
        self.entries.sort_unstable_by_key(|entry| entry.id);
        for same in self.entries.chunk_by_mut(|one, other| one.id == other.id) {
            if same.iter().any(|entry| entry.path != same[0].path) {
                let valid = same.iter_mut().filter(|entry| entry.state == State::Valid);
                valid.for_each(|entry| entry.state = State::SharedId);
            }
        }
    }

    /// Whether a line is about this path.
    pub(super) fn has_path(&self, path: &str) -> bool {
        let key = hash_path(path);
        self.entries.binary_search_by_key(&key, |entry| entry.path).is_ok()
    }

    /// Whether a file is in this folder, or in one below it.
    pub(super) fn has_folder(&self, path: &str) -> bool {
        self.folders.binary_search(&hash_path(path)).is_ok()
    }

    /// Records the file that Box has under a path.
    pub(super) fn record_file(&mut self, path: &str, id: &str, size: u64, sha1: Sha1Hash) {
        let key = hash_path(path);
        let file = (hash_id(id), hash_content(size, sha1));
        self.record_place(key, file, false);
        let first = self.renamed.partition_point(|(place, _)| *place < key);
        for index in first..self.renamed.len() {
            let (place, path) = self.renamed[index];
            if place != key {
                break;
            }
            self.record_place(path, file, true);
        }
    }

    /// Compares a file with the lines about a path that say it was renamed, or do not.
    fn record_place(&mut self, path: PathKey, file: (IdKey, ContentKey), is_renamed: bool) {
        let first = self.entries.partition_point(|entry| entry.path < path);
        let same = self.entries[first..].iter_mut().take_while(|entry| entry.path == path);
        for entry in same.filter(|entry| entry.is_renamed == is_renamed) {
            if let State::Valid | State::Stored = entry.state {
                let is_same = entry.file() == file;
                entry.state = if is_same { State::Stored } else { State::Different };
            }
        }
    }

    /// Marks the lines whose files were not recorded.
    pub(super) fn mark_absent(&mut self) {
        for entry in self.entries.iter_mut().filter(|entry| entry.state == State::Valid) {
            entry.state = State::Absent;
        }
    }

    /// The number of lines in a state.
    pub(super) fn count(&self, state: State) -> usize {
        self.entries.iter().filter(|entry| entry.state == state).count()
    }

    /// The lines in the order of the manifests.
    pub(super) fn into_lines(self) -> Vec<Entry> {
        let mut entries = self.entries;
        entries.sort_unstable_by_key(|entry| (entry.manifest, entry.line));
        entries
    }
}

impl Entry {
    /// What it says of the path.
    fn file(&self) -> (IdKey, ContentKey) {
        (self.id, self.content)
    }
}

fn sort_keys(keys: &mut Vec<PathKey>) {
    keys.sort_unstable();
    keys.dedup();
}

fn hash_path(path: &str) -> PathKey {
    // Paths that are one in Box are one here.
    let Sha1Hash(hash) = Sha1Hash::of(fold_name(path).as_bytes());
    std::array::from_fn(|index| hash[index])
}

fn hash_id(id: &str) -> IdKey {
    let Sha1Hash(hash) = Sha1Hash::of(id.as_bytes());
    std::array::from_fn(|index| hash[index])
}

fn hash_content(size: u64, sha1: Sha1Hash) -> ContentKey {
    let Sha1Hash(hash) = Sha1Hash::of(format!("{size} {sha1}").as_bytes());
    std::array::from_fn(|index| hash[index])
}
