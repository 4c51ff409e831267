//! Connections on which the service reads no more.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::runtime::{Body, HttpTransport, Transport};

/// More than the buffers of both sockets hold.
const LARGE: usize = 64 << 20;

/// Sends a request to a service that responds after the head, and returns the response, and the
/// service's end of the connection.
async fn respond_early(body: Body, response: &'static str) -> (Response<Body>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = tokio::spawn(async move {
        let mut socket = listener.accept().await.unwrap().0;
        let mut head = Vec::new();
        while !head.windows(4).any(|window| window == b"\r\n\r\n") {
            head.push(socket.read_u8().await.unwrap());
        }
        socket.write_all(response.as_bytes()).await.unwrap();
        socket
    });
    let transport = HttpTransport::builder().build().unwrap();
    let request = Request::post(format!("http://{address}/")).body(body).unwrap();
    let response = timeout(LIMIT, transport.send(request)).await.unwrap().unwrap();
    (response, service.await.unwrap())
}

const LIMIT: Duration = Duration::from_secs(60);

const RESPONSE: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\n{}";

/// Whether the other side closes the connection, whatever else it sends before.
async fn is_closed(mut socket: TcpStream) -> bool {
    let mut sink = tokio::io::sink();
    timeout(LIMIT, tokio::io::copy(&mut socket, &mut sink)).await.is_ok()
}

/// Waits until nobody else has the bytes.
async fn is_let_go(bytes: &Bytes) -> bool {
    let wait = async {
        while !bytes.is_unique() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LIMIT, wait).await.is_ok()
}

#[tokio::test]
async fn what_nobody_reads_is_let_go_when_the_response_is_complete() {
    let bytes = Bytes::from(vec![0; LARGE]);
    let (response, socket) = respond_early(bytes.clone().into(), RESPONSE).await;
    assert!(!bytes.is_unique());
    assert_eq!(response.into_body().bytes().await.unwrap(), "{}");
    assert!(is_let_go(&bytes).await, "the body is kept");
    assert!(is_closed(socket).await, "the connection stays open");
}

#[tokio::test]
async fn what_nobody_reads_is_let_go_when_the_response_is_dropped() {
    let bytes = Bytes::from(vec![0; LARGE]);
    let endless = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n";
    let (response, socket) = respond_early(bytes.clone().into(), endless).await;
    drop(response);
    assert!(is_let_go(&bytes).await, "the body is kept");
    assert!(is_closed(socket).await, "the connection stays open");
}

#[tokio::test]
async fn an_empty_response_is_complete_at_once() {
    let bytes = Bytes::from(vec![0; LARGE]);
    let empty = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n";
    let (_response, socket) = respond_early(bytes.clone().into(), empty).await;
    assert!(is_let_go(&bytes).await, "the body is kept");
    assert!(is_closed(socket).await, "the connection stays open");
}

#[tokio::test]
async fn what_nobody_reads_is_let_go_when_the_call_is_given_up() {
    let bytes = Bytes::from(vec![0; LARGE]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let transport = HttpTransport::builder().build().unwrap();
    let call = transport.send(Request::post(url).body(bytes.clone().into()).unwrap());
    let read_head = async {
        let mut socket = listener.accept().await.unwrap().0;
        socket.read_u8().await.unwrap();
        socket
    };
    let socket = tokio::select! {
        socket = read_head => socket,
        _ = call => panic!("there is no response"),
    };
    assert!(is_let_go(&bytes).await, "the body is kept");
    assert!(is_closed(socket).await, "the connection stays open");
}

/// Some bytes, and then nothing for ever.
struct Stuck {
    first: Option<Bytes>,
    _held: Bytes,
}

impl Stream for Stuck {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.first.take().map_or(Poll::Pending, |bytes| Poll::Ready(Some(Ok(bytes))))
    }
}

#[tokio::test]
async fn a_stream_that_is_stuck_is_let_go() {
    let held = Bytes::from(vec![0; 8]);
    let body = Body::stream(
        16,
        Stuck { first: Some(Bytes::from_static(b"12345678")), _held: held.clone() },
    );
    let (response, socket) = respond_early(body, RESPONSE).await;
    assert!(!held.is_unique());
    assert_eq!(response.into_body().bytes().await.unwrap(), "{}");
    assert!(is_let_go(&held).await, "the stream is kept");
    assert!(is_closed(socket).await, "the connection stays open");
}

