//! Services of tower as transports, and transports as services.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::{Body, BoxError, BoxFuture, Error, Failure, Transport};

/// A transport as a tower service, which a [`Layer`] can wrap.
#[derive(Clone)]
pub struct TransportService(Arc<dyn Transport>);

impl TransportService {
    /// Wraps a transport.
    pub fn new(transport: impl Transport) -> Self {
        Self(Arc::new(transport))
    }
}

impl Service<Request<Body>> for TransportService {
    type Response = Response<Body>;
    type Error = Failure;
    type Future = BoxFuture<'static, Result<Response<Body>, Failure>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let transport = self.0.clone();
        Box::pin(async move { transport.send(request).await })
    }
}

impl fmt::Debug for TransportService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportService").finish_non_exhaustive()
    }
}

/// A tower service as a transport. Each request is sent by a clone of it.
///
/// An error of the service that is a [`Failure`] is returned unchanged. Any other one is
/// [`Error::Transport`], or [`Error::Connect`] if the service did not become ready.
pub struct ServiceTransport<S> {
    /// Locked while it is cloned: not every service is `Sync`.
    service: Mutex<S>,
    sleep: Box<Sleep>,
    delay: Option<Box<Sleep>>,
}

type Sleep = dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync;

impl<S> ServiceTransport<S> {
    /// Wraps a service; `sleep` is used for [`Transport::sleep`].
    pub fn new(
        service: S,
        sleep: impl Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self { service: Mutex::new(service), sleep: Box::new(sleep), delay: None }
    }
}

impl<S, B> Transport for ServiceTransport<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        let mut service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            let ready = poll_fn(|cx| service.poll_ready(cx)).await;
            ready.map_err(|error| failure(error.into(), Error::Connect))?;
            match service.call(request).await {
                Ok(response) => Ok(response.map(Body::wrap)),
                Err(error) => Err(failure(error.into(), Error::Transport)),
            }
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        (self.sleep)(duration)
    }

    fn delay(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.delay.as_ref().unwrap_or(&self.sleep)(duration)
    }
}

fn failure(error: BoxError, otherwise: fn(BoxError) -> Failure) -> Failure {
    error.downcast::<Failure>().map_or_else(otherwise, |failure| *failure)
}

impl<S> fmt::Debug for ServiceTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceTransport").finish_non_exhaustive()
    }
}

/// What puts a layer around the transport of a client.
pub(super) type Wrap = Box<dyn FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport> + Send + Sync>;

pub(super) fn wrap<L, S, B>(layer: L) -> Wrap
where
    L: Layer<TransportService, Service = S> + Send + Sync + 'static,
    S: Service<Request<Body>, Response = Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    Box::new(move |inner| {
        let service = layer.layer(TransportService(inner.clone()));
        let timer = inner.clone();
        let mut transport = ServiceTransport::new(service, move |duration| timer.sleep(duration));
        transport.delay = Some(Box::new(move |duration| inner.delay(duration)));
        Arc::new(transport)
    })
}
