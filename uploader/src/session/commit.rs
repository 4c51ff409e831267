//! The end of a session: a file is made of its parts.

use std::time::Duration;

use box_upload_sessions::operations::CommitUploadSessionOutcome;
use box_upload_sessions::runtime::RetryAfter;
use box_upload_sessions::types::{
    ClientErrorCode, CommitUploadSessionBody, FileAttributes, FileFull, Part,
};
use tokio::time::Instant;

use super::{Complete, MOST_SKIPPED, Session};
use crate::context::{Attempts, Context, Stop};
use crate::failure::{Failure, Outcome};
use crate::hashing::change;
use crate::options::Attributes;
use crate::source::Source;
use crate::stored::{confirm, stored_file};
use crate::target::{Target, conflict};
use crate::{ErrorKind, Event};

/// After how many answers that the parts do not match the lists are compared.
const MISMATCHES: u32 = 3;

/// The commit of a session.
pub(crate) struct Commit<'a> {
    pub(crate) context: &'a Context,
    pub(crate) source: &'a Source,
    pub(crate) session: &'a Session,
    pub(crate) complete: &'a Complete,
    pub(crate) target: &'a Target,
    pub(crate) attributes: &'a Attributes,
    pub(crate) if_match: Option<&'a str>,
    /// Whether an earlier commit of the same content may come through, of another session maybe.
    pub(crate) doubtful: bool,
}

