//! Dates and times (RFC 3339).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime as Instant, FixedOffset, NaiveDate, SecondsFormat, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text;

/// A moment with its offset from UTC (`format: date-time`). Two are equal if they are the same
/// moment. It is written as it was read, down to the digits of its fraction.
#[derive(Clone)]
pub struct DateTime {
    instant: Instant<FixedOffset>,
    text: Box<str>,
}

impl DateTime {
    /// The moment, to calculate with.
    pub fn chrono(&self) -> Instant<FixedOffset> {
        self.instant
    }
}

impl<Z: TimeZone> From<Instant<Z>> for DateTime {
    fn from(instant: Instant<Z>) -> Self {
        let instant = instant.fixed_offset();
        Self { instant, text: instant.to_rfc3339_opts(SecondsFormat::AutoSi, true).into() }
    }
}

impl FromStr for DateTime {
    type Err = chrono::ParseError;

    /// Reads RFC 3339, and `+0000` for an offset.
    fn from_str(text: &str) -> Result<Self, chrono::ParseError> {
        match Instant::parse_from_rfc3339(text) {
            Ok(instant) => Ok(Self { instant, text: text.into() }),
            Err(_) => Instant::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z").map(Self::from),
        }
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        self.instant == other.instant
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, |text| text.parse().map_err(|error| format!("`{text}`: {error}")))
    }
}

/// A day (`format: date`), `2024-02-29`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(pub NaiveDate);

impl FromStr for Date {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, chrono::ParseError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, |text| text.parse().map_err(|error| format!("`{text}`: {error}")))
    }
}
