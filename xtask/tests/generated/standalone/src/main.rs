//! A user of the crate with an HTTP client of their own: builds requests and reads responses.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use box_upload_sessions::operations::{
    CommitUploadSession, CommitUploadSessionOutcome, UploadPart,
};
use box_upload_sessions::runtime::{BoxFuture, ContentRange, Digest, Failure, Transport};
use box_upload_sessions::types::{CommitUploadSessionBody, Part, UploadSession};
use box_upload_sessions::{Body, Client, Error};
use bytes::Bytes;
use http::{Request, Response, StatusCode};

const PART: &str = r#"{"part":{"part_id":"6F2D3486","offset":0,"size":4,"sha1":"7e94"}}"#;

fn main() {
    let client = Client::builder().build().unwrap();
    assert_eq!(upload(&client).into_request().unwrap().method(), "PUT");
    let error = ready(upload(&client).into_future()).expect_err("there is nothing to send by");
    assert!(error.to_string().contains("transport"), "{error}");
    requests();
    responses();
    transport();
    println!("It works.");
}

fn upload(client: &Client) -> UploadPart {
    let range = ContentRange::new(0, 4, 4).unwrap();
    client.upload_part("abc", &range, &Digest::sha(&[7; 20]), Bytes::from_static(b"1234"))
}

/// Requests are made without being sent.
fn requests() {
    let client = Client::builder().transport(Echo::default()).build().unwrap();
    let request = upload(&client).into_request().unwrap();
    assert_eq!(request.method(), "PUT");
    assert_eq!(request.uri(), "https://upload.box.com/api/2.0/files/upload_sessions/abc");
    assert_eq!(request.headers()["content-range"], "bytes 0-3/4");
    assert_eq!(ready(request.into_body().bytes()).unwrap(), "1234");
}

/// Responses received elsewhere are decoded.
fn responses() {
    let response = |status, body: &'static str| {
        Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap()
    };
    let part = UploadPart::decode(response(200, PART)).unwrap().part;
    let expected = Part::builder().offset(0).part_id("6F2D3486").size(4).sha1("7e94");
    assert_eq!(part, expected);
    let outcome = CommitUploadSession::decode(response(202, "")).unwrap();
    assert_eq!(outcome, CommitUploadSessionOutcome::Accepted { retry_after: None });
    let error = CommitUploadSession::decode(response(410, r#"{"code":"gone"}"#)).unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::GONE));
    let body = CommitUploadSessionBody::new([part]);
    let text = r#"{"parts":[{"part_id":"6F2D3486","offset":0,"size":4,"sha1":"7e94"}]}"#;
    assert_eq!(serde_json::to_string(&body).unwrap(), text);
    serde_json::from_str::<UploadSession>("{}").unwrap_err();
}

/// Calls are sent by a transport of one's own.
fn transport() {
    let transport = Echo::default();
    let builder = Client::builder().access_token("secret").transport(transport.clone());
    let part = ready(upload(&builder.build().unwrap())).unwrap().part;
    assert_eq!(part.size, 4);
    let request = transport.0.lock().unwrap().take().unwrap();
    assert_eq!(request.headers()["authorization"], "Bearer secret");
}

/// Keeps the request, and responds with [`PART`].
#[derive(Clone, Default)]
struct Echo(Arc<Mutex<Option<Request<Body>>>>);

impl Transport for Echo {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        Box::pin(async move {
            if request.headers().is_empty() {
                return Err(Error::Request("no headers".to_owned()));
            }
            *self.0.lock().unwrap() = Some(request);
            Ok(Response::new(Body::from(PART)))
        })
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

/// The output of a future that waits for nothing.
fn ready<F: IntoFuture>(future: F) -> F::Output {
    match pin!(future.into_future()).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}
