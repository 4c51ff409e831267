//! Conversions from and into the types of `jiff`.

use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

use super::{DAY, Date, DateTime, OUT_OF_RANGE, SECOND, TimeError, date};

impl From<Timestamp> for DateTime {
    fn from(time: Timestamp) -> Self {
        from_timestamp(time, Offset::UTC)
    }
}

/// Keeps the offset, but not the name of the time zone.
impl From<&Zoned> for DateTime {
    fn from(time: &Zoned) -> Self {
        from_timestamp(time.timestamp(), time.offset())
    }
}

/// Keeps the offset, but not the name of the time zone.
impl From<Zoned> for DateTime {
    fn from(time: Zoned) -> Self {
        Self::from(&time)
    }
}

fn from_timestamp(time: Timestamp, offset: Offset) -> DateTime {
    // The fraction has the sign of the seconds.
    let fraction = i64::from(time.subsec_nanosecond());
    let seconds = time.as_second() + fraction.div_euclid(SECOND.into());
    DateTime::new(seconds, fraction.rem_euclid(SECOND.into()) as u32, Some(offset.seconds()))
}

impl TryFrom<&DateTime> for Timestamp {
    type Error = TimeError;

    /// Fails for a [local](DateTime::is_local) one.
    fn try_from(time: &DateTime) -> Result<Self, TimeError> {
        let (seconds, nanoseconds) = time.since_1970()?;
        Self::new(seconds, nanoseconds as i32).map_err(|_| OUT_OF_RANGE)
    }
}

impl TryFrom<&DateTime> for Zoned {
    type Error = TimeError;

    /// Fails for a [local](DateTime::is_local) one.
    fn try_from(time: &DateTime) -> Result<Self, TimeError> {
        let offset = Offset::from_seconds(time.offset.unwrap_or_default());
        let zone = TimeZone::fixed(offset.map_err(|_| OUT_OF_RANGE)?);
        Ok(Timestamp::try_from(time)?.to_zoned(zone))
    }
}

/// The result is local.
impl From<civil::DateTime> for DateTime {
    fn from(time: civil::DateTime) -> Self {
        let day = Date::from(time.date());
        let days = date::to_days(day.year().into(), day.month(), day.day());
        let minutes = i64::from(time.hour()) * 60 + i64::from(time.minute());
        let seconds = days * DAY + minutes * 60 + i64::from(time.second());
        Self::new(seconds, time.subsec_nanosecond().unsigned_abs(), None)
    }
}

impl TryFrom<&DateTime> for civil::DateTime {
    type Error = TimeError;

    /// The local time, whatever the offset.
    fn try_from(time: &DateTime) -> Result<Self, TimeError> {
        let (seconds, nanoseconds) = time.clock();
        let (year, month, day) = date::from_days(seconds.div_euclid(DAY));
        let year = i16::try_from(year).map_err(|_| OUT_OF_RANGE)?;
        let midnight = civil::Date::new(year, month as i8, day as i8).map(Self::from);
        let since = SignedDuration::new(seconds.rem_euclid(DAY), nanoseconds as i32);
        midnight.and_then(|midnight| midnight.checked_add(since)).map_err(|_| OUT_OF_RANGE)
    }
}

impl From<civil::Date> for Date {
    fn from(day: civil::Date) -> Self {
        Self::known(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs())
    }
}

impl TryFrom<&Date> for civil::Date {
    type Error = TimeError;

    fn try_from(day: &Date) -> Result<Self, TimeError> {
        let year = i16::try_from(day.year()).map_err(|_| OUT_OF_RANGE)?;
        Self::new(year, day.month() as i8, day.day() as i8).map_err(|_| OUT_OF_RANGE)
    }
}

convert_by_value!(DateTime => Timestamp, Zoned, civil::DateTime);
convert_by_value!(Date => civil::Date);
