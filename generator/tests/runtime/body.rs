//! `Body`: bytes, streams, lengths.

use std::io::ErrorKind;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_core::Stream;
use http_body::Body as _;

use crate::fake::{chunks, read};
use crate::runtime::Body;

/// What is ready at once.
fn poll(body: &mut Body) -> Poll<Option<Result<Bytes, String>>> {
    let mut cx = Context::from_waker(Waker::noop());
    Pin::new(body).poll_next(&mut cx).map_err(|error| error.to_string())
}

#[test]
fn bytes_are_not_copied() {
    let bytes = Bytes::from(vec![7; 1_000]);
    let mut body = Body::from(bytes.clone());
    assert_eq!(body.length(), Some(1_000));
    let Poll::Ready(Some(Ok(chunk))) = poll(&mut body) else { panic!("the bytes are there") };
    assert_eq!((chunk.as_ptr(), chunk.len()), (bytes.as_ptr(), 1_000));
    assert_eq!(poll(&mut body), Poll::Ready(None));
    assert!(body.is_end_stream());

    let whole = read(Body::from(bytes.clone())).unwrap();
    assert_eq!(whole.as_ptr(), bytes.as_ptr());
    let wrapped = read(Body::wrap(Body::from(bytes.clone()))).unwrap();
    assert_eq!(wrapped.as_ptr(), bytes.as_ptr());
    let mut frames = Body::from(bytes.clone());
    let frame = pin!(&mut frames).poll_frame(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Some(Ok(frame))) = frame else { panic!("the bytes are there") };
    assert_eq!(frame.into_data().unwrap().as_ptr(), bytes.as_ptr());
}

#[test]
fn a_body_is_made_from_what_is_at_hand() {
    let all = [
        Body::from("text"),
        Body::from("text".to_owned()),
        Body::from(b"text".to_vec()),
        Body::from(&b"text"[..]),
        Body::from(Bytes::from("text")),
        Body::stream(4, chunks(["te", "", "x", "t"])),
        Body::wrap(Body::stream(4, chunks(["text"]))),
    ];
    for body in all {
        assert_eq!((body.length(), http_body::Body::size_hint(&body).exact()), (Some(4), Some(4)));
        assert_eq!(format!("{body:?}"), "Body(Some(4) bytes)");
        assert!(!body.is_end_stream());
        assert_eq!(read(body).unwrap(), "text");
    }
    for body in [Body::empty(), Body::from(""), Body::stream(0, chunks([]))] {
        assert_eq!(body.length(), Some(0));
        assert_eq!(read(body).unwrap(), "");
    }
}

#[test]
fn a_stream_must_have_its_declared_length() {
    let short = read(Body::stream(5, chunks(["ab", "c"]))).unwrap_err();
    assert_eq!(short.kind(), ErrorKind::UnexpectedEof);
    assert_eq!(short.to_string(), "the stream is shorter than declared");
    for long in [["ab", "cd"], ["abc", "d"], ["abcd", ""]] {
        let error = read(Body::stream(3, chunks(long))).unwrap_err();
        assert_eq!(error.to_string(), "the stream is longer than declared", "{long:?}");
    }
    let broken = read(Body::stream(5, chunks(["ab"]).then_error("disk on fire"))).unwrap_err();
    assert_eq!(broken.to_string(), "disk on fire");
    let late = read(Body::stream(2, chunks(["ab"]).then_error("disk on fire"))).unwrap_err();
    assert_eq!(late.to_string(), "disk on fire");
}

/// Or else a server would take a file that grew for complete.
#[test]
fn the_last_chunk_waits_for_the_end() {
    let mut body = Body::stream(3, chunks(["abc", "d"]));
    let mut got = Vec::new();
    loop {
        match poll(&mut body) {
            Poll::Ready(Some(Ok(chunk))) => got.extend(chunk),
            Poll::Pending => assert_eq!(body.length(), Some(3 - got.len() as u64)),
            Poll::Ready(Some(Err(_))) => break,
            Poll::Ready(None) => panic!("the stream is too long"),
        }
    }
    assert_eq!(got, b"");
    assert_eq!(poll(&mut body), Poll::Ready(None), "nothing follows an error");
}

#[test]
fn errors_keep_their_kind() {
    let error = std::io::Error::new(ErrorKind::PermissionDenied, "no");
    let error = read(Body::stream(5, OneError(Some(error)))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    let error = read(Body::wrap(Body::stream(5, chunks([])))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

struct OneError(Option<std::io::Error>);

impl Stream for OneError {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Err))
    }
}
