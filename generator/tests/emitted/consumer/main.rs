//! Calls emitted crates and compares what goes over the socket with what the standards say.
//!
//! Its dependencies are the crates emitted for `tests/fixtures`; `tests/emitted/workspace.rs` writes
//! its manifest.

#[path = "../../runtime/peer.rs"]
#[allow(dead_code, reason = "shared with the tests of the runtime")]
mod peer;

mod responses;
mod bodies;
mod deep;
mod forms;
mod media_types;
mod negotiated;
mod pages;
mod parameters;
mod paths;
mod security;
mod served;
mod streams;
mod styles;
mod traits;
mod unions;
mod values;
mod versions;
mod webhooks;

use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

use peer::{Peer, Reaction, Seen};

/// A client of the crate `$name` that sends everything to a peer.
macro_rules! client {
    ($name:ident, $peer:expr) => {
        crate::builder!($name, $peer.url()).build().unwrap()
    };
}
use client;

/// The configuration of such a client.
macro_rules! builder {
    ($name:ident, $url:expr) => {
        ::$name::Client::builder().base_url($url).transport(crate::Wire::default())
    };
}
use builder;

/// The HTTP stack of all crates but `no_server`, which has its own by feature `client`: the same
/// library, but compiled once.
struct Wire(Client<HttpConnector, AnyBody>);

type AnyBody = Pin<Box<dyn http_body::Body<Data = Bytes, Error = io::Error> + Send>>;

impl Default for Wire {
    fn default() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }
}

/// Makes it the transport of these crates.
macro_rules! wired {
    ($($name:ident)+) => {$(
        impl ::$name::runtime::Transport for Wire {
            fn send(
                &self,
                request: Request<::$name::Body>,
            ) -> BoxFuture<'_, Result<Response<::$name::Body>, ::$name::runtime::Failure>> {
                let response = self.0.request(request.map(|body| Box::pin(body) as AnyBody));
                Box::pin(async move {
                    let response = response.await.map_err(|e| ::$name::Error::Transport(e.into()))?;
                    Ok(response.map(::$name::Body::wrap))
                })
            }

            fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
                Box::pin(tokio::time::sleep(duration))
            }
        }
    )+};
}
wired!(
    access allow_reserved cookie_parameters deep_object deep_types enums form_body form_encoding header_parameters json_bodies
    json_parameter media_types multipart_body multipart_kinds negotiated pagination pagination_forms path_label path_matrix path_simple paths
    query_delimited query_form raw_bodies response_kinds scalars security server_forms servers several_responses
    several_bodies shared_errors streams styles success_statuses undescribed version_32
);

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A peer that responds with 204.
fn done() -> Peer {
    Peer::start(|_, _| Reaction::Send("HTTP/1.1 204 No Content\r\n\r\n".to_owned()))
}

/// A peer that responds with this body.
fn giving(status: &'static str, content_type: &'static str, body: &'static str) -> Peer {
    Peer::start(move |_, _| Reaction::Send(response(status, content_type, body)))
}

fn response(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// The path and the query of a request, as they came.
fn target(seen: &Seen) -> &str {
    seen.line.split(' ').nth(1).unwrap()
}

/// Compares what was asked for with rows of a target and the source that says so.
fn expect_targets(peer: &Peer, rows: &[(&str, &str)]) {
    let seen = peer.seen();
    assert_eq!(seen.len(), rows.len(), "{seen:?}");
    for (seen, (expected, source)) in seen.iter().zip(rows) {
        assert_eq!(target(seen), *expected, "{source}");
    }
}
