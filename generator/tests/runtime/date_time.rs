//! `DateTime` and `Date`.

use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use serde_json::{from_str, json, to_string};

use crate::runtime::{Date, DateTime};

fn time(text: &str) -> DateTime {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// RFC 3339, section 5.8, and what OpenAPI documents hold.
#[test]
fn rfc_3339_is_written_as_it_was_read() {
    for text in [
        "1985-04-12T23:20:50.52Z",
        "1996-12-19T16:39:57-08:00",
        "1990-12-31T23:59:60Z",
        "1937-01-01T12:00:27.87+00:20",
        "2012-12-12T10:53:43-08:00",
        "2012-12-12T10:53:43.000Z",
        "2012-12-12T10:53:43.120+00:00",
        "2012-12-12T10:53:43.123456789Z",
        "2012-12-12t10:53:43z",
        "2012-12-12 10:53:43Z",
    ] {
        assert!(!time(text).is_local());
        kept(text);
    }
}

#[test]
fn what_is_nearly_rfc_3339_is_read_and_kept() {
    for (read, meant) in [
        ("2012-12-12T10:53:43-0800", "2012-12-12T10:53:43-08:00"),
        ("2012-12-12T10:53:43+0000", "2012-12-12T10:53:43Z"),
        ("2012-12-12T10:53:43.5+0000", "2012-12-12T10:53:43.500Z"),
        ("2012-12-12T10:53:43+01", "2012-12-12T10:53:43+01:00"),
        ("2012-12-12T10:53:43,5Z", "2012-12-12T10:53:43.5Z"),
        ("2012-12-12 10:53:43 +0100", "2012-12-12T10:53:43+01:00"),
        ("2012-12-12 10:53:43 UTC", "2012-12-12T10:53:43Z"),
        ("2012-12-12T10:53Z", "2012-12-12T10:53:00Z"),
        ("2012-12-12T10:53+0100", "2012-12-12T10:53:00+01:00"),
        (" 2012-12-12T10:53:43Z ", "2012-12-12T10:53:43Z"),
    ] {
        assert_eq!(time(read), time(meant), "{read}");
        assert!(!time(read).is_local());
        kept(read);
    }
}

#[test]
fn without_an_offset_it_is_local() {
    let utc = time("2012-12-12T10:53:43Z");
    for text in [
        "2012-12-12T10:53:43",
        "2012-12-12 10:53:43",
        "2012-12-12t10:53:43.000",
        "2012-12-12T10:53:43,0",
    ] {
        assert!(time(text).is_local(), "{text}");
        assert_eq!(time(text).offset(), None);
        let error = SystemTime::try_from(&time(text)).unwrap_err();
        assert_eq!(error.to_string(), "a time without an offset is no moment");
        assert_eq!(time(text), time("2012-12-12T10:53:43"));
        assert_ne!(time(text), utc);
        kept(text);
    }
    assert!(time("2012-12-12T10:53").is_local());
}

fn kept(text: &str) {
    let encoded = json!(text).to_string();
    assert_eq!(time(text).to_string(), text);
    assert_eq!(to_string(&from_str::<DateTime>(&encoded).unwrap()).unwrap(), encoded);
}

#[test]
fn moments_are_compared() {
    let utc = time("2024-02-29T12:00:00Z");
    let local = time("2024-02-29T13:00:00.0+01:00");
    assert_eq!(utc, local);
    assert_ne!(utc, time("2024-02-29T12:00:00.001Z"));
    assert!(utc < time("2024-02-29T12:00:00.001Z"));
    assert_eq!((utc.offset(), local.offset()), (Some(0), Some(3_600)));
    assert_eq!(format!("{utc:?}"), "2024-02-29T12:00:00Z");
    assert_eq!(HashSet::from([utc.clone(), local]).len(), 1);
    let without = time("2024-02-29T12:00:00");
    assert_eq!(
        BTreeSet::from([without.clone(), utc.clone()]).into_iter().collect::<Vec<_>>(),
        [utc, without]
    );
    let leap = time("1990-12-31T23:59:60.5Z");
    assert!(time("1990-12-31T23:59:59.9Z") < leap && leap < time("1991-01-01T00:00:00Z"));
}

#[test]
fn the_time_of_the_system() {
    let at = |seconds: i64, nanoseconds: u64| {
        let distance = Duration::from_secs(seconds.unsigned_abs());
        let second = if seconds < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance };
        second + Duration::from_nanos(nanoseconds)
    };
    for (text, seconds, nanoseconds) in [
        ("1970-01-01T00:00:00Z", 0, 0),
        ("1969-12-31T23:59:59Z", -1, 0),
        ("1969-12-31T23:59:58.500Z", -2, 500_000_000),
        ("2024-02-29T12:00:01Z", 1_709_208_001, 0),
        ("2001-09-09T01:46:40.000001Z", 1_000_000_000, 1_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
        ("-0001-12-31T23:59:59Z", -62_167_219_201, 0),
        ("1600-02-29T00:00:00.000000001Z", -11_670_998_400, 1),
        ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999),
        ("+10000-01-01T00:00:00Z", 253_402_300_800, 0),
        ("+292277026596-12-04T15:30:07Z", i64::MAX, 0),
    ] {
        let system = at(seconds, nanoseconds);
        assert_eq!(DateTime::from(system).to_string(), text);
        assert_eq!(DateTime::from(system), time(text));
        assert_eq!(SystemTime::try_from(&time(text)), Ok(system));
    }
    let leap = SystemTime::try_from(&time("1990-12-31T23:59:60.5Z")).unwrap();
    assert_eq!(DateTime::from(leap).to_string(), "1991-01-01T00:00:00.500Z");
    assert!("+292277026596-12-04T15:30:08Z".parse::<DateTime>().is_err());
    assert!("+999999999999-01-01T00:00:00Z".parse::<DateTime>().is_err());
}

