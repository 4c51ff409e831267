//! Calls emitted crates and compares what goes over the socket with what the standards say.
