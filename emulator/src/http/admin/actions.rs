//! Changes of the state that Box's API does not have.

use std::time::Duration;

use box_upload_sessions::types::ClientErrorCode;
use http::{StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::json;

use super::super::body::RequestBody;
use super::super::content_receiver::ContentReceiver;
use super::super::error::HandlerError;
use super::super::files::content_response;
use super::super::input::{self, MAX_JSON};
use super::super::response::{self, HttpResponse};
use super::AdminCall;
use super::state::clock_json;
use crate::backend::internal_error;
use crate::random;
use crate::service::{
    Attributes, Caller, DEFAULT_USER, DirectUpload, Event, IssuedToken, Item, Preconditions, ROOT,
    Refusal, Service, Target, fingerprint_token,
};
use crate::store::BlobWriter;
use crate::timestamp::Timestamp;

/// Most seconds that a clock can be ahead or a token can live: a century.
const MAX_SECONDS: u64 = 100 * 365 * 86_400;

type Result = std::result::Result<HttpResponse, HandlerError>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockBody {
    ahead_seconds: u64,
}

/// Sets how far the service's clock is ahead, and ends the sessions that have expired by it.
pub(crate) async fn set_clock(call: &AdminCall<'_>, body: &mut RequestBody) -> Result {
    let ClockBody { ahead_seconds } = input::decode_json(&body.read_to_end(MAX_JSON).await?)?;
    let backend = &call.server.backend;
    backend.set_clock_ahead(Duration::from_secs(check_seconds(ahead_seconds)?));
    backend.end_expired_sessions().await;
    call.server.notify_page();
    let clock = clock_json(backend.now(), backend.clock_ahead().as_secs());
    Ok(response::json_response(StatusCode::OK, &clock))
}

fn check_seconds(seconds: u64) -> std::result::Result<u64, Refusal> {
    let text = "a time must not exceed a century";
    let error = || Refusal::bad_request(ClientErrorCode::BadRequest, text);
    Some(seconds).filter(|seconds| *seconds <= MAX_SECONDS).ok_or_else(error)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenBody {
    user: Option<String>,
    #[serde(default)]
    scope: Vec<String>,
    life_seconds: Option<u64>,
}

/// Issues a token.
pub(crate) async fn issue_token(call: &AdminCall<'_>, body: &mut RequestBody) -> Result {
    let text = body.read_to_end(MAX_JSON).await?;
    let body: TokenBody = input::decode_json(if text.is_empty() { b"{}" } else { &text })?;
    let life = body.life_seconds.map(check_seconds).transpose()?.map(Duration::from_secs);
    let access = random::random_hex(32);
    let fingerprint = fingerprint_token(&access);
    let issued = call.server.backend.commit_event(move |service, now| {
        let expires = now.plus(life.unwrap_or(service.settings.token_life));
        let user = body.user.unwrap_or_else(|| DEFAULT_USER.to_owned());
        let scope = body.scope;
        let token = IssuedToken { fingerprint, user, scope, expires, refresh: None, used: None };
        Ok((Event::TokenIssued(token.clone()), token))
    });
    let token = issued.await?;
    call.server.notify_page();
    let body = json!({
        "access_token": access,
        "fingerprint": token.fingerprint,
        "user": token.user,
        "scope": token.scope,
        "expires_at": token.expires.date_time(),
    });
    Ok(response::json_response(StatusCode::CREATED, &body))
}

pub(crate) async fn revoke_token(call: &AdminCall<'_>, fingerprint: &str) -> Result {
    let fingerprint = fingerprint.to_owned();
    apply_change(call, move |service, _| {
        if !service.tokens.issued().any(|(token, _)| token.fingerprint == fingerprint) {
            return Err(Refusal::not_found(ClientErrorCode::NotFound, "no such token"));
        }
        Ok(Event::TokenRevoked { fingerprint })
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FolderBody {
    parent: String,
    name: String,
}

pub(crate) async fn create_folder(call: &AdminCall<'_>, body: &mut RequestBody) -> Result {
    let FolderBody { parent, name } = input::decode_json(&body.read_to_end(MAX_JSON).await?)?;
    let created = call.server.backend.commit_event(move |service, now| {
        let folder = service.create_folder(&parent, &name, now)?;
        Ok((Event::FolderCreated(folder.clone()), folder))
    });
    let folder = created.await?;
    call.server.notify_page();
    let body = json!({ "id": folder.id, "parent": folder.parent, "name": folder.name });
    Ok(response::json_response(StatusCode::CREATED, &body))
}

/// Stores the body as a file, or as a new version of the file with that name.
pub(crate) async fn store_file(call: &AdminCall<'_>, body: &mut RequestBody) -> Result {
    let query = call.head.uri.query().unwrap_or_default();
    let folder = find_parameter(query, "folder").unwrap_or_else(|| ROOT.to_owned());
    let missing = || Refusal::bad_request(ClientErrorCode::BadRequest, "`name` is missing");
    let name = find_parameter(query, "name").ok_or_else(missing)?;
    let backend = &call.server.backend;
    let target = match backend.service().tree.item_named(&folder, &name) {
        Some(Item::File(file)) => Target::NewVersion { file: file.id.clone(), name: None },
        _ => Target::NewFile { folder, name },
    };
    let attributes = Attributes::default();
    let direct = DirectUpload { target, attributes, preconditions: Preconditions::default() };
    let caller = Caller::unrestricted();
    backend.service().check_direct(&caller, &direct, body.length().unwrap_or(0))?;
    let largest = backend.service().settings.largest_file;
    let mut receiver =
        ContentReceiver::new(BlobWriter::new(backend.store(), 0).map_err(internal_error)?);
    while let Some(chunk) = body.next_chunk().await? {
        receiver.push_chunk(chunk).await?;
        if receiver.size > largest {
            backend.service().check_direct(&caller, &direct, receiver.size)?;
        }
    }
    let (pending, sha1) = receiver.finish().await?;
    let blob = pending.blob();
    let stored = backend.commit_event_with_blobs([pending], move |service, now| {
        let file = service.store_direct(&caller, &direct, sha1, &blob, now)?;
        Ok((Event::FileStored { session: None, file: file.clone() }, file))
    });
    let file = stored.await?;
    call.server.notify_page();
    let body = json!({ "id": file.id, "name": file.name, "size": file.size });
    Ok(response::json_response(StatusCode::CREATED, &body))
}

/// A parameter of a query.
fn find_parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

pub(crate) fn download_file(call: &AdminCall<'_>, id: &str) -> Result {
    let backend = &call.server.backend;
    let file = backend.service().tree.file(id)?.clone();
    let name = utf8_percent_encode(&file.name, NON_ALPHANUMERIC).to_string();
    let mut response = content_response(backend, file);
    let disposition = format!("attachment; filename*=UTF-8''{name}");
    response::set_header(&mut response, header::CONTENT_DISPOSITION, &disposition);
    Ok(response)
}

pub(crate) async fn delete_file(call: &AdminCall<'_>, id: &str) -> Result {
    let id = id.to_owned();
    apply_change(call, move |service, _| service.delete_file(&id)).await
}

pub(crate) async fn delete_folder(call: &AdminCall<'_>, id: &str) -> Result {
    let id = id.to_owned();
    apply_change(call, move |service, _| service.delete_folder(&id)).await
}

pub(crate) async fn abort_session(call: &AdminCall<'_>, id: &str) -> Result {
    let id = id.to_owned();
    apply_change(call, move |service, _| service.abort_any_session(&id)).await
}

/// Returns to the state of a new emulator: no files, sessions, tokens or requests, the clock
/// right, and the fault plan that it was started with.
pub(crate) async fn reset_state(call: &AdminCall<'_>) -> Result {
    let server = call.server;
    server.backend.set_clock_ahead(Duration::ZERO);
    let response =
        apply_change(call, |_, at| Ok(Event::Restored { at, events: Vec::new() })).await?;
    server.faults.set_plan(server.first_plan.clone());
    server.faults.clear_fired();
    server.log.clear();
    server.notify_page();
    Ok(response)
}

/// Changes the state, and responds without a body.
async fn apply_change(
    call: &AdminCall<'_>,
    decide: impl FnOnce(&Service, Timestamp) -> std::result::Result<Event, Refusal> + Send + 'static,
) -> Result {
    let decide = move |service: &Service, now| Ok((decide(service, now)?, ()));
    call.server.backend.commit_event(decide).await?;
    call.server.notify_page();
    Ok(response::empty_response(StatusCode::NO_CONTENT))
}
