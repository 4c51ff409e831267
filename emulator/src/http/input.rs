//! Parsing requests.

use std::str::FromStr;

use box_upload_sessions::runtime::{DateTime, Digest};
use box_upload_sessions::types::{
    ClientErrorCode, CreateUploadSessionBody, CreateUploadSessionForVersionBody,
};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::service::{Attributes, Preconditions, Refusal};
use box_upload_common::Sha1Hash;

/// Largest JSON body; a commit of 100,000 parts fits.
pub(crate) const MAX_JSON: usize = 16 << 20;

fn bad_request(message: impl Into<String>) -> Refusal {
    Refusal::bad_request(ClientErrorCode::BadRequest, message)
}

/// Decodes a JSON body.
pub(crate) fn decode_json<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, Refusal> {
    serde_json::from_slice(text).map_err(|error| bad_request(format!("invalid body: {error}")))
}

fn decode_object<T: for<'a> Deserialize<'a>>(object: Map<String, Value>) -> Result<T, Refusal> {
    let error = |error| bad_request(format!("invalid body: {error}"));
    serde_json::from_value(Value::Object(object)).map_err(error)
}

/// Parses the body of a session for a new file. Each missing member has its own error code.
pub(crate) fn parse_new_file(text: &[u8]) -> Result<CreateUploadSessionBody, Refusal> {
    let mut body: Map<String, Value> = decode_json(text)?;
    check_folder(&mut body)?;
    match body.get("file_name") {
        Some(Value::String(_)) => {}
        None | Some(Value::Null) => {
            let code = ClientErrorCode::MissingFileName;
            return Err(Refusal::bad_request(code, "`file_name` is missing"));
        }
        Some(_) => return Err(invalid_file_name()),
    }
    check_size(&body)?;
    decode_object(body)
}

/// Parses the body of a session for a new version.
pub(crate) fn parse_new_version(text: &[u8]) -> Result<CreateUploadSessionForVersionBody, Refusal> {
    let body: Map<String, Value> = decode_json(text)?;
    if body.contains_key("folder_id") {
        let code = ClientErrorCode::MultipleDestinations;
        return Err(Refusal::bad_request(code, "`folder_id` is not allowed for a new version"));
    }
    if !matches!(body.get("file_name"), None | Some(Value::Null | Value::String(_))) {
        return Err(invalid_file_name());
    }
    check_size(&body)?;
    decode_object(body)
}

fn invalid_file_name() -> Refusal {
    Refusal::bad_request(ClientErrorCode::ItemNameInvalid, "`file_name` must be a string")
}

fn check_folder(body: &mut Map<String, Value>) -> Result<(), Refusal> {
    let id = match body.get("folder_id") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(id)) => id.clone(),
        Some(other) => other.to_string(),
    };
    if id.is_empty() {
        let code = ClientErrorCode::MissingDestination;
        return Err(Refusal::bad_request(code, "`folder_id` is missing"));
    }
    if !id.bytes().all(|byte| byte.is_ascii_digit()) {
        let code = ClientErrorCode::InvalidFolderId;
        return Err(Refusal::bad_request(code, "`folder_id` must be decimal digits"));
    }
    body.insert("folder_id".to_owned(), Value::String(id));
    Ok(())
}

fn check_size(body: &Map<String, Value>) -> Result<(), Refusal> {
    match body.get("file_size") {
        None | Some(Value::Null) => {
            let code = ClientErrorCode::MissingFileSize;
            Err(Refusal::bad_request(code, "`file_size` is missing"))
        }
        Some(size) if size.as_u64().is_none() => {
            let code = ClientErrorCode::InvalidFileSize;
            Err(Refusal::bad_request(code, "`file_size` must be a positive integer"))
        }
        Some(_) => Ok(()),
    }
}

