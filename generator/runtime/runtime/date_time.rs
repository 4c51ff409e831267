//! Dates and times (RFC 3339).

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use chrono::{DateTime as Instant, FixedOffset, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text;

/// A moment with its offset from UTC (`format: date-time`). It is written as it was read, down to
/// the digits of its fraction. Two are equal if they are the same moment.
///
/// What is not quite RFC 3339 is read where its meaning is plain: an offset like `+0000` or `UTC`,
/// a comma before the fraction, a space for the `T`, a time without seconds or without an offset.
/// One without an offset [is local](Self::is_local).
#[derive(Clone)]
pub struct DateTime {
    instant: Instant<FixedOffset>,
    local: bool,
    text: Box<str>,
}

impl DateTime {
    /// The moment, to calculate with; that of UTC for a local one.
    pub fn chrono(&self) -> Instant<FixedOffset> {
        self.instant
    }

    /// Whether it has no offset: what moment it is depends on a place that it does not name. It
    /// never equals one with an offset.
    pub fn is_local(&self) -> bool {
        self.local
    }
}

impl<Z: TimeZone> From<Instant<Z>> for DateTime {
    fn from(instant: Instant<Z>) -> Self {
        let instant = instant.fixed_offset();
        let text = instant.to_rfc3339_opts(SecondsFormat::AutoSi, true).into();
        Self { instant, local: false, text }
    }
}

impl FromStr for DateTime {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, chrono::ParseError> {
        let (instant, local) = match Instant::parse_from_rfc3339(text) {
            Ok(instant) => (instant, false),
            Err(error) => parse_iso_8601(text).ok_or(error)?,
        };
        Ok(Self { instant, local, text: text.into() })
    }
}

/// What RFC 3339 leaves out of ISO 8601 and services send all the same: the moment, and whether it
/// has no offset.
fn parse_iso_8601(text: &str) -> Option<(Instant<FixedOffset>, bool)> {
    let (day, time) = text.trim().split_at_checked(10)?;
    let time = time.strip_prefix(['T', 't', ' '])?.replace(',', ".").replace("UTC", "Z");
    let text = format!("{day} {time}");
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"].iter().find_map(|format| {
        let zoned = Instant::parse_from_str(&text, &format!("{format} %#z"));
        let local = || NaiveDateTime::parse_from_str(&text, format);
        let zoned = zoned.map(|instant| (instant, false));
        zoned.or_else(|_| local().map(|local| (local.and_utc().fixed_offset(), true))).ok()
    })
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        (self.instant, self.local) == (other.instant, other.local)
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

/// A day (`format: date`), `2024-02-29`. It is written as it was read: `2024-2-29` stays that. Two are
/// equal if they are the same day.
#[derive(Clone)]
pub struct Date {
    day: NaiveDate,
    text: Box<str>,
}

impl Date {
    /// The day, to calculate with.
    pub fn chrono(&self) -> NaiveDate {
        self.day
    }
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self { day, text: day.to_string().into() }
    }
}

impl FromStr for Date {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, chrono::ParseError> {
        Ok(Self { day: text.parse()?, text: text.into() })
    }
}

impl PartialEq for Date {
    fn eq(&self, other: &Self) -> bool {
        self.day == other.day
    }
}

impl Eq for Date {}

impl Hash for Date {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.day.hash(state);
    }
}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Date {
    fn cmp(&self, other: &Self) -> Ordering {
        self.day.cmp(&other.day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, |text| text.parse().map_err(|error| format!("`{text}`: {error}")))
    }
}