/// Reads a request with `content-length`.
async fn read_request(socket: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse().unwrap());
    let mut body = socket.take(length);
    assert_eq!(tokio::io::copy(&mut body, &mut tokio::io::sink()).await.unwrap(), length);
}

/// A connection is used again as soon as hyper has read the response, even if the caller has not.
#[tokio::test]
async fn a_response_that_is_dropped_late_leaves_the_next_request_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (read_on, wait) = oneshot::channel();
    let service = tokio::spawn(async move {
        let mut socket = listener.accept().await.unwrap().0;
        read_request(&mut socket).await;
        socket.write_all(RESPONSE.as_bytes()).await.unwrap();
        wait.await.unwrap();
        read_request(&mut socket).await;
        socket.write_all(RESPONSE.as_bytes()).await.unwrap();
        socket
    });
    let transport = HttpTransport::builder().build().unwrap();
    let post = |length| {
        let body = Body::from(vec![0; length]);
        transport.send(Request::post(&url).body(body).unwrap())
    };
    // Smaller bodies share connections of HTTP/2.
    let first = post(1 << 15).await.unwrap();
    // Hyper takes the connection back, and the next request is blocked on it.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut next = post(LARGE);
    assert!(timeout(Duration::from_millis(200), &mut next).await.is_err());
    drop(first);
    read_on.send(()).unwrap();
    assert_eq!(timeout(LIMIT, next).await.unwrap().unwrap().status(), 503);
    service.await.unwrap();
}

/// A service that refuses a request may close without reading the rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_refusal_is_reported_as_its_status() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                // By now, the client is writing.
                socket.read_exact(&mut [0; 1 << 16]).await.unwrap();
                socket.write_all(RESPONSE.as_bytes()).await.unwrap();
            });
        }
    });
    let transport = HttpTransport::builder().build().unwrap();
    let bytes = Bytes::from(vec![0; LARGE]);
    // One in seven would fail because the connection was reset.
    for _ in 0..100 {
        let request = Request::post(&url).body(bytes.clone().into()).unwrap();
        let response = timeout(LIMIT, transport.send(request)).await.unwrap().unwrap();
        assert_eq!(response.status(), 503);
        assert_eq!(response.into_body().bytes().await.unwrap(), "{}");
    }
    assert!(is_let_go(&bytes).await, "a body is kept");
}

#[tokio::test]
async fn a_service_that_closes_without_a_response_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            socket.read_exact(&mut [0; 1 << 16]).await.unwrap();
        }
    });
    let transport = HttpTransport::builder().build().unwrap();
    let bytes = Bytes::from(vec![0; LARGE]);
    for _ in 0..20 {
        let request = Request::post(&url).body(bytes.clone().into()).unwrap();
        assert!(timeout(LIMIT, transport.send(request)).await.unwrap().is_err());
    }
    assert!(is_let_go(&bytes).await, "a body is kept");
}

/// The service accepts no second one.
#[tokio::test]
async fn requests_that_are_read_share_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let service = tokio::spawn(async move {
        let mut socket = listener.accept().await.unwrap().0;
        for round in 0..30 {
            read_request(&mut socket).await;
            let response =
                if round % 3 == 0 { "HTTP/1.1 204 No Content\r\n\r\n" } else { RESPONSE };
            socket.write_all(response.as_bytes()).await.unwrap();
        }
    });
    let transport = HttpTransport::builder().build().unwrap();
    for round in 0..30_usize {
        let length = [1 << 15, 1 << 20, 9 << 20][round / 2 % 3];
        let body = Body::from(vec![0; length]);
        let body = if round % 2 == 0 { body } else { Body::stream(length as u64, body) };
        let request = Request::put(&url).body(body).unwrap();
        let response = timeout(LIMIT, transport.send(request)).await.unwrap().unwrap();
        response.into_body().bytes().await.unwrap();
    }
    service.await.unwrap();
}
