//! One file.

use std::path::Path;
use std::time::Instant;

use box_uploader::{ErrorKind, Uploader};

use super::convert;
use super::total::Total;
use crate::command::arguments::{Upload, is_standard_input};
use crate::command::context::Context;
use crate::command::failure::Failure;
use crate::command::report::{News, Stored};

/// Uploads it, and tells how it went.
pub(super) async fn run(
    context: &Context,
    uploader: &Uploader,
    upload: &Upload,
    path: &Path,
    total: &mut Total,
) {
    let (report, interrupt) = (&context.report, &context.interrupt);
    let shown = path.display().to_string();
    report.tell(&News::Begin { path: &shown });
    let start = Instant::now();
    let (events, event_path) = (report.clone(), shown.clone());
    let sent = prepare(uploader, upload, path)
        .cancel_on(interrupt.token().clone())
        .on_progress(move |event| events.tell(&News::Event { path: &event_path, event }))
        .send()
        .await;
    match sent {
        Ok(uploaded) => {
            match uploaded.unchanged {
                true => total.summary.unchanged += 1,
                false => total.summary.stored += 1,
            }
            total.summary.sent += uploaded.statistics.sent;
            let name = uploaded.file.name.as_deref().unwrap_or(&shown);
            let elapsed = Some(start.elapsed());
            report.tell(&News::Stored(Stored { path: &shown, name, uploaded: &uploaded, elapsed }));
        }
        Err(error) => {
            let mut failure = Failure::of_upload(&error, interrupt.exit());
            if is_standard_input(path) && matches!(error.kind(), ErrorKind::Source { .. }) {
                let hint = "--spool-limit says how much the standard input may bring; TMPDIR is \
                            where it is kept meanwhile";
                failure = failure.hint(hint);
            }
            total.summary.sent += error.statistics().sent;
            total.fail(failure.exit());
            report.tell(&News::Failed { path: Some(&shown), failure: &failure });
        }
    }
}

fn prepare(uploader: &Uploader, upload: &Upload, path: &Path) -> box_uploader::Upload {
    let (destination, transfer) = (&upload.destination, &upload.transfer);
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
        .on_conflict(convert::on_conflict(destination.on_conflict))
        .concurrency(transfer.concurrency.into())
}

/// The size of a file that can be read.
pub(in crate::command) fn size(path: &Path) -> Result<u64, Failure> {
    let failure = || Failure::setup(format!("cannot read `{}`", path.display()));
    let metadata = std::fs::metadata(path).map_err(|error| failure().because(&error))?;
    // A pipe would hang until somebody writes to it.
    if !metadata.is_file() {
        return Err(Failure::setup(format!("`{}` is not a regular file", path.display())));
    }
    std::fs::File::open(path).map_err(|error| failure().because(&error))?;
    Ok(metadata.len())
}
