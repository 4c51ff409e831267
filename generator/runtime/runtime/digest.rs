//! The `Digest` header (RFC 3230).

use std::fmt;
use std::str::FromStr;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Serialize, Serializer};

/// A hash of the content, `sha=<Base64>`. The case of the algorithm is ignored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Digest {
    algorithm: String,
    bytes: Vec<u8>,
}

impl Digest {
    /// A SHA-1 hash, which the header calls `sha`.
    pub fn sha(hash: &[u8; 20]) -> Self {
        Self { algorithm: "sha".to_owned(), bytes: hash.to_vec() }
    }

    /// The algorithm, in lower case.
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// The hash.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.algorithm, STANDARD.encode(&self.bytes))
    }
}

/// The text is not an algorithm, `=` and Base64.
#[derive(Debug)]
pub struct InvalidDigest;

impl fmt::Display for InvalidDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a digest as in `sha=` and Base64")
    }
}

impl std::error::Error for InvalidDigest {}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let (algorithm, hash) = text.split_once('=').ok_or(InvalidDigest)?;
        let bytes = STANDARD.decode(hash.trim()).map_err(|_| InvalidDigest)?;
        Ok(Self { algorithm: algorithm.trim().to_ascii_lowercase(), bytes })
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
