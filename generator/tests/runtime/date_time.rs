//! `DateTime` and `Date`.

use chrono::{FixedOffset, NaiveDate, TimeDelta, TimeZone, Utc};
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
        assert_eq!(time(text).chrono(), utc.chrono());
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
    let (utc, local) = (time("2024-02-29T12:00:00Z"), time("2024-02-29T13:00:00.0+01:00"));
    assert_eq!(utc, local);
    assert_ne!(utc, time("2024-02-29T12:00:00.001Z"));
    assert!(utc.chrono() < time("2024-02-29T12:00:00.001Z").chrono());
    assert_eq!(local.chrono().offset(), &FixedOffset::east_opt(3_600).unwrap());
    assert_eq!(format!("{utc:?}"), "2024-02-29T12:00:00Z");
    let later = utc.chrono() + TimeDelta::seconds(1);
    assert_eq!(DateTime::from(later).to_string(), "2024-02-29T12:00:01Z");
    let utc = Utc.with_ymd_and_hms(2024, 2, 29, 12, 0, 0).unwrap();
    assert_eq!(DateTime::from(utc), local);
}

#[test]
fn what_is_no_time_is_an_error() {
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
    let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    assert_eq!((date.chrono(), &date), (day, &Date::from(day)));
    assert_eq!(date.to_string(), "2024-02-29");
    assert_eq!(json!(date), json!("2024-02-29"));
    assert_eq!(from_str::<Date>("\"2024-02-29\"").unwrap(), date);
    let short: Date = from_str("\"2024-2-29\"").unwrap();
    assert_eq!((json!(short), &short), (json!("2024-2-29"), &date));
    assert_eq!(format!("{short} {short:?} {short:>10}"), "2024-2-29 2024-2-29  2024-2-29");
    assert!(Date::from(day) > "2024-2-9".parse().unwrap());
    let error = from_str::<Date>("\"2023-02-29\"").unwrap_err().to_string();
    assert!(error.contains("`2023-02-29`: "), "{error}");
}
