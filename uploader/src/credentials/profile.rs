//! A user's sign-in, kept in a file.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use box_upload_sessions::Client;
use box_upload_sessions::runtime::{BoxFuture, Secret};
use box_upload_sessions::types::{AccessToken, TokenRequest, TokenRequestGrantType};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::CredentialsError;
use super::renewal::Grant;
use super::secret_file::read_secret_file;
use super::token_request::{request_token, revoke_token};

/// A stored access token is used if it is valid for longer than this.
const MARGIN: Duration = Duration::from_secs(300);

/// How long to wait for another process that renews the token.
const PATIENCE: Duration = Duration::from_secs(60);

/// Extension of the file that is about to replace that of a profile.
const DRAFT: &str = "next";

/// Interval of attempts to lock the file.
const INTERVAL: Duration = Duration::from_millis(50);

/// The file that keeps a user's sign-in. Several processes may use it at once: Box accepts each
/// refresh token once, so one process renews the tokens and the others read them.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    path: PathBuf,
    service: String,
}

/// The content of the file.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    /// The service that the tokens are for. They are not sent to another one.
    pub(super) service: String,
    pub(super) client_id: String,
    pub(super) client_secret: Secret,
    pub(super) access_token: Secret,
    pub(super) refresh_token: Secret,
    /// When the access token expires, in seconds since 1970.
    pub(super) expires: u64,
}

impl Profile {
    /// The profile in this file, which may not exist yet. `service` is the base URL of the service
    /// that the sign-in is for.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, service: impl Into<String>) -> Self {
        Self { path: path.into(), service: service.into() }
    }

    /// Whether there is a file.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.path.is_file()
    }

    /// The base URL of the service that the sign-in in the file is for; `None` if there is none, or
    /// the file is damaged.
    #[must_use]
    pub fn stored_service(&self) -> Option<String> {
        Some(parse_profile(&self.path).ok()?.service)
    }

    /// Revokes the tokens, and removes the file, even if Box does not revoke them. `client` needs
    /// no credentials.
    ///
    /// # Errors
    /// The file cannot be locked or removed.
    pub async fn sign_out(&self, client: &Client) -> Result<SignedOut, CredentialsError> {
        let _lock = self.lock().await?;
        if !self.exists() {
            return Ok(SignedOut::NotSignedIn);
        }
        self.adopt_draft()?;
        let revoked = match self.read() {
            Ok(stored) => stored.revoke_tokens(client).await,
            Err(error) => Err(error),
        };
        // What a link leads to has the tokens.
        for path in [self.target(), self.path.clone()] {
            remove_if_present(&path).map_err(|error| self.to_error("cannot remove", error))?;
        }
        Ok(revoked.map_or_else(SignedOut::NotRevoked, |()| SignedOut::Revoked))
    }

    /// Stores a new sign-in.
    pub(super) async fn store(
        &self,
        client_id: &str,
        client_secret: &Secret,
        token: AccessToken,
    ) -> Result<(), CredentialsError> {
        let _lock = self.lock().await?;
        let mut stored = Stored {
            service: self.service.clone(),
            client_id: client_id.to_owned(),
            client_secret: client_secret.clone(),
            access_token: "".into(),
            refresh_token: "".into(),
            expires: 0,
        };
        stored.update(token)?;
        self.draft()?.replace(&stored)
    }

    fn read(&self) -> Result<Stored, CredentialsError> {
        let path = self.path.display();
        if !self.exists() {
            let what = format!("not signed in: there is no profile `{path}`");
            return Err(CredentialsError::new(what));
        }
        self.protect();
        let stored = parse_profile(&self.path)?;
        if stored.service != self.service {
            let Stored { service, .. } = stored;
            let what = format!("the profile `{path}` is for {service}, not for {}", self.service);
            return Err(CredentialsError::new(what));
        }
        Ok(stored)
    }

    /// The file itself, where a link may lead.
    fn target(&self) -> PathBuf {
        self.path.canonicalize().unwrap_or_else(|_| self.path.clone())
    }

    /// Takes away the permissions of others, who may have copied the file from elsewhere.
    fn protect(&self) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let others = |permissions: fs::Permissions| permissions.mode() & 0o077 != 0;
            if !self.path.metadata().is_ok_and(|metadata| others(metadata.permissions())) {
                return;
            }
            let done = fs::set_permissions(&self.path, fs::Permissions::from_mode(0o600));
            let done = done.map_or_else(
                |error| format!("and its permissions cannot be changed: {error}"),
                |()| "and no longer is; to be safe, sign out and in again".to_owned(),
            );
            tracing::warn!("the profile `{}` was readable by others, {done}", self.path.display());
        }
    }

    /// Waits until no other process uses the file. It is free again when the result is dropped.
    async fn lock(&self) -> Result<File, CredentialsError> {
        let failure = |error| self.to_error("cannot lock", error);
        if let Some(folder) = self.path.parent() {
            create_private_folder(folder).map_err(failure)?;
        }
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        make_private(&mut options);
        let file = options.open(self.target().with_extension("lock")).map_err(failure)?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(failure(error)),
                Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => {
                    let what = format!("`{}` is locked by another process", self.path.display());
                    return Err(CredentialsError {
                        transient: true,
                        ..CredentialsError::new(what)
                    });
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(INTERVAL).await,
            }
        }
    }

    /// Prepares to replace the file, so that a full disk is noticed while the old one still counts.
    fn draft(&self) -> Result<Draft<'_>, CredentialsError> {
        let target = self.target();
        let path = target.with_extension(DRAFT);
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        make_private(&mut options);
        let file = remove_if_present(&path).and_then(|()| options.open(&path));
        let file = file.map_err(|error| self.to_error("cannot write", error))?;
        Ok(Draft { profile: self, file, path, target })
    }

    /// Takes the tokens that another process had written when it was killed. Those in the profile are
    /// no longer valid then.
    fn adopt_draft(&self) -> Result<(), CredentialsError> {
        let target = self.target();
        let path = target.with_extension(DRAFT);
        let is_file = path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        if !is_file || parse_profile(&path).is_err() {
            return Ok(());
        }
        fs::rename(path, target).map_err(|error| self.to_error("cannot write", error))
    }

    fn to_error(&self, what: &str, error: io::Error) -> CredentialsError {
        let what = format!("{what} the profile `{}`", self.path.display());
        CredentialsError { source: Some(error.into()), ..CredentialsError::new(what) }
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Profile({:?} for {})", self.path, self.service)
    }
}

