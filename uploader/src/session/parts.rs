//! Uploading one part, whatever happens to requests and responses.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use box_upload_sessions::operations::UploadPart;
use box_upload_sessions::runtime::{Body, ContentRange, Digest, Error};
use box_upload_sessions::types::{ClientErrorCode, Part};

use super::{MAX_LIST_OFFSET, PAGE, Session};
use crate::context::{Context, StepError};
use crate::hashing::{digest_header, hash_range};
use crate::outgoing::{self, source_error};
use crate::recovery::{Attempt, Step, run_step};
use crate::request_error::{Outcome, RequestError};
use crate::source::Source;
use crate::{ErrorKind, Sha1Hash};

/// A part of the local file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalPart {
    pub(crate) index: u64,
    pub(crate) offset: u64,
    pub(crate) size: u64,
    pub(crate) sha1: Sha1Hash,
}

impl LocalPart {
    /// Whether the service's part is this one. If it has no hash, its position decides: the commit
    /// verifies the whole file.
    pub(crate) fn matches(&self, part: &Part) -> bool {
        part.offset == self.offset
            && part.size == self.size
            && part.sha1.as_ref().is_none_or(|there| self.sha1.matches(there))
    }
}

/// State shared by the parts of a session.
pub(crate) struct PartSender {
    pub(crate) context: Arc<Context>,
    pub(crate) session: Arc<Session>,
    pub(crate) source: Source,
    /// Whether the session may belong to another upload.
    pub(crate) may_be_foreign: bool,
    /// Number of leading parts stored without a gap.
    pub(crate) stored: AtomicU64,
    /// Number of parts being retried.
    pub(crate) failing: AtomicUsize,
}

/// Counts a part that failed, until it is stored.
struct RetryGuard<'a>(&'a AtomicUsize);

impl<'a> RetryGuard<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for RetryGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A part being uploaded.
struct PartUpload<'a> {
    sender: &'a PartSender,
    piece: LocalPart,
    failing: Option<RetryGuard<'a>>,
}

impl Step for PartUpload<'_> {
    type Done = Part;
    type Error = StepError;

    async fn send_once(&mut self) -> Result<Attempt<Part>, StepError> {
        match self.sender.send_once(&self.piece).await {
            Ok(part) if self.piece.matches(&part) => Ok(Attempt::Done(part)),
            Ok(_) => Err(part_differs(&self.piece)),
            Err(failure) => {
                self.failing.get_or_insert_with(|| RetryGuard::new(&self.sender.failing));
                Ok(Attempt::Failed(failure))
            }
        }
    }

    async fn interpret_failure(
        &mut self,
        mut failure: RequestError,
    ) -> Result<RequestError, StepError> {
        let overlaps = failure.is(&ClientErrorCode::RangeOverlapsExistingPart);
        if overlaps || failure.is_session_gone() && failure.status != Some(410) {
            // The list of parts knows, and also whether the session is really gone.
            failure.outcome = Outcome::Unknown;
        } else if failure.is_session_gone() {
            return Err(StepError::lost(failure.text));
        } else if failure.is(&ClientErrorCode::BadDigest) {
            // Either the source changed since it was hashed, or the data was damaged in transit.
            self.sender.check_source(&self.piece).await?;
            failure.outcome = Outcome::NotDone;
        }
        Ok(failure)
    }

    async fn find_result(&mut self, _: &RequestError) -> Result<Option<Part>, StepError> {
        match self.sender.find_part(&self.piece).await? {
            Some(part) if self.piece.matches(&part) => Ok(Some(part)),
            Some(_) if self.sender.may_be_foreign => Err(ErrorKind::SessionInUse.into()),
            Some(_) => Err(part_differs(&self.piece)),
            None => Ok(None),
        }
    }

    async fn handle_refusal(&mut self, failure: RequestError) -> Result<Option<Part>, StepError> {
        Err(failure.into())
    }
}

impl PartSender {
    /// Uploads a part, and returns once the service has it.
    pub(crate) async fn send_part(&self, piece: LocalPart) -> Result<(LocalPart, Part), StepError> {
        let mut upload = PartUpload { sender: self, piece, failing: None };
        let part = run_step(&mut upload, &self.context, &mut false).await?;
        Ok((piece, part))
    }

    /// Finds the service's part at this position.
    async fn find_part(&self, piece: &LocalPart) -> Result<Option<Part>, StepError> {
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        // The list contains at least this many of the preceding parts, and at most all.
        let before = number(self.stored.load(Ordering::Relaxed).min(piece.index));
        let mut skipped = before.min(MAX_LIST_OFFSET);
        loop {
            let limit = (number(piece.index) + 1 - skipped).min(PAGE);
            let page = self.session.list_page(&self.context, skipped, limit).await?;
            let length = page.len();
            // Parts are listed in the order of their offsets.
            let beyond = page.last().is_some_and(|part| part.offset > piece.offset);
            let found = page.into_iter().find(|part| part.offset == piece.offset);
            skipped += length;
            let last = number(piece.index).min(MAX_LIST_OFFSET);
            if found.is_some() || length == 0 || beyond || skipped > last {
                return Ok(found);
            }
        }
    }

    /// Hashes the part again, and fails if it changed.
    async fn check_source(&self, piece: &LocalPart) -> Result<(), StepError> {
        let buffers = &self.context.policy.buffers;
        let whole = sha1::Sha1::default();
        let bytes = piece.offset..piece.offset + piece.size;
        let again = hash_range(&self.source, buffers, bytes, whole).await;
        match again {
            Ok((sha1, _)) if sha1 == piece.sha1 => Ok(()),
            Ok(_) => Err(self
                .context
                .source_changed(format!("the part at offset {}", piece.offset))
                .into()),
            Err(error) => Err(source_error(&self.context, error).into()),
        }
    }

    /// Sends a part once.
    async fn send_once(&self, piece: &LocalPart) -> Result<Part, RequestError> {
        let LocalPart { offset, size, sha1, .. } = *piece;
        let range = ContentRange::new(offset, size, self.context.size).map_err(|error| {
            RequestError::from_error("upload_part", Error::Request(error.to_string()))
        })?;
        let digest = digest_header(sha1);
        let bytes = offset..offset + size;
        let response =
            outgoing::send_body("upload_part", &self.context, &self.source, bytes, |body| {
                self.build_request(&range, &digest, body)
            });
        response.await.map(|response| response.part)
    }

    fn build_request(&self, range: &ContentRange, digest: &Digest, body: Body) -> UploadPart {
        let client = &self.context.client;
        let request = client.upload_part(&self.session.id, range, digest, body);
        match &self.session.upload_part {
            Some(url) => request.at(url),
            None => request,
        }
    }
}

/// The service has a different part at this position, and parts cannot be replaced.
fn part_differs(piece: &LocalPart) -> StepError {
    StepError::corrupted(format!("the part at offset {} differs", piece.offset))
}
