//! Dry runs.

use std::path::Path;

use box_uploader::Uploader;

use super::convert;
use super::file::file_size;
use crate::command::arguments::{Upload, is_standard_input};
use crate::command::client;
use crate::command::command_error::CommandError;
use crate::command::context::Context;
use crate::command::exit::Exit;
use crate::command::report::{Message, Planned, Summary};

/// Prints what would be uploaded. Nothing is sent, and no credentials are needed.
pub(super) async fn print_plan(context: &Context, upload: &Upload) -> Result<Exit, CommandError> {
    let uploader = Uploader::new(client::build_client(client::client_builder())?);
    let mut exit = Exit::Done;
    let mut summary = Summary::default();
    for path in &upload.paths {
        let planned = if path.is_dir() {
            plan_directory(context, &uploader, upload, path, &mut summary).await
        } else {
            plan_file(context, upload, path, &mut summary).map(|()| Exit::Done)
        };
        let ended = planned.unwrap_or_else(|failure| {
            let path = &*path.display().to_string();
            context.reporter.report(&Message::Failed { path: Some(path), failure: &failure });
            summary.failed += 1;
            failure.exit()
        });
        if ended.code() != Exit::Done.code() {
            exit = ended;
        }
    }
    // Programs expect a last line.
    if context.is_json {
        summary.exit_code = exit.code();
        context.reporter.report(&Message::Summary(&summary));
    }
    Ok(exit)
}

fn plan_file(
    context: &Context,
    upload: &Upload,
    path: &Path,
    summary: &mut Summary,
) -> Result<(), CommandError> {
    let destination = &upload.destination;
    let streams = is_standard_input(path);
    let size = if streams { None } else { Some(file_size(path)?) };
    let folder = destination.to.as_deref();
    let file_id = destination.file_id.as_deref();
    let here = path.file_name().map(|name| name.to_string_lossy());
    let here = here.as_deref().filter(|_| !streams && file_id.is_none());
    let name = destination.name.as_deref().or(here);
    let path = &*path.display().to_string();
    context.reporter.report(&Message::Planned(Planned { path, name, size, folder, file_id }));
    summary.planned += 1;
    Ok(())
}

async fn plan_directory(
    context: &Context,
    uploader: &Uploader,
    upload: &Upload,
    path: &Path,
    summary: &mut Summary,
) -> Result<Exit, CommandError> {
    let on_conflict = convert::to_on_conflict(upload.destination.on_conflict);
    let planned = uploader.directory(path).on_conflict(on_conflict);
    let plan = planned.links(convert::to_links(&upload.transfer)).plan().await;
    let plan = plan.map_err(|error| CommandError::from_upload(&error, None))?;
    summary.planned += plan.files.len();
    summary.skipped += plan.skipped.len();
    summary.failed += plan.failed.len();
    for file in plan.files {
        let path = file.source.display().to_string();
        let name = file.path.display().to_string();
        context.reporter.report(&Message::Planned(Planned {
            path: &path,
            name: Some(&name),
            size: Some(file.size),
            folder: upload.destination.to.as_deref(),
            file_id: None,
        }));
    }
    for skipped in plan.skipped {
        let path = &*skipped.path.display().to_string();
        context.reporter.report(&Message::Skipped { path, what: skipped.what });
    }
    let mut exit = Exit::Done;
    for (path, error) in plan.failed {
        let path = path.display().to_string();
        let failure = CommandError::from_directory_entry(&error, None);
        context.reporter.report(&Message::Failed { path: Some(&path), failure: &failure });
        exit = failure.exit();
    }
    Ok(exit)
}
