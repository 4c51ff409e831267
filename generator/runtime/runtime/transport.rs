//! The HTTP stack underneath.

use std::pin::Pin;
use std::time::Duration;

use super::{Body, BoxError};

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries requests to the service: one's own HTTP stack, a layer over another one, or a fake.
///
/// It gets the whole request, credentials included. It must not follow redirects: the
/// credentials are meant for the host that they were checked for.
pub trait Transport: Send + Sync + 'static {
    /// Sends a request and gives the answer once its head has arrived.
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>>;

    /// Waits, for time-outs: the timer of the runtime that [`Transport::send`] runs on.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// Why there is no answer.
#[derive(Debug)]
pub enum TransportError {
    /// No connection was made: certainly nothing was sent.
    Connect(BoxError),
    /// It broke off on the way: what the service made of the request is unknown.
    Interrupted(BoxError),
}
