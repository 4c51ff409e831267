//! Responses of every kind, and what becomes of those that the document does not promise.

use std::time::Duration;

use crate::peer::{Peer, Reaction};
use crate::{response, client, giving};

const JSON: &str = "content-type: application/json";

#[tokio::test]
async fn whole_bodies() {
    let peer = Peer::start(|_, seen| {
        let (kind, body) = match crate::target(seen) {
            "/text" => ("text/plain", "größe"),
            "/csv" => ("text/csv", "a,b\r\n"),
            "/xml" => ("application/xml", "<a/>"),
            "/bare" => ("application/json", "[1,null]"),
            "/string" => ("application/json", "\"text\""),
            _ => ("application/json", r#"{"text":"note","more":1}"#),
        };
        Reaction::Send(response("200 OK", &format!("content-type: {kind}"), body))
    });
    let client = client!(response_kinds, peer);
    assert_eq!(client.text().await.unwrap(), "größe");
    assert_eq!(client.csv().await.unwrap(), "a,b\r\n");
    assert_eq!(client.xml().await.unwrap(), "<a/>");
    assert_eq!(client.bare().await.unwrap(), serde_json::json!([1, null]));
    assert_eq!(client.string().await.unwrap(), "text");
    assert_eq!(client.any().await.unwrap().text.as_deref(), Some("note"));
    assert_eq!(client.both().await.unwrap().text.as_deref(), Some("note"));
    let seen = peer.seen();
    let accept: Vec<_> = seen.iter().map(|seen| seen.header("accept").unwrap()).collect();
    // RFC 9110, section 12.5.1: what can be read is asked for.
    assert_eq!(accept[3..], ["application/json"; 4], "{accept:?}");
}

#[tokio::test]
async fn streams() {
    let chunked =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
    let peer = Peer::start(move |count, _| match count {
        0 => Reaction::Send(chunked.to_owned()),
        1 => Reaction::Send(response("200 OK", "content-type: image/png", "PNG")),
        _ => Reaction::SendAndClose("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort".into()),
    });
    let client = client!(response_kinds, peer);
    let body = client.bytes().await.unwrap();
    assert_eq!((body.length(), &body.bytes().await.unwrap()[..]), (None, &b"abc"[..]));
    let body = client.image().await.unwrap();
    assert_eq!((body.length(), &body.bytes().await.unwrap()[..]), (Some(3), &b"PNG"[..]));
    // RFC 9112, section 8: a response cut short is not complete.
    assert!(client.bytes().await.unwrap().bytes().await.is_err());
}

/// RFC 9110, section 15.3.7: a part of a representation is a response of success.
#[tokio::test]
async fn a_part_of_a_download() {
    use response_kinds::operations::RangeOutcome;
    let peer = Peer::start(|count, _| {
        Reaction::Send(match count {
            0 | 1 => response("206 Partial Content", "content-range: bytes 2-4/9", "cde"),
            2 => response("203 Non-Authoritative Information", "x: y", "abc"),
            3 => response("202 Accepted", "x: y", "wait"),
            _ => response("416 Range Not Satisfiable", "content-range: bytes */9", "no"),
        })
    });
    let client = client!(response_kinds, peer);
    let response = client.image().header("range", "bytes=2-4").send().await.unwrap();
    assert_eq!(response.status(), 206);
    assert_eq!(response.headers()["content-range"], "bytes 2-4/9");
    assert_eq!(response.into_body().bytes().await.unwrap(), "cde");
    for expected in ["cde", "abc"] {
        let outcome = client.range().range("bytes=2-4").await.unwrap();
        let RangeOutcome::Ok(body) = outcome else { panic!("{outcome:?}") };
        assert_eq!(body.bytes().await.unwrap(), expected);
    }
    assert_eq!(peer.seen()[1].header("range"), Some("bytes=2-4"));
    assert!(matches!(client.range().await.unwrap(), RangeOutcome::Accepted));
    assert_eq!(client.range().await.unwrap_err().status().unwrap(), 416);
}

/// RFC 9110, section 15.3: any 2xx says that the request succeeded. Where the document names one
/// response of success, another is read as that.
#[tokio::test]
async fn a_success_that_is_not_documented() {
    use several_responses::operations::JobError;
    let peer = giving("201 Created", JSON, r#"{"id":"1","text":"note"}"#);
    let client = client!(response_kinds, peer);
    assert_eq!(client.bare().await.unwrap()["id"], "1");
    assert_eq!(client.both().await.unwrap().text.as_deref(), Some("note"));
    // Redirects are responses of another kind.
    let outcome = client.download().await.unwrap();
    assert!(matches!(outcome, response_kinds::operations::DownloadOutcome::Ok(_)));
    // 204 is what the document names.
    client!(raw_bodies, peer).text("x").await.unwrap();
    let client = client!(several_responses, peer);
    assert_eq!(client.cancel("1").await.unwrap().e_tag, None);
    // Of several nothing tells which it is, and here `default` describes it.
    let error = client.job("1").await.unwrap_err();
    let several_responses::Error::Response { body: Some(error), .. } = error else { panic!() };
    assert!(matches!(*error, JobError::Unnamed(_)));
}

/// A response without content is distinguished from JSON, whatever its status.
#[tokio::test]
async fn no_content() {
    use success_statuses::operations::RangesOutcome;
    use several_responses::operations::JobOutcome;
    let peer = Peer::start(|count, _| {
        Reaction::Send(match count % 3 {
            0 => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
            1 => response("200 OK", JSON, ""),
            _ => response("206 Partial Content", JSON, ""),
        })
    });
    // The document names 204 as well.
    let client = client!(several_responses, peer);
    for _ in 0..3 {
        assert_eq!(client.job("1").await.unwrap(), JobOutcome::NoContent);
    }
    // `2XX` covers 204, beside other responses.
    let kinds = client!(success_statuses, peer);
    for _ in 0..3 {
        assert_eq!(kinds.ranges().await.unwrap(), RangesOutcome::NoContent);
    }
    // There is no other response that it could be.
    for status in [204, 200, 206] {
        let error = client.change("1").await.unwrap_err();
        assert!(matches!(error, several_responses::Error::Empty(_)), "{error}");
        assert_eq!(error.status().unwrap(), status);
    }
}

/// OpenAPI 3.0.3, Responses Object: `default` describes what has no description of its own.
#[tokio::test]
async fn a_default_beside_a_download() {
    let peer = Peer::start(|count, _| {
        Reaction::Send(match count {
            0 => response("200 OK", "x: y", "abc"),
            1 => response("206 Partial Content", "content-range: bytes 0-0/3", "a"),
            _ => response("202 Accepted", JSON, r#"{"text":"later"}"#),
        })
    });
    let client = client!(success_statuses, peer);
    assert_eq!(client.described().await.unwrap().bytes().await.unwrap(), "abc");
    assert_eq!(client.described().await.unwrap().bytes().await.unwrap(), "a");
    let error = client.described().await.unwrap_err();
    let success_statuses::Error::Response { body: Some(error), .. } = error else { panic!("{error}") };
    assert_eq!(error.text.as_deref(), Some("later"));
}

/// The event stream of the HTML standard, section 9.2.6.
#[tokio::test]
async fn events() {
    let text = ": a comment\n\ndata: one\ndata: two\n\nevent: add\nid: 7\nretry: 250\ndata:3\r\n\r\ndata: lost";
    let peer = giving("200 OK", "content-type: text/event-stream", text);
    let mut events = client!(response_kinds, peer).events().await.unwrap().into_events();
    let first = events.next().await.unwrap().unwrap();
    assert_eq!((&*first.event, &*first.data, &*first.id), ("message", "one\ntwo", ""));
    let second = events.next().await.unwrap().unwrap();
    assert_eq!((&*second.event, &*second.data, &*second.id), ("add", "3", "7"));
    assert_eq!(second.retry, Some(Duration::from_millis(250)));
    assert!(events.next().await.is_none(), "what is not complete is dropped");
    assert_eq!(peer.seen()[0].header("accept"), Some("text/event-stream"));
}

#[tokio::test]
async fn heads_and_redirects() {
    use response_kinds::operations::{DownloadOutcome, MovedOutcome};
    let peer = Peer::start(|_, seen| {
        Reaction::Send(match crate::target(seen) {
            // RFC 9110, section 8.6: the length of what a GET would give.
            "/nothing" => "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n".to_owned(),
            "/moved" => response("302 Found", "location: http://localhost:1/there", ""),
            "/download" => response("302 Found", "location: /elsewhere", "<html>"),
            _ => response("200 OK", "x: y", "ignored"),
        })
    });
    let client = client!(response_kinds, peer);
    assert_eq!(client.nothing().await.unwrap().content_length, Some(12));
    // RFC 9110, section 15.4: following a redirect is the caller's decision.
    let MovedOutcome::Found { location } = client.moved().await.unwrap() else { panic!("302") };
    assert_eq!(location.as_deref(), Some("http://localhost:1/there"));
    let outcome = client.download().await.unwrap();
    let DownloadOutcome::Found { location } = outcome else { panic!("{outcome:?}") };
    assert_eq!(location.as_deref(), Some("/elsewhere"));
    client.unsaid().await.unwrap();
    let methods: Vec<_> = peer.seen().iter().map(|seen| seen.line[..4].to_owned()).collect();
    assert_eq!(methods, ["HEAD", "GET ", "GET ", "GET "]);
}

#[tokio::test]
async fn several_successes() {
    use several_responses::operations::JobOutcome;
    let peer = Peer::start(|count, _| {
        Reaction::Send(match count {
            0 => response("200 OK", JSON, r#"{"id":"1","state":"paused"}"#),
            1 => response("202 Accepted", "Retry-After: 1.5", ""),
            2 => response("202 Accepted", "retry-after: soon", ""),
            3 => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
            4 => response("206 Partial Content", "X-Left: 3\r\nX-Final: false", r#"[{"id":"2"}]"#),
            _ => response("206 Partial Content", "X-Left: many", "[]"),
        })
    });
    let client = client!(several_responses, peer);
    let next = || async { client.job("1").await.unwrap() };
    let JobOutcome::Ok(job) = next().await else { panic!("200") };
    // A value that the document does not name is kept.
    assert_eq!(job.state.unwrap().as_str(), "paused");
    let JobOutcome::Accepted { retry_after } = next().await else { panic!("202") };
    assert_eq!(retry_after.unwrap().delay(), Duration::from_millis(1500));
    // RFC 9110, section 10.2.3: neither seconds nor a date.
    assert_eq!(next().await, JobOutcome::Accepted { retry_after: None });
    assert_eq!(next().await, JobOutcome::NoContent);
    let JobOutcome::PartialContent { body, x_left, x_final } = next().await else { panic!("206") };
    assert_eq!((&*body[0].id, x_left, x_final), ("2", Some(3), Some(false)));
    let JobOutcome::PartialContent { x_left, x_final, .. } = next().await else { panic!("206") };
    assert_eq!((x_left, x_final), (None, None), "a header that is no number is as if absent");
}

/// OpenAPI 3.0.3, Responses Object: a status before its range, a range before `default`.
#[tokio::test]
async fn several_errors() {
    use several_responses::operations::JobError;
    use several_responses::types::{JobError404, Problem};
    let peer = Peer::start(|count, _| {
        Reaction::Send(match count {
            0 => response("404 Not Found", JSON, r#"{"missing":"1"}"#),
            1 => response("409 Conflict", "content-type: text/plain", "it changed"),
            2 => response("410 Gone", "x: y", ""),
            3 => response("503 Service Unavailable", JSON, r#"{"title":"later"}"#),
            // What proxies send.
            4 => response("404 Not Found", "x-request-id: 7", "<html>"),
            _ => response("203 Non-Authoritative Information", JSON, r#"{"title":"odd"}"#),
        })
    });
    let client = client!(several_responses, peer);
    let mut problem = Problem::default();
    for expected in [
        Some(JobError::NotFound(JobError404::new("1"))),
        Some(JobError::Conflict("it changed".to_owned())),
        Some(JobError::Gone),
        {
            problem.title = Some("later".to_owned());
            Some(JobError::Unnamed(problem.clone()))
        },
        None,
        {
            problem.title = Some("odd".to_owned());
            Some(JobError::Unnamed(problem))
        },
    ] {
        let error = client.job("1").await.unwrap_err();
        let status = error.status();
        let several_responses::Error::Response { response, body: error } = error else { panic!("{error}") };
        assert_eq!((error.map(|error| *error), Some(response.status())), (expected, status));
        if response.body() == "<html>" {
            assert_eq!(response.headers()["x-request-id"], "7");
        }
    }
}

#[tokio::test]
async fn ranges_and_default() {
    let peer = Peer::start(|count, _| {
        Reaction::Send(match count {
            0 => response("299 Odd", JSON, r#"{"id":"1"}"#),
            1 => response("599 Odd", JSON, r#"{"after":5}"#),
            2 => response("412 Precondition Failed", JSON, r#"{"after":"no number"}"#),
            3 => response("204 No Content", "x-cost: 0.5\r\netag: \"a\"", ""),
            4 => response(
                "418 I'm a teapot",
                "content-type: application/problem+json",
                r#"{"code":1}"#,
            ),
            5 => response("200 OK", JSON, r#"{"id":"2"}"#),
            _ => response("500 Internal Server Error", JSON, r#"{"id":"3"}"#),
        })
    });
    let client = client!(several_responses, peer);
    assert_eq!(client.change("1").await.unwrap().id, "1");
    let error = client.change("1").await.unwrap_err();
    let several_responses::Error::Response { body: Some(error), .. } = error else { panic!() };
    assert_eq!(error.after, Some(5));
    let error = client.change("1").await.unwrap_err();
    let several_responses::Error::Response { body: None, response } = error else { panic!() };
    assert_eq!(response.body(), r#"{"after":"no number"}"#, "the bytes are kept");
    let outcome = client.cancel("1").await.unwrap();
    assert_eq!((outcome.x_cost, outcome.e_tag.as_deref()), (Some(0.5), Some("\"a\"")));
    let error = client.cancel("1").await.unwrap_err();
    let several_responses::Error::Response { body: Some(error), .. } = error else { panic!() };
    assert_eq!(error.code, Some(1));
    assert_eq!(client.touch("1").await.unwrap().id, "2");
    let error = client.touch("1").await.unwrap_err();
    let several_responses::Error::Response { body: Some(error), .. } = error else { panic!() };
    assert_eq!(error.id, "3");
}

/// What the document promises and the response does not keep is told with its place.
#[tokio::test]
async fn responses_that_do_not_decode() {
    let peer = giving("206 Partial Content", JSON, r#"[{"id":"1"},{"state":"done"}]"#);
    let error = client!(several_responses, peer).job("1").await.unwrap_err();
    let several_responses::Error::Decode { path, message, response } = error else { panic!() };
    assert_eq!(path, "[1]");
    assert!(message.contains("id"), "{message}");
    assert_eq!(response.body(), r#"[{"id":"1"},{"state":"done"}]"#);
}

/// The parts of a call that a caller may take into their own hands.
#[tokio::test]
async fn a_call_without_its_client() {
    let peer = giving("200 OK", JSON, r#"{"id":"1"}"#);
    let client = client!(several_responses, peer);
    let request = client.change("a b").header("X-More", "1").into_request().unwrap();
    assert_eq!(request.uri().path(), "/jobs/a%20b");
    assert_eq!(request.headers()["x-more"], "1");
    let response = http::Response::builder().status(200);
    let response = response.body(bytes::Bytes::from(r#"{"id":"2"}"#)).unwrap();
    let change = several_responses::operations::Change::decode(response).unwrap();
    assert_eq!(change.id, "2");
    let response = client.change("1").send().await.unwrap();
    assert_eq!((response.status().as_u16(), &*response.body().id), (200, "1"));
}

/// Operations that fail alike have one type for it, whether they describe it in place or not.
#[tokio::test]
async fn errors_that_operations_share() {
    use shared_errors::operations::{CatError, Error400Or404};
    use shared_errors::types::{ApiError, ApiErrorMore};
    let described = r#"{"text":"no","more":{"at":3}}"#;
    let peer = Peer::start(move |count, _| {
        Reaction::Send(match count {
            0 | 1 => response("400 Bad Request", JSON, described),
            2 => response("404 Not Found", "content-type: text/plain", "none"),
            _ => response("422 Unprocessable Content", JSON, described),
        })
    });
    let client = client!(shared_errors, peer);
    let mut expected = ApiError::new("no");
    let mut more = ApiErrorMore::default();
    more.at = Some(3);
    expected.more = Some(more);
    let error = client.cat("1").await.unwrap_err();
    // By the name of its operation, and by that of all that have it.
    assert_eq!(error.body(), Some(&CatError::BadRequest(expected.clone())));
    assert_eq!(client.drop_cat("1").await.unwrap_err().into_body(), error.into_body());
    let error = client.drop_cat("1").await.unwrap_err();
    assert_eq!(error.into_body(), Some(Error400Or404::NotFound("none".to_owned())));
    assert_eq!(client.name_cat("1", "Tom").await.unwrap_err().into_body(), Some(expected));
}
