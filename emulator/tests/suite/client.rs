//! What the tests upload with: the generated client, and plain HTTP for the rest.

use box_emulator::{Builder, Emulator};
use box_upload_sessions::operations::CommitUploadSessionOutcome;
use box_upload_sessions::runtime::{ContentRange, Digest};
use box_upload_sessions::types::{
    ClientError, CommitUploadSessionBody, CreateUploadSessionBody, FileFull, Part, UploadSession,
};
use box_upload_sessions::{Client, Error};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use sha1::{Digest as _, Sha1};

pub(crate) type Failure = Error<ClientError>;

/// The part size of [`small`].
pub(crate) const PART: usize = 1_000;

/// An emulator that takes files of any size, in parts of 1,000 bytes.
pub(crate) fn small() -> Builder {
    Emulator::builder().part_size(PART as u64).smallest_file(0)
}

pub(crate) fn client(emulator: &Emulator) -> Client {
    client_of(&emulator.url())
}

pub(crate) fn client_of(url: &str) -> Client {
    Client::builder().base_url(url).access_token("token").build().unwrap()
}

/// So many bytes, different everywhere and with every seed.
pub(crate) fn bytes(seed: u64, length: usize) -> Bytes {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let next = |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(next).collect()
}

pub(crate) fn digest(bytes: &[u8]) -> Digest {
    Digest::sha(&Sha1::digest(bytes).into())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The code of the service's error.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
    match result {
        Err(Error::Response { body: Some(error), .. }) => error.code.unwrap().to_string(),
        other => panic!("no error of the service: {other:?}"),
    }
}

/// The status and the code of the service's error.
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, Failure>) -> (u16, String) {
    let status = result.as_ref().unwrap_err().status().unwrap().as_u16();
    (status, code(result))
}

pub(crate) async fn create(
    client: &Client,
    name: &str,
    size: usize,
) -> Result<UploadSession, Failure> {
    client
        .create_upload_session(
            &CreateUploadSessionBody::builder()
                .file_name(name)
                .file_size(size as u64)
                .folder_id("0"),
        )
        .await
}

pub(crate) async fn put(
    client: &Client,
    session: &UploadSession,
    content: &Bytes,
    index: usize,
) -> Result<Part, Failure> {
    let size = session.part_size as usize;
    let part = content.slice(index * size..content.len().min((index + 1) * size));
    let first = (index * size) as u64;
    let range = ContentRange::new(first, part.len() as u64, content.len() as u64).unwrap();
    let uploaded = client.upload_part(&session.id, &range, &digest(&part), part).await?;
    Ok(uploaded.part)
}

pub(crate) async fn put_all(
    client: &Client,
    session: &UploadSession,
    content: &Bytes,
) -> Result<Vec<Part>, Failure> {
    let mut parts = Vec::new();
    for index in 0..session.total_parts.unwrap() as usize {
        parts.push(put(client, session, content, index).await?);
    }
    Ok(parts)
}

pub(crate) async fn commit(
    client: &Client,
    session: &UploadSession,
    parts: Vec<Part>,
    content: &Bytes,
) -> Result<CommitUploadSessionOutcome, Failure> {
    let body = CommitUploadSessionBody::new(parts);
    client.commit_upload_session(&session.id, &digest(content), &body).await
}

pub(crate) fn created(outcome: CommitUploadSessionOutcome) -> FileFull {
    match outcome {
        CommitUploadSessionOutcome::Created(mut files) => files.entries.remove(0),
        other => panic!("no file: {other:?}"),
    }
}

/// A whole upload.
pub(crate) async fn upload(
    client: &Client,
    name: &str,
    content: &Bytes,
) -> Result<FileFull, Failure> {
    let session = create(client, name, content.len()).await?;
    let parts = put_all(client, &session, content).await?;
    Ok(created(commit(client, &session, parts, content).await?))
}

pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl RawResponse {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap().to_owned()
    }
}

/// Sends a request by plain HTTP, with a token unless it says otherwise.
pub(crate) async fn send(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> RawResponse {
    let mut request = Request::builder().method(method).uri(format!("{url}{path}"));
    if !headers.iter().any(|(name, _)| *name == "authorization") {
        request = request.header("authorization", "Bearer token");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(body.into())).unwrap();
    let client: legacy::Client<_, Full<Bytes>> =
        legacy::Client::builder(TokioExecutor::new()).build_http();
    let (head, body) = client.request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    RawResponse { status: head.status, headers: head.headers, body }
}

/// The content of a file, from where Box's API redirects to.
pub(crate) async fn download(url: &str, file: &str) -> Bytes {
    let found = send(url, "GET", &format!("/2.0/files/{file}/content"), &[], "").await;
    let location = found.headers["location"].to_str().unwrap();
    send(url, "GET", location.strip_prefix(url).unwrap(), &[], "").await.body
}
