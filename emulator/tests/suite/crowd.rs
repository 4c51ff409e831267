//! Many clients at once, and clients that make no sense.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use box_emulator::{Emulator, Operation};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::*;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_uploads_at_once() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let uploads: Vec<_> = (0..200)
        .map(|index| {
            let client = client.clone();
            tokio::spawn(async move {
                let content = bytes(index, 5_500);
                let file = upload(&client, &format!("{index}"), &content).await.unwrap();
                (file, content)
            })
        })
        .collect();
    for upload in uploads {
        let (file, content) = upload.await.unwrap();
        assert_eq!(file.sha1, Some(hex(&content)));
        assert_eq!(emulator.content(&file.id).await.unwrap(), content);
    }
    assert_eq!((emulator.files().len(), emulator.open_sessions()), (200, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_alike_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    for builder in [small(), small().data(folder.path())] {
        let emulator = builder.start().await.unwrap();
        let client = client(&emulator);
        let content = bytes(1, 1_500);
        let session = create(&client, "a", content.len()).await.unwrap();
        let alike = |_| {
            let client = client.clone();
            let session = session.clone();
            let content = content.clone();
            tokio::spawn(async move { put(&client, &session, &content, 0).await })
        };
        let mut stored = 0;
        for put in (0..20).map(alike).collect::<Vec<_>>() {
            match put.await.unwrap() {
                Ok(_) => stored += 1,
                error => assert_eq!(code(error), "range_overlaps_existing_part"),
            }
        }
        assert_eq!(stored, 1);
        put(&client, &session, &content, 1).await.unwrap();
        let parts = client.list_parts(&session.id).await.unwrap().entries;
        let alike = |_| {
            let client = client.clone();
            let session = session.clone();
            let parts = parts.clone();
            let content = content.clone();
            tokio::spawn(async move { commit(&client, &session, parts, &content).await })
        };
        let mut made = 0;
        for commit in (0..20).map(alike).collect::<Vec<_>>() {
            match commit.await.unwrap() {
                Ok(_) => made += 1,
                error => assert_eq!(refused(error), (404, "upload_session_not_found".to_owned())),
            }
        }
        assert_eq!((made, emulator.files().len()), (1, 1));
    }
}

/// Picks by a counter, each choice at its own pace, so that all combinations come.
struct Pick(u64);

impl Pick {
    fn of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        choices[(self.0 >> 33) as usize % choices.len()]
    }
}

const BODIES: &[&[u8]] = &[
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"{\"parts\":[{}]}",
    b"{\"parts\":7}",
    b"{\"parts\":[{\"part_id\":\"1\",\"offset\":-1,\"size\":1e99,\"sha1\":\"\"}]}",
    b"{\"folder_id\":{},\"file_size\":1e400,\"file_name\":[]}",
    b"{\"folder_id\":\"0\",\"file_size\":9223372036854775807,\"file_name\":\"x\"}",
    b"{\"folder_id\":\"0\",\"file_size\":-9223372036854775808,\"file_name\":\"\\u0000\"}",
    b"{\"name\":\"\",\"parent\":{\"id\":null}}",
    b"{\"event_type\":7}",
    b"x=%zz&&=;",
    b"--X\r\n",
    b"--X--",
    b"--X\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--X--",
    b"--X\r\nContent-Disposition: form-data; name=\"attributes\"\r\n\r\n{}\r\n--X--",
    b"--X\r\nContent-Disposition: nothing\r\n\r\n\r\n--X--",
    b"--X\r\n\r\n\r\n--X",
];

