//! How many requests may be in flight. The number is learned from the service's responses.

use std::sync::Mutex;
use std::time::Duration;

use box_upload_common::lock;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Requests in flight at first, unless fewer are allowed.
const FIRST: usize = 16;

/// Limits the requests in flight, over all uploads that share it.
///
/// While all of it is in use, each round of successful requests raises the limit by one. A response
/// that asks to slow down halves it, and new requests wait as long as the response says.
#[derive(Debug)]
pub(crate) struct Budget {
    permits: Semaphore,
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limit: usize,
    /// Permits to withdraw once they are returned.
    excess: usize,
    /// Successful requests since the limit last changed.
    successes: usize,
    /// Number of times that the limit was lowered.
    lowered: u64,
    paused_until: Option<Instant>,
    figures: Figures,
}

/// What became of the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Largest number of requests that were in flight.
    pub(crate) most_in_flight: usize,
    /// Responses that asked to slow down.
    pub(crate) throttled: u64,
}

/// Permission to have a request in flight.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    budget: &'a Budget,
    permit: Option<SemaphorePermit<'a>>,
    /// [`State::lowered`] when the request started.
    lowered: u64,
}

impl Budget {
    pub(crate) fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        let limit = most.min(FIRST);
        let state = State {
            limit,
            excess: 0,
            successes: 0,
            lowered: 0,
            paused_until: None,
            figures: Figures::default(),
        };
        Self { permits: Semaphore::new(limit), most, state: Mutex::new(state) }
    }

    /// The current limit.
    pub(crate) fn limit(&self) -> usize {
        lock(&self.state).limit
    }

    pub(crate) fn figures(&self) -> Figures {
        lock(&self.state).figures
    }

    /// Waits until another request may be sent.
    pub(crate) async fn acquire(&self) -> Permit<'_> {
        // The semaphore is never closed.
        let permit = self.permits.acquire().await.ok();
        while let Some(until) = self.paused_until() {
            tokio::time::sleep_until(until).await;
        }
        let mut state = lock(&self.state);
        let in_flight = (state.limit + state.excess) - self.permits.available_permits();
        state.figures.most_in_flight = state.figures.most_in_flight.max(in_flight);
        Permit { budget: self, permit, lowered: state.lowered }
    }

    fn paused_until(&self) -> Option<Instant> {
        let mut state = lock(&self.state);
        state.paused_until = state.paused_until.filter(|until| *until > Instant::now());
        state.paused_until
    }
}

impl Permit<'_> {
    /// Records that the service accepted the request.
    pub(crate) fn record_success(&self) {
        let budget = self.budget;
        let mut state = lock(&budget.state);
        // A limit that nobody reaches says nothing about a higher one.
        if state.limit >= budget.most || budget.permits.available_permits() > 0 {
            return;
        }
        state.successes += 1;
        if state.successes >= state.limit {
            state.successes = 0;
            state.limit += 1;
            match state.excess.checked_sub(1) {
                Some(rest) => state.excess = rest,
                None => budget.permits.add_permits(1),
            }
        }
    }

    /// Records that the service asked to slow down, for this long if it said so.
    pub(crate) fn record_throttling(&self, pause: Option<Duration>) {
        let mut state = lock(&self.budget.state);
        state.figures.throttled += 1;
        if let Some(until) = pause.and_then(|pause| Instant::now().checked_add(pause)) {
            state.paused_until = state.paused_until.max(Some(until));
        }
        // Requests that were in flight with this one say the same thing once more.
        if self.lowered != state.lowered {
            return;
        }
        state.lowered += 1;
        state.successes = 0;
        let less = state.limit / 2;
        state.limit -= less;
        state.excess += less - self.budget.permits.forget_permits(less);
        tracing::info!(limit = state.limit, "Box asks to slow down: fewer requests in flight");
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.budget.state);
        if let Some(rest) = state.excess.checked_sub(1) {
            state.excess = rest;
            self.permit.take().into_iter().for_each(SemaphorePermit::forget);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Sends a round of as many requests as are allowed.
    async fn send_round(budget: &Budget, record: impl Fn(&Permit<'_>)) -> usize {
        let mut permits = Vec::new();
        while budget.permits.available_permits() > 0 {
            permits.push(budget.acquire().await);
        }
        permits.iter().for_each(record);
        permits.len()
    }

    #[tokio::test]
    async fn the_limit_rises_by_one_per_round_and_is_halved() {
        let budget = Budget::new(18);
        let mut rounds = Vec::new();
        for _ in 0..4 {
            rounds.push(send_round(&budget, |permit| permit.record_success()).await);
        }
        assert_eq!(rounds, [16, 17, 18, 18]);
        // However many responses of one round say it, the limit is halved once.
        assert_eq!(send_round(&budget, |permit| permit.record_throttling(None)).await, 18);
        assert_eq!((budget.limit(), budget.figures().throttled), (9, 18));
        assert_eq!(send_round(&budget, |permit| permit.record_success()).await, 9);
        assert_eq!(send_round(&budget, |permit| permit.record_success()).await, 10);
        for _ in 0..5 {
            send_round(&budget, |permit| permit.record_throttling(None)).await;
        }
        assert_eq!((budget.limit(), budget.figures().most_in_flight), (1, 18));
    }

    #[tokio::test]
    async fn a_limit_that_is_not_reached_stays() {
        let budget = Budget::new(64);
        for _ in 0..100 {
            budget.acquire().await.record_success();
        }
        assert_eq!(budget.limit(), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn new_requests_wait_as_long_as_the_service_says() {
        let budget = Budget::new(2);
        let start = Instant::now();
        budget.acquire().await.record_throttling(Some(Duration::from_secs(5)));
        drop(budget.acquire().await);
        assert_eq!(start.elapsed().as_secs(), 5);
        drop(budget.acquire().await);
        assert_eq!(start.elapsed().as_secs(), 5);
    }

    #[tokio::test]
    async fn permits_in_use_are_withdrawn_when_they_come_back() {
        let budget = Budget::new(4);
        let permits = [budget.acquire().await, budget.acquire().await, budget.acquire().await];
        permits[0].record_throttling(None);
        assert_eq!((budget.limit(), budget.permits.available_permits()), (2, 0));
        drop(permits);
        assert_eq!(budget.permits.available_permits(), 2);
    }
}
