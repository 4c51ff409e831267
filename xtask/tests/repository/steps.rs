//! The Rust of the guide to upload sessions, block by block.

use std::error::Error;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::time::Duration;

use box_upload_sessions::Client;
use box_upload_sessions::operations::CommitUploadSessionOutcome;
use box_upload_sessions::runtime::{ContentRange, Digest};
use box_upload_sessions::types::*;
use sha1::{Digest as _, Sha1};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub(crate) fn connect(token: &str) -> Result<Client> {
    Ok(Client::builder().access_token(token).build()?)
}

pub(crate) async fn create_session(
    client: &Client,
    name: &str,
    file: &File,
) -> Result<UploadSession> {
    let new_file = CreateUploadSessionBody::builder()
        .file_name(name)
        .file_size(file.metadata()?.len())
        .folder_id("0");
    Ok(client.create_upload_session(&new_file).await?)
}

/// The item that has the name, if any.
pub(crate) async fn find_conflict(
    client: &Client,
    name: &str,
    file: &File,
) -> Result<Option<Conflict>> {
    let new_file = CreateUploadSessionBody::builder()
        .file_name(name)
        .file_size(file.metadata()?.len())
        .folder_id("0");
    let error = match client.create_upload_session(&new_file).await {
        Ok(session) => {
            client.abort_upload_session(&session.id).await?;
            return Ok(None);
        }
        Err(error) => error,
    };
    let details = error.body().and_then(|body| body.context_info.as_ref());
    match details.and_then(|details| details.conflicts.as_ref()) {
        Some(Conflicts::Conflict(item)) => Ok(Some(Conflict::clone(item))),
        _ => Err(error.into()),
    }
}

pub(crate) async fn create_session_for_version(
    client: &Client,
    file_id: &str,
    file: &File,
) -> Result<UploadSession> {
    let new_version = CreateUploadSessionForVersionBody::new(file.metadata()?.len());
    Ok(client.create_upload_session_for_version(file_id, &new_version).await?)
}

/// Sends the part that begins at `offset`.
pub(crate) async fn upload_part(
    client: &Client,
    session: &UploadSession,
    mut file: &File,
    offset: u64,
) -> Result<Part> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(offset))?;
    file.take(session.part_size).read_to_end(&mut bytes)?;

    let digest = Digest::sha(&Sha1::digest(&bytes).into());
    let range = ContentRange::new(offset, bytes.len() as u64, file.metadata()?.len())?;
    let mut upload = client.upload_part(&session.id, &range, &digest, bytes);
    if let Some(endpoints) = &session.session_endpoints
        && let Some(url) = &endpoints.upload_part
    {
        upload = upload.at(url);
    }
    Ok(upload.await?.part)
}

/// Sends the parts that are not stored, and returns all of them in the order of their offsets.
pub(crate) async fn upload_missing_parts(
    client: &Client,
    session: &UploadSession,
    file: &File,
    stored: Vec<Part>,
) -> Result<Vec<Part>> {
    let size = file.metadata()?.len();
    let mut parts = stored;
    let mut offset = 0;
    while offset < size {
        if !parts.iter().any(|part| part.offset == offset) {
            parts.push(upload_part(client, session, file, offset).await?);
        }
        offset += session.part_size;
    }
    parts.sort_by_key(|part| part.offset);
    Ok(parts)
}

pub(crate) async fn list_parts(client: &Client, session: &UploadSession) -> Result<Vec<Part>> {
    let mut stored = client.list_parts(&session.id).stream();
    let mut parts = Vec::new();
    while let Some(part) = stored.next().await {
        parts.push(part?);
    }
    Ok(parts)
}

pub(crate) async fn commit(
    client: &Client,
    session: &UploadSession,
    parts: Vec<Part>,
    file: &File,
) -> Result<FileFull> {
    let digest = compute_digest(file)?;
    let body = CommitUploadSessionBody::new(parts);
    for _ in 0..100 {
        match client.commit_upload_session(&session.id, &digest, &body).await? {
            CommitUploadSessionOutcome::Created(files) => {
                return files.entries.into_iter().next().ok_or("the response has no file".into());
            }
            CommitUploadSessionOutcome::Accepted { retry_after } => {
                let delay = retry_after.map_or(Duration::from_secs(1), |after| after.delay());
                tokio::time::sleep(delay).await;
            }
            _ => return Err("unexpected response".into()),
        }
    }
    Err("Box is still processing the parts".into())
}

fn compute_digest(mut file: &File) -> Result<Digest> {
    let mut sha1 = Sha1::new();
    let mut buffer = vec![0; 1 << 20];
    file.rewind()?;
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            return Ok(Digest::sha(&sha1.finalize().into()));
        }
        sha1.update(&buffer[..length]);
    }
}

pub(crate) async fn resume(client: &Client, session_id: &str, file: &File) -> Result<FileFull> {
    let session = client.get_upload_session(session_id).await?;
    let stored = list_parts(client, &session).await?;
    let parts = upload_missing_parts(client, &session, file, stored).await?;
    commit(client, &session, parts, file).await
}
