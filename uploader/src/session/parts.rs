//! One part on its way: sent until the service has it, whatever happens to requests and answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use box_upload_sessions::runtime::{Body, ContentRange, Error};
use box_upload_sessions::types::{ClientErrorCode, Part};

use super::{MAX_LIST_OFFSET, PAGE, Session};
use crate::context::{Context, StepError};
use crate::hashing::hash_range;
use crate::outgoing::{self, source_error};
use crate::recovery::{Attempt, Step, recover};
use crate::request_error::{Outcome, RequestError};
use crate::source::Source;
use crate::{ErrorKind, Sha1Hash};

/// A part of the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalPart {
    pub(crate) index: u64,
    pub(crate) offset: u64,
    pub(crate) size: u64,
    pub(crate) sha1: Sha1Hash,
}

impl LocalPart {
    /// Whether a part at the service is this one. Of a part without a hash the place decides: the
    /// commit compares the hash of the whole file.
    pub(crate) fn matches(&self, part: &Part) -> bool {
        part.offset == self.offset
            && part.size == self.size
            && part.sha1.as_ref().is_none_or(|there| self.sha1.matches(there))
    }
}

/// What all parts of a session need to be sent.
pub(crate) struct PartSender {
    pub(crate) context: Arc<Context>,
    pub(crate) session: Arc<Session>,
    pub(crate) source: Source,
    /// Whether the session may be another upload's.
    pub(crate) may_be_foreign: bool,
    /// How many parts from the first on are stored without a gap.
    pub(crate) stored: AtomicU64,
    /// How many parts are being tried again.
    pub(crate) failing: AtomicUsize,
}

/// A part that has failed and is not stored yet.
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

/// One part on its way.
struct PartUpload<'a> {
    sender: &'a PartSender,
    piece: LocalPart,
    failing: Option<RetryGuard<'a>>,
}

impl Step for PartUpload<'_> {
    type Done = Part;
    type Error = StepError;

    async fn attempt(&mut self) -> Result<Attempt<Part>, StepError> {
        match self.sender.send_once(&self.piece).await {
            Ok(part) if self.piece.matches(&part) => Ok(Attempt::Done(part)),
            Ok(_) => Err(part_differs(&self.piece)),
            Err(failure) => {
                self.failing.get_or_insert_with(|| RetryGuard::new(&self.sender.failing));
                Ok(Attempt::Failed(failure))
            }
        }
    }

    async fn interpret(&mut self, mut failure: RequestError) -> Result<RequestError, StepError> {
        let overlaps = failure.is(&ClientErrorCode::RangeOverlapsExistingPart);
        if overlaps || failure.is_session_gone() && failure.status != Some(410) {
            // The list knows better, also whether the session is really gone.
            failure.outcome = Outcome::Unknown;
        } else if failure.is_session_gone() {
            return Err(StepError::lost(failure.text));
        } else if failure.is(&ClientErrorCode::BadDigest) {
            // Either the source has changed since it was hashed, or the way here is bad.
            self.sender.check_source(&self.piece).await?;
            failure.outcome = Outcome::NotDone;
        }
        Ok(failure)
    }

    async fn look(&mut self, _: &RequestError) -> Result<Option<Part>, StepError> {
        match self.sender.find_part(&self.piece).await? {
            Some(part) if self.piece.matches(&part) => Ok(Some(part)),
            Some(_) if self.sender.may_be_foreign => Err(ErrorKind::SessionInUse.into()),
            Some(_) => Err(part_differs(&self.piece)),
            None => Ok(None),
        }
    }

    async fn refused(&mut self, failure: RequestError) -> Result<Option<Part>, StepError> {
        Err(failure.into())
    }
}

impl PartSender {
    /// Sends a part, and returns once the service has it.
    pub(crate) async fn send(&self, piece: LocalPart) -> Result<(LocalPart, Part), StepError> {
        let mut upload = PartUpload { sender: self, piece, failing: None };
        let part = recover(&mut upload, &self.context, &mut false).await?;
        Ok((piece, part))
    }

    /// What the service has where the part belongs.
    async fn find_part(&self, piece: &LocalPart) -> Result<Option<Part>, StepError> {
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        // Of the parts before this one, at least these are in the list, and at most all.
        let before = number(self.stored.load(Ordering::Relaxed).min(piece.index));
        let mut skipped = before.min(MAX_LIST_OFFSET);
        loop {
            let limit = (number(piece.index) + 1 - skipped).min(PAGE);
            let page = self.session.list_page(&self.context, skipped, limit).await?;
            let length = page.len();
            // They come in the order of their offsets.
            let beyond = page.last().is_some_and(|part| part.offset > piece.offset);
            let found = page.into_iter().find(|part| part.offset == piece.offset);
            skipped += length;
            let last = number(piece.index).min(MAX_LIST_OFFSET);
            if found.is_some() || length == 0 || beyond || skipped > last {
                return Ok(found);
            }
        }
    }

    /// Reads the part once more, and fails if it is no longer what it was.
    async fn check_source(&self, piece: &LocalPart) -> Result<(), StepError> {
        let buffers = &self.context.policy.buffers;
        let whole = sha1::Sha1::default();
        let bytes = piece.offset..piece.offset + piece.size;
        let again = hash_range(&self.source, buffers, bytes, whole).await;
        match again {
            Ok((sha1, _)) if sha1 == piece.sha1 => Ok(()),
            Ok(_) => {
                Err(self.context.source_changed(format!("the part at {} did", piece.offset)).into())
            }
            Err(error) => Err(source_error(&self.context, error).into()),
        }
    }

    /// Sends a part once.
    async fn send_once(&self, piece: &LocalPart) -> Result<Part, RequestError> {
        let LocalPart { offset, size, sha1, .. } = *piece;
        let range = ContentRange::new(offset, size, self.context.size).map_err(|error| {
            RequestError::from_error("upload_part", Error::Request(error.to_string()))
        })?;
        let request = |body: Body| {
            let client = &self.context.client;
            let request = client.upload_part(&self.session.id, &sha1.header(), &range, body);
            match &self.session.upload_part {
                Some(url) => request.at(url),
                None => request,
            }
        };
        let answer = outgoing::send_body(
            "upload_part",
            &self.context,
            &self.source,
            offset..offset + size,
            request,
        );
        answer.await.map(|answer| answer.part)
    }
}

/// The service has something else where the part belongs, and parts cannot be changed.
fn part_differs(piece: &LocalPart) -> StepError {
    StepError::corrupted(format!("the part at {} differs", piece.offset))
}
