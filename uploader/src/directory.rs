//! Uploading a directory: creates its folders, then uploads several files at a time.

mod folders;
mod plan;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use box_upload_sessions::runtime::BoxFuture;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::{CancellationToken, Error, ErrorKind, Event, OnConflict, Uploaded, Uploader};

pub use plan::{DirectoryPlan, Links, PlannedFile, Skipped};

/// Builder for the upload of a directory. [`DirectoryUpload::send`] starts it.
#[must_use = "an upload starts when it is sent"]
pub struct DirectoryUpload {
    uploader: Uploader,
    path: PathBuf,
    folder: Option<String>,
    on_conflict: OnConflict,
    links: Links,
    files: usize,
    concurrency: usize,
    cancel: CancellationToken,
    on_event: OnDirectoryEvent,
}

type OnDirectoryEvent = Arc<dyn Fn(&DirectoryEvent) + Send + Sync>;

/// An event during the upload of a directory.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DirectoryEvent {
    /// The directory has been scanned.
    Planned {
        /// Number of files.
        files: usize,
        /// Total size, in bytes.
        bytes: u64,
    },
    /// A folder exists in Box.
    Folder {
        /// Path, starting with the directory's name.
        path: PathBuf,
        /// Id in Box.
        id: String,
        /// Whether it was created now.
        created: bool,
    },
    /// An event of one file.
    File {
        /// Path, starting with the directory's name.
        path: PathBuf,
        /// The event.
        event: Event,
    },
    /// A file is in Box.
    Uploaded {
        /// Path, starting with the directory's name.
        path: PathBuf,
        /// The result; `None` if Box already had the file with this content.
        uploaded: Option<Box<Uploaded>>,
    },
    /// A file, or a folder and all it contains, was not uploaded.
    Failed {
        /// Path, starting with the directory's name.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
}

/// Result of uploading a directory.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DirectorySummary {
    /// Number of files found.
    pub files: usize,
    /// Number of files uploaded.
    pub uploaded: usize,
    /// Number of files that Box already had with the same content.
    pub unchanged: usize,
    /// Number of folders created.
    pub folders: usize,
    /// Bytes of content sent, including those of files that failed.
    pub sent: u64,
    /// Files and folders that failed, and why.
    pub failed: Vec<(PathBuf, Error)>,
    /// Entries that are neither files nor directories.
    pub skipped: Vec<Skipped>,
    /// Files not started, after a cancellation or an error that would affect all of them.
    pub not_begun: usize,
}

impl DirectorySummary {
    /// Whether all files are in Box.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.not_begun == 0
    }
}

impl Uploader {
    /// Prepares the upload of a directory and everything in it.
    pub fn directory(&self, path: impl Into<PathBuf>) -> DirectoryUpload {
        DirectoryUpload {
            uploader: self.clone(),
            path: path.into(),
            folder: None,
            on_conflict: OnConflict::default(),
            links: Links::default(),
            files: 4,
            concurrency: 4,
            cancel: CancellationToken::new(),
            on_event: Arc::new(|_| {}),
        }
    }
}

impl DirectoryUpload {
    /// Destination: the id of the folder in which to create a folder with the directory's name,
    /// unless it exists; `0` is the user's root folder.
    pub fn to_folder(mut self, id: impl Into<String>) -> Self {
        self.folder = Some(id.into());
        self
    }

    /// What to do if a folder has a file of the same name with different content. A file with the
    /// same content is skipped, so a second run uploads only what is missing or changed.
    pub fn on_conflict(mut self, on_conflict: OnConflict) -> Self {
        self.on_conflict = on_conflict;
        self
    }

    /// How to treat symbolic links; by default they are skipped. The directory itself may be one.
    pub fn links(mut self, links: Links) -> Self {
        self.links = links;
        self
    }

    /// Number of files to upload in parallel; 4 by default.
    pub fn files(mut self, files: usize) -> Self {
        self.files = files.max(1);
        self
    }

    /// Number of parts of one file to upload in parallel; 4 by default.
    pub fn concurrency(mut self, parts: usize) -> Self {
        self.concurrency = parts.max(1);
        self
    }

    /// Cancels the upload when `token` is cancelled.
    pub fn cancel_on(mut self, token: CancellationToken) -> Self {
        self.cancel = token;
        self
    }

    /// Calls `on_event` for every event.
    pub fn on_progress(
        mut self,
        on_event: impl Fn(&DirectoryEvent) + Send + Sync + 'static,
    ) -> Self {
        self.on_event = Arc::new(on_event);
        self
    }

    /// Returns what would be uploaded, and sends nothing.
    ///
    /// # Errors
    /// The path is not a directory, or cannot be read.
    pub async fn plan(&self) -> Result<DirectoryPlan, Error> {
        Ok(plan::plan_directory(&self.path, self.links, self.on_conflict == OnConflict::Rename)
            .await?)
    }

