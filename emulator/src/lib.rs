//! Box's upload service on your own machine: to test uploads against, and to misbehave on demand.
//!
//! An [`Emulator`] listens on a port of this machine and behaves as Box's upload servers do:
//! upload sessions with all their checks and errors, direct uploads, preflight checks, folders,
//! tokens. A [`FaultPlan`] makes it lose answers, reset connections, stall, or answer what Box
//! answers on a bad day. Once it is dropped, nothing of it is left.
//!
//! ```
//! use box_emulator::{Action, Emulator, Fault, FaultPlan, Operation};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let emulator = Emulator::builder()
//!     .part_size(1024)
//!     .smallest_file(0)
//!     .faults(FaultPlan::new(7).fault(Fault::nth(Operation::UploadPart, 3, Action::LoseResponse)))
//!     .start()
//!     .await?;
//!
//! // Let a client upload to `emulator.url()`, with any token. Then look at what has come of it.
//! assert!(emulator.files().is_empty());
//! assert!(emulator.requests().is_empty());
//! assert!(emulator.fired().is_empty());
//! # Ok(())
//! # }
//! ```

mod backend;
mod builder;
mod emulator;
mod fault;
mod http;
mod operation;
mod random;
mod request_log;
mod service;
mod settings;
mod sha1_hash;
mod store;
mod sync;
mod timestamp;
mod tls;

pub use builder::{Builder, StartError};
pub use emulator::Emulator;
pub use fault::{
    Action, Fault, FaultPlan, FaultResponse, Fired, Moment, On, PlanError, ResponseBodyKind,
    RetryAfter, StallAt, Times,
};
pub use operation::Operation;
pub use request_log::Request;
pub use settings::Access;
