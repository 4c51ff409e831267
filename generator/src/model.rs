//! What the emitter is given.
