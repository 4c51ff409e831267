//! Options for directories.

use std::path::PathBuf;

use box_uploader::Shard;
use clap::{Args, ValueHint};

#[derive(Debug, Args)]
#[command(next_help_heading = "Directories")]
pub(crate) struct DirectoryArguments {
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    /// Upload only share INDEX of COUNT, counted from 0, to use several processes or machines.
    ///
    /// A file's share depends only on its folder's path or, in folders with more than 1,000 entries,
    /// on its own. A folder is created by the process that needs it first. COUNT may change between
    /// runs.
    #[arg(long, value_name = "INDEX/COUNT")]
    pub(crate) shard: Option<Shard>,
    /// Write a JSON line (path, id, size, SHA-1) to this file for each file that is in Box.
    ///
    /// An existing file is replaced when the run ends, but not if the run fails before any file is in
    /// Box. A repeated run lists the files that were there already, too. A file that was renamed
    /// (--on-conflict rename) also has its `name` in Box.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) manifest: Option<PathBuf>,
    /// Delete items from the folder in Box that the directory does not have, after uploading.
    ///
    /// Box keeps them in its trash. Nothing is deleted if a file failed, or if the directory has no
    /// files. With --dry-run, the items are listed, but not deleted.
    #[arg(long, conflicts_with_all = ["include", "files_from"])]
    pub(crate) delete: bool,
    /// Delete at most this many files and folders; if there are more, delete none.
    #[arg(long, value_name = "NUMBER", default_value_t = 100, requires = "delete")]
    pub(crate) max_delete: usize,
    /// Also delete from Box what --exclude, --ignore-file and --gitignore skip.
    #[arg(long, requires = "delete")]
    pub(crate) delete_excluded: bool,
}

/// Which files of a directory there are, and their names in Box.
#[derive(Debug, Args)]
#[command(next_help_heading = "Directories")]
pub(crate) struct SelectionArguments {
    /// Upload only files that match; may be repeated.
    ///
    /// Patterns are those of .gitignore files, relative to the directory: `*.jpg` matches at any
    /// depth, `/a/*.jpg` only in `a`, `a/` everything in a folder `a`, and `**` crosses folders.
    /// Folders without a matching file are not created.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) include: Vec<String>,
    /// Skip files and folders that match; overrides --include; may be repeated.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,
    /// Skip what matches the patterns in this file, one per line; may be repeated.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ignore_file: Vec<PathBuf>,
    /// Respect the .gitignore files in the directory.
    #[arg(long)]
    pub(crate) gitignore: bool,
    /// Upload only the paths listed in this file, or on standard input (`-`): one per line,
    /// relative to the directory.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files_from: Option<PathBuf>,
    /// Read paths of --files-from that end with NUL bytes, as printed by `find -print0`.
    #[arg(short = '0', long, requires = "files_from")]
    pub(crate) null: bool,
    /// Percent-encode what Box does not allow in names: a backslash becomes `%5C`.
    ///
    /// This applies to control characters, backslashes, spaces at either end and bytes that are
    /// not UTF-8, and to a `%` before two hexadecimal digits, so that names can be decoded. Without
    /// this option, such files are reported before anything is sent, and fail.
    #[arg(long)]
    pub(crate) encode_names: bool,
}

impl DirectoryArguments {
    /// The first option that is given and applies to a single directory only.
    pub(crate) fn single_directory_option(&self) -> Option<&'static str> {
        let options = [
            ("--files-from", self.selection.files_from.is_some()),
            ("--manifest", self.manifest.is_some()),
        ];
        options.into_iter().find_map(|(option, given)| given.then_some(option))
    }
}
