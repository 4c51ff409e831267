//! What box-uploader and box-emulator share. It has no stable API: use it through those crates.

mod sha1_hash;
mod sync;
pub mod units;

pub use sha1_hash::Sha1Hash;
pub use sync::lock;
