//! The default HTTP stack: whom it trusts, how it connects, and which HTTP it speaks.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig, crypto::ring};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::fake::chunks;
use crate::runtime::{
    Body, Client, ClientBuilder, Connection, ContentRange, Digest, Error, Failure, HttpTransport,
    HttpTransportBuilder, Roots, Sending, Style,
};
use crate::service::SERVICE;

const PART: &str = r#"{"part_id":"a","size":4,"entries":[]}"#;

/// A certificate authority, and a server at `parts.test` whose certificate it has signed.
pub(crate) struct Secure {
    authority: String,
    authority_der: Vec<u8>,
    pub(crate) port: u16,
    /// The version of HTTP of each request.
    seen: Arc<Mutex<Vec<String>>>,
}

impl Secure {
    pub(crate) async fn start() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["parts.test".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), seen.clone()));
        let pem = authority.pem();
        let der = authority.der().to_vec();
        Self { authority: pem, authority_der: der, port, seen }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://parts.test:{}", self.port)
    }

    /// A client that trusts the authority and finds the server.
    fn client(
        &self,
        configure: impl FnOnce(HttpTransportBuilder) -> HttpTransportBuilder,
    ) -> Client {
        let transport = configure(transport(self.port)).build().unwrap();
        ClientBuilder::new(&SERVICE).base_url(self.url()).transport(transport).build().unwrap()
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, seen: Arc<Mutex<Vec<String>>>) {
    while let Ok((socket, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        let seen = seen.clone();
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(socket).await else { return };
            let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            let service = service_fn(move |request: Request<Incoming>| {
                let seen = seen.clone();
                async move {
                    seen.lock().unwrap().push(format!("{:?}", request.version()));
                    let _ = Body::wrap(request.into_body()).bytes().await;
                    let response = Response::builder().header("content-type", "application/json");
                    Ok::<_, Infallible>(response.body(Body::from(PART)).unwrap())
                }
            });
            let stream = TokioIo::new(stream);
            let _ = match http2 {
                true => {
                    let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    server.serve_connection(stream, service).await
                }
                false => {
                    let server = hyper::server::conn::http1::Builder::new();
                    server.serve_connection(stream, service).await
                }
            };
        });
    }
}

/// A transport that takes every host for this machine.
pub(crate) fn transport(port: u16) -> HttpTransportBuilder {
    HttpTransport::builder().roots(Roots::Given).resolver(move |host| {
        Box::pin(async move {
            match host.as_str() {
                "parts.test" => Ok(vec![([127, 0, 0, 1], port).into()]),
                _ => Err(io::Error::other(format!("{host} is not known"))),
            }
        })
    })
}

async fn upload(client: &Client, body: impl Into<Body>) {
    let range = ContentRange::new(0, 4, 8).unwrap();
    client.upload_part("1", &Digest::sha(&[0; 20]), &range, body).await.unwrap();
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text += &format!(": {error}");
        next = error.source();
    }
    text
}

#[tokio::test]
async fn an_authority_is_given_as_pem_or_der_or_with_all_of_tls() {
    let secure = Secure::start().await;
    secure
        .client(|builder| builder.root_certificate_pem(&secure.authority))
        .list_parts("1")
        .await
        .unwrap();
    let der = secure.client(|builder| builder.root_certificate_der(&secure.authority_der));
    der.list_parts("1").await.unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(secure.authority_der.clone().into()).unwrap();
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    secure.client(|builder| builder.tls(tls)).list_parts("1").await.unwrap();
    assert_eq!(secure.seen().len(), 3);
}

#[tokio::test]
async fn other_authorities_are_not_trusted() {
    let secure = Secure::start().await;
    let other = Secure::start().await;
    for (client, told) in [
        (secure.client(|builder| builder), "no root certificates: give one, or use the feature"),
        (
            secure.client(|builder| builder.root_certificate_pem(&other.authority)),
            "invalid peer certificate",
        ),
        #[cfg(feature = "webpki-roots")]
        (secure.client(|builder| builder.roots(Roots::Mozilla)), "invalid peer certificate"),
    ] {
        let error = client.list_parts("1").await.unwrap_err();
        assert!(error.is_connect() && chain(&error).contains(told), "{}", chain(&error));
    }
    assert!(secure.seen().is_empty());
}

