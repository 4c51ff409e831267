//! `box-upload <PATH>...`: files to Box.

use std::path::Path;
use std::time::Instant;

use box_uploader::{Uploaded, Uploader};

use super::arguments::{self, OnConflict, Upload};
use super::exit::Exit;
use super::failure::Failure;
use super::report::{Planned, Stored, Summary};
use super::{Context, client};

/// Uploads one path after another.
pub(super) async fn run(context: &Context, upload: &Upload) -> Result<Exit, Failure> {
    if upload.dry_run {
        return Ok(plan(context, upload));
    }
    let uploader = client::uploader(&upload.connection, Some(upload))?;
    let mut summary = Summary::default();
    let mut last = Exit::Done;
    for path in &upload.paths {
        match one(context, &uploader, upload, path).await {
            Exit::Done => summary.stored += 1,
            exit => {
                summary.failed += 1;
                last = exit;
                // The next one would fail as well.
                if ends_all(exit) {
                    break;
                }
            }
        }
    }
    summary.left_out = upload.paths.len() - summary.stored - summary.failed;
    let exit = match last {
        exit if ends_all(exit) || summary.stored == 0 => exit,
        Exit::Done => Exit::Done,
        _ => Exit::Partly,
    };
    if upload.paths.len() > 1 {
        summary.exit_code = exit.code();
        context.report.form().summary(&summary);
    }
    Ok(exit)
}

fn ends_all(exit: Exit) -> bool {
    matches!(exit, Exit::Interrupted | Exit::Terminated | Exit::Credentials)
}

/// Uploads one file, and tells how it went.
async fn one(context: &Context, uploader: &Uploader, upload: &Upload, path: &Path) -> Exit {
    let shown = path.display().to_string();
    context.report.form().begin(&shown);
    let start = Instant::now();
    let prepared = prepare(uploader, upload, path);
    match send(context, prepared).await {
        Ok(uploaded) => {
            let stored = Stored { path: &shown, uploaded: &uploaded, elapsed: start.elapsed() };
            context.report.form().stored(&stored);
            Exit::Done
        }
        Err(failure) => {
            context.report.form().failed(Some(&shown), &failure);
            failure.exit()
        }
    }
}

/// Sends an upload; what happens is reported, and a signal cancels it.
pub(super) async fn send(
    context: &Context,
    upload: box_uploader::Upload,
) -> Result<Uploaded, Failure> {
    let (report, interrupt) = (context.report.clone(), &context.interrupt);
    let sent = upload
        .cancel_on(interrupt.token().clone())
        .on_progress(move |event| report.form().event(event))
        .send()
        .await;
    sent.map_err(|error| Failure::of_upload(&error, interrupt.exit()))
}

fn prepare(uploader: &Uploader, upload: &Upload, path: &Path) -> box_uploader::Upload {
    let (destination, transfer) = (&upload.destination, &upload.transfer);
    let mut prepared = if arguments::is_standard_input(path) {
        // Without a name, it is a new version of a file that has one.
        let name = destination.name.as_deref().unwrap_or("-");
        uploader.stream(name, tokio::io::stdin(), transfer.spool_limit)
    } else {
        uploader.file(path)
    };
    prepared = match (&destination.file_id, &destination.to) {
        (Some(file), _) => prepared.to_file(file),
        (None, Some(folder)) => prepared.to_folder(folder),
        (None, None) => prepared,
    };
    if let Some(name) = &destination.name {
        prepared = prepared.name(name);
    }
    if let Some(etag) = &destination.if_match {
        prepared = prepared.if_match(etag);
    }
    if let Some(text) = &destination.description {
        prepared = prepared.description(text);
    }
    prepared
        .on_conflict(on_conflict(destination.on_conflict))
        .concurrency(transfer.concurrency.into())
}

fn on_conflict(what: OnConflict) -> box_uploader::OnConflict {
    match what {
        OnConflict::Fail => box_uploader::OnConflict::Fail,
        OnConflict::Version => box_uploader::OnConflict::Version,
        OnConflict::Rename => box_uploader::OnConflict::Rename,
    }
}

/// Says what would be uploaded.
fn plan(context: &Context, upload: &Upload) -> Exit {
    let destination = &upload.destination;
    let (folder_id, file_id) = (destination.to.as_deref(), destination.file_id.as_deref());
    let mut exit = Exit::Done;
    for path in &upload.paths {
        let shown = path.display().to_string();
        let streams = arguments::is_standard_input(path);
        let size = match size(path) {
            _ if streams => None,
            Ok(size) => Some(size),
            Err(failure) => {
                context.report.form().failed(Some(&shown), &failure);
                exit = failure.exit();
                continue;
            }
        };
        let here = path.file_name().map(|name| name.to_string_lossy());
        let here = here.as_deref().filter(|_| !streams && file_id.is_none());
        let name = destination.name.as_deref().or(here);
        let plan = Planned { path: &shown, name, size, folder_id, file_id };
        context.report.form().planned(&plan);
    }
    exit
}

/// The size of a file that can be read.
pub(super) fn size(path: &Path) -> Result<u64, Failure> {
    let failure = || Failure::setup(format!("cannot read `{}`", path.display()));
    let metadata = std::fs::File::open(path).and_then(|file| file.metadata());
    let metadata = metadata.map_err(|error| failure().because(&error))?;
    match metadata.is_file() {
        true => Ok(metadata.len()),
        false => Err(Failure::setup(format!("`{}` is not a regular file", path.display()))),
    }
}
