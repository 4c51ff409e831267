//! Uploading all parts of a file: hashed in order, several in flight.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use box_upload_sessions::runtime::BoxFuture;
use box_upload_sessions::types::Part;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use sha1::Sha1;
use tracing::Instrument;

use super::Session;
use super::parts::{LocalPart, PartSender};
use crate::context::{Context, StepError};
use crate::hashing::hash_range;
use crate::journal::Journal;
use crate::outgoing::source_error;
use crate::source::Source;
use crate::{ErrorKind, Event, Sha1Hash};

/// Uploads a file's parts into a session.
pub(crate) struct Transfer<'a> {
    pub(crate) context: &'a Arc<Context>,
    pub(crate) source: &'a Source,
    pub(crate) session: &'a Arc<Session>,
    /// Parts that the session already had, by offset.
    pub(crate) known: BTreeMap<u64, Part>,
    /// Whether the session may belong to another upload.
    pub(crate) may_be_foreign: bool,
    pub(crate) concurrency: usize,
    pub(crate) journal: Option<&'a mut Journal>,
}

/// All parts of a session.
#[derive(Clone, Debug)]
pub(crate) struct TransferredParts {
    /// In the order of their offsets.
    pub(crate) parts: Vec<Part>,
    pub(crate) sha1: Sha1Hash,
}

type HashFuture = BoxFuture<'static, io::Result<(LocalPart, Sha1)>>;

impl Transfer<'_> {
    /// Uploads the missing parts.
    pub(crate) async fn send_parts(mut self) -> Result<TransferredParts, StepError> {
        let sender = PartSender {
            context: Arc::clone(self.context),
            session: Arc::clone(self.session),
            source: self.source.clone(),
            may_be_foreign: self.may_be_foreign,
            stored: AtomicU64::new(0),
            failing: AtomicUsize::new(0),
        };
        let mut parts = BTreeMap::new();
        let mut whole = Sha1::default();
        let mut next = 0;
        let mut ready: Option<LocalPart> = None;
        let mut hashing: Option<HashFuture> = None;
        let mut sending = FuturesUnordered::new();
        loop {
            // A failed part comes first: no other part starts until it is stored.
            while sending.len() < self.concurrency && sender.failing.load(Ordering::Relaxed) == 0 {
                let Some(piece) = ready.take() else { break };
                let span = tracing::debug_span!("part", offset = piece.offset, size = piece.size);
                sending.push(sender.send_part(piece).instrument(span));
            }
            // Hash one part ahead: early enough, and still in the page cache when it is read again.
            if hashing.is_none() && ready.is_none() && next < self.session.parts {
                hashing = Some(self.hash_part(next, whole.clone()));
                next += 1;
            }
            let (piece, mut part, kept) = tokio::select! {
                hashed = poll_hashing(&mut hashing), if hashing.is_some() => {
                    let hashed = hashed.map_err(|error| source_error(self.context, error));
                    let (piece, so_far) = hashed?;
                    hashing = None;
                    whole = so_far;
                    match self.find_kept_part(&piece)? {
                        Some(part) => (piece, part, true),
                        None => {
                            ready = Some(piece);
                            continue;
                        }
                    }
                }
                Some(sent) = sending.next(), if !sending.is_empty() => {
                    let (piece, part) = sent?;
                    (piece, part, false)
                }
                else => break,
            };
            self.record_part(&piece, kept);
            // The commit lists every part with its hash, even if the service did not return it.
            part.sha1.get_or_insert_with(|| piece.sha1.to_string());
            parts.insert(piece.index, part);
            while parts.contains_key(&sender.stored.load(Ordering::Relaxed)) {
                sender.stored.fetch_add(1, Ordering::Relaxed);
            }
        }
        let sha1 = whole.into();
        Ok(TransferredParts { parts: parts.into_values().collect(), sha1 })
    }

    fn hash_part(&self, index: u64, whole: Sha1) -> HashFuture {
        let source = self.source.clone();
        let buffers = self.context.policy.buffers.clone();
        let offset = index * self.session.part_size;
        let size = self.session.part_size.min(self.context.size - offset);
        Box::pin(async move {
            let (sha1, whole) = hash_range(&source, &buffers, offset..offset + size, whole).await?;
            Ok((LocalPart { index, offset, size, sha1 }, whole))
        })
    }

    /// Finds the part that the session already has at this position.
    fn find_kept_part(&mut self, piece: &LocalPart) -> Result<Option<Part>, StepError> {
        let noted = self.journal.as_ref().and_then(|journal| journal.part_digest(piece.offset));
        if noted.is_some_and(|noted| noted != piece.sha1) {
            return Err(StepError::lost("the file has changed since the upload began"));
        }
        match self.known.remove(&piece.offset) {
            Some(part) if piece.matches(&part) => Ok(Some(part)),
            Some(_) if self.may_be_foreign => Err(ErrorKind::SessionInUse.into()),
            Some(_) => Err(StepError::lost("the session contains parts of different content")),
            None => Ok(None),
        }
    }

    /// Records that the service has a part.
    fn record_part(&mut self, piece: &LocalPart, kept: bool) {
        let &LocalPart { offset, size, sha1, .. } = piece;
        {
            let mut statistics = self.context.statistics();
            let count = if kept { &mut statistics.parts_kept } else { &mut statistics.parts_sent };
            *count += 1;
        }
        self.context.emit_event(&Event::Part { offset, size, kept });
        self.context.count_stored(size);
        if let Some(journal) = &mut self.journal {
            self.context.warn_on_journal_error(journal.note_part(offset, sha1));
        }
    }
}

/// Waits for the hash in progress; forever, if there is none.
async fn poll_hashing(hashing: &mut Option<HashFuture>) -> io::Result<(LocalPart, Sha1)> {
    match hashing {
        Some(hashing) => hashing.await,
        None => std::future::pending().await,
    }
}
