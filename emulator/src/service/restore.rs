//! Replacing everything by the state of a snapshot, which may come from anybody.

use std::collections::{HashMap, HashSet};

use box_upload_sessions::types::ClientErrorCode;

use super::{Blob, Event, Refusal, Service, Session, StoredPart};
use crate::timestamp::Timestamp;

/// Largest id, size and number of versions: what JSON numbers hold exactly.
const LARGEST: u64 = 1 << 53;

/// Most parts of a session.
const MOST_PARTS: u64 = 1_000_000;

impl Service {
    /// Restores a state from its events, whose blobs have the new ids in `renamed`.
    pub(crate) fn restore_events(
        &self,
        mut events: Vec<Event>,
        mut renamed: HashMap<String, Blob>,
        at: Timestamp,
    ) -> Result<Event, Refusal> {
        for blob in events.iter_mut().flat_map(Event::blobs_mut) {
            let stored = renamed.remove(&blob.id).filter(|stored| stored.size == blob.size);
            *blob = stored.ok_or_else(|| invalid_snapshot("the snapshot lacks content"))?;
        }
        if !renamed.is_empty() {
            return Err(invalid_snapshot("the snapshot has content that belongs to no file"));
        }
        let empty = Self::new(self.settings.clone(), at);
        let folders = empty.tree.folders().map(|(folder, _)| folder.id.clone());
        let mut seen = Seen { folders: folders.collect(), ..Seen::default() };
        events.iter().try_for_each(|event| seen.check_event(event))?;
        Ok(Event::Restored { at, events })
    }
}

/// What the events of a snapshot have created so far.
#[derive(Default)]
struct Seen<'e> {
    folders: HashSet<String>,
    files: HashSet<&'e str>,
    sessions: HashMap<&'e str, &'e Session>,
    bytes: u64,
}

impl<'e> Seen<'e> {
    /// Refuses what this emulator would not have written: it might not end well.
    fn check_event(&mut self, event: &'e Event) -> Result<(), Refusal> {
        let is_right = match event {
            Event::FolderCreated(folder) => {
                let is_known = self.folders.contains(&folder.parent);
                is_known && is_id(&folder.id) && self.folders.insert(folder.id.clone())
            }
            Event::FileStored { session: None, file } => {
                let sizes = file.content.iter().map(|blob| blob.size);
                let sum = sizes.into_iter().try_fold(0, u64::checked_add);
                self.add_bytes(file.size)
                    && sum == Some(file.size)
                    && file.etag < LARGEST
                    && is_id(&file.id)
                    && self.folders.contains(&file.folder)
                    && self.files.insert(&file.id)
            }
            Event::SessionCreated(session) => {
                is_session(session) && self.sessions.insert(&session.id, session).is_none()
            }
            Event::PartStored { session, part } => {
                self.add_bytes(part.blob.size)
                    && self.sessions.get(session.as_str()).is_some_and(|of| fits_session(part, of))
            }
            Event::TokenIssued(_) | Event::TokenRevoked { .. } => true,
            Event::FileStored { session: Some(_), .. }
            | Event::SessionEnded { .. }
            | Event::FileDeleted { .. }
            | Event::FolderDeleted { .. }
            | Event::Restored { .. } => false,
        };
        let text =
            "the snapshot contradicts itself, or lacks a folder that this emulator does not have";
        if is_right { Ok(()) } else { Err(invalid_snapshot(text)) }
    }

    fn add_bytes(&mut self, bytes: u64) -> bool {
        self.bytes = self.bytes.saturating_add(bytes);
        self.bytes < LARGEST
    }
}

fn is_id(id: &str) -> bool {
    let number = id.parse::<u64>();
    number.is_ok_and(|number| number > 0 && number < LARGEST && number.to_string() == id)
}

fn is_session(session: &Session) -> bool {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    session.id.len() == 32
        && session.id.bytes().all(is_hex)
        && session.part_size > 0
        && session.size < LARGEST
        && session.size.div_ceil(session.part_size) <= MOST_PARTS
}

/// Whether a part is one of those that a session's file is divided into.
fn fits_session(part: &StoredPart, session: &Session) -> bool {
    let rest = session.size.checked_sub(part.offset);
    part.offset.is_multiple_of(session.part_size)
        && rest.is_some_and(|rest| rest > 0 && part.blob.size == rest.min(session.part_size))
}

fn invalid_snapshot(text: &str) -> Refusal {
    Refusal::bad_request(ClientErrorCode::BadRequest, text)
}

impl Event {
    /// The blobs that the event refers to.
    fn blobs_mut(&mut self) -> Vec<&mut Blob> {
        match self {
            Self::PartStored { part, .. } => vec![&mut part.blob],
            Self::FileStored { file, .. } => file.content.iter_mut().collect(),
            _ => Vec::new(),
        }
    }
}
