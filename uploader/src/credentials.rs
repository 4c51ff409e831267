//! Access tokens, and where fresh ones come from.
//!
//! ```no_run
//! use box_upload_sessions::Client;
//! use box_uploader::Uploader;
//! use box_uploader::credentials::Credentials;
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let credentials = Credentials::from_env()?;
//! // What asks for tokens has none itself.
//! let credential = credentials.into_credential(Client::builder().build()?);
//! let uploader = Uploader::new(Client::builder().access_token(credential).build()?);
//! # Ok(())
//! # }
//! ```

mod client_grant;
mod from_env;
#[cfg(feature = "jwt")]
mod jwt;
#[cfg(feature = "login")]
mod profile;
mod renewal;
#[cfg(any(feature = "jwt", feature = "login"))]
mod secret_file;
#[cfg(feature = "login")]
mod sign_in;
mod token_file;
mod token_request;

use std::fmt;
#[cfg(feature = "jwt")]
use std::path::Path;
use std::path::PathBuf;
#[cfg(feature = "jwt")]
use std::sync::Arc;

use box_upload_sessions::Client;
use box_upload_sessions::runtime::{BoxError, Credential, Secret};

use client_grant::ClientGrant;
#[cfg(feature = "jwt")]
use jwt::{Application, JwtGrant};
#[cfg(feature = "login")]
use profile::ProfileGrant;
use renewal::RenewedToken;
use token_file::TokenFile;

#[cfg(feature = "login")]
pub use profile::{Profile, SignedOut};
#[cfg(feature = "login")]
pub use sign_in::{Redirected, SignIn};

/// Proves to Box who uploads. `Debug` shows no secret.
#[derive(Clone)]
pub struct Credentials(Kind);

#[derive(Clone)]
enum Kind {
    Token(Secret),
    File(PathBuf),
    Client {
        id: String,
        secret: Secret,
        subject: Subject,
    },
    #[cfg(feature = "jwt")]
    Jwt {
        application: Arc<Application>,
        subject: Subject,
    },
    #[cfg(feature = "login")]
    Profile(Profile),
}

/// Subject of the tokens of a client-credentials grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The application's service account in the enterprise with this id.
    Enterprise(String),
    /// The user with this id.
    User(String),
}

impl Credentials {
    /// An access token. Box's expire after about an hour; later requests are refused.
    #[must_use]
    pub fn access_token(token: impl Into<Secret>) -> Self {
        Self(Kind::Token(token.into()))
    }

    /// A file that contains only an access token. It is read for each request, so a token renewed
    /// on disk takes effect during an upload.
    #[must_use]
    pub fn token_file(path: impl Into<PathBuf>) -> Self {
        Self(Kind::File(path.into()))
    }

    /// The [client-credentials
    /// grant](https://developer.box.com/guides/authentication/client-credentials/): an
    /// application's id and secret. Tokens are fetched and renewed as needed.
    #[must_use]
    pub fn client_credentials(
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        subject: Subject,
    ) -> Self {
        Self(Kind::Client { id: client_id.into(), secret: client_secret.into(), subject })
    }

    /// The [configuration file](https://developer.box.com/guides/authentication/jwt/) of an
    /// application, with its private key. Tokens are for `subject`, by default the service account
    /// in the enterprise that the file names. Tokens are fetched and renewed as needed.
    ///
    /// # Errors
    /// The file cannot be read, or is not such a file, or its key cannot be decrypted.
    #[cfg(feature = "jwt")]
    pub fn jwt_config(
        path: impl AsRef<Path>,
        subject: Option<Subject>,
    ) -> Result<Self, CredentialsError> {
        let path = path.as_ref();
        let application = Application::read(path)?;
        let enterprise = || application.enterprise.clone().map(Subject::Enterprise);
        let subject = subject.or_else(enterprise).ok_or_else(|| {
            CredentialsError::new(format!("`{}` names no enterprise", path.display()))
        })?;
        Ok(Self(Kind::Jwt { application: Arc::new(application), subject }))
    }

    /// A user's [sign-in](SignIn). Tokens are read from the file, and renewed there as needed.
    #[cfg(feature = "login")]
    #[must_use]
    pub fn profile(profile: Profile) -> Self {
        Self(Kind::Profile(profile))
    }

    /// Reads the environment, which must set one of these:
    ///
    /// - `BOX_ACCESS_TOKEN`: [`Self::access_token`];
    /// - `BOX_ACCESS_TOKEN_FILE`: [`Self::token_file`];
    /// - `BOX_CLIENT_ID`, `BOX_CLIENT_SECRET`, and `BOX_ENTERPRISE_ID` or `BOX_USER_ID`:
    ///   [`Self::client_credentials`];
    /// - `BOX_JWT_CONFIG`, and possibly `BOX_USER_ID`: `Credentials::jwt_config`, with the feature
    ///   `jwt`.
    ///
    /// An empty variable counts as unset.
    ///
    /// # Errors
    /// A variable is missing, or more than one kind of credentials is set; the error says which.
    /// Those of `Credentials::jwt_config`.
    pub fn from_env() -> Result<Self, CredentialsError> {
        from_env::read_credentials(&|name| std::env::var_os(name))
    }

    /// Converts to what `Client::builder().access_token(credential)` takes.
    ///
    /// `client` requests the tokens: one with the same base URL and transport. It needs no
    /// credentials.
    #[must_use]
    pub fn into_credential(self, client: Client) -> Credential {
        match self.0 {
            Kind::Token(token) => token.into(),
            Kind::File(path) => Credential::provider(TokenFile::new(path)),
            Kind::Client { id, secret, subject } => {
                let grant = ClientGrant::new(client, id, secret, subject);
                Credential::provider(RenewedToken::new(grant))
            }
            #[cfg(feature = "jwt")]
            Kind::Jwt { application, subject } => {
                let grant = JwtGrant::new(client, application, subject);
                Credential::provider(RenewedToken::new(grant))
            }
            #[cfg(feature = "login")]
            Kind::Profile(profile) => {
                Credential::provider(RenewedToken::new(ProfileGrant::new(client, profile)))
            }
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Token(_) => f.write_str("Credentials(access token)"),
            Kind::File(path) => write!(f, "Credentials(access token in {path:?})"),
            Kind::Client { id, subject, .. } => {
                write!(f, "Credentials(client {id:?} for {subject:?})")
            }
            #[cfg(feature = "jwt")]
            Kind::Jwt { application, subject } => {
                let id = &application.client_id;
                write!(f, "Credentials(JWT of client {id:?} for {subject:?})")
            }
            #[cfg(feature = "login")]
            Kind::Profile(profile) => write!(f, "Credentials({profile:?})"),
        }
    }
}

/// Whether this is valid as a bearer token (RFC 6750, section 2.1: printable, no spaces).
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Why there is no token. It never contains a secret.
#[derive(Debug)]
pub struct CredentialsError {
    what: String,
    transient: bool,
    source: Option<BoxError>,
}

impl CredentialsError {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), transient: false, source: None }
    }

    /// Whether this may pass: Box was unreachable, overloaded, or did not respond in time.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.transient
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for CredentialsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}
