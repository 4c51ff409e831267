//! What users of the generated crate count on.
//!
//! `generated/` stands alone and nobody writes in it, so its tests are here: one binary, which links once.

mod fixtures;
mod server;
mod transport;

mod decoding;
mod errors;
mod outcomes;
mod part_body;
mod tokens;
mod unions;
mod urls;
mod wire;
