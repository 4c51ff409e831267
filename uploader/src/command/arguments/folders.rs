//! Arguments of the commands about folders in Box.

use box_uploader::FolderPath;
use clap::Args;

use super::{Connection, Output};

/// Arguments of `box-upload ls`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Path or id of the folder.
    #[arg(value_name = "FOLDER", default_value = "/", value_parser = parse_folder)]
    pub(crate) folder: String,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Arguments of `box-upload mkdir`.
#[derive(Debug, Args)]
pub(crate) struct MakeDirectory {
    /// Paths of the folders, such as `/Backups/2026`.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<FolderPath>,
    /// Create missing parents; succeed if the folder exists.
    #[arg(short, long)]
    pub(crate) parents: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Checks that a text is a folder's id or path.
pub(super) fn parse_folder(text: &str) -> Result<String, String> {
    let is_id = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_id {
        let path = text.parse::<FolderPath>();
        path.map_err(|error| format!("{error}, and a folder's id is a number"))?;
    }
    Ok(text.to_owned())
}
