//! The rules of the service, without network or disk.
//!
//! A request is first decided (`&self`, returning an [`Event`] or a [`Refusal`]); the event is
//! applied once it is persistent. The time is an argument.

mod blob;
mod commit;
mod event;
mod name;
mod refusal;
mod removal;
mod representation;
mod restore;
mod session;
#[cfg(test)]
mod tests;
mod token;
mod tree;

use std::collections::HashMap;

use box_upload_sessions::types::{
    ClientErrorCode, ClientErrorContextInfo, ConflictingSession, CreateUploadSessionBody,
    CreateUploadSessionForVersionBody,
};

pub(crate) use blob::Blob;
pub(crate) use commit::{CommitReadiness, CommitRequest, DirectUpload, Preconditions};
pub(crate) use event::{Event, SessionEnd};
pub(crate) use refusal::Refusal;
pub(crate) use representation::describe_user;
pub(crate) use session::{Session, StoredPart, Target};
pub(crate) use token::{AuthorizationCode, Caller, DEFAULT_USER, IssuedToken, fingerprint_token};
pub(crate) use tree::{Attributes, File, Folder, Item, ROOT};

use crate::random;
use crate::settings::Settings;
use crate::timestamp::Timestamp;
use token::Tokens;
use tree::Tree;

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) settings: Settings,
    pub(crate) tree: Tree,
    pub(crate) tokens: Tokens,
    sessions: HashMap<String, Session>,
    ended: HashMap<String, SessionEnd>,
    /// Highest id of a file, version or folder.
    last_id: u64,
}

impl Service {
    pub(crate) fn new(settings: Settings, now: Timestamp) -> Self {
        Self {
            tree: Tree::new(&settings.folders, now),
            tokens: Tokens::default(),
            sessions: HashMap::new(),
            ended: HashMap::new(),
            last_id: 1_000_000,
            settings,
        }
    }

    /// Applies the event and returns the blobs it orphaned.
    pub(crate) fn apply_event(&mut self, event: Event) -> Vec<Blob> {
        match event {
            Event::FolderCreated(folder) => {
                self.reserve_id(&folder.id);
                self.tree.insert_folder(folder);
            }
            Event::SessionCreated(session) => {
                self.sessions.insert(session.id.clone(), session);
            }
            Event::PartStored { session, part } => match self.sessions.get_mut(&session) {
                Some(session) => {
                    let old = session.parts.insert(part.offset, part);
                    return old.into_iter().map(|part| part.blob).collect();
                }
                None => return vec![part.blob],
            },
            Event::SessionEnded { session, end } => {
                let ended = self.sessions.remove(&session);
                self.ended.insert(session, end);
                let parts = ended.into_iter().flat_map(|session| session.parts.into_values());
                return parts.map(|part| part.blob).collect();
            }
            Event::FileStored { session, file } => {
                self.reserve_id(&file.id);
                self.reserve_id(&file.version_id);
                if let Some(session) = session {
                    self.sessions.remove(&session);
                    self.ended.insert(session, SessionEnd::Committed);
                }
                return self.tree.insert_file(file);
            }
            Event::TokenIssued(token) => self.tokens.insert_token(token),
            Event::TokenRevoked { fingerprint } => self.tokens.revoke_token(fingerprint),
            Event::FileDeleted { file, trashed } => {
                if trashed {
                    self.tree.record_trashed(&file);
                }
                return self.tree.remove_file(&file);
            }
            Event::FolderDeleted { folder, trashed } => {
                if trashed {
                    self.tree.record_trashed(&folder);
                }
                return self.tree.remove_folder(&folder);
            }
            Event::Restored { at, events } => {
                let mut unused: Vec<_> = self.blobs().cloned().collect();
                *self = Self::new(self.settings.clone(), at);
                unused.extend(events.into_iter().flat_map(|event| self.apply_event(event)));
                return unused;
            }
        }
        Vec::new()
    }

    /// The events that recreate this state, without what has ended.
    pub(crate) fn snapshot_events(&self, now: Timestamp) -> Vec<Event> {
        let (issued, revoked) = self.tokens.snapshot_tokens(now);
        let folders = self.tree.created_folders().into_iter().map(Event::FolderCreated);
        let mut events: Vec<_> = folders.collect();
        let stored = |file: &File| Event::FileStored { session: None, file: file.clone() };
        events.extend(self.tree.files().map(stored));
        for session in self.sessions.values() {
            events.push(Event::SessionCreated(session.clone()));
            events.extend(
                session.parts.values().map(|part| Event::PartStored {
                    session: session.id.clone(),
                    part: part.clone(),
                }),
            );
        }
        events.extend(issued.into_iter().map(Event::TokenIssued));
        events.extend(revoked.into_iter().map(|fingerprint| Event::TokenRevoked { fingerprint }));
        events
    }

