//! Every way in which a request can fail, over sockets, and what each method of the error says of it.

use std::future::pending;
use std::io;
use std::net::TcpListener;
use std::time::Duration;

use crate::ClientBuilder;
use crate::fake::chunks;
use crate::http_transport::{Secure, transport};
use crate::peer::{Peer, Reaction};
use crate::runtime::{
    Body, BoxError, BoxFuture, Client, ContentRange, Credential, Digest, Error, HttpTransport,
    HttpTransportBuilder, Secret, Style, TokenProvider,
};
use crate::service::{ANY, ClientError, ListParts, SERVICE};

type Failed = Error<ClientError>;

/// A line for each failure: the status, the request id, the code, whether there is a typed body, the
/// seconds to wait, and which methods return true.
fn tabulate<const N: usize>(failures: [(&str, Failed); N]) -> String {
    failures.iter().map(|(name, error)| format!("{name}: {}\n", describe(error))).collect()
}

fn describe(error: &Failed) -> String {
    let status = error.status().map(|status| status.as_u16().to_string());
    let texts = [
        status,
        error.request_id().map(str::to_owned),
        error.code(),
        error.body().map(|_| "body".to_owned()),
        error.retry_after().map(|after| format!("{}s", after.delay().as_secs())),
        error.may_have_taken_effect().then(|| "effect".to_owned()),
        error.is_timeout().then(|| "timeout".to_owned()),
        error.is_connect().then(|| "connect".to_owned()),
        error.is_transient().then(|| "transient".to_owned()),
    ];
    texts.map(|text| text.unwrap_or_else(|| "-".to_owned())).join(" ")
}

fn builder(url: impl Into<String>) -> ClientBuilder {
    ClientBuilder::new(&SERVICE).base_url(url)
}

async fn list(builder: ClientBuilder) -> Failed {
    builder.build().unwrap().list_parts("1").await.unwrap_err()
}

async fn list_over(transport: HttpTransportBuilder, url: &str) -> Failed {
    list(builder(url).transport(transport.build().unwrap())).await
}

async fn upload(client: &Client, body: Body) -> Failed {
    let range = ContentRange::new(0, 4, 8).unwrap();
    client.upload_part("1", &Digest::sha(&[0; 20]), &range, body).await.unwrap_err()
}

const SOON: Duration = Duration::from_millis(50);
const HOST: &str = "http://parts.test/";

fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "too late")
}

#[tokio::test]
async fn no_connection_is_made() {
    let refusing = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // The system accepts connections, and nobody reads them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_url = format!("https://{}", silent.local_addr().unwrap());
    let secure = Secure::start().await;
    let never = transport(1).connect_timeout(SOON).connector(|_| Box::pin(pending()));
    let connector = transport(1).connector(|_| Box::pin(async { Err(late().into()) }));
    let resolver = HttpTransport::builder().resolver(|_| Box::pin(async { Err(late()) }));
    let table = tabulate([
        ("refused", list(builder(format!("http://{refusing}"))).await),
        ("unknown host", list_over(transport(1), "http://other.test").await),
        ("untrusted certificate", list_over(transport(secure.port), &secure.url()).await),
        ("TLS takes too long", list(builder(silent_url).connect_timeout(SOON)).await),
        ("connecting takes too long", list_over(never, HOST).await),
        ("a connector's time limit", list_over(connector, HOST).await),
        ("a resolver's time limit", list_over(resolver, HOST).await),
    ]);
    let expected = "\
refused: - - - - - - - connect transient
unknown host: - - - - - - - connect transient
untrusted certificate: - - - - - - - connect transient
TLS takes too long: - - - - - - timeout connect transient
connecting takes too long: - - - - - - timeout connect transient
a connector's time limit: - - - - - - timeout connect transient
a resolver's time limit: - - - - - - timeout connect transient
";
    assert_eq!(table, expected);
}

#[cfg(feature = "proxy")]
#[tokio::test]
async fn no_connection_is_made_through_a_proxy() {
    let refusing =
        Peer::start(|_, _| Reaction::Send("HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n".into()));
    let silent = Peer::start(|_, _| Reaction::Hang);
    let over = |proxy: &Peer| transport(1).connect_timeout(SOON).proxy(proxy.url());
    let table = tabulate([
        ("refused", list_over(over(&refusing), "https://parts.test").await),
        ("takes too long", list_over(over(&silent), "https://parts.test").await),
    ]);
    let expected = "\
refused: - - - - - - - connect transient
takes too long: - - - - - - timeout connect transient
";
    assert_eq!(table, expected);
}

