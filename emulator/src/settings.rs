//! Settings of the service.

use std::time::Duration;

/// Access to a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// Full access.
    Write,
    /// Read-only: uploads get 403 `access_denied_insufficient_permissions`.
    ReadOnly,
    /// An enterprise policy forbids uploads: 403 `forbidden_by_policy`.
    ForbiddenByPolicy,
    /// In the trash: 404 `trashed`.
    Trashed,
}

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// `None`: as Box does, from 8 MiB, larger for large files.
    pub(crate) part_size: Option<u64>,
    pub(crate) smallest_file: u64,
    /// Maximum page size of part lists.
    pub(crate) longest_page: u64,
    pub(crate) largest_file: u64,
    pub(crate) quota: u64,
    pub(crate) session_life: Duration,
    pub(crate) token_life: Duration,
    pub(crate) latency: Duration,
    pub(crate) processing_delay: Duration,
    /// Requests per minute and user.
    pub(crate) rate_limit: Option<u32>,
    /// `None`: every token that is not known to be expired or revoked.
    pub(crate) tokens: Option<Vec<String>>,
    /// Initial folders: id, name, access.
    pub(crate) folders: Vec<(String, String, Access)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            part_size: None,
            smallest_file: 20_000_000,
            longest_page: 1_000,
            largest_file: 500_000_000_000,
            quota: 10_000_000_000_000,
            session_life: Duration::from_secs(7 * 86_400),
            token_life: Duration::from_secs(3_600),
            latency: Duration::ZERO,
            processing_delay: Duration::ZERO,
            rate_limit: None,
            tokens: None,
            folders: Vec::new(),
        }
    }
}

/// Largest offset of a part list; no file has more parts.
pub(crate) const MAX_PARTS: u64 = 10_000;

impl Settings {
    pub(crate) fn part_size(&self, file_size: u64) -> u64 {
        let mut size = 8 << 20;
        while file_size.div_ceil(size) > MAX_PARTS {
            size *= 2;
        }
        self.part_size.unwrap_or(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_with_the_file() {
        let settings = Settings::default();
        assert_eq!(settings.part_size(20_000_000), 8 << 20);
        assert_eq!(settings.part_size(500_000_000_000), 64 << 20);
        let fixed = Settings { part_size: Some(10), ..settings };
        assert_eq!(fixed.part_size(500_000_000_000), 10);
    }
}