    /// Uploads the files. One that fails does not stop the others: see
    /// [`DirectorySummary::failed`].
    ///
    /// # Errors
    /// The path is not a directory, cannot be read, or its folder cannot be created.
    pub fn send(self) -> BoxFuture<'static, Result<DirectorySummary, Error>> {
        Box::pin(self.upload_directory())
    }

    async fn upload_directory(self) -> Result<DirectorySummary, Error> {
        let Some(destination) = self.folder.clone() else {
            let what = "no destination folder for the directory".to_owned();
            return Err(ErrorKind::Invalid(what).into());
        };
        let plan = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(ErrorKind::Cancelled.into()),
            plan = self.plan() => plan?,
        };
        let bytes = plan.files.iter().map(|file| file.size).sum();
        (self.on_event)(&DirectoryEvent::Planned { files: plan.files.len(), bytes });
        let mut summary = DirectorySummary {
            files: plan.files.len(),
            skipped: plan.skipped,
            ..DirectorySummary::default()
        };
        for (path, error) in plan.failed {
            self.record_failure(&mut summary, path, error);
        }
        let made = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(ErrorKind::Cancelled.into()),
            made = self.create_folders(&destination, &plan.folders, &mut summary) => made?,
        };
        self.upload_files(plan.files, &made, &mut summary).await;
        Ok(summary)
    }

    /// Creates the folders and returns their ids.
    async fn create_folders(
        &self,
        destination: &str,
        folders: &[PathBuf],
        summary: &mut DirectorySummary,
    ) -> Result<HashMap<PathBuf, RemoteFolder>, Error> {
        let context = self.uploader.create_context();
        let above = RemoteFolder { id: destination.to_owned(), created: false };
        let mut ids = HashMap::from([(PathBuf::new(), above)]);
        // All folders of one depth at a time: their parents exist by then.
        for level in folders.chunk_by(|one, other| path_depth(one) == path_depth(other)) {
            let make = |path: &PathBuf| {
                let parent = ids.get(path.parent().unwrap_or(Path::new(""))).cloned();
                let path = path.clone();
                let context = &context;
                async move {
                    let made = match parent {
                        Some(parent) => {
                            Some(folders::create_folder(context, &parent.id, &path).await)
                        }
                        // The parent's failure has been reported.
                        None => None,
                    };
                    (path, made)
                }
            };
            let making = futures_util::stream::iter(level.iter().map(make).collect::<Vec<_>>());
            let made: Vec<_> = making.buffered(self.files).collect().await;
            for (path, made) in made {
                match made {
                    Some(Ok((id, created))) => {
                        summary.folders += usize::from(created);
                        let folder = path.clone();
                        let own = id.clone();
                        let event = DirectoryEvent::Folder { path: folder, id: own, created };
                        (self.on_event)(&event);
                        ids.insert(path, RemoteFolder { id, created });
                    }
                    Some(Err(kind)) if path_depth(&path) == 1 => return Err(kind.into()),
                    Some(Err(kind)) => self.record_failure(summary, path, kind.into()),
                    None => {}
                }
            }
        }
        Ok(ids)
    }

    async fn upload_files(
        &self,
        files: Vec<PlannedFile>,
        folders: &HashMap<PathBuf, RemoteFolder>,
        summary: &mut DirectorySummary,
    ) {
        let mut files = files.into_iter();
        let mut running = FuturesUnordered::new();
        let mut stopped = false;
        loop {
            while running.len() < self.files && !stopped && !self.cancel.is_cancelled() {
                let Some(file) = files.next() else { break };
                match folders.get(file.path.parent().unwrap_or(Path::new(""))) {
                    Some(folder) => running.push(self.upload_file(file, folder)),
                    None => summary.not_begun += 1,
                }
            }
            let Some((path, outcome)) = running.next().await else { break };
            match outcome {
                Ok(uploaded) => {
                    summary.sent += uploaded.statistics.sent;
                    let uploaded = if uploaded.unchanged {
                        summary.unchanged += 1;
                        None
                    } else {
                        summary.uploaded += 1;
                        Some(uploaded)
                    };
                    (self.on_event)(&DirectoryEvent::Uploaded { path, uploaded });
                }
                Err(error) => {
                    // Every other file would fail for the same reason.
                    stopped |= matches!(error.kind(), ErrorKind::Credentials { .. });
                    self.record_failure(summary, path, error);
                }
            }
        }
        summary.not_begun += files.len();
    }

    /// Uploads a file, unless its folder already has it. A folder created just now is empty.
    async fn upload_file(
        &self,
        file: PlannedFile,
        folder: &RemoteFolder,
    ) -> (PathBuf, Result<Box<Uploaded>, Error>) {
        let path = file.path.clone();
        let on_event = Arc::clone(&self.on_event);
        let upload = self
            .uploader
            .file(&file.source)
            .to_folder(&folder.id)
            .on_conflict(self.on_conflict)
            .concurrency(self.concurrency)
            .cancel_on(self.cancel.clone())
            .on_progress(move |event| {
                on_event(&DirectoryEvent::File { path: path.clone(), event: event.clone() });
            });
        let upload = upload.in_directory(folder.created);
        (file.path, upload.send().await.map(Box::new))
    }

    fn record_failure(&self, summary: &mut DirectorySummary, path: PathBuf, error: Error) {
        summary.sent += error.statistics().sent;
        let event = DirectoryEvent::Failed { path: path.clone(), reason: error.to_string() };
        (self.on_event)(&event);
        summary.failed.push((path, error));
    }
}

/// A folder in Box.
#[derive(Clone)]
struct RemoteFolder {
    id: String,
    /// Whether it was created now.
    created: bool,
}

fn path_depth(path: &Path) -> usize {
    path.components().count()
}

impl fmt::Debug for DirectoryUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, folder, .. } = self;
        f.debug_struct("DirectoryUpload")
            .field("path", path)
            .field("folder", folder)
            .finish_non_exhaustive()
    }
}
