//! Deleting files and folders, and aborting sessions.

use box_upload_sessions::types::ClientErrorCode;

use super::tree::ROOT;
use super::{Blob, Event, Refusal, Service, SessionEnd};

impl Service {
    /// Deletes a file, even if it is in the trash.
    pub(crate) fn delete_file(&self, id: &str) -> Result<Event, Refusal> {
        match self.tree.files().any(|file| file.id == id) {
            true => Ok(Event::FileDeleted { file: id.to_owned() }),
            false => Err(Refusal::not_found(ClientErrorCode::NotFound, "no such file")),
        }
    }

    /// Deletes a folder with everything in it.
    pub(crate) fn delete_folder(&self, id: &str) -> Result<Event, Refusal> {
        let folder = self.tree.folder(id, ClientErrorCode::NotFound)?;
        if folder.id == ROOT || self.tree.is_configured(id) {
            let text = "the root folder and folders of the emulator's settings stay";
            return Err(Refusal::forbidden(ClientErrorCode::Forbidden, text));
        }
        Ok(Event::FolderDeleted { folder: id.to_owned() })
    }

    /// Aborts a session, whoever owns it.
    pub(crate) fn abort_any_session(&self, id: &str) -> Result<Event, Refusal> {
        let missing = || Refusal::not_found(ClientErrorCode::NotFound, "no such session");
        let session = self.any_session(id).ok_or_else(missing)?.id.clone();
        Ok(Event::SessionEnded { session, end: SessionEnd::Aborted })
    }

    /// All blobs that the state refers to.
    pub(crate) fn blobs(&self) -> impl Iterator<Item = &Blob> {
        let parts = self.sessions().flat_map(|session| session.parts.values());
        let contents = self.tree.files().flat_map(|file| &file.content);
        parts.map(|part| &part.blob).chain(contents)
    }
}
