//! The runtime of the emitted crates: compiled as it is in them, and tested.
//!
//! `service` is a small emitted crate, written by hand.

#![allow(unreachable_pub, reason = "the structs of these tests are private")]

/// The folder of the runtime, which is at the root of an emitted crate.
#[path = "../../runtime"]
pub mod source {
    pub mod runtime;
}
pub use source::runtime;
// These stand at the root of an emitted crate.
pub use source::runtime::client::{Client, ClientBuilder};
pub use source::runtime::error::BuildError;

mod fake;
#[cfg(feature = "client")]
mod peer;
pub mod service;

mod at;
mod base64;
mod body;
mod builder;
mod charset;
mod credential;
#[cfg(all(feature = "chrono", feature = "jiff", feature = "time"))]
mod date_conversions;
mod date_time;
mod decode;
mod decode_path;
mod erased;
mod error;
#[cfg(feature = "client")]
mod failures;
mod form;
mod header;
#[cfg(feature = "client")]
mod http_transport;
mod lenient;
mod limit;
#[cfg(feature = "mock")]
mod mock;
mod multipart;
mod newtype;
mod number;
pub mod open_enum;
mod pages;
mod parameter;
#[cfg(feature = "proxy")]
mod proxy;
mod record;
mod redirect;
mod retry;
mod sse;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "tracing")]
mod trace;
mod tuple;
mod union;
mod unread;
mod webhook;
#[cfg(feature = "client")]
mod wire;
