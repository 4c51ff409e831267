//! Uploading a directory: its folders are created, and several files uploaded at a time.

mod contents;
mod deletion;
mod event;
mod file;
mod log;
mod path_list;
mod progress;
mod queue;
mod remote;
mod run;
mod scan;
mod selection;
mod settings;
mod shard;
mod text_hash;
mod walk;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use box_upload_sessions::runtime::BoxFuture;

use crate::{CancellationToken, Error, OnConflict, Uploader};

pub use event::{DirectoryEvent, DirectoryPlan, DirectorySummary, PlannedFile};
pub use path_list::PathList;
use selection::Criteria;
pub use settings::Links;
use settings::{Deletion, Settings};
pub use shard::Shard;

/// Builder for the upload of a directory. [`DirectoryUpload::send`] starts it.
#[must_use = "an upload starts when it is sent"]
pub struct DirectoryUpload(Settings);

impl Uploader {
    /// Prepares the upload of a directory and everything in it.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// let summary = uploader.directory("photos").to_folder("12345").exclude("*.tmp").send().await?;
    /// println!("{} files, {} of them unchanged", summary.files, summary.unchanged);
    /// # Ok(())
    /// # }
    /// ```
    pub fn directory(&self, path: impl Into<PathBuf>) -> DirectoryUpload {
        DirectoryUpload(Settings {
            uploader: self.clone(),
            path: path.into(),
            folder: None,
            on_conflict: OnConflict::default(),
            links: Links::default(),
            encode_names: false,
            criteria: Criteria::default(),
            deletion: None,
            files: usize::MAX,
            concurrency: 4,
            cancel: CancellationToken::new(),
            on_event: Arc::new(|_| {}),
        })
    }
}

impl DirectoryUpload {
    /// Destination: the id of the folder in which to create a folder with the directory's name,
    /// unless it exists; `0` is the user's root folder.
    pub fn to_folder(mut self, id: impl Into<String>) -> Self {
        self.0.folder = Some(id.into());
        self
    }

    /// What to do if a folder has a file of the same name with different content. A file with the
    /// same content is skipped, so a second run uploads only what is missing or changed.
    pub fn on_conflict(mut self, on_conflict: OnConflict) -> Self {
        self.0.on_conflict = on_conflict;
        self
    }

    /// How to treat symbolic links; by default they are skipped. The directory itself may be one.
    pub fn links(mut self, links: Links) -> Self {
        self.0.links = links;
        self
    }

