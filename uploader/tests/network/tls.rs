//! Whom the transport trusts.

use box_upload_sessions::Error;

use crate::certificates::Certificates;
use crate::support::{emulator, put, transport, upload, words};

#[tokio::test]
async fn a_configured_authority_is_trusted() {
    let ours = Certificates::new();
    let other = Certificates::new();
    let emulator = ours.serve(emulator()).start().await.unwrap();
    // The system may have no certificates.
    let strict = transport().root_certificate_pem(&*other.authority).build().unwrap();
    let error = put(&strict, &emulator.url(), "body").await.unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert!(words(&error).contains("invalid peer certificate"), "{}", words(&error));
    assert!(emulator.requests().is_empty());

    let both = format!("{}\n{}", other.authority, ours.authority);
    upload(transport().root_certificate_pem(both).build().unwrap(), &emulator).await;
}

#[test]
fn an_invalid_certificate_is_an_error() {
    let error = |pem: &str| transport().root_certificate_pem(pem).build().unwrap_err().to_string();
    let good = Certificates::new().authority;
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(error("").ends_with("no root certificate in the PEM file"));
    assert!(error("-----BEGIN CERTIFICATE-----\n?").contains("number 1 in the PEM file"));
    let second = error(&format!("{good}{broken}"));
    assert!(second.contains("root certificate (number 2 in the PEM file)"), "{second}");
}
