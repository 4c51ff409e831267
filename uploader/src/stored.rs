//! Compares what Box stored with what was sent.

use std::sync::atomic::Ordering;

use box_upload_sessions::types::{FileFull, ParentFolder, PreflightFileBody};

use crate::context::Context;
use crate::hashing::hash_source;
use crate::options::Destination;
use crate::outgoing::source_error;
use crate::request_error::RequestError;
use crate::source::Source;
use crate::target::{Target, conflicting_item, is_file};
use crate::{ErrorKind, Sha1Hash};

/// Finds the file at the target, if its content has this hash.
pub(crate) async fn find_stored_file(
    context: &Context,
    target: &Target,
    sha1: Sha1Hash,
) -> Result<Option<FileFull>, RequestError> {
    let id = match &target.destination {
        Destination::File(id) => Some(id.clone()),
        Destination::Folder(folder) => {
            // Without its size: the file need not fit twice.
            let body = PreflightFileBody::new(&target.name, ParentFolder::new(folder));
            let request = || context.client.preflight_file(&body);
            match context.send_retrying("preflight_file", request).await {
                Ok(_) => None,
                Err(failure) => match conflicting_item(&failure) {
                    Some(conflict) if is_file(&conflict) => conflict.id,
                    Some(_) => None,
                    None => return Err(failure),
                },
            }
        }
    };
    let Some(id) = id else { return Ok(None) };
    let file = context.send_retrying("get_file", || context.client.get_file(&id)).await?;
    let same = file.sha1.as_ref().is_some_and(|there| sha1.matches(there));
    Ok(same.then_some(file))
}

/// Finds the file that has the target's name, if its content equals the source: then nothing needs
/// to be sent. `sha1` is the source's hash, if known.
pub(crate) async fn find_identical_file(
    context: &Context,
    source: &Source,
    target: &Target,
    failure: &RequestError,
    sha1: Option<Sha1Hash>,
) -> Result<Option<(FileFull, Sha1Hash)>, ErrorKind> {
    let conflict =
        conflicting_item(failure).filter(|conflict| target.accepts_identical && is_file(conflict));
    let Some((id, there)) = conflict.and_then(|conflict| conflict.id.zip(conflict.sha1)) else {
        return Ok(None);
    };
    if sha1.is_some_and(|sha1| !sha1.matches(&there)) {
        return Ok(None);
    }
    // Without permission to read it, the name counts as in use.
    let request = || context.client.get_file(&id);
    let Ok(file) = context.send_retrying("get_file", request).await else { return Ok(None) };
    // Hashing a large file takes a while.
    if file.size.is_some_and(|size| size != context.size) {
        return Ok(None);
    }
    let sha1 = match sha1 {
        Some(sha1) => sha1,
        None => {
            let hashed = hash_source(source, &context.policy.buffers).await;
            hashed.map_err(|error| source_error(context, error))?
        }
    };
    let same = file.sha1.as_deref().is_some_and(|now| sha1.matches(now));
    if !same {
        return Ok(None);
    }
    context.unchanged.store(true, Ordering::Relaxed);
    Ok(Some((file, sha1)))
}

/// Returns the file once its hash is confirmed.
pub(crate) async fn confirm_hash(
    context: &Context,
    mut file: FileFull,
    sha1: Sha1Hash,
) -> Result<FileFull, ErrorKind> {
    if file.sha1.is_none() {
        let request = || context.client.get_file(&file.id);
        let again = context.send_retrying("get_file", request).await;
        file = again.map_err(|failure| failure.into_kind(1))?;
    }
    match &file.sha1 {
        Some(there) if sha1.matches(there) => Ok(file),
        Some(there) => {
            let what = format!("file {} has SHA-1 {there}, expected {sha1}", file.id);
            Err(ErrorKind::Corrupted { what })
        }
        None => {
            let what = format!("Box returned no SHA-1 for file {}", file.id);
            Err(ErrorKind::Corrupted { what })
        }
    }
}
