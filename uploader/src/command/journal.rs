//! The default journal folder.

use std::env;
use std::path::PathBuf;

/// The default journal folder: in `%LOCALAPPDATA%` on Windows, elsewhere in `$XDG_STATE_HOME` or
/// `~/.local/state` (XDG Base Directory Specification 0.8). `None` without a home directory.
pub(super) fn default_folder() -> Option<PathBuf> {
    let variable = if cfg!(windows) { "LOCALAPPDATA" } else { "XDG_STATE_HOME" };
    // The specification says to ignore relative paths.
    let named = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = named.or_else(|| Some(env::home_dir()?.join(".local").join("state")));
    folder.filter(|folder| folder.is_absolute()).map(|folder| folder.join("box-upload"))
}
