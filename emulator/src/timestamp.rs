//! Points in time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use box_upload_sessions::runtime::DateTime;
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Timestamp(u64);

impl Timestamp {
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// Whole seconds since 1970.
    pub(crate) fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// Capped at a century, which RFC 3339 can still express.
    pub(crate) fn plus(self, duration: Duration) -> Self {
        const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
        Self(self.0.saturating_add(duration.min(CENTURY).as_millis() as u64))
    }

    /// Time from `now` until this; zero if it is past.
    pub(crate) fn after(self, now: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(now.0))
    }

    /// In whole seconds, as Box formats times.
    pub(crate) fn date_time(self) -> DateTime {
        DateTime::from(UNIX_EPOCH + Duration::from_secs(self.0 / 1_000))
    }
}
