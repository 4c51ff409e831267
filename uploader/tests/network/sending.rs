//! How requests go out.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::support::{put, transport};

/// A server for one connection: it responds to each body of `length` bytes, `count` of them, all of
/// whose bytes are `#`.
async fn server(length: usize, count: usize) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = 0;
        for number in 1..=count {
            while seen < length * number {
                let mut buffer = [0; 1000];
                let read = stream.read(&mut buffer).await.unwrap();
                assert_ne!(read, 0, "the client has gone away");
                seen += buffer[..read].iter().filter(|byte| **byte == b'#').count();
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK").await.unwrap();
        }
    });
    (url, task)
}

#[tokio::test]
async fn connections_are_used_again() {
    let (url, server) = server(1, 3).await;
    let transport = transport().build().unwrap();
    for _ in 0..3 {
        let response = put(&transport.clone(), &url, "#").await.unwrap();
        assert_eq!(response.into_body().bytes().await.unwrap(), "OK");
    }
    server.await.unwrap();
}

/// The time is Tokio's, which jumps to the next timer whenever nothing else is to be done.
#[tokio::test(start_paused = true)]
async fn clones_share_the_limit_of_bandwidth() {
    let transport =
        transport().bytes_per_second(1000).connect_timeout(Duration::from_secs(1 << 30));
    let transport = transport.build().unwrap();
    let start = Instant::now();
    let uploads = (0..2).map(|_| {
        let transport = transport.clone();
        async move {
            let (url, server) = server(1500, 1).await;
            assert_eq!(put(&transport, &url, vec![b'#'; 1500]).await.unwrap().status(), 200);
            server.await.unwrap();
        }
    });
    futures_util::future::join_all(uploads).await;
    assert!(start.elapsed() > Duration::from_millis(2900), "{:?}", start.elapsed());
}

#[test]
fn a_bandwidth_limit_of_zero_is_an_error() {
    let error = transport().bytes_per_second(0).build().unwrap_err().to_string();
    assert_eq!(error, "cannot build the transport: the bandwidth limit is 0");
}
