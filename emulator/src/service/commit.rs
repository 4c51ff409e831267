//! Creating files: by committing a session, or in one request.

use std::time::Duration;

use box_upload_sessions::types::{ClientErrorCode, Part};

use super::{Attributes, Blob, Caller, File, Refusal, Service, Session, Target};
use crate::timestamp::Timestamp;
use box_upload_common::Sha1Hash;

/// A commit request.
#[derive(Clone, Debug)]
pub(crate) struct CommitRequest {
    pub(crate) parts: Vec<Part>,
    pub(crate) attributes: Attributes,
    pub(crate) preconditions: Preconditions,
}

/// Conditional headers (RFC 9110, section 13.1).
#[derive(Clone, Debug, Default)]
pub(crate) struct Preconditions {
    pub(crate) if_match: Option<String>,
    pub(crate) if_none_match: Option<String>,
}

impl Preconditions {
    /// Checks the conditions against an item with this etag, or against none.
    pub(crate) fn check(&self, etag: Option<u64>) -> Result<(), Refusal> {
        if self.if_match.as_ref().is_some_and(|tags| !contains_etag(tags, etag)) {
            return Err(Refusal::precondition("the item's etag is not the one of `If-Match`"));
        }
        if self.if_none_match.as_ref().is_some_and(|tags| contains_etag(tags, etag)) {
            return Err(Refusal::precondition("the item's etag is the one of `If-None-Match`"));
        }
        Ok(())
    }
}

/// Whether a list of entity tags contains this one, or `*`.
fn contains_etag(tags: &str, etag: Option<u64>) -> bool {
    let Some(etag) = etag.map(|etag| etag.to_string()) else { return false };
    let mut tags = tags.split(',').map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'));
    tags.any(|tag| tag == "*" || tag == etag)
}

/// Whether a commit can proceed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CommitReadiness {
    Now,
    /// Parts are still being processed.
    Later(Duration),
}

/// An upload in one request.
#[derive(Clone, Debug)]
pub(crate) struct DirectUpload {
    pub(crate) target: Target,
    pub(crate) attributes: Attributes,
    pub(crate) preconditions: Preconditions,
}

impl Service {
    /// Checks a commit before its content is hashed.
    pub(crate) fn check_commit(
        &self,
        caller: &Caller,
        id: &str,
        commit: &CommitRequest,
        now: Timestamp,
    ) -> Result<CommitReadiness, Refusal> {
        let session = self.session(caller, id, now)?;
        session.check_parts(&commit.parts)?;
        let processed = session.all_processed(self.settings.processing_delay);
        match processed.filter(|at| *at > now) {
            Some(at) => Ok(CommitReadiness::Later(at.after(now))),
            None => Ok(CommitReadiness::Now),
        }
    }

    /// Creates the file of a session whose content has this hash.
    pub(crate) fn commit_session(
        &self,
        caller: &Caller,
        id: &str,
        commit: &CommitRequest,
        sha1: Sha1Hash,
        now: Timestamp,
    ) -> Result<File, Refusal> {
        let session = self.session(caller, id, now)?;
        session.check_parts(&commit.parts)?;
        let content = session.parts.values().map(|part| part.blob.clone()).collect();
        let Session { target, size, .. } = session;
        let content = Content { blobs: content, size: *size, sha1 };
        self.make_file(caller, target, content, &commit.attributes, &commit.preconditions, now)
    }

    /// Checks an upload of at least `size` bytes in one request.
    pub(crate) fn check_direct(
        &self,
        caller: &Caller,
        direct: &DirectUpload,
        size: u64,
    ) -> Result<(), Refusal> {
        let (folder, name, own) = self.resolve_target(&direct.target)?;
        direct.preconditions.check(own.map(|file| file.etag))?;
        self.check_upload(caller, folder, name, size, own)
    }

    /// Creates the file of an upload in one request.
    pub(crate) fn store_direct(
        &self,
        caller: &Caller,
        direct: &DirectUpload,
        sha1: Sha1Hash,
        blob: &Blob,
        now: Timestamp,
    ) -> Result<File, Refusal> {
        let content = Content { blobs: vec![blob.clone()], size: blob.size, sha1 };
        let DirectUpload { target, attributes, preconditions } = direct;
        self.make_file(caller, target, content, attributes, preconditions, now)
    }

    /// Folder and name of a target, and the file it replaces.
    pub(crate) fn resolve_target<'a>(
        &'a self,
        target: &'a Target,
    ) -> Result<(&'a str, &'a str, Option<&'a File>), Refusal> {
        match target {
            Target::NewFile { folder, name } => {
                let folder = self.tree.folder(folder, ClientErrorCode::NotFound)?;
                Ok((&folder.id, name, None))
            }
            Target::NewVersion { file, name } => {
                let file = self.tree.file(file)?;
                Ok((&file.folder, name.as_deref().unwrap_or(&file.name), Some(file)))
            }
        }
    }

    fn make_file(
        &self,
        caller: &Caller,
        target: &Target,
        content: Content,
        attributes: &Attributes,
        preconditions: &Preconditions,
        now: Timestamp,
    ) -> Result<File, Refusal> {
        let (folder, name, own) = self.resolve_target(target)?;
        preconditions.check(own.map(|file| file.etag))?;
        self.check_upload(caller, folder, name, content.size, own)?;
        Ok(File {
            id: own.map_or_else(|| self.free_id(1), |file| file.id.clone()),
            version_id: self.free_id(2),
            folder: folder.to_owned(),
            name: name.to_owned(),
            size: content.size,
            sha1: content.sha1,
            etag: own.map_or(0, |file| file.etag + 1),
            content: content.blobs,
            created: own.map_or(now, |file| file.created),
            modified: now,
            created_by: own.map_or(&caller.user, |file| &file.created_by).clone(),
            modified_by: caller.user.clone(),
            attributes: attributes.clone(),
        })
    }
}

struct Content {
    blobs: Vec<Blob>,
    size: u64,
    sha1: Sha1Hash,
}
