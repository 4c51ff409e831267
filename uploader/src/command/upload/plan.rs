//! What would be uploaded.

use std::path::Path;

use box_uploader::Uploader;

use super::convert;
use super::file::size as file_size;
use crate::command::arguments::{Upload, is_standard_input};
use crate::command::client;
use crate::command::context::Context;
use crate::command::exit::Exit;
use crate::command::failure::Failure;
use crate::command::report::{News, Planned, Summary};

/// Says what would be uploaded. Nothing is sent, and no credentials are needed.
pub(super) async fn run(context: &Context, upload: &Upload) -> Result<Exit, Failure> {
    let uploader = Uploader::new(client::build(client::builder())?);
    let (mut exit, mut summary) = (Exit::Done, Summary::default());
    for path in &upload.paths {
        let planned = match path.is_dir() {
            true => directory(context, &uploader, upload, path, &mut summary).await,
            false => file(context, upload, path, &mut summary).map(|()| Exit::Done),
        };
        let ended = planned.unwrap_or_else(|failure| {
            let path = &*path.display().to_string();
            context.report.tell(&News::Failed { path: Some(path), failure: &failure });
            summary.failed += 1;
            failure.exit()
        });
        if ended.code() != Exit::Done.code() {
            exit = ended;
        }
    }
    // People see what there is; programs wait for an end.
    if context.is_json {
        summary.exit_code = exit.code();
        context.report.tell(&News::Summary(&summary));
    }
    Ok(exit)
}

fn file(
    context: &Context,
    upload: &Upload,
    path: &Path,
    summary: &mut Summary,
) -> Result<(), Failure> {
    let destination = &upload.destination;
    let streams = is_standard_input(path);
    let size = if streams { None } else { Some(file_size(path)?) };
    let (folder_id, file_id) = (destination.to.as_deref(), destination.file_id.as_deref());
    let here = path.file_name().map(|name| name.to_string_lossy());
    let here = here.as_deref().filter(|_| !streams && file_id.is_none());
    let name = destination.name.as_deref().or(here);
    let path = &*path.display().to_string();
    context.report.tell(&News::Planned(Planned { path, name, size, folder_id, file_id }));
    summary.planned += 1;
    Ok(())
}

async fn directory(
    context: &Context,
    uploader: &Uploader,
    upload: &Upload,
    path: &Path,
    summary: &mut Summary,
) -> Result<Exit, Failure> {
    let on_conflict = convert::on_conflict(upload.destination.on_conflict);
    let planned = uploader.directory(path).on_conflict(on_conflict);
    let plan = planned.links(convert::links(&upload.transfer)).plan().await;
    let plan = plan.map_err(|error| Failure::of_upload(&error, None))?;
    summary.planned += plan.files.len();
    summary.skipped += plan.skipped.len();
    summary.failed += plan.failed.len();
    for file in plan.files {
        let (path, name) = (file.source.display().to_string(), file.path.display().to_string());
        context.report.tell(&News::Planned(Planned {
            path: &path,
            name: Some(&name),
            size: Some(file.size),
            folder_id: upload.destination.to.as_deref(),
            file_id: None,
        }));
    }
    for skipped in plan.skipped {
        let path = &*skipped.path.display().to_string();
        context.report.tell(&News::Skipped { path, what: skipped.what });
    }
    let mut exit = Exit::Done;
    for (path, error) in plan.failed {
        let (path, failure) = (path.display().to_string(), Failure::of_entry(&error, None));
        context.report.tell(&News::Failed { path: Some(&path), failure: &failure });
        exit = failure.exit();
    }
    Ok(exit)
}
