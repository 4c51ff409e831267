//! The crates that are emitted for the documents in `tests/fixtures`, one feature of OpenAPI each:
//! what is in them, that they compile, and what they send and read over a socket.

mod compiled;
mod expected;
mod fixture;
mod items;
mod must_use;
mod snapshots;
mod wire;
mod workspace;
