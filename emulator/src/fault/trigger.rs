//! A fault plan in action: counts requests, fires faults, and records them.

use std::sync::Mutex;

use fastrand::Rng;
use serde::Serialize;

use super::{Action, Fault, FaultPlan, On, Times};
use crate::operation::Operation;
use box_upload_common::lock;

/// A fault that fired.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Fired {
    /// Number of the request, counted from 1; `None` for a connection.
    pub request: Option<u64>,
    /// Operation of the request, if known.
    pub operation: Option<Operation>,
    /// Index of the fault in its plan, from 0.
    pub fault: usize,
    /// What it did.
    pub action: Action,
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    plan: FaultPlan,
    /// One for each fault of the plan.
    counters: Vec<Counter>,
    /// The source of their random numbers: each fault has its own, whatever the others do.
    seeds: Rng,
    fired: Vec<Fired>,
}

/// A fault of the plan, and what has come of it.
#[derive(Clone, Debug)]
pub(crate) struct FaultState {
    pub(crate) fault: Fault,
    /// Whether it is switched on.
    pub(crate) enabled: bool,
    /// Number of requests that it concerns, since it was switched on.
    pub(crate) seen: u64,
    /// How often it fired, since it was switched on.
    pub(crate) fired: u64,
}

impl Faults {
    /// Replaces the plan and resets the counters; fired faults stay listed.
    pub(crate) fn set_plan(&self, plan: FaultPlan) {
        let mut state = lock(&self.0);
        let mut seeds = Rng::with_seed(plan.seed);
        state.counters = plan.faults.iter().map(|_| Counter::new(&mut seeds)).collect();
        state.seeds = seeds;
        state.plan = plan;
    }

    /// Adds a fault to the plan; the others keep their counters.
    pub(crate) fn add_fault(&self, fault: Fault) {
        let mut state = lock(&self.0);
        let counter = Counter::new(&mut state.seeds);
        state.counters.push(counter);
        state.plan.faults.push(fault);
    }

    /// Switches a fault on, with its counters at zero, or off. False if there is no such fault.
    pub(crate) fn enable_fault(&self, index: usize, enabled: bool) -> bool {
        let mut state = lock(&self.0);
        let Some(counter) = state.counters.get_mut(index) else { return false };
        if enabled && !counter.enabled {
            counter.seen = 0;
            counter.fired = 0;
        }
        counter.enabled = enabled;
        true
    }

    pub(crate) fn states(&self) -> Vec<FaultState> {
        let state = lock(&self.0);
        let faults = state.plan.faults.iter().zip(&state.counters);
        faults
            .map(|(fault, &Counter { enabled, seen, fired, .. })| FaultState {
                fault: fault.clone(),
                enabled,
                seen,
                fired,
            })
            .collect()
    }

    /// Forgets which faults fired.
    pub(crate) fn clear_fired(&self) {
        lock(&self.0).fired.clear();
    }

    pub(crate) fn plan(&self) -> FaultPlan {
        lock(&self.0).plan.clone()
    }

    pub(crate) fn fired(&self) -> Vec<Fired> {
        lock(&self.0).fired.clone()
    }

    /// The action for a request, if a fault is due.
    pub(crate) fn on_request(&self, request: u64, operation: Option<Operation>) -> Option<Action> {
        self.fire_fault(|on| on.includes(operation), Some(request), operation)
    }

    /// The action for a connection, if a fault is due.
    pub(crate) fn on_connection(&self) -> Option<Action> {
        self.fire_fault(|on| on == On::Connection, None, None)
    }

    fn fire_fault(
        &self,
        concerns: impl Fn(On) -> bool,
        request: Option<u64>,
        operation: Option<Operation>,
    ) -> Option<Action> {
        let mut state = lock(&self.0);
        let State { plan, counters, fired, .. } = &mut *state;
        let mut hit = None;
        for (index, (fault, counter)) in plan.faults.iter().zip(counters).enumerate() {
            if counter.enabled && concerns(fault.on) {
                counter.seen += 1;
                // Drawn even if another fault hits, so that faults do not depend on each other.
                let random = counter.random.f64();
                if hit.is_none() && fault.is_due(counter, random) {
                    counter.fired += 1;
                    hit = Some(index);
                }
            }
        }
        let action = plan.faults[hit?].action.clone();
        fired.push(Fired { request, operation, fault: hit?, action: action.clone() });
        Some(action)
    }
}

/// The state of a fault.
#[derive(Debug)]
struct Counter {
    enabled: bool,
    /// Number of requests that it concerns.
    seen: u64,
    fired: u64,
    random: Rng,
}

impl Counter {
    fn new(seeds: &mut Rng) -> Self {
        Self { enabled: true, seen: 0, fired: 0, random: seeds.fork() }
    }
}

impl Fault {
    /// Whether it fires now; `random` is a number from 0 to less than 1.
    fn is_due(&self, counter: &Counter, random: f64) -> bool {
        let times = match (self.times, self.probability) {
            (Some(Times::Count(times)), _) => times,
            (Some(Times::Forever), _) | (None, Some(_)) => u64::MAX,
            (None, None) => 1,
        };
        counter.fired < times
            && match self.probability {
                Some(chance) => random < chance,
                None => counter.seen >= self.nth.unwrap_or(1),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(plan: FaultPlan, requests: u64) -> Vec<u64> {
        let faults = Faults::default();
        faults.set_plan(plan);
        for request in 1..=requests {
            faults.on_request(request, Some(Operation::UploadPart));
        }
        faults.fired().iter().filter_map(|fired| fired.request).collect()
    }

    #[test]
    fn a_fault_hits_the_nth_request_and_the_following_ones() {
        let fault = |nth| Fault::nth(Operation::UploadPart, nth, Action::Truncate);
        assert_eq!(hits(FaultPlan::new(0).fault(fault(3)), 9), [3]);
        assert_eq!(hits(FaultPlan::new(0).fault(fault(3).times(2)), 9), [3, 4]);
        assert_eq!(hits(FaultPlan::new(0).fault(fault(8).forever()), 9), [8, 9]);
        let other = Fault::nth(Operation::ListParts, 1, Action::Truncate);
        assert!(hits(FaultPlan::new(0).fault(other), 9).is_empty());
    }

    #[test]
    fn the_same_seed_hits_the_same() {
        let plan = |seed| FaultPlan::new(seed).fault(Fault::random(On::Any, 0.3, Action::Truncate));
        assert_eq!(hits(plan(1), 1000), hits(plan(1), 1000));
        assert_ne!(hits(plan(1), 1000), hits(plan(2), 1000));
        let share = hits(plan(1), 1000).len();
        assert!((250..350).contains(&share), "{share}");
    }

    #[test]
    fn the_first_fault_wins() {
        let first = Fault::nth(On::Any, 2, Action::Truncate);
        let second = Fault::nth(On::Any, 1, Action::LoseResponse).forever();
        let faults = Faults::default();
        faults.set_plan(FaultPlan::new(0).fault(first).fault(second));
        let next = || faults.on_request(1, None);
        assert_eq!(next(), Some(Action::LoseResponse));
        assert_eq!(next(), Some(Action::Truncate));
        assert_eq!(next(), Some(Action::LoseResponse));
    }
}
