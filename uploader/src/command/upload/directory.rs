//! A directory with all that is in it.

use std::path::Path;

use box_uploader::{DirectoryEvent, DirectorySummary, Uploader};

use super::convert;
use super::total::Total;
use crate::command::arguments::Upload;
use crate::command::context::Context;
use crate::command::failure::Failure;
use crate::command::report::{News, Report, Stored};

/// So many failures are told in full.
const MOST_FAILURES: usize = 20;

/// Uploads it, and tells how it went.
pub(super) async fn run(
    context: &Context,
    uploader: &Uploader,
    upload: &Upload,
    path: &Path,
    total: &mut Total,
) {
    let (report, interrupt) = (&context.report, &context.interrupt);
    let (destination, transfer) = (&upload.destination, &upload.transfer);
    total.is_several = true;
    let shown = path.display().to_string();
    let (events, event_path) = (report.clone(), shown.clone());
    let sent = uploader
        .directory(path)
        .to_folder(destination.to.clone().unwrap_or_default())
        .on_conflict(convert::on_conflict(destination.on_conflict))
        .links(convert::links(transfer))
        .files(transfer.files.into())
        .concurrency(transfer.concurrency.into())
        .cancel_on(interrupt.token().clone())
        .on_progress(move |event| tell(&events, &event_path, event))
        .send()
        .await;
    match sent {
        Ok(summary) => conclude(context, &summary, total),
        Err(error) => {
            let failure = Failure::of_upload(&error, interrupt.exit());
            total.fail(failure.exit());
            report.tell(&News::Failed { path: Some(&shown), failure: &failure });
        }
    }
}

fn tell(report: &Report, directory: &str, event: &DirectoryEvent) {
    let shown = |path: &Path| path.display().to_string();
    match event {
        DirectoryEvent::Planned { files, bytes } => {
            report.tell(&News::Directory { path: directory, files: *files, bytes: *bytes });
        }
        DirectoryEvent::Folder { path, id, created } => {
            report.tell(&News::Folder { path: &shown(path), id, created: *created });
        }
        DirectoryEvent::File { path, event } => {
            report.tell(&News::Event { path: &shown(path), event });
        }
        DirectoryEvent::Uploaded { path, uploaded: Some(uploaded) } => {
            let path = &*shown(path);
            report.tell(&News::Stored(Stored { path, name: path, uploaded, elapsed: None }));
        }
        DirectoryEvent::Uploaded { path, uploaded: None } => {
            report.tell(&News::Unchanged { path: &shown(path) });
        }
        DirectoryEvent::Failed { path, reason } => {
            report.tell(&News::Failing { path: &shown(path), reason });
        }
        _ => {}
    }
}

fn conclude(context: &Context, done: &DirectorySummary, total: &mut Total) {
    let (report, interrupt) = (&context.report, &context.interrupt);
    total.summary.skipped += done.skipped.len();
    for skipped in &done.skipped {
        let path = &*skipped.path.display().to_string();
        report.tell(&News::Skipped { path, what: skipped.what });
    }
    total.summary.stored += done.uploaded;
    total.summary.unchanged += done.unchanged;
    total.summary.left_out += done.not_begun;
    total.summary.folders += done.folders;
    total.summary.sent += done.sent;
    for (index, (path, error)) in done.failed.iter().enumerate() {
        let failure = Failure::of_entry(error, interrupt.exit());
        if !total.is_over() {
            total.failed = Some(failure.exit());
        }
        total.summary.failed += 1;
        if context.is_json || index < MOST_FAILURES {
            let path = &*path.display().to_string();
            report.tell(&News::Failed { path: Some(path), failure: &failure });
        }
    }
    // A signal may have come before the first file, or between two.
    if let (Some(exit), 1..) = (interrupt.exit(), done.not_begun) {
        total.failed = Some(exit);
    }
}
