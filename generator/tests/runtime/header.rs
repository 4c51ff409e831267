//! `Retry-After`, `Digest` and `Content-Range`.

use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::runtime::{ContentRange, Digest, RetryAfter};

#[test]
fn retry_after_in_seconds() {
    for (text, millis) in [("0", 0), ("120", 120_000), (" 1.5 ", 1_500), ("0.25", 250)] {
        let after: RetryAfter = text.parse().unwrap();
        assert_eq!(after, RetryAfter::Delay(Duration::from_millis(millis)));
        assert_eq!(after.delay(), Duration::from_millis(millis));
    }
    for text in ["", "-1", "soon", "1s", "NaN", "inf", "1e30"] {
        assert!(text.parse::<RetryAfter>().is_err(), "{text}");
    }
}

/// RFC 9110, section 5.6.7: its own example in all three forms.
#[test]
fn retry_after_as_a_date() {
    let at = |seconds| RetryAfter::At(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    for (text, seconds) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Tue, 29 Feb 2000 23:59:60 GMT", 951_868_800),
        ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
        ("Sat, 31 Dec 2039 12:00:00 GMT", 2_208_945_600),
        ("Friday, 31-Dec-69 00:00:00 GMT", 3_155_673_600),
    ] {
        assert_eq!(text.parse::<RetryAfter>().unwrap(), at(seconds), "{text}");
    }
    for text in [
        "Sun, 06 Xyz 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1969 08:49:37 GMT",
        "Sun, 06 Nov 99999999999999999 08:49:37 GMT",
        "Sun, 06 anF 1994 08:49:37 GMT",
        "Sun, 06 J 1994 08:49:37 GMT",
        "06 Nov 1994 08:49:37 PST",
    ] {
        assert!(text.parse::<RetryAfter>().is_err(), "{text}");
    }
    assert_eq!(at(5).delay(), Duration::ZERO, "that is over");
    let soon = RetryAfter::At(SystemTime::now() + Duration::from_secs(1_000)).delay();
    assert!(soon <= Duration::from_secs(1_000) && soon > Duration::from_secs(1), "{soon:?}");
}

#[test]
fn digests() {
    // The SHA-1 of nothing.
    let text = "sha=2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
    let empty = [
        0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55, 0xbf, 0xef, 0x95, 0x60, 0x18,
        0x90, 0xaf, 0xd8, 0x07, 0x09,
    ];
    let digest = Digest::sha(&empty);
    assert_eq!(digest.to_string(), text);
    assert_eq!(json!(digest), json!(text));
    assert_eq!(text.parse::<Digest>().unwrap(), digest);
    assert_eq!(" SHA = 2jmj7l5rSw0yVb/vlWAYkK/YBwk= ".parse::<Digest>().unwrap(), digest);
    assert_eq!((digest.algorithm(), digest.bytes()), ("sha", &empty[..]));
    for text in ["", "sha", "sha=***", "2jmj7l5rSw0yVb/vlWAYkK/YBwk=x"] {
        assert!(text.parse::<Digest>().is_err(), "{text}");
    }
}

#[test]
fn content_ranges() {
    let range = ContentRange::new(8, 4, 12).unwrap();
    assert_eq!(range.to_string(), "bytes 8-11/12");
    assert_eq!(json!(range), json!("bytes 8-11/12"));
    assert_eq!((range.first(), range.last(), range.total()), (8, 11, 12));
    assert_eq!("bytes 8-11/12".parse::<ContentRange>().unwrap(), range);
    let max = ContentRange::new(0, u64::MAX, u64::MAX).unwrap();
    assert_eq!(max.to_string().parse::<ContentRange>().unwrap(), max);
    for (first, length, total) in [(0, 0, 5), (0, 6, 5), (5, 1, 5), (u64::MAX, 1, u64::MAX)] {
        assert!(ContentRange::new(first, length, total).is_err(), "{first} {length} {total}");
    }
    for text in ["", "bytes 0-4", "bytes 4-0/9", "bytes 0-9/9", "0-4/9", "bytes */9", "bytes 0-4/*"]
    {
        assert!(text.parse::<ContentRange>().is_err(), "{text}");
    }
}
