//! Conversions from and into the types of `time`.

use time::{Duration, Month, OffsetDateTime, PrimitiveDateTime, UtcOffset};

use super::{DAY, Date, DateTime, OUT_OF_RANGE, TimeError, date};

impl From<OffsetDateTime> for DateTime {
    fn from(time: OffsetDateTime) -> Self {
        let offset = time.offset().whole_seconds();
        Self::new(time.unix_timestamp(), time.nanosecond(), Some(offset))
    }
}

impl TryFrom<&DateTime> for OffsetDateTime {
    type Error = TimeError;

    /// Fails for a [local](DateTime::is_local) one.
    fn try_from(time: &DateTime) -> Result<Self, TimeError> {
        time.since_1970()?;
        let offset = UtcOffset::from_whole_seconds(time.offset.unwrap_or_default());
        let clock = PrimitiveDateTime::try_from(time)?;
        Ok(clock.assume_offset(offset.map_err(|_| OUT_OF_RANGE)?))
    }
}

/// The result is local.
impl From<PrimitiveDateTime> for DateTime {
    fn from(time: PrimitiveDateTime) -> Self {
        Self::new(time.assume_utc().unix_timestamp(), time.nanosecond(), None)
    }
}

impl TryFrom<&DateTime> for PrimitiveDateTime {
    type Error = TimeError;

    /// The local time, whatever the offset.
    fn try_from(time: &DateTime) -> Result<Self, TimeError> {
        let (seconds, nanoseconds) = time.clock();
        let day = to_date(date::from_days(seconds.div_euclid(DAY)))?;
        let since = Duration::new(seconds.rem_euclid(DAY), nanoseconds as i32);
        day.midnight().checked_add(since).ok_or(OUT_OF_RANGE)
    }
}

impl From<time::Date> for Date {
    fn from(day: time::Date) -> Self {
        Self::known(day.year(), day.month().into(), day.day())
    }
}

impl TryFrom<&Date> for time::Date {
    type Error = TimeError;

    fn try_from(day: &Date) -> Result<Self, TimeError> {
        to_date((day.year().into(), day.month(), day.day()))
    }
}

fn to_date((year, month, day): (i64, u8, u8)) -> Result<time::Date, TimeError> {
    let year = i32::try_from(year).map_err(|_| OUT_OF_RANGE)?;
    let month = Month::try_from(month).map_err(|_| OUT_OF_RANGE)?;
    time::Date::from_calendar_date(year, month, day).map_err(|_| OUT_OF_RANGE)
}

convert_by_value!(DateTime => OffsetDateTime, PrimitiveDateTime);
convert_by_value!(Date => time::Date);
