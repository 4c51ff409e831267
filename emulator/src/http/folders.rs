//! Folders.

use box_upload_sessions::types::{ClientErrorCode, Conflicts};
use http::StatusCode;
use serde_json::{Value, json};

use super::body::RequestBody;
use super::call::Call;
use super::error::HandlerError;
use super::input::{self, ItemBody, MAX_JSON};
use super::response::{self, HttpResponse};
use crate::service::{Event, Folder, Item, Refusal, Service};

/// Maximum page size.
const MAX_PAGE: u64 = 1_000;

pub(crate) fn list_items(call: &Call<'_>) -> Result<HttpResponse, HandlerError> {
    call.authenticate_caller()?;
    let query = call.head.uri.query();
    let number = |name| input::parse_number(query, name, ClientErrorCode::BadRequest);
    // Markers are opaque to clients; here they are offsets.
    let offset =
        number("marker").ok().flatten().map_or_else(|| number("offset"), |at| Ok(Some(at)))?;
    let offset = offset.unwrap_or(0);
    let limit = number("limit")?.unwrap_or(100).clamp(1, MAX_PAGE);
    let service = call.backend.service();
    let folder = service.tree.folder(&call.id, ClientErrorCode::NotFound)?;
    let items = service.tree.items(&folder.id);
    let page = items.iter().skip(offset as usize).take(limit as usize);
    let entries: Vec<_> = page.map(|item| item_json(&service, item)).collect();
    let next = offset + entries.len() as u64;
    let mut response = json!({ "total_count": items.len(), "limit": limit, "entries": entries });
    if query.is_some_and(|query| query.contains("usemarker=true")) {
        let more = next < items.len() as u64;
        response["next_marker"] = if more { json!(next.to_string()) } else { Value::Null };
    } else {
        response["offset"] = json!(offset);
        response["order"] = json!([{ "by": "name", "direction": "ASC" }]);
    }
    Ok(response::json_response(StatusCode::OK, &response))
}

/// All fields of an item; `fields` may only leave some out.
fn item_json(service: &Service, item: &Item<'_>) -> Value {
    match item {
        Item::File(file) => json!(service.file_full(file)),
        Item::Folder(folder) => folder_json(service, folder),
    }
}

fn folder_json(service: &Service, folder: &Folder) -> Value {
    let mut path = service.tree.path(&folder.id);
    path.pop();
    let entries: Vec<_> = path.iter().map(|folder| folder.mini()).collect();
    let mut value = json!(folder.mini());
    value["parent"] = json!(entries.last());
    value["path_collection"] = json!({ "total_count": entries.len(), "entries": entries });
    value["item_status"] = json!("active");
    value["created_at"] = json!(folder.created.date_time());
    value["modified_at"] = json!(folder.created.date_time());
    value["size"] = json!(0);
    value
}

pub(crate) async fn create_folder(
    call: Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    call.authenticate_caller()?;
    let body: ItemBody = input::decode_json(&body.read_to_end(MAX_JSON).await?)?;
    let parent = body.parent()?;
    let name = body.name()?;
    let created = call.backend.commit_event(move |service, now| {
        let folder = service.create_folder(&parent, &name, now).map_err(list_conflict)?;
        Ok((Event::FolderCreated(folder.clone()), folder))
    });
    let folder = created.await?;
    Ok(response::json_response(StatusCode::CREATED, &folder_json(&call.backend.service(), &folder)))
}

/// Moves a folder to the trash.
pub(crate) async fn delete_folder(call: Call<'_>) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let preconditions = input::parse_preconditions(&call.head.headers)?;
    let query = call.head.uri.query();
    let recursive = input::parse_flag(query, "recursive")?.unwrap_or(false);
    let id = call.id;
    let deleted = call.backend.commit_event(move |service, _| {
        Ok((service.trash_folder(&caller, &id, recursive, &preconditions)?, ()))
    });
    deleted.await?;
    Ok(response::empty_response(StatusCode::NO_CONTENT))
}

/// Uploads report a conflict as one object, folders as a list.
fn list_conflict(mut refusal: Refusal) -> Refusal {
    if let Some(context) = &mut refusal.context
        && let Some(Conflicts::Conflict(conflict)) = context.conflicts.take()
    {
        context.conflicts = Some(Conflicts::List(vec![*conflict]));
    }
    refusal
}