/// Creates a folder that only the user can read.
fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Only the user can read and write the file. Opening it follows no link, and waits for nobody.
fn make_private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    #[cfg(not(unix))]
    let _ = options;
}

fn remove_if_present(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn parse_profile(path: &Path) -> Result<Stored, CredentialsError> {
    // The error's text may quote the file.
    serde_json::from_slice(&read_secret_file(path)?)
        .map_err(|_| CredentialsError::new(format!("the profile `{}` is damaged", path.display())))
}

/// The next content of a profile, in a file of its own. It is kept only if the process is killed.
struct Draft<'a> {
    profile: &'a Profile,
    file: File,
    path: PathBuf,
    target: PathBuf,
}

impl Draft<'_> {
    fn replace(mut self, stored: &Stored) -> Result<(), CredentialsError> {
        let text = serde_json::to_vec_pretty(stored).map_err(io::Error::from);
        let written = text.and_then(|text| {
            self.file.write_all(&text)?;
            self.file.sync_all()?;
            fs::rename(&self.path, &self.target)
        });
        written.map_err(|error| self.profile.to_error("cannot write", error))
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        let _ = remove_if_present(&self.path);
    }
}

/// What became of the tokens of a sign-in.
#[derive(Debug)]
#[non_exhaustive]
pub enum SignedOut {
    /// Box does not accept them any more.
    Revoked,
    /// The file is removed, but Box accepts them until they expire, or the user revokes them.
    NotRevoked(CredentialsError),
    /// There was no sign-in.
    NotSignedIn,
}

impl Stored {
    /// Revokes both tokens. Box revokes both for either, but documents that only for one of them.
    async fn revoke_tokens(&self, client: &Client) -> Result<(), CredentialsError> {
        for token in [&self.refresh_token, &self.access_token] {
            revoke_token(client, &self.client_id, &self.client_secret, token).await?;
        }
        Ok(())
    }

    /// Takes the tokens of a response.
    fn update(&mut self, token: AccessToken) -> Result<(), CredentialsError> {
        let life = token.expires_in.and_then(|seconds| u64::try_from(seconds).ok());
        self.expires = seconds_since_1970() + life.unwrap_or(0);
        self.access_token = token.access_token;
        // Without one, the old one stays valid (RFC 6749, section 6).
        let refresh = token.refresh_token.filter(|refresh| !refresh.expose().is_empty());
        if let Some(refresh) = refresh {
            self.refresh_token = refresh;
        }
        if self.refresh_token.expose().is_empty() {
            return Err(CredentialsError::new("Box returned no refresh token"));
        }
        Ok(())
    }

    /// The access token, if it is worth using.
    fn valid_token(&self, rejected: Option<&Secret>) -> Option<AccessToken> {
        let left = self.expires.saturating_sub(seconds_since_1970());
        if left <= MARGIN.as_secs() || rejected == Some(&self.access_token) {
            return None;
        }
        let mut token = AccessToken::new(self.access_token.clone());
        token.expires_in = i64::try_from(left).ok();
        Some(token)
    }
}

fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Requests tokens by the refresh token of a profile.
pub(super) struct ProfileGrant {
    client: Client,
    profile: Profile,
}

impl ProfileGrant {
    pub(super) fn new(client: Client, profile: Profile) -> Self {
        Self { client, profile }
    }

    /// Reads the token, or renews it.
    async fn renew(
        client: Client,
        profile: Profile,
        rejected: Option<Secret>,
    ) -> Result<AccessToken, CredentialsError> {
        let _lock = profile.lock().await?;
        profile.adopt_draft()?;
        let mut stored = profile.read()?;
        if let Some(token) = stored.valid_token(rejected.as_ref()) {
            return Ok(token);
        }
        let draft = profile.draft()?;
        let request = TokenRequest::new(TokenRequestGrantType::RefreshToken)
            .client_id(&stored.client_id)
            .client_secret(stored.client_secret.clone())
            .refresh_token(stored.refresh_token.clone());
        let token = request_token(&client, &request).await.map_err(|failure| {
            if failure.code.as_deref() == Some("invalid_grant") {
                CredentialsError::new("the sign-in has expired or was revoked: sign in again")
            } else {
                failure.error
            }
        })?;
        stored.update(token.clone())?;
        draft.replace(&stored)?;
        Ok(token)
    }
}

impl Grant for ProfileGrant {
    fn request_token<'a>(
        &'a self,
        rejected: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<AccessToken, CredentialsError>> {
        // A task of its own, because a response that is not stored ends the sign-in.
        let renewal = Self::renew(self.client.clone(), self.profile.clone(), rejected.cloned());
        let renewal = tokio::spawn(renewal);
        Box::pin(async {
            let failed = |_| CredentialsError::new("the renewal of the access token was aborted");
            renewal.await.map_err(failed)?
        })
    }
}
