//! The upload of a small file, in one request.

use std::sync::Arc;

use box_upload_sessions::operations::{UploadFileForm, UploadFileVersionForm};
use box_upload_sessions::runtime::{self, Body};
use box_upload_sessions::types::{
    ClientErrorCode, FileFull, Files, NewFile, NewFileVersion, ParentFolder, PreflightFileBody,
};

use crate::context::{Attempts, Context, REJECTIONS};
use crate::failure::{Failure, Outcome};
use crate::hashing::{change, hash_all};
use crate::journal::{Entry, Journal};
use crate::options::{Attributes, Destination};
use crate::outgoing::{self, source_error};
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
    /// Whether an earlier upload of the same content may come through.
    pub(crate) doubtful: &'a mut bool,
    /// Whether to ask if the name is free before anything is sent.
    pub(crate) asks_first: bool,
}

impl Direct<'_> {
    /// Uploads until Box has the file. Where the name is taken, the target changes as its user
    /// wants.
    pub(crate) async fn run(
        mut self,
        target: &mut Target,
    ) -> Result<(FileFull, Sha1Hash), ErrorKind> {
        if self.attributes.description.is_some() {
            let what = "Box takes a description only with a file that is uploaded in parts";
            return Err(ErrorKind::Invalid(what.to_owned()));
        }
        let context = self.context;
        let (mut attempts, mut rejections) = (Attempts::new(context), 0);
        let sha1 = self.hash().await?;
        self.note(target, sha1);
        loop {
            if let Some(what) = change(self.source, &context.policy.buffers, sha1).await {
                return Err(self.context.changed(what));
            }
            let mut failure = match self.ask_and_send(target, sha1).await {
                Ok(files) => match files.entries.into_iter().next() {
                    Some(file) => return self.done(file, sha1).await,
                    None => Failure::new("upload_file", Outcome::Unknown, "no file in the answer"),
                },
                Err(failure) => failure,
            };
            match failure.outcome {
                Outcome::NotDone => {}
                Outcome::Unknown => *self.doubtful = true,
                Outcome::Unauthorized if rejections < REJECTIONS => rejections += 1,
                Outcome::Refused if failure.is(&ClientErrorCode::BadDigest) => {
                    if self.hash().await? != sha1 {
                        return Err(self.context.changed("its content did"));
                    }
                    failure.outcome = Outcome::NotDone;
                }
                // The version that an earlier attempt made has another etag.
                Outcome::Refused if *self.doubtful && failure.status == Some(412) => {
                    let Some(file) = self.find(target, sha1).await? else {
                        return Err(failure.into_kind(attempts.failed + 1));
                    };
                    context.recovered(&failure);
                    return self.done(file, sha1).await;
                }
                Outcome::Refused if failure.is(&ClientErrorCode::ItemNameInUse) => {
                    // An earlier attempt may have made just this file.
                    if *self.doubtful
                        && let Some(file) = self.find(target, sha1).await?
                    {
                        context.recovered(&failure);
                        return self.done(file, sha1).await;
                    }
                    let same =
                        same_file(context, self.source, target, &failure, Some(sha1)).await?;
                    if let Some((file, sha1)) = same {
                        return Ok((file, sha1));
                    }
                    target.give_way(failure)?;
                    self.note(target, sha1);
                    continue;
                }
                _ => return Err(failure.into_kind(attempts.failed + 1)),
            }
            // Asking brings a fresh token, too, which a body that streams cannot wait for.
            if !matches!(failure.outcome, Outcome::NotDone) {
                if let Some(file) = self.find(target, sha1).await? {
                    context.recovered(&failure);
                    return self.done(file, sha1).await;
                }
                failure.outcome = Outcome::Unknown;
            }
            attempts.again(failure).await.map_err(|failure| failure.into_kind(1))?;
        }
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

    async fn find(&self, target: &Target, sha1: Sha1Hash) -> Result<Option<FileFull>, ErrorKind> {
        let found = stored_file(self.context, target, sha1).await;
        found.map_err(|failure| failure.into_kind(1))
    }

    async fn done(
        &self,
        file: FileFull,
        sha1: Sha1Hash,
    ) -> Result<(FileFull, Sha1Hash), ErrorKind> {
        let file = confirm(self.context, file, sha1).await?;
        self.context.has_stored(self.context.size);
        Ok((file, sha1))
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
