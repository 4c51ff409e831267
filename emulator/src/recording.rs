//! Recordings of Box: made by a proxy between a client and Box, and replayed without Box.

mod authorities;
mod exchange;
mod listener;
mod recorder;
mod redaction;
mod replayer;

pub use listener::RunningProxy;
pub use recorder::Recorder;
pub use replayer::Replayer;
