//! The upload of a directory from start to finish.
//!
//! A thread walks the directory. One task finds or creates the folders in Box, several at a time,
//! and uploads their files. What waits in between is limited, so memory does not grow with the
//! number of files.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, FuturesUnordered};
use tokio::sync::mpsc;

use super::contents::Contents;
use super::deletion::{Search, Surplus, delete_item, order_deletions};
use super::event::{DirectoryEvent, DirectoryPlan, DirectorySummary};
use super::file::{Stored, Task, TaskFolder, upload_file};
use super::log::Record;
use super::progress::Progress;
use super::queue::Queue;
use super::remote::FolderInBox;
use super::scan::{scan_directory, start_walk};
use super::settings::Settings;
use super::walk::{LocalFolder, skip_first};
use crate::folder::RemoteFolder;
use crate::{Error, ErrorKind, Event};

/// Folders found or created at a time.
const MAX_VISITS: usize = 64;

/// Uploads the directory.
pub(super) async fn upload_directory(settings: Settings) -> Result<DirectorySummary, Error> {
    let destination = settings.folder.clone().ok_or_else(no_destination)?;
    let (sender, mut failures) = mpsc::unbounded_channel();
    let scanned = scan_directory(&settings, false, move |path, error| {
        let _ = sender.send((path, error));
    });
    let progress = Progress::open(&settings, &destination)?;
    let mut run = Run::new(&settings, destination, progress)?;
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
    run.upload_all().await?;
    run.delete_surplus(plan.all_files).await;
    Ok(run.finish())
}

/// Reports what would be deleted from Box.
pub(super) async fn plan_deletions(
    settings: &Settings,
    plan: &mut DirectoryPlan,
) -> Result<(), Error> {
    let destination = settings.folder.clone().ok_or_else(no_destination)?;
    let mut run = Run::new(settings, destination, Progress::without_journal(settings))?;
    run.uploads = false;
    run.upload_all().await?;
    plan.deletions = run.report_surplus(plan.all_files);
    plan.failures += run.summary.failures;
    Ok(())
}

fn no_destination() -> ErrorKind {
    ErrorKind::Invalid("no destination folder for the directory".to_owned())
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
    /// The search for what is to be deleted, if anything is.
    search: Option<Arc<Search<'a>>>,
    surplus: Vec<Surplus>,
    /// Whether files are uploaded, and not only searched for.
    uploads: bool,
}

/// A folder that was found or created, and its files.
struct Visited {
    remote: Arc<FolderInBox>,
    /// The folder's contents; `None` if there is no folder.
    place: Option<(RemoteFolder, Contents)>,
    local: LocalFolder,
    /// What the journal knows of it.
    record: Option<Record>,
    /// What is to be deleted.
    surplus: Result<Vec<Surplus>, ErrorKind>,
}

type Upload<'a> = BoxFuture<'a, (Task, Result<Stored, Error>)>;

impl<'a> Run<'a> {
    fn new(
        settings: &'a Settings,
        destination: String,
        progress: Progress,
    ) -> Result<Self, ErrorKind> {
        Ok(Self {
            settings,
            progress,
            search: Search::new(settings)?.map(Arc::new),
            uploads: true,
            destination,
            summary: DirectorySummary::default(),
            ended: 0,
            stopped: false,
            queue: Queue::default(),
            surplus: Vec::new(),
        })
    }

    async fn upload_all(&mut self) -> Result<(), Error> {
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
        self.progress.note_open_folders();
        self.summary.not_begun = self.summary.files.saturating_sub(self.ended);
        Ok(())
    }

    /// Ends the run.
    fn finish(mut self) -> DirectorySummary {
        if !self.stopped {
            self.progress.note_end();
        }
        let figures = self.settings.uploader.policy.budget.figures();
        self.summary.most_in_flight = figures.most_in_flight;
        self.summary.throttled = figures.throttled;
        self.summary
    }

    /// Deletes what the directory does not have.
    async fn delete_surplus(&mut self, all_files: usize) {
        if !self.may_delete(all_files) {
            return;
        }
        let context = self.settings.uploader.create_context();
        for level in order_deletions(std::mem::take(&mut self.surplus)) {
            let level = self.forget_folders(level);
            let deletions = level.into_iter().map(|item| {
                let context = &context;
                async move { (delete_item(context, &item).await, item) }
            });
            let mut deletions = stream::iter(deletions).buffer_unordered(MAX_VISITS);
            loop {
                tokio::select! {
                    biased;
                    () = self.settings.cancel.cancelled() => {
                        self.stopped = true;
                        return;
                    }
                    deleted = deletions.next() => match deleted {
                        Some((outcome, item)) => self.record_deletion(item, outcome),
                        None => break,
                    },
                }
            }
        }
    }

    /// Whether there is something to delete, and nothing speaks against it.
    fn may_delete(&mut self, all_files: usize) -> bool {
        let Some(search) = &self.search else { return false };
        if self.stopped || self.surplus.is_empty() && !search.exceeds_limit() {
            return false;
        }
        if self.uploads && !self.summary.is_complete() {
            let text =
                "nothing is deleted from Box, because not everything was uploaded".to_owned();
            let path = self.settings.path.clone();
            let event = Event::Warning { text };
            (self.settings.on_event)(&DirectoryEvent::File { path, event });
            return false;
        }
        match search.refuse_deletion(all_files) {
            Some(kind) => {
                self.record_failure(self.settings.path.clone(), kind.into());
                false
            }
            None => true,
        }
    }

