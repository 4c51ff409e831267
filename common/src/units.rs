//! Sizes and durations as people read them.

use std::fmt;
use std::time::Duration;

const UNITS: &[(&str, u64)] = &[
    ("", 1),
    ("B", 1),
    ("K", 1 << 10),
    ("M", 1 << 20),
    ("G", 1 << 30),
    ("T", 1 << 40),
    ("KIB", 1 << 10),
    ("MIB", 1 << 20),
    ("GIB", 1 << 30),
    ("TIB", 1 << 40),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
];

const SECONDS: &[(&str, f64)] =
    &[("", 1.0), ("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3_600.0), ("d", 86_400.0)];

/// Parses a number of bytes: `500000`, `1.5M`, `10M` and `10MiB` (1,048,576 each), `10MB`
/// (1,000,000).
///
/// # Errors
/// It is not a size.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let (number, unit) = split_unit(text);
    let unit = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
    let bytes = unit.and_then(|(_, unit)| parse_multiple(number, *unit));
    bytes.ok_or_else(|| "expected a size such as 500000, 10M, 10MB or 10MiB".to_owned())
}

/// Multiplies a decimal number by a unit, rounding down.
fn parse_multiple(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = fraction.len();
    // Exact, unlike floating point.
    if digits == 0 || digits > 9 {
        return None;
    }
    let fraction = u128::from(fraction.parse::<u32>().ok()?) * u128::from(unit);
    let fraction = fraction / 10_u128.pow(u32::try_from(digits).ok()?);
    whole.parse::<u64>().ok()?.checked_mul(unit)?.checked_add(u64::try_from(fraction).ok()?)
}

/// Parses a duration: `60`, `1.5s`, `10m`, `2h`, `7d`.
///
/// # Errors
/// It is not a duration.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split_unit(text);
    let unit = SECONDS.iter().find(|(name, _)| *name == unit);
    let number = number.parse::<f64>().ok();
    let seconds = number.zip(unit).map(|(number, (_, unit))| number * unit);
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or_else(|| "expected a duration such as 60, 500ms, 1.5s, 10m or 2h".to_owned())
}

fn split_unit(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim())
}

/// Parses a size of at least one byte.
///
/// # Errors
/// It is not a size, or zero.
pub fn parse_nonzero_size(text: &str) -> Result<u64, String> {
    parse_size(text).and_then(|size| if size > 0 { Ok(size) } else { Err(NONZERO.to_owned()) })
}

/// Parses a duration longer than zero.
///
/// # Errors
/// It is not a duration, or zero.
pub fn parse_nonzero_duration(text: &str) -> Result<Duration, String> {
    let duration = parse_duration(text)?;
    if duration.is_zero() { Err(NONZERO.to_owned()) } else { Ok(duration) }
}

const NONZERO: &str = "must be greater than 0";

/// Displays a number of bytes: `512 B`, `12.3 MiB`.
#[derive(Clone, Copy, Debug)]
pub struct Size(pub u64);

impl Size {
    /// The largest suitable unit and its size in bytes.
    fn suitable_unit(self) -> (&'static str, f64) {
        const NAMES: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
        let mut name = "B";
        let mut size = 1.0;
        for next in NAMES {
            // 1023.96 KiB would be displayed as 1024.0.
            let limit = if name == "B" { 1024.0 } else { 1023.95 };
            if self.0 as f64 / size < limit {
                break;
            }
            name = next;
            size *= 1024.0;
        }
        (name, size)
    }

    /// The number of decimal places: none for a multiple of the unit.
    fn decimal_places(self, unit: f64) -> usize {
        usize::from((self.0 as f64 / unit).fract() != 0.0)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, unit) = self.suitable_unit();
        let number = self.0 as f64 / unit;
        let places = self.decimal_places(unit);
        write!(f, "{number:.places$} {name}")
    }
}

