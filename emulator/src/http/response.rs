//! HTTP responses.

use box_upload_sessions::types::{ClientError, ClientErrorCode, ClientErrorType};
use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use serde::Serialize;

use super::body::ResponseBody;
use crate::fault::{FaultResponse, ResponseBodyKind};
use crate::random;
use crate::service::Refusal;

pub(crate) type HttpResponse = Response<ResponseBody>;

pub(crate) fn empty_response(status: StatusCode) -> HttpResponse {
    response_with_body(status, None, Bytes::new())
}

pub(crate) fn json_response(status: StatusCode, value: &impl Serialize) -> HttpResponse {
    // The service's types always encode.
    let text = serde_json::to_vec(value).unwrap_or_default();
    response_with_body(status, Some("application/json"), text.into())
}

pub(crate) fn response_with_body(
    status: StatusCode,
    kind: Option<&'static str>,
    body: Bytes,
) -> HttpResponse {
    let mut response = Response::new(ResponseBody::whole(body));
    *response.status_mut() = status;
    if let Some(kind) = kind {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    response
}

pub(crate) fn set_header(response: &mut HttpResponse, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The response to a refused request.
pub(crate) fn refusal_response(refusal: &Refusal, request_id: &str) -> HttpResponse {
    let mut response = if refusal.status == StatusCode::UNAUTHORIZED {
        unauthorized_response()
    } else {
        let mut error =
            error_body(refusal.status, refusal.code.clone(), &refusal.message, request_id);
        error.context_info = refusal.context.as_deref().cloned();
        json_response(refusal.status, &error)
    };
    if let Some(delay) = refusal.retry_after {
        let seconds = delay.as_millis().div_ceil(1_000).max(1);
        set_header(&mut response, header::RETRY_AFTER, &seconds.to_string());
    }
    response
}

/// Box sends no body.
fn unauthorized_response() -> HttpResponse {
    let mut response = empty_response(StatusCode::UNAUTHORIZED);
    let text = r#"Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid.""#;
    set_header(&mut response, header::WWW_AUTHENTICATE, text);
    response
}

fn error_body(
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

/// The response of a fault.
pub(crate) fn fault_response(fault: &FaultResponse, request_id: &str) -> HttpResponse {
    let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = fault.body.unwrap_or(match status.as_u16() {
        200..=399 | 401 => ResponseBodyKind::Empty,
        502 => ResponseBodyKind::Html,
        _ => ResponseBodyKind::Error,
    });
    let code = match &fault.code {
        Some(code) => code.as_str().into(),
        None => usual_code(status),
    };
    let mut error = error_body(status, code, "injected fault", request_id);
    let mut response = match kind {
        ResponseBodyKind::Error => json_response(status, &error),
        ResponseBodyKind::ShortError => {
            (error.r#type, error.status, error.help_url) = (None, None, None);
            json_response(status, &error)
        }
        ResponseBodyKind::Html => {
            let text = format!(
                "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
            );
            response_with_body(status, Some("text/html"), text.into())
        }
        ResponseBodyKind::Empty if status == StatusCode::UNAUTHORIZED => unauthorized_response(),
        ResponseBodyKind::Empty => empty_response(status),
    };
    if let Some(retry_after) = &fault.retry_after {
        set_header(&mut response, header::RETRY_AFTER, &retry_after.to_string());
    }
    response
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

/// A request id, as Box's support asks for.
pub(crate) fn new_request_id() -> String {
    random::random_hex(16)
}
