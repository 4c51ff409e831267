//! Files: uploads in one request, preflight checks, metadata and download.

use box_upload_sessions::types::{ClientErrorCode, Files};
use bytes::Bytes;
use http::{Response, StatusCode, header};
use tokio::sync::mpsc;

use super::body::{RequestBody, ResponseBody, send_chunk};
use super::call::Call;
use super::content_receiver::ContentReceiver;
use super::error::HandlerError;
use super::input::{self, ItemBody, MAX_JSON};
use super::multipart::{self, Form};
use super::response::{self, HttpResponse};
use crate::backend::{Backend, internal_error};
use crate::service::{Blob, Caller, DirectUpload, Event, File, Refusal, Target};
use crate::store::{BlobReader, BlobWriter, PendingBlob};
use box_upload_common::Sha1Hash;

pub(crate) async fn preflight_file(
    call: &Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let body: ItemBody = input::decode_json(&body.read_to_end(MAX_JSON).await?)?;
    let target = Target::NewFile { folder: body.parent()?, name: body.name()? };
    check_preflight(call, &caller, &target, body.size)?;
    let url = format!("{}/files/content", call.base);
    Ok(response::json_response(
        StatusCode::OK,
        &serde_json::json!({ "upload_url": url, "upload_token": "" }),
    ))
}

pub(crate) async fn preflight_version(
    call: &Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let text = body.read_to_end(MAX_JSON).await?;
    let body: ItemBody = input::decode_json(if text.is_empty() { b"{}" } else { &text })?;
    let target = Target::NewVersion { file: call.id.clone(), name: body.name.clone() };
    check_preflight(call, &caller, &target, body.size)?;
    let url = format!("{}/files/{}/content", call.base, call.id);
    Ok(response::json_response(
        StatusCode::OK,
        &serde_json::json!({ "upload_url": url, "upload_token": "" }),
    ))
}

fn check_preflight(
    call: &Call<'_>,
    caller: &Caller,
    target: &Target,
    size: Option<u64>,
) -> Result<(), HandlerError> {
    let service = call.backend.service();
    let (folder, name, own) = service.resolve_target(target)?;
    service.check_upload(caller, folder, name, size.unwrap_or(0), own)?;
    Ok(())
}

/// Query parameter of a download URL: the SHA-1 of the content, which nobody can guess.
const VERSION: &str = "version";

/// Uploads a new file or a new version in one request.
pub(crate) async fn upload_file(
    call: Call<'_>,
    body: &mut RequestBody,
    version: bool,
) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let headers = &call.head.headers;
    let preconditions = input::parse_preconditions(headers)?;
    let announced = parse_content_hash(headers)?;
    let backend = call.backend.clone();
    let id = call.id.clone();
    let who = caller.clone();
    let form = multipart::read_form(headers, body, async move |mut form: Form| {
        let attributes = match version {
            true => form.read_attributes_if_any().await?,
            false => Some(form.read_attributes().await?),
        };
        let attributes: ItemBody = input::decode_json(attributes.as_deref().unwrap_or(b"{}"))?;
        let target = if version {
            Target::NewVersion { file: id, name: attributes.name.clone() }
        } else {
            Target::NewFile { folder: attributes.parent()?, name: attributes.name()? }
        };
        let direct = DirectUpload { target, attributes: attributes.attributes()?, preconditions };
        let (pending, sha1) = receive_file(&backend, &who, &direct, &mut form).await?;
        Ok((direct, pending, sha1))
    });
    let (direct, pending, sha1) = form.await?;
    if announced.is_some_and(|announced| announced != sha1) {
        let text = "the content does not match the SHA-1 in the `Content-MD5` header";
        return Err(Refusal::bad_request(ClientErrorCode::BadDigest, text).into());
    }
    let blob = pending.blob();
    let stored = call.backend.commit_event_with_blobs([pending], move |service, now| {
        let file = service.store_direct(&caller, &direct, sha1, &blob, now)?;
        Ok((Event::FileStored { session: None, file: file.clone() }, file))
    });
    let file = stored.await?;
    let mut files = Files::new([call.backend.service().file_full(&file)]);
    files.total_count = Some(1);
    // According to Box's document.
    let status = if version { StatusCode::OK } else { StatusCode::CREATED };
    Ok(response::json_response(status, &files))
}

