//! Lines of a recording.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use box_upload_sessions::runtime::DateTime;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{self, HeaderName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::redaction;

/// Version of the format.
pub(super) const VERSION: u32 = 1;

/// Longest body that is kept; of longer ones, only the size.
const MAX_BODY: usize = 1024 * 1024;

/// First line of a recording.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Preamble {
    pub(super) version: u32,
    pub(super) recorded_at: DateTime,
    /// Host and port of the service, if it was not Box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) upstream: Option<String>,
}

/// A request and its response: each further line.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Exchange {
    pub(super) request: RecordedRequest,
    pub(super) response: RecordedResponse,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct RecordedRequest {
    pub(super) method: String,
    /// Path and query, without secrets.
    pub(super) path: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: RecordedBody,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct RecordedResponse {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: RecordedBody,
}

/// A body, as far as it is kept.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RecordedBody {
    Empty,
    Json(Value),
    Text(String),
    Base64(String),
    /// Content of files, and what is too long.
    Omitted {
        /// In bytes; `None` if it was not known in advance.
        size: Option<u64>,
    },
}

impl RecordedBody {
    /// Keeps a body, without secrets.
    pub(super) fn keep(path: &str, headers: &HeaderMap, body: &Bytes) -> Self {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default();
        if body.is_empty() {
            return Self::Empty;
        }
        if body.len() > MAX_BODY {
            return Self::Omitted { size: Some(body.len() as u64) };
        }
        if kind.starts_with("application/x-www-form-urlencoded") {
            return Self::Text(redaction::redact_form(path, body));
        }
        if let Ok(mut value) = serde_json::from_slice(body) {
            redaction::redact_json(&mut value);
            return Self::Json(value);
        }
        match std::str::from_utf8(body) {
            // JSON that is cut off or nested too deeply, for example.
            Ok(text) if redaction::mentions_secret(text) => {
                Self::Omitted { size: Some(body.len() as u64) }
            }
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Base64(STANDARD.encode(body)),
        }
    }

    /// The bytes, if they were kept.
    pub(super) fn bytes(&self) -> Option<Bytes> {
        match self {
            Self::Empty => Some(Bytes::new()),
            Self::Json(value) => serde_json::to_vec(value).ok().map(Bytes::from),
            Self::Text(text) => Some(Bytes::copy_from_slice(text.as_bytes())),
            Self::Base64(text) => STANDARD.decode(text).ok().map(Bytes::from),
            Self::Omitted { .. } => None,
        }
    }
}

/// What tells requests apart when they are replayed.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct RequestKey {
    method: String,
    path: String,
    /// Which part of a file.
    range: Option<String>,
}

impl RequestKey {
    pub(super) fn of(request: &RecordedRequest) -> Self {
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            range: request.headers.get("content-range").cloned(),
        }
    }
}

/// Headers of a request that are kept. Others may name a person or carry a secret.
const REQUEST_HEADERS: [HeaderName; 7] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::RANGE,
    HeaderName::from_static("digest"),
];

/// Headers of a response that are kept.
const RESPONSE_HEADERS: [HeaderName; 8] = [
    header::CONTENT_TYPE,
    header::CONTENT_RANGE,
    header::DATE,
    header::ETAG,
    header::LOCATION,
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
    HeaderName::from_static("box-request-id"),
];

pub(super) fn keep_request_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    keep_headers(headers, &REQUEST_HEADERS)
}

pub(super) fn keep_response_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut kept = keep_headers(headers, &RESPONSE_HEADERS);
    if let Some(location) = kept.get_mut("location") {
        *location = redaction::redact_url(location);
    }
    kept
}

fn keep_headers(headers: &HeaderMap, names: &[HeaderName]) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for name in names {
        if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
            kept.insert(name.to_string(), value.to_owned());
        }
    }
    kept
}

/// The error, with the file that it concerns.
pub(super) fn name_file(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
