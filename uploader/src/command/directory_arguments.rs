//! Options for directories.

use clap::Args;

#[derive(Debug, Args)]
#[command(next_help_heading = "Directories")]
pub(crate) struct DirectoryArguments {
    /// Encode what Box refuses in names, reversibly: a backslash becomes `%5C`.
    ///
    /// That goes for control characters, backslashes, spaces at either end, bytes that are not
    /// UTF-8, and a `%` that two hexadecimal digits follow. Without this option such files are
    /// reported before anything is sent, and not uploaded.
    #[arg(long)]
    pub(crate) encode_names: bool,
}
