//! Upload sessions and their parts.

use std::collections::BTreeMap;
use std::time::Duration;

use box_upload_sessions::runtime::ContentRange;
use box_upload_sessions::types::{ClientErrorCode, Part};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::{Blob, Refusal};
use crate::random;
use crate::timestamp::Timestamp;
use box_upload_common::Sha1Hash;

/// Destination of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    NewFile { folder: String, name: String },
    NewVersion { file: String, name: Option<String> },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) user: String,
    pub(crate) target: Target,
    pub(crate) size: u64,
    pub(crate) part_size: u64,
    pub(crate) expires: Timestamp,
    /// By offset.
    #[serde(skip)]
    pub(crate) parts: BTreeMap<u64, StoredPart>,
    /// Until when a commit with a 202 response is pending.
    #[serde(skip)]
    pub(crate) committing: Option<Timestamp>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredPart {
    pub(crate) id: String,
    pub(crate) offset: u64,
    /// SHA-1 as reported; that of the content unless the part was corrupted unnoticed.
    pub(crate) sha1: Sha1Hash,
    pub(crate) blob: Blob,
    pub(crate) stored: Timestamp,
}

impl StoredPart {
    pub(crate) fn new(offset: u64, sha1: Sha1Hash, blob: Blob, now: Timestamp) -> Self {
        let id = random::random_hex(8).to_uppercase();
        Self { id, offset, sha1, blob, stored: now }
    }

    /// Whether a commit lists this part.
    fn matches(&self, listed: &Part) -> bool {
        let sha1 = self.sha1.to_string();
        listed.part_id.eq_ignore_ascii_case(&self.id)
            && listed.offset == self.offset
            && listed.size == self.blob.size
            && listed.sha1.as_ref().is_some_and(|listed| listed.eq_ignore_ascii_case(&sha1))
    }

    pub(crate) fn to_part(&self) -> Part {
        let part = Part::builder().offset(self.offset).part_id(&self.id).size(self.blob.size);
        part.sha1(self.sha1.to_string())
    }
}

impl Session {
    pub(crate) fn total_parts(&self) -> u64 {
        self.size.div_ceil(self.part_size)
    }

    /// Checks that a range is that of a part.
    pub(crate) fn check_range(&self, range: &ContentRange) -> Result<(), Refusal> {
        let end = range.last() + 1;
        let problem = if range.total() != self.size {
            format!("the file size is {} bytes", self.size)
        } else if !range.first().is_multiple_of(self.part_size) {
            format!("the offset must be a multiple of {}", self.part_size)
        } else if end != (range.first() + self.part_size).min(self.size) {
            format!("every part but the last must have {} bytes", self.part_size)
        } else {
            return self.check_overlap(range.first());
        };
        // Box's own code is unknown, but not that of an overlap.
        let code = ClientErrorCode::BadRequest;
        Err(Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, code, problem))
    }

    /// Checks that a part is not stored yet. Parts are aligned, so there is no other overlap.
    pub(crate) fn check_overlap(&self, offset: u64) -> Result<(), Refusal> {
        if !self.parts.contains_key(&offset) {
            return Ok(());
        }
        let text = format!("the part at offset {offset} already exists");
        let code = ClientErrorCode::RangeOverlapsExistingPart;
        Err(Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, code, text))
    }

    /// Number of parts stored at least `delay` ago.
    pub(crate) fn processed(&self, delay: Duration, now: Timestamp) -> u64 {
        self.parts.values().filter(|part| part.stored.plus(delay) <= now).count() as u64
    }

    /// When the last part will have been processed.
    pub(crate) fn all_processed(&self, delay: Duration) -> Option<Timestamp> {
        self.parts.values().map(|part| part.stored.plus(delay)).max()
    }

    /// Checks that a list of parts is that of the whole file.
    pub(crate) fn check_parts(&self, listed: &[Part]) -> Result<(), Refusal> {
        let complete = self.parts.len() as u64 == self.total_parts();
        let mut pairs = listed.iter().zip(self.parts.values());
        if complete
            && listed.len() == self.parts.len()
            && pairs.all(|(listed, stored)| stored.matches(listed))
        {
            return Ok(());
        }
        let text = "the list does not match the stored parts";
        Err(Refusal::bad_request(ClientErrorCode::PartsMismatch, text))
    }
}
