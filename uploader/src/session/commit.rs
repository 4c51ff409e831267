//! Committing a session: Box assembles the file from its parts.

use std::time::Duration;

use box_upload_sessions::operations::CommitUploadSessionOutcome;
use box_upload_sessions::runtime::RetryAfter;
use box_upload_sessions::types::{
    ClientErrorCode, CommitUploadSessionBody, FileAttributes, FileFull, Part,
};
use tokio::time::Instant;

use super::{MAX_LIST_OFFSET, Session, TransferredParts};
use crate::context::{Context, StepError};
use crate::hashing::{digest_header, find_change};
use crate::options::Attributes;
use crate::recovery::{Attempt, Step, run_step};
use crate::request_error::{Outcome, RequestError};
use crate::source::Source;
use crate::stored::{confirm_hash, find_stored_file};
use crate::target::Target;
use crate::{ErrorKind, Event};

/// After this many `parts_mismatch` responses, the lists are compared.
const MISMATCHES: u32 = 3;

/// The commit of a session.
#[derive(Clone, Copy)]
pub(crate) struct Commit<'a> {
    pub(crate) context: &'a Context,
    pub(crate) source: &'a Source,
    pub(crate) session: &'a Session,
    pub(crate) complete: &'a TransferredParts,
    pub(crate) target: &'a Target,
    pub(crate) attributes: &'a Attributes,
    pub(crate) if_match: Option<&'a str>,
    /// Whether an earlier commit of the same content, perhaps in another session, may still take
    /// effect.
    pub(crate) in_doubt: bool,
}

impl Commit<'_> {
    /// Commits, waits for the file, and confirms its hash.
    pub(crate) async fn send_commit(self) -> Result<FileFull, StepError> {
        let context = self.context;
        let mut in_doubt = self.in_doubt;
        context.emit_event(&Event::Committing { sha1: self.complete.sha1 });
        let mut step =
            CommitStep { commit: self, deadline: ProcessingDeadline::new(context), mismatches: 0 };
        run_step(&mut step, context, &mut in_doubt).await
    }

    async fn send_once(&self) -> Result<CommitUploadSessionOutcome, RequestError> {
        let mut body = CommitUploadSessionBody::new(self.complete.parts.clone());
        body.file_attributes = (!self.attributes.is_empty()).then(|| self.file_attributes());
        let client = &self.context.client;
        let digest = digest_header(self.complete.sha1);
        let mut request = client.commit_upload_session(&self.session.id, &digest, &body);
        if let Some(url) = &self.session.commit {
            request = request.at(url);
        }
        if let Some(etag) = self.if_match {
            request = request.if_match(etag);
        }
        self.context.send_once("commit_upload_session", || request.clone()).await
    }

    fn file_attributes(&self) -> FileAttributes {
        let Attributes { description, created_at, modified_at } = self.attributes.clone();
        let mut attributes = FileAttributes::default();
        attributes.description = description;
        attributes.content_created_at = created_at;
        attributes.content_modified_at = modified_at;
        attributes
    }

    /// Fails if the service's parts differ from those in the commit.
    async fn compare_parts(&self) -> Result<(), StepError> {
        let there = self.session.list_parts(self.context).await?;
        // Parts beyond the reach of a list are not missing.
        let reach = there.last_key_value().filter(|_| there.len() > MAX_LIST_OFFSET);
        let reach = reach.map_or(u64::MAX, |(offset, _)| *offset);
        let same = |part: &Part| part.offset > reach || there.get(&part.offset) == Some(part);
        match self.complete.parts.iter().find(|part| !same(part)) {
            Some(part) => {
                Err(StepError::lost(format!("the part at offset {} is gone", part.offset)))
            }
            None => Ok(()),
        }
    }
}

/// A commit under way.
struct CommitStep<'a> {
    commit: Commit<'a>,
    deadline: ProcessingDeadline<'a>,
    /// Number of `parts_mismatch` responses.
    mismatches: u32,
}

