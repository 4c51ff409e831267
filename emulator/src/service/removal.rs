//! Deleting files and folders, and aborting sessions.

use box_upload_sessions::types::ClientErrorCode;

use super::tree::{FOLDER_ETAG, ROOT};
use super::{Blob, Caller, Event, Preconditions, Refusal, Service, SessionEnd};

impl Service {
    /// Deletes a file, even if it is in the trash.
    pub(crate) fn delete_file(&self, id: &str) -> Result<Event, Refusal> {
        match self.tree.files().any(|file| file.id == id) {
            true => Ok(Event::FileDeleted { file: id.to_owned(), trashed: false }),
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
        Ok(Event::FolderDeleted { folder: id.to_owned(), trashed: false })
    }

    /// Moves a file to the trash, as a client asks.
    pub(crate) fn trash_file(
        &self,
        caller: &Caller,
        id: &str,
        preconditions: &Preconditions,
    ) -> Result<Event, Refusal> {
        caller.check_deletion_scope()?;
        let file = self.tree.file(id)?;
        self.tree.check_writable(&file.folder)?;
        preconditions.check(Some(file.etag))?;
        Ok(Event::FileDeleted { file: id.to_owned(), trashed: true })
    }

    /// Moves a folder to the trash, as a client asks; with everything in it if `recursive` is set.
    pub(crate) fn trash_folder(
        &self,
        caller: &Caller,
        id: &str,
        recursive: bool,
        preconditions: &Preconditions,
    ) -> Result<Event, Refusal> {
        caller.check_deletion_scope()?;
        let folder = self.tree.folder(id, ClientErrorCode::NotFound)?;
        if folder.id == ROOT || self.tree.is_configured(id) {
            let code = ClientErrorCode::AccessDeniedInsufficientPermissions;
            return Err(Refusal::forbidden(code, "this folder cannot be deleted"));
        }
        self.tree.check_writable(id)?;
        preconditions.check(Some(FOLDER_ETAG))?;
        if !recursive && !self.tree.items(id).is_empty() {
            let text = "the folder is not empty, and the request is not `recursive`";
            return Err(Refusal::bad_request(ClientErrorCode::FolderNotEmpty, text));
        }
        Ok(Event::FolderDeleted { folder: id.to_owned(), trashed: true })
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
