//! The transport over reqwest that the documentation of `Transport` shows.

use std::fs;
use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use box_upload_sessions::runtime::{BoxFuture, ContentRange, Digest, Failure, Transport};
use box_upload_sessions::{Body, Client, Error};
use http::{Request, Response};

use crate::fixtures::{ID, UPLOADED_PART, run};
use crate::part_body::Chunks;
use crate::server::{CannedResponse, Server};

#[rustfmt::skip]
mod shown {
use super::*;

pub(super) struct Reqwest(pub(super) reqwest::Client);

impl Transport for Reqwest {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        Box::pin(async move {
            let request = request.map(reqwest::Body::wrap).try_into();
            let request = request.map_err(|error: reqwest::Error| Error::Request(error.to_string()))?;
            let response = self.0.execute(request).await.map_err(|error| {
                let kind = if error.is_timeout() { ErrorKind::TimedOut } else { ErrorKind::Other };
                let failure = if error.is_connect() { Error::Connect } else { Error::Transport };
                failure(io::Error::new(kind, error.without_url()).into())
            })?;
            Ok(Response::from(response).map(Body::wrap))
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
}
use shown::Reqwest;

#[test]
fn it_is_what_the_documentation_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let shown = fs::read_to_string(root.join("generated/src/runtime/transport.rs")).unwrap();
    let shown = shown.lines().filter_map(|line| line.strip_prefix("///"));
    let shown =
        shown.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n");
    let (_, code) = shown.split_once("impl Transport for Reqwest {").unwrap();
    let (code, _) = code.split_once("\n```").unwrap();
    assert!(include_str!("over_reqwest.rs").contains(code), "{code}");
}

fn client(url: &str) -> Client {
    let stack = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let transport = Reqwest(stack.no_proxy().build().unwrap());
    Client::builder().base_url(url).access_token("hush").transport(transport).build().unwrap()
}

#[test]
fn it_sends_and_streams() {
    let server = Server::start([
        CannedResponse::new(302, &[("Location", "/elsewhere")], ""),
        CannedResponse::json(200, UPLOADED_PART),
    ]);
    run(async {
        let client = client(&server.url());
        let error = client.get_upload_session(ID).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), 302);
        let range = ContentRange::new(0, 8, 16).unwrap();
        let body = Body::stream(8, Chunks::new(["abcd", "efgh"]));
        client.upload_part(ID, &range, &Digest::sha(&[7; 20]), body).await.unwrap();
    });
    let requests = server.finish();
    assert_eq!(requests[0].header("authorization"), Some("Bearer hush"));
    assert_eq!(
        (requests[1].header("content-length"), &requests[1].body[..]),
        (Some("8"), &b"abcdefgh"[..])
    );
}

#[test]
fn its_failures_say_whether_anything_was_sent() {
    let gone = Server::start([]);
    let url = gone.url();
    gone.finish();
    let error = run(client(&url).get_upload_session(ID).into_future()).unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    let server = Server::start([CannedResponse::Last(Vec::new())]);
    let error = run(client(&server.url()).get_upload_session(ID).into_future()).unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert!(!error.is_timeout());
    assert!(!format!("{error:?}").contains("127.0.0.1"), "a URL may hold a key: {error:?}");
    server.finish();
}

#[test]
fn its_time_limits_are_told_as_such() {
    // The system accepts connections, and nobody responds.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let stack = reqwest::Client::builder().no_proxy().timeout(Duration::from_millis(50));
    let transport = Reqwest(stack.build().unwrap());
    let client = Client::builder().base_url(url).access_token("hush").transport(transport);
    let call = client.build().unwrap().get_upload_session(ID);
    let error = run(call.into_future()).unwrap_err();
    assert!(error.is_timeout() && error.may_have_taken_effect(), "{error:?}");
}
