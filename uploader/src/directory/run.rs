//! The upload of a directory from start to finish.
//!
//! A thread walks the directory. One task finds or creates the folders in Box, several at a time,
//! and uploads their files. What waits in between is limited, so memory does not grow with the
//! number of files.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;

use super::event::{DirectoryEvent, DirectoryPlan, DirectorySummary, PlannedFile};
use super::file::{Stored, Task, upload_file};
use super::remote::{Contents, FolderInBox};
use super::settings::Settings;
use super::walk::{Found, LocalFolder, walk_directory};
use crate::folder::RemoteFolder;
use crate::source::run_blocking;
use crate::{Error, ErrorKind};

/// Folders read ahead of those being found or created.
const READ_AHEAD: usize = 16;

/// Folders found or created at a time.
const MAX_VISITS: usize = 64;

/// Waiting files from which no further folder is visited.
const MAX_WAITING: usize = 1000;

/// Size in bytes from which a file is large: its buffers count.
const LARGE: u64 = 256 << 10;

/// Large files uploaded at a time.
const MAX_LARGE: usize = 8;

/// Scans the directory and counts what is in it. `report_file` is called for each file.
pub(super) async fn scan_directory(
    settings: &Settings,
    report_files: bool,
    mut record: impl FnMut(PathBuf, Error) + Send + 'static,
) -> Result<DirectoryPlan, ErrorKind> {
    let scanned = settings.clone();
    let plan = run_blocking(move || {
        let mut plan = DirectoryPlan::default();
        walk_directory(&scanned, |found| {
            match found {
                Found::Folder(folder) => {
                    plan.folders += 1;
                    plan.files += folder.files.len();
                    plan.bytes += folder.files.iter().map(|file| file.identity.size).sum::<u64>();
                    if report_files {
                        report_planned_files(&scanned, folder);
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
        Ok(plan)
    });
    let plan = plan.await;
    if settings.cancel.is_cancelled() {
        return Err(ErrorKind::Cancelled);
    }
    let name = settings.path.display().to_string();
    plan.map_err(|error| ErrorKind::Source { name, error })
}

fn report_planned_files(settings: &Settings, folder: LocalFolder) {
    for file in folder.files {
        let size = file.identity.size;
        let file = PlannedFile { path: file.path, source: file.source, size };
        (settings.on_event)(&DirectoryEvent::PlannedFile(file));
    }
}

/// Uploads the directory.
pub(super) async fn upload_directory(settings: Settings) -> Result<DirectorySummary, Error> {
    let Some(destination) = settings.folder.clone() else {
        let what = "no destination folder for the directory".to_owned();
        return Err(ErrorKind::Invalid(what).into());
    };
    let (sender, mut failures) = mpsc::unbounded_channel();
    let scanned = scan_directory(&settings, false, move |path, error| {
        let _ = sender.send((path, error));
    });
    let mut run = Run::new(&settings, destination);
    let mut scanned = std::pin::pin!(scanned);
    // Failures are reported as they are found: all of them before anything is sent.
    let plan = loop {
        tokio::select! {
            biased;
            Some((path, error)) = failures.recv() => run.record_failure(path, error),
            plan = &mut scanned => break plan?,
        }
    };
    while let Some((path, error)) = failures.recv().await {
        run.record_failure(path, error);
    }
    (settings.on_event)(&DirectoryEvent::Planned { files: plan.files, bytes: plan.bytes });
    run.summary.files = plan.files;
    run.summary.skipped = plan.skipped;
    run.upload_all().await
}

/// The upload of a directory under way.
struct Run<'a> {
    settings: &'a Settings,
    destination: String,
    summary: DirectorySummary,
    /// Number of files uploaded, unchanged or failed.
    ended: usize,
    stopped: bool,
    light: VecDeque<Task>,
    large: VecDeque<Task>,
    large_running: usize,
}

/// A folder that was found or created, and its files.
struct Visited {
    remote: Arc<FolderInBox>,
    /// The folder's contents; `None` if there is no folder.
    place: Option<(RemoteFolder, Contents)>,
    local: LocalFolder,
}

type Upload<'a> = BoxFuture<'a, (Task, Result<Stored, Error>)>;

impl<'a> Run<'a> {
    fn new(settings: &'a Settings, destination: String) -> Self {
        Self {
            settings,
            destination,
            summary: DirectorySummary::default(),
            ended: 0,
            stopped: false,
            light: VecDeque::new(),
            large: VecDeque::new(),
            large_running: 0,
        }
    }

    async fn upload_all(mut self) -> Result<DirectorySummary, Error> {
        let mut walk = Some(start_walk(self.settings));
        let mut ancestors: Vec<Arc<FolderInBox>> = Vec::new();
        let mut visits = FuturesUnordered::new();
        let mut uploads: FuturesUnordered<Upload<'a>> = FuturesUnordered::new();
        loop {
            while let Some(task) = self.next_task(uploads.len()) {
                let settings = self.settings;
                uploads.push(Box::pin(async move {
                    let outcome = upload_file(settings, &task).await;
                    (task, outcome)
                }));
            }
            if self.stopped {
                walk = None;
                visits.clear();
            }
            if walk.is_none() && visits.is_empty() && uploads.is_empty() {
                break;
            }
            let waiting = self.light.len() + self.large.len();
            let visits_more = visits.len() < MAX_VISITS && waiting < MAX_WAITING;
            tokio::select! {
                biased;
                () = self.settings.cancel.cancelled(), if !self.stopped => self.stopped = true,
                Some((task, outcome)) = uploads.next() => self.record_outcome(task, outcome),
                Some(visited) = visits.next() => self.record_visit(visited)?,
                folder = next_folder(&mut walk), if visits_more && walk.is_some() => match folder {
                    Some(local) => {
                        let remote = self.find_remote(&mut ancestors, &local);
                        visits.push(visit_folder(self.settings, remote, local));
                    }
                    None => walk = None,
                },
            }
        }
        self.summary.not_begun = self.summary.files.saturating_sub(self.ended);
        let figures = self.settings.uploader.policy.budget.figures();
        self.summary.most_in_flight = figures.most_in_flight;
        self.summary.throttled = figures.throttled;
        Ok(self.summary)
    }

    /// The next file to upload, if more may be uploaded at a time.
    fn next_task(&mut self, running: usize) -> Option<Task> {
        // A few more than there can be requests: files are also read and hashed.
        let limit = self.settings.uploader.policy.budget.limit();
        let most = self.settings.files.min(limit + limit / 4 + 1);
        if self.stopped || running >= most {
            return None;
        }
        if self.large_running < MAX_LARGE
            && let Some(task) = self.large.pop_front()
        {
            self.large_running += 1;
            return Some(task);
        }
        self.light.pop_front()
    }

    /// The folder in Box for the next folder of the walk. `ancestors` are those above.
    fn find_remote(
        &self,
        ancestors: &mut Vec<Arc<FolderInBox>>,
        local: &LocalFolder,
    ) -> Arc<FolderInBox> {
        ancestors.truncate(local.depth);
        let path = local.path.clone();
        let name = local.name.clone();
        let remote = match ancestors.last() {
            Some(parent) => FolderInBox::new(parent, path, name),
            None => FolderInBox::new_root(&self.destination, path, name),
        };
        ancestors.push(Arc::clone(&remote));
        remote
    }

    /// Queues the files of a folder.
    fn record_visit(&mut self, visited: Visited) -> Result<(), ErrorKind> {
        let Visited { remote, place, local } = visited;
        let Some((place, contents)) = place else {
            if let Some((path, kind)) = remote.take_failure() {
                // Without the directory's own folder there is nothing to upload to.
                if path == local.path && local.depth == 0 {
                    return Err(kind);
                }
                self.record_failure(path, kind.into());
            }
            return Ok(());
        };
        self.summary.folders += usize::from(place.created);
        let RemoteFolder { id, created } = place.clone();
        (self.settings.on_event)(&DirectoryEvent::Folder { path: local.path, id, created });
        for file in local.files {
            let item = contents.find_item(&file.name).cloned();
            let known = contents.is_known();
            let is_large = file.identity.size >= LARGE;
            let task = Task { file, place: place.clone(), item, known };
            if is_large { self.large.push_back(task) } else { self.light.push_back(task) }
        }
        Ok(())
    }

    fn record_outcome(&mut self, task: Task, outcome: Result<Stored, Error>) {
        let file = task.file;
        let size = file.identity.size;
        self.ended += 1;
        self.large_running -= usize::from(size >= LARGE);
        let path = file.path;
        match outcome {
            Ok(Stored::Uploaded(uploaded)) => {
                self.summary.uploaded += 1;
                self.summary.sent += uploaded.statistics.sent;
                (self.settings.on_event)(&DirectoryEvent::Uploaded { path, uploaded });
            }
            Ok(Stored::Unchanged { file_id, sha1, sent }) => {
                self.summary.unchanged += 1;
                self.summary.sent += sent;
                let event = DirectoryEvent::Unchanged { path, file_id, sha1, size };
                (self.settings.on_event)(&event);
            }
            Err(error) => {
                // Every other file would fail for the same reason.
                self.stopped |= matches!(error.kind(), ErrorKind::Credentials { .. });
                self.record_failure(path, error);
            }
        }
    }

    fn record_failure(&mut self, path: PathBuf, error: Error) {
        let error = Arc::new(error);
        self.summary.sent += error.statistics().sent;
        self.summary.failures += 1;
        // One that ends the upload explains more than the last of many.
        let ends = matches!(error.kind(), ErrorKind::Credentials { .. } | ErrorKind::Cancelled);
        if ends {
            self.summary.failed.truncate(DirectorySummary::MAX_FAILED - 1);
        }
        if self.summary.failed.len() < DirectorySummary::MAX_FAILED {
            self.summary.failed.push((path.clone(), Arc::clone(&error)));
        }
        (self.settings.on_event)(&DirectoryEvent::Failed { path, error });
    }
}

/// Starts a thread that walks the directory. It ends when the receiver is dropped.
fn start_walk(settings: &Settings) -> mpsc::Receiver<LocalFolder> {
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

async fn next_folder(walk: &mut Option<mpsc::Receiver<LocalFolder>>) -> Option<LocalFolder> {
    walk.as_mut()?.recv().await
}

async fn visit_folder(
    settings: &Settings,
    remote: Arc<FolderInBox>,
    local: LocalFolder,
) -> Visited {
    let path = local.path.clone();
    let on_event = Arc::clone(&settings.on_event);
    let context = settings.uploader.create_context_with(Arc::new(move |event| {
        on_event(&DirectoryEvent::File { path: path.clone(), event: event.clone() });
    }));
    let place = match remote.find_place(&context).await {
        Some(place) => {
            let contents = remote.take_contents(&context, &place).await;
            contents.map(|contents| (place, contents))
        }
        None => None,
    };
    Visited { remote, place, local }
}