impl Step for CommitStep<'_> {
    type Done = FileFull;
    type Error = StepError;

    async fn send_once(&mut self) -> Result<Attempt<FileFull>, StepError> {
        let Commit { context, source, complete, .. } = self.commit;
        if let Some(what) = find_change(source, &context.policy.buffers, complete.sha1).await {
            return Err(context.source_changed(what).into());
        }
        let failure = match self.commit.send_once().await {
            Ok(CommitUploadSessionOutcome::Created(files)) => {
                match files.entries.into_iter().next() {
                    Some(file) => {
                        let file = confirm_hash(context, file, complete.sha1).await?;
                        return Ok(Attempt::Done(file));
                    }
                    None => unclear_response("the response contains no file"),
                }
            }
            Ok(CommitUploadSessionOutcome::Accepted { retry_after }) => {
                self.deadline.wait_for_retry(retry_after.map(RetryAfter::delay)).await?;
                return Ok(Attempt::NotYet);
            }
            Ok(_) => unclear_response("the response has an unexpected status"),
            Err(failure) => failure,
        };
        if !failure.is(&ClientErrorCode::PartsMismatch) {
            return Ok(Attempt::Failed(failure));
        }
        // Shortly after the last part this passes by itself.
        self.mismatches += 1;
        if self.mismatches.is_multiple_of(MISMATCHES) {
            self.commit.compare_parts().await?;
        }
        self.deadline.wait_for_retry(failure.retry_after).await?;
        Ok(Attempt::NotYet)
    }

    async fn interpret_failure(
        &mut self,
        mut failure: RequestError,
    ) -> Result<RequestError, StepError> {
        if failure.is_session_gone() {
            // It may have ended because of an earlier commit.
            failure.outcome = Outcome::Unknown;
        } else if matches!(failure.outcome, Outcome::Unauthorized) {
            // The request was already repeated with a fresh token.
            return Err(failure.into());
        }
        Ok(failure)
    }

    /// Asks the session whether it has ended, and if so the folder whether there is a file. A
    /// session without a file is lost only if the commit was told that it is gone, too.
    async fn find_result(&mut self, failure: &RequestError) -> Result<Option<FileFull>, StepError> {
        let Commit { context, session, complete, target, .. } = self.commit;
        if !failure.is_conflict() {
            match session.check_status(context).await {
                Ok(()) => return Ok(None),
                Err(status) if status.is_session_gone() => {}
                Err(status) => return Err(status.into()),
            }
        }
        match find_stored_file(context, target, complete.sha1).await? {
            None if failure.is_session_gone() => Err(StepError::lost(&failure.text)),
            found => Ok(found),
        }
    }

    async fn handle_refusal(
        &mut self,
        failure: RequestError,
    ) -> Result<Option<FileFull>, StepError> {
        if failure.is(&ClientErrorCode::DigestMismatch) {
            let what = "the hash of the parts differs from that of the file".to_owned();
            let kind = Some(Box::new(ErrorKind::Corrupted { what: what.clone() }));
            return Err(StepError::Lost { reason: what, kind, whole: true });
        }
        if !failure.is(&ClientErrorCode::ItemNameInUse) {
            return Err(failure.into());
        }
        let target = self.commit.target;
        let kind = target.name_in_use(&failure);
        if !target.resolves_conflicts() {
            return Err(kind.into());
        }
        // Creating another session applies the conflict policy.
        Err(StepError::Lost { reason: failure.text, kind: Some(Box::new(kind)), whole: false })
    }
}

fn unclear_response(text: &str) -> RequestError {
    RequestError::new("commit_upload_session", Outcome::Unknown, text)
}

/// Limits how long the service may process parts.
struct ProcessingDeadline<'a> {
    context: &'a Context,
    start: Instant,
    waits: u32,
}

impl<'a> ProcessingDeadline<'a> {
    fn new(context: &'a Context) -> Self {
        Self { context, start: Instant::now(), waits: 0 }
    }

    /// Waits as long as the service asks, or for a growing delay.
    async fn wait_for_retry(&mut self, asked: Option<Duration>) -> Result<(), ErrorKind> {
        let retry = &self.context.policy.retry;
        let waited = self.start.elapsed();
        let left = retry.processing.saturating_sub(waited);
        if left.is_zero() {
            return Err(ErrorKind::NotProcessed { waited });
        }
        self.waits += 1;
        // Retrying without a delay would only slow the service down.
        let pause = retry.delay(self.waits).max(retry.first_delay / 2);
        let delay = asked.filter(|asked| !asked.is_zero()).unwrap_or(pause).min(left);
        self.context.emit_event(&Event::Processing { delay });
        tokio::time::sleep(delay).await;
        Ok(())
    }
}
