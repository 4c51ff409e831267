//! Errors: what they keep, and what they say.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use serde_json::json;

use crate::fake::{Fake, Never, canned, run};
use crate::runtime::{Error, RetryAfter};
use crate::service::{
    Commit, CommitBody, CommitError, CommitResponse, ErrorCode, Item, ListParts, Parts,
};

fn response(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response<Bytes> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Bytes::from(body)).unwrap()
}

#[test]
fn a_typed_error_with_all_that_came_with_it() {
    let body = r#"{"code":"item_name_in_use","message":"Taken","help":1,
        "context_info":{"type":"web_link"}}"#;
    let headers = [("Box-Request-Id", "abc"), ("retry-after", "1.5")];
    let error = ListParts::decode(response(409, &headers, body)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the service responded with 409 Conflict: item_name_in_use: Taken"
    );
    assert_eq!(error.status().unwrap(), 409);
    assert_eq!(error.request_id(), Some("abc"));
    assert_eq!(error.retry_after(), Some(RetryAfter::Delay(Duration::from_millis(1_500))));
    assert!(!error.is_timeout() && !error.is_connect() && error.source().is_none());
    assert_eq!(error.code().as_deref(), Some("item_name_in_use"));
    assert_eq!(error.body().unwrap().code, Some(ErrorCode::ItemNameInUse));
    assert!(!error.may_have_taken_effect());
    let Error::Response { response, body: Some(error) } = error else { panic!("{error}") };
    assert_eq!(error.code, Some(ErrorCode::ItemNameInUse));
    assert_eq!(error.context, Some(Item::Other(json!({ "type": "web_link" }))));
    assert_eq!(response.body(), body);
    assert_eq!(response.headers()["box-request-id"], "abc");
}

#[test]
fn an_error_body_may_be_anything() {
    for body in ["", "<html>Bad Gateway</html>", "[]", "{\"code\":5}", "\"text\"", "{", "null"] {
        let error = ListParts::decode(response(502, &[], body)).unwrap_err();
        assert_eq!(error.to_string(), "the service responded with 502 Bad Gateway");
        assert_eq!((error.request_id(), error.retry_after()), (None, None));
        let Error::Response { response, body: None } = error else { panic!("{error}") };
        assert_eq!(response.body(), body);
    }
}

#[test]
fn a_status_that_the_document_does_not_name_is_an_error() {
    for status in [100, 204, 299, 302, 304, 418, 599, 999] {
        let body = r#"{"entries":[]}"#;
        let error = ListParts::decode(response(status, &[], body)).unwrap_err();
        assert!(matches!(error, Error::Response { .. }), "{error}");
        assert_eq!(error.status().unwrap().as_u16(), status);
    }
}

