//! How often and when requests are retried.

use std::time::Duration;

/// How many rejected tokens a request survives before the credentials count as invalid.
pub(crate) const REJECTIONS: u32 = 2;

/// Limits of an upload's retries.
///
/// Before each attempt it waits a random time between zero and a limit that doubles from
/// `first_delay` to `longest_delay` ("full jitter"). A `Retry-After` takes precedence if it is
/// within `longest_retry_after`.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// Maximum attempts per request, including the first.
    pub attempts: u32,
    /// Maximum failed requests per upload.
    pub failures: u32,
    /// Maximum number of new sessions per upload.
    pub restarts: u32,
    /// Upper limit of the first delay.
    pub first_delay: Duration,
    /// Upper limit of every delay.
    pub longest_delay: Duration,
    /// Longest `Retry-After` that is honored.
    pub longest_retry_after: Duration,
    /// How long the service may take to process the parts once all are uploaded.
    pub processing: Duration,
}

impl Default for Retry {
    /// 10 attempts within about two minutes, 1,000 failures, 3 restarts, 30 minutes of processing.
    fn default() -> Self {
        Self {
            attempts: 10,
            failures: 1000,
            restarts: 3,
            first_delay: Duration::from_secs(1),
            longest_delay: Duration::from_secs(60),
            longest_retry_after: Duration::from_secs(600),
            processing: Duration::from_secs(1800),
        }
    }
}

impl Retry {
    /// The delay after attempt number `attempt`, counted from 1.
    pub(crate) fn delay(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1).min(31));
        let limit = self.first_delay.saturating_mul(doubled).min(self.longest_delay);
        limit.mul_f64(fastrand::f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_their_limit() {
        let retry = Retry::default();
        for attempt in 1..100 {
            let limit = Duration::from_secs(1 << (attempt - 1).min(6)).min(retry.longest_delay);
            assert!((0..100).all(|_| retry.delay(attempt) <= limit), "{attempt}");
        }
        assert!((0..100).any(|_| retry.delay(20) > Duration::from_secs(30)));
    }
}
