//! The transport for unit tests of programs.

use std::sync::Arc;
use std::time::Duration;

use http::Response;
use serde_json::json;

use crate::fake::{Numbered, canned, run};
use crate::runtime::{Body, ClientBuilder, Credential, Error, Mock, Retry, TransportService};
use crate::service::SERVICE;

fn client(mock: &Mock) -> crate::runtime::Client {
    ClientBuilder::new(&SERVICE).transport(mock.clone()).build().unwrap()
}

#[test]
fn a_mock_responds_in_order_and_records_requests() {
    let mock = Mock::new()
        .json(200, &json!({ "entries": [] }))
        .status(204)
        .respond(Response::builder().status(404).header("x-request-id", "7").body("gone").unwrap())
        .fail(Error::Timeout);
    let client = client(&mock);
    run(client.list_parts("1").into_future()).unwrap();
    run(client.delete("2").into_future()).unwrap();
    let error = run(client.delete("3").into_future()).unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.request_id()), (404, Some("7")));
    assert!(run(client.delete("4").into_future()).unwrap_err().is_timeout());
    assert!(run(client.delete("5").into_future()).unwrap_err().is_connect());
    let asked = mock.requests();
    assert_eq!(asked.len(), 5);
    assert!(asked[1].uri().path().ends_with("/2") && asked[1].method() == "DELETE");
    assert_eq!(format!("{mock:?}"), "Mock(0 responses, 5 requests)");
}

#[test]
fn an_unencodable_response_is_a_request_error() {
    let mock = Mock::new().status(99).json(200, &Unwritable);
    let client = client(&mock);
    for _ in 0..2 {
        let error = run(client.delete("1").into_future()).unwrap_err();
        assert!(matches!(error, Error::Request(_)), "{error}");
    }
}

/// What no JSON can be made of.
struct Unwritable;

impl serde::Serialize for Unwritable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("never"))
    }
}

/// A unit test of a program that retries takes no time, with layers around the transport or without.
#[test]
fn delays_are_not_waited_for() {
    for layered in [false, true] {
        let mock = Mock::new().status(503).fail(Error::Timeout).status(204);
        let builder = ClientBuilder::new(&SERVICE).transport(mock.clone());
        let builder = builder.retry(Retry::default()).timeout(Duration::from_secs(60));
        let builder = match layered {
            true => builder.layer(Plain),
            false => builder,
        };
        run(builder.build().unwrap().delete("1").into_future()).unwrap();
        assert_eq!(mock.requests().len(), 3);
    }
}

/// A layer that changes nothing.
struct Plain;

impl tower_layer::Layer<TransportService> for Plain {
    type Service = TransportService;

    fn layer(&self, inner: TransportService) -> TransportService {
        inner
    }
}

/// A request is sent as often as one likes, and a body goes wherever `Sync` is asked for.
#[test]
fn requests_and_bodies_are_handed_on() {
    fn is_sync<T: Send + Sync>(_: &T) {}
    is_sync(&canned(200, Body::stream(1, crate::fake::chunks(["a"]))).unwrap());
    let mock = Mock::new().status(204).status(204);
    let request = client(&mock).delete("1");
    run(request.clone().into_future()).unwrap();
    run(request.into_future()).unwrap();
    assert_eq!(mock.requests()[0].uri(), mock.requests()[1].uri());
}

/// Clients that share a provider share it by an `Arc`.
#[test]
fn providers_are_shared() {
    let shared = Arc::new(Numbered::default());
    let mock = Mock::new().status(204);
    let builder = ClientBuilder::new(&SERVICE).transport(mock.clone());
    let client =
        builder.credential("OAuth2", Credential::provider(shared.clone())).build().unwrap();
    run(client.delete("1").into_future()).unwrap();
    assert!(mock.requests()[0].headers().contains_key("authorization"));
    assert_eq!(Arc::strong_count(&shared), 2);
}
