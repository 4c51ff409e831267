//! Which files of a directory are uploaded.

use std::fs::File;

use box_uploader::{DirectoryUpload, PathList};

use crate::command::command_error::CommandError;
use crate::command::directory_arguments::{DirectoryArguments, SelectionArguments};

/// Applies the options for directories to an upload. The list of files is read here.
pub(super) fn apply_options(
    arguments: &DirectoryArguments,
    upload: DirectoryUpload,
) -> Result<DirectoryUpload, CommandError> {
    let mut upload = select_files(&arguments.selection, upload)?;
    if arguments.delete {
        upload = upload.delete(arguments.max_delete, arguments.delete_excluded);
    }
    if let Some(shard) = arguments.shard {
        upload = upload.shard(shard);
    }
    Ok(upload)
}

/// Applies the options that select files.
pub(in crate::command) fn select_files(
    arguments: &SelectionArguments,
    mut upload: DirectoryUpload,
) -> Result<DirectoryUpload, CommandError> {
    for pattern in &arguments.include {
        upload = upload.include(pattern);
    }
    for pattern in &arguments.exclude {
        upload = upload.exclude(pattern);
    }
    for path in &arguments.ignore_file {
        upload = upload.ignore_file(path);
    }
    if let Some(path) = &arguments.files_from {
        let list = if path.as_os_str() == "-" {
            PathList::read(std::io::stdin().lock(), arguments.null)
        } else {
            File::open(path).and_then(|file| PathList::read(file, arguments.null))
        };
        upload = upload.files_from(list.map_err(|error| {
            let what = format!("cannot use the list `{}`", path.display());
            CommandError::setup(what).because(&error)
        })?);
    }
    Ok(upload.gitignore(arguments.gitignore).encode_names(arguments.encode_names))
}
