//! Sign-ins that are kept on disk.

use std::env;

use box_uploader::credentials::Profile;

use super::arguments::{DEFAULT_PROFILE, Service, parse_profile};
use super::command_error::CommandError;
use super::journal;

/// Variables that name credentials. Those of the application alone do not: `login` needs them too.
const CREDENTIALS: [&str; 5] = [
    "BOX_ACCESS_TOKEN",
    "BOX_ACCESS_TOKEN_FILE",
    "BOX_JWT_CONFIG",
    "BOX_ENTERPRISE_ID",
    "BOX_USER_ID",
];

/// Base URL of Box's API.
const API: &str = "https://api.box.com";

/// The profile of this name, which may not exist.
pub(super) fn open_profile(name: &str, service: &Service) -> Result<Profile, CommandError> {
    let folder = journal::default_folder().ok_or_else(|| {
        CommandError::setup("there is no home directory to keep sign-ins in; set XDG_STATE_HOME")
    })?;
    let path = folder.join("profiles").join(format!("{name}.json"));
    let service = service.base_url.as_deref().unwrap_or(API).trim_end_matches('/');
    Ok(Profile::new(path, service))
}

/// The profile that the options or the environment name, or the default one if it exists and the
/// environment has no credentials.
pub(super) fn find_profile(
    named: Option<&str>,
    service: &Service,
) -> Result<Option<Profile>, CommandError> {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if let Some(name) = named {
        return open_profile(name, service).map(Some);
    }
    if is_set("BOX_PROFILE") {
        let name = env::var("BOX_PROFILE").unwrap_or_default();
        let name = parse_profile(&name);
        let name = name.map_err(|what| CommandError::usage(format!("BOX_PROFILE: {what}")))?;
        return open_profile(&name, service).map(Some);
    }
    if CREDENTIALS.iter().any(|name| is_set(name)) {
        return Ok(None);
    }
    // Without a home directory there is none.
    let profile = open_profile(DEFAULT_PROFILE, service).ok();
    Ok(profile.filter(Profile::exists))
}
