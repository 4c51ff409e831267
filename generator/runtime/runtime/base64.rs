//! Bytes in JSON (`format: byte`).

use std::hash::{Hash, Hasher};

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine, alphabet, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Decode, Source, deserialize, parse_text};

/// Bytes that are encoded in Base64 (RFC 4648, section 4). The URL-safe alphabet, missing padding and
/// line breaks are accepted, and preserved while the bytes are the same.
#[derive(Clone, Debug, Default)]
pub struct Base64(pub Bytes, Option<Box<str>>);

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn decode(text: &str) -> Result<Bytes, DecodeError> {
    let standard = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    });
    LENIENT.decode(standard.collect::<Vec<_>>()).map(Bytes::from)
}

impl<T: Into<Bytes>> From<T> for Base64 {
    fn from(bytes: T) -> Self {
        Self(bytes.into(), None)
    }
}

impl PartialEq for Base64 {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Base64 {}

impl Hash for Base64 {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.1 {
            Some(text) if decode(text).is_ok_and(|bytes| bytes == self.0) => {
                serializer.serialize_str(text)
            }
            _ => serializer.serialize_str(&STANDARD.encode(&self.0)),
        }
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

impl<'de> Decode<'de> for Base64 {
    fn decode(source: &mut dyn Source<'de>) -> serde_json::Result<Self> {
        parse_text(source, |text| {
            let bytes = decode(text).map_err(|error| error.to_string())?;
            let usual = STANDARD.encode(&bytes) == text;
            Ok(Self(bytes, (!usual).then(|| text.into())))
        })
    }
}
