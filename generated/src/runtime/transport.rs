//! The transport: what sends requests.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};

use super::{Body, Failure};

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends requests to the service: an HTTP stack of your own, a layer over another one, or a fake.
///
/// It gets the whole request, credentials included. It must not follow redirects: the
/// credentials are for the host that they were checked for, and no other.
///
/// The request's extensions contain a `&'static` [`Operation`](super::Operation), whose path is the document's
/// template: use it to name a request in metrics and logs.
///
/// For example, over a reqwest client that was built with `redirect::Policy::none()`:
///
/// ```ignore
/// struct Reqwest(reqwest::Client);
///
/// impl Transport for Reqwest {
///     fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
///         Box::pin(async move {
///             let request = request.map(reqwest::Body::wrap).try_into();
///             let request = request.map_err(|error: reqwest::Error| Error::Request(error.to_string()))?;
///             let response = self.0.execute(request).await.map_err(|error| {
///                 let kind = if error.is_timeout() { ErrorKind::TimedOut } else { ErrorKind::Other };
///                 let failure = if error.is_connect() { Error::Connect } else { Error::Transport };
///                 failure(io::Error::new(kind, error.without_url()).into())
///             })?;
///             Ok(Response::from(response).map(Body::wrap))
///         })
///     }
///
///     fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
///         Box::pin(tokio::time::sleep(duration))
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends a request and returns the response as soon as its head is available. Fails with
    /// [`Error::Connect`](super::Error::Connect) if certainly nothing was sent, otherwise with
    /// [`Error::Transport`](super::Error::Transport). An I/O error of kind
    /// [`TimedOut`](std::io::ErrorKind::TimedOut) in either says that a time limit passed.
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>>;

    /// Waits for a time limit, with the timer of the runtime that [`Transport::send`] needs.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Waits before a request is sent again, for [`Retry`](super::Retry); by default as long as `sleep` does.
    fn delay(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.sleep(duration)
    }
}

/// A transport that several clients share.
impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        (**self).send(request)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        (**self).sleep(duration)
    }

    fn delay(&self, duration: Duration) -> BoxFuture<'static, ()> {
        (**self).delay(duration)
    }
}

/// No HTTP stack: requests can be built but not sent.
#[cfg(not(feature = "client"))]
pub(super) struct Missing;

#[cfg(not(feature = "client"))]
impl Transport for Missing {
    fn send(&self, _: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        let text = "there is no transport: set one, or enable the feature `client`";
        Box::pin(std::future::ready(Err(Failure::Request(text.to_owned()))))
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}
