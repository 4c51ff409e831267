//! The upload of a small file, in one request.

use std::sync::Arc;

use box_upload_sessions::operations::{UploadFileForm, UploadFileVersionForm};
use box_upload_sessions::runtime::{self, Body};
use box_upload_sessions::types::{
    ClientErrorCode, FileFull, Files, NewFile, NewFileVersion, ParentFolder, PreflightFileBody,
};

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::hashing::{change, hash_all};
use crate::journal::{Entry, Journal};
use crate::options::{Attributes, Destination};
use crate::outgoing::{self, source_error};
use crate::recovery::{Attempt, Step, recover};
use crate::source::Source;
use crate::stored::{confirm, same_file, stored_file};
use crate::target::Target;
use crate::{ErrorKind, Sha1Hash};

/// The direct upload of a source.
pub(crate) struct Direct<'a> {
    pub(crate) context: &'a Arc<Context>,
    pub(crate) source: &'a Source,
    pub(crate) attributes: &'a Attributes,
    pub(crate) if_match: Option<&'a str>,
    pub(crate) journal: Option<&'a mut Journal>,
    /// Whether to ask if the name is free before anything is sent.
    pub(crate) asks_first: bool,
}

impl Direct<'_> {
    /// Uploads until Box has the file. Where the name is taken, the target changes as its user
    /// wants.
    pub(crate) async fn run(
        mut self,
        target: &mut Target,
        in_doubt: &mut bool,
    ) -> Result<(FileFull, Sha1Hash), ErrorKind> {
        if self.attributes.description.is_some() {
            let what = "Box takes a description only with a file that is uploaded in parts";
            return Err(ErrorKind::Invalid(what.to_owned()));
        }
        let context = Arc::clone(self.context);
        let sha1 = self.hash().await?;
        self.note(target, sha1);
        let mut step = DirectStep { direct: self, target, sha1 };
        let file = recover(&mut step, &context, in_doubt).await?;
        Ok((file, sha1))
    }

    /// Notes what may soon be stored, so that it is recognized should nobody be there to see it.
    fn note(&mut self, target: &Target, sha1: Sha1Hash) {
        if let (Some(journal), Some(entry)) = (&mut self.journal, Entry::of(self.source, target)) {
            let begun = journal.begin(entry);
            self.context.noted(begun.and_then(|()| journal.note_commit(sha1)));
        }
    }

    async fn hash(&self) -> Result<Sha1Hash, ErrorKind> {
        let hashed = hash_all(self.source, &self.context.policy.buffers).await;
        hashed.map_err(|error| source_error(self.context, error))
    }

    async fn ask_and_send(&self, target: &Target, sha1: Sha1Hash) -> Result<Files, Failure> {
        if let (true, Destination::Folder(folder)) = (self.asks_first, &target.destination) {
            let mut body = PreflightFileBody::new(&target.name, ParentFolder::new(folder));
            body.size = Some(self.context.size);
            let request = || self.context.client.preflight_file(&body);
            self.context.persist("preflight_file", request).await?;
        }
        self.once(target, sha1).await
    }

    async fn once(&self, target: &Target, sha1: Sha1Hash) -> Result<Files, Failure> {
        let (client, digest) = (&self.context.client, sha1.to_string());
        let (created, modified) =
            (self.attributes.created_at.clone(), self.attributes.modified_at.clone());
        let (all, name) = (0..self.context.size, &target.name);
        let part = |body: Body| runtime::Part::new(body).file_name(name);
        match &target.destination {
            Destination::Folder(folder) => {
                let mut file = NewFile::new(name, ParentFolder::new(folder));
                file.content_created_at = created;
                file.content_modified_at = modified;
                let request = |body| {
                    let form = UploadFileForm::new(&file, part(body));
                    client.upload_file(form).content_md5(&digest)
                };
                outgoing::send("upload_file", self.context, self.source, all, request).await
            }
            Destination::File(id) => {
                let mut version = NewFileVersion::default();
                version.name = target.new_name().map(str::to_owned);
                version.content_modified_at = modified;
                let request = |body| {
                    let form = UploadFileVersionForm::new(&version, part(body));
                    let request = client.upload_file_version(id, form).content_md5(&digest);
                    match self.if_match {
                        Some(etag) => request.if_match(etag),
                        None => request,
                    }
                };
                outgoing::send("upload_file_version", self.context, self.source, all, request).await
            }
        }
    }
}

/// An upload in one request that is under way.
struct DirectStep<'a> {
    direct: Direct<'a>,
    target: &'a mut Target,
    sha1: Sha1Hash,
}

impl Step for DirectStep<'_> {
    type Done = FileFull;
    type Error = ErrorKind;

    async fn attempt(&mut self) -> Result<Attempt<FileFull>, ErrorKind> {
        let context = self.direct.context;
        let buffers = &context.policy.buffers;
        if let Some(what) = change(self.direct.source, buffers, self.sha1).await {
            return Err(context.changed(what));
        }
        let files = match self.direct.ask_and_send(self.target, self.sha1).await {
            Ok(files) => files,
            Err(failure) => return Ok(Attempt::Failed(failure)),
        };
        let Some(file) = files.entries.into_iter().next() else {
            let text = "no file in the answer";
            return Ok(Attempt::Failed(Failure::new("upload_file", Outcome::Unknown, text)));
        };
        let file = confirm(context, file, self.sha1).await?;
        context.has_stored(context.size);
        Ok(Attempt::Done(file))
    }

    async fn interpret(&mut self, mut failure: Failure) -> Result<Failure, ErrorKind> {
        if failure.is(&ClientErrorCode::BadDigest) {
            // Either the source has changed since it was hashed, or the way here is bad.
            if self.direct.hash().await? != self.sha1 {
                return Err(self.direct.context.changed("its content did"));
            }
            failure.outcome = Outcome::NotDone;
        }
        Ok(failure)
    }

    async fn look(&mut self, _: &Failure) -> Result<Option<FileFull>, ErrorKind> {
        let context = self.direct.context;
        let found = stored_file(context, self.target, self.sha1).await?;
        if found.is_some() {
            context.has_stored(context.size);
        }
        Ok(found)
    }

    async fn refused(&mut self, failure: Failure) -> Result<Option<FileFull>, ErrorKind> {
        if !failure.is(&ClientErrorCode::ItemNameInUse) {
            return Err(failure.into());
        }
        let Direct { context, source, .. } = self.direct;
        let same = same_file(context, source, self.target, &failure, Some(self.sha1)).await?;
        if let Some((file, _)) = same {
            return Ok(Some(file));
        }
        self.target.give_way(failure)?;
        self.direct.note(self.target, self.sha1);
        Ok(None)
    }
}
