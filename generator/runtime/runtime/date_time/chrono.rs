//! Conversions from and into the types of `chrono`.

use chrono::{
    DateTime as Zoned, Datelike, FixedOffset, NaiveDate, NaiveDateTime, Offset, TimeZone,
};

use super::{Date, DateTime, OUT_OF_RANGE, TimeError};

impl<Z: TimeZone> From<Zoned<Z>> for DateTime {
    fn from(time: Zoned<Z>) -> Self {
        let offset = time.offset().fix().local_minus_utc();
        Self::new(time.timestamp(), time.timestamp_subsec_nanos(), Some(offset))
    }
}

impl TryFrom<&DateTime> for Zoned<FixedOffset> {
    type Error = TimeError;

    /// Fails for a [local](DateTime::is_local) one.
    fn try_from(time: &DateTime) -> Result<Self, TimeError> {
        time.since_1970()?;
        let utc = Zoned::from_timestamp(time.seconds, time.nanoseconds).ok_or(OUT_OF_RANGE)?;
        let zone = time.offset.and_then(FixedOffset::east_opt).ok_or(OUT_OF_RANGE)?;
        // Its methods panic where the clock shows a day that it cannot count.
        utc.naive_utc().checked_add_offset(zone).ok_or(OUT_OF_RANGE)?;
        Ok(utc.with_timezone(&zone))
    }
}

/// The result is local.
impl From<NaiveDateTime> for DateTime {
    fn from(time: NaiveDateTime) -> Self {
        let time = time.and_utc();
        Self::new(time.timestamp(), time.timestamp_subsec_nanos(), None)
    }
}

impl TryFrom<&DateTime> for NaiveDateTime {
    type Error = TimeError;

    /// The local time, whatever the offset.
    fn try_from(time: &DateTime) -> Result<Self, TimeError> {
        let (seconds, nanoseconds) = time.clock();
        let time = Zoned::from_timestamp(seconds, nanoseconds).ok_or(OUT_OF_RANGE)?;
        Ok(time.naive_utc())
    }
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self::known(day.year(), day.month() as u8, day.day() as u8)
    }
}

impl TryFrom<&Date> for NaiveDate {
    type Error = TimeError;

    fn try_from(day: &Date) -> Result<Self, TimeError> {
        Self::from_ymd_opt(day.year(), day.month().into(), day.day().into()).ok_or(OUT_OF_RANGE)
    }
}

convert_by_value!(DateTime => Zoned<FixedOffset>, NaiveDateTime);
convert_by_value!(Date => NaiveDate);
