//! Operations of upload sessions.

use box_upload_sessions::runtime::ContentRange;
use box_upload_sessions::types::{
    ClientErrorCode, CommitUploadSessionBody, Files, LogUploadEventBody, Parts, UploadPlan,
    UploadPlanRequest, UploadedPart,
};
use http::StatusCode;
use http::header::RETRY_AFTER;

use super::body::{RequestBody, body_too_large};
use super::call::Call;
use super::content_receiver::ContentReceiver;
use super::error::HandlerError;
use super::input::{self, MAX_JSON};
use super::response::{self, HttpResponse};
use crate::backend::internal_error;
use crate::service::{
    Attributes, CommitReadiness, CommitRequest, Event, Refusal, Service, Session, SessionEnd,
    StoredPart,
};
use crate::store::BlobWriter;
use crate::timestamp::Timestamp;

/// Maximum page size.
const MAX_PAGE: u64 = 1_000;

pub(crate) async fn create_session(
    call: Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let body = input::parse_new_file(&body.read_to_end(MAX_JSON).await?)?;
    store_session(call, move |service, base, now| service.create_session(&caller, &body, base, now))
        .await
}

pub(crate) async fn create_version_session(
    call: Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let body = input::parse_new_version(&body.read_to_end(MAX_JSON).await?)?;
    let file = call.id.clone();
    store_session(call, move |service, base, now| {
        service.create_version_session(&caller, &file, &body, base, now)
    })
    .await
}

async fn store_session(
    call: Call<'_>,
    decide: impl FnOnce(&Service, &str, Timestamp) -> Result<Session, Refusal> + Send + 'static,
) -> Result<HttpResponse, HandlerError> {
    call.backend.end_expired_sessions().await;
    let base = call.base.clone();
    let created = call.backend.commit_event(move |service, now| {
        let session = decide(service, &base, now)?;
        Ok((Event::SessionCreated(session.clone()), session))
    });
    let session = created.await?;
    let service = call.backend.service();
    let now = call.backend.now();
    if call.conflict {
        return Err(service.session_conflict(&session, &call.base, now).into());
    }
    let session = service.upload_session(&session, &call.base, now);
    Ok(response::json_response(StatusCode::CREATED, &session))
}

pub(crate) fn get_session(call: &Call<'_>) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let service = call.backend.service();
    let now = call.backend.now();
    let session = service.session(&caller, &call.id, now)?;
    Ok(response::json_response(StatusCode::OK, &service.upload_session(session, &call.base, now)))
}

pub(crate) async fn abort_session(call: Call<'_>) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let id = call.id;
    // Clients abort even after a commit, and Box accepts that.
    if call.backend.service().is_committed(&id) {
        return Ok(response::empty_response(StatusCode::NO_CONTENT));
    }
    let aborted = call.backend.commit_event(move |service, now| {
        let session = service.session(&caller, &id, now)?.id.clone();
        Ok((Event::SessionEnded { session, end: SessionEnd::Aborted }, ()))
    });
    aborted.await?;
    Ok(response::empty_response(StatusCode::NO_CONTENT))
}

pub(crate) fn list_parts(call: &Call<'_>) -> Result<HttpResponse, HandlerError> {
    const LAST_OFFSET: u64 = crate::settings::MAX_PARTS;
    let caller = call.authenticate_caller()?;
    let service = call.backend.service();
    let session = service.session(&caller, &call.id, call.backend.now())?;
    let query = call.head.uri.query();
    let offset = input::parse_number(query, "offset", ClientErrorCode::InvalidOffset)?.unwrap_or(0);
    let limit = input::parse_number(query, "limit", ClientErrorCode::BadRequest)?;
    if offset > LAST_OFFSET {
        let text = format!("`offset` must not exceed {LAST_OFFSET}");
        return Err(Refusal::bad_request(ClientErrorCode::InvalidOffset, text).into());
    }
    let limit = limit.unwrap_or(MAX_PAGE).min(MAX_PAGE);
    if limit == 0 {
        return Err(
            Refusal::bad_request(ClientErrorCode::BadRequest, "`limit` must not be 0").into()
        );
    }
    let length = limit.min(service.settings.longest_page);
    let page = session.parts.values().skip(offset as usize).take(length as usize);
    let mut parts = Parts::new(page.map(StoredPart::to_part).collect::<Vec<_>>());
    parts.total_count = Some(session.total_parts());
    parts.limit = Some(limit);
    parts.offset = Some(offset);
    parts.order = Some(serde_json::json!([{ "by": "offset", "direction": "ASC" }]));
    Ok(response::json_response(StatusCode::OK, &parts))
}

