//! TLS, and the certificates that it trusts.

use std::fmt::Display;
use std::io;
use std::sync::{Arc, OnceLock};

use http::Uri;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::task::spawn_blocking;
use tokio_rustls::TlsConnector;

use super::Connection;

/// The certificate authorities that are trusted in addition to those added one by one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Roots {
    /// The system's. If it has none, as in a minimal container, those of `Mozilla` if the feature
    /// `webpki-roots` is on.
    #[default]
    System,
    /// Mozilla's, compiled into the program.
    #[cfg(feature = "webpki-roots")]
    Mozilla,
    /// No others.
    Given,
}

/// Makes TLS connections; clones share what they resume sessions with.
#[derive(Clone)]
pub(super) struct Tls(Arc<Shared>);

struct Shared {
    roots: Roots,
    given: RootCertStore,
    config: OnceLock<Result<Configs, String>>,
}

#[derive(Clone)]
struct Configs {
    http1: TlsConnector,
    #[cfg(feature = "http2")]
    http2: TlsConnector,
}

impl Tls {
    /// The system's certificates are hundreds of files: they are read when the first connection needs
    /// them.
    pub(super) fn new(
        roots: Roots,
        given: RootCertStore,
        config: Option<Arc<ClientConfig>>,
    ) -> Self {
        let config = config.map(|config| OnceLock::from(Ok(Configs::new(&config))));
        Self(Arc::new(Shared { roots, given, config: config.unwrap_or_default() }))
    }

    /// TLS over `connection`, with the host of `uri`.
    pub(super) async fn connect(
        &self,
        uri: &Uri,
        connection: Connection,
        http2: bool,
    ) -> io::Result<Connection> {
        let host = uri.host().unwrap_or_default();
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let name = ServerName::try_from(address.unwrap_or(host).to_owned());
        let name = name.map_err(io::Error::other)?;
        let stream = self.connector(http2).await?.connect(name, connection).await?;
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let mut connection = Connection::new(stream);
        connection.http2 = http2;
        Ok(connection)
    }

    async fn connector(&self, http2: bool) -> io::Result<TlsConnector> {
        let configs = match self.0.config.get() {
            Some(configs) => configs.clone(),
            None => {
                let shared = self.0.clone();
                let make = move || shared.config.get_or_init(|| shared.configs()).clone();
                spawn_blocking(make).await.map_err(io::Error::other)?
            }
        };
        let configs = configs.map_err(|text| io::Error::other(rustls::Error::General(text)))?;
        Ok(match http2 {
            #[cfg(feature = "http2")]
            true => configs.http2,
            _ => configs.http1,
        })
    }
}

impl Shared {
    fn configs(&self) -> Result<Configs, String> {
        let mut roots = self.given.clone();
        if self.roots == Roots::System {
            // What of the system's cannot be read or understood is as if it were not there.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        #[cfg(feature = "webpki-roots")]
        if self.roots == Roots::Mozilla
            || (self.roots == Roots::System && roots.len() == self.given.len())
        {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        if roots.is_empty() {
            return Err("no root certificates: give one, or use the feature `webpki-roots`".into());
        }
        let config = ClientConfig::builder_with_provider(provider()?)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        Ok(Configs::new(&config.with_root_certificates(roots).with_no_client_auth()))
    }
}

impl Configs {
    fn new(config: &ClientConfig) -> Self {
        Self {
            http1: build_connector(config, &[b"http/1.1"]),
            #[cfg(feature = "http2")]
            http2: build_connector(config, &[b"h2", b"http/1.1"]),
        }
    }
}

fn build_connector(config: &ClientConfig, protocols: &[&[u8]]) -> TlsConnector {
    let mut config = config.clone();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

/// Named, because a process may hold two providers, and then rustls has no default.
fn provider() -> Result<Arc<CryptoProvider>, String> {
    #[cfg(feature = "aws-lc-rs")]
    return Ok(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
    return Ok(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
    CryptoProvider::get_default().cloned().ok_or_else(|| {
        "no cryptography: use the feature `ring` or `aws-lc-rs`, or install a provider".to_owned()
    })
}

/// Adds the certificates of a PEM file.
pub(super) fn add_pem(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), String> {
    let mut count = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        count += 1;
        let wrong = |error: &dyn Display| {
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

/// Adds a certificate in DER.
pub(super) fn add_der(roots: &mut RootCertStore, der: &[u8]) -> Result<(), String> {
    let added = roots.add(CertificateDer::from(der.to_vec()));
    added.map_err(|error| format!("invalid root certificate: {error}"))
}
