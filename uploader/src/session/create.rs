//! Creating a session.

use box_upload_sessions::runtime::Error;
use box_upload_sessions::types::{
    ClientError, ClientErrorCode, ConflictingSession, CreateUploadSessionBody,
    CreateUploadSessionForVersionBody, FileFull, UploadSession,
};

use super::abort_quietly;
use crate::Sha1Hash;
use crate::context::{Attempts, Context, StepError};
use crate::options::Destination;
use crate::request_error::RequestError;
use crate::session_id::is_valid_session_id;
use crate::source::Source;
use crate::stored::{find_identical_file, find_stored_file};
use crate::target::Target;

/// Result of creating a session.
pub(crate) enum Created {
    /// A session, and whether it already existed.
    Session(Box<UploadSession>, bool),
    /// An earlier commit created the file, or it already existed.
    Stored(Box<FileFull>, Sha1Hash),
}

/// Creates a session for the target. If the name is taken, the target changes according to the
/// conflict policy, unless it is taken by the file itself: a commit of content with the hash
/// `committed` may have taken effect.
pub(crate) async fn create_session(
    context: &Context,
    source: &Source,
    target: &mut Target,
    committed: Option<Sha1Hash>,
) -> Result<Created, StepError> {
    loop {
        let failure = match request_session(context, target).await {
            Ok(session) => return Ok(Created::Session(Box::new(session), false)),
            Err(failure) => failure,
        };
        if failure.is(&ClientErrorCode::SessionConflict) {
            // An earlier request succeeded, and its response was lost.
            let info = failure.error.as_ref().and_then(|error| error.context_info.clone());
            match info.and_then(|info| info.session) {
                Some(ConflictingSession::UploadSession(session)) => {
                    return Ok(Created::Session(session, true));
                }
                _ => return Err(failure.into()),
            }
        } else if failure.is(&ClientErrorCode::FileSizeTooSmall) {
            return Err(StepError::TooSmall);
        } else if failure.is(&ClientErrorCode::ItemNameInUse)
            && let Some(sha1) = committed
            && let Some(file) = find_stored_file(context, target, sha1).await?
        {
            return Ok(Created::Stored(Box::new(file), sha1));
        }
        if failure.is(&ClientErrorCode::ItemNameInUse)
            && let Some((file, sha1)) =
                find_identical_file(context, source, target, &failure, None).await?
        {
            return Ok(Created::Stored(Box::new(file), sha1));
        }
        target.resolve_conflict(failure)?;
    }
}

async fn request_session(
    context: &Context,
    target: &Target,
) -> Result<UploadSession, RequestError> {
    match &target.destination {
        Destination::Folder(folder) => {
            let body = CreateUploadSessionBody::builder()
                .file_name(&target.name)
                .file_size(context.size)
                .folder_id(folder);
            let request = || context.client.create_upload_session(&body);
            send_create(context, "create_upload_session", request).await
        }
        Destination::File(file) => {
            let mut body = CreateUploadSessionForVersionBody::new(context.size);
            body.file_name = target.new_name().map(str::to_owned);
            let request = || context.client.create_upload_session_for_version(file, &body);
            send_create(context, "create_upload_session_for_version", request).await
        }
    }
}

/// Sends the request until a session is returned and understood. A session in a response that
/// cannot be decoded is aborted, if its id can be read.
async fn send_create<R>(
    context: &Context,
    operation: &'static str,
    request: impl Fn() -> R,
) -> Result<UploadSession, RequestError>
where
    R: IntoFuture<Output = Result<UploadSession, Error<ClientError>>>,
{
    let mut attempts = Attempts::new(context);
    loop {
        match context.send_once(operation, &request).await {
            Err(failure) if failure.is_transient() => {
                if let Some(id) = failure.undecoded.as_deref().and_then(parse_session_id) {
                    abort_quietly(context, &id, None).await;
                }
                attempts.wait_for_retry(failure).await?;
            }
            done => return done,
        }
    }
}

/// The session id in a response.
fn parse_session_id(response: &[u8]) -> Option<String> {
    let response: serde_json::Value = serde_json::from_slice(response).ok()?;
    let id = response.get("id")?.as_str()?;
    is_valid_session_id(id).then(|| id.to_owned())
}
