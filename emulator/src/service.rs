//! The service without its network and its disks: what is there, what may happen, what happens.
//!
//! A request asks first (`&self`, gives an [`Event`] or a [`Refusal`]), and the event is applied
//! once it is safely stored. The clock is an argument.

mod blob;
mod commit;
mod event;
mod name;
mod refusal;
mod representation;
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
pub(crate) use session::{Session, StoredPart, Target};
pub(crate) use token::{Caller, DEFAULT_USER, IssuedToken, fingerprint};
pub(crate) use tree::{Attributes, File, Folder, Item};

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
    /// The highest id that a file, version or folder has.
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

    /// Lets an event happen, and gives the content that nothing needs any more.
    pub(crate) fn apply(&mut self, event: Event) -> Vec<Blob> {
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
            Event::TokenIssued(token) => self.tokens.insert(token),
            Event::TokenRevoked { fingerprint } => self.tokens.revoke(fingerprint),
        }
        Vec::new()
    }

    /// The events that lead from nothing to this state; what has ended is left out.
    pub(crate) fn snapshot(&self, now: Timestamp) -> Vec<Event> {
        let (issued, revoked) = self.tokens.snapshot(now);
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

    /// The `n`-th id from now on that nothing has yet.
    pub(crate) fn free_id(&self, n: u64) -> String {
        (self.last_id + n).to_string()
    }

    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values()
    }

    /// The session, whoever it belongs to.
    pub(crate) fn any_session(&self, id: &str) -> Option<&Session> {
        self.sessions.get(&id.to_ascii_lowercase())
    }

    /// The session, if the caller may go on with it.
    pub(crate) fn session(
        &self,
        caller: &Caller,
        id: &str,
        now: Timestamp,
    ) -> Result<&Session, Refusal> {
        let id = id.to_ascii_lowercase();
        if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let code = ClientErrorCode::InvalidUploadSessionId;
            return Err(Refusal::bad_request(code, "a session's id is 32 hexadecimal digits"));
        }
        let Some(session) = self.sessions.get(&id) else { return Err(self.missing_session(&id)) };
        if session.user != caller.user {
            let text = "another user created the session";
            return Err(Refusal::forbidden(ClientErrorCode::Forbidden, text));
        }
        if session.expires <= now { Err(session_expired()) } else { Ok(session) }
    }

    /// Whether there was such a session, and it has become a file.
    pub(crate) fn is_committed(&self, id: &str) -> bool {
        matches!(self.ended.get(&id.to_ascii_lowercase()), Some(SessionEnd::Committed))
    }

    fn missing_session(&self, id: &str) -> Refusal {
        let ended = ClientErrorCode::UploadSessionNotFound;
        match self.ended.get(id) {
            None => Refusal::not_found(ClientErrorCode::NotFound, "there is no such session"),
            Some(SessionEnd::Aborted) => Refusal::not_found(ended, "the session was aborted"),
            Some(SessionEnd::Committed) => Refusal::not_found(ended, "the session was committed"),
            Some(SessionEnd::Expired) => session_expired(),
            Some(SessionEnd::Failed) => {
                Refusal::gone(ClientErrorCode::UploadFailed, "the session is beyond repair")
            }
        }
    }

    /// Refuses what would not fit: by size, quota, place or name. `own` is the file that may
    /// have the name and is replaced.
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
            let text = format!("a file has at most {} bytes", self.settings.largest_file);
            return Err(Refusal::forbidden(ClientErrorCode::FileSizeLimitExceeded, text));
        }
        let others = self.tree.used() - own.map_or(0, |file| file.size);
        if others.saturating_add(size) > self.settings.quota {
            let text = "there is no room left for the file";
            return Err(Refusal::forbidden(ClientErrorCode::StorageLimitExceeded, text));
        }
        self.tree.check_name_is_free(folder, name, own.map(|file| &*file.id))
    }

    /// A session for a new file. `base` is what a session's URLs begin with.
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
            let text = "another upload is about to use the name";
            return Err(Refusal::conflict(ClientErrorCode::NameTemporarilyReserved, text));
        }
        self.new_session(caller, Target::NewFile { folder, name }, size, base, now)
    }

    /// A session for a new version of a file.
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
            let text = "another upload is about to make a new version of the file";
            return Err(Refusal::conflict(ClientErrorCode::OperationBlockedTemporary, text));
        }
        let target = Target::NewVersion { file: file.id.clone(), name: body.file_name.clone() };
        self.new_session(caller, target, size, base, now)
    }

    fn session_size(&self, size: u64) -> Result<u64, Refusal> {
        if size == 0 {
            let text = "a file's size is a positive number of bytes";
            return Err(Refusal::bad_request(ClientErrorCode::InvalidFileSize, text));
        }
        if size < self.settings.smallest_file {
            let text =
                format!("an upload session takes {} bytes or more", self.settings.smallest_file);
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

    /// The same create as an earlier one, whose session nobody has used yet: the answer of that
    /// one was lost, so it is given again, as a conflict.
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

    /// What a create is told whose session exists.
    pub(crate) fn session_conflict(
        &self,
        session: &Session,
        base: &str,
        now: Timestamp,
    ) -> Refusal {
        let mut context = ClientErrorContextInfo::default();
        let session = Box::new(self.upload_session(session, base, now));
        context.session = Some(ConflictingSession::UploadSession(session));
        let text = "an earlier request has created this session";
        Refusal::conflict(ClientErrorCode::SessionConflict, text).with_context(context)
    }

    /// A new folder.
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

    /// The sessions whose time is over.
    pub(crate) fn expired_sessions(&self, now: Timestamp) -> Vec<Event> {
        let expired_sessions = self.sessions.values().filter(|session| session.expires <= now);
        let end = |session: &Session| Event::SessionEnded {
            session: session.id.clone(),
            end: SessionEnd::Expired,
        };
        expired_sessions.map(end).collect()
    }

    /// Notes until when the session's commit is under way.
    pub(crate) fn set_committing(&mut self, id: &str, until: Timestamp) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.committing = Some(until);
        }
    }
}

fn session_expired() -> Refusal {
    Refusal::gone(ClientErrorCode::SessionExpired, "the session has expired")
}
