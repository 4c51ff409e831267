//! Streams of items, from a server that cuts them anywhere.

use streams::runtime::{EventError, LineError};

use crate::client;
use crate::peer::{Peer, Reaction};

/// A response in chunks of this size, whose end is missing unless it is `whole`.
fn chunked(media_type: &str, body: &[u8], size: usize, whole: bool) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\ncontent-type";
    let mut response = format!("{head}: {media_type}\r\n\r\n").into_bytes();
    for piece in body.chunks(size) {
        response.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        response.extend_from_slice(piece);
        response.extend_from_slice(b"\r\n");
    }
    response.extend_from_slice(if whole { b"0\r\n\r\n" } else { b"" });
    response
}

fn peer(media_type: &'static str, body: impl Into<Vec<u8>>, size: usize, whole: bool) -> Peer {
    let body = body.into();
    Peer::start(move |_, _| Reaction::SendBytes(chunked(media_type, &body, size, whole)))
}

const EVENTS: &str = "text/event-stream";

#[tokio::test]
async fn events_are_decoded_up_to_the_end_marker() {
    let body = ": a comment\nid: 7\nevent: delta\nretry: 5\ndata: {\"delta\": \"gr\u{fc}\u{df}e\",\n\
                data: \"usage\": 1.0}\n\ndata: oops\n\ndata: {\"delta\":\"b\"}\r\n\r\ndata: [DONE]\n\ndata: {}\n\n";
    for size in [1, 2, 3, 1000] {
        let peer = peer(EVENTS, body, size, true);
        let mut events = client!(streams, peer).chat(&chat()).events().await.unwrap();
        let first = events.next().await.unwrap().unwrap();
        assert_eq!((&*first.data.delta, first.data.usage), ("gr\u{fc}\u{df}e", Some(1)));
        assert_eq!((&*first.event, &*first.id), ("delta", "7"));
        assert_eq!(first.retry.unwrap().as_millis(), 5);
        let Some(Err(EventError::Decode { event, .. })) = events.next().await else { panic!() };
        assert_eq!(event.data, "oops");
        assert_eq!(events.next().await.unwrap().unwrap().data.delta, "b");
        assert!(events.next().await.is_none());
        assert!(events.next().await.is_none());
        assert_eq!(events.last_id(), "7");
        assert_eq!(peer.seen()[0].header("accept"), Some(EVENTS));
    }
}

fn chat() -> streams::types::ChatBody {
    let mut body = streams::types::ChatBody::default();
    body.stream = Some(true);
    body
}

/// The member that asks for a stream, in forms: in place of another value, and in front of the rest.
#[tokio::test]
async fn a_form_asks_for_events() {
    use streams::operations::{TranscribeBody, TranscribeBodyMultipartForm};
    let peer = peer(EVENTS, "data: {\"delta\":\"a\"}\n\n", 100, true);
    let client = client!(streams, peer);
    let form = || TranscribeBodyMultipartForm::new("abc");
    let streamed = streams::runtime::Body::from("abc");
    let multipart = [
        form(),
        form().stream(false),
        TranscribeBodyMultipartForm::new(streams::runtime::Body::stream(3, streamed)),
    ];
    for form in multipart {
        let body = TranscribeBody::Multipart(form);
        let mut events = client.transcribe().body(body).events().await.unwrap();
        assert_eq!(events.next().await.unwrap().unwrap().data.delta, "a");
    }
    for stream in [None, Some(false)] {
        let mut sound = streams::types::Sound::new("abc");
        sound.stream = stream;
        client.transcribe().body(TranscribeBody::Form(sound)).events().await.unwrap();
    }
    let seen = peer.seen();
    for request in &seen[..3] {
        let body = String::from_utf8_lossy(&request.body);
        let boundary = request.header("content-type").unwrap().split_once("boundary=").unwrap().1;
        let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
        let flag = "\r\nContent-Disposition: form-data; name=\"stream\"\r\n\r\ntrue\r\n";
        assert_eq!(parts[..2], ["", flag], "{body}");
        assert!(parts[2].ends_with("\r\n\r\nabc\r\n"), "{body}");
        assert_eq!(parts[3..], ["--\r\n"], "{body}");
        let length = request.header("content-length");
        assert_eq!(length, Some(request.body.len().to_string().as_str()));
    }
    for request in &seen[3..] {
        assert!(request.body.starts_with(b"sound=") && request.body.ends_with(b"&stream=true"));
    }
}

