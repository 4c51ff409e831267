//! The `Retry-After` header (RFC 9110, section 10.2.3).

use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// After this time. A fraction of a second is understood, though the RFC has none.
    Delay(Duration),
    /// At this time.
    At(SystemTime),
}

impl RetryAfter {
    /// How long it is until then; zero if it is in the past.
    #[must_use]
    pub fn delay(self) -> Duration {
        match self {
            Self::Delay(delay) => delay,
            Self::At(time) => time.duration_since(SystemTime::now()).unwrap_or_default(),
        }
    }
}

/// The text is neither seconds nor an HTTP date.
#[derive(Debug)]
pub struct InvalidRetryAfter;

impl FromStr for RetryAfter {
    type Err = InvalidRetryAfter;

    fn from_str(text: &str) -> Result<Self, InvalidRetryAfter> {
        let delay = text.trim().parse().ok().and_then(|s| Duration::try_from_secs_f64(s).ok());
        let date = || http_date(text).and_then(|s| SystemTime::UNIX_EPOCH.checked_add(s));
        delay.map(Self::Delay).or_else(|| date().map(Self::At)).ok_or(InvalidRetryAfter)
    }
}

/// The time since 1970 of an HTTP date in any of its three forms (RFC 9110, section 5.6.7).
fn http_date(text: &str) -> Option<Duration> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (mut numbers, mut month, mut time) = (Vec::new(), None, None);
    for word in text.split([' ', ',', '-']).filter(|word| !word.is_empty()).skip(1) {
        if let Ok(number) = word.parse::<u64>() {
            numbers.push(number);
        } else if let Some(index) = MONTHS.iter().position(|name| *name == word) {
            month = Some(index as u64 + 1);
        } else if word.contains(':') {
            time = word.split(':').map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<_>>>();
        } else if word != "GMT" {
            return None;
        }
    }
    let (&[day, year], &[hour, minute, second]) = (&*numbers, &*time?) else {
        return None;
    };
    // Two digits are the year that is at most 50 years ahead, which here means: not before 1970.
    let year = if year < 100 { year + if year < 70 { 2000 } else { 1900 } } else { year };
    if !(1970..=9999).contains(&year) || !(1..=31).contains(&day) || hour > 23 || minute > 59 {
        return None;
    }
    // Counted from 1 March, a leap day is the last of its year.
    let month = month?;
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = years * 365 + years / 4 - years / 100 + years / 400 + (months * 153 + 2) / 5 + day;
    let days = days.checked_sub(719_469)?;
    Some(Duration::from_secs(days * 86_400 + hour * 3_600 + minute * 60 + second.min(60)))
}
