//! Answers.

use box_upload_sessions::types::{ClientError, ClientErrorCode, ClientErrorType};
use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use serde::Serialize;

use super::body::ReplyBody;
use crate::fault::{Answer, AnswerBody};
use crate::random;
use crate::service::Refusal;

pub(crate) type Reply = Response<ReplyBody>;

pub(crate) fn empty(status: StatusCode) -> Reply {
    with_body(status, None, Bytes::new())
}

pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Reply {
    // The types of the service always encode.
    let text = serde_json::to_vec(value).unwrap_or_default();
    with_body(status, Some("application/json"), text.into())
}

pub(crate) fn with_body(status: StatusCode, kind: Option<&'static str>, body: Bytes) -> Reply {
    let mut reply = Response::new(ReplyBody::whole(body));
    *reply.status_mut() = status;
    if let Some(kind) = kind {
        reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    reply
}

pub(crate) fn set_header(reply: &mut Reply, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
}

/// An error of the service.
pub(crate) fn refusal(refusal: &Refusal, request_id: &str) -> Reply {
    let mut reply = if refusal.status == StatusCode::UNAUTHORIZED {
        unauthorized()
    } else {
        let mut error = error(refusal.status, refusal.code.clone(), &refusal.message, request_id);
        error.context_info = refusal.context.as_deref().cloned();
        json(refusal.status, &error)
    };
    if let Some(delay) = refusal.retry_after {
        let seconds = delay.as_millis().div_ceil(1_000).max(1);
        set_header(&mut reply, header::RETRY_AFTER, &seconds.to_string());
    }
    reply
}

/// Box says nothing in the body then.
fn unauthorized() -> Reply {
    let mut reply = empty(StatusCode::UNAUTHORIZED);
    let text = r#"Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid.""#;
    set_header(&mut reply, header::WWW_AUTHENTICATE, text);
    reply
}

fn error(
    status: StatusCode,
    code: ClientErrorCode,
    message: &str,
    request_id: &str,
) -> ClientError {
    let mut error = ClientError::default();
    error.r#type = Some(ClientErrorType::Error);
    error.status = Some(i32::from(status.as_u16()));
    error.code = Some(code);
    error.message = Some(message.to_owned());
    error.help_url =
        Some("https://developer.box.com/guides/api-calls/permissions-and-errors/".into());
    error.request_id = Some(request_id.to_owned());
    error
}

/// The answer of a fault.
pub(crate) fn fault(answer: &Answer, request_id: &str) -> Reply {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = answer.body.unwrap_or(match status.as_u16() {
        200..=399 | 401 => AnswerBody::Empty,
        502 => AnswerBody::Html,
        _ => AnswerBody::Error,
    });
    let code = match &answer.code {
        Some(code) => code.as_str().into(),
        None => usual_code(status),
    };
    let mut error = error(status, code, "this answer is a fault of the plan", request_id);
    let mut reply = match kind {
        AnswerBody::Error => json(status, &error),
        AnswerBody::ShortError => {
            (error.r#type, error.status, error.help_url) = (None, None, None);
            json(status, &error)
        }
        AnswerBody::Html => {
            let text = format!(
                "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
            );
            with_body(status, Some("text/html"), text.into())
        }
        AnswerBody::Empty if status == StatusCode::UNAUTHORIZED => unauthorized(),
        AnswerBody::Empty => empty(status),
    };
    if let Some(retry_after) = &answer.retry_after {
        set_header(&mut reply, header::RETRY_AFTER, &retry_after.to_string());
    }
    reply
}

fn usual_code(status: StatusCode) -> ClientErrorCode {
    match status.as_u16() {
        401 => ClientErrorCode::Unauthorized,
        403 => ClientErrorCode::Forbidden,
        404 => ClientErrorCode::NotFound,
        405 => ClientErrorCode::MethodNotAllowed,
        409 => ClientErrorCode::Conflict,
        410 => ClientErrorCode::SessionExpired,
        412 => ClientErrorCode::PreconditionFailed,
        413 => ClientErrorCode::RequestEntityTooLarge,
        429 => ClientErrorCode::RateLimitExceeded,
        503 => ClientErrorCode::Unavailable,
        400..=499 => ClientErrorCode::BadRequest,
        _ => ClientErrorCode::InternalServerError,
    }
}

/// The name that an answer has for support to find it.
pub(crate) fn request_id() -> String {
    random::hex(16)
}
