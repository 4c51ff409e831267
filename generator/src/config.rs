//! What the caller chooses.

/// What the caller of the generator chooses; everything else comes from the document.
#[derive(Clone, Debug)]
pub struct Config {
    /// Package name of the emitted crate, as in `Cargo.toml`.
    pub name: String,
    /// Version of the emitted crate.
    pub version: String,
}
