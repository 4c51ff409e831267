//! Uploading one file of a directory, unless its folder already has it.

use std::sync::Arc;

use super::contents::{Contents, Item};
use super::event::DirectoryEvent;
use super::log::Record;
use super::remote::FolderInBox;
use super::settings::{Links, Settings};
use super::walk::LocalFile;
use crate::folder::RemoteFolder;
use crate::hashing::hash_source;
use crate::source::{Origin, Source};
use crate::{Error, ErrorKind, OnConflict, Sha1Hash, Uploaded};

/// A file to upload, and what its folder has under its name.
pub(super) struct Task {
    pub(super) file: LocalFile,
    pub(super) folder: Arc<TaskFolder>,
    item: Option<Item>,
    /// The file's hash, if the journal knows it.
    sha1: Option<Sha1Hash>,
}

/// A folder whose files are uploaded.
pub(super) struct TaskFolder {
    pub(super) remote: Arc<FolderInBox>,
    pub(super) place: RemoteFolder,
    pub(super) contents: Contents,
    /// What the journal knows of it.
    pub(super) record: Option<Record>,
    /// Its number in the progress.
    pub(super) number: usize,
}

impl Task {
    pub(super) fn new(folder: Arc<TaskFolder>, file: LocalFile) -> Self {
        let item = folder.contents.find_item(file.name());
        let noted = folder.record.as_ref().and_then(|record| record.find_file(&file));
        Self { sha1: noted.map(|noted| noted.sha1), item, file, folder }
    }
}

/// A file that is in Box.
pub(super) enum Stored {
    Uploaded(Box<Uploaded>),
    Unchanged { file_id: String, name: Option<String>, sha1: Sha1Hash, sent: u64 },
}

impl Stored {
    /// The name in Box, if it is another than the file's.
    pub(super) fn other_name(&self, file: &LocalFile) -> Option<String> {
        let name = match self {
            Self::Uploaded(uploaded) => &uploaded.file.name,
            Self::Unchanged { name, .. } => name,
        };
        name.clone().filter(|name| name != file.name())
    }
}

/// Uploads the file, or finds that its folder has it.
pub(super) async fn upload_file(settings: &Settings, task: &Task) -> Result<Stored, Error> {
    let Task { file, folder, item, sha1: noted } = task;
    if let Some(item) = item {
        if item.may_have_size(file.identity.size) {
            let sha1 = match noted {
                Some(sha1) => *sha1,
                None => tokio::select! {
                    biased;
                    () = settings.cancel.cancelled() => return Err(ErrorKind::Cancelled.into()),
                    sha1 = hash_file(settings, file) => sha1?,
                },
            };
            if item.has_content(file.identity.size, sha1) {
                let file_id = item.id.to_string();
                let name = Some(item.name.to_string());
                return Ok(Stored::Unchanged { file_id, name, sha1, sent: 0 });
            }
        }
        if settings.on_conflict == OnConflict::Fail {
            return Err(name_in_use(file, item));
        }
    }
    let path = file.path();
    let on_event = Arc::clone(&settings.on_event);
    let is_free = folder.contents.is_whole && item.is_none();
    let mut uploader = settings.uploader.clone();
    // An upload in one request leaves nothing to resume: the folder's list shows what came of it.
    if file.identity.size < uploader.policy.sessions_from {
        uploader.policy.journal = None;
    }
    let upload = uploader.file(file.source()).in_directory(is_free, find_origin(settings, file));
    let upload = match item.as_ref().filter(|item| item.is_file()) {
        Some(item) if settings.on_conflict == OnConflict::Version => upload.to_file(&*item.id),
        _ => upload.to_folder(&folder.place.id).name(file.name()),
    };
    let upload = upload
        .on_conflict(settings.on_conflict)
        .concurrency(settings.concurrency)
        .cancel_on(settings.cancel.clone())
        .on_progress(move |event| {
            on_event(&DirectoryEvent::File { path: path.clone(), event: event.clone() });
        });
    let uploaded = upload.send().await?;
    Ok(if uploaded.unchanged {
        let file_id = uploaded.file.id;
        let name = uploaded.file.name;
        Stored::Unchanged { file_id, name, sha1: uploaded.sha1, sent: uploaded.statistics.sent }
    } else {
        Stored::Uploaded(Box::new(uploaded))
    })
}

/// Unless links are followed, whoever may write to the directory must not lead the upload out of it.
fn find_origin(settings: &Settings, file: &LocalFile) -> Origin {
    let path = file.source();
    match settings.links {
        Links::Follow => Origin::Path(path),
        Links::Skip | Links::Fail => Origin::LinklessPath(path),
    }
}

async fn hash_file(settings: &Settings, file: &LocalFile) -> Result<Sha1Hash, ErrorKind> {
    let failed = |error| ErrorKind::Source { name: file.path().display().to_string(), error };
    let source = Source::open(find_origin(settings, file)).await.map_err(failed)?;
    hash_source(&source, &settings.uploader.policy.buffers).await.map_err(failed)
}

fn name_in_use(file: &LocalFile, item: &Item) -> Error {
    let name = file.name().to_owned();
    let sha1 = item.sha1.filter(|_| item.is_file()).map(|sha1| sha1.to_string());
    ErrorKind::NameInUse { name, id: Some(item.id.to_string()), sha1 }.into()
}
