//! Arguments of `box-upload report`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{Connection, Output, folders};
use crate::command::directory_arguments::SelectionArguments;

/// Arguments of `box-upload report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Manifests written by --manifest: regular files, which are read twice.
    #[arg(value_name = "MANIFEST", required = true, value_hint = ValueHint::FilePath)]
    pub(crate) manifests: Vec<PathBuf>,
    /// Find the files of this directory that are in no manifest.
    #[arg(long, value_name = "DIRECTORY", value_hint = ValueHint::DirPath)]
    pub(crate) against: Option<PathBuf>,
    /// List the folders in Box, and compare their files with the manifests.
    #[arg(long, requires = "to")]
    pub(crate) verify: bool,
    /// Path or id of the folder that was uploaded to.
    #[arg(long, value_name = "FOLDER", value_parser = folders::parse_folder)]
    pub(crate) to: Option<String>,
    /// Write a manifest that has each line once, except damaged ones.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) join: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    /// Follow symbolic links in the directory.
    #[arg(long, help_heading = "Directories")]
    pub(crate) follow_links: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) output: Output,
}
