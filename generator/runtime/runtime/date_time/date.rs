//! Days of the Gregorian calendar.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{TimeError, parse_digits};
use crate::runtime::{Decode, Source, deserialize, parse_text};

/// A day (`format: date`), such as `2024-02-29`. It is written as it was read: `2024-2-29` is kept.
/// Comparisons only consider the day.
///
/// With the features `chrono`, `jiff` and `time`, it converts from and into the types of those crates.
#[derive(Clone)]
pub struct Date {
    year: i32,
    month: u8,
    day: u8,
    text: Box<str>,
}

impl Date {
    /// A day of the Gregorian calendar.
    ///
    /// # Errors
    /// There is no such day.
    pub fn new(year: i32, month: u8, day: u8) -> Result<Self, TimeError> {
        match exists(year.into(), month, day) {
            true => Ok(Self::known(year, month, day)),
            false => Err(TimeError("there is no such day")),
        }
    }

    /// A day that exists.
    pub(super) fn known(year: i32, month: u8, day: u8) -> Self {
        Self { year, month, day, text: write((year.into(), month, day)).into() }
    }

    /// The year.
    pub fn year(&self) -> i32 {
        self.year
    }

    /// The month, from 1.
    pub fn month(&self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    pub fn day(&self) -> u8 {
        self.day
    }

    fn numbers(&self) -> (i32, u8, u8) {
        (self.year, self.month, self.day)
    }
}

fn exists(year: i64, month: u8, day: u8) -> bool {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

/// Year, month and day of a text: `2024-02-29`, `2024-2-29`, `+12024-02-29`.
pub(super) fn parse(text: &str) -> Option<(i64, u8, u8)> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let signed = digits.len() < text.len();
    let (year, rest) = digits.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let usual = |number: &str| (1..=2).contains(&number.len());
    // More digits than these are of no moment that can be counted.
    let lengths = if signed { 4..=12 } else { 4..=4 };
    if !lengths.contains(&year.len()) || !usual(month) || !usual(day) {
        return None;
    }
    let year: i64 = parse_digits(year)?;
    let year = if text.starts_with('-') { -year } else { year };
    let month = parse_digits(month)?;
    let day = parse_digits(day)?;
    exists(year, month, day).then_some((year, month, day))
}

pub(super) fn write((year, month, day): (i64, u8, u8)) -> String {
    match year {
        0..=9_999 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:+05}-{month:02}-{day:02}"),
    }
}

/// Days of 400 years, after which the calendar repeats itself.
const ERA: i64 = 146_097;

/// Days from 0000-03-01 to 1970-01-01.
const TO_1970: i64 = 719_468;

/// Days since 1970-01-01. The year is counted from March, so that a leap day is its last.
pub(super) fn to_days(year: i64, month: u8, day: u8) -> i64 {
    let march = i64::from(month) - 3;
    let year = year + march.div_euclid(12);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * march.rem_euclid(12) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    year.div_euclid(400) * ERA + day_of_era - TO_1970
}

/// The day so many days after 1970-01-01.
pub(super) fn from_days(days: i64) -> (i64, u8, u8) {
    let days = days + TO_1970;
    let of_era = days.rem_euclid(ERA);
    // Without the leap days before it, every year has 365 days.
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = (march + 2) % 12 + 1;
    let year = days.div_euclid(ERA) * 400 + year_of_era + i64::from(month <= 2);
    (year, month as u8, day as u8)
}

impl FromStr for Date {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let error = TimeError("not a date of RFC 3339");
        let (year, month, day) = parse(text).ok_or(error.clone())?;
        let year = i32::try_from(year).map_err(|_| error)?;
        Ok(Self { year, month, day, text: text.into() })
    }
}

impl PartialEq for Date {
    fn eq(&self, other: &Self) -> bool {
        self.numbers() == other.numbers()
    }
}

impl Eq for Date {}

impl Hash for Date {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.numbers().hash(state);
    }
}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Date {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers().cmp(&other.numbers())
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
        deserialize(deserializer)
    }
}

impl<'de> Decode<'de> for Date {
    fn decode(source: &mut dyn Source<'de>) -> serde_json::Result<Self> {
        parse_text(source, |text| text.parse().map_err(|error| format!("`{text}`: {error}")))
    }
}
