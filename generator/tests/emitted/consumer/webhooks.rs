//! Requests that the service sends.

use bytes::Bytes;
use http::Request;
use webhooks::webhooks::{OrderCreatedWebhook, Webhook};
use webhooks_only::webhooks::Webhook as Event;

fn request(headers: &[(&str, &str)], body: &'static str) -> Request<Bytes> {
    let mut request = Request::post("/hook");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::from_static(body.as_bytes())).unwrap()
}

#[test]
fn a_member_tells_webhooks_apart() {
    let body = r#"{"type": "order.created", "order": {"id": "a"}}"#;
    let created = request(&[("x-attempt", "2")], body);
    let Webhook::OrderCreated(webhook) = Webhook::from_request(&created).unwrap() else { panic!() };
    assert_eq!((webhook.x_attempt, &*webhook.payload.order.id), (Some(2), "a"));
    assert_eq!(OrderCreatedWebhook::from_request(&created).unwrap(), *webhook);
    let paid = request(&[], r#"{"type": "order.repaid", "picture": "AAE="}"#);
    let Webhook::Paid(webhook) = Webhook::from_request(&paid).unwrap() else { panic!() };
    assert_eq!(webhook.payload.picture.unwrap().0[..], [0, 1]);
    let other = request(&[], r#"{"type": "order.lost"}"#);
    assert!(matches!(Webhook::from_request(&other), Ok(Webhook::Other(body)) if body.len() == 22));
}

#[test]
fn what_is_no_webhook_is_an_error_that_says_where() {
    let wrong = request(&[], r#"{"type": "order.created", "order": {"id": 1}}"#);
    let error = Webhook::from_request(&wrong).unwrap_err();
    assert_eq!(error.path, "order.id");
    let error = Webhook::from_request(&request(&[], "{}")).unwrap_err();
    assert_eq!(error.to_string(), "cannot read the webhook at `type`: it is not clear which webhook it is");
    assert!(Webhook::from_request(&request(&[], "no JSON")).is_err());
}

#[test]
fn a_header_tells_webhooks_apart() {
    let started = Event::from_request(&request(&[("X-Event", "started")], "now")).unwrap();
    assert!(matches!(started, Event::Started(webhook) if webhook.payload == "now"));
    let none = Event::from_request(&request(&[("X-Event", "none")], "")).unwrap();
    assert!(matches!(none, Event::Nothing(_)));
    assert!(Event::from_request(&request(&[], "")).is_err());
}
