//! The whole state as JSON.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use box_upload_sessions::runtime::ContentRange;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::response::{self, HttpResponse};
use super::super::route::Route;
use super::AdminCall;
use crate::operation::Operation;
use crate::request_log::Request;
use crate::service::{File, Folder, IssuedToken, Service, Session, Target};
use crate::settings::{Access, Settings};
use crate::timestamp::Timestamp;

pub(crate) fn state_response(call: &AdminCall<'_>) -> HttpResponse {
    let server = call.server;
    // Before the state is read: an event follows whatever is missing in it.
    let revision = *server.changes.borrow();
    let now = server.backend.now();
    let transfers = find_transfers(&server.log.requests());
    let service = server.backend.service();
    let response = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "url": server.url(),
        "revision": revision,
        "clock": clock_json(now, server.backend.clock_ahead().as_secs()),
        "settings": settings_json(&service.settings),
        "used": service.tree.used(),
        "folders": folders_json(&service),
        "files": files_json(&service),
        "sessions": sessions_json(&service, &transfers, now),
        "tokens": tokens_json(&service, now),
    });
    drop(service);
    response::json_response(StatusCode::OK, &response)
}

pub(crate) fn clock_json(now: Timestamp, ahead: u64) -> Value {
    json!({ "now": now.date_time(), "ahead_seconds": ahead })
}

fn settings_json(settings: &Settings) -> Value {
    json!({
        "part_size": settings.part_size,
        "smallest_file": settings.smallest_file,
        "largest_file": settings.largest_file,
        "quota": settings.quota,
        "session_life_seconds": settings.session_life.as_secs(),
        "token_life_seconds": settings.token_life.as_secs(),
        "rate_limit": settings.rate_limit,
        "any_token": settings.tokens.is_none(),
    })
}

/// Ids are numbers unless the settings say otherwise: shorter ones first.
fn order_of(id: &str) -> (usize, &str) {
    (id.len(), id)
}

fn folders_json(service: &Service) -> Vec<Value> {
    let mut folders: Vec<_> = service.tree.folders().collect();
    folders.sort_by_key(|(folder, _)| order_of(&folder.id));
    folders.into_iter().map(|(folder, access)| folder_json(folder, access)).collect()
}

fn folder_json(folder: &Folder, access: Access) -> Value {
    let access = match access {
        Access::Write => "write",
        Access::ReadOnly => "read_only",
        Access::ForbiddenByPolicy => "forbidden",
        Access::Trashed => "trashed",
    };
    let parent = Some(&folder.parent).filter(|parent| !parent.is_empty());
    json!({ "id": folder.id, "parent": parent, "name": folder.name, "access": access })
}

fn files_json(service: &Service) -> Vec<Value> {
    let mut files: Vec<_> = service.tree.files().collect();
    files.sort_by_key(|file| order_of(&file.id));
    files.into_iter().map(file_json).collect()
}

fn file_json(file: &File) -> Value {
    json!({
        "id": file.id,
        "folder": file.folder,
        "name": file.name,
        "size": file.size,
        "sha1": file.sha1.to_string(),
        "version": file.etag + 1,
        "created_at": file.created.date_time(),
        "modified_at": file.modified.date_time(),
    })
}

/// What the log tells about the parts of a session, by offset.
#[derive(Debug, Default)]
struct Transfers {
    /// Parts that are being received.
    arriving: BTreeSet<u64>,
    /// How often a part was refused because it was there already.
    duplicates: BTreeMap<u64, u64>,
}

/// Transfers by session.
fn find_transfers(requests: &[Request]) -> HashMap<String, Transfers> {
    let mut found: HashMap<String, Transfers> = HashMap::new();
    let parts = requests.iter().filter(|one| one.operation == Some(Operation::UploadPart));
    for request in parts.filter(|one| one.took.is_none() || one.status == Some(416)) {
        let range = request.headers.get("content-range").and_then(|range| range.to_str().ok());
        let range = range.and_then(|range| range.parse::<ContentRange>().ok());
        let path = request.path.split('?').next().unwrap_or_default();
        if let (Some(range), Ok(route)) = (range, Route::find(&request.method, path)) {
            let transfers = found.entry(route.id.to_ascii_lowercase()).or_default();
            if request.took.is_none() {
                transfers.arriving.insert(range.first());
            } else {
                *transfers.duplicates.entry(range.first()).or_default() += 1;
            }
        }
    }
    found
}

fn sessions_json(
    service: &Service,
    transfers: &HashMap<String, Transfers>,
    now: Timestamp,
) -> Vec<Value> {
    let mut sessions: Vec<_> = service.sessions().collect();
    sessions.sort_by_key(|session| (session.expires, &session.id));
    let none = Transfers::default();
    let mut found = Vec::with_capacity(sessions.len());
    for session in sessions {
        let transfers = transfers.get(&session.id).unwrap_or(&none);
        found.push(session_json(service, session, transfers, now));
    }
    found
}

fn session_json(
    service: &Service,
    session: &Session,
    transfers: &Transfers,
    now: Timestamp,
) -> Value {
    let part_size = session.part_size;
    let number = |offset: &u64| offset / part_size + 1;
    let total = session.total_parts();
    let stored = |number: &u64| session.parts.contains_key(&((number - 1) * part_size));
    let (received, missing): (Vec<u64>, Vec<u64>) = (1..=total).partition(stored);
    let is_new = |offset: &&u64| !session.parts.contains_key(*offset);
    // Other ranges are refused, too, but then the part is not there.
    let is_duplicate = |(offset, _): &(&u64, &u64)| session.parts.contains_key(*offset);
    let duplicates = transfers.duplicates.iter().filter(is_duplicate);
    let (file, folder, name) = match &session.target {
        Target::NewFile { folder, name } => (None, Some(folder.clone()), Some(name.clone())),
        Target::NewVersion { file, name } => {
            let old = service.tree.file(file).ok();
            let name = name.clone().or_else(|| old.map(|old| old.name.clone()));
            (Some(file), old.map(|old| old.folder.clone()), name)
        }
    };
    json!({
        "id": session.id,
        "user": session.user,
        "file": file,
        "folder": folder,
        "name": name,
        "size": session.size,
        "part_size": part_size,
        "total_parts": total,
        "received": received,
        "missing": missing,
        "arriving": transfers.arriving.iter().filter(is_new).map(number).collect::<Vec<_>>(),
        "duplicates": duplicates
            .map(|(offset, count)| json!({ "part": number(offset), "count": count }))
            .collect::<Vec<_>>(),
        "committing": session.committing.is_some_and(|until| until > now),
        "expires_at": session.expires.date_time(),
    })
}

fn tokens_json(service: &Service, now: Timestamp) -> Vec<Value> {
    let mut tokens: Vec<_> = service.tokens.issued().collect();
    tokens.sort_by_key(|(token, _)| (token.expires, &token.fingerprint));
    tokens.into_iter().map(|(token, revoked)| token_json(token, revoked, now)).collect()
}

fn token_json(token: &IssuedToken, revoked: bool, now: Timestamp) -> Value {
    json!({
        "fingerprint": token.fingerprint,
        "user": token.user,
        "scope": token.scope,
        "expires_at": token.expires.date_time(),
        "valid": !revoked && token.expires > now,
    })
}
