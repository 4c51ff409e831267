//! Small files with secrets.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::CredentialsError;

/// Largest plausible size, in bytes.
const MAX_SIZE: u64 = 64 << 10;

/// Reads a regular file, which a link may lead to, as where secrets are mounted into containers.
pub(super) fn read_secret_file(path: &Path) -> Result<Vec<u8>, CredentialsError> {
    read_small_file(path).map_err(|error| {
        let what = format!("cannot read `{}`", path.display());
        CredentialsError { source: Some(error.into()), ..CredentialsError::new(what) }
    })
}

fn read_small_file(path: &Path) -> io::Result<Vec<u8>> {
    // A pipe would block until somebody writes to it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let mut content = Vec::new();
    File::open(path)?.take(MAX_SIZE + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MAX_SIZE {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the file is too large"));
    }
    Ok(content)
}
