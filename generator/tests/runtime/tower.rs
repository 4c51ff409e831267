//! Layers of tower around the transport.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use tower_layer::layer_fn;
use tower_service::Service;

use crate::fake::{Fake, canned, run};
use crate::runtime::{
    Body, BoxError, BoxFuture, ClientBuilder, Error, Operation, ServiceTransport, TransportService,
};
use crate::service::SERVICE;

const PARTS: &str = r#"{"entries":[]}"#;

type Log = Arc<Mutex<Vec<String>>>;

/// A service that notes what passes, and fails where it is told to.
#[derive(Clone)]
struct Noting<S> {
    name: &'static str,
    log: Log,
    inner: S,
}

impl<S> Service<Request<Body>> for Noting<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error: Into<BoxError>> + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self.name {
            "closed" => Poll::Ready(Err("no more today".into())),
            _ => self.inner.poll_ready(cx).map_err(Into::into),
        }
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let path = request.extensions().get::<&'static Operation>().unwrap().path;
        self.log.lock().unwrap().push(format!("{} {path}", self.name));
        let response = self.inner.call(request);
        let broken = self.name == "broken";
        Box::pin(async move {
            let response = response.await.map_err(Into::into)?;
            if broken { Err("lost".into()) } else { Ok(response) }
        })
    }
}

fn noting(
    name: &'static str,
    log: &Log,
) -> impl tower_layer::Layer<TransportService, Service = Noting<TransportService>> + use<> {
    let log = log.clone();
    layer_fn(move |inner| Noting { name, log: log.clone(), inner })
}

#[test]
fn layers_lie_around_the_transport_in_order() {
    let log = Log::default();
    let fake = Fake::new([canned(200, PARTS)]);
    let configure =
        |builder: ClientBuilder| builder.layer(noting("inner", &log)).layer(noting("outer", &log));
    run(fake.configure(configure).list_parts("1").into_future()).unwrap();
    let path = "/sessions/{id}/parts";
    assert_eq!(*log.lock().unwrap(), [format!("outer {path}"), format!("inner {path}")]);
    assert_eq!(fake.requests().len(), 1);
}

#[test]
fn the_timer_is_that_of_the_transport_within() {
    let fake = Fake::default();
    let configure = |builder: ClientBuilder| builder.layer(noting("plain", &Log::default()));
    let call = fake.configure(configure).list_parts("1").timeout(Duration::from_secs(3));
    assert!(run(call.into_future()).unwrap_err().is_timeout());
    assert_eq!(fake.slept(), [Duration::from_secs(3)]);
}

#[test]
fn errors_say_whether_anything_was_sent() {
    let failing = || Fake::new([Err(Error::Connect("refused".into()))]);
    for (name, fake, connect, told) in [
        ("plain", failing(), true, "refused"),
        ("closed", Fake::default(), true, "no more today"),
        ("broken", Fake::new([canned(200, PARTS)]), false, "lost"),
    ] {
        let client = fake.configure(|builder| builder.layer(noting(name, &Log::default())));
        let error = run(client.list_parts("1").into_future()).unwrap_err();
        assert_eq!(error.is_connect(), connect, "{name}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(source, told, "{name}");
    }
}

#[test]
fn a_service_is_a_transport() {
    let log = Log::default();
    let fake = Fake::new([canned(200, PARTS)]);
    let inner = TransportService::new(fake.clone());
    let service = Noting { name: "own", log: log.clone(), inner };
    let transport = ServiceTransport::new(service, |_| Box::pin(std::future::pending()));
    let client = ClientBuilder::new(&SERVICE).transport(transport).build().unwrap();
    run(client.list_parts("1").into_future()).unwrap();
    assert_eq!(log.lock().unwrap().len(), 1);
}
