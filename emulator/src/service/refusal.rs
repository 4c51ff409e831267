//! Error responses of the service.

use std::time::Duration;

use box_upload_sessions::types::{ClientErrorCode, ClientErrorContextInfo};
use http::StatusCode;

/// An error response of the service.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: ClientErrorCode,
    pub(crate) message: String,
    pub(crate) context: Option<Box<ClientErrorContextInfo>>,
    pub(crate) retry_after: Option<Duration>,
}

impl Refusal {
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<ClientErrorCode>,
        message: impl Into<String>,
    ) -> Self {
        let code = code.into();
        let message = message.into();
        Self { status, code, message, context: None, retry_after: None }
    }

    pub(crate) fn with_context(mut self, context: ClientErrorContextInfo) -> Self {
        self.context = Some(Box::new(context));
        self
    }

    pub(crate) fn bad_request(code: ClientErrorCode, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn forbidden(code: ClientErrorCode, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    pub(crate) fn not_found(code: ClientErrorCode, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    pub(crate) fn conflict(code: ClientErrorCode, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    pub(crate) fn gone(code: ClientErrorCode, message: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, code, message)
    }

    pub(crate) fn precondition(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, ClientErrorCode::PreconditionFailed, message)
    }
}
