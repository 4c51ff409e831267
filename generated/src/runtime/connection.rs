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
    line: Line,
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

impl Connection {
    /// Wraps a connection over which nothing has been sent.
    pub fn new(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { io: Box::new(io), forwarded: false, http2: false, line: Line::default() }
    }

    /// Reads or writes, unless the line is cut.
    fn poll_io<T>(
        &mut self,
        cx: &mut Context<'_>,
        way: Way,
        poll: impl FnOnce(Pin<&mut dyn Io>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if self.line.lock().is_cut {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let polled = poll(Pin::new(&mut *self.io), cx);
        self.line.note(way, polled.is_pending().then(|| cx.waker()));
        polled
    }
}

#[derive(Clone, Copy)]
enum Way {
    Read,
    Write,
}

/// What closes a connection of HTTP/1.1, and tells whether it is blocked.
#[derive(Clone, Default)]
pub(super) struct Line(Arc<Mutex<LineState>>);

#[derive(Default)]
struct LineState {
    is_cut: bool,
    /// Whether there is something to write that the other side does not take.
    is_blocked: bool,
    /// Of the task that reads and writes.
    waker: Option<Waker>,
}

impl Line {
    /// Whether what has been written is still on its way to the socket.
    pub(super) fn is_blocked(&self) -> bool {
        self.lock().is_blocked
    }

    /// Closes the connection.
    pub(super) fn cut(&self) {
        let waker = {
            let mut state = self.lock();
            state.is_cut = true;
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
        if let Some(waker) = pending {
            match &mut state.waker {
                Some(known) => known.clone_from(waker),
                none => *none = Some(waker.clone()),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, LineState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl connect::Connection for Connection {
    fn connected(&self) -> connect::Connected {
        let connected = connect::Connected::new().proxy(self.forwarded);
        match self.http2 {
            true => connected.negotiated_h2(),
            false => connected.extra(self.line.clone()),
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
