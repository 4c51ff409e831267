//! Transfer rate and remaining time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use box_upload_common::units::{OutOf, Size, Time};

/// Window over which the rate is measured.
const WINDOW: Duration = Duration::from_secs(15);
/// Interval between samples.
const STEP: Duration = Duration::from_millis(250);

/// The last seconds of a transfer.
pub(super) struct Pace {
    /// Bytes transferred at a time, oldest first.
    marks: VecDeque<(Instant, u64)>,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { marks: VecDeque::from([(now, 0)]) }
    }

    /// Records the bytes transferred in all, without those already in Box.
    pub(super) fn record_bytes(&mut self, now: Instant, gone: u64) {
        let latest = self.marks.back().map(|(at, _)| now.saturating_duration_since(*at));
        if latest.is_none_or(|age| age >= STEP) {
            self.marks.push_back((now, gone));
        }
        while self.marks.len() > 2
            && self.marks.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW)
        {
            self.marks.pop_front();
        }
    }

    /// Bytes per second, once there is enough to measure.
    fn rate(&self, now: Instant, gone: u64) -> Option<f64> {
        let (start, before) = self.marks.front()?;
        let seconds = now.saturating_duration_since(*start).as_secs_f64();
        let bytes = gone.checked_sub(*before).filter(|bytes| *bytes > 0)?;
        (seconds > 0.2).then(|| bytes as f64 / seconds)
    }

    /// `30 of 150 MiB  2 MiB/s  1 min 0 s left`; `kept` bytes took no time.
    pub(super) fn describe_progress(
        &self,
        now: Instant,
        done: u64,
        kept: u64,
        total: u64,
    ) -> String {
        let mut text = OutOf(done, total).to_string();
        if let Some(rate) = self.rate(now, done.saturating_sub(kept)) {
            let left = total.saturating_sub(done) as f64 / rate;
            let left = Duration::try_from_secs_f64(left.round()).unwrap_or(Duration::MAX);
            text += &format!("  {}/s", Size(rate as u64));
            if !left.is_zero() {
                text += &format!("  {} left", Time(left));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resumed_parts_do_not_count_for_the_rate() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let now = start + Duration::from_secs(10);
        pace.record_bytes(now, 20 << 20);
        let text = pace.describe_progress(now, 30 << 20, 10 << 20, 150 << 20);
        assert_eq!(text, "30 of 150 MiB  2 MiB/s  1 min 0 s left");
        assert_eq!(Pace::new(start).describe_progress(start, 0, 0, 5), "0 of 5 B");
    }

    #[test]
    fn only_the_latest_seconds_count() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut pace = Pace::new(start);
        for second in 1..=60 {
            // Fast for half a minute, then a tenth of it.
            let gone = if second <= 30 { second * 100 } else { 3_000 + (second - 30) * 10 };
            pace.record_bytes(after(second), gone);
        }
        assert_eq!(pace.rate(after(60), 3_300).map(f64::round), Some(10.0));
        // Bytes that have to be sent again are not a rate.
        assert_eq!(pace.rate(after(60), 10), None);
    }
}