#[test]
fn an_invalid_certificate_fails_the_builder() {
    let fails = |builder: HttpTransportBuilder| builder.build().unwrap_err().to_string();
    let error = fails(HttpTransport::builder().root_certificate_pem("none"));
    assert_eq!(error, "cannot build the transport: no root certificate in the PEM file");
    let error = fails(HttpTransport::builder().root_certificate_der([1, 2, 3]));
    assert!(error.starts_with("cannot build the transport: invalid root certificate"), "{error}");
}

/// Who only talks to a machine of his own needs no certificates.
#[tokio::test]
async fn plain_http_needs_no_roots() {
    let peer = crate::peer::Peer::start(|_, _| crate::peer::json("200 OK", PART));
    let transport = HttpTransport::builder().roots(Roots::Given).build().unwrap();
    let builder = ClientBuilder::new(&SERVICE).base_url(peer.url()).transport(transport);
    builder.build().unwrap().list_parts("1").await.unwrap();
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn small_requests_share_a_connection_and_uploads_do_not() {
    let secure = Secure::start().await;
    let client = secure.client(|builder| builder.root_certificate_pem(&secure.authority));
    client.list_parts("1").await.unwrap();
    upload(&client, "small").await;
    upload(&client, vec![0; 1 << 20]).await;
    upload(&client, Body::stream(4, chunks(["body"]))).await;
    assert_eq!(secure.seen(), ["HTTP/2.0", "HTTP/2.0", "HTTP/1.1", "HTTP/1.1"]);
}

/// RFC 9110, section 8.6: the length is that of what a `GET` would send.
#[cfg(feature = "http2")]
#[tokio::test]
async fn a_head_has_a_length_and_no_content() {
    let secure = Secure::start().await;
    let client = secure.client(|builder| builder.root_certificate_pem(&secure.authority));
    let call = client.call(&crate::service::ANY).path("p", "1", Style::Simple).method("HEAD");
    let call = call.path("q", "1", Style::Simple);
    let sending = Sending::<u64, ()>::new(
        call,
        |_| false,
        |reply| {
            assert!(reply.is_empty());
            Ok(reply.header("content-length").unwrap())
        },
    );
    assert_eq!(sending.await.unwrap(), PART.len() as u64);
    assert_eq!(secure.seen(), ["HTTP/2.0"]);
}

#[cfg(not(feature = "http2"))]
#[tokio::test]
async fn without_the_feature_all_is_http_1() {
    let secure = Secure::start().await;
    let client = secure.client(|builder| builder.root_certificate_pem(&secure.authority));
    upload(&client, "small").await;
    assert_eq!(secure.seen(), ["HTTP/1.1"]);
}

#[tokio::test]
async fn a_connector_of_one_s_own_takes_the_place_of_tcp() {
    let secure = Secure::start().await;
    let port = secure.port;
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let log = asked.clone();
    let client = secure.client(|builder| {
        builder.root_certificate_pem(&secure.authority).connector(move |uri| {
            log.lock().unwrap().push(uri.to_string());
            Box::pin(
                async move { Ok(Connection::new(TcpStream::connect(("127.0.0.1", port)).await?)) },
            )
        })
    });
    client.list_parts("1").await.unwrap();
    assert_eq!(*asked.lock().unwrap(), [format!("{}/", secure.url())]);
}

#[tokio::test]
async fn connection_errors_name_their_cause() {
    let send = async |builder: HttpTransportBuilder, url: &str| -> Failure {
        let transport = builder.build().unwrap();
        let request = Request::get(url).body(Body::empty()).unwrap();
        crate::runtime::Transport::send(&transport, request).await.unwrap_err()
    };
    let error = send(transport(1), "http://other.test/").await;
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert!(chain(&error).contains("other.test is not known"), "{}", chain(&error));
    let limit = Duration::from_millis(20);
    let never = transport(1).connect_timeout(limit).connector(|_| Box::pin(std::future::pending()));
    let error = send(never, "http://parts.test/").await;
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert!(chain(&error).contains("connecting timed out after 20ms"), "{}", chain(&error));
}
