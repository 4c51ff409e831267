//! An access token in a file.

use box_upload_common::lock;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use box_upload_sessions::runtime::{BoxError, BoxFuture, Secret, TokenProvider};
use tokio::task::spawn_blocking;

use super::{CredentialsError, is_token};

/// Largest plausible size, in bytes.
const MAX_SIZE: u64 = 64 << 10;

/// Reads the token for each request, which costs no more than checking for changes.
pub(super) struct TokenFile {
    path: Arc<Path>,
    /// The token read last. It stays valid while the file is being replaced.
    last: Mutex<Option<Secret>>,
}

impl TokenFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path: path.into(), last: Mutex::new(None) }
    }

    async fn get_token(&self, rejected: Option<&Secret>) -> Result<Secret, CredentialsError> {
        let path = self.path.clone();
        let read = spawn_blocking(move || read_token(&path)).await.map_err(io::Error::other);
        let read = read.map_err(|error| unreadable_file(&self.path, error)).flatten();
        let mut last = lock(&self.last);
        match (read, &*last) {
            (Ok(token), _) => Ok(last.insert(token).clone()),
            (Err(_), Some(token)) if Some(token) != rejected => Ok(token.clone()),
            (Err(error), _) => Err(error),
        }
    }
}

impl TokenProvider for TokenFile {
    fn token<'a>(
        &'a self,
        rejected: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Secret, BoxError>> {
        Box::pin(async move { self.get_token(rejected).await.map_err(Into::into) })
    }
}

fn read_token(path: &Path) -> Result<Secret, CredentialsError> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_SIZE).read_to_string(&mut text));
    read.map_err(|error| unreadable_file(path, error))?;
    // Windows editors start text files with a byte-order mark.
    let token = text.trim_start_matches('\u{feff}').trim();
    if !is_token(token) {
        let what = if token.is_empty() { "no access token" } else { "more than an access token" };
        return Err(CredentialsError::new(format!("{what} in `{}`", path.display())));
    }
    Ok(token.into())
}

fn unreadable_file(path: &Path, error: io::Error) -> CredentialsError {
    let what = format!("cannot read the access token in `{}`", path.display());
    CredentialsError { source: Some(error.into()), ..CredentialsError::new(what) }
}
