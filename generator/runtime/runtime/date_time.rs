//! Dates and times (RFC 3339).

/// Lets a value be converted as a reference to it is.
macro_rules! convert_by_value {
    ($from:ty => $($to:ty),+) => {$(
        impl TryFrom<$from> for $to {
            type Error = TimeError;

            fn try_from(value: $from) -> Result<Self, TimeError> {
                Self::try_from(&value)
            }
        }
    )+};
}

#[cfg(feature = "chrono")]
mod chrono;
mod date;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "time")]
mod time;

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use date::Date;

use super::{Decode, Source, deserialize, parse_text};

/// Nanoseconds of a second.
const SECOND: u32 = 1_000_000_000;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// An instant with its offset from UTC (`format: date-time`). It is written as it was read, including
/// the digits of its fraction. Comparisons only consider the instant.
///
/// It converts from and into [`SystemTime`] and, with the feature of that name, the types of the crates
/// `chrono`, `jiff` and `time`:
///
/// ```ignore
/// let now = DateTime::from(std::time::SystemTime::now());
/// let timestamp = jiff::Timestamp::try_from(now)?;
/// ```
///
/// Text that is not quite RFC 3339 is accepted if its meaning is clear: an offset such as `+0000` or
/// `UTC`, a comma before the fraction, a space instead of the `T`, a time without seconds or offset.
/// One without an offset [is local](Self::is_local). A year after 9999, which RFC 3339 does not allow,
/// has a sign: `+10000-01-01T00:00:00Z`.
#[derive(Clone)]
pub struct DateTime {
    /// Since 1970-01-01T00:00:00Z; of a local one as if it were UTC.
    seconds: i64,
    /// A second and more in a leap second, which has the number of the second before it.
    nanoseconds: u32,
    /// In seconds, positive to the east; `None` if it is local.
    offset: Option<i32>,
    text: Box<str>,
}

impl DateTime {
    /// The same moment for whatever crate it comes from. An offset of odd seconds cannot be written:
    /// then it is written in UTC.
    fn new(mut seconds: i64, mut nanoseconds: u32, offset: Option<i32>) -> Self {
        if nanoseconds >= SECOND && seconds.rem_euclid(60) != 59 {
            seconds = seconds.saturating_add(1);
            nanoseconds -= SECOND;
        }
        let offset = offset.map(|offset| if offset % 60 == 0 { offset } else { 0 });
        let text = write(seconds, nanoseconds, offset).into();
        Self { seconds, nanoseconds, offset, text }
    }

    /// The offset from UTC in seconds, positive to the east; `None` if it is local.
    pub fn offset(&self) -> Option<i32> {
        self.offset
    }

    /// Whether it has no offset, so that the instant depends on an unknown time zone. It never equals a
    /// time with an offset.
    pub fn is_local(&self) -> bool {
        self.offset.is_none()
    }

    /// Seconds since 1970-01-01T00:00:00Z, and nanoseconds. A leap second is the one that follows it.
    fn since_1970(&self) -> Result<(i64, u32), TimeError> {
        match self.offset {
            Some(_) => Ok(carry(self.seconds, self.nanoseconds)),
            None => Err(TimeError("a time without an offset is no moment")),
        }
    }

    /// The same, of what the clock shows where it was written.
    #[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
    fn clock(&self) -> (i64, u32) {
        let offset = i64::from(self.offset.unwrap_or_default());
        carry(self.seconds.saturating_add(offset), self.nanoseconds)
    }

    /// What two are compared by.
    fn moment(&self) -> (i64, u32, bool) {
        (self.seconds, self.nanoseconds, self.is_local())
    }
}

/// The time with less than a second of nanoseconds.
fn carry(seconds: i64, nanoseconds: u32) -> (i64, u32) {
    (seconds.saturating_add(i64::from(nanoseconds / SECOND)), nanoseconds % SECOND)
}

fn write(seconds: i64, nanoseconds: u32, offset: Option<i32>) -> String {
    let clock = seconds.saturating_add(offset.unwrap_or_default().into());
    let day = date::write(date::from_days(clock.div_euclid(DAY)));
    let time = clock.rem_euclid(DAY);
    let hour = time / 3_600;
    let minute = time / 60 % 60;
    let second = time % 60 + i64::from(nanoseconds / SECOND);
    let fraction = match nanoseconds % SECOND {
        0 => String::new(),
        n if n % 1_000_000 == 0 => format!(".{:03}", n / 1_000_000),
        n if n % 1_000 == 0 => format!(".{:06}", n / 1_000),
        n => format!(".{n:09}"),
    };
    let zone = match offset {
        None => String::new(),
        Some(0) => "Z".to_owned(),
        Some(offset) => {
            let sign = if offset < 0 { '-' } else { '+' };
            let minutes = offset.unsigned_abs() / 60;
            format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    };
    format!("{day}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
}

impl From<SystemTime> for DateTime {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => {
                let seconds = 0_i64.saturating_add_unsigned(after.as_secs());
                Self::new(seconds, after.subsec_nanos(), Some(0))
            }
            Err(before) => {
                let before = before.duration();
                // Seconds are rounded down, away from 1970.
                let nanoseconds = (SECOND - before.subsec_nanos()) % SECOND;
                let seconds = before.as_secs().saturating_add(u64::from(nanoseconds > 0));
                Self::new(0_i64.saturating_sub_unsigned(seconds), nanoseconds, Some(0))
            }
        }
    }
}