#[tokio::test]
async fn no_whole_response_arrives() {
    const HEAD: &str = "HTTP/1.1 503 No\r\nx-request-id: r\r\ncontent-length: 14\r\n\r\n{\"code\"";
    let silent = Peer::start(|_, _| Reaction::Hang);
    let pausing = Peer::start(|_, _| Reaction::Send(HEAD.to_owned()));
    let breaking = Peer::start(|_, _| Reaction::SendAndClose(HEAD.to_owned()));
    let client = builder(silent.url()).build().unwrap();
    let cancelled = Body::stream(8, chunks(["half"]).then_error("cancelled"));
    let table = tabulate([
        ("no response in time", list(builder(silent.url()).timeout(SOON)).await),
        ("no whole response in time", list(builder(pausing.url()).timeout(SOON)).await),
        ("a pause", list(builder(pausing.url()).read_timeout(SOON)).await),
        ("it breaks off", list(builder(breaking.url())).await),
        ("the request's body is cancelled", upload(&client, cancelled).await),
        (
            "the request's body is too short",
            upload(&client, Body::stream(8, chunks(["half"]))).await,
        ),
    ]);
    let expected = "\
no response in time: - - - - - effect timeout - transient
no whole response in time: - - - - - effect timeout - transient
a pause: - - - - - effect timeout - transient
it breaks off: - - - - - effect - - transient
the request's body is cancelled: - - - - - effect - - transient
the request's body is too short: - - - - - effect - - transient
";
    assert_eq!(table, expected);
}

/// How a call fails to which a service responds so.
async fn respond(
    status: &str,
    body: &'static str,
    configure: fn(ClientBuilder) -> ClientBuilder,
) -> Failed {
    let head = format!("HTTP/1.1 {status}\r\nx-request-id: r\r\nlocation: http://other.test/\r\n");
    let length = body.len();
    let text = format!("{head}retry-after: 7\r\ncontent-length: {length}\r\n\r\n{body}");
    let peer = Peer::start(move |_, _| Reaction::Send(text.clone()));
    list(configure(builder(peer.url()))).await
}

#[tokio::test]
async fn the_response_is_no_success() {
    let plain = |builder| builder;
    let code = r#"{"code":"not_found"}"#;
    let table = tabulate([
        ("400", respond("400 Bad", code, plain).await),
        ("401", respond("401 No", code, plain).await),
        ("408", respond("408 Late", code, plain).await),
        ("429", respond("429 Many", code, plain).await),
        ("500", respond("500 Broken", code, plain).await),
        ("501", respond("501 What", code, plain).await),
        ("503", respond("503 Busy", "<html>", plain).await),
        ("unlisted success", respond("206 Part", r#"{"entries":[]}"#, plain).await),
        ("redirect", respond("302 There", "", plain).await),
        (
            "redirects to no end",
            respond("302 There", "", |builder| builder.follow_redirects(0)).await,
        ),
        ("does not decode", respond("200 OK", r#"{"entries":1}"#, plain).await),
        ("empty", respond("200 OK", "", plain).await),
        ("too large", respond("200 OK", code, |builder| builder.max_response_size(5)).await),
        ("too large a 404", respond("404 No", code, |builder| builder.max_response_size(5)).await),
        ("too large a 503", respond("503 No", code, |builder| builder.max_response_size(5)).await),
    ]);
    let expected = "\
400: 400 r not_found body 7s - - - -
401: 401 r not_found body 7s - - - -
408: 408 r not_found body 7s effect - - transient
429: 429 r not_found body 7s - - - transient
500: 500 r not_found body 7s effect - - transient
501: 501 r not_found body 7s effect - - -
503: 503 r - - 7s effect - - transient
unlisted success: 206 r - body 7s effect - - -
redirect: 302 r - - 7s effect - - -
redirects to no end: 302 r - - 7s effect - - -
does not decode: 200 r - - 7s effect - - -
empty: 200 r - - 7s effect - - -
too large: 200 r - - 7s effect - - -
too large a 404: 404 r - - 7s - - - -
too large a 503: 503 r - - 7s effect - - transient
";
    assert_eq!(table, expected);
}

/// Fails at once, or once a token was rejected.
struct Failing {
    first: bool,
}

impl TokenProvider for Failing {
    fn token<'a>(
        &'a self,
        rejected: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Secret, BoxError>> {
        let fails = self.first || rejected.is_some();
        Box::pin(async move { if fails { Err(late().into()) } else { Ok("token".into()) } })
    }
}

#[tokio::test]
async fn nothing_is_sent() {
    let rejecting =
        Peer::start(|_, _| Reaction::Send("HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n".into()));
    let failing = |first| {
        let credential = Credential::provider(Failing { first });
        list(builder(rejecting.url()).credential("OAuth2", credential))
    };
    let client = builder(rejecting.url()).build().unwrap();
    let dots = client.call(&ANY).path("p", "..", Style::Simple).path("q", "1", Style::Simple);
    let elsewhere = client.call(&ANY).at("http://other.test/".to_owned());
    let table = tabulate([
        ("no token", failing(true).await),
        ("no other token", failing(false).await),
        ("an invalid request", ListParts(dots).await.unwrap_err()),
        ("an untrusted URL", ListParts(elsewhere).await.unwrap_err()),
    ]);
    let expected = "\
no token: - - - - - - - - -
no other token: - - - - - - - - -
an invalid request: - - - - - - - - -
an untrusted URL: - - - - - - - - -
";
    assert_eq!(table, expected);
}