/// An item in the body of an upload, a preflight check or a new folder.
#[derive(Debug, Deserialize)]
pub(crate) struct ItemBody {
    pub(crate) name: Option<String>,
    pub(crate) parent: Option<Parent>,
    pub(crate) size: Option<u64>,
    content_created_at: Option<String>,
    content_modified_at: Option<String>,
    description: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Parent {
    id: Value,
}

impl ItemBody {
    /// The name, which is required.
    pub(crate) fn name(&self) -> Result<String, Refusal> {
        self.name.clone().ok_or_else(|| bad_request("`name` is missing"))
    }

    /// The id of the parent folder, which is required.
    pub(crate) fn parent(&self) -> Result<String, Refusal> {
        let parent = self.parent.as_ref().ok_or_else(|| bad_request("`parent` is missing"))?;
        match &parent.id {
            Value::String(id) => Ok(id.clone()),
            Value::Number(id) => Ok(id.to_string()),
            _ => Err(bad_request("`parent.id` must be a string")),
        }
    }

    pub(crate) fn attributes(self) -> Result<Attributes, Refusal> {
        let Self { content_created_at, content_modified_at, description, .. } = self;
        let times = [&content_created_at, &content_modified_at];
        if !times.into_iter().flatten().all(|text| DateTime::from_str(text).is_ok()) {
            return Err(bad_request("times must be in RFC 3339 format"));
        }
        Ok(Attributes { content_created_at, content_modified_at, description })
    }
}

/// Parses the SHA-1 in the `Digest` header (RFC 3230), which may list several hashes.
pub(crate) fn parse_digest(headers: &HeaderMap) -> Result<Sha1Hash, Refusal> {
    let values = headers.get_all("digest").iter().filter_map(|value| value.to_str().ok());
    let digests = values.flat_map(|value| value.split(',')).map(|one| one.trim().parse::<Digest>());
    let mut hashes = digests
        .filter_map(Result::ok)
        .filter(|digest| digest.algorithm() == "sha")
        .map(|digest| <[u8; 20]>::try_from(digest.bytes()));
    match hashes.next() {
        Some(Ok(hash)) => Ok(Sha1Hash(hash)),
        _ => {
            let text = "the `Digest` header must be `sha=` and a Base64 SHA-1";
            Err(Refusal::bad_request(ClientErrorCode::BadDigest, text))
        }
    }
}

/// Parses an optional header.
pub(crate) fn parse_header<T: FromStr>(
    headers: &HeaderMap,
    name: &str,
) -> Result<Option<T>, Refusal> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let value = value.to_str().ok().and_then(|text| text.parse().ok());
    value.map(Some).ok_or_else(|| bad_request(format!("invalid `{name}` header")))
}

/// Parses a required header.
pub(crate) fn require_header<T: FromStr>(headers: &HeaderMap, name: &str) -> Result<T, Refusal> {
    parse_header(headers, name)?.ok_or_else(|| bad_request(format!("missing `{name}` header")))
}

pub(crate) fn parse_preconditions(headers: &HeaderMap) -> Result<Preconditions, Refusal> {
    let if_match = parse_header(headers, "if-match")?;
    Ok(Preconditions { if_match, if_none_match: parse_header(headers, "if-none-match")? })
}

/// Parses a non-negative integer in the query; the last one counts.
pub(crate) fn parse_number(
    query: Option<&str>,
    name: &str,
    code: ClientErrorCode,
) -> Result<Option<u64>, Refusal> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let Some((_, value)) = pairs.filter(|(key, _)| key == name).last() else { return Ok(None) };
    let text = || format!("`{name}` must be a non-negative integer");
    value.parse().map(Some).map_err(|_| Refusal::bad_request(code, text()))
}

/// Parses a boolean in the query; the last one counts.
pub(crate) fn parse_flag(query: Option<&str>, name: &str) -> Result<Option<bool>, Refusal> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let Some((_, value)) = pairs.filter(|(key, _)| key == name).last() else { return Ok(None) };
    let invalid = |_| bad_request(format!("`{name}` must be `true` or `false`"));
    value.parse().map(Some).map_err(invalid)
}
