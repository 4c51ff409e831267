//! Turns an OpenAPI 3.0 document into a Rust client crate.

pub mod config;
pub mod diagnostics;
mod lower;
pub mod model;
