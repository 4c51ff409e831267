//! Redirects: which are followed, and what goes with them.

use bytes::Bytes;
use http::Request;

use crate::fake::{CannedResponse, Fake, canned, canned_with, chunks, run};
use crate::runtime::{Body, Client, ContentRange, Digest, Operation};
use crate::service::UploadPart;

const PARTS: &str = r#"{"entries":[]}"#;
const PART: &str = r#"{"part_id":"a","size":4}"#;

fn client(fake: &Fake) -> Client {
    fake.configure(|builder| {
        let builder = builder.credential("OAuth2", "hush").default_header("x-tenant", "secret");
        builder.follow_redirects(3).base_url("https://a.example/base")
    })
}

fn upload(client: &Client, body: impl Into<Body>) -> UploadPart {
    let range = ContentRange::new(0, 4, 8).unwrap();
    client.upload_part("1", &Digest::sha(&[0; 20]), &range, body)
}

/// Lists parts; gives the requests that were sent.
fn list(responses: impl IntoIterator<Item = CannedResponse>) -> Vec<Request<Bytes>> {
    let fake = Fake::new(responses.into_iter().chain([canned(200, PARTS)]));
    let _ = run(client(&fake).list_parts("1").into_future());
    fake.requests()
}

#[test]
fn a_location_is_relative_to_what_was_asked() {
    let here = "https://a.example/base/api/2.0/sessions/1/parts";
    for (location, target) in [
        ("https://a.example/x?y=1#z", "https://a.example/x?y=1"),
        ("//a.example/x", "https://a.example/x"),
        ("/x/./y/../z?q=/../", "https://a.example/x/z?q=/../"),
        ("other", "https://a.example/base/api/2.0/sessions/1/other"),
        ("../2?a", "https://a.example/base/api/2.0/sessions/2?a"),
        ("?page=2", "https://a.example/base/api/2.0/sessions/1/parts?page=2"),
        ("", here),
    ] {
        for status in [301, 302, 303, 307, 308] {
            let requests = list([canned_with(status, "location", location)]);
            assert_eq!(requests.len(), 2, "{location}");
            assert_eq!(requests[1].uri(), target, "{location}");
            assert_eq!(requests[1].method(), "GET");
            assert_eq!(requests[1].headers(), requests[0].headers(), "the host is the same");
        }
    }
}

#[test]
fn another_host_gets_no_credential() {
    for other in ["https://b.example/x", "https://a.example:444/x", "https://a.example.b/x"] {
        let back = canned_with(302, "location", "https://a.example/y");
        let requests = list([canned_with(302, "location", other), back]);
        assert_eq!(requests[0].headers()["authorization"], "Bearer hush");
        assert_eq!(requests.len(), 3);
        for request in &requests[1..] {
            let names: Vec<_> = request.headers().keys().map(|name| name.as_str()).collect();
            assert_eq!(names, ["user-agent", "accept"], "{other}");
        }
    }
}

#[test]
fn a_redirect_that_is_not_followed_is_returned() {
    for (status, location) in [
        (302, "http://a.example/x"),
        (302, "ftp://a.example/x"),
        (302, "https://user:pass@a.example/x"),
        (302, "https://a b/x"),
        (302, "mailto:me"),
        (300, "/x"),
        (304, "/x"),
        (201, "/x"),
    ] {
        assert_eq!(list([canned_with(status, "location", location)]).len(), 1, "{location}");
    }
    assert_eq!(list([canned(302, "")]).len(), 1, "it has no location");
    let circle = (0..9).map(|_| canned_with(302, "location", "/x"));
    assert_eq!(list(circle).len(), 4, "three are enough");

    let fake = Fake::new([canned_with(302, "location", "/x")]);
    let client = fake.configure(|builder| builder.base_url("https://a.example"));
    let error = run(client.list_parts("1").into_future()).unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 302, "by default none is followed");
}

#[test]
fn a_body_goes_where_307_and_308_say() {
    for (status, body, times) in [
        (307, Body::from("abcd"), 2),
        (308, Body::from("abcd"), 2),
        (302, Body::from("abcd"), 1),
        (303, Body::from("abcd"), 1),
        (307, Body::stream(4, chunks(["abcd"])), 1),
    ] {
        let first = canned_with(status, "location", "/x");
        let fake = Fake::new([first, canned(200, PART)]);
        assert_eq!(run(upload(&client(&fake), body).into_future()).is_ok(), times == 2);
        let requests = fake.requests();
        assert_eq!(requests.len(), times, "{status}");
        if let Some(second) = requests.get(1) {
            assert_eq!((second.method().as_str(), &second.body()[..]), ("PUT", &b"abcd"[..]));
            assert_eq!(second.headers()["content-type"], "application/octet-stream");
            assert_eq!(second.headers(), requests[0].headers());
        }
    }
}

/// A body may hold a credential, as that of a request for a token does.
#[test]
fn a_body_stays_with_its_host() {
    for status in [307, 308] {
        let first = canned_with(status, "location", "https://b.example/x");
        let fake = Fake::new([first, canned(200, PART)]);
        assert!(run(upload(&client(&fake), "abcd").into_future()).is_err());
        assert_eq!(fake.requests().len(), 1);
    }
}

/// Layers around the transport find the operation in each request.
#[test]
fn a_request_that_is_sent_on_keeps_its_operation() {
    for request in list([canned_with(302, "location", "https://b.example/x")]) {
        let operation = request.extensions().get::<&'static Operation>();
        assert_eq!(operation.map(|operation| operation.method.as_str()), Some("GET"));
    }
}