/// Despite its name, Box's `Content-MD5` holds a SHA-1 in hexadecimal digits.
fn parse_content_hash(headers: &http::HeaderMap) -> Result<Option<Sha1Hash>, Refusal> {
    let Some(text) = input::parse_header::<String>(headers, "content-md5")? else {
        return Ok(None);
    };
    let Some(hash) = Sha1Hash::parse(&text) else {
        let text = "the `Content-MD5` header must be 40 hexadecimal digits";
        return Err(Refusal::bad_request(ClientErrorCode::BadDigest, text));
    };
    Ok(Some(hash))
}

async fn receive_file(
    backend: &Backend,
    caller: &Caller,
    direct: &DirectUpload,
    form: &mut Form,
) -> Result<(PendingBlob, Sha1Hash), Refusal> {
    backend.service().check_direct(caller, direct, 0)?;
    let largest = backend.service().settings.largest_file;
    let mut field = form.next_file().await?;
    let mut intake =
        ContentReceiver::new(BlobWriter::new(backend.store(), 0).map_err(internal_error)?);
    while let Some(chunk) = multipart::next_chunk(&mut field).await? {
        intake.push_chunk(chunk).await?;
        if intake.size > largest {
            backend.service().check_direct(caller, direct, intake.size)?;
        }
    }
    drop(field);
    form.expect_end().await?;
    intake.finish().await
}

pub(crate) fn get_file(call: &Call<'_>) -> Result<HttpResponse, HandlerError> {
    call.authenticate_caller()?;
    let service = call.backend.service();
    let file = service.tree.file(&call.id)?;
    Ok(response::json_response(StatusCode::OK, &service.file_full(file)))
}

/// Moves a file to the trash.
pub(crate) async fn delete_file(call: Call<'_>) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    let preconditions = input::parse_preconditions(&call.head.headers)?;
    let id = call.id;
    let deleted = call.backend.commit_event(move |service, _| {
        Ok((service.trash_file(&caller, &id, &preconditions)?, ()))
    });
    deleted.await?;
    Ok(response::empty_response(StatusCode::NO_CONTENT))
}

/// Redirects to the content, as Box does.
pub(crate) fn download_file(call: &Call<'_>) -> Result<HttpResponse, HandlerError> {
    call.authenticate_caller()?;
    let service = call.backend.service();
    let file = service.tree.file(&call.id)?;
    let url = format!("{}/d/1/{}/download?{VERSION}={}", call.origin, file.id, file.sha1);
    let mut response = response::empty_response(StatusCode::FOUND);
    response::set_header(&mut response, header::LOCATION, &url);
    Ok(response)
}

/// Sends the content to whoever has the URL, which needs no token.
pub(crate) fn download_content(call: &Call<'_>) -> Result<HttpResponse, HandlerError> {
    let file = call.backend.service().tree.file(&call.id)?.clone();
    let wanted = format!("{VERSION}={}", file.sha1);
    if call.head.uri.query() != Some(&*wanted) {
        return Err(Refusal::not_found(ClientErrorCode::NotFound, "no such content").into());
    }
    Ok(content_response(call.backend, file))
}

/// A response with the content of a file.
pub(crate) fn content_response(backend: &Backend, file: File) -> HttpResponse {
    let backend = backend.clone();
    let body = ResponseBody::fed(file.size, |sender| async move {
        for blob in file.content {
            send_blob(&backend, blob, &sender).await?;
        }
        Ok(())
    });
    let mut response = Response::new(body);
    response::set_header(&mut response, header::CONTENT_TYPE, "application/octet-stream");
    response
}

pub(crate) async fn send_blob(
    backend: &Backend,
    blob: Blob,
    sender: &mpsc::Sender<Bytes>,
) -> std::io::Result<()> {
    let mut reader = run_io(backend, move |backend| open_blob(backend, &blob)).await?;
    loop {
        let next = run_io(backend, move |_| reader.next_chunk().map(|chunk| (reader, chunk)));
        let (rest, chunk): (BlobReader, Bytes) = next.await?;
        if chunk.is_empty() {
            return Ok(());
        }
        reader = rest;
        send_chunk(sender, chunk).await?;
    }
}

fn open_blob(backend: &Backend, blob: &Blob) -> std::io::Result<BlobReader> {
    BlobReader::open(backend.store(), blob)
}

async fn run_io<T: Send + 'static>(
    backend: &Backend,
    work: impl FnOnce(&Backend) -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    let done = backend.run_blocking(work).await;
    done.map_err(|refusal| std::io::Error::other(refusal.message))?
}
