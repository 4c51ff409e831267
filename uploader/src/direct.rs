//! Uploading a small file in one request.

use std::sync::Arc;

use box_upload_sessions::operations::{UploadFileForm, UploadFileVersionForm};
use box_upload_sessions::runtime::{self, Body};
use box_upload_sessions::types::{
    ClientErrorCode, FileFull, Files, NewFile, NewFileVersion, ParentFolder, PreflightFileBody,
};

use crate::context::Context;
use crate::hashing::{find_change, hash_source};
use crate::journal::{Entry, Journal};
use crate::options::{Attributes, Destination};
use crate::outgoing::{self, source_error};
use crate::recovery::{Attempt, Step, run_step};
use crate::request_error::{Outcome, RequestError};
use crate::source::Source;
use crate::stored::{confirm_hash, find_identical_file, find_stored_file};
use crate::target::Target;
use crate::{ErrorKind, Sha1Hash};

/// An upload in one request.
pub(crate) struct Direct<'a> {
    pub(crate) context: &'a Arc<Context>,
    pub(crate) source: &'a Source,
    pub(crate) attributes: &'a Attributes,
    pub(crate) if_match: Option<&'a str>,
    pub(crate) journal: Option<&'a mut Journal>,
    /// Whether to check that the name is free before sending content.
    pub(crate) preflight_first: bool,
}

impl Direct<'_> {
    /// Uploads until Box has the file. If the name is taken, `target` changes according to the
    /// conflict policy.
    pub(crate) async fn upload_content(
        mut self,
        target: &mut Target,
        in_doubt: &mut bool,
    ) -> Result<(FileFull, Sha1Hash), ErrorKind> {
        if self.attributes.description.is_some() {
            let what = "only files uploaded in parts can have a description";
            return Err(ErrorKind::Invalid(what.to_owned()));
        }
        let context = Arc::clone(self.context);
        let sha1 = self.hash_source().await?;
        self.note_in_journal(target, sha1);
        let mut step = DirectStep { direct: self, target, sha1 };
        let file = run_step(&mut step, &context, in_doubt).await?;
        Ok((file, sha1))
    }

    /// Notes in the journal what is about to be stored, so that a later run recognizes it.
    fn note_in_journal(&mut self, target: &Target, sha1: Sha1Hash) {
        if let (Some(journal), Some(entry)) =
            (&mut self.journal, Entry::for_upload(self.source, target))
        {
            let begun = journal.begin_entry(entry);
            self.context.warn_on_journal_error(begun.and_then(|()| journal.note_commit(sha1)));
        }
    }

    async fn hash_source(&self) -> Result<Sha1Hash, ErrorKind> {
        let hashed = hash_source(self.source, &self.context.policy.buffers).await;
        hashed.map_err(|error| source_error(self.context, error))
    }

    async fn preflight_and_send(
        &self,
        target: &Target,
        sha1: Sha1Hash,
    ) -> Result<Files, RequestError> {
        if let (true, Destination::Folder(folder)) = (self.preflight_first, &target.destination) {
            let body = PreflightFileBody::new(&target.name, ParentFolder::new(folder))
                .size(self.context.size);
            let request = || self.context.client.preflight_file(&body);
            self.context.send_retrying("preflight_file", request).await?;
        }
        self.send_once(target, sha1).await
    }

    async fn send_once(&self, target: &Target, sha1: Sha1Hash) -> Result<Files, RequestError> {
        let client = &self.context.client;
        let digest = sha1.to_string();
        let created = self.attributes.created_at.clone();
        let modified = self.attributes.modified_at.clone();
        let all = 0..self.context.size;
        let name = &target.name;
        let part = |body: Body| runtime::Part::new(body).file_name(name);
        match &target.destination {
            Destination::Folder(folder) => {
                let mut file = NewFile::new(name, ParentFolder::new(folder));
                file.content_created_at = created;
                file.content_modified_at = modified;
                outgoing::send_body("upload_file", self.context, self.source, all, |body| {
                    let form = UploadFileForm::new(&file, part(body));
                    client.upload_file(form).content_md5(&digest)
                })
                .await
            }
            Destination::File(id) => {
                let mut version = NewFileVersion::default();
                version.name = target.new_name().map(str::to_owned);
                version.content_modified_at = modified;
                outgoing::send_body("upload_file_version", self.context, self.source, all, |body| {
                    let form = UploadFileVersionForm::new(&version, part(body));
                    let request = client.upload_file_version(id, form).content_md5(&digest);
                    match self.if_match {
                        Some(etag) => request.if_match(etag),
                        None => request,
                    }
                })
                .await
            }
        }
    }
}

/// An upload in one request, under way.
struct DirectStep<'a> {
    direct: Direct<'a>,
    target: &'a mut Target,
    sha1: Sha1Hash,
}

impl Step for DirectStep<'_> {
    type Done = FileFull;
    type Error = ErrorKind;

    async fn send_once(&mut self) -> Result<Attempt<FileFull>, ErrorKind> {
        let context = self.direct.context;
        let buffers = &context.policy.buffers;
        if let Some(what) = find_change(self.direct.source, buffers, self.sha1).await {
            return Err(context.source_changed(what));
        }
        let files = match self.direct.preflight_and_send(self.target, self.sha1).await {
            Ok(files) => files,
            Err(failure) => return Ok(Attempt::Failed(failure)),
        };
        let Some(file) = files.entries.into_iter().next() else {
            let text = "the response contains no file";
            return Ok(Attempt::Failed(RequestError::new("upload_file", Outcome::Unknown, text)));
        };
        let file = confirm_hash(context, file, self.sha1).await?;
        context.count_stored(context.size);
        Ok(Attempt::Done(file))
    }

    async fn interpret_failure(
        &mut self,
        mut failure: RequestError,
    ) -> Result<RequestError, ErrorKind> {
        if failure.is(&ClientErrorCode::BadDigest) {
            // Either the source changed since it was hashed, or the data was damaged in transit.
            if self.direct.hash_source().await? != self.sha1 {
                return Err(self.direct.context.source_changed("its content"));
            }
            failure.outcome = Outcome::NotDone;
        }
        Ok(failure)
    }

    async fn find_result(&mut self, _: &RequestError) -> Result<Option<FileFull>, ErrorKind> {
        let context = self.direct.context;
        let found = find_stored_file(context, self.target, self.sha1).await?;
        if found.is_some() {
            context.count_stored(context.size);
        }
        Ok(found)
    }

    async fn handle_refusal(
        &mut self,
        failure: RequestError,
    ) -> Result<Option<FileFull>, ErrorKind> {
        if !failure.is(&ClientErrorCode::ItemNameInUse) {
            return Err(failure.into());
        }
        let Direct { context, source, .. } = self.direct;
        let same =
            find_identical_file(context, source, self.target, &failure, Some(self.sha1)).await?;
        if let Some((file, _)) = same {
            return Ok(Some(file));
        }
        self.target.resolve_conflict(failure)?;
        self.direct.note_in_journal(self.target, self.sha1);
        Ok(None)
    }
}
