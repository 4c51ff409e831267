//! The runtime of the emitted crates: compiled as it is in them, and tested.

#[path = "../../runtime"]
mod source {
    pub(crate) mod runtime;
}
pub(crate) use source::runtime;

mod parameter;
