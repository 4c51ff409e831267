//! How often and when something is tried again.

use std::time::Duration;

/// How many attempts at one request may end with a refused token before the credentials count as
/// bad.
pub(crate) const REJECTIONS: u32 = 2;

/// How persistent an upload is.
///
/// Before each new attempt it waits a random time between zero and a limit that doubles from
/// `first_delay` to `longest_delay` ("full jitter"). Where the service says when to come back,
/// that counts instead, if it is within `longest_retry_after`.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// How often one request is sent at most, the first time included.
    pub attempts: u32,
    /// How many failed requests one upload may have in all.
    pub failures: u32,
    /// How often an upload may start over with a new session.
    pub restarts: u32,
    /// The limit of the first delay.
    pub first_delay: Duration,
    /// The limit of every delay.
    pub longest_delay: Duration,
    /// The longest `Retry-After` that is followed.
    pub longest_retry_after: Duration,
    /// How long the service may take to process the parts once all are there.
    pub processing: Duration,
}

impl Default for Retry {
    /// 10 attempts within about two minutes, 1,000 failures, 3 restarts; 30 minutes of processing.
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
    /// How long to wait after attempt number `attempt`, the first being 1.
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
