//! Fault injection.

mod action;
mod plan;
mod trigger;

pub use action::{Action, FaultResponse, Moment, ResponseBodyKind, RetryAfter, StallAt};
pub use plan::{Fault, FaultPlan, On, PlanError, Times};
pub(crate) use trigger::Faults;
pub use trigger::Fired;
