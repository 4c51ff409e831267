//! As much of an HTTP server as one page takes.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Largest request head.
const MAX_HEAD: usize = 32 << 10;

/// Reads the head of a request and returns its target; `None` if it is no valid GET request.
pub(crate) async fn read_target(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    // Each byte is looked at once, even if they arrive one by one.
    let mut seen: usize = 0;
    while !head[seen.saturating_sub(3)..].windows(4).any(|end| end == b"\r\n\r\n") {
        seen = head.len();
        if head.len() > MAX_HEAD || stream.read_buf(&mut head).await? == 0 {
            return Ok(None);
        }
    }
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = std::str::from_utf8(line).unwrap_or_default();
    let target = line.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
    Ok(target.map(str::to_owned))
}

/// Responds, and closes the connection. The client may be gone by then.
pub(crate) async fn write_response(stream: &mut TcpStream, status: &str, kind: &str, body: &str) {
    let response = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(response.as_bytes()).await;
    let _ = stream.shutdown().await;
}