    /// Removes folders from the journal, which would otherwise believe that they exist. Those for
    /// which that fails are not deleted.
    fn forget_folders(&mut self, items: Vec<Surplus>) -> Vec<Surplus> {
        let (kept, forgotten): (Vec<_>, Vec<_>) = items
            .into_iter()
            .partition(|item| item.is_folder && !self.progress.forget_folder(&item.path_in_box));
        for item in kept {
            let what = "the journal cannot be written".to_owned();
            self.record_failure(
                item.path_in_box.into(),
                ErrorKind::DeletionRefused { what }.into(),
            );
        }
        forgotten
    }

    fn record_deletion(&mut self, item: Surplus, outcome: Result<(), ErrorKind>) {
        let Surplus { path_in_box, id, is_folder, .. } = item;
        match outcome {
            Ok(()) => {
                self.summary.deleted += 1;
                let event = DirectoryEvent::Deleted { path_in_box, id, is_folder };
                (self.settings.on_event)(&event);
            }
            Err(kind) => self.record_failure(path_in_box.into(), kind.into()),
        }
    }

    /// Reports what would be deleted, and returns how much.
    fn report_surplus(&mut self, all_files: usize) -> usize {
        if !self.may_delete(all_files) {
            return 0;
        }
        for Surplus { path_in_box, id, is_folder, .. } in &self.surplus {
            let path_in_box = path_in_box.clone();
            let id = id.clone();
            let event = DirectoryEvent::PlannedDeletion { path_in_box, id, is_folder: *is_folder };
            (self.settings.on_event)(&event);
        }
        self.surplus.len()
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
            None => FolderInBox::new_root(&self.destination, path, name, self.uploads),
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
        let record = self.progress.find_folder(&remote.path_in_box, &local.files);
        // To find what is to be deleted, the folder must be listed.
        if let Some(record) = &record
            && record.is_current
            && self.search.is_none()
            && local.files.iter().all(|file| record.find_file(file).is_some())
        {
            self.record_known_folder(&remote, local, record);
            return None;
        }
        Some(visit_folder(self.settings, self.search.clone(), remote, local, record))
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
                path_in_box: remote.join_name(file.name()),
                name_in_box: noted.other_name.as_deref().map(str::to_owned),
                path: file.path(),
                file_id: noted.id.to_string(),
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
        let Visited { remote, place, local, record, surplus } = visited;
        self.report_places(&remote);
        match surplus {
            Ok(mut surplus) => self.surplus.append(&mut surplus),
            Err(kind) => self.record_failure(local.path.clone(), kind.into()),
        }
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
        if !self.uploads {
            return Ok(());
        }
        let number = self.progress.begin_folder(&remote.path_in_box, &place.id, local.files.len());
        let folder = TaskFolder { remote, place, contents, record, number };
        self.queue.push_files(folder, local.files);
        Ok(())
    }

    fn record_outcome(&mut self, task: Task, outcome: Result<Stored, Error>) {
        self.ended += 1;
        self.queue.finish_task(&task);
        let Task { file, folder, .. } = task;
        let path_in_box = folder.remote.join_name(file.name());
        let size = file.identity.size;
        self.progress.finish_file(folder.number, &file, outcome.as_ref().ok());
        let path = file.path();
        let name_in_box = outcome.as_ref().ok().and_then(|stored| stored.other_name(&file));
        match outcome {
            Ok(Stored::Uploaded(uploaded)) => {
                self.summary.uploaded += 1;
                self.summary.sent += uploaded.statistics.sent;
                (self.settings.on_event)(&DirectoryEvent::Uploaded { path, path_in_box, uploaded });
            }
            Ok(Stored::Unchanged { file_id, sha1, sent, .. }) => {
                self.summary.unchanged += 1;
                self.summary.sent += sent;
                (self.settings.on_event)(&DirectoryEvent::Unchanged {
                    path,
                    path_in_box,
                    name_in_box,
                    file_id,
                    sha1,
                    size,
                });
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
    search: Option<Arc<Search<'_>>>,
    remote: Arc<FolderInBox>,
    local: LocalFolder,
    record: Option<Record>,
) -> Visited {
    let path = local.path.clone();
    let on_event = Arc::clone(&settings.on_event);
    let context = settings.uploader.create_context_with(Arc::new(move |event| {
        on_event(&DirectoryEvent::File { path: path.clone(), event: event.clone() });
    }));
    let mut visited = Visited { remote, place: None, local, record, surplus: Ok(Vec::new()) };
    let Visited { remote, local, .. } = &visited;
    let Some(place) = remote.find_place(&context).await else { return visited };
    let surplus = match (&search, &local.kept) {
        (Some(search), Some(kept)) => {
            let path = skip_first(&local.path);
            search.search_folder(&context, remote, &place, kept, path).await
        }
        _ => Ok(Vec::new()),
    };
    let contents = remote.take_contents(&context, &place).await;
    visited.place = contents.map(|contents| (place, contents));
    visited.surplus = surplus;
    visited
}