pub(crate) async fn upload_part(
    call: Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let headers = &call.head.headers;
    // A missing session is reported before anything else.
    let part_size =
        call.backend.service().session(&caller, &call.id, call.backend.now())?.part_size;
    let digest = input::parse_digest(headers)?;
    let range: ContentRange = input::require_header(headers, "content-range")?;
    let length = range.last() - range.first() + 1;
    let announced = body.length();
    if announced.is_some_and(|announced| announced > part_size.max(length)) {
        return Err(body_too_large(part_size).into());
    }
    call.backend.service().session(&caller, &call.id, call.backend.now())?.check_range(&range)?;
    if announced.is_some_and(|announced| announced != length) {
        return Err(wrong_length().into());
    }

    let mut writer = BlobWriter::new(call.backend.store(), length).map_err(internal_error)?;
    if let Some(hidden) = call.corrupt {
        writer.corrupt_content(hidden);
    }
    let mut intake = ContentReceiver::new(writer);
    while let Some(chunk) = body.next_chunk().await? {
        intake.push_chunk(chunk).await?;
        if intake.size > length {
            return Err(wrong_length().into());
        }
    }
    if intake.size != length {
        return Err(wrong_length().into());
    }
    let (pending, sha1) = intake.finish().await?;
    if sha1 != digest && call.corrupt.is_none() {
        let text = "the content does not match the SHA-1 in the `Digest` header";
        return Err(Refusal::bad_request(ClientErrorCode::BadDigest, text).into());
    }

    let id = call.id.to_ascii_lowercase();
    let session = id.clone();
    let blob = pending.blob();
    let stored = call.backend.commit_event_with_blobs([pending], move |service, now| {
        service.session(&caller, &id, now)?.check_overlap(range.first())?;
        let part = StoredPart::new(range.first(), sha1, blob, now);
        let uploaded = UploadedPart::new(part.to_part());
        Ok((Event::PartStored { session: id, part }, uploaded))
    });
    let uploaded = stored.await?;
    hash_ahead(&call, session);
    Ok(response::json_response(StatusCode::OK, &uploaded))
}

/// Hashes the content while the client continues to upload.
fn hash_ahead(call: &Call<'_>, session: String) {
    let backend = call.backend.clone();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = backend.hash_ahead(&session) {
            // The commit will report this, unless the session is gone.
            tracing::debug!(session, %error, "cannot hash a part");
        }
    });
}

fn wrong_length() -> Refusal {
    let text = "the length of the body does not match the `Content-Range` header";
    Refusal::bad_request(ClientErrorCode::BadRequest, text)
}

pub(crate) async fn commit_session(
    call: Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let headers = &call.head.headers;
    let id = call.id.to_ascii_lowercase();
    let size = call.backend.service().session(&caller, &id, call.backend.now())?.size;
    let digest = input::parse_digest(headers)?;
    let preconditions = input::parse_preconditions(headers)?;
    let body: CommitUploadSessionBody = input::decode_json(&body.read_to_end(MAX_JSON).await?)?;
    let said = body.file_attributes.unwrap_or_default();
    let attributes = Attributes {
        content_created_at: said.content_created_at.map(|time| time.to_string()),
        content_modified_at: said.content_modified_at.map(|time| time.to_string()),
        description: said.description,
    };
    let commit = CommitRequest { parts: body.parts, attributes, preconditions };

    let now = call.backend.now();
    let ready = call.backend.service().check_commit(&caller, &id, &commit, now)?;
    if let CommitReadiness::Later(delay) = ready {
        call.backend.service().set_committing(&id, now.plus(delay));
        let mut accepted = response::empty_response(StatusCode::ACCEPTED);
        let seconds = delay.as_millis().div_ceil(1_000).max(1);
        response::set_header(&mut accepted, RETRY_AFTER, &seconds.to_string());
        return Ok(accepted);
    }
    let session = id.clone();
    let hash =
        call.backend.run_blocking(move |backend| backend.hash_content(&session, size)).await?;
    if !matches!(&hash, Ok(Some(hash)) if *hash == digest) {
        // A session that ended meanwhile has no content to read.
        call.backend.service().session(&caller, &id, call.backend.now())?;
        hash.map_err(internal_error)?;
        let text = "the parts do not match the SHA-1 in the `Digest` header";
        return Err(Refusal::bad_request(ClientErrorCode::DigestMismatch, text).into());
    }
    let committed = call.backend.commit_event(move |service, now| {
        let file = service.commit_session(&caller, &id, &commit, digest, now)?;
        Ok((Event::FileStored { session: Some(id), file: file.clone() }, file))
    });
    let file = committed.await?;
    let mut files = Files::new([call.backend.service().file_full(&file)]);
    files.total_count = Some(1);
    Ok(response::json_response(StatusCode::CREATED, &files))
}

pub(crate) async fn log_event(
    call: &Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    call.backend.service().session(&caller, &call.id, call.backend.now())?;
    let event: LogUploadEventBody = input::decode_json(&body.read_to_end(MAX_JSON).await?)?;
    tracing::debug!(event.event_type, event.event_info, "client event");
    Ok(response::empty_response(StatusCode::NO_CONTENT))
}

/// Tells that every part has to be uploaded: parts are not found by their SHA-512 here.
pub(crate) async fn plan_session(
    call: &Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let now = call.backend.now();
    let session = call.backend.service().session(&caller, &call.id, now)?.id.clone();
    let request: UploadPlanRequest = input::decode_json(&body.read_to_end(MAX_JSON).await?)?;
    let plan = UploadPlan::new([], request.parts, session);
    Ok(response::json_response(StatusCode::OK, &plan))
}