    /// Uploads only files that match one of the patterns given. Patterns are those of `.gitignore`
    /// files, relative to the directory: one without a slash matches the name of a file at any
    /// depth, or of a folder that contains it.
    ///
    /// With this or [`Self::files_from`], folders are only created for files that are uploaded.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// let photos = uploader.directory("photos").to_folder("0").include("*.jpg").include("/raw/");
    /// let summary = photos.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn include(mut self, pattern: impl Into<String>) -> Self {
        self.0.criteria.include.push(pattern.into());
        self
    }

    /// Leaves out what matches: files, and folders with all they contain. Patterns are those of
    /// [`Self::include`]; of several that match, the last one decides, and one that starts with `!`
    /// does not leave out.
    pub fn exclude(mut self, pattern: impl Into<String>) -> Self {
        self.0.criteria.exclude.push(pattern.into());
        self
    }

    /// Leaves out what matches the patterns in this file, one per line, before those of
    /// [`Self::exclude`]. They are relative to the directory, wherever the file is.
    pub fn ignore_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.criteria.ignore_files.push(path.into());
        self
    }

    /// Leaves out what the `.gitignore` files in the directory say. By default they do not count.
    pub fn gitignore(mut self, honor: bool) -> Self {
        self.0.criteria.gitignore = honor;
        self
    }

    /// Uploads only what is in the list. What is listed and does not exist fails, before anything
    /// is sent.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// use box_uploader::PathList;
    ///
    /// let list = PathList::read("cat.jpg\nraw/dog.dng\n".as_bytes(), false).expect("a list of paths");
    /// let summary = uploader.directory("photos").to_folder("0").files_from(list).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn files_from(mut self, list: PathList) -> Self {
        self.0.criteria.list = Some(Arc::new(list));
        self
    }

    /// Uploads only a share of the directory, so that several processes can upload it together.
    /// Which file belongs to which share depends only on the path of its folder; in folders with
    /// more than 1000 entries, on its own. Folders are created by the process that needs them
    /// first.
    pub fn shard(mut self, shard: Shard) -> Self {
        self.0.criteria.shard = Some(shard);
        self
    }

    /// Encodes what Box refuses in names: control characters, backslashes, a space at either end,
    /// and bytes that are not valid UTF-8 become `%` and two hexadecimal digits. So does a `%` that
    /// two such digits follow, which makes the encoding reversible. By default such files and
    /// folders fail, with [`ErrorKind::NameRefused`](crate::ErrorKind), before anything is sent.
    pub fn encode_names(mut self, encode: bool) -> Self {
        self.0.encode_names = encode;
        self
    }

    /// Afterwards deletes from the folder in Box, and from those in it, the files and folders that
    /// the directory does not have, at most `max`: if there are more, none. Box keeps what is
    /// deleted in its trash.
    ///
    /// Nothing is deleted if a file or folder failed, if the directory has no files at all, and in
    /// folders that could not be read or that Box did not list to the end. What is excluded stays
    /// in Box, too, unless `excluded` is set, and so do bookmarks. Each process deletes what belongs
    /// to its [share](Self::shard). A file in Box is no folder's surplus, nor the other way round:
    /// such a name fails, and nothing is deleted.
    ///
    /// Not with [`Self::include`], [`Self::files_from`] and [`OnConflict::Rename`].
    pub fn delete(mut self, max: usize, excluded: bool) -> Self {
        self.0.deletion = Some(Deletion { max, excluded });
        self
    }

    /// Maximum number of files to upload in parallel. By default only
    /// [`Uploader::connections`] limits them. Of files above 256 KiB, at most 8 are uploaded in
    /// parallel.
    pub fn files(mut self, files: usize) -> Self {
        self.0.files = files.max(1);
        self
    }

    /// Number of parts of one file to upload in parallel; 4 by default.
    pub fn concurrency(mut self, parts: usize) -> Self {
        self.0.concurrency = parts.max(1);
        self
    }

    /// Cancels the upload when `token` is cancelled.
    pub fn cancel_on(mut self, token: CancellationToken) -> Self {
        self.0.cancel = token;
        self
    }

    /// Calls `on_event` for every event.
    pub fn on_progress(
        mut self,
        on_event: impl Fn(&DirectoryEvent) + Send + Sync + 'static,
    ) -> Self {
        self.0.on_event = Arc::new(on_event);
        self
    }

    /// Scans the directory, reports each file that would be uploaded as
    /// [`DirectoryEvent::PlannedFile`], and sends nothing. With [`Self::delete`], folders in Box are
    /// listed, and what would be deleted is reported as [`DirectoryEvent::PlannedDeletion`].
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// let plan = uploader.directory("photos").to_folder("0").plan().await?;
    /// println!("{plan:?}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The path is not a directory, or cannot be read; those of [`Self::send`] if Box is asked.
    pub async fn plan(&self) -> Result<DirectoryPlan, Error> {
        let on_event = Arc::clone(&self.0.on_event);
        let summary = scan::scan_directory(&self.0, true, move |path, error| {
            on_event(&DirectoryEvent::Failed { path, error: Arc::new(error) });
        });
        let mut plan = summary.await?;
        if self.0.deletion.is_some() {
            run::plan_deletions(&self.0, &mut plan).await?;
        }
        Ok(plan)
    }

    /// Uploads the files. One that fails does not stop the others: see
    /// [`DirectorySummary::failed`].
    ///
    /// The directory is read twice: first to count what is in it and to find names that Box
    /// refuses, then folder by folder while files are uploaded. Memory grows with the
    /// number of files in the folders in progress, by less than a kilobyte for each, not with that
    /// of all files. Each folder is listed in Box at most once. Names that differ only in case, or
    /// in whether characters are composed (NFC) or decomposed (NFD), are one name.
    ///
    /// With a [journal](Uploader::journal), a run that was interrupted less than a day ago is
    /// continued: its folders are not listed again. Later runs list them, but only read files whose
    /// size, times or inode have changed.
    ///
    /// # Errors
    /// The path is not a directory, cannot be read, or its folder cannot be created.
    pub fn send(self) -> BoxFuture<'static, Result<DirectorySummary, Error>> {
        Box::pin(run::upload_directory(self.0))
    }
}

impl fmt::Debug for DirectoryUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { path, folder, .. } = &self.0;
        f.debug_struct("DirectoryUpload")
            .field("path", path)
            .field("folder", folder)
            .finish_non_exhaustive()
    }
}
