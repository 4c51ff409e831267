//! What users of the generated crate count on.
//!
//! `generated/` stands alone and nobody writes in it, so its tests are here: one binary, which links once.

mod document;
mod fixtures;
mod server;
mod transport;

mod beside;
mod bounds;
mod codegen;
mod decoding;
mod errors;
mod examples;
mod machine;
mod members;
mod outcomes;
mod outline;
mod pages;
mod part_body;
mod reached;
mod readme;
mod standalone;
mod tokens;
mod unions;
mod urls;
mod wire;
