//! Mutexes.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A lock whose holder panicked is still a lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
