//! Options for directories.

use std::path::PathBuf;

use box_uploader::Shard;
use clap::{Args, ValueHint};

#[derive(Debug, Args)]
#[command(next_help_heading = "Directories")]
pub(crate) struct DirectoryArguments {
    /// Upload only files that match; may be repeated.
    ///
    /// Patterns are those of .gitignore files, relative to the directory: `*.jpg` matches at any
    /// depth, `/a/*.jpg` only in `a`, `a/` all that is in a folder `a`, and `**` crosses folders.
    /// Empty folders are not created then.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) include: Vec<String>,
    /// Leave out files and folders that match, even if --include matches, too; may be repeated.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,
    /// Leave out what matches the patterns in this file, one per line; may be repeated.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ignore_file: Vec<PathBuf>,
    /// Leave out what the .gitignore files in the directory say.
    #[arg(long)]
    pub(crate) gitignore: bool,
    /// Upload only what is listed in this file, or on standard input (`-`): a path per line,
    /// relative to the directory.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files_from: Option<PathBuf>,
    /// The paths of --files-from end with NUL bytes, as those of `find -print0`.
    #[arg(short = '0', long, requires = "files_from")]
    pub(crate) null: bool,
    /// Upload only part INDEX, from 0, of COUNT parts: for several processes or machines.
    ///
    /// A file's part depends only on its folder's path; in folders with more than 1,000 entries, on
    /// its own. Each process creates the folders that it needs first. COUNT may change between
    /// runs.
    #[arg(long, value_name = "INDEX/COUNT")]
    pub(crate) shard: Option<Shard>,
    /// Write a JSON line for each file in Box to this file: path, id, size and SHA-1.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) manifest: Option<PathBuf>,
    /// Encode what Box refuses in names, reversibly: a backslash becomes `%5C`.
    ///
    /// That goes for control characters, backslashes, spaces at either end, bytes that are not
    /// UTF-8, and a `%` that two hexadecimal digits follow. Without this option such files are
    /// reported before anything is sent, and not uploaded.
    #[arg(long)]
    pub(crate) encode_names: bool,
}

impl DirectoryArguments {
    /// The first option that is given and applies to a single directory only.
    pub(crate) fn single_directory_option(&self) -> Option<&'static str> {
        let options =
            [("--files-from", self.files_from.is_some()), ("--manifest", self.manifest.is_some())];
        options.into_iter().find_map(|(option, given)| given.then_some(option))
    }
}
