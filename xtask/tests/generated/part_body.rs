//! The bytes of a part, from where the caller has them to the wire.

use std::collections::VecDeque;
use std::error::Error as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use box_upload_sessions::operations::UploadPart;
use box_upload_sessions::runtime::{ContentRange, Digest};
use box_upload_sessions::{Body, Client, Error};
use bytes::Bytes;
use futures_core::Stream;
use http_body::Body as _;

use crate::fixtures::{ID, UPLOADED_PART, client, part, run};
use crate::server::{CannedResponse, Server};
use crate::tokens::Provider;
use crate::transport::Recorder;

fn upload(client: &Client, body: impl Into<Body>) -> UploadPart {
    let range = ContentRange::new(0, 8, 16).unwrap();
    client.upload_part(ID, &range, &Digest::sha(&[7; 20]), body)
}

/// A stream of these chunks.
pub(crate) struct Chunks(VecDeque<io::Result<Bytes>>);

impl Chunks {
    pub(crate) fn new(chunks: impl IntoIterator<Item = &'static str>) -> Self {
        Self(chunks.into_iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect())
    }
}

impl Stream for Chunks {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front())
    }
}

/// The chunks that a request would send.
fn chunks(request: UploadPart) -> Vec<Bytes> {
    let mut body = request.into_request().unwrap().into_body();
    let mut chunks = Vec::new();
    run(async {
        while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await
        {
            chunks.push(frame.unwrap().into_data().unwrap());
        }
    });
    chunks
}

fn place(bytes: &[u8]) -> (*const u8, usize) {
    (bytes.as_ptr(), bytes.len())
}

#[test]
fn bytes_are_not_copied() {
    let server = Server::start([]);
    let client = client(&server);
    let bytes = Bytes::from(vec![7; 1 << 20]);
    let sent = chunks(upload(&client, bytes.clone()));
    assert_eq!(sent.iter().map(|chunk| place(chunk)).collect::<Vec<_>>(), [place(&bytes)]);

    let vector = vec![7; 1 << 20];
    let here = place(&vector);
    let sent = chunks(upload(&client, vector));
    assert_eq!(sent.iter().map(|chunk| place(chunk)).collect::<Vec<_>>(), [here]);

    let slice = bytes.slice(1000..2000);
    let sent = chunks(upload(&client, slice.clone()));
    assert_eq!(sent.iter().map(|chunk| place(chunk)).collect::<Vec<_>>(), [place(&slice)]);
}

#[test]
fn chunks_of_a_stream_are_not_copied() {
    let server = Server::start([]);
    let one = Bytes::from(vec![1; 5000]);
    let two = Bytes::from(vec![2; 3000]);
    let stream = Chunks([one.clone(), two.clone()].map(Ok).into());
    let sent = chunks(upload(&client(&server), Body::stream(8000, stream)));
    let places: Vec<_> = sent.iter().map(|chunk| place(chunk)).collect();
    assert_eq!(places, [place(&one), place(&two)]);
}

/// Not for sending, and not for sending again with another token.
#[test]
fn bytes_are_not_copied_on_their_way_to_the_transport() {
    let transport = Recorder::new([(401, ""), (200, UPLOADED_PART)]);
    let (provider, _) = Provider::credential(["stale", "fresh"]);
    let builder = Client::builder().access_token(provider).transport(transport.clone());
    let bytes = Bytes::from(vec![7; 1 << 20]);
    let uploaded = run(upload(&builder.build().unwrap(), bytes.clone())).unwrap();
    assert_eq!(uploaded.part, part());
    let requests = transport.requests();
    let places: Vec<_> = requests.iter().map(|request| place(request.body())).collect();
    assert_eq!(places, [place(&bytes), place(&bytes)]);
}

/// Credentials are added when it is sent; the length is the body's own.
#[test]
fn a_request_can_be_built_without_sending_it() {
    let server = Server::start([]);
    let request = upload(&client(&server), "12345678").into_request().unwrap();
    assert_eq!(request.method(), "PUT");
    let uri = format!("{}/api/2.0/files/upload_sessions/{ID}", server.url());
    assert_eq!(request.uri().to_string(), uri);
    assert_eq!(request.headers()["content-type"], "application/octet-stream");
    assert_eq!(request.headers()["content-range"], "bytes 0-7/16");
    assert_eq!(request.headers()["digest"], "sha=BwcHBwcHBwcHBwcHBwcHBwcHBwc=");
    assert!(!request.headers().contains_key("authorization"));
    assert_eq!(
        (request.body().length(), http_body::Body::size_hint(request.body()).exact()),
        (Some(8), Some(8))
    );
}

