//! Clocks. The standard library has none for WebAssembly outside of WASI; without that of JavaScript,
//! time stands still.

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use std::time::Instant;
use std::time::{Duration, SystemTime};

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(super) fn now() -> SystemTime {
    SystemTime::now()
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(super) fn now() -> SystemTime {
    #[cfg(feature = "fetch")]
    let millis = js_sys::Date::now() as u64;
    #[cfg(not(feature = "fetch"))]
    let millis = 0;
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
}

/// A time limit that has begun.
pub(super) struct Deadline {
    limit: Option<Duration>,
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    start: Instant,
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    start: SystemTime,
}

impl Deadline {
    /// What is left of the limit, if there is one.
    pub(super) fn left(&self) -> Option<Duration> {
        Some(self.limit?.saturating_sub(self.elapsed()))
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl Deadline {
    /// Begins now.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self { limit, start: Instant::now() }
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
impl Deadline {
    /// Begins now.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self { limit, start: now() }
    }

    fn elapsed(&self) -> Duration {
        now().duration_since(self.start).unwrap_or_default()
    }
}
