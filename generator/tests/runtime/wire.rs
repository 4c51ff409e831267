//! Real requests to a real server on loopback.

use std::collections::BTreeMap;
use std::io::Read;
use std::net::TcpListener;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use crate::fake::{Numbered, chunks};
use crate::multipart;
use crate::peer::{Peer, Reaction, json};
use crate::runtime::{Body, Client, ClientBuilder, ContentRange, Credential, Digest, Error, Retry};
use crate::service::{CommitBody, SERVICE};

const PART: &str = r#"{"part_id":"a","size":4}"#;

fn client(peer: &Peer) -> Client {
    let builder = ClientBuilder::new(&SERVICE).base_url(peer.url() + "/base");
    builder.credential("OAuth2", "token").build().unwrap()
}

fn send(text: &str) -> impl Fn(usize, &crate::peer::Seen) -> Reaction + use<> {
    let text = text.to_owned();
    move |_, _| Reaction::Send(text.clone())
}

fn digest() -> Digest {
    Digest::sha(&[0; 20])
}

fn range() -> ContentRange {
    ContentRange::new(0, 4, 8).unwrap()
}

#[tokio::test]
async fn a_request_without_a_body() {
    let peer = Peer::start(|_, _| json("200 OK", r#"{"entries":[]}"#));
    let client = client(&peer);
    client.list_parts("ä/b").offset(5).header("As-User", "1").await.unwrap();
    let seen = &peer.seen()[0];
    assert_eq!(seen.line, "GET /base/api/2.0/sessions/%C3%A4%2Fb/parts?offset=5 HTTP/1.1");
    let mut headers = seen.headers.clone();
    headers.sort();
    let host = format!("host: {}", peer.url().strip_prefix("http://").unwrap());
    assert_eq!(
        headers,
        [
            "accept: application/json",
            "as-user: 1",
            "authorization: Bearer token",
            &host,
            "user-agent: parts-client/1.2.3",
        ]
    );
    assert_eq!(seen.body, b"");
}

#[tokio::test]
async fn bodies() {
    let peer = Peer::start(|count, _| match count {
        0 => json("202 Accepted", ""),
        _ => json("200 OK", PART),
    });
    let client = client(&peer);
    let body =
        CommitBody { parts: Vec::new(), attributes: BTreeMap::from([("ä".to_owned(), json!(1))]) };
    client.commit("1", &body).await.unwrap();
    client.upload_part("1", &digest(), &range(), vec![0, 1, 2, 255]).await.unwrap();
    let stream = Body::stream(4, chunks(["ab", "cd"]));
    client.upload_part("1", &digest(), &range(), stream).await.unwrap();
    client.upload_part("1", &digest(), &range(), Body::empty()).await.unwrap();

    let [commit, bytes, stream, empty] = &peer.seen()[..] else { panic!("four requests") };
    assert_eq!(commit.line, "POST /base/api/2.0/sessions/1/commit HTTP/1.1");
    assert_eq!(commit.header("content-type"), Some("application/json"));
    assert_eq!(commit.body, r#"{"parts":[],"attributes":{"ä":1}}"#.as_bytes());
    assert_eq!(bytes.line, "PUT /base/api/2.0/sessions/1 HTTP/1.1");
    assert_eq!(bytes.header("content-type"), Some("application/octet-stream"));
    assert_eq!(bytes.header("content-range"), Some("bytes 0-3/8"));
    assert_eq!(bytes.header("digest"), Some("sha=AAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    assert_eq!(bytes.body, [0, 1, 2, 255]);
    assert_eq!(stream.body, b"abcd");
    for seen in [bytes, stream] {
        assert_eq!(seen.header("content-length"), Some("4"));
        assert_eq!(seen.header("transfer-encoding"), None);
    }
    assert_eq!((empty.header("content-length"), &empty.body[..]), (Some("0"), &b""[..]));
}

#[tokio::test]
async fn what_is_downloaded_is_uploaded_as_it_comes() {
    let known = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcd";
    let unknown =
        "HTTP/1.1 206 Partial\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n";
    let peer = Peer::start(move |count, seen| match (&seen.line[..3], count) {
        ("GET", 0) => Reaction::Send(known.to_owned()),
        ("GET", _) => Reaction::Send(unknown.to_owned()),
        _ => json("200 OK", PART),
    });
    let client = client(&peer);
    for (length, of_upload) in [(Some(4), Some("4")), (None, None)] {
        let body = client.download(-7).await.unwrap();
        assert_eq!(body.length(), length);
        client.upload_part("1", &digest(), &range(), body).await.unwrap();
        let seen = peer.seen();
        let upload = seen.last().unwrap();
        assert_eq!((upload.header("content-length"), &upload.body[..]), (of_upload, &b"abcd"[..]));
    }
}

#[tokio::test]
async fn a_stream_of_another_length_is_an_error() {
    let peer = Peer::start(|_, _| json("200 OK", PART));
    let client = client(&peer);
    for (length, how) in [(3, "longer"), (5, "shorter")] {
        let body = Body::stream(length, chunks(["ab", "cd"]));
        let error = client.upload_part("1", &digest(), &range(), body).await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{error}");
        assert!(format!("{error:?}").contains(how), "{error:?}");
    }
    let body = Body::stream(5, chunks(["ab"]).then_error("disk on fire"));
    let error = client.upload_part("1", &digest(), &range(), body).await.unwrap_err();
    assert!(format!("{error:?}").contains("disk on fire"), "{error:?}");
    assert!(peer.seen().is_empty(), "no request came whole");
}

#[tokio::test]
async fn connections_are_reused() {
    let peer = Peer::start(|_, _| json("200 OK", r#"{"entries":[]}"#));
    let client = client(&peer);
    for _ in 0..3 {
        client.clone().list_parts("1").await.unwrap();
    }
    assert_eq!(peer.connections(), 1);
    assert_eq!(peer.seen().len(), 3);
}

#[tokio::test]
async fn a_connection_that_was_closed_is_replaced() {
    let peer = Peer::start(|_, _| {
        Reaction::SendAndClose("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_owned())
    });
    let client = client(&peer);
    client.delete("1").await.unwrap();
    client.delete("2").await.unwrap();
    let connections: Vec<_> = peer.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 1]);
}

#[tokio::test]
async fn after_401_with_a_fresh_token() {
    let peer = Peer::start(|count, _| match count {
        0 => json("401 Unauthorized", "{}"),
        _ => json("200 OK", PART),
    });
    let credential = Credential::provider(Numbered::default());
    let builder =
        ClientBuilder::new(&SERVICE).base_url(peer.url()).credential("OAuth2", credential);
    let client = builder.build().unwrap();
    client.upload_part("1", &digest(), &range(), "body").await.unwrap();
    let sent: Vec<_> = peer
        .seen()
        .iter()
        .map(|seen| (seen.header("authorization").unwrap().to_owned(), seen.body.clone()))
        .collect();
    let body = b"body".to_vec();
    let expected =
        ["Bearer token-1", "Bearer token-2"].map(|token| (token.to_owned(), body.clone()));
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_refused_connection_is_a_connect_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = ClientBuilder::new(&SERVICE).base_url(url).build().unwrap();
    let error = client.list_parts("1").await.unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert!(format!("{error:?}").contains("refused"), "{error:?}");
}

#[tokio::test]
async fn a_truncated_response_is_an_error() {
    for text in [
        "",
        "HTTP/1.1 200 O",
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"entries\":[]}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        "not http at all\r\n\r\n",
    ] {
        let peer = Peer::start(move |_, _| Reaction::SendAndClose(text.to_owned()));
        let error = client(&peer).list_parts("1").await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{text}: {error:?}");
    }
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab";
    let peer = Peer::start(move |_, _| Reaction::SendAndClose(half.to_owned()));
    let body = client(&peer).download(1).await.unwrap();
    assert!(body.bytes().await.is_err(), "a stream breaks off while it is read");
}

/// Data that nobody read makes the system reset the connection.
#[tokio::test]
async fn a_connection_that_is_reset() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        socket.read_exact(&mut [0; 10]).unwrap();
    });
    let client = ClientBuilder::new(&SERVICE).base_url(url).build().unwrap();
    let call = client.upload_part("1", &digest(), &range(), vec![0; 32 << 20]);
    let error = call.await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    thread.join().unwrap();
}

#[tokio::test]
async fn a_late_response_times_out() {
    let peer = Peer::start(|_, _| Reaction::Hang);
    let limit = Duration::from_millis(20);
    let error = client(&peer).list_parts("1").timeout(limit).await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    let builder = ClientBuilder::new(&SERVICE).base_url(peer.url()).timeout(limit);
    let error = builder.build().unwrap().delete("1").await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab";
    let peer = Peer::start(send(half));
    let error = client(&peer).list_parts("1").timeout(limit).await.unwrap_err();
    assert!(error.is_timeout(), "the limit applies until the response is complete: {error:?}");
}

/// A pause before the response begins is the service's work, a pause within it is none.
#[tokio::test]
async fn a_stalled_response_times_out() {
    let limit = Duration::from_millis(20);
    let client = |peer: &Peer| {
        let builder = ClientBuilder::new(&SERVICE).base_url(peer.url());
        builder.read_timeout(limit).build().unwrap()
    };
    let peer = Peer::start(send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab"));
    let error = client(&peer).list_parts("1").await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    let error = client(&peer).download(1).await.unwrap().bytes().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);

    let head = "HTTP/1.1 200 OK\r\ncontent-type: Text/Event-Stream; charset=utf-8\r\n\r\n";
    let peer = Peer::start(send(&format!("{head}data: 1\n\n")));
    let mut events = client(&peer).events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data, "1");
    let pause = tokio::time::timeout(limit * 3, events.next()).await;
    assert!(pause.is_err(), "events may take their time");

    let peer = Peer::start(|_, _| Reaction::Hang);
    let pause = tokio::time::timeout(limit * 3, client(&peer).list_parts("1").into_future()).await;
    assert!(pause.is_err(), "the response has not begun");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = Peer::start(|_, _| json("200 OK", "{}"));
    let location =
        format!("HTTP/1.1 307 Go\r\nlocation: {}/x\r\ncontent-length: 0\r\n\r\n", other.url());
    let peer = Peer::start(send(&location));
    let error = client(&peer).list_parts("1").await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 307);
    assert_eq!(other.connections(), 0, "a token goes nowhere else");
}

#[tokio::test]
async fn when_asked_to_redirects_are_followed_without_the_token() {
    let other = Peer::start(|_, _| json("200 OK", r#"{"entries":[]}"#));
    let there = format!("{}/x", other.url());
    let redirect = move |_, seen: &crate::peer::Seen| {
        let own = seen.line.contains("/sessions/");
        let location = if own { "/base/here?a=1" } else { &there };
        Reaction::Send(format!(
            "HTTP/1.1 307 Go\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
        ))
    };
    let peer = Peer::start(redirect);
    let builder = ClientBuilder::new(&SERVICE).base_url(peer.url() + "/base").follow_redirects(5);
    let client = builder.credential("OAuth2", "token").build().unwrap();
    client.list_parts("1").await.unwrap();
    let seen = peer.seen();
    assert_eq!(seen[1].line, "GET /base/here?a=1 HTTP/1.1");
    assert!(seen.iter().all(|seen| seen.header("authorization") == Some("Bearer token")));
    let seen = &other.seen()[0];
    assert_eq!((seen.line.as_str(), seen.header("authorization")), ("GET /x HTTP/1.1", None));
}

#[tokio::test]
async fn when_asked_to_a_request_is_sent_again() {
    let peer = Peer::start(|count, _| match count {
        0 => Reaction::SendAndClose(String::new()),
        1 => Reaction::Send(
            "HTTP/1.1 503 Busy\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n".to_owned(),
        ),
        2 => Reaction::Hang,
        _ => json("200 OK", PART),
    });
    let short = Duration::from_millis(20);
    let retry = Retry::default().attempts(4).delays(short, short);
    let retry = retry.attempt_timeout(Duration::from_millis(300));
    let builder = ClientBuilder::new(&SERVICE).base_url(peer.url()).retry(retry);
    let client = builder.build().unwrap();
    client.upload_part("1", &digest(), &range(), "body").await.unwrap();
    let bodies: Vec<_> = peer.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, [b"body"; 4]);
}

#[tokio::test]
async fn all_attempts_together_have_a_limit() {
    let peer = Peer::start(|_, _| Reaction::Hang);
    let retry = Retry::default().attempts(100).attempt_timeout(Duration::from_millis(50));
    let limit = Duration::from_millis(400);
    let builder = ClientBuilder::new(&SERVICE).base_url(peer.url()).retry(retry).timeout(limit);
    let error = builder.build().unwrap().list_parts("1").await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!((1..100).contains(&peer.seen().len()), "{}", peer.seen().len());
}

#[tokio::test]
async fn error_bodies() {
    for (head, body) in [
        ("502 Bad Gateway\r\ncontent-type: text/html", "<html>oops</html>"),
        ("401 Unauthorized\r\nwww-authenticate: Bearer", ""),
        ("418 Teapot", "{\"code\":"),
    ] {
        let text = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let peer = Peer::start(send(&text));
        match client(&peer).list_parts("1").await.unwrap_err() {
            Error::Response { response, body: None } => assert_eq!(response.body(), body),
            error => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn status_and_headers_come_with_the_outcome() {
    let peer = Peer::start(send(
        "HTTP/1.1 200 OK\r\nbox-request-id: r\r\ncontent-length: 14\r\n\r\n{\"entries\":[]}",
    ));
    let response = client(&peer).list_parts("1").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["box-request-id"], "r");
    assert!(response.body().entries.is_empty());
}

#[tokio::test]
async fn a_request_can_be_sent_by_other_means() {
    let peer = Peer::start(|_, _| json("200 OK", PART));
    let client = client(&peer);
    let request = client.upload_part("1", &digest(), &range(), "abcd").into_request().unwrap();
    assert_eq!((request.method().as_str(), request.headers()["digest"].is_empty()), ("PUT", false));
    assert_eq!(request.uri().to_string(), format!("{}/base/api/2.0/sessions/1", peer.url()));
    let response = http::Response::new(Bytes::from(PART));
    assert_eq!(crate::service::UploadPart::decode(response).unwrap().id, "a");
}

#[tokio::test]
async fn calls_run_on_tasks_of_their_own() {
    fn assert_send_sync<T: Send + Sync + 'static>(_: &T) {}
    fn assert_send<T: Send + 'static>(future: T) -> T {
        future
    }
    let peer = Peer::start(|_, _| json("200 OK", r#"{"entries":[]}"#));
    let client = client(&peer);
    assert_send_sync(&client);
    let call = assert_send(client.list_parts("1").into_future());
    let other = assert_send(client.list_parts("2").send());
    drop(client);
    tokio::spawn(call).await.unwrap().unwrap();
    tokio::spawn(other).await.unwrap().unwrap();
    assert_eq!(peer.seen().len(), 2);
}

#[tokio::test]
async fn credentials_go_nowhere_else() {
    let peer = Peer::start(|_, _| json("200 OK", r#"{"entries":[]}"#));
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let builder = ClientBuilder::new(&SERVICE).base_url(peer.url()).credential("OAuth2", "token");
    let client = builder.build().unwrap();

    let elsewhere = format!("http://{}/parts", other.local_addr().unwrap());
    let error = client.list_parts("1").at(elsewhere).await.unwrap_err();
    assert!(matches!(error, Error::UntrustedUrl(_)), "{error}");
    other.set_nonblocking(true).unwrap();
    assert!(other.accept().is_err(), "no connection was made");
    assert_eq!(peer.connections(), 0);

    let url = format!("{}/other/parts?from=1", peer.url());
    client.list_parts("1").offset(5).at(url).await.unwrap();
    assert_eq!(peer.seen()[0].line, "GET /other/parts?from=1 HTTP/1.1");
    assert_eq!(peer.seen()[0].header("authorization"), Some("Bearer token"));
}

#[tokio::test]
async fn a_multipart_body_with_a_stream_has_a_length() {
    let peer = Peer::start(send("HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok"));
    let client = client(&peer);
    let file = Body::stream(7, chunks(["con", "tent"]));
    assert_eq!(client.upload(multipart::parts(file)).await.unwrap(), "ok");
    let seen = &peer.seen()[0];
    let expected = multipart::expected(multipart::boundary(seen.header("content-type").unwrap()));
    assert_eq!(Bytes::copy_from_slice(&seen.body), expected);
    assert_eq!(seen.header("content-length"), Some(expected.len().to_string().as_str()));
    assert_eq!(seen.header("transfer-encoding"), None);
}

/// Nothing happens, and no runtime is needed, before a call is awaited.
#[test]
fn calls_are_made_outside_of_a_runtime() {
    let peer = Peer::start(|_, _| json("200 OK", r#"{"entries":[]}"#));
    let call = client(&peer).list_parts("1").timeout(Duration::from_secs(60)).into_future();
    drop(client(&peer).list_parts("2").into_future());
    tokio::runtime::Runtime::new().unwrap().block_on(call).unwrap();
    assert_eq!(peer.seen().len(), 1);
}

/// A time limit that passes before the next attempt does not hide the last response.
#[tokio::test]
async fn a_wait_for_the_next_attempt_hides_no_response() {
    let busy = "HTTP/1.1 429 Busy\r\nretry-after: 0.3\r\ncontent-length: 0\r\n\r\n";
    let peer = Peer::start(send(busy));
    let short = Duration::from_millis(1);
    let retry = Retry::default().attempts(10).delays(short, short);
    let limit = Duration::from_millis(500);
    let builder = ClientBuilder::new(&SERVICE).base_url(peer.url()).retry(retry).timeout(limit);
    let error = builder.build().unwrap().list_parts("1").await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(429), "{error}");
}
