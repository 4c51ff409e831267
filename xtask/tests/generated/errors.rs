//! Errors, and what they contain.

use std::error::Error as _;
use std::time::Duration;

use box_upload_sessions::runtime::RetryAfter;
use box_upload_sessions::types::{ClientError, ClientErrorCode, ClientErrorType, Conflicts};
use box_upload_sessions::{Client, Error};
use http::StatusCode;
use serde_json::{Value, json};

use crate::fixtures::{ID, SESSION, TOKEN, client, run};
use crate::server::{CannedResponse, Server};

/// The error for a response to `get_upload_session`.
fn refused(response: CannedResponse) -> Error<ClientError> {
    let server = Server::start([response]);
    let error = run(client(&server).get_upload_session(ID)).unwrap_err();
    assert_eq!(server.finish().len(), 1, "a fixed token is not sent twice");
    error
}

/// The typed body of a refusal.
fn typed(error: &Error<ClientError>) -> Option<&ClientError> {
    match error {
        Error::Response { body: error, .. } => error.as_deref(),
        _ => panic!("{error:?}"),
    }
}

/// The raw body of a refusal.
fn raw(error: &Error<ClientError>) -> &[u8] {
    error.response().unwrap().body()
}

#[test]
fn the_body_of_the_service() {
    let body = json!({
        "type": "error",
        "status": 409,
        "code": "item_name_in_use",
        "message": "Item with the same name already exists",
        "context_info": { "conflicts": { "type": "file", "id": "12345", "name": "Project.mov" } },
        "help_url": "https://developer.box.com/guides/errors/",
        "request_id": "5zbw8thrmw3kqdgk",
    });
    let error = refused(CannedResponse::json(409, &body.to_string()));
    assert_eq!(error.status(), Some(StatusCode::CONFLICT));
    assert_eq!(serde_json::from_slice::<Value>(raw(&error)).unwrap(), body);
    let typed = typed(&error).unwrap();
    assert_eq!(typed.r#type, Some(ClientErrorType::Error));
    assert_eq!(typed.status, Some(409));
    assert_eq!(typed.code, Some(ClientErrorCode::ItemNameInUse));
    assert_eq!(typed.message.as_deref(), Some("Item with the same name already exists"));
    assert_eq!(typed.help_url.as_deref(), Some("https://developer.box.com/guides/errors/"));
    assert_eq!(typed.request_id.as_deref(), Some("5zbw8thrmw3kqdgk"));
    let conflicts = typed.context_info.as_ref().unwrap().conflicts.as_ref().unwrap();
    let Conflicts::Conflict(conflict) = conflicts else { panic!("{conflicts:?}") };
    assert_eq!(conflict.id.as_deref(), Some("12345"));
    let text = "the service responded with 409 Conflict: item_name_in_use: \
        Item with the same name already exists";
    assert_eq!(error.to_string(), text);
}

/// Upload servers leave out `type` and `status`.
#[test]
fn a_body_without_type_and_status() {
    let body = r#"{"code":"session_expired","message":"gone","request_id":"abc"}"#;
    let error = refused(CannedResponse::json(410, body));
    assert_eq!(error.status(), Some(StatusCode::GONE));
    let typed = typed(&error).unwrap();
    assert_eq!((&typed.r#type, typed.status), (&None, None));
    assert_eq!(typed.code, Some(ClientErrorCode::SessionExpired));
    assert_eq!(typed.request_id.as_deref(), Some("abc"));
}

/// Status and bytes are kept even if the body is not the service's.
#[test]
fn bodies_of_proxies_are_errors() {
    let bodies = [
        "",
        "<html><body>502 Bad Gateway</body></html>",
        "upstream connect error",
        "[]",
        "null",
        r#"{"code":7}"#,
        r#"{"code":"bad_request""#,
    ];
    for status in [400, 404, 410, 413, 429, 500, 502, 503] {
        for body in bodies {
            let error =
                refused(CannedResponse::new(status, &[("Content-Type", "text/html")], body));
            assert_eq!(error.status().unwrap(), status, "{body}");
            assert_eq!(raw(&error), body.as_bytes());
            assert_eq!(typed(&error), None, "{status} {body}");
            assert!(error.to_string().contains(&status.to_string()), "{error}");
        }
    }
}

/// What a body is called says nothing: proxies and upload servers get it wrong.
#[test]
fn json_is_read_whatever_its_content_type() {
    let body = r#"{"code":"bad_digest"}"#;
    for header in [&[][..], &[("Content-Type", "text/plain")]] {
        let error = refused(CannedResponse::new(400, header, body));
        assert_eq!(typed(&error).unwrap().code, Some(ClientErrorCode::BadDigest));
    }
}

#[test]
fn unauthorized_without_a_body() {
    let header = ("WWW-Authenticate", r#"Bearer realm="Service", error="invalid_token""#);
    let error = refused(CannedResponse::new(401, &[header], ""));
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(typed(&error), None);
    assert_eq!(error.response().unwrap().headers()["www-authenticate"], header.1);
    assert_eq!(error.to_string(), "the service responded with 401 Unauthorized");
}

#[test]
fn too_many_requests() {
    let body = r#"{"code":"rate_limit_exceeded"}"#;
    let cases = [
        (Some("retry-after: 7"), Some(Duration::from_secs(7))),
        (Some("RETRY-AFTER: 0.5"), Some(Duration::from_millis(500))),
        (Some("Retry-After: later"), None),
        (None, None),
    ];
    for (header, delay) in cases {
        let headers: Vec<_> = header.iter().filter_map(|line| line.split_once(": ")).collect();
        let error = refused(CannedResponse::new(429, &headers, body));
        assert_eq!(error.status(), Some(StatusCode::TOO_MANY_REQUESTS));
        assert_eq!(error.retry_after(), delay.map(RetryAfter::Delay), "{header:?}");
        assert_eq!(typed(&error).unwrap().code, Some(ClientErrorCode::RateLimitExceeded));
    }
}

#[test]
fn the_request_id_of_the_header() {
    for name in ["box-request-id", "BOX-REQUEST-ID", "X-Request-Id"] {
        let error = refused(CannedResponse::new(503, &[("x-other", "1"), (name, "12ab")], ""));
        assert_eq!(error.request_id(), Some("12ab"), "{name}");
    }
    assert_eq!(
        refused(CannedResponse::new(503, &[("request-identity", "1")], "")).request_id(),
        None
    );
    let both = CannedResponse::new(404, &[("box-request-id", "head")], r#"{"request_id":"body"}"#);
    let error = refused(both);
    assert_eq!(error.request_id(), Some("head"));
    assert_eq!(typed(&error).unwrap().request_id.as_deref(), Some("body"));
}

/// The error of a response that does not decode has the path, and keeps the response: the request has taken effect.
#[test]
fn a_response_that_does_not_decode_is_an_error() {
    let session = |path: &str, value: Value| {
        let mut session: Value = serde_json::from_str(SESSION).unwrap();
        *session.pointer_mut(path).unwrap() = value;
        session.to_string()
    };
    let cases = [
        (session("/part_size", json!("8 MiB")), "part_size"),
        (session("/session_endpoints/commit", json!(7)), "session_endpoints.commit"),
        (session("/session_expires_at", json!("tomorrow")), "session_expires_at"),
        (session("/part_size", json!(null)), "part_size"),
        (session("/total_parts", json!(1e20)), "total_parts"),
        ("<html>".to_owned(), ""),
        ("[]".to_owned(), ""),
    ];
    for (body, place) in cases {
        let headers = [("box-request-id", "abc")];
        let error = refused(CannedResponse::new(200, &headers, &body));
        assert_eq!(error.request_id(), Some("abc"));
        let Error::Decode { response, path, message } = &error else { panic!("{error:?}") };
        assert_eq!(path, place, "{body}");
        assert!(!message.is_empty());
        assert_eq!((response.status(), &response.body()[..]), (StatusCode::OK, body.as_bytes()));
        assert!(error.to_string().contains(message.as_str()), "{error}");
    }
}

#[test]
fn a_response_without_its_body_is_an_error() {
    let error = refused(CannedResponse::new(200, &[("box-request-id", "abc")], ""));
    assert!(matches!(&error, Error::Empty { .. }), "{error:?}");
    assert_eq!((error.status(), error.request_id()), (Some(StatusCode::OK), Some("abc")));
}

#[test]
fn a_missing_member_is_named() {
    let error = refused(CannedResponse::json(200, r#"{"id":"1"}"#));
    let Error::Decode { message, .. } = &error else { panic!("{error:?}") };
    assert!(message.contains("part_size"), "{message}");
}

/// Certainly nothing was sent, unlike in the next test.
#[test]
fn a_refused_connection_is_a_connect_error() {
    // Nothing can listen on port 0.
    let builder = Client::builder().base_url("http://127.0.0.1:0").access_token(TOKEN);
    let error = run(builder.build().unwrap().get_upload_session(ID)).unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert!(error.source().is_some());
    assert_eq!((error.status(), error.is_timeout()), (None, false));
}

#[test]
fn the_connection_breaks_off() {
    let cut = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{{\"id\":", SESSION.len());
    for bytes in [String::new(), "HTTP/1.1 200".to_owned(), "garbage\r\n\r\n".to_owned(), cut] {
        let server = Server::start([CannedResponse::Last(bytes.clone().into_bytes())]);
        let error = run(client(&server).get_upload_session(ID)).unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{bytes:?}: {error:?}");
        assert!(error.source().is_some());
        assert_eq!(server.finish().len(), 1, "a request whose outcome is unknown is not repeated");
    }
}

/// The limit of the call goes before that of the client.
#[test]
fn the_time_limit_passes() {
    let short = Duration::from_millis(20);
    let long = Duration::from_secs(3600);
    for (of_client, of_call) in
        [(Some(short), None), (None, Some(short)), (Some(long), Some(short))]
    {
        let server = Server::start([CannedResponse::Silence]);
        let mut builder = Client::builder().base_url(server.url()).access_token(TOKEN);
        if let Some(limit) = of_client {
            builder = builder.timeout(limit);
        }
        let mut call = builder.build().unwrap().get_upload_session(ID);
        if let Some(limit) = of_call {
            call = call.timeout(limit);
        }
        let error = run(call).unwrap_err();
        assert!(matches!(error, Error::Timeout) && error.is_timeout(), "{error:?}");
    }
}
