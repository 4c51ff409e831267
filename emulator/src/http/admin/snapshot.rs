//! The whole state in one file, to be restored in this or another emulator.
//!
//! A snapshot is lines of JSON: a header, the events that create the state, then for each blob its
//! id and size, followed by its bytes and a line feed.

use std::collections::HashMap;

use box_upload_sessions::types::ClientErrorCode;
use bytes::{Buf, Bytes, BytesMut};
use http::{Response, StatusCode, header};
use serde::{Deserialize, Serialize};

use super::super::body::{RequestBody, ResponseBody, send_chunk};
use super::super::content_receiver::ContentReceiver;
use super::super::error::HandlerError;
use super::super::files::send_blob;
use super::super::input::MAX_JSON;
use super::super::response::{self, HttpResponse};
use super::AdminCall;
use crate::backend::{Backend, internal_error};
use crate::service::{Blob, Event, Refusal};
use crate::store::{BlobWriter, PendingBlob};

/// Longest line accepted: a file is one line, with some 60 bytes for each part.
const MAX_LINE: usize = MAX_JSON;

/// Most events accepted.
const MAX_EVENTS: usize = 10_000_000;

/// A line of a snapshot.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    BoxEmulatorSnapshot(u32),
    Event(Box<Event>),
    Blob(Blob),
}

/// Sends the state as it is now. If content is deleted meanwhile, the response breaks off.
pub(crate) fn take_snapshot(call: &AdminCall<'_>) -> HttpResponse {
    let backend = call.server.backend.clone();
    let body = ResponseBody::streamed(|sender| async move {
        let (events, blobs) = read_state(&backend);
        send_chunk(&sender, format_line(&Line::BoxEmulatorSnapshot(1))?).await?;
        for event in events {
            send_chunk(&sender, format_line(&Line::Event(Box::new(event)))?).await?;
        }
        for blob in blobs {
            send_chunk(&sender, format_line(&Line::Blob(blob.clone()))?).await?;
            send_blob(&backend, blob, &sender).await?;
            send_chunk(&sender, Bytes::from_static(b"\n")).await?;
        }
        Ok(())
    });
    let mut response = Response::new(body);
    response::set_header(&mut response, header::CONTENT_TYPE, "application/octet-stream");
    let disposition = "attachment; filename=\"box-emulator.snapshot\"";
    response::set_header(&mut response, header::CONTENT_DISPOSITION, disposition);
    response
}

fn read_state(backend: &Backend) -> (Vec<Event>, Vec<Blob>) {
    let now = backend.now();
    let service = backend.service();
    (service.snapshot_events(now), service.blobs().cloned().collect())
}

fn format_line(line: &Line) -> std::io::Result<Bytes> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    Ok(text.into())
}

/// Replaces the state by that of a snapshot. Unless all of it can be read, nothing changes.
pub(crate) async fn restore_snapshot(
    call: &AdminCall<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let backend = &call.server.backend;
    let mut reader = Reader { body, buffer: BytesMut::new() };
    let Some(Line::BoxEmulatorSnapshot(1)) = reader.read_line().await? else {
        return Err(invalid_snapshot("the body is not a snapshot of this version").into());
    };
    let mut events = Vec::new();
    let mut renamed = HashMap::new();
    let mut pending = Vec::new();
    while let Some(line) = reader.read_line().await? {
        match line {
            Line::Event(event) if events.len() < MAX_EVENTS => events.push(*event),
            Line::Blob(blob) => {
                let stored = reader.read_blob(backend, blob.size).await?;
                if renamed.insert(blob.id, stored.blob()).is_some() {
                    return Err(invalid_snapshot("the snapshot has the same content twice").into());
                }
                pending.push(stored);
            }
            _ => return Err(invalid_snapshot("the snapshot has an unexpected line").into()),
        }
    }
    let restored = backend.commit_event_with_blobs(pending, move |service, now| {
        Ok((service.restore_events(events, renamed, now)?, ()))
    });
    restored.await?;
    call.server.notify_page();
    Ok(response::empty_response(StatusCode::NO_CONTENT))
}

fn invalid_snapshot(text: &str) -> Refusal {
    Refusal::bad_request(ClientErrorCode::BadRequest, text)
}

struct Reader<'a> {
    body: &'a mut RequestBody,
    buffer: BytesMut,
}

impl Reader<'_> {
    /// The next line; `None` at the end.
    async fn read_line(&mut self) -> Result<Option<Line>, HandlerError> {
        let mut searched = 0;
        loop {
            if let Some(end) = self.buffer[searched..].iter().position(|byte| *byte == b'\n') {
                let line = self.buffer.split_to(searched + end + 1);
                let line = serde_json::from_slice(&line);
                return Ok(Some(
                    line.map_err(|_| invalid_snapshot("the snapshot has an invalid line"))?,
                ));
            }
            searched = self.buffer.len();
            if searched > MAX_LINE {
                return Err(invalid_snapshot("the snapshot has a line that is too long").into());
            }
            match self.body.next_chunk().await? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None if searched == 0 => return Ok(None),
                None => return Err(invalid_snapshot("the snapshot is incomplete").into()),
            }
        }
    }

    /// The next bytes as a blob.
    async fn read_blob(
        &mut self,
        backend: &Backend,
        size: u64,
    ) -> Result<PendingBlob, HandlerError> {
        let writer = BlobWriter::new(backend.store(), 0).map_err(internal_error)?;
        let mut receiver = ContentReceiver::new(writer);
        while receiver.size < size {
            if self.buffer.is_empty() {
                let next = self.body.next_chunk().await?;
                self.buffer =
                    next.ok_or_else(|| invalid_snapshot("the snapshot is incomplete"))?.into();
            }
            let wanted = usize::try_from(size - receiver.size).unwrap_or(usize::MAX);
            let chunk = self.buffer.split_to(wanted.min(self.buffer.len()));
            receiver.push_chunk(chunk.freeze()).await?;
        }
        while self.buffer.is_empty() {
            let next = self.body.next_chunk().await?;
            self.buffer =
                next.ok_or_else(|| invalid_snapshot("the snapshot is incomplete"))?.into();
        }
        if self.buffer.get_u8() != b'\n' {
            return Err(invalid_snapshot("the snapshot has content of a wrong size").into());
        }
        Ok(receiver.finish().await?.0)
    }
}
