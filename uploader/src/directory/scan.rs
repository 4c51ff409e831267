//! Reading a directory on a thread: to count what is in it, and folder by folder.

use std::ops::ControlFlow;
use std::path::PathBuf;

use tokio::sync::mpsc;

use super::event::{DirectoryEvent, DirectoryPlan, PlannedFile};
use super::settings::Settings;
use super::walk::{Found, LocalFolder, walk_directory};
use crate::source::run_blocking;
use crate::{Error, ErrorKind};

/// Folders read ahead.
const READ_AHEAD: usize = 16;

/// Scans the directory and counts what is in it. Failures go to `record`, and to the handler of
/// events what is skipped and, if `report_files` is set, each file.
pub(super) async fn scan_directory(
    settings: &Settings,
    report_files: bool,
    mut record: impl FnMut(PathBuf, Error) + Send + 'static,
) -> Result<DirectoryPlan, ErrorKind> {
    let scanned = settings.clone();
    let plan = run_blocking(move || {
        let mut plan = DirectoryPlan::default();
        let mut names = Vec::new();
        walk_directory(&scanned, |found| {
            match found {
                Found::Folder(folder) => {
                    plan.folders += 1;
                    plan.files += folder.files.len();
                    plan.all_files += folder.all_files;
                    plan.bytes += folder.files.iter().map(|file| file.identity.size).sum::<u64>();
                    names.truncate(folder.depth);
                    names.push(folder.name.clone());
                    if report_files {
                        report_planned_files(&scanned, &names.join("/"), folder);
                    }
                }
                Found::Failed(path, error) => {
                    plan.failures += 1;
                    record(path, error);
                }
                Found::Skipped(path, what) => {
                    plan.skipped += 1;
                    (scanned.on_event)(&DirectoryEvent::Skipped { path, what });
                }
            }
            if scanned.cancel.is_cancelled() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        if let Some(list) = &scanned.criteria.list {
            list.report_missing(|path| {
                if scanned.criteria.shard.is_none_or(|shard| shard.owns(&path)) {
                    plan.failures += 1;
                    let name = path.display().to_string();
                    let error = std::io::ErrorKind::NotFound.into();
                    record(path, ErrorKind::Source { name, error }.into());
                }
            })?;
        }
        Ok(plan)
    });
    let plan = plan.await;
    if settings.cancel.is_cancelled() {
        return Err(ErrorKind::Cancelled);
    }
    let name = settings.path.display().to_string();
    plan.map_err(|error| ErrorKind::Source { name, error })
}

fn report_planned_files(settings: &Settings, folder_in_box: &str, folder: LocalFolder) {
    for file in folder.files {
        let size = file.identity.size;
        let path_in_box = format!("{folder_in_box}/{}", file.name());
        let path = file.path();
        let source = file.source();
        let file = PlannedFile { path, path_in_box, source, size };
        (settings.on_event)(&DirectoryEvent::PlannedFile(file));
    }
}

/// Starts a thread that walks the directory. It ends when the receiver is dropped.
pub(super) fn start_walk(settings: &Settings) -> mpsc::Receiver<LocalFolder> {
    let (sender, folders) = mpsc::channel(READ_AHEAD);
    let settings = settings.clone();
    tokio::task::spawn_blocking(move || {
        // The scan has reported what else there is.
        let walked = walk_directory(&settings, |found| {
            let Found::Folder(folder) = found else { return ControlFlow::Continue(()) };
            match sender.blocking_send(folder) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
        if let Err(error) = walked {
            tracing::warn!("the directory can no longer be read: {error}");
        }
    });
    folders
}
