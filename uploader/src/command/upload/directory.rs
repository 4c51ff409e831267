//! Uploading a directory.

use std::io;
use std::path::Path;

use box_uploader::{DirectoryEvent, DirectorySummary, Error, ErrorKind, Uploader};

use super::total::Total;
use super::{convert, selection};
use crate::command::arguments::Upload;
use crate::command::command_error::CommandError;
use crate::command::context::Context;
use crate::command::folders::wait_unless_interrupted;
use crate::command::manifest::ManifestWriter;
use crate::command::report::{Message, Reporter, Stored};

/// Number of failures reported in full.
const MAX_FAILURES_SHOWN: usize = 20;

/// Uploads a directory and reports the result.
pub(super) async fn upload_directory(
    context: &Context,
    uploader: &Uploader,
    upload: &Upload,
    path: &Path,
    total: &mut Total,
) {
    let reporter = &context.reporter;
    let interrupt = &context.interrupt;
    let destination = &upload.destination;
    let transfer = &upload.transfer;
    total.is_several = true;
    let shown = path.display().to_string();
    let events = reporter.clone();
    let event_path = shown.clone();
    let is_json = context.is_json;
    let manifest = match prepare_manifest(context, upload).await {
        Ok(manifest) => manifest,
        Err(failure) => return report_failure(reporter, &shown, &failure, total),
    };
    let prepared = match selection::apply_options(&upload.directory, uploader.directory(path)) {
        Ok(prepared) => prepared,
        Err(failure) => return report_failure(reporter, &shown, &failure, total),
    };
    let lines = manifest.clone();
    let sent = prepared
        .to_folder(destination.to.clone().unwrap_or_default())
        .on_conflict(convert::to_on_conflict(destination.on_conflict))
        .links(convert::to_links(transfer))
        .files(transfer.files.into())
        .concurrency(transfer.concurrency.into())
        .cancel_on(interrupt.token().clone())
        .on_progress(move |event| {
            lines.iter().for_each(|lines| lines.record_event(event));
            report_event(&events, is_json, &event_path, event);
        })
        .send()
        .await;
    let is_done = sent.as_ref().is_ok_and(DirectorySummary::is_complete);
    match sent {
        Ok(summary) => report_summary(context, &summary, total),
        Err(error) => {
            let failure = CommandError::from_upload(&error, interrupt.exit());
            report_failure(reporter, &shown, &failure, total);
        }
    }
    if let Some(Err(error)) = manifest.map(|manifest| manifest.finish(is_done)) {
        report_failure(reporter, &shown, &manifest_error(upload, &error), total);
    }
}

/// Opens the manifest. A signal ends the wait for the reader of a pipe.
async fn prepare_manifest(
    context: &Context,
    upload: &Upload,
) -> Result<Option<ManifestWriter>, CommandError> {
    let Some(path) = &upload.directory.manifest else { return Ok(None) };
    match wait_unless_interrupted(context, ManifestWriter::create(path)).await {
        Ok(Ok(manifest)) => Ok(Some(manifest)),
        Ok(Err(error)) => Err(manifest_error(upload, &error)),
        Err(exit) => Err(CommandError::from_upload(&Error::from(ErrorKind::Cancelled), Some(exit))),
    }
}

fn report_failure(reporter: &Reporter, path: &str, failure: &CommandError, total: &mut Total) {
    total.record_failure(failure.exit());
    reporter.metrics().record_failed_file();
    reporter.report(&Message::Failed { path: Some(path), failure });
}

fn manifest_error(upload: &Upload, error: &io::Error) -> CommandError {
    let path = upload.directory.manifest.as_deref().unwrap_or(Path::new(""));
    CommandError::setup(format!("cannot write the manifest `{}`", path.display())).because(error)
}

/// Reports an event of the upload of `directory`.
fn report_event(reporter: &Reporter, is_json: bool, directory: &str, event: &DirectoryEvent) {
    let shown = |path: &Path| path.display().to_string();
    match event {
        DirectoryEvent::Planned { files, bytes } => {
            reporter.report(&Message::Directory { path: directory, files: *files, bytes: *bytes });
        }
        DirectoryEvent::Folder { path, id, created } => {
            reporter.report(&Message::Folder { path: &shown(path), id, created: *created });
        }
        DirectoryEvent::File { path, event } => {
            reporter.report(&Message::Event { path: &shown(path), event });
        }
        DirectoryEvent::Skipped { path, what } => {
            reporter.report(&Message::Skipped { path: &shown(path), what });
        }
        DirectoryEvent::Uploaded { path, uploaded, .. } => {
            let path = &*shown(path);
            reporter.report(&Message::Stored(Stored { path, name: path, uploaded, elapsed: None }));
        }
        DirectoryEvent::Unchanged { path, size, .. } => {
            reporter.report(&Message::Unchanged { path: &shown(path), size: *size });
        }
        DirectoryEvent::Deleted { path_in_box: path, id, is_folder } => {
            let is_folder = *is_folder;
            reporter.report(&Message::Deleted { path, id, is_folder, planned: false });
        }
        // Programs get all failures; people get the first ones in full after the rest.
        DirectoryEvent::Failed { path, error } if is_json => {
            reporter.metrics().record_failed_file();
            let failure = CommandError::from_directory_entry(error, None);
            reporter.report(&Message::Failed { path: Some(&shown(path)), failure: &failure });
        }
        DirectoryEvent::Failed { path, error } => {
            reporter.metrics().record_failed_file();
            let reason = &error.to_string();
            reporter.report(&Message::Failing { path: &shown(path), reason });
        }
        _ => {}
    }
}

fn report_summary(context: &Context, done: &DirectorySummary, total: &mut Total) {
    let reporter = &context.reporter;
    let interrupt = &context.interrupt;
    total.summary.skipped += done.skipped;
    total.summary.stored += done.uploaded;
    total.summary.unchanged += done.unchanged;
    total.summary.left_out += done.not_begun;
    total.summary.folders += done.folders;
    total.summary.deleted += done.deleted;
    total.summary.sent += done.sent;
    total.summary.failed += done.failures;
    total.summary.most_in_flight = done.most_in_flight;
    total.summary.throttled = done.throttled;
    for (index, (path, error)) in done.failed.iter().enumerate() {
        let failure = CommandError::from_directory_entry(error, interrupt.exit());
        if !total.is_over() {
            total.failed = Some(failure.exit());
        }
        if !context.is_json && index < MAX_FAILURES_SHOWN {
            let path = &*path.display().to_string();
            reporter.report(&Message::Failed { path: Some(path), failure: &failure });
        }
    }
    // A signal may have arrived between two files.
    if let (Some(exit), 1..) = (interrupt.exit(), done.not_begun) {
        total.failed = Some(exit);
    }
}
