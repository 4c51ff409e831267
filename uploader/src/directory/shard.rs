//! Sharing the upload of a directory between processes.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::Sha1Hash;

/// Most entries of a folder whose files stay together: what Box lists in one page.
const MAX_TOGETHER: usize = 1000;

/// A share of a directory: part `index`, from 0, of `count`. Each file belongs to one of them.
/// That depends only on its folder's path; in a folder with more than 1000 entries, on its own.
///
/// ```
/// use box_uploader::Shard;
///
/// assert_eq!("0/8".parse(), Ok(Shard::new(0, 8).unwrap()));
/// assert_eq!(Shard::new(8, 8), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Shard {
    /// Share `index` of `count`; `None` unless `index` is less than `count`.
    #[must_use]
    pub fn new(index: u32, count: u32) -> Option<Self> {
        (index < count).then_some(Self { index, count })
    }

    /// How a folder with so many entries is shared. Files of one folder stay together, so that not
    /// every process has to list it, unless they are many.
    pub(super) fn share_folder(self, folder: &Path, entries: usize) -> FolderShare {
        if entries > MAX_TOGETHER {
            FolderShare::Each(self)
        } else {
            FolderShare::Together(self.owns(folder))
        }
    }

    /// Whether the path, relative to the directory, belongs to this share.
    pub(super) fn owns(self, path: &Path) -> bool {
        let mut text = Vec::new();
        // The same on every platform.
        for component in path.components() {
            text.extend(component.as_os_str().as_encoded_bytes());
            text.push(b'/');
        }
        let Sha1Hash([a, b, c, d, e, f, g, h, ..]) = Sha1Hash::of(&text);
        let number = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        number % u64::from(self.count) == u64::from(self.index)
    }
}

/// Which entries of a folder are in a share.
#[derive(Clone, Copy, Debug)]
pub(super) enum FolderShare {
    /// All of them, or none.
    Together(bool),
    /// Each by its own path.
    Each(Shard),
}

impl FolderShare {
    /// Whether each entry is shared by its own path.
    pub(super) fn is_by_item(self) -> bool {
        matches!(self, Self::Each(_))
    }

    /// Whether an entry of the folder belongs to the share.
    pub(super) fn has_item(self, path: &Path) -> bool {
        match self {
            Self::Together(is_own) => is_own,
            Self::Each(shard) => shard.owns(path),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text
            .split_once('/')
            .and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        let (index, count) = numbers.ok_or("expected INDEX/COUNT, such as 0/8")?;
        Self::new(index, count).ok_or("the index counts from 0 and must be less than the count")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_belongs_to_one_share() {
        let paths: Vec<_> = (0..1000).map(|number| format!("{}/{number}", number % 7)).collect();
        for count in [1, 2, 8, 13] {
            let shares: Vec<_> =
                (0..count).map(|index| Shard::new(index, count).unwrap()).collect();
            let mut sizes = vec![0; shares.len()];
            for path in &paths {
                let owners = shares.iter().filter(|shard| shard.owns(Path::new(path)));
                let owners: Vec<_> = owners.collect();
                assert_eq!(owners.len(), 1);
                sizes[owners[0].index as usize] += 1;
            }
            let fair = paths.len() / shares.len();
            assert!(sizes.iter().all(|size| (fair / 2..=fair * 2).contains(size)), "{sizes:?}");
        }
    }

    #[test]
    fn the_files_of_a_folder_stay_together_unless_they_are_many() {
        let owners = |entries: usize, name: &str| {
            let path = Path::new("a").join(name);
            let shares = (0..8).map(|index| Shard::new(index, 8).unwrap());
            let own = shares.map(|shard| shard.share_folder(Path::new("a"), entries));
            own.map(|share| share.has_item(&path)).collect::<Vec<_>>()
        };
        let names: Vec<_> = (0..50).map(|number| number.to_string()).collect();
        for entries in [10, 1000, 1001] {
            let mut different: Vec<_> = names.iter().map(|name| owners(entries, name)).collect();
            assert!(different.iter().all(|own| own.iter().filter(|is_own| **is_own).count() == 1));
            different.sort();
            different.dedup();
            assert_eq!(different.len(), if entries > MAX_TOGETHER { 8 } else { 1 }, "{entries}");
        }
    }

    #[test]
    fn shares_are_parsed() {
        assert_eq!("3/8".parse::<Shard>().unwrap().to_string(), "3/8");
        for text in ["8/8", "0/0", "1", "a/2", "-1/2", "1/2/3", ""] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
