//! An emulator of Box's upload service, for tests, with fault injection.
//!
//! An [`Emulator`] listens on a local port and behaves as Box's upload servers do: upload sessions
//! with all checks and errors, uploads in one request, preflight checks, folders, tokens. A
//! [`FaultPlan`] makes it lose responses, reset connections, stall, or respond with errors.
//! Dropping it removes everything.
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
#[cfg(feature = "record")]
mod recording;
mod request_log;
mod service;
mod settings;
mod store;
mod timestamp;
mod tls;

pub use builder::{Builder, StartError};
pub use emulator::Emulator;
pub use fault::{
    Action, Fault, FaultPlan, FaultResponse, Fired, Moment, On, PlanError, ResponseBodyKind,
    RetryAfter, StallAt, Times,
};
pub use operation::Operation;
#[cfg(feature = "record")]
pub use recording::{Recorder, Replayer, RunningProxy};
pub use request_log::Request;
pub use settings::Access;