#[test]
fn days_exist_or_not() {
    for (year, month, day) in
        [(2023, 2, 29), (1900, 2, 29), (2024, 0, 1), (2024, 13, 1), (2024, 4, 31)]
    {
        assert!(Date::new(year, month, day).is_err());
    }
    assert_eq!(Date::new(2000, 2, 29).unwrap().to_string(), "2000-02-29");
    assert_eq!(Date::new(12_000, 2, 29).unwrap(), "+12000-02-29".parse().unwrap());
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,40}", digits in "[-+0-9TtZz:., ]{0,40}") {
        for text in [text, digits] {
            if let Ok(time) = text.parse::<DateTime>() {
                prop_assert_eq!(time.to_string(), text);
            } else if let Ok(day) = text.parse::<Date>() {
                prop_assert_eq!(day.to_string(), text);
            }
        }
    }
}

#[test]
fn invalid_times_are_errors() {
    for text in [
        "",
        "now",
        "12:00Z",
        "2024-02-29",
        "2024-02-30T00:00:00Z",
        "2024-02-30T00:00:00",
        "2024-02-29T25:00:00",
        "2024-02-29T12:00:00+",
        "2024-02-29T12:00:00Zulu",
        "2024-02-29T",
        "2006-01-02T15:04:05Z07:00",
        "äääääääää",
    ] {
        assert!(text.parse::<DateTime>().is_err(), "{text}");
        let error = from_str::<DateTime>(&json!(text).to_string()).unwrap_err().to_string();
        assert!(error.contains(&format!("`{text}`: ")), "{error}");
    }
    assert!(from_str::<DateTime>("1709208000").is_err());
}

#[test]
fn dates() {
    let date: Date = "2024-02-29".parse().unwrap();
    assert_eq!((date.year(), date.month(), date.day()), (2024, 2, 29));
    assert_eq!(date, Date::new(2024, 2, 29).unwrap());
    assert_eq!(date.to_string(), "2024-02-29");
    assert_eq!(json!(date), json!("2024-02-29"));
    assert_eq!(from_str::<Date>("\"2024-02-29\"").unwrap(), date);
    let short: Date = from_str("\"2024-2-29\"").unwrap();
    assert_eq!((json!(short), &short), (json!("2024-2-29"), &date));
    assert_eq!(format!("{short} {short:?} {short:>10}"), "2024-2-29 2024-2-29  2024-2-29");
    assert!(date > "2024-2-9".parse().unwrap());
    for text in
        ["2023-02-29", "24-02-29", "2024-02", "2024-+2-29", "2024-02-290", "12024-02-29", ""]
    {
        let error = from_str::<Date>(&json!(text).to_string()).unwrap_err().to_string();
        assert!(error.contains(&format!("`{text}`: not a date of RFC 3339")), "{error}");
    }
}
