//! What users of the generated crate count on.
//!
//! `generated/` contains only generated files, so its tests are here, in one binary, which links once.

mod document;
mod fixtures;
mod server;
mod transport;

mod codegen;
mod decoding;
mod errors;
mod examples;
mod no_host_paths;
mod other_operations;
mod outcomes;
mod over_reqwest;
mod pages;
mod part_body;
mod public_api;
mod reached;
mod readme;
mod rows;
mod send_bounds;
mod standalone;
mod tokens;
mod unions;
mod unknown_members;
mod urls;
mod wire;