    fn reserve_id(&mut self, id: &str) {
        self.last_id = self.last_id.max(id.parse().unwrap_or(0));
    }

    /// The `n`-th unused id.
    pub(crate) fn free_id(&self, n: u64) -> String {
        (self.last_id + n).to_string()
    }

    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values()
    }

    /// The session, whoever owns it.
    pub(crate) fn any_session(&self, id: &str) -> Option<&Session> {
        self.sessions.get(&id.to_ascii_lowercase())
    }

    /// The session, if the caller may use it.
    pub(crate) fn session(
        &self,
        caller: &Caller,
        id: &str,
        now: Timestamp,
    ) -> Result<&Session, Refusal> {
        let id = id.to_ascii_lowercase();
        if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let code = ClientErrorCode::InvalidUploadSessionId;
            return Err(Refusal::bad_request(code, "the session id must be 32 hexadecimal digits"));
        }
        let Some(session) = self.sessions.get(&id) else { return Err(self.missing_session(&id)) };
        if session.user != caller.user {
            let text = "the session belongs to another user";
            return Err(Refusal::forbidden(ClientErrorCode::Forbidden, text));
        }
        if session.expires <= now { Err(session_expired()) } else { Ok(session) }
    }

    /// Whether a session with this id was committed.
    pub(crate) fn is_committed(&self, id: &str) -> bool {
        matches!(self.ended.get(&id.to_ascii_lowercase()), Some(SessionEnd::Committed))
    }

    fn missing_session(&self, id: &str) -> Refusal {
        let ended = ClientErrorCode::UploadSessionNotFound;
        match self.ended.get(id) {
            None => Refusal::not_found(ClientErrorCode::NotFound, "no such session"),
            Some(SessionEnd::Aborted) => Refusal::not_found(ended, "the session was aborted"),
            Some(SessionEnd::Committed) => Refusal::not_found(ended, "the session was committed"),
            Some(SessionEnd::Expired) => session_expired(),
            Some(SessionEnd::Failed) => {
                Refusal::gone(ClientErrorCode::UploadFailed, "the session has failed")
            }
        }
    }

    /// Checks size, quota, folder and name. `own` is the file to be replaced, which may have the
    /// name.
    pub(crate) fn check_upload(
        &self,
        caller: &Caller,
        folder: &str,
        name: &str,
        size: u64,
        own: Option<&File>,
    ) -> Result<(), Refusal> {
        caller.check_upload_scope()?;
        name::check_name(name)?;
        self.tree.check_writable(folder)?;
        if size > self.settings.largest_file {
            let text =
                format!("the file exceeds the limit of {} bytes", self.settings.largest_file);
            return Err(Refusal::forbidden(ClientErrorCode::FileSizeLimitExceeded, text));
        }
        let others = self.tree.used() - own.map_or(0, |file| file.size);
        if others.saturating_add(size) > self.settings.quota {
            let text = "the storage quota is exhausted";
            return Err(Refusal::forbidden(ClientErrorCode::StorageLimitExceeded, text));
        }
        self.tree.check_name_is_free(folder, name, own.map(|file| &*file.id))
    }

    /// Creates a session for a new file. `base` is the prefix of its URLs.
    pub(crate) fn create_session(
        &self,
        caller: &Caller,
        body: &CreateUploadSessionBody,
        base: &str,
        now: Timestamp,
    ) -> Result<Session, Refusal> {
        caller.check_upload_scope()?;
        let size = self.session_size(body.file_size)?;
        let folder = self.tree.folder(&body.folder_id, ClientErrorCode::InvalidParameter)?;
        self.check_upload(caller, &folder.id, &body.file_name, size, None)?;
        let folder = folder.id.clone();
        let name = body.file_name.clone();
        if self.is_committing(now, |target| self.takes_name(target, &folder, &name)) {
            let text = "the name is reserved by another upload";
            return Err(Refusal::conflict(ClientErrorCode::NameTemporarilyReserved, text));
        }
        self.new_session(caller, Target::NewFile { folder, name }, size, base, now)
    }

    /// Creates a session for a new version of a file.
    pub(crate) fn create_version_session(
        &self,
        caller: &Caller,
        file: &str,
        body: &CreateUploadSessionForVersionBody,
        base: &str,
        now: Timestamp,
    ) -> Result<Session, Refusal> {
        caller.check_upload_scope()?;
        let file = self.tree.file(file)?;
        let size = self.session_size(body.file_size)?;
        let name = body.file_name.as_deref().unwrap_or(&file.name);
        self.check_upload(caller, &file.folder, name, size, Some(file))?;
        let same = |target: &Target| matches!(target, Target::NewVersion { file: id, .. } if *id == file.id);
        if self.is_committing(now, same) {
            let text = "another upload is creating a new version of the file";
            return Err(Refusal::conflict(ClientErrorCode::OperationBlockedTemporary, text));
        }
        let target = Target::NewVersion { file: file.id.clone(), name: body.file_name.clone() };
        self.new_session(caller, target, size, base, now)
    }

    fn session_size(&self, size: u64) -> Result<u64, Refusal> {
        if size == 0 {
            let text = "the file size must be a positive number of bytes";
            return Err(Refusal::bad_request(ClientErrorCode::InvalidFileSize, text));
        }
        if size < self.settings.smallest_file {
            let text =
                format!("upload sessions require at least {} bytes", self.settings.smallest_file);
            return Err(Refusal::bad_request(ClientErrorCode::FileSizeTooSmall, text));
        }
        Ok(size)
    }

    fn takes_name(&self, target: &Target, folder: &str, name: &str) -> bool {
        match target {
            Target::NewFile { folder: other, name: taken } => {
                other == folder && name::fold_case(taken) == name::fold_case(name)
            }
            Target::NewVersion { .. } => false,
        }
    }

    fn is_committing(&self, now: Timestamp, concerns: impl Fn(&Target) -> bool) -> bool {
        let committing = |session: &&Session| session.committing.is_some_and(|until| until > now);
        self.sessions.values().filter(committing).any(|session| concerns(&session.target))
    }

    /// Creates a session, unless an identical request created one that is still unused: then its
    /// response was lost, and the session is returned as a conflict.
    fn new_session(
        &self,
        caller: &Caller,
        target: Target,
        size: u64,
        base: &str,
        now: Timestamp,
    ) -> Result<Session, Refusal> {
        let earlier = self.sessions.values().find(|session| {
            session.parts.is_empty()
                && session.expires > now
                && (&session.target, session.size) == (&target, size)
                && session.user == caller.user
        });
        if let Some(session) = earlier {
            return Err(self.session_conflict(session, base, now));
        }
        let expires = now.plus(self.settings.session_life);
        Ok(Session {
            id: random::random_hex(32),
            user: caller.user.clone(),
            target,
            size,
            part_size: self.settings.part_size(size),
            expires,
            parts: Default::default(),
            committing: None,
        })
    }

    /// The refusal that contains an existing session.
    pub(crate) fn session_conflict(
        &self,
        session: &Session,
        base: &str,
        now: Timestamp,
    ) -> Refusal {
        let mut context = ClientErrorContextInfo::default();
        let session = Box::new(self.upload_session(session, base, now));
        context.session = Some(ConflictingSession::UploadSession(session));
        let text = "this session already exists";
        Refusal::conflict(ClientErrorCode::SessionConflict, text).with_context(context)
    }

    /// Creates a folder.
    pub(crate) fn create_folder(
        &self,
        parent: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<Folder, Refusal> {
        let parent = self.tree.folder(parent, ClientErrorCode::NotFound)?;
        name::check_name(name)?;
        self.tree.check_writable(&parent.id)?;
        self.tree.check_name_is_free(&parent.id, name, None)?;
        let parent = parent.id.clone();
        let name = name.to_owned();
        Ok(Folder { id: self.free_id(1), parent, name, created: now })
    }

    /// Events that end the expired sessions.
    pub(crate) fn expired_sessions(&self, now: Timestamp) -> Vec<Event> {
        let mut events = Vec::new();
        for session in self.sessions.values().filter(|session| session.expires <= now) {
            let session = session.id.clone();
            events.push(Event::SessionEnded { session, end: SessionEnd::Expired });
        }
        events
    }

    /// Records until when the session's commit is pending.
    pub(crate) fn set_committing(&mut self, id: &str, until: Timestamp) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.committing = Some(until);
        }
    }
}

fn session_expired() -> Refusal {
    Refusal::gone(ClientErrorCode::SessionExpired, "the session has expired")
}
