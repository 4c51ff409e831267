//! Sizes and times as people write them.

use std::time::Duration;

const BYTES: &[(&str, u64)] = &[
    ("", 1),
    ("B", 1),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KIB", 1 << 10),
    ("MIB", 1 << 20),
    ("GIB", 1 << 30),
    ("TIB", 1 << 40),
];

const SECONDS: &[(&str, f64)] =
    &[("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3_600.0), ("d", 86_400.0)];

/// `20000000`, `8MiB`, `20 MB`.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let (number, unit) = split(text);
    let unit = BYTES.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
    let number = number.parse::<u64>().ok();
    let bytes = number.zip(unit).and_then(|(number, (_, unit))| number.checked_mul(*unit));
    bytes.ok_or_else(|| "expected a size such as 20000000, 20MB or 8MiB".to_owned())
}

/// `250ms`, `1.5s`, `7d`.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let unit = SECONDS.iter().find(|(name, _)| *name == unit);
    let number = number.parse::<f64>().ok();
    let seconds = number.zip(unit).map(|(number, (_, unit))| number * unit);
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or_else(|| "expected a duration such as 250ms, 1.5s, 10m, 12h or 7d".to_owned())
}

fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(bytes("20000000"), Ok(20_000_000));
        assert_eq!(bytes("8MiB"), Ok(8 << 20));
        assert_eq!(bytes("20 mb"), Ok(20_000_000));
        for text in ["", "x", "1.5MB", "-1", "8XB", "99999999TB"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times() {
        assert_eq!(time("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(time("1.5 s"), Ok(Duration::from_millis(1_500)));
        assert_eq!(time("7d"), Ok(Duration::from_secs(604_800)));
        for text in ["", "5", "s", "-1s", "1y", "1e9999s"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
