//! Detecting changed files.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Size, modification time, and, where they exist, device and inode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) size: u64,
    /// Nanoseconds since 1970; may be negative.
    modified: i64,
    device: u64,
    inode: u64,
}

impl Identity {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().map_or(0, nanoseconds_since_1970);
        let (device, inode) = device_and_inode(metadata);
        Self { size: metadata.len(), modified, device, inode }
    }

    /// Whether both describe the same file, changed or not. Without inodes this is unknown.
    pub(crate) fn is_same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    /// Describes how `other` differs.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        if self.size != other.size {
            Some(format!("its size changed from {} to {} bytes", self.size, other.size))
        } else if !self.is_same_file(other) {
            Some("it was replaced by another file".to_owned())
        } else if self.modified != other.modified {
            Some("it was modified".to_owned())
        } else {
            None
        }
    }
}

/// A time before 1678 or after 2262 counts as the first or last one between.
pub(crate) fn nanoseconds_since_1970(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => count_nanoseconds(after),
        Err(before) => -count_nanoseconds(before.duration()),
    }
}

fn count_nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

/// When the inode last changed, in nanoseconds since 1970. Unlike the modification time it cannot
/// be set.
#[cfg(unix)]
pub(crate) fn change_time(metadata: &Metadata) -> i64 {
    use std::os::unix::fs::MetadataExt;
    metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec())
}

#[cfg(not(unix))]
pub(crate) fn change_time(_: &Metadata) -> i64 {
    0
}

#[cfg(unix)]
fn device_and_inode(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn device_and_inode(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_is_named() {
        let file = Identity { size: 5, modified: 7, device: 1, inode: 2 };
        let same = file.clone();
        assert_eq!(file.difference(&same), None);
        let grown = Identity { size: 6, ..file.clone() };
        assert_eq!(file.difference(&grown).unwrap(), "its size changed from 5 to 6 bytes");
        let other = Identity { inode: 3, ..file.clone() };
        assert_eq!(file.difference(&other).unwrap(), "it was replaced by another file");
        let written = Identity { modified: 8, ..file.clone() };
        assert_eq!(file.difference(&written).unwrap(), "it was modified");
    }
}
