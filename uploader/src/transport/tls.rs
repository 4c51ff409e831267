//! Whom to trust.

use std::io;
use std::sync::{Arc, OnceLock};

use http::Uri;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::task::spawn_blocking;
use tokio_rustls::TlsConnector;

use super::stream::Stream;

/// Makes TLS connections; clones share what they resume sessions with.
#[derive(Clone)]
pub(super) struct Tls(Arc<Shared>);

struct Shared {
    given: RootCertStore,
    connector: OnceLock<Result<TlsConnector, String>>,
}

impl Tls {
    /// Trusts what the system trusts, and the certificates in `pems`. The system's are hundreds
    /// of files: they are read when the first connection needs them.
    pub(super) fn new(pems: &[Vec<u8>]) -> Result<Self, String> {
        let mut given = RootCertStore::empty();
        pems.iter().try_for_each(|pem| add(&mut given, pem))?;
        Ok(Self(Arc::new(Shared { given, connector: OnceLock::new() })))
    }

    /// TLS over `stream`, with the host of `uri`.
    pub(super) async fn connect(&self, uri: &Uri, stream: Stream) -> io::Result<Stream> {
        let host = uri.host().unwrap_or_default();
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let name = ServerName::try_from(address.unwrap_or(host).to_owned());
        let name = name.map_err(io::Error::other)?;
        self.connector().await?.connect(name, stream).await.map(Stream::tls)
    }

    async fn connector(&self) -> io::Result<TlsConnector> {
        let connector = match self.0.connector.get() {
            Some(connector) => connector.clone(),
            None => {
                let shared = self.0.clone();
                let make = move || shared.connector.get_or_init(|| shared.connector()).clone();
                spawn_blocking(make).await.map_err(io::Error::other)?
            }
        };
        connector.map_err(|text| io::Error::other(rustls::Error::General(text)))
    }
}

impl Shared {
    fn connector(&self) -> Result<TlsConnector, String> {
        let mut roots = self.given.clone();
        // What of the system's cannot be read or understood is as if it were not there.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(
                "no root certificates: the system has none, and none were configured".to_owned()
            );
        }
        // Named, because a process may hold two providers, and then rustls has no default.
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsConnector::from(Arc::new(config)))
    }
}

fn add(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), String> {
    let mut count = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        count += 1;
        let wrong = |error: &dyn std::fmt::Display| {
            format!("invalid root certificate (number {count} in the PEM file): {error}")
        };
        let certificate = certificate.map_err(|error| wrong(&error))?;
        roots.add(certificate).map_err(|error| wrong(&error))?;
    }
    match count {
        0 => Err("no root certificate in the PEM file".to_owned()),
        _ => Ok(()),
    }
}