/// Displays a number of bytes out of another, in the latter's unit: `0.3 of 3.2 MiB`.
#[derive(Clone, Copy, Debug)]
pub struct OutOf(pub u64, pub u64);

impl fmt::Display for OutOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, unit) = Size(self.1).suitable_unit();
        let part = self.0 as f64 / unit;
        let whole = self.1 as f64 / unit;
        let places = Size(self.1).decimal_places(unit);
        write!(f, "{part:.places$} of {whole:.places$} {name}")
    }
}

/// Displays a duration: `0.25 s`, `12.3 s`, `20 s`, `2 min 5 s`, `3 h 20 min`.
#[derive(Clone, Copy, Debug)]
pub struct Time(pub Duration);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        match seconds.round() as u64 {
            whole if whole < 60 && self.0.subsec_nanos() == 0 => write!(f, "{whole} s"),
            _ if seconds < 0.995 => write!(f, "{seconds:.2} s"),
            _ if seconds < 59.95 => write!(f, "{seconds:.1} s"),
            whole if whole < 3600 => write!(f, "{} min {} s", whole / 60, whole % 60),
            whole => write!(f, "{} h {} min", whole / 3600, whole / 60 % 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        assert_eq!(parse_size("500000"), Ok(500_000));
        assert_eq!(parse_size("10M"), Ok(10 << 20));
        assert_eq!(parse_size("10 mib"), Ok(10 << 20));
        assert_eq!(parse_size("10MB"), Ok(10_000_000));
        assert_eq!(parse_size("1.5M"), Ok(1_572_864));
        assert_eq!(parse_size("0.1 KB"), Ok(100));
        for text in ["", "x", "1.M", ".5M", "1.5.1M", "-1", "8XB", "99999999T"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_read() {
        assert_eq!(parse_duration("60"), Ok(Duration::from_secs(60)));
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("1.5 s"), Ok(Duration::from_millis(1_500)));
        assert_eq!(parse_duration("2h"), Ok(Duration::from_secs(7_200)));
        for text in ["", "s", "-1s", "1y", "1e9999s"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn zero_is_refused_where_it_makes_no_sense() {
        assert_eq!(parse_size("0"), Ok(0));
        assert_eq!(parse_duration("0s"), Ok(Duration::ZERO));
        for text in ["0", "0.5", "0M", "x"] {
            assert!(parse_nonzero_size(text).is_err(), "{text}");
        }
        for text in ["0", "0ms", "x"] {
            assert!(parse_nonzero_duration(text).is_err(), "{text}");
        }
        assert_eq!(parse_nonzero_size("1K"), Ok(1024));
        assert_eq!(parse_nonzero_duration("7d"), Ok(Duration::from_secs(604_800)));
    }

    #[test]
    fn sizes_are_shown() {
        let shown = |bytes| Size(bytes).to_string();
        assert_eq!(shown(0), "0 B");
        assert_eq!(shown(1023), "1023 B");
        assert_eq!(shown(8 << 20), "8 MiB");
        assert_eq!(shown(8_500_000), "8.1 MiB");
        assert_eq!(shown((1 << 20) - 1), "1.0 MiB");
        assert_eq!(shown(u64::MAX), "16384 PiB");
        assert_eq!(OutOf(1 << 18, 8_500_000).to_string(), "0.2 of 8.1 MiB");
        assert_eq!(OutOf(0, 5).to_string(), "0 of 5 B");
    }

    #[test]
    fn times_are_shown() {
        let shown = |milliseconds| Time(Duration::from_millis(milliseconds)).to_string();
        assert_eq!(shown(2_000), "2 s");
        assert_eq!(shown(250), "0.25 s");
        assert_eq!(shown(996), "1.0 s");
        assert_eq!(shown(12_345), "12.3 s");
        assert_eq!(shown(59_960), "1 min 0 s");
        assert_eq!(shown(125_000), "2 min 5 s");
        assert_eq!(shown(12_000_000), "3 h 20 min");
    }
}
