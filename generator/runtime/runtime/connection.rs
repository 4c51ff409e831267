//! Connections that requests are written to.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use hyper_util::client::legacy::connect;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// An open connection: TCP, TLS over TCP, or one from a custom connector.
pub struct Connection {
    io: Box<dyn Io>,
    /// Whether a proxy reads the requests, and so needs the whole URL.
    pub(super) forwarded: bool,
    /// Whether both sides have agreed on HTTP/2.
    pub(super) http2: bool,
    /// Whether the other side takes no more. What it has sent can still be read.
    is_refused: bool,
    handle: ConnectionHandle,
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

impl Connection {
    /// Wraps a connection over which nothing has been sent.
    pub fn new(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self {
            io: Box::new(io),
            forwarded: false,
            http2: false,
            is_refused: false,
            handle: ConnectionHandle::default(),
        }
    }

    /// Reads or writes, unless the connection is to be closed.
    fn poll_io<T>(
        &mut self,
        cx: &mut Context<'_>,
        way: Way,
        poll: impl FnOnce(Pin<&mut dyn Io>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if self.handle.lock().is_closed {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let polled = match way {
            Way::Write if self.is_refused => Poll::Pending,
            _ => poll(Pin::new(&mut *self.io), cx),
        };
        let polled = match (way, polled) {
            // A service that refuses a request may close without reading the rest. Hyper would report this
            // error instead of the response, and reads the end of the connection after it.
            (Way::Write, Poll::Ready(Err(error))) if !self.http2 && is_hangup(&error) => {
                self.is_refused = true;
                Poll::Pending
            }
            (_, polled) => polled,
        };
        self.handle.note(way, polled.is_pending().then(|| cx.waker()));
        polled
    }
}

fn is_hangup(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
}

#[derive(Clone, Copy)]
enum Way {
    Read,
    Write,
}

/// What closes a connection of HTTP/1.1, and tells whether it is blocked.
#[derive(Clone, Default)]
pub(super) struct ConnectionHandle(Arc<Mutex<ConnectionState>>);

#[derive(Default)]
struct ConnectionState {
    is_closed: bool,
    /// Whether there is something to write that the other side does not take.
    is_blocked: bool,
    /// The number of requests with a body.
    requests: u64,
    /// Of the task that reads and writes.
    waker: Option<Waker>,
}

impl ConnectionHandle {
    /// Begins a request with a body, and returns its number.
    pub(super) fn begin_request(&self) -> u64 {
        let mut state = self.lock();
        state.requests += 1;
        state.requests
    }

    /// Closes the connection, unless all of a request has been written, or another one been begun.
    pub(super) fn end_request(&self, number: u64, is_whole: bool) {
        let waker = {
            let mut state = self.lock();
            if state.requests != number || is_whole && !state.is_blocked {
                return;
            }
            state.is_closed = true;
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn note(&self, way: Way, pending: Option<&Waker>) {
        let mut state = self.lock();
        if let Way::Write = way {
            state.is_blocked = pending.is_some();
        }
        let Some(waker) = pending else { return };
        if state.waker.as_ref().is_some_and(|known| known.will_wake(waker)) {
            return;
        }
        let old = state.waker.replace(waker.clone());
        // Dropping it may drop a task.
        drop(state);
        drop(old);
    }

    fn lock(&self) -> MutexGuard<'_, ConnectionState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl connect::Connection for Connection {
    fn connected(&self) -> connect::Connected {
        let connected = connect::Connected::new().proxy(self.forwarded);
        match self.http2 {
            true => connected.negotiated_h2(),
            false => connected.extra(self.handle.clone()),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll_io(cx, Way::Read, |io, cx| io.poll_read(cx, buf))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_io(cx, Way::Write, |io, cx| io.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_io(cx, Way::Write, |io, cx| io.poll_write_vectored(cx, bufs))
    }

    /// Without it, hyper would copy all bodies into one buffer.
    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_io(cx, Way::Write, |io, cx| io.poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.io).poll_shutdown(cx)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}
