//! Uploading a file.

use std::path::Path;
use std::time::Instant;

use box_uploader::{ErrorKind, Uploader};

use super::convert;
use super::total::Total;
use crate::command::arguments::{Upload, is_standard_input};
use crate::command::command_error::CommandError;
use crate::command::context::Context;
use crate::command::report::{Message, Stored};

/// Uploads a file and reports the result.
pub(super) async fn upload_file(
    context: &Context,
    uploader: &Uploader,
    upload: &Upload,
    path: &Path,
    total: &mut Total,
) {
    let reporter = &context.reporter;
    let interrupt = &context.interrupt;
    let shown = path.display().to_string();
    reporter.report(&Message::Begin { path: &shown });
    let start = Instant::now();
    let events = reporter.clone();
    let event_path = shown.clone();
    let sent = build_upload(uploader, upload, path)
        .cancel_on(interrupt.token().clone())
        .on_progress(move |event| events.report(&Message::Event { path: &event_path, event }))
        .send()
        .await;
    match sent {
        Ok(uploaded) => {
            if uploaded.unchanged {
                total.summary.unchanged += 1
            } else {
                total.summary.stored += 1
            }
            total.summary.sent += uploaded.statistics.sent;
            let name = uploaded.file.name.as_deref().unwrap_or(&shown);
            let elapsed = Some(start.elapsed());
            reporter.report(&Message::Stored(Stored {
                path: &shown,
                name,
                uploaded: &uploaded,
                elapsed,
            }));
        }
        Err(error) => {
            let mut failure = CommandError::from_upload(&error, interrupt.exit());
            if is_standard_input(path) && matches!(error.kind(), ErrorKind::Source { .. }) {
                let hint = "standard input is spooled to TMPDIR; --spool-limit sets its maximum \
                            size";
                failure = failure.hint(hint);
            }
            total.summary.sent += error.statistics().sent;
            total.record_failure(failure.exit());
            reporter.metrics().record_failed_file();
            reporter.report(&Message::Failed { path: Some(&shown), failure: &failure });
        }
    }
}

fn build_upload(uploader: &Uploader, upload: &Upload, path: &Path) -> box_uploader::Upload {
    let destination = &upload.destination;
    let transfer = &upload.transfer;
    let mut prepared = if is_standard_input(path) {
        let name = destination.name.clone().unwrap_or_default();
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
        .on_conflict(convert::to_on_conflict(destination.on_conflict))
        .concurrency(transfer.concurrency.into())
}

/// The size of a readable file.
pub(in crate::command) fn file_size(path: &Path) -> Result<u64, CommandError> {
    let failure = || CommandError::setup(format!("cannot read `{}`", path.display()));
    let metadata = std::fs::metadata(path).map_err(|error| failure().because(&error))?;
    // A pipe would block until somebody writes to it.
    if !metadata.is_file() {
        return Err(CommandError::setup(format!("`{}` is not a regular file", path.display())));
    }
    std::fs::File::open(path).map_err(|error| failure().because(&error))?;
    Ok(metadata.len())
}
