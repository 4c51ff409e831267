//! The upload of a directory from start to finish.
//!
//! A thread walks the directory. One task finds or creates the folders in Box, several at a time,
//! and uploads their files. What waits in between is limited, so memory does not grow with the
//! number of files.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;

use super::event::{DirectoryEvent, DirectorySummary};
use super::file::{Stored, Task, upload_file};
use super::log::Record;
use super::progress::Progress;
use super::queue::Queue;
use super::remote::{Contents, FolderInBox};
use super::scan::{scan_directory, start_walk};
use super::settings::Settings;
use super::walk::LocalFolder;
use crate::folder::RemoteFolder;
use crate::{Error, ErrorKind};

/// Folders found or created at a time.
const MAX_VISITS: usize = 64;

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
    let mut run = Run::new(&settings, destination)?;
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
    queue: Queue,
    progress: Progress,
}

/// A folder that was found or created, and its files.
struct Visited {
    remote: Arc<FolderInBox>,
    /// The folder's contents; `None` if there is no folder.
    place: Option<(RemoteFolder, Contents)>,
    local: LocalFolder,
    /// What the journal knows of it.
    record: Option<Record>,
}

type Upload<'a> = BoxFuture<'a, (Task, Result<Stored, Error>)>;

impl<'a> Run<'a> {
    fn new(settings: &'a Settings, destination: String) -> Result<Self, ErrorKind> {
        Ok(Self {
            settings,
            progress: Progress::open(settings, &destination)?,
            destination,
            summary: DirectorySummary::default(),
            ended: 0,
            stopped: false,
            queue: Queue::default(),
        })
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
            let visits_more = visits.len() < MAX_VISITS && !self.queue.is_full();
            tokio::select! {
                biased;
                () = self.settings.cancel.cancelled(), if !self.stopped => self.stopped = true,
                Some((task, outcome)) = uploads.next() => self.record_outcome(task, outcome),
                Some(visited) = visits.next() => self.record_visit(visited)?,
                folder = next_folder(&mut walk), if visits_more && walk.is_some() => match folder {
                    Some(local) => {
                        let remote = self.find_remote(&mut ancestors, &local);
                        visits.extend(self.begin_visit(remote, local));
                    }
                    None => walk = None,
                },
            }
        }
        self.progress.end(!self.stopped);
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
        if self.stopped || running >= most { None } else { self.queue.pop_task() }
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

    /// Starts to find or create a folder, unless none of its files is selected, or the run that is
    /// being continued has uploaded them all.
    fn begin_visit(
        &mut self,
        remote: Arc<FolderInBox>,
        local: LocalFolder,
    ) -> Option<impl Future<Output = Visited> + use<'a>> {
        if local.files.is_empty() && !local.is_needed {
            return None;
        }
        let record = self.progress.find_folder(&remote.path_in_box);
        if let Some(record) = &record
            && record.is_current
            && local.files.iter().all(|file| record.find_file(file).is_some())
        {
            self.record_known_folder(&remote, local, record);
            return None;
        }
        let settings = self.settings;
        Some(visit_folder(settings, remote, local, record))
    }

    /// Reports the files of a folder that the run that is being continued has uploaded.
    fn record_known_folder(&mut self, remote: &FolderInBox, local: LocalFolder, record: &Record) {
        remote.set_known(&record.id);
        self.report_places(remote);
        for file in local.files {
            let Some(noted) = record.find_file(&file) else { continue };
            self.ended += 1;
            self.summary.unchanged += 1;
            (self.settings.on_event)(&DirectoryEvent::Unchanged {
                path_in_box: remote.join_name(&file.name),
                path: file.path,
                file_id: noted.id.clone(),
                sha1: noted.sha1,
                size: file.identity.size,
            });
        }
    }

    /// Reports where a folder and those above are, unless that was reported.
    fn report_places(&mut self, remote: &FolderInBox) {
        for (path, RemoteFolder { id, created }) in remote.take_places() {
            self.summary.folders += usize::from(created);
            (self.settings.on_event)(&DirectoryEvent::Folder { path, id, created });
        }
    }

    /// Queues the files of a folder.
    fn record_visit(&mut self, visited: Visited) -> Result<(), ErrorKind> {
        let Visited { remote, place, local, record } = visited;
        self.report_places(&remote);
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
        let folder = self.progress.begin_folder(&remote.path_in_box, &place.id, local.files.len());
        for file in local.files {
            let item = contents.find_item(&file.name).cloned();
            let noted = record.as_ref().and_then(|record| record.find_file(&file));
            self.queue.push_task(Task {
                path_in_box: remote.join_name(&file.name),
                folder,
                sha1: noted.map(|noted| noted.sha1),
                file,
                place: place.clone(),
                item,
                is_known: contents.is_known(),
            });
        }
        Ok(())
    }

    fn record_outcome(&mut self, task: Task, outcome: Result<Stored, Error>) {
        self.ended += 1;
        self.queue.finish_task(&task);
        let Task { file, path_in_box, folder, .. } = task;
        let size = file.identity.size;
        self.progress.finish_file(folder, &file, outcome.as_ref().ok());
        let path = file.path;
        match outcome {
            Ok(Stored::Uploaded(uploaded)) => {
                self.summary.uploaded += 1;
                self.summary.sent += uploaded.statistics.sent;
                (self.settings.on_event)(&DirectoryEvent::Uploaded { path, path_in_box, uploaded });
            }
            Ok(Stored::Unchanged { file_id, sha1, sent }) => {
                self.summary.unchanged += 1;
                self.summary.sent += sent;
                let event = DirectoryEvent::Unchanged { path, path_in_box, file_id, sha1, size };
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

async fn next_folder(walk: &mut Option<mpsc::Receiver<LocalFolder>>) -> Option<LocalFolder> {
    walk.as_mut()?.recv().await
}

async fn visit_folder(
    settings: &Settings,
    remote: Arc<FolderInBox>,
    local: LocalFolder,
    record: Option<Record>,
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
    Visited { remote, place, local, record }
}
