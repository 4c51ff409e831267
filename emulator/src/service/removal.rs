//! Deleting files and folders, and replacing everything.

use std::collections::HashMap;

use box_upload_sessions::types::ClientErrorCode;

use super::tree::ROOT;
use super::{Blob, Event, Refusal, Service, SessionEnd};
use crate::timestamp::Timestamp;

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

    /// Restores a state from its events, whose blobs have the new ids in `renamed`.
    pub(crate) fn restore(
        &self,
        mut events: Vec<Event>,
        renamed: &HashMap<String, Blob>,
        at: Timestamp,
    ) -> Result<Event, Refusal> {
        let wrong = |text: &str| Refusal::bad_request(ClientErrorCode::BadRequest, text);
        for blob in events.iter_mut().flat_map(Event::blobs_mut) {
            let stored = renamed.get(&blob.id).filter(|stored| stored.size == blob.size);
            *blob = stored.ok_or_else(|| wrong("the snapshot lacks content"))?.clone();
        }
        let mut restored = Self::new(self.settings.clone(), at);
        for event in events.clone() {
            restored.apply(event);
        }
        let mut parents = restored.tree.folders().map(|(folder, _)| &folder.parent);
        let exists = |id: &String| restored.tree.path(id).first().is_some_and(|top| top.id == ROOT);
        if !parents.all(|id| id.is_empty() || exists(id))
            || !restored.tree.files().all(|file| exists(&file.folder))
        {
            return Err(wrong("the snapshot lacks a folder that this emulator does not have"));
        }
        Ok(Event::Restored { at, events })
    }
}

impl Event {
    /// The blobs that the event refers to.
    fn blobs_mut(&mut self) -> Vec<&mut Blob> {
        match self {
            Self::PartStored { part, .. } => vec![&mut part.blob],
            Self::FileStored { file, .. } => file.content.iter_mut().collect(),
            _ => Vec::new(),
        }
    }
}
