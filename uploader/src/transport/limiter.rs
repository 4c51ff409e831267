//! Limiting the rate of all senders together.

use box_upload_common::lock;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// How early a slice may be sent, and how long it is at most: short enough for an even flow, long
/// enough that senders rarely wake up.
const SPAN: Duration = Duration::from_millis(25);

/// A schedule shared by all senders: each slice of bytes reserves the time it takes at the limit.
/// Equivalent to a token bucket, expressed in times.
pub(super) struct Limiter {
    bytes_per_second: u64,
    /// When the next slice may start.
    free: Mutex<Instant>,
}

impl Limiter {
    pub(super) fn new(bytes_per_second: u64) -> Self {
        Self { bytes_per_second, free: Mutex::new(Instant::now()) }
    }

    /// Reserves a slice of at most `length` bytes. Returns its size and when it may be sent; `None`
    /// is now.
    pub(super) fn reserve_bytes(&self, length: usize) -> (usize, Option<Instant>) {
        let slice = u128::from(self.bytes_per_second) * SPAN.as_nanos() / NANOS;
        let slice = usize::try_from(slice).unwrap_or(usize::MAX).clamp(1, length.max(1));
        let nanos = slice as u128 * NANOS / u128::from(self.bytes_per_second);
        let time = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        let now = Instant::now();
        let mut free = lock(&self.free);
        // Unused time is lost: no burst after a pause.
        let start = (*free).max(now.checked_sub(SPAN).unwrap_or(now));
        *free = start + time;
        (slice, (start > now + SPAN).then_some(start))
    }
}

const NANOS: u128 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn slices_are_as_small_as_the_limit_asks_for() {
        for (limit, length, slice) in
            [(1_000, 500, 25), (1, 500, 1), (1_000_000_000, 500, 500), (u64::MAX, 7, 7), (9, 0, 1)]
        {
            assert_eq!(Limiter::new(limit).reserve_bytes(length).0, slice, "{limit}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn unused_bandwidth_is_not_saved_up() {
        let limiter = Limiter::new(1_000);
        tokio::time::advance(Duration::from_secs(3600)).await;
        // One slice for the time that has passed, one early, and one on time.
        for at_once in [true, true, true, false] {
            assert_eq!(limiter.reserve_bytes(100).1.is_none(), at_once);
        }
    }
}