#[test]
fn what_a_body_says_is_shown_in_part() {
    let long = format!(r#"{{"title":"{}","token":"hidden"}}"#, "ä".repeat(300));
    let error = ListParts::decode(response(500, &[], long.leak())).unwrap_err().to_string();
    assert_eq!(error.matches('ä').count(), 200);
    assert!(!error.contains("hidden"), "{error}");
    let oauth = r#"{"error":"invalid_grant","error_description":"Expired"}"#;
    let error = ListParts::decode(response(400, &[], oauth)).unwrap_err().to_string();
    assert_eq!(error, "the service responded with 400 Bad Request: invalid_grant: Expired");
}

/// A service whose clock is years away asks for 90 s.
#[test]
fn a_retry_date_is_relative_to_the_date_of_the_response() {
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    let at = ("retry-after", "Sun, 06 Nov 1994 08:51:07 GMT");
    let retry_after = |headers: &[_]| {
        let error = ListParts::decode(response(503, headers, "")).unwrap_err().retry_after();
        let accepted = Commit::decode(response(202, headers, "")).unwrap();
        assert_eq!(accepted, CommitResponse::Accepted { retry_after: error });
        error.unwrap()
    };
    assert_eq!(retry_after(&[at, date]), RetryAfter::Delay(Duration::from_secs(90)));
    assert_eq!(retry_after(&[("retry-after", date.1), ("date", at.1)]).delay(), Duration::ZERO);
    assert!(matches!(retry_after(&[at]), RetryAfter::At(_)));
    assert!(matches!(retry_after(&[at, ("date", "yesterday")]), RetryAfter::At(_)));
    let seconds = [("retry-after", "7"), date];
    assert_eq!(retry_after(&seconds), RetryAfter::Delay(Duration::from_secs(7)));
}

/// The usual ways to nest an error: Google, Stripe, OpenAI; JSON:API; GitHub.
#[test]
fn what_a_nested_error_says_is_shown() {
    for (body, said) in [
        (
            r#"{"error":{"code":404,"message":"No such file","status":"NOT_FOUND","token":"t"}}"#,
            "NOT_FOUND: No such file",
        ),
        (
            r#"{"error":{"message":"Declined","type":"card_error","code":"declined","url":"u"}}"#,
            "declined: card_error: Declined",
        ),
        (
            r#"{"errors":[{"status":"422","title":"Invalid","detail":"Too long","id":"i"},{"title":"Other"}]}"#,
            "422: Invalid: Too long: Other",
        ),
        (
            r#"{"message":"Failed","errors":[{"resource":"r","field":"f","code":"missing"}]}"#,
            "Failed: missing",
        ),
        (r#"{"code":"x","error":{"code":"x","message":"y"}}"#, "x: y"),
        (r#"{"errors":[{"code":"1"},{"code":"2"},{"code":"3"},{"code":"4"}]}"#, "1: 2: 3"),
        (r#"{"error":{"inner":{"message":"deeper"}},"password":"p"}"#, ""),
        (r#"{"errors":{"name":["is taken"]},"data":{"message":"m"}}"#, ""),
        (r#"{"error":["s"],"errors":"e"}"#, ""),
    ] {
        let shown = ListParts::decode(response(400, &[], body)).unwrap_err().to_string();
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        assert_eq!(shown, format!("the service responded with 400 Bad Request{said}"), "{body}");
    }
}

#[test]
fn each_status_has_its_own_outcome() {
    let accepted = response(202, &[("Retry-After", " 2 ")], "ignored");
    let retry_after = Some(RetryAfter::Delay(Duration::from_secs(2)));
    assert_eq!(Commit::decode(accepted).unwrap(), CommitResponse::Accepted { retry_after });
    for headers in [&[][..], &[("retry-after", "soon")], &[("retry-after", "\u{e4}")]] {
        let outcome = Commit::decode(response(202, headers, "")).unwrap();
        assert_eq!(outcome, CommitResponse::Accepted { retry_after: None });
    }
    let created = Commit::decode(response(201, &[], r#"{"entries":[]}"#)).unwrap();
    let parts = Parts { entries: Vec::new(), next_marker: None, total: None, more: None };
    assert_eq!(created, CommitResponse::Created(parts));
    let typed = |status, body| match Commit::decode(response(status, &[], body)) {
        Err(Error::Response { body: error, .. }) => error.map(|error| *error),
        other => panic!("{other:?}"),
    };
    assert!(matches!(typed(409, "{}"), Some(CommitError::Conflict(_))));
    assert_eq!(typed(409, "no"), None);
    assert_eq!(typed(500, "oh"), Some(CommitError::Text("oh".to_owned())));
}

#[test]
fn a_success_that_does_not_decode() {
    let text = r#"{"entries":[{"part_id":"a","size":"token"}]}"#;
    let headers = [("x-request-id", "r")];
    let error = ListParts::decode(response(200, &headers, text)).unwrap_err();
    let shown = "cannot decode the response 200 OK at `entries[0].size`: \
        invalid type: string \"token\", expected i64";
    assert_eq!(error.to_string(), shown);
    assert_eq!(format!("{error:?}"), format!("Error({shown})"));
    assert_eq!((error.status().unwrap().as_u16(), error.request_id()), (200, Some("r")));
    let not_utf8 = Response::builder().status(201).body(Bytes::from_static(b"\xff")).unwrap();
    let error = crate::service::Upload::decode(not_utf8).unwrap_err();
    assert!(error.to_string().contains("invalid utf-8 sequence"), "{error}");
}

#[test]
fn what_the_transport_says_is_the_source() {
    let fake =
        Fake::new([Err(Error::Connect("refused".into())), Err(Error::Transport("reset".into()))]);
    let client = fake.client();
    let error = run(client.list_parts("1").into_future()).unwrap_err();
    assert_eq!(error.to_string(), "cannot connect to the service");
    assert_eq!(error.source().unwrap().to_string(), "refused");
    assert_eq!(format!("{error:?}"), "Error(cannot connect to the service: \"refused\")");
    assert!(matches!(error, Error::Connect(_)) && error.status().is_none());
    let error = run(client.list_parts("1").into_future()).unwrap_err();
    assert_eq!(error.to_string(), "the connection to the service failed");
    assert_eq!(error.source().unwrap().to_string(), "reset");
}

#[test]
fn a_transport_may_give_any_error() {
    let all: [Error<Never>; 6] = [
        Error::Response { response: Box::new(response(500, &[], "")), body: None },
        Error::Decode {
            response: Box::new(response(200, &[], "")),
            path: "a".to_owned(),
            message: "b".to_owned(),
        },
        Error::Request("c".to_owned()),
        Error::UntrustedUrl("d".to_owned()),
        Error::Token("e".into()),
        Error::Timeout,
    ];
    for error in all {
        let shown = error.to_string();
        let wide = run(Fake::new([Err(error)]).client().list_parts("1").into_future());
        assert_eq!(wide.unwrap_err().to_string(), shown);
    }
}

#[test]
fn a_time_limit() {
    let client = Fake::default().configure(|builder| builder.timeout(Duration::from_secs(9)));
    let error = run(client.list_parts("1").into_future()).unwrap_err();
    assert!(error.is_timeout() && matches!(error, Error::Timeout));
    assert_eq!(error.to_string(), "the call timed out");
    let error = run(Fake::default().client().delete("1").timeout(Duration::ZERO).into_future());
    assert!(error.unwrap_err().is_timeout());
    let fast = Fake::new([canned(204, "")]);
    run(fast.client().delete("1").timeout(Duration::ZERO).into_future()).unwrap();
}

#[test]
fn errors_are_small_and_can_be_handed_on() {
    fn assert_error<T: std::error::Error + Send + Sync + 'static>() {}
    assert_error::<Error<crate::service::ClientError>>();
    assert!(size_of::<Error<CommitBody>>() <= 64);
}

/// The forms in which services name their errors.
#[test]
fn codes() {
    for (body, code) in [
        (r#"{"code":"a","error":{"code":"b"}}"#, Some("a")),
        (r#"{"code":null,"error":{"code":404,"status":"NOT_FOUND"}}"#, Some("404")),
        (r#"{"errors":[{"code":"c"},{"code":"d"}]}"#, Some("c")),
        (r#"{"errors":{"code":"e"}}"#, Some("e")),
        (r#"{"error":"invalid_grant","error_description":"Expired"}"#, Some("invalid_grant")),
        (r#"{"error":{"message":"none"}}"#, None),
        ("[]", None),
        ("<html>", None),
    ] {
        let error = ListParts::decode(response(400, &[], body)).unwrap_err();
        assert_eq!(error.code().as_deref(), code, "{body}");
    }
}

/// What may have been done must not be repeated without a look.
#[test]
fn what_may_have_taken_effect() {
    let error_of = |status| ListParts::decode(response(status, &[], "")).unwrap_err();
    for (status, may) in [(302, true), (400, false), (401, false), (408, true), (429, false)] {
        assert_eq!(error_of(status).may_have_taken_effect(), may, "{status}");
    }
    for status in [200, 500, 502, 503, 504] {
        assert!(error_of(status).may_have_taken_effect(), "{status}");
    }
    let sent: [Error<Never>; 3] =
        [Error::Timeout, Error::Transport("a".into()), Error::Empty(Box::default())];
    assert!(sent.iter().all(Error::may_have_taken_effect));
    let unsent: [Error<Never>; 5] = [
        Error::Connect("a".into()),
        Error::Token("b".into()),
        Error::Request(String::new()),
        Error::UntrustedUrl(String::new()),
        Error::Incomplete(String::new()),
    ];
    assert!(!unsent.iter().any(Error::may_have_taken_effect));
    assert!(unsent[0].is_connect() && unsent[0].body().is_none());
}
