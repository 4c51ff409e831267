//! Bodies of requests and responses, and faults in them.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use box_upload_sessions::types::ClientErrorCode;
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::mpsc;

use super::error::HandlerError;
use super::resettable_stream::ConnectionHandle;
use crate::service::Refusal;

/// How long a client may pause within a body.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Time that these bytes take at a rate.
pub(crate) fn transfer_time(bytes: usize, bytes_per_second: u64) -> Duration {
    Duration::from_secs_f64(bytes as f64 / bytes_per_second as f64)
}

/// A fault in the middle of a request's body.
#[derive(Debug)]
pub(crate) enum BodyFault {
    Reset,
    Stall(Option<Duration>),
}

/// The body of a request.
#[derive(Debug)]
pub(crate) struct RequestBody {
    incoming: Incoming,
    connection: ConnectionHandle,
    pub(crate) received: u64,
    trouble: Option<BodyFault>,
    pub(crate) bytes_per_second: Option<u64>,
}

impl RequestBody {
    pub(crate) fn new(incoming: Incoming, connection: ConnectionHandle) -> Self {
        Self { incoming, connection, received: 0, trouble: None, bytes_per_second: None }
    }

    pub(crate) fn set_fault(&mut self, trouble: BodyFault) {
        self.trouble = Some(trouble);
    }

    /// Length of the body, if the client declared it.
    pub(crate) fn length(&self) -> Option<u64> {
        self.incoming.size_hint().exact()
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn next_chunk(&mut self) -> Result<Option<Bytes>, HandlerError> {
        // Half of the body, or its first chunk if the length is unknown.
        let half = self.length().map_or(1, |left| (self.received + left) / 2);
        if self.received >= half
            && let Some(trouble) = self.trouble.take()
        {
            match trouble {
                BodyFault::Reset => return Err(HandlerError::Broken),
                BodyFault::Stall(time) => self.connection.wait(time).await?,
            }
        }
        loop {
            let frame = tokio::time::timeout(TIMEOUT, self.incoming.frame()).await;
            let frame = frame.map_err(|_| {
                let text = "timed out waiting for the body";
                Refusal::new(StatusCode::REQUEST_TIMEOUT, ClientErrorCode::BadRequest, text)
            })?;
            // Errors here mean that the connection is gone.
            let Some(frame) = frame.transpose().map_err(|_| HandlerError::Broken)? else {
                return Ok(None);
            };
            let Ok(chunk) = frame.into_data() else { continue };
            self.received += chunk.len() as u64;
            if let Some(speed) = self.bytes_per_second {
                self.connection.wait(Some(transfer_time(chunk.len(), speed))).await?;
            }
            return Ok(Some(chunk));
        }
    }

    /// Reads the whole body, up to `limit`.
    pub(crate) async fn read_to_end(&mut self, limit: usize) -> Result<Bytes, HandlerError> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.next_chunk().await? {
            if all.len() + chunk.len() > limit {
                return Err(body_too_large(limit as u64).into());
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// Discards up to `limit` bytes, so that the client reads the response.
    pub(crate) async fn discard_rest(&mut self, limit: u64) -> Result<(), HandlerError> {
        let end = self.received + limit;
        while self.received < end && self.next_chunk().await?.is_some() {}
        Ok(())
    }
}

pub(crate) fn body_too_large(limit: u64) -> Refusal {
    let text = format!("the body exceeds {limit} bytes");
    let code = ClientErrorCode::RequestEntityTooLarge;
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, code, text)
}

type Feeder = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

/// The body of a response.
pub(crate) struct ResponseBody {
    feeder: Option<Feeder>,
    chunks: Option<mpsc::Receiver<Bytes>>,
    /// Why the feeder stopped; reported after the bytes it sent.
    failed: Option<io::Error>,
    whole: Bytes,
    /// Bytes left to send, if that is known.
    left: Option<u64>,
}

impl ResponseBody {
    pub(crate) fn whole(whole: Bytes) -> Self {
        let left = Some(whole.len() as u64);
        Self { feeder: None, chunks: None, failed: None, left, whole }
    }

    /// Bytes left to send; 0 if that is unknown.
    pub(crate) fn left(&self) -> u64 {
        self.left.unwrap_or(0)
    }

    /// A body of unknown length sent by `feed`.
    pub(crate) fn streamed<F>(feed: impl FnOnce(mpsc::Sender<Bytes>) -> F) -> Self
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        Self { left: None, ..Self::fed(0, feed) }
    }

    /// A body of `length` bytes sent by `feed`.
    pub(crate) fn fed<F>(length: u64, feed: impl FnOnce(mpsc::Sender<Bytes>) -> F) -> Self
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let (sender, chunks) = mpsc::channel(1);
        let feeder: Feeder = Box::pin(feed(sender));
        let feeder = Some(feeder);
        let chunks = Some(chunks);
        Self { feeder, chunks, failed: None, whole: Bytes::new(), left: Some(length) }
    }

    /// Runs `between` in the middle of the body.
    pub(crate) fn interrupted<F>(self, between: F) -> Self
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let length = self.left();
        let half = length / 2;
        Self::fed(length, move |sender| async move {
            let mut body = self;
            let mut sent = 0;
            let mut between = Some(between);
            while let Some(frame) = body.frame().await {
                let mut chunk = frame?.into_data().unwrap_or_default();
                if sent + chunk.len() as u64 > half
                    && let Some(between) = between.take()
                {
                    let first = chunk.split_to((half - sent) as usize);
                    send_chunk(&sender, first).await?;
                    between.await?;
                }
                sent += chunk.len() as u64;
                send_chunk(&sender, chunk).await?;
            }
            Ok(())
        })
    }

    /// Limits the rate.
    pub(crate) fn slowed(self, bytes_per_second: u64) -> Self {
        /// Minimum number of chunks per second, unless they would be empty.
        const PIECES: u64 = 10;
        let piece = (bytes_per_second / PIECES).clamp(1, 1 << 20) as usize;
        Self::fed(self.left(), move |sender| async move {
            let mut body = self;
            while let Some(frame) = body.frame().await {
                let mut chunk = frame?.into_data().unwrap_or_default();
                while !chunk.is_empty() {
                    let piece = chunk.split_to(chunk.len().min(piece));
                    tokio::time::sleep(transfer_time(piece.len(), bytes_per_second)).await;
                    send_chunk(&sender, piece).await?;
                }
            }
            Ok(())
        })
    }
}

pub(crate) async fn send_chunk(sender: &mpsc::Sender<Bytes>, chunk: Bytes) -> io::Result<()> {
    sender.send(chunk).await.map_err(|_| io::ErrorKind::BrokenPipe.into())
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if !self.whole.is_empty() {
            self.left = Some(0);
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.whole)))));
        }
        if let Some(feeder) = &mut self.feeder
            && let Poll::Ready(result) = feeder.as_mut().poll(cx)
        {
            self.feeder = None;
            self.failed = result.err();
        }
        let chunk = self.chunks.as_mut().map_or(Poll::Ready(None), |chunks| chunks.poll_recv(cx));
        match chunk {
            Poll::Ready(Some(chunk)) => {
                self.left = self.left.map(|left| left.saturating_sub(chunk.len() as u64));
                Poll::Ready(Some(Ok(Frame::data(chunk))))
            }
            Poll::Ready(None) => Poll::Ready(self.failed.take().map(Err)),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.whole.is_empty() && self.chunks.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