impl TryFrom<&DateTime> for SystemTime {
    type Error = TimeError;

    fn try_from(time: &DateTime) -> Result<Self, TimeError> {
        let (seconds, nanoseconds) = time.since_1970()?;
        let distance = Duration::from_secs(seconds.unsigned_abs());
        let second = match seconds < 0 {
            true => UNIX_EPOCH.checked_sub(distance),
            false => UNIX_EPOCH.checked_add(distance),
        };
        let fraction = Duration::from_nanos(nanoseconds.into());
        second.and_then(|second| second.checked_add(fraction)).ok_or(OUT_OF_RANGE)
    }
}

convert_by_value!(DateTime => SystemTime);

impl FromStr for DateTime {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let parsed = parse(text).ok_or(TimeError("not a date and time of RFC 3339"));
        let (seconds, nanoseconds, offset) = parsed?;
        Ok(Self { seconds, nanoseconds, offset, text: text.into() })
    }
}

/// Seconds since 1970-01-01T00:00:00Z, the fraction, and the offset.
fn parse(text: &str) -> Option<(i64, u32, Option<i32>)> {
    let (day, time) = text.trim().split_once(['T', 't', ' '])?;
    let (year, month, day) = date::parse(day)?;
    let (hour, time) = parse_two_digits(time, 23)?;
    let (minute, mut rest) = parse_two_digits(time.strip_prefix(':')?, 59)?;
    let mut second = 0;
    let mut nanoseconds = 0;
    if let Some(time) = rest.strip_prefix(':') {
        (second, rest) = parse_two_digits(time, 60)?;
        if let Some(digits) = rest.strip_prefix(['.', ',']) {
            (nanoseconds, rest) = parse_fraction(digits)?;
        }
    }
    if second == 60 {
        second = 59;
        nanoseconds += SECOND;
    }
    let offset = match rest.trim_start() {
        "" => None,
        zone => Some(parse_offset(zone)?),
    };
    let time = i64::from(hour * 3_600 + minute * 60 + second);
    let midnight = date::to_days(year, month, day).checked_mul(DAY)?;
    let seconds = midnight.checked_add(time - i64::from(offset.unwrap_or_default()))?;
    Some((seconds, nanoseconds, offset))
}

/// A number of two digits, not above `most`, and what follows it.
fn parse_two_digits(text: &str, most: u32) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    let number = parse_digits(digits)?;
    (number <= most).then_some((number, rest))
}

/// A number of digits only: without the sign that `parse` would take.
fn parse_digits<T: FromStr>(digits: &str) -> Option<T> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// Nanoseconds, and what follows the digits; those after the ninth are dropped.
fn parse_fraction(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let counted = digits.get(..end.min(9)).filter(|digits| !digits.is_empty())?;
    Some((format!("{counted:0<9}").parse().ok()?, rest))
}

/// Seconds to the east.
fn parse_offset(text: &str) -> Option<i32> {
    if matches!(text, "Z" | "z" | "UTC") {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = parse_two_digits(text.get(1..)?, 23)?;
    let (minutes, rest) = match rest.strip_prefix(':').unwrap_or(rest) {
        "" => (0, ""),
        minutes => parse_two_digits(minutes, 59)?,
    };
    let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
    rest.is_empty().then_some(sign * seconds)
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        self.moment() == other.moment()
    }
}

impl Eq for DateTime {}

impl Hash for DateTime {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.moment().hash(state);
    }
}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By the instant. A local time is compared as if it were UTC, and follows an equal time in UTC.
impl Ord for DateTime {
    fn cmp(&self, other: &Self) -> Ordering {
        self.moment().cmp(&other.moment())
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
        deserialize(deserializer)
    }
}

impl<'de> Decode<'de> for DateTime {
    fn decode(source: &mut dyn Source<'de>) -> serde_json::Result<Self> {
        parse_text(source, |text| text.parse().map_err(|error| format!("`{text}`: {error}")))
    }
}

/// The text or the value is not a valid date or time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TimeError(&'static str);

const OUT_OF_RANGE: TimeError = TimeError("out of the type's range");

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for TimeError {}
