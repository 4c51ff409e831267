//! A whole directory: its folders are made, its files uploaded several at a time.

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

/// The upload of a directory while it is put together. [`DirectoryUpload::send`] starts it.
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

/// Something that happened to the upload of a directory.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DirectoryEvent {
    /// It is known what there is to upload.
    Planned {
        /// How many files.
        files: usize,
        /// How many bytes in all.
        bytes: u64,
    },
    /// A folder is there.
    Folder {
        /// Its path, beginning with the directory's name.
        path: PathBuf,
        /// Its id in Box.
        id: String,
        /// Whether it was made now.
        created: bool,
    },
    /// Something happened to the upload of a file.
    File {
        /// Its path, beginning with the directory's name.
        path: PathBuf,
        /// What happened.
        event: Event,
    },
    /// A file is in Box.
    Uploaded {
        /// Its path, beginning with the directory's name.
        path: PathBuf,
        /// What came of it; nothing if Box had it with this content already.
        uploaded: Option<Box<Uploaded>>,
    },
    /// A file, or a folder with all that is in it, is not in Box.
    Failed {
        /// Its path, beginning with the directory's name.
        path: PathBuf,
        /// Why, in describe_chain.
        reason: String,
    },
}

/// What came of the upload of a directory.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DirectorySummary {
    /// How many files there were to upload.
    pub files: usize,
    /// How many files were uploaded.
    pub uploaded: usize,
    /// How many files Box had with the same content already.
    pub unchanged: usize,
    /// How many folders were made.
    pub folders: usize,
    /// How many bytes of files were sent, those of files included that are not in Box after all.
    pub sent: u64,
    /// Files and folders that are not in Box, and why.
    pub failed: Vec<(PathBuf, Error)>,
    /// What is neither a file nor a directory.
    pub skipped: Vec<Skipped>,
    /// How many files were not begun, after a cancellation or an error that would hit all.
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
    /// Begins the upload of a directory with all that is in it.
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
    /// The folder in which one with the directory's name is made, unless it is there already;
    /// `0` is the user's root folder.
    pub fn to_folder(mut self, id: impl Into<String>) -> Self {
        self.folder = Some(id.into());
        self
    }

    /// What to do where a folder has a file of the same name and other content. A file with the
    /// same content is left alone: a second run uploads what is missing and what has changed.
    pub fn on_conflict(mut self, on_conflict: OnConflict) -> Self {
        self.on_conflict = on_conflict;
        self
    }

    /// What becomes of symbolic links; by default they are skipped. The directory itself may be one.
    pub fn links(mut self, links: Links) -> Self {
        self.links = links;
        self
    }

    /// How many files are uploaded at a time, by default 4.
    pub fn files(mut self, files: usize) -> Self {
        self.files = files.max(1);
        self
    }

    /// How many parts of one file are on their way at a time, by default 4.
    pub fn concurrency(mut self, parts: usize) -> Self {
        self.concurrency = parts.max(1);
        self
    }

    /// Cancels the upload when `token` is cancelled.
    pub fn cancel_on(mut self, token: CancellationToken) -> Self {
        self.cancel = token;
        self
    }

    /// Tells what happens.
    pub fn on_progress(
        mut self,
        on_event: impl Fn(&DirectoryEvent) + Send + Sync + 'static,
    ) -> Self {
        self.on_event = Arc::new(on_event);
        self
    }

    /// What would be uploaded. Nothing is sent.
    ///
    /// # Errors
    /// The path is no directory, or it cannot be read at all.
    pub async fn plan(&self) -> Result<DirectoryPlan, Error> {
        Ok(plan::plan_directory(&self.path, self.links, self.on_conflict == OnConflict::Rename)
            .await?)
    }

    /// Uploads the files. A file that fails keeps no other from being uploaded: see
    /// [`DirectorySummary::failed`].
    ///
    /// # Errors
    /// The path is no directory, it cannot be read at all, or its folder cannot be made.
    pub fn send(self) -> BoxFuture<'static, Result<DirectorySummary, Error>> {
        Box::pin(self.upload())
    }

    async fn upload(self) -> Result<DirectorySummary, Error> {
        let Some(destination) = self.folder.clone() else {
            let what = "the directory has no destination".to_owned();
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

    /// Makes the folders, and gives the ids of those that there are now.
    async fn create_folders(
        &self,
        destination: &str,
        folders: &[PathBuf],
        summary: &mut DirectorySummary,
    ) -> Result<HashMap<PathBuf, RemoteFolder>, Error> {
        let context = self.uploader.context();
        let above = RemoteFolder { id: destination.to_owned(), created: false };
        let mut ids = HashMap::from([(PathBuf::new(), above)]);
        // All folders of one depth at once: those above them are there by then.
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
                        // What is wrong with the folder above has been told.
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

    /// Uploads a file, unless its folder has it already. In a folder that was made now there is
    /// nothing yet.
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

/// A folder at Box.
#[derive(Clone)]
struct RemoteFolder {
    id: String,
    /// Whether it was made now.
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