#[test]
fn a_large_part_arrives_whole() {
    let server = Server::start([CannedResponse::json(200, UPLOADED_PART)]);
    let bytes: Vec<u8> = (0..8_388_608_u32).map(|at| (at % 251) as u8).collect();
    run(upload(&client(&server), bytes.clone())).unwrap();
    let sent = server.finish();
    assert_eq!(sent[0].header("content-length"), Some("8388608"));
    assert!(sent[0].complete && sent[0].body == bytes);
}

#[test]
fn a_stream_has_a_content_length() {
    for pieces in [&["12345678"][..], &["1", "234", "", "5678"], &["", "12345678", "", ""]] {
        let server = Server::start([CannedResponse::json(200, UPLOADED_PART)]);
        let body = Body::stream(8, Chunks::new(pieces.iter().copied()));
        run(upload(&client(&server), body)).unwrap();
        let sent = server.finish();
        assert_eq!(sent[0].header("content-length"), Some("8"));
        assert_eq!(sent[0].header("transfer-encoding"), None);
        assert_eq!(sent[0].body, b"12345678");
    }
}

#[test]
fn an_empty_body_says_that_it_is_empty() {
    for body in [Body::empty(), Body::from(""), Body::stream(0, Chunks::new([]))] {
        let server = Server::start([CannedResponse::json(200, UPLOADED_PART)]);
        run(upload(&client(&server), body)).unwrap();
        let sent = server.finish();
        assert_eq!(sent[0].header("content-length"), Some("0"));
        assert_eq!(sent[0].header("transfer-encoding"), None);
    }
}

/// What is said about an error and what caused it.
fn chain<E: std::fmt::Debug>(error: &Error<E>) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(": {error}");
        source = error.source();
    }
    text
}

/// The service must not take what is too short or too long for a whole part.
#[test]
fn a_stream_of_another_length_is_an_error() {
    let cases = [
        (&["1234567"][..], "shorter"),
        (&[], "shorter"),
        (&["1234", ""], "shorter"),
        (&["123456789"], "longer"),
        (&["12345678", "9"], "longer"),
        (&["1", "2345678", "", "9"], "longer"),
    ];
    for (pieces, how) in cases {
        let server = Server::start([]);
        let body = Body::stream(8, Chunks::new(pieces.iter().copied()));
        let error = run(upload(&client(&server), body)).unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{pieces:?}: {error:?}");
        let text = chain(&error);
        assert!(text.contains(&format!("the stream is {how} than declared")), "{text}");
        for request in server.finish() {
            assert_eq!(request.header("content-length"), Some("8"));
            assert!(!request.complete, "{pieces:?} arrived as {:?}", request.body);
        }
    }
}

#[test]
fn a_stream_that_fails_is_an_error() {
    let server = Server::start([]);
    let mut pieces = Chunks::new(["1234"]);
    pieces.0.push_back(Err(io::Error::other("the disk is gone")));
    let body = Body::stream(8, pieces);
    let error = run(upload(&client(&server), body)).unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert!(chain(&error).contains("the disk is gone"), "{}", chain(&error));
    assert!(server.finish().iter().all(|request| !request.complete));
}

/// It is used up, so the 401 stands; but the provider learns that its token is of no use any more.
#[test]
fn a_stream_is_not_sent_again() {
    let server = Server::start([CannedResponse::new(401, &[], "")]);
    let (provider, asked) = Provider::credential(["stale", "fresh"]);
    let builder = Client::builder().base_url(server.url()).access_token(provider);
    let body = Body::stream(8, Chunks::new(["12345678"]));
    let error = run(upload(&builder.build().unwrap(), body)).unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(*asked.lock().unwrap(), [None, Some("stale".to_owned())]);
    assert_eq!(server.finish().len(), 1);
}
