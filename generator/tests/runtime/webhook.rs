//! `webhook!` and `webhooks!`: requests that the service sends.

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use crate::runtime::{webhook, webhooks};

#[derive(Clone, Debug, PartialEq)]
struct Created {
    attempt: Option<i64>,
    signature: Option<String>,
    payload: Value,
}
webhook!(Created { attempt = "x-attempt", signature = "x-signature" } json);

#[derive(Clone, Debug, PartialEq)]
struct Removed {
    payload: String,
}
webhook!(Removed {} text);

#[derive(Clone, Debug, PartialEq)]
struct Nothing {}
webhook!(Nothing {});

#[derive(Clone, Debug, PartialEq)]
enum Webhook {
    Created(Box<Created>),
    Removed(Box<Removed>),
    Nothing(Box<Nothing>),
    Other(Bytes),
}
webhooks!(Webhook by_member "type" {
    "created" | "1" => Created(Created),
    "removed" => Removed(Removed),
    "true" => Nothing(Nothing),
});

fn request(body: &'static str) -> Request<Bytes> {
    let request = Request::post("/").header("x-attempt", "3.0").header("x-signature", "a");
    request.body(Bytes::from_static(body.as_bytes())).unwrap()
}

#[test]
fn headers_and_the_body_are_read() {
    let Ok(Webhook::Created(created)) = Webhook::from_request(&request(r#"{"type": 1}"#)) else {
        panic!()
    };
    assert_eq!((created.attempt, created.signature.as_deref()), (Some(3), Some("a")));
    assert_eq!(created.payload["type"], 1);
    let removed = Webhook::from_request(&request(r#"{"type":"removed"}"#)).unwrap();
    assert_eq!(
        removed,
        Webhook::Removed(Box::new(Removed { payload: r#"{"type":"removed"}"#.into() }))
    );
    let nothing = Webhook::from_request(&request(r#"{"type":true}"#)).unwrap();
    assert_eq!(nothing, Webhook::Nothing(Box::new(Nothing {})));
}

#[test]
fn what_is_not_known_is_kept() {
    let body = r#"{"type":"new"}"#;
    assert_eq!(Webhook::from_request(&request(body)), Ok(Webhook::Other(body.into())));
}

#[test]
fn what_cannot_be_read_says_why() {
    let error = Webhook::from_request(&request("[")).unwrap_err();
    assert!(error.to_string().starts_with("cannot read the webhook"), "{error}");
    let error = Webhook::from_request(&request(r#"{"type":null}"#)).unwrap_err();
    assert_eq!(error.path, "type");
}
