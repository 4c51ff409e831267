//! The transport of feature `client`: HTTP/1.1, pooled connections, TLS by rustls.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::{Body, BoxFuture, Error, Failure, Transport};

pub(crate) struct Hyper(Client<HttpsConnector<HttpConnector>, Body>);

impl Hyper {
    /// Reads the system's root certificates only if `tls` will be needed.
    pub(crate) fn new(connect_timeout: Duration, tls: bool) -> io::Result<Self> {
        // Named, because a process may hold two providers, and then rustls has no default.
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?;
        let config = match tls {
            true => config.with_native_roots()?,
            false => config.with_root_certificates(RootCertStore::empty()),
        };
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(connect_timeout));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(config.with_no_client_auth())
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let mut client = Client::builder(TokioExecutor::new());
        Ok(Self(client.pool_timer(TokioTimer::new()).build(https)))
    }
}

impl Transport for Hyper {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        let response = self.0.request(request);
        Box::pin(async move {
            match response.await {
                Ok(response) => Ok(response.map(Body::wrap)),
                Err(error) if error.is_connect() => Err(Error::Connect(error.into())),
                Err(error) => Err(Error::Transport(error.into())),
            }
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
