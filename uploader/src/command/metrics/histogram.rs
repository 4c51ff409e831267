//! Distributions of durations.

use std::time::Duration;

/// Buckets for each doubling of the duration: each is 4.4 % wide.
const PER_DOUBLING: f64 = 16.0;

/// Buckets from 1 µs to more than 12 days.
const BUCKETS: usize = 40 * 16;

/// A distribution from which quantiles are read, to within 4.4 %.
pub(super) struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    longest: Duration,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: vec![0; BUCKETS], count: 0, longest: Duration::ZERO }
    }
}

impl Histogram {
    pub(super) fn record(&mut self, duration: Duration) {
        let micros = (duration.as_secs_f64() * 1e6).max(1.0);
        let index = (micros.log2() * PER_DOUBLING) as usize;
        if let Some(bucket) = self.buckets.get_mut(index.min(BUCKETS - 1)) {
            *bucket += 1;
        }
        self.count += 1;
        self.longest = self.longest.max(duration);
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The duration that this part of all does not exceed.
    pub(super) fn quantile(&self, part: f64) -> Option<Duration> {
        let rank = ((self.count as f64 * part).ceil() as u64).max(1);
        let mut seen = 0;
        let index = self.buckets.iter().position(|bucket| {
            seen += bucket;
            seen >= rank
        })?;
        let micros = ((index + 1) as f64 / PER_DOUBLING).exp2();
        Some(Duration::from_secs_f64(micros / 1e6).min(self.longest))
    }
}

/// Upper bounds of the buckets that are published, in seconds.
pub(super) const BOUNDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];

/// A distribution as Prometheus collects it.
#[derive(Default)]
pub(super) struct Buckets {
    /// How many were within each bound, and not within a smaller one.
    pub(super) counts: [u64; BOUNDS.len()],
    pub(super) count: u64,
    pub(super) sum: Duration,
}

impl Buckets {
    pub(super) fn record(&mut self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        if let Some(index) = BOUNDS.iter().position(|bound| seconds <= *bound) {
            self.counts[index] += 1;
        }
        self.count += 1;
        self.sum += duration;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_close() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.5), None);
        (1..=1_000).for_each(|ms| histogram.record(Duration::from_millis(ms)));
        for (part, exact) in [(0.001, 1), (0.5, 500), (0.9, 900), (0.99, 990), (1.0, 1_000)] {
            let found = histogram.quantile(part).unwrap();
            let exact = Duration::from_millis(exact);
            assert!(found >= exact && found <= exact.mul_f64(1.045), "{part}: {found:?}");
        }
        histogram.record(Duration::ZERO);
        histogram.record(Duration::MAX);
        assert_eq!(
            histogram.quantile(0.0),
            Some(Duration::from_secs_f64(1e-6 * 2_f64.powf(1.0 / 16.0)))
        );
    }

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let mut buckets = Buckets::default();
        [5, 6, 400_000].into_iter().for_each(|ms| buckets.record(Duration::from_millis(ms)));
        assert_eq!((buckets.counts[0], buckets.counts[1], buckets.count), (1, 1, 3));
    }
}
