//! The `Retry-After` header (RFC 9110, section 10.2.3).

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};

use super::clock::now;
use super::{Error, Reply};

/// When to retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// After this time. Fractions of a second are accepted, although the RFC has none.
    Delay(Duration),
    /// At this time.
    At(SystemTime),
}

impl RetryAfter {
    /// The time until then; zero if it is in the past.
    pub fn delay(self) -> Duration {
        match self {
            Self::Delay(delay) => delay,
            Self::At(time) => time.duration_since(now()).unwrap_or_default(),
        }
    }
}

impl<E> Error<E> {
    /// When the service asks clients to retry. A date is compared with the response's own `Date`, so
    /// wrong clocks do not matter.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        let headers = self.response()?.headers();
        let text = |name| headers.get(name)?.to_str().ok();
        Some(relative(
            text(RETRY_AFTER)?.parse().ok()?,
            text(DATE).and_then(|date| date.parse().ok()),
        ))
    }
}

impl Reply {
    /// When the service asks to try again, as [`Error::retry_after`] reads it.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        Some(relative(self.header(RETRY_AFTER.as_str())?, self.header(DATE.as_str())))
    }
}

/// The time from `date`, which the service sent with it.
fn relative(after: RetryAfter, date: Option<RetryAfter>) -> RetryAfter {
    match (after, date) {
        (RetryAfter::At(time), Some(RetryAfter::At(date))) => {
            RetryAfter::Delay(time.duration_since(date).unwrap_or_default())
        }
        _ => after,
    }
}

impl FromStr for RetryAfter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let seconds = text.trim().parse().ok();
        let delay = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let at = || SystemTime::UNIX_EPOCH.checked_add(http_date(text)?);
        let either = delay.map(Self::Delay).or_else(|| at().map(Self::At));
        either.ok_or("neither seconds nor an HTTP date")
    }
}

/// The time from 1970 to an HTTP date, in any of its three forms (RFC 9110, section 5.6.7).
fn http_date(text: &str) -> Option<Duration> {
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut numbers = Vec::new();
    let mut month = None;
    let mut time = None;
    for word in text.split([' ', ',', '-']).filter(|word| !word.is_empty()).skip(1) {
        if let Ok(number) = word.parse::<u64>() {
            numbers.push(number);
        } else if word.contains(':') {
            time = word.split(':').map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>();
        } else if word != "GMT" {
            month = months.iter().zip(1..).find(|(name, _)| **name == word).map(|(_, month)| month);
        }
    }
    let (&[day, year], &[hour, minute, second]) = (&*numbers, &*time?) else { return None };
    let year = if year < 70 {
        year + 2000
    } else if year < 100 {
        year + 1900
    } else {
        year
    };
    let fits = (1970..10_000).contains(&year) && (1..=31).contains(&day);
    if !fits || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // In years that begin in March a leap day is the last day.
    let month = month?;
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day;
    Some(Duration::from_secs((days - 719_469) * 86_400 + hour * 3_600 + minute * 60 + second))
}
