//! Pauses.

use std::future;
use std::time::Duration;

/// Waits for a time, or forever.
pub(crate) async fn wait_or_hang(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => future::pending().await,
    }
}
