//! The `Content-Range` header (RFC 9110, section 14.4).

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A range of bytes and the total size, such as `bytes 0-99/1234`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentRange {
    first: u64,
    last: u64,
    total: u64,
}

/// The range exceeds the total size, or the text is not a range.
#[derive(Debug)]
pub struct InvalidContentRange;

impl ContentRange {
    /// The range of `length` bytes that starts at `first`, of `total` bytes.
    ///
    /// # Errors
    /// The range is empty or exceeds the total.
    pub fn new(first: u64, length: u64, total: u64) -> Result<Self, InvalidContentRange> {
        let end = first.checked_add(length).filter(|end| *end <= total && length > 0);
        end.map(|end| Self { first, last: end - 1, total }).ok_or(InvalidContentRange)
    }

    /// The position of the first byte.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The position of the last byte, inclusive.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The total size in bytes.
    pub fn total(&self) -> u64 {
        self.total
    }
}

impl fmt::Display for ContentRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bytes {}-{}/{}", self.first, self.last, self.total)
    }
}

impl fmt::Display for InvalidContentRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a range of bytes within the whole, as in `bytes 0-99/1234`")
    }
}

impl std::error::Error for InvalidContentRange {}

impl FromStr for ContentRange {
    type Err = InvalidContentRange;

    fn from_str(text: &str) -> Result<Self, InvalidContentRange> {
        parse(text).ok_or(InvalidContentRange)
    }
}

fn parse(text: &str) -> Option<ContentRange> {
    let (range, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let first: u64 = first.parse().ok()?;
    let last: u64 = last.parse().ok()?;
    let length = last.checked_sub(first)?.checked_add(1)?;
    ContentRange::new(first, length, total.parse().ok()?).ok()
}

impl Serialize for ContentRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
