//! How an upload comes by its session.

use box_upload_sessions::types::{
    ClientErrorCode, ConflictingSession, CreateUploadSessionBody,
    CreateUploadSessionForVersionBody, UploadSession,
};

use crate::context::{Context, Stop};
use crate::failure::Failure;
use crate::target::Target;
use crate::upload::Destination;

/// A session for the target, and whether it had been there before. Where the name is taken, the
/// target changes as its user wants.
pub(crate) async fn create(
    context: &Context,
    target: &mut Target,
) -> Result<(UploadSession, bool), Stop> {
    loop {
        let failure = match request(context, target).await {
            Ok(session) => return Ok((session, false)),
            Err(failure) => failure,
        };
        if failure.is(&ClientErrorCode::SessionConflict) {
            // An earlier create succeeded, and its answer was lost.
            let info = failure.error.as_ref().and_then(|error| error.context_info.clone());
            match info.and_then(|info| info.session) {
                Some(ConflictingSession::UploadSession(session)) => return Ok((*session, true)),
                _ => return Err(failure.into()),
            }
        } else if failure.is(&ClientErrorCode::FileSizeTooSmall) {
            return Err(Stop::TooSmall);
        }
        target.give_way(failure)?;
    }
}

async fn request(context: &Context, target: &Target) -> Result<UploadSession, Failure> {
    let size = i64::try_from(context.size).unwrap_or(i64::MAX);
    match &target.destination {
        Destination::Folder(folder) => {
            let body = CreateUploadSessionBody::new(folder, size, &target.name);
            let request = || context.client.create_upload_session(&body);
            context.persist("create_upload_session", request).await
        }
        Destination::File(file) => {
            let mut body = CreateUploadSessionForVersionBody::new(size);
            body.file_name = target.new_name().map(str::to_owned);
            let request = || context.client.create_upload_session_for_version(file, &body);
            context.persist("create_upload_session_for_version", request).await
        }
    }
}
