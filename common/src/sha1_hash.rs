//! SHA-1, by which Box identifies content.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A SHA-1 hash. Displayed as 40 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha1Hash(pub [u8; 20]);

impl Sha1Hash {
    /// The hash of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(<sha1::Sha1 as sha1::Digest>::digest(bytes).into())
    }

    /// Whether `text` is this hash in hexadecimal, ignoring case.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.to_string().eq_ignore_ascii_case(text.trim())
    }

    /// Parses 40 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 20];
        if text.len() != 40 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl From<sha1::Sha1> for Sha1Hash {
    fn from(hasher: sha1::Sha1) -> Self {
        Self(sha1::Digest::finalize(hasher).into())
    }
}

impl fmt::Display for Sha1Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha1Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Sha1Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha1Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let error = || serde::de::Error::custom("expected 40 hexadecimal digits");
        Self::parse(&text).ok_or_else(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_box_writes_it() {
        // The example of RFC 3174, section 7.3.
        let hash = Sha1Hash::of(b"abc");
        assert_eq!(hash.to_string(), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert!(hash.matches("A9993E364706816ABA3E25717850C26C9CD0D89D"));
        assert!(!hash.matches("a9993e36"));
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(serde_json::from_str::<Sha1Hash>(&json).unwrap(), hash);
        for wrong in ["\"a9993e36\"", "\"\"", &json.replace('d', "x"), &json.replace('d', "dd")] {
            assert!(serde_json::from_str::<Sha1Hash>(wrong).is_err(), "{wrong}");
        }
    }
}
