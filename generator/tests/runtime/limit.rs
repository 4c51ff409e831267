//! Responses that exceed the limit.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::Frame;

use crate::fake::{Fake, canned, chunks, read, run};
use crate::runtime::{Body, Error};

/// A body that never ends, and counts what is taken of it.
#[derive(Clone, Default)]
struct Flood(Arc<AtomicUsize>);

const CHUNK: usize = 1 << 20;

impl http_body::Body for Flood {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; CHUNK])))))
    }
}

#[test]
fn a_flood_is_an_error_that_says_so() {
    for status in [200, 404, 503] {
        let flood = Flood::default();
        let client = Fake::new([canned(status, Body::wrap(flood.clone()))]).client();
        let error = run(client.list_parts("1").into_future()).unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{error}");
        assert_eq!(error.status().unwrap(), status);
        assert!(error.to_string().ends_with("it is longer than 16777216 bytes"), "{error}");
        // A stream may look one chunk ahead.
        assert!(flood.0.load(Ordering::Relaxed) <= (16 << 20) / CHUNK + 2);
    }
}

#[test]
fn a_length_is_not_believed_but_for_being_too_large() {
    let claim = |length: u64, text: &'static str| {
        let chunks = chunks([text]);
        Ok(Response::builder().status(200).body(Body::stream(length, chunks)).unwrap())
    };
    for (length, limit, fits) in [(u64::MAX, 1 << 40, false), (13, 12, false), (14, 14, true)] {
        let fake = Fake::new([claim(length, "{\"entries\":[]}")]);
        let client = fake.configure(|builder| builder.max_response_size(limit));
        let parts = run(client.list_parts("1").into_future());
        assert_eq!(parts.is_ok(), fits, "{length} {limit}");
    }
}

#[test]
fn bytes_in_memory_count_too() {
    let text = format!("{{\"entries\":[]}}{}", " ".repeat(100));
    for (limit, fits) in [(text.len() as u64, true), (text.len() as u64 - 1, false), (0, false)] {
        let fake = Fake::new([canned(200, text.clone())]);
        let client = fake.configure(|builder| builder.max_response_size(limit));
        assert_eq!(run(client.list_parts("1").into_future()).is_ok(), fits, "{limit}");
    }
}

/// What is downloaded has no limit.
#[test]
fn streams_have_no_limit() {
    let fake = Fake::new([canned(200, vec![7; 100])]);
    let client = fake.configure(|builder| builder.max_response_size(10));
    let body = run(client.download(1).into_future()).unwrap();
    assert_eq!(read(body).unwrap().len(), 100);
}
