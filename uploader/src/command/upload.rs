//! `box-upload <PATH>...`: uploads files and directories.

mod convert;
mod directory;
mod file;
mod plan;
mod selection;
mod total;

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use box_uploader::fold_name;

use super::arguments::{self, OnConflict, Upload};
use super::client;
use super::command_error::CommandError;
use super::context::Context;
use super::exit::Exit;
use super::folders;
use super::metrics::serve_metrics;
use super::report::Message;

#[cfg(feature = "demo")]
pub(super) use file::file_size;
pub(super) use selection::select_files;
use total::Total;

/// Uploads the paths one after another.
pub(super) async fn run_upload(
    context: &Context,
    mut upload: Upload,
) -> Result<Exit, CommandError> {
    check_options(&upload)?;
    if upload.dry_run {
        return plan::print_plan(context, &mut upload).await;
    }
    let metrics = context.reporter.metrics();
    let uploader = client::build_upload_client(&upload, metrics)?;
    if let Some(address) = upload.metrics {
        let address = serve_metrics(metrics.clone(), address).await?;
        context.reporter.report(&Message::Metrics { address });
    }
    if let Some(folder) = &upload.destination.to {
        let parents = upload.destination.parents;
        let finding = folders::find_folder(context, &uploader, folder, parents);
        match folders::wait_unless_interrupted(context, finding).await {
            Ok(found) => upload.destination.to = Some(found?),
            Err(exit) => return Ok(exit),
        }
    }
    let upload = &upload;
    let start = Instant::now();
    let mut total = Total::default();
    let mut paths = upload.paths.iter();
    // After an error that would affect all paths, the rest is not attempted.
    while !total.is_over()
        && let Some(path) = paths.next()
    {
        if path.is_dir() {
            directory::upload_directory(context, &uploader, upload, path, &mut total).await;
        } else {
            file::upload_file(context, &uploader, upload, path, &mut total).await;
        }
    }
    total.summary.left_out += paths.len();
    let exit = total.exit();
    if total.is_several || upload.paths.len() > 1 {
        total.summary.elapsed = start.elapsed();
        total.summary.percentiles = metrics.percentiles();
        total.summary.exit_code = exit.code();
        context.reporter.report(&Message::Summary(&total.summary));
    }
    if let (true, Some(percentiles)) = (upload.output.verbose, metrics.percentiles()) {
        context.reporter.report(&Message::Percentiles(percentiles));
    }
    Ok(exit)
}

/// Checks that options for single files are not used for directories, and that no two files would
/// have one name.
fn check_options(upload: &Upload) -> Result<(), CommandError> {
    let arguments::Destination { name, file_id, if_match, description, .. } = &upload.destination;
    let options = [
        ("--name", name.is_some()),
        ("--file-id", file_id.is_some()),
        ("--if-match", if_match.is_some()),
        ("--description", description.is_some()),
        ("--resume", upload.resumption.resume),
    ];
    let given = options.into_iter().find_map(|(option, given)| given.then_some(option));
    let directory = upload.paths.iter().find(|path| path.is_dir());
    if let Some(option) = upload.directory.single_directory_option()
        && (upload.paths.len() > 1 || directory.is_none())
    {
        return Err(CommandError::usage(format!("{option} requires a single directory")));
    }
    if upload.directory.delete && upload.paths.iter().any(|path| !path.is_dir()) {
        return Err(CommandError::usage("--delete is for directories"));
    }
    if upload.directory.delete && matches!(upload.destination.on_conflict, OnConflict::Rename) {
        let what = "--delete would delete what --on-conflict rename has renamed";
        return Err(CommandError::usage(what));
    }
    let replaces = matches!(upload.destination.on_conflict, OnConflict::Version);
    if let (true, Some((one, other))) = (replaces || upload.directory.delete, find_clash(upload)) {
        let one = one.display();
        let other = other.display();
        let what = if upload.directory.delete {
            "--delete would delete what only one of them has"
        } else {
            "one would replace the other"
        };
        return Err(CommandError::usage(format!(
            "`{one}` and `{other}` have the same name in Box, which ignores case: {what}"
        )));
    }
    match (given, directory) {
        (Some(option), Some(path)) => Err(CommandError::usage(format!(
            "`{}` is a directory; {option} applies to a single file",
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// Finds two paths whose names Box treats as one.
fn find_clash(upload: &Upload) -> Option<(&Path, &Path)> {
    let mut taken = HashMap::new();
    upload.paths.iter().find_map(|path| {
        // A directory has its own name in Box, not that of a link to it, or `.`.
        let directory = path.canonicalize().ok().filter(|real| real.is_dir());
        let name = directory.as_deref().unwrap_or(path).file_name()?;
        let name = fold_name(&name.to_string_lossy());
        taken.insert(name, path.as_path()).map(|other| (other, path.as_path()))
    })
}
