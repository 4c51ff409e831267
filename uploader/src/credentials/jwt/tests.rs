use std::sync::Mutex;

use box_upload_sessions::Body;
use box_upload_sessions::runtime::{Failure, Transport};
use http::{Request, Response};
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::pem::LineEnding;
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey};
use serde_json::Value;
use tempfile::TempDir;

use super::*;

/// Test keys, both of one RSA key: as Box encrypts them, and as OpenSSL does now.
const DES3: &str = include_str!("keys/des3.pem");
const AES: &str = include_str!("keys/aes.pem");
const PASSPHRASE: &str = "hush-phrase";

fn configuration(key: &str, passphrase: Option<&str>) -> Value {
    json!({
        "boxAppSettings": {
            "clientID": "app",
            "clientSecret": "hush-secret",
            "appAuth": { "publicKeyID": "key1", "privateKey": key, "passphrase": passphrase },
        },
        "enterpriseID": "7",
    })
}

fn read(text: &str) -> Result<Application, String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("config.json");
    std::fs::write(&path, text).unwrap();
    Application::read(&path)
        .map_err(|error| error.to_string().replace(&*path.to_string_lossy(), "FILE"))
}

fn decode(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The key without encryption, as PKCS #8 and as PKCS #1.
fn plain_keys() -> [String; 2] {
    let (_, document) = SecretDocument::from_pem(AES).unwrap();
    let key = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).unwrap();
    let key = key.decrypt(PASSPHRASE).unwrap();
    let inner = PrivateKeyInfoRef::try_from(key.as_bytes()).unwrap();
    let inner = SecretDocument::try_from(inner.private_key.as_bytes()).unwrap();
    let pem = |document: &SecretDocument, label| document.to_pem(label, LineEnding::LF).unwrap();
    [pem(&key, "PRIVATE KEY").to_string(), pem(&inner, "RSA PRIVATE KEY").to_string()]
}

#[test]
fn every_form_of_a_key_is_read_and_signs() {
    let [pkcs8, pkcs1] = plain_keys();
    let public = read(&configuration(DES3, Some(PASSPHRASE)).to_string()).unwrap();
    let public = public.key.public_key().as_ref().to_vec();
    let verifier = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, public);
    for (key, passphrase) in
        [(DES3, Some(PASSPHRASE)), (AES, Some(PASSPHRASE)), (&*pkcs8, None), (&*pkcs1, Some(""))]
    {
        let text = format!("\u{feff}{}", configuration(key, passphrase));
        let application = read(&text).unwrap();
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        let subject = Subject::User("8".to_owned());
        let assertion = application.sign_assertion(&subject, now).unwrap();
        let (signed, signature) = assertion.expose().rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        verifier.verify(signed.as_bytes(), &signature).unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        assert_eq!(decode(header), json!({ "alg": "RS512", "typ": "JWT", "kid": "key1" }));
        let mut claims = decode(claims);
        let id = claims["jti"].take();
        assert_eq!(id.as_str().map(str::len), Some(43));
        let expected = json!({
            "iss": "app", "sub": "8", "box_sub_type": "user", "aud": AUDIENCE, "exp": 1_045,
            "jti": null,
        });
        assert_eq!(claims, expected);
    }
}

#[test]
fn what_is_wrong_is_told_without_secrets() {
    let [pkcs8, _] = plain_keys();
    let with = |key, passphrase| configuration(key, passphrase).to_string();
    for (text, told) in [
        ("{".to_owned(), "`FILE` is not a JWT configuration of Box: line 1, column 1"),
        ("\"hush\"".to_owned(), "`FILE` is not a JWT configuration of Box: line 1, column 6"),
        (
            with(DES3, Some("wrong-hush")),
            "the key in `FILE` cannot be decrypted: is the passphrase correct?",
        ),
        (with(DES3, None), "the key in `FILE` is encrypted, without passphrase"),
        (with("hush", None), "the key in `FILE` is not a private key in PEM"),
        (
            with(&pkcs8.replace("PRIVATE", "EC"), None),
            "the key in `FILE` is not a private key in PEM",
        ),
    ] {
        let error = read(&text).err().unwrap();
        assert_eq!(error, told);
        assert!(!error.contains("hush"));
    }
    let huge = read(&" ".repeat(100_000)).err().unwrap();
    assert_eq!(huge, "cannot read `FILE`");
    let folder = Application::read(Path::new("/")).err().unwrap();
    assert!(std::error::Error::source(&folder).unwrap().to_string().contains("regular file"));
}

/// Refuses the first request as expired, an hour ahead, and records the assertions.
#[derive(Clone, Default)]
struct Ahead(Arc<Mutex<Vec<String>>>);

impl Transport for Ahead {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        Box::pin(async move {
            let form = request.into_body().bytes().await.unwrap();
            let form = String::from_utf8(form.to_vec()).unwrap();
            let (_, assertion) = form.split_once("&assertion=").unwrap();
            let mut seen = self.0.lock().unwrap();
            seen.push(assertion.to_owned());
            let date = SystemTime::now() + Duration::from_secs(3_600);
            let response = Response::builder().header("date", httpdate::fmt_http_date(date));
            let (status, text) = match seen.len() {
                1 => (400, r#"{"error":"invalid_grant","error_description":"hush-secret"}"#),
                _ => (200, r#"{"access_token":"token"}"#),
            };
            Ok(response.status(status).body(Body::from(text.to_owned())).unwrap())
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

#[tokio::test]
async fn a_wrong_clock_is_replaced_by_that_of_box() {
    let ahead = Ahead::default();
    let client = Client::builder().transport(ahead.clone()).build().unwrap();
    let application = read(&configuration(AES, Some(PASSPHRASE)).to_string()).unwrap();
    let subject = Subject::Enterprise("7".to_owned());
    let grant = JwtGrant::new(client, Arc::new(application), subject);
    let token = grant.request().await.unwrap();
    assert_eq!(token.access_token.expose(), "token");
    let seen = ahead.0.lock().unwrap();
    let expires = |assertion: &str| decode(assertion.split('.').nth(1).unwrap())["exp"].as_u64();
    let [first, second] = &seen[..] else { panic!("{seen:?}") };
    let apart = expires(second).unwrap() - expires(first).unwrap();
    assert!((3_599..3_610).contains(&apart), "{apart}");
}