#[tokio::test]
async fn a_connection_that_ends_in_an_event_is_an_error() {
    let peer = peer(EVENTS, "data: {\"delta\":\"a\"}\n\ndata: {\"del", 4, false);
    let mut events = client!(streams, peer).chat(&chat()).events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data.delta, "a");
    assert!(matches!(events.next().await, Some(Err(EventError::Broken(_)))));
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_long_event_is_read_and_an_endless_one_is_not() {
    let long = "x".repeat(10 << 20);
    let body = format!("data: {{\"delta\":\"{long}\"}}\n\n");
    let peer = peer(EVENTS, body, 1 << 16, true);
    let client = client!(streams, peer);
    let mut events = client.chat(&chat()).events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data.delta.len(), long.len());
    let mut events = client.chat(&chat()).events().await.unwrap().longest(1 << 20);
    assert!(matches!(events.next().await, Some(Err(EventError::Broken(_)))));
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn lines_are_decoded_as_they_come() {
    let body = "{\"delta\":\"\u{e4}\"}\r\n\n{\"delta\": 1}\n{\"delta\":\"b\"}";
    for size in [1, 5, 1000] {
        let peer = peer("application/x-ndjson", body, size, true);
        let mut lines = client!(streams, peer).logs().await.unwrap();
        assert_eq!(lines.next().await.unwrap().unwrap().delta, "\u{e4}");
        let Some(Err(LineError::Decode { text, .. })) = lines.next().await else { panic!() };
        assert_eq!(text, "{\"delta\": 1}");
        assert_eq!(lines.next().await.unwrap().unwrap().delta, "b");
        assert!(lines.next().await.is_none());
    }
    let peer = peer("application/x-ndjson", "{\"delta\":\"a\"}\n{\"de", 3, false);
    let mut lines = client!(streams, peer).logs().await.unwrap().longest(100);
    assert_eq!(lines.next().await.unwrap().unwrap().delta, "a");
    assert!(matches!(lines.next().await, Some(Err(LineError::Broken(_)))));
    assert!(lines.next().await.is_none());
}

#[tokio::test]
async fn records_may_have_several_lines() {
    let body = "\u{1e}{\"delta\":\n\"a\"}\n\u{1e}{\"delta\":\"b\"}\n";
    let peer = peer("application/json-seq", body, 2, true);
    let mut records = client!(streams, peer).records().await.unwrap();
    assert_eq!(records.next().await.unwrap().unwrap().delta, "a");
    assert_eq!(records.next().await.unwrap().unwrap().delta, "b");
    assert!(records.next().await.is_none());
}

#[tokio::test]
async fn the_caller_chooses_between_json_and_a_stream() {
    let peer = peer("application/json", r#"{"text":"a"}"#, 100, true);
    let client = client!(streams, peer);
    assert_eq!(client.chat(&chat()).await.unwrap().text, "a");
    assert_eq!(client.pulls().await.unwrap().text, "a");
    let mut lines = client.pulls().jsonl().await.unwrap();
    assert_eq!(lines.next().await.unwrap().unwrap().text, "a");
    let accepts: Vec<Option<String>> =
        peer.seen().iter().map(|seen| seen.header("accept").map(str::to_owned)).collect();
    let expected = ["application/json", "application/json", "application/jsonl"];
    assert_eq!(accepts, expected.map(|accept| Some(accept.to_owned())));
}
