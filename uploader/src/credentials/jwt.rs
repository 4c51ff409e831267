//! Access tokens for signed assertions (RFC 7523), as an application's configuration file allows.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use box_upload_sessions::Client;
use box_upload_sessions::runtime::{BoxFuture, Secret};
use box_upload_sessions::types::{AccessToken, TokenRequest, TokenRequestGrantType};
use pkcs8::{EncryptedPrivateKeyInfoRef, SecretDocument};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{RSA_PKCS1_SHA512, RsaKeyPair};
use serde::Deserialize;
use serde_json::json;

use super::renewal::Grant;
use super::secret_file::read_secret_file;
use super::token_request::{TokenRequestError, request_token};
use super::{CredentialsError, Subject};

/// Life of an assertion. Box accepts at most a minute.
const LIFE: Duration = Duration::from_secs(45);

/// Whom an assertion is for, at Box and at what stands in for it.
const AUDIENCE: &str = "https://api.box.com/oauth2/token";

/// The file that Box's developer console offers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    box_app_settings: AppSettings,
    #[serde(rename = "enterpriseID")]
    enterprise_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppSettings {
    #[serde(rename = "clientID")]
    client_id: String,
    client_secret: Secret,
    app_auth: AppAuth,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppAuth {
    #[serde(rename = "publicKeyID")]
    public_key_id: String,
    private_key: Secret,
    passphrase: Option<Secret>,
}

/// An application with its private key.
pub(super) struct Application {
    pub(super) client_id: String,
    client_secret: Secret,
    key_id: String,
    key: RsaKeyPair,
    /// Id of the enterprise, if the file names one.
    pub(super) enterprise: Option<String>,
}

impl Application {
    /// Reads the configuration file and decrypts its key.
    pub(super) fn read(path: &Path) -> Result<Self, CredentialsError> {
        let text = read_secret_file(path)?;
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
        let shown = path.display();
        let configuration: Configuration = serde_json::from_slice(text).map_err(|error| {
            // Its text may quote the file.
            let line = error.line();
            let column = error.column();
            CredentialsError::new(format!(
                "`{shown}` is not a JWT configuration of Box: line {line}, column {column}"
            ))
        })?;
        let AppSettings { client_id, client_secret, app_auth } = configuration.box_app_settings;
        let key = read_key(&app_auth)
            .map_err(|what| CredentialsError::new(format!("the key in `{shown}` {what}")))?;
        let key_id = app_auth.public_key_id;
        let enterprise = configuration.enterprise_id.filter(|id| !id.is_empty() && id != "0");
        Ok(Self { client_id, client_secret, key_id, key, enterprise })
    }

    /// A signed assertion, valid for a short time from `now`.
    fn sign_assertion(
        &self,
        subject: &Subject,
        now: SystemTime,
    ) -> Result<Secret, CredentialsError> {
        let random = SystemRandom::new();
        let failure = |_| CredentialsError::new("cannot sign the request for an access token");
        let mut id = [0; 32];
        random.fill(&mut id).map_err(failure)?;
        let (kind, sub) = match subject {
            Subject::Enterprise(id) => ("enterprise", id),
            Subject::User(id) => ("user", id),
        };
        let expires = (now + LIFE).duration_since(UNIX_EPOCH).unwrap_or_default();
        let header = json!({ "alg": "RS512", "typ": "JWT", "kid": self.key_id });
        let claims = json!({
            "iss": self.client_id,
            "sub": sub,
            "box_sub_type": kind,
            "aud": AUDIENCE,
            "jti": URL_SAFE_NO_PAD.encode(id),
            "exp": expires.as_secs(),
        });
        let encode = |part: serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        let text = signed.as_bytes();
        self.key.sign(&RSA_PKCS1_SHA512, &random, text, &mut signature).map_err(failure)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
    }
}

/// Reads a private key: PKCS #8, encrypted or not, or PKCS #1.
fn read_key(auth: &AppAuth) -> Result<RsaKeyPair, &'static str> {
    let pem = auth.private_key.expose();
    let unreadable = "is not a private key in PEM";
    let (label, document) = SecretDocument::from_pem(pem.trim()).map_err(|_| unreadable)?;
    let key = match label {
        "ENCRYPTED PRIVATE KEY" => {
            let passphrase = auth.passphrase.as_ref().ok_or("is encrypted, without passphrase")?;
            let encrypted = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes());
            let encrypted = encrypted.map_err(|_| unreadable)?;
            let decrypted = encrypted.decrypt(passphrase.expose());
            let decrypted =
                decrypted.map_err(|_| "cannot be decrypted: is the passphrase correct?")?;
            RsaKeyPair::from_pkcs8(decrypted.as_bytes())
        }
        "PRIVATE KEY" => RsaKeyPair::from_pkcs8(document.as_bytes()),
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(document.as_bytes()),
        _ => return Err(unreadable),
    };
    key.map_err(|_| "is not an RSA key of 2048 to 4096 bits")
}

/// Requests tokens for assertions.
pub(super) struct JwtGrant {
    client: Client,
    application: Arc<Application>,
    subject: Subject,
}

impl JwtGrant {
    pub(super) fn new(client: Client, application: Arc<Application>, subject: Subject) -> Self {
        Self { client, application, subject }
    }

    async fn request(&self) -> Result<AccessToken, CredentialsError> {
        let now = SystemTime::now();
        let failure = match self.request_at(now).await {
            Ok(token) => return Ok(token),
            Err(failure) => failure,
        };
        // A wrong clock here makes assertions that have expired, or are valid for too long.
        let date = failure.date.as_ref().filter(|_| failure.code.is_some());
        let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
        match date.filter(|date| differs(*date, now)) {
            Some(date) => {
                tracing::warn!("the system clock is wrong; using Box's time");
                Ok(self.request_at(date).await?)
            }
            None => Err(failure.into()),
        }
    }

    async fn request_at(&self, now: SystemTime) -> Result<AccessToken, TokenRequestError> {
        let request = TokenRequest::new(TokenRequestGrantType::JwtBearer)
            .client_id(&self.application.client_id)
            .client_secret(self.application.client_secret.clone())
            .assertion(self.application.sign_assertion(&self.subject, now)?);
        request_token(&self.client, &request).await
    }
}

/// Whether two clocks differ too much for an assertion.
fn differs(date: SystemTime, now: SystemTime) -> bool {
    let apart = date.duration_since(now).unwrap_or_else(|error| error.duration());
    apart > Duration::from_secs(10)
}

impl Grant for JwtGrant {
    fn request_token<'a>(
        &'a self,
        _: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<AccessToken, CredentialsError>> {
        Box::pin(self.request())
    }
}

#[cfg(test)]
mod tests;