impl Commit<'_> {
    /// Commits, waits until the file is there, and confirms its hash.
    pub(crate) async fn run(&self) -> Result<FileFull, Stop> {
        let (context, sha1) = (self.context, self.complete.sha1);
        context.emit(&Event::Committing { sha1 });
        let mut attempts = Attempts::new(context);
        let mut patience = Patience::new(context);
        let (mut doubtful, mut mismatches) = (self.doubtful, 0);
        loop {
            let buffers = &context.policy.buffers;
            if let Some(what) = change(self.source, buffers, sha1).await {
                return Err(self.context.changed(what).into());
            }
            let failure = match self.once().await {
                Ok(CommitUploadSessionOutcome::Created(files)) => {
                    match files.entries.into_iter().next() {
                        Some(file) => return Ok(confirm(context, file, sha1).await?),
                        None => unclear("the answer names no file"),
                    }
                }
                Ok(CommitUploadSessionOutcome::Accepted { retry_after }) => {
                    patience.wait(retry_after.map(RetryAfter::delay)).await?;
                    continue;
                }
                Ok(_) => unclear("the answer has an unknown meaning"),
                Err(failure) => failure,
            };
            if failure.is(&ClientErrorCode::PartsMismatch) {
                // Right after the last part this passes by itself.
                mismatches += 1;
                if mismatches % MISMATCHES == 0 {
                    self.compare().await?;
                }
                patience.wait(failure.retry_after).await?;
                continue;
            }
            let unknown = matches!(failure.outcome, Outcome::Unknown);
            if failure.is_session_gone() || unknown {
                match self.settle(&failure).await? {
                    Some(file) => return Ok(file),
                    None => doubtful = true,
                }
            } else if !matches!(failure.outcome, Outcome::NotDone) {
                return self.refused(failure, doubtful).await;
            }
            attempts.again(failure).await?;
        }
    }

    async fn once(&self) -> Result<CommitUploadSessionOutcome, Failure> {
        let mut body = CommitUploadSessionBody::new(self.complete.parts.clone());
        body.file_attributes = (!self.attributes.is_empty()).then(|| self.file_attributes());
        let (client, digest) = (&self.context.client, self.complete.sha1.header());
        let request = || {
            let mut request = client.commit_upload_session(&self.session.id, &digest, &body);
            if let Some(url) = &self.session.commit {
                request = request.at(url);
            }
            if let Some(etag) = self.if_match {
                request = request.if_match(etag);
            }
            request
        };
        self.context.once("commit_upload_session", request).await
    }

    fn file_attributes(&self) -> FileAttributes {
        let Attributes { description, created_at, modified_at } = self.attributes.clone();
        let mut attributes = FileAttributes::default();
        attributes.description = description;
        attributes.content_created_at = created_at;
        attributes.content_modified_at = modified_at;
        attributes
    }

    /// Finds out what came of a commit whose outcome is unknown: the file, or nothing yet. First
    /// the session says whether it has ended, and if so the folder says whether with a file. Only
    /// if the commit was told so, too, a session without a file is lost.
    async fn settle(&self, failure: &Failure) -> Result<Option<FileFull>, Stop> {
        match self.session.status(self.context).await {
            Ok(()) => return Ok(None),
            Err(status) if status.is_session_gone() => {}
            Err(status) => return Err(status.into()),
        }
        match stored_file(self.context, self.target, self.complete.sha1).await? {
            Some(file) => {
                self.context.recovered(failure);
                Ok(Some(file))
            }
            None if failure.is_session_gone() => Err(Stop::lost(&failure.text)),
            None => Ok(None),
        }
    }

    /// What a commit that was refused means.
    async fn refused(&self, failure: Failure, doubtful: bool) -> Result<FileFull, Stop> {
        if failure.is(&ClientErrorCode::DigestMismatch) {
            let what = "the parts together have another hash than the file".to_owned();
            let kind = Some(Box::new(ErrorKind::Corrupted { what: what.clone() }));
            return Err(Stop::Lost { reason: what, kind, whole: true });
        }
        // An earlier commit may have made just this file.
        let in_the_way = failure.is(&ClientErrorCode::ItemNameInUse) || failure.status == Some(412);
        if doubtful
            && in_the_way
            && let Some(file) = stored_file(self.context, self.target, self.complete.sha1).await?
        {
            self.context.recovered(&failure);
            return Ok(file);
        }
        if failure.is(&ClientErrorCode::ItemNameInUse) {
            let there = conflict(&failure);
            let (id, sha1) = there.map_or((None, None), |there| (there.id, there.sha1));
            let kind = ErrorKind::NameInUse { name: self.target.name.clone(), id, sha1 };
            if !self.target.gives_way() {
                return Err(kind.into());
            }
            // Creating another session settles what is to be done about the name.
            let kind = Some(Box::new(kind));
            return Err(Stop::Lost { reason: failure.text, kind, whole: false });
        }
        Err(failure.into())
    }

    /// Fails if the service has other parts than those that it is told to use.
    async fn compare(&self) -> Result<(), Stop> {
        let there = self.session.list(self.context).await?;
        // What a list cannot reach is not missing.
        let reach = there.last_key_value().filter(|_| there.len() > MOST_SKIPPED);
        let reach = reach.map_or(u64::MAX, |(offset, _)| *offset);
        let same = |part: &Part| part.offset > reach || there.get(&part.offset) == Some(part);
        match self.complete.parts.iter().find(|part| !same(part)) {
            Some(part) => Err(Stop::lost(format!("the part at {} is gone", part.offset))),
            None => Ok(()),
        }
    }
}

fn unclear(text: &str) -> Failure {
    Failure::new("commit_upload_session", Outcome::Unknown, text)
}

/// How long the service may take to process parts.
struct Patience<'a> {
    context: &'a Context,
    start: Instant,
    waits: u32,
}

impl<'a> Patience<'a> {
    fn new(context: &'a Context) -> Self {
        Self { context, start: Instant::now(), waits: 0 }
    }

    /// Waits for as long as the service asks, or for a while.
    async fn wait(&mut self, asked: Option<Duration>) -> Result<(), ErrorKind> {
        let retry = &self.context.policy.retry;
        let waited = self.start.elapsed();
        let left = retry.processing.saturating_sub(waited);
        if left.is_zero() {
            return Err(ErrorKind::NotProcessed { waited });
        }
        self.waits += 1;
        // Asking without a pause would only keep the service from its work.
        let pause = retry.delay(self.waits).max(retry.first_delay / 2);
        let delay = asked.filter(|asked| !asked.is_zero()).unwrap_or(pause).min(left);
        self.context.emit(&Event::Processing { delay });
        tokio::time::sleep(delay).await;
        Ok(())
    }
}