/// One request that must be refused.
fn nonsense(pick: &mut Pick, url: &str, session: &str) -> Request<Full<bytes::Bytes>> {
    let id =
        pick.of(&[session, "0", "F971964745A5CD0C001BBE4E58196BFD", "%00", "%ff%fe", "..", "ä"]);
    let step = pick.of(&[
        "",
        "/parts?offset=-1",
        "/parts?limit=99999999999999999999",
        "/commit",
        "/log",
        "/x",
    ]);
    let sessions = format!("/api/2.0/files/upload_sessions/{id}{step}");
    let content = format!("/2.0/files/{id}/content");
    let path = pick.of(&[
        &*sessions,
        &*sessions,
        &*sessions,
        &*content,
        "/api/2.0/files/upload_sessions",
        "/api/2.0/files/0/upload_sessions",
        "/api/2.0/files/content",
        "/2.0/folders",
        "/oauth2/token",
        "/2.0/folders/0/items?limit=-1",
        "//",
        "/2.0/../2.0",
        "/control/faults",
        "/%",
    ]);
    let path = path.replace('ä', "%C3%A4");
    let method = pick.of(&["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "FOO"]);
    let range = pick.of(&[
        "",
        "bytes 0-999/1500",
        "bytes 0-99999999999999999999/1",
        "bytes 5-1/9",
        "bytes */0",
        "lines 0-1/2",
        "bytes 0-18446744073709551615/18446744073709551615",
        "bytes 1000-1499/1500",
    ]);
    let digest =
        pick.of(&["", "sha=", "sha=!!!", "SHA=AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "md5=x", "=", ",,,"]);
    let kind = pick.of(&[
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=X",
        "multipart/form-data; boundary=",
        "application/json",
        "\u{fe}",
    ]);
    let token = pick.of(&["Bearer t", "Bearer t", "Bearer t", "", "Basic eA==", "Bearer"]);
    let mut request = Request::builder().method(method).uri(format!("{url}{path}"));
    let headers = [("content-range", range), ("digest", digest), ("content-type", kind)];
    for (name, value) in headers.into_iter().chain([("authorization", token)]) {
        if !value.is_empty() {
            request =
                request.header(name, http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
    }
    let body = pick.of(BODIES).to_vec();
    request.body(Full::new(body.into())).unwrap()
}

/// What a request of [`nonsense`] may do all the same: look, report, or end what is there.
fn makes_sense(operation: Option<Operation>) -> bool {
    use Operation::{AbortUploadSession, GetUploadSession, ListFolderItems, ListParts};
    let harmless = [AbortUploadSession, GetUploadSession, ListFolderItems, ListParts];
    operation.is_some_and(|operation| harmless.contains(&operation))
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_malformed_requests_are_refused() {
    const CLIENTS: u64 = 8;
    let emulator = Emulator::builder().part_size(1_000).smallest_file(0).start().await.unwrap();
    let session = create(&client(&emulator), "a", 1_500).await.unwrap().id;
    let url = emulator.url();
    let refused = Arc::new(AtomicU64::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let url = url.clone();
            let session = session.clone();
            let refused = refused.clone();
            tokio::spawn(async move {
                let client: legacy::Client<HttpConnector, Full<bytes::Bytes>> =
                    legacy::Client::builder(TokioExecutor::new()).build_http();
                let mut pick = Pick(number);
                for _ in 0..12_000 / CLIENTS {
                    let request = nonsense(&mut pick, &url, &session);
                    let line = format!("{request:?}");
                    let response = client
                        .request(request)
                        .await
                        .unwrap_or_else(|error| panic!("{error}: {line}"));
                    let status = response.status();
                    let body = response.into_body().collect().await.unwrap().to_bytes();
                    assert!(!status.is_server_error(), "{status}: {line}: {body:?}");
                    refused.fetch_add(u64::from(status.is_client_error()), Ordering::Relaxed);
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    let requests = emulator.requests();
    let odd = requests[1..]
        .iter()
        .find(|request| request.status.unwrap() < 400 && !makes_sense(request.operation));
    assert!(odd.is_none(), "{odd:?}");
    assert!(refused.load(Ordering::Relaxed) >= 10_000, "{refused:?}");
    assert!(emulator.files().is_empty());
    upload(&client(&emulator), "b", &bytes(1, 1_500)).await.unwrap();
}

/// Sends this text, and returns what the server sends until it closes or has responded.
async fn say(emulator: &Emulator, text: &[u8]) -> String {
    let mut stream = TcpStream::connect(emulator.address()).await.unwrap();
    stream.write_all(text).await.unwrap();
    let mut response = vec![0; 4_096];
    let length = stream.read(&mut response).await.unwrap_or(0);
    String::from_utf8_lossy(&response[..length]).into_owned()
}

#[tokio::test]
async fn anything_but_http_is_refused() {
    let emulator = small().start().await.unwrap();
    for text in [
        &b"\r\n\r\nhello\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /2.0/folders HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /2.0/folders HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST /2.0/folders HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] {
        let response = say(&emulator, text).await;
        assert!(response.is_empty() || response.starts_with("HTTP/1.1 4"), "{response}");
    }
    let chunks = b"POST /2.0/folders HTTP/1.1\r\nHost: a@b\r\nAuthorization: Bearer t\r\n\
        Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    assert!(say(&emulator, chunks).await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn requests_of_real_clients_are_understood() {
    let emulator = small().start().await.unwrap();
    let session = create(&client(&emulator), "a", 5).await.unwrap();
    let head = format!(
        "PUT /api/2.0/files/upload_sessions/{} HTTP/1.1\r\nHOST: box.test:99\r\n\
         AUTHORIZATION: bearer t\r\ncontent-range: bytes 0-4/5\r\nDIGEST: SHA={}\r\n",
        session.id,
        &digest(b"hello").to_string()[4..],
    );
    let waits = format!("{head}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    assert!(say(&emulator, waits.as_bytes()).await.starts_with("HTTP/1.1 100"));
    let chunked = format!(
        "{head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
    );
    let response = say(&emulator, chunked.as_bytes()).await;
    assert!(
        response.starts_with("HTTP/1.1 200") && response.contains("connection: close"),
        "{response}"
    );

    let status = format!(
        "GET /api/2.0/files/upload_sessions/{}?fields=id HTTP/1.1\r\nHost: box.test:99\r\n\
         Authorization: Bearer t\r\n\r\n",
        session.id
    );
    let response = say(&emulator, status.as_bytes()).await;
    let url = format!("\"http://box.test:99/api/2.0/files/upload_sessions/{}/commit\"", session.id);
    assert!(response.contains(&url), "{response}");
}
