//! Dry runs.

use std::path::Path;
use std::sync::{Arc, Mutex};

use box_uploader::{DirectoryEvent, Event, Uploader};

use super::file::file_size;
use super::{convert, selection};
use crate::command::arguments::{Upload, is_standard_input};
use crate::command::client;
use crate::command::command_error::CommandError;
use crate::command::context::Context;
use crate::command::exit::Exit;
use crate::command::folders;
use crate::command::report::{Message, Planned, Reporter, Summary};
use box_upload_common::lock;

/// Prints what would be uploaded, and what would be deleted. Only for the latter, Box is asked.
pub(super) async fn print_plan(
    context: &Context,
    upload: &mut Upload,
) -> Result<Exit, CommandError> {
    let uploader = if upload.directory.delete {
        let uploader = client::build_upload_client(upload, context.reporter.metrics())?;
        if let Some(folder) = &upload.destination.to {
            let finding = folders::find_folder(context, &uploader, folder, false);
            match folders::wait_unless_interrupted(context, finding).await {
                Ok(found) => upload.destination.to = Some(found?),
                Err(exit) => return Ok(exit),
            }
        }
        uploader
    } else {
        Uploader::new(client::build_client(client::client_builder())?)
    };
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
    let reporter = context.reporter.clone();
    let folder = upload.destination.to.clone();
    let last_failure = Arc::new(Mutex::new(Exit::Done));
    let exit = Arc::clone(&last_failure);
    let plan = selection::apply_options(&upload.directory, uploader.directory(path))?
        .on_conflict(on_conflict)
        .links(convert::to_links(&upload.transfer))
        .to_folder(upload.destination.to.clone().unwrap_or_default())
        .cancel_on(context.interrupt.token().clone())
        .on_progress(move |event| {
            if let Some(failed) = report_event(&reporter, folder.as_deref(), event) {
                *lock(&exit) = failed;
            }
        })
        .plan()
        .await
        .map_err(|error| CommandError::from_upload(&error, context.interrupt.exit()))?;
    summary.planned += plan.files;
    summary.deleted += plan.deletions;
    summary.skipped += plan.skipped;
    summary.failed += plan.failures;
    let exit = *lock(&last_failure);
    Ok(exit)
}

/// Reports an event of a dry run, and returns the exit code of a failure.
fn report_event(reporter: &Reporter, folder: Option<&str>, event: &DirectoryEvent) -> Option<Exit> {
    match event {
        DirectoryEvent::PlannedFile(file) => {
            let path = &*file.source.display().to_string();
            let name = &*file.path.display().to_string();
            let size = Some(file.size);
            let name = Some(name);
            let planned = Planned { path, name, size, folder, file_id: None };
            reporter.report(&Message::Planned(planned));
            None
        }
        DirectoryEvent::PlannedDeletion { path_in_box: path, id, is_folder } => {
            let is_folder = *is_folder;
            reporter.report(&Message::Deleted { path, id, is_folder, planned: true });
            None
        }
        DirectoryEvent::File { path, event: event @ Event::Warning { .. } } => {
            let path = &*path.display().to_string();
            reporter.report(&Message::Event { path, event });
            None
        }
        DirectoryEvent::Skipped { path, what } => {
            let path = &*path.display().to_string();
            reporter.report(&Message::Skipped { path, what });
            None
        }
        DirectoryEvent::Failed { path, error } => {
            let path = &*path.display().to_string();
            let failure = CommandError::from_directory_entry(error, None);
            reporter.report(&Message::Failed { path: Some(path), failure: &failure });
            Some(failure.exit())
        }
        _ => None,
    }
}
