//! Whom to trust.

use std::io;
use std::sync::Arc;

use http::Uri;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use super::stream::Stream;

/// Makes TLS connections; clones share what they resume sessions with.
#[derive(Clone)]
pub(super) struct Tls(Option<TlsConnector>);

impl Tls {
    /// Trusts what the system trusts, and the certificates in `pems`. That nobody is trusted is
    /// no error before a connection needs TLS: to a server on this machine, none does.
    pub(super) fn new(pems: &[Vec<u8>]) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        // What of the system's cannot be read or understood is as if it were not there.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for pem in pems {
            add(&mut roots, pem)?;
        }
        if roots.is_empty() {
            return Ok(Self(None));
        }
        // Named, because a process may hold two providers, and then rustls has no default.
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Some(TlsConnector::from(Arc::new(config)))))
    }

    /// TLS over `stream`, with the host of `uri`.
    pub(super) async fn connect(&self, uri: &Uri, stream: Stream) -> io::Result<Stream> {
        let Some(connector) = &self.0 else {
            let text = "the system has no root certificates, and no others were given";
            return Err(io::Error::other(text));
        };
        let host = uri.host().unwrap_or_default();
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let name = ServerName::try_from(address.unwrap_or(host).to_owned());
        let name = name.map_err(io::Error::other)?;
        connector.connect(name, stream).await.map(Stream::tls)
    }
}

fn add(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), String> {
    let mut count = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        count += 1;
        let wrong = |error: &dyn std::fmt::Display| {
            format!("root certificate number {count} in the PEM is not valid: {error}")
        };
        let certificate = certificate.map_err(|error| wrong(&error))?;
        roots.add(certificate).map_err(|error| wrong(&error))?;
    }
    match count {
        0 => Err("there is no root certificate in the PEM".to_owned()),
        _ => Ok(()),
    }
}
