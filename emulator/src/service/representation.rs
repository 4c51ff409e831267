//! Files, folders and sessions as the API represents them.

use box_upload_sessions::runtime::DateTime;
use box_upload_sessions::types::{
    Conflict, FileFull, FileItemStatus, FileMini, FilePathCollection, FileVersionMini, FolderMini,
    UploadSession, UploadSessionEndpoints, UserMini,
};

use super::Service;
use super::session::Session;
use super::tree::{FOLDER_ETAG, File, Folder, Item, ROOT};
use crate::timestamp::Timestamp;

impl Item<'_> {
    pub(crate) fn conflict(&self) -> Conflict {
        let mut conflict = Conflict::default();
        match self {
            Self::File(file) => {
                let mini = file.mini();
                conflict.r#type = Some("file".to_owned());
                conflict.id = Some(mini.id);
                conflict.name = mini.name;
                conflict.etag = mini.etag;
                conflict.sequence_id = mini.sequence_id;
                conflict.sha1 = mini.sha1;
                conflict.file_version = mini.file_version;
            }
            Self::Folder(folder) => {
                let mini = folder.mini();
                conflict.r#type = Some("folder".to_owned());
                conflict.id = Some(mini.id);
                conflict.name = mini.name;
                conflict.etag = mini.etag;
                conflict.sequence_id = mini.sequence_id;
            }
        }
        conflict
    }
}

impl Folder {
    pub(crate) fn mini(&self) -> FolderMini {
        let mut mini = FolderMini::new(&self.id);
        let number = (self.id != ROOT).then(|| FOLDER_ETAG.to_string());
        mini.etag = number.clone();
        mini.sequence_id = number;
        mini.name = Some(self.name.clone());
        mini
    }
}

impl File {
    pub(crate) fn mini(&self) -> FileMini {
        let mut mini = FileMini::new(&self.id);
        mini.etag = Some(self.etag.to_string());
        mini.sequence_id = Some(self.etag.to_string());
        mini.name = Some(self.name.clone());
        mini.sha1 = Some(self.sha1.to_string());
        mini.file_version = Some(self.version());
        mini
    }

    fn version(&self) -> FileVersionMini {
        let mut version = FileVersionMini::new(&self.version_id);
        version.sha1 = Some(self.sha1.to_string());
        version
    }
}

/// A user. Whoever is named exists.
pub(crate) fn describe_user(id: &str) -> UserMini {
    let mut user = UserMini::new(id);
    user.name = Some(format!("User {id}"));
    user.login = Some(format!("user-{id}@example.com"));
    user
}

/// The time that the client gave, if any.
fn parse_time(text: &Option<String>, otherwise: Timestamp) -> DateTime {
    let time = text.as_ref().and_then(|text| text.parse().ok());
    time.unwrap_or_else(|| otherwise.date_time())
}

impl Service {
    /// A file with all fields.
    pub(crate) fn file_full(&self, file: &File) -> FileFull {
        let path = self.tree.path(&file.folder);

        let attributes = &file.attributes;
        let mut full = FileFull::new(&file.id);
        full.etag = Some(file.etag.to_string());
        full.sequence_id = Some(file.etag.to_string());
        full.name = Some(file.name.clone());
        full.sha1 = Some(file.sha1.to_string());
        full.file_version = Some(file.version());
        full.description = Some(attributes.description.clone().unwrap_or_default());
        full.size = Some(file.size);
        full.parent = path.last().map(|folder| folder.mini());
        let entries: Vec<_> = path.iter().map(|folder| folder.mini()).collect();
        let mut folders = FilePathCollection::default();
        folders.total_count = Some(entries.len() as u64);
        folders.entries = Some(entries);
        full.path_collection = Some(folders);
        full.created_at = Some(file.created.date_time());
        full.modified_at = Some(file.modified.date_time());
        full.content_created_at = Some(parse_time(&attributes.content_created_at, file.created));
        full.content_modified_at = Some(parse_time(&attributes.content_modified_at, file.modified));
        full.created_by = Some(describe_user(&file.created_by));
        full.modified_by = Some(describe_user(&file.modified_by));
        full.owned_by = Some(describe_user(&file.created_by));
        full.item_status = Some(FileItemStatus::Active);
        full.version_number = Some((file.etag + 1).to_string());
        full.extension = Some(file_extension(&file.name).to_owned());
        full
    }

    /// A session; `base` is the prefix of its URLs.
    pub(crate) fn upload_session(
        &self,
        session: &Session,
        base: &str,
        now: Timestamp,
    ) -> UploadSession {
        let url = format!("{base}/files/upload_sessions/{}", session.id);
        let at = |step: &str| format!("{url}/{step}");
        let mut endpoints = UploadSessionEndpoints::default();
        endpoints.commit = Some(at("commit"));
        endpoints.list_parts = Some(at("parts"));
        endpoints.log_event = Some(at("log"));
        endpoints.plan = Some(at("plan"));
        endpoints.upload_part = Some(url.clone());
        endpoints.abort = Some(url.clone());
        endpoints.status = Some(url);
        let processed = session.processed(self.settings.processing_delay, now);
        let mut response = UploadSession::new(&session.id, session.part_size);
        response.session_expires_at = Some(session.expires.date_time());
        response.total_parts = Some(session.total_parts());
        response.num_parts_processed = Some(processed);
        response.session_endpoints = Some(endpoints);
        response
    }
}

/// The extension of a name, without its dot.
fn file_extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
