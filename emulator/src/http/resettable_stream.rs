//! A TCP connection that can be reset, and tells when the client has closed it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use super::error::Broken;
use super::pause::wait_or_hang;

/// How often to look whether a connection is closed on which bytes wait to be read.
const INTERVAL: Duration = Duration::from_millis(50);

/// The stream below TLS and HTTP. After [`ConnectionHandle::reset`], dropping it sends RST instead of
/// FIN.
#[derive(Debug)]
pub(crate) struct ResettableStream(ConnectionHandle);

/// The connection, for those who handle its requests.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionHandle {
    stream: Arc<TcpStream>,
    reset: Arc<AtomicBool>,
}

impl ConnectionHandle {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream: Arc::new(stream), reset: Arc::default() }
    }

    /// Closes the connection with a reset when it is dropped.
    pub(crate) fn reset(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }

    /// Waits for a time or forever, but no longer than the client: while nobody reads, nobody else
    /// notices that it is gone.
    pub(crate) async fn wait(&self, time: Option<Duration>) -> Result<(), Broken> {
        tokio::select! {
            () = wait_or_hang(time) => Ok(()),
            () = self.wait_until_closed() => Err(Broken),
        }
    }

    async fn wait_until_closed(&self) {
        while let Ok(ready) = self.stream.ready(Interest::READABLE).await
            && !ready.is_read_closed()
        {
            tokio::time::sleep(INTERVAL).await;
        }
    }
}

impl ResettableStream {
    pub(crate) fn new(connection: ConnectionHandle) -> Self {
        Self(connection)
    }
}

impl Drop for ResettableStream {
    fn drop(&mut self) {
        if self.0.reset.load(Ordering::Relaxed) {
            // A connection that is gone needs no reset.
            let _ = self.0.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for ResettableStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = &self.0.stream;
        loop {
            ready!(stream.poll_read_ready(cx))?;
            match stream.try_read_buf(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read.map(drop)),
            }
        }
    }
}

impl AsyncWrite for ResettableStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = &self.0.stream;
        loop {
            ready!(stream.poll_write_ready(cx))?;
            match stream.try_write_vectored(slices) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // TCP has no buffer of its own to flush.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // It is dropped next, which closes the connection.
        Poll::Ready(Ok(()))
    }
}
