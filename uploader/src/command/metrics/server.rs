//! Serves metrics to Prometheus.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::Metrics;
use crate::command::command_error::CommandError;
use crate::command::web;

/// Connections at a time.
const MAX_CONNECTIONS: usize = 32;

/// Time limit for a connection.
const LIMIT: Duration = Duration::from_secs(10);

/// Serves the metrics until the process ends. Returns the address.
pub(crate) async fn serve_metrics(
    metrics: Metrics,
    address: SocketAddr,
) -> Result<SocketAddr, CommandError> {
    let (listener, address) = bind(address).await.map_err(|error| {
        CommandError::setup(format!("cannot serve metrics at {address}")).because(&error)
    })?;
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    tokio::spawn(async move {
        // The semaphore is never closed.
        while let Ok(permit) = permits.clone().acquire_owned().await {
            let Ok((stream, _)) = listener.accept().await else {
                // Too many open files, for example.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let metrics = metrics.clone();
            tokio::spawn(async move {
                let _ = tokio::time::timeout(LIMIT, respond(stream, &metrics)).await;
                drop(permit);
            });
        }
    });
    Ok(address)
}

async fn bind(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

async fn respond(mut stream: TcpStream, metrics: &Metrics) {
    let Ok(Some(target)) = web::read_target(&mut stream).await else { return };
    if target == "/metrics" {
        let kind = "text/plain; version=0.0.4; charset=utf-8";
        web::write_response(&mut stream, "200 OK", kind, &metrics.to_text()).await;
    } else {
        let text = "Metrics are at /metrics.\n";
        web::write_response(&mut stream, "404 Not Found", "text/plain", text).await;
    }
}
