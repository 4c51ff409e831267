//! Arguments about who uploads.

use std::path::PathBuf;
use std::time::Duration;

use box_upload_common::units::parse_nonzero_duration;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueHint};

use super::{Output, Service};

/// Where credentials come from, and for whom.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Access {
    /// Read the access token from this file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) token_file: Option<PathBuf>,
    /// Use the JWT configuration file of an application.
    #[cfg(feature = "jwt")]
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "token_file",
        value_hint = ValueHint::FilePath
    )]
    pub(crate) jwt_config: Option<PathBuf>,
    /// Use the sign-in of this name; see `box-upload login`.
    #[arg(long, value_name = "NAME", value_parser = parse_profile)]
    #[cfg_attr(feature = "jwt", arg(conflicts_with_all = ["token_file", "jwt_config"]))]
    #[cfg_attr(not(feature = "jwt"), arg(conflicts_with = "token_file"))]
    pub(crate) profile: Option<String>,
    /// Act on behalf of the user with this id.
    #[arg(long, value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) as_user: Option<String>,
}

/// Arguments of `box-upload login`.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// Name of the sign-in.
    #[arg(long, value_name = "NAME", default_value = DEFAULT_PROFILE, value_parser = parse_profile)]
    pub(crate) profile: String,
    /// Port for the browser to return to [default: any free port].
    ///
    /// The application must have the redirect URI `http://127.0.0.1:<PORT>/`.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// Print the URL instead of opening it.
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Wait this long for the sign-in.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = parse_nonzero_duration)]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) service: Service,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Arguments of `box-upload logout`.
#[derive(Debug, Args)]
pub(crate) struct Logout {
    /// Name of the sign-in.
    #[arg(long, value_name = "NAME", default_value = DEFAULT_PROFILE, value_parser = parse_profile)]
    pub(crate) profile: String,
    /// Trust the certificates in this PEM file in addition to the system's.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ca_file: Option<PathBuf>,
    /// Ignore the proxies in the environment.
    #[arg(long)]
    pub(crate) no_proxy: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// The sign-in that is used if there are no other credentials.
pub(crate) const DEFAULT_PROFILE: &str = "default";

/// Checks that a name can be a file's.
pub(crate) fn parse_profile(name: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=64).contains(&name.len()) && name.bytes().all(is_plain) {
        Ok(name.to_owned())
    } else {
        Err("the name of a profile has up to 64 ASCII letters, digits, `-` or `_`".to_owned())
    }
}
