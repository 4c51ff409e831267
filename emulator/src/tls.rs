//! TLS.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Accepts TLS with this certificate chain and key, both in PEM.
pub(crate) fn build_acceptor(certificates: &[u8], key: &[u8]) -> Result<TlsAcceptor, String> {
    let wrong = |what: &str, error: &dyn std::fmt::Display| format!("{what}: {error}");
    let chain = CertificateDer::pem_slice_iter(certificates).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| wrong("the certificates", &error))?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| wrong("the key", &error))?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
    let mut config = config.map_err(|error| wrong("certificates and key", &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
