//! `DateTime` and `Date` from and into the types of other crates.

use ::time::{OffsetDateTime, PrimitiveDateTime};
use chrono::{Days, FixedOffset, NaiveDate, NaiveDateTime};
use jiff::{Timestamp, Zoned, civil};
use proptest::prelude::*;

use crate::runtime::{Date, DateTime};

fn time(text: &str) -> DateTime {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Converts a time into another type and back: the same moment, and this text.
macro_rules! convert {
    ($type:ty, $text:expr, $expected:expr) => {
        let converted = <$type>::try_from(&time($text)).unwrap();
        assert_eq!(<$type>::try_from(time($text)).unwrap(), converted);
        assert_eq!(DateTime::from(converted).to_string(), $expected, stringify!($type));
    };
}

#[test]
fn moments() {
    for text in [
        "2024-02-29T12:00:01Z",
        "1969-12-31T23:59:58.500Z",
        "-0001-12-31T23:59:59.000000001-08:00",
        "2001-09-09T01:46:40.000001+05:30",
        "9999-12-30T21:59:59.999999999Z",
    ] {
        convert!(chrono::DateTime<FixedOffset>, text, text);
        convert!(Zoned, text, text);
        convert!(OffsetDateTime, text, text);
        assert_eq!(DateTime::from(Timestamp::try_from(&time(text)).unwrap()), time(text));
    }
    let leap = "1990-12-31T23:59:60.500Z";
    convert!(chrono::DateTime<FixedOffset>, leap, leap);
    convert!(Timestamp, leap, "1991-01-01T00:00:00.500Z");
    convert!(OffsetDateTime, leap, "1991-01-01T00:00:00.500Z");
}

#[test]
fn what_the_clock_shows() {
    for (text, clock) in [
        ("2024-02-29T23:00:01.250-08:00", "2024-02-29T23:00:01.250"),
        ("1969-12-31T23:59:58.5", "1969-12-31T23:59:58.500"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59"),
        ("-0001-12-31T23:59:59Z", "-0001-12-31T23:59:59"),
    ] {
        convert!(NaiveDateTime, text, clock);
        convert!(civil::DateTime, text, clock);
        convert!(PrimitiveDateTime, text, clock);
    }
}

#[test]
fn what_another_type_has_no_value_for() {
    let errors = |text: &str| {
        let time = time(text);
        [
            chrono::DateTime::try_from(&time).unwrap_err(),
            Timestamp::try_from(&time).unwrap_err(),
            Zoned::try_from(&time).unwrap_err(),
            OffsetDateTime::try_from(&time).unwrap_err(),
        ]
        .map(|error| error.to_string())
    };
    assert_eq!(errors("2024-02-29T12:00:00"), ["a time without an offset is no moment"; 4]);
    for text in
        ["+300000-01-01T00:00:00Z", "-300000-01-01T00:00:00+23:59", "+292277026596-12-04T15:30:07Z"]
    {
        assert_eq!(errors(text), ["out of the type's range"; 4]);
        assert!(NaiveDateTime::try_from(&time(text)).is_err());
        assert!(civil::DateTime::try_from(&time(text)).is_err());
        assert!(PrimitiveDateTime::try_from(&time(text)).is_err());
    }
    // The clock at this offset would show a year that chrono has no number for.
    let last = DateTime::from(chrono::DateTime::<chrono::Utc>::MAX_UTC).to_string();
    let last = time(&last.replace('Z', "+00:01"));
    assert!(chrono::DateTime::try_from(&last).is_ok());
    let last = DateTime::from(chrono::DateTime::<chrono::Utc>::MAX_UTC);
    assert!(chrono::DateTime::try_from(&last).is_ok());
    let day: Date = "+300000-01-01".parse().unwrap();
    assert!(NaiveDate::try_from(&day).is_err());
    assert!(civil::Date::try_from(&day).is_err());
    assert!(::time::Date::try_from(&day).is_err());
}

#[test]
fn days() {
    let own: Date = "2024-2-29".parse().unwrap();
    let all = [
        Date::from(NaiveDate::try_from(&own).unwrap()),
        Date::from(civil::Date::try_from(&own).unwrap()),
        Date::from(::time::Date::try_from(&own).unwrap()),
    ];
    for day in all {
        assert_eq!((day.to_string().as_str(), &day), ("2024-02-29", &own));
    }
}

/// An offset of odd seconds, as of local mean time, cannot be written.
#[test]
fn an_offset_of_seconds() {
    let zone = FixedOffset::east_opt(1_172).unwrap();
    let time: chrono::DateTime<FixedOffset> = "1937-01-01T12:00:27Z".parse().unwrap();
    let own = DateTime::from(time.with_timezone(&zone));
    assert_eq!((own.to_string().as_str(), own.offset()), ("1937-01-01T12:00:27Z", Some(0)));
    // A leap second there is within a minute of UTC.
    let leap =
        NaiveDate::from_ymd_opt(1937, 1, 1).unwrap().and_hms_nano_opt(11, 59, 59, 1_500_000_000);
    let leap = leap.unwrap().and_local_timezone(zone).unwrap();
    assert_eq!(DateTime::from(leap).to_string(), "1937-01-01T11:40:28.500Z");
}

/// Each day of the calendar follows the one before it.
#[test]
fn days_are_those_of_chrono() {
    let mut day = NaiveDate::from_ymd_opt(1_590, 1, 1).unwrap();
    let mut midnight = day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp();
    while day < NaiveDate::from_ymd_opt(2_010, 1, 1).unwrap() {
        let text = day.to_string();
        let own: Date = text.parse().unwrap();
        assert_eq!((own.to_string(), &own), (text.clone(), &Date::from(day)));
        let made = chrono::DateTime::from_timestamp(midnight, 0).unwrap();
        assert_eq!(DateTime::from(made).to_string(), format!("{text}T00:00:00Z"));
        assert_eq!(time(&format!("{text}T00:00:00Z")), DateTime::from(made));
        day = day + Days::new(1);
        midnight += 86_400;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// RFC 3339, and texts that are nearly so: what chrono takes is taken, and is the same moment.
    #[test]
    fn texts_mean_what_they_mean_to_chrono(
        text in "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.][0-9]{0,12})?(Z|z|[+-][0-2][0-9]:[0-6][0-9])?",
    ) {
        match chrono::DateTime::parse_from_rfc3339(&text) {
            Ok(known) => {
                let own = time(&text);
                prop_assert_eq!(chrono::DateTime::try_from(&own), Ok(known));
                prop_assert_eq!(own.offset(), Some(known.offset().local_minus_utc()));
                prop_assert_eq!(DateTime::from(known), own);
            }
            Err(_) => prop_assert!(!text.parse::<DateTime>().is_ok_and(|own| !own.is_local())),
        }
    }

    #[test]
    fn every_moment_is_read_as_it_was_written(
        seconds in -8_000_000_000_000_i64..8_000_000_000_000,
        nanoseconds in 0_u32..1_000_000_000,
        offset in -86_399..86_399_i32,
    ) {
        let moment = chrono::DateTime::from_timestamp(seconds, nanoseconds).unwrap();
        let moment = moment.with_timezone(&FixedOffset::east_opt(offset).unwrap());
        let own = DateTime::from(moment);
        prop_assert_eq!(&time(&own.to_string()), &own);
        prop_assert_eq!(chrono::DateTime::try_from(&own), Ok(moment));
        prop_assert_eq!(own.offset() == Some(offset), offset % 60 == 0);
    }
}
