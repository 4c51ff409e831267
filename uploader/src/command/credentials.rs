//! Where credentials come from: the environment or a file, never the command line.

use std::path::{Path, PathBuf};

use box_upload_sessions::runtime::Credential;

use super::failure::Failure;

/// The credential in this file, or else the environment's.
pub(super) fn credential(file: Option<&Path>) -> Result<Credential, Failure> {
    let named = std::env::var_os("BOX_ACCESS_TOKEN_FILE").map(PathBuf::from);
    let token = match (file.map(Path::to_owned).or(named), std::env::var("BOX_ACCESS_TOKEN")) {
        (Some(file), _) => {
            let bytes = super::client::read(&file)?;
            String::from_utf8_lossy(&bytes).trim().to_owned()
        }
        (None, Ok(token)) => token.trim().to_owned(),
        (None, Err(_)) => String::new(),
    };
    match token.is_empty() {
        true => Err(Failure::credentials("there are no credentials").hint(
            "set BOX_ACCESS_TOKEN, or name a file with --token-file; `box-upload --help` lists \
             the other ways",
        )),
        false => Ok(token.into()),
    }
}
