//! Fault injection.

mod action;
mod plan;
mod text;
mod trigger;

pub use action::{Action, FaultResponse, Moment, ResponseBodyKind, RetryAfter, StallAt};
pub use plan::{Fault, FaultPlan, On, PlanError, Times};
pub use trigger::Fired;
pub(crate) use trigger::{FaultState, Faults};
