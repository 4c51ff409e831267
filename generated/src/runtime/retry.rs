//! Sending a request again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::{Failure, Reply, RetryAfter, error};

/// When, and how often, a failed request is sent again, for
/// [`ClientBuilder::retry`](super::ClientBuilder::retry).
///
/// These are sent again:
/// - any request that certainly was not sent, because there was no connection, or that got a 429;
/// - an idempotent request (RFC 9110, section 9.2.2), if the exchange broke off, took too long, or got
///   408, 500, 502, 503 or 504. Idempotent are `GET`, `HEAD`, `OPTIONS`, `PUT`, `DELETE` and `QUERY`,
///   requests with a header `Idempotency-Key`, and those that the document declares to be
///   (`x-idempotent: true`; `false` is the opposite).
///
/// A request whose body is a stream is never sent again. Note that a repeated request may get another
/// response than the first: a `DELETE` whose response was lost may get a 404 the second time.
///
/// The delay before each attempt is random, between zero and a limit that doubles each time ("full
/// jitter"). The service's `Retry-After` takes precedence.
///
/// All requests of a client share a budget, so that a service that is down does not get several times
/// the usual load: each attempt after the first costs one, and each request that succeeds at the first
/// attempt returns a fifth of one.
#[derive(Clone, Debug)]
pub struct Retry {
    attempts: u32,
    first_delay: Duration,
    longest_delay: Duration,
    longest_retry_after: Duration,
    pub(super) attempt_timeout: Option<Duration>,
    budget: u32,
}

impl Default for Retry {
    /// 3 attempts, with delays of up to 0.5 s at first and 20 s at most, or what the service asks for if
    /// that is at most 60 s; a budget of 50; no time limit for an attempt.
    fn default() -> Self {
        Self {
            attempts: 3,
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(20),
            longest_retry_after: Duration::from_secs(60),
            attempt_timeout: None,
            budget: 50,
        }
    }
}

impl Retry {
    /// Sets how often a request is sent at most, including the first time.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the limit of the first delay, and that of all delays.
    #[must_use]
    pub fn delays(mut self, first: Duration, longest: Duration) -> Self {
        self.first_delay = first;
        self.longest_delay = longest;
        self
    }

    /// Sets the longest `Retry-After` to wait for. After a longer one, the request is not sent again, and
    /// [`Error::retry_after`](super::Error::retry_after) returns it.
    #[must_use]
    pub fn longest_retry_after(mut self, limit: Duration) -> Self {
        self.longest_retry_after = limit;
        self
    }

    /// Limits the time of each attempt of an idempotent request, after which the next one starts.
    /// [`ClientBuilder::timeout`](super::ClientBuilder::timeout) limits the whole call.
    #[must_use]
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = Some(limit);
        self
    }

    /// Sets how many attempts after the first all requests of the client may take together, before
    /// successful requests refill the budget.
    #[must_use]
    pub fn budget(mut self, attempts: u32) -> Self {
        self.budget = attempts;
        self
    }
}

/// What an attempt takes from the budget, where what a good request gives is 1.
const COST: u32 = 5;

/// A policy, and what is left of its budget.
pub(super) struct Retries {
    pub(super) policy: Retry,
    left: AtomicU32,
}

impl Retries {
    pub(super) fn new(policy: Retry) -> Self {
        let left = AtomicU32::new(policy.budget.saturating_mul(COST));
        Self { policy, left }
    }

    /// How long to wait before a request is sent again whose attempt of this number, counted from 1,
    /// ended so; `None` if it is not to be sent again. `left`: the time that is left for the whole call.
    pub(super) fn delay_after(
        &self,
        attempt: u32,
        idempotent: bool,
        outcome: &Result<Reply, Failure>,
        left: Option<Duration>,
    ) -> Option<Duration> {
        let policy = &self.policy;
        if !is_transient(outcome, idempotent) {
            let is_good = outcome.as_ref().is_ok_and(|reply| reply.status() < 500);
            if attempt == 1 && is_good {
                let full = policy.budget.saturating_mul(COST);
                self.change(|left| (left < full).then_some(left + 1));
            }
            return None;
        }
        if attempt >= policy.attempts {
            return None;
        }
        let asked = outcome.as_ref().ok().and_then(Reply::retry_after).map(RetryAfter::delay);
        let delay = match asked {
            Some(asked) if asked > policy.longest_retry_after => return None,
            // A little later than asked, lest all who were told the same come at once.
            Some(asked) => asked.saturating_add(policy.first_delay.mul_f64(random())),
            None => {
                let doubled = 2_u32.saturating_pow(attempt - 1);
                let limit = policy.first_delay.saturating_mul(doubled).min(policy.longest_delay);
                limit.mul_f64(random())
            }
        };
        // What would not be sent again in time is the outcome now, and costs nothing.
        if left.is_some_and(|left| delay >= left) {
            return None;
        }
        self.change(|left| left.checked_sub(COST)).then_some(delay)
    }

    fn change(&self, change: impl Fn(u32) -> Option<u32>) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change).is_ok()
    }
}

fn is_transient(outcome: &Result<Reply, Failure>, idempotent: bool) -> bool {
    match outcome {
        Ok(reply) => (idempotent || reply.status() == 429) && error::is_transient(reply.status()),
        Err(error) => (idempotent || error.is_connect()) && error.is_transient(),
    }
}

/// A number from 0 to 1. Hash maps are seeded by the system, and no other crate is needed for it.
fn random() -> f64 {
    RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64
}
