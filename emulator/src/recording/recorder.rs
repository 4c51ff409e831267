//! Recorder.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use box_upload_sessions::runtime::{Body, BoxFuture, DateTime, HttpTransport, Transport};
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode, Uri};
use http_body::Body as _;
use hyper::body::Incoming;
use serde::Serialize;
use serde_json::Value;

use super::authorities::Authorities;
use super::exchange::{
    Exchange, Preamble, RecordedBody, RecordedRequest, RecordedResponse, VERSION,
    keep_request_headers, keep_response_headers, name_file,
};
use super::listener::{
    Handler, RunningProxy, collect_body, error_response, listen, own_url, path_of,
};
use super::redaction;
use box_upload_common::lock;

/// Longest body that is read into memory.
const MAX_COLLECTED: usize = 16 * 1024 * 1024;

/// A proxy that forwards requests to Box and records them, without secrets.
///
/// Files' content is not recorded, neither are tokens, cookies, passwords and the queries of
/// download URLs. The recording has names of files and folders, ids, and whatever else Box's
/// responses say: read it before you publish it.
///
/// ```
/// use box_emulator::{Emulator, Recorder, Replayer};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("recording-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let file = folder.join("upload.jsonl");
/// # let emulator = Emulator::builder().start().await?;
/// // In front of Box itself, without `upstream`.
/// let recorder = Recorder::new(&file).upstream(emulator.url()).start().await?;
/// // … let a client upload to recorder.url() …
/// drop(recorder);
///
/// let replayer = Replayer::new(&file).start().await?;
/// // … the same client gets the same responses from replayer.url().
/// # drop(replayer);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Recorder {
    file: PathBuf,
    upstream: Option<String>,
    address: SocketAddr,
}

impl Recorder {
    /// Records Box into a new file, listening on a free port of this computer.
    #[must_use]
    pub fn new(file: impl Into<PathBuf>) -> Self {
        let address = (Ipv4Addr::LOCALHOST, 0).into();
        Self { file: file.into(), upstream: None, address }
    }

    /// Records another service instead, such as an emulator: scheme, host and port.
    #[must_use]
    pub fn upstream(mut self, url: impl Into<String>) -> Self {
        self.upstream = Some(url.into());
        self
    }

    /// Address to listen on.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Creates the file, and starts.
    ///
    /// # Errors
    /// The file exists or cannot be created, the upstream is not a base URL, there are no root
    /// certificates, or the address is not available.
    pub async fn start(self) -> io::Result<RunningProxy> {
        let upstream = self.upstream.as_deref().map(base_url).transpose()?;
        let preamble = Preamble {
            version: VERSION,
            recorded_at: DateTime::from(SystemTime::now()),
            upstream: upstream.clone(),
        };
        let transport = HttpTransport::builder().build().map_err(io::Error::other)?;
        let mut file = create_file(&self.file)?;
        write_line(&mut file, &preamble)?;
        let file = Mutex::new(file);
        let recording = Recording { transport, authorities: Authorities::new(upstream), file };
        listen(self.address, Arc::new(recording)).await
    }
}

/// An existing recording is not overwritten, and only the user can read the new one.
fn create_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| name_file(path, &error))
}

fn write_line(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}

/// Scheme, host and port of a URL that has nothing else.
fn base_url(url: &str) -> io::Result<String> {
    parse_base_url(url).ok_or_else(|| {
        let text = format!("{url} is not a base URL: expected http:// or https://, host and port");
        io::Error::new(io::ErrorKind::InvalidInput, text)
    })
}

fn parse_base_url(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let scheme = uri.scheme_str().filter(|scheme| ["http", "https"].contains(scheme))?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
    let is_base = uri.path_and_query().is_none_or(|path| path.as_str() == "/");
    is_base.then(|| format!("{scheme}://{authority}"))
}

#[derive(Debug)]
struct Recording {
    transport: HttpTransport,
    authorities: Authorities,
    file: Mutex<File>,
}

impl Handler for Recording {
    fn respond(self: Arc<Self>, request: Request<Incoming>) -> BoxFuture<'static, Response<Body>> {
        Box::pin(async move {
            let exchanged = self.forward(request).await;
            exchanged.unwrap_or_else(|message| {
                tracing::warn!("{message}");
                error_response(StatusCode::BAD_GATEWAY, &message)
            })
        })
    }
}

impl Recording {
    async fn forward(&self, request: Request<Incoming>) -> Result<Response<Body>, String> {
        let own = own_url(&request);
        let path = path_of(&request);
        let Some(base) = self.authorities.find(request.uri().path()) else {
            let text = format!("{} is not a path of Box's API", request.uri().path());
            return Ok(error_response(StatusCode::NOT_FOUND, &text));
        };
        let is_download = is_download(&request);
        let (request, recorded) = prepare_request(request, &base, &path).await?;
        let response = self.transport.send(request).await;
        let response = response.map_err(|error| format!("cannot forward to {base}: {error}"))?;
        let (mut response, body) = keep_body(response, &path, is_download).await?;
        let exchange = Exchange {
            request: recorded,
            response: RecordedResponse {
                status: response.status().as_u16(),
                headers: keep_response_headers(response.headers()),
                body,
            },
        };
        self.rewrite_urls(&mut response, &own, is_download).await?;
        if let Err(error) = write_line(&mut lock(&self.file), &exchange) {
            return Err(format!("cannot write the recording: {error}"));
        }
        Ok(response)
    }

    /// Makes URLs lead to this proxy, so that it sees the requests that follow.
    async fn rewrite_urls(
        &self,
        response: &mut Response<Body>,
        own: &str,
        is_download: bool,
    ) -> Result<(), String> {
        let location = response.headers().get(header::LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        let rewritten = location.and_then(|location| self.authorities.rewrite_url(location, own));
        if let Some(location) = rewritten.and_then(|url| HeaderValue::from_str(&url).ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        if is_download || !is_json(response.headers()) {
            return Ok(());
        }
        let body = std::mem::replace(response.body_mut(), Body::empty());
        let body = collect_body(body, MAX_COLLECTED).await?;
        *response.body_mut() = match serde_json::from_slice::<Value>(&body) {
            Ok(mut value) => {
                self.authorities.rewrite_json(&mut value, own);
                Body::from(value.to_string())
            }
            Err(_) => Body::from(body),
        };
        Ok(())
    }
}

/// The request to forward, and what is recorded of it.
async fn prepare_request(
    request: Request<Incoming>,
    base: &str,
    path: &str,
) -> Result<(Request<Body>, RecordedRequest), String> {
    let (mut head, body) = request.into_parts();
    let is_form = has_type(&head.headers, "application/x-www-form-urlencoded");
    let (body, kept) = if is_json(&head.headers) || is_form {
        let bytes = collect_body(body, MAX_COLLECTED).await?;
        let kept = RecordedBody::keep(path, &head.headers, &bytes);
        (Body::from(bytes), kept)
    } else {
        let size = body.size_hint().exact();
        let kept =
            if size == Some(0) { RecordedBody::Empty } else { RecordedBody::Omitted { size } };
        (Body::wrap(body), kept)
    };
    let recorded = RecordedRequest {
        method: head.method.to_string(),
        path: redaction::redact_path(path),
        headers: keep_request_headers(&head.headers),
        body: kept,
    };
    head.uri = format!("{base}{path}").parse().map_err(|_| format!("{path} is not a path"))?;
    remove_connection_headers(&mut head.headers);
    // A compressed response could not be recorded as text.
    for name in [header::HOST, header::EXPECT, header::ACCEPT_ENCODING] {
        head.headers.remove(name);
    }
    Ok((Request::from_parts(head, body), recorded))
}

/// Reads a response, unless it is long, and returns what is recorded of it.
async fn keep_body(
    response: Response<Body>,
    path: &str,
    is_download: bool,
) -> Result<(Response<Body>, RecordedBody), String> {
    let (mut head, body) = response.into_parts();
    remove_connection_headers(&mut head.headers);
    let size = body.length();
    if is_download && head.status.is_success() {
        return Ok((Response::from_parts(head, body), RecordedBody::Omitted { size }));
    }
    if !is_json(&head.headers) && size.is_none_or(|size| size > MAX_COLLECTED as u64) {
        return Ok((Response::from_parts(head, body), RecordedBody::Omitted { size }));
    }
    let bytes: Bytes = collect_body(body, MAX_COLLECTED).await?;
    let kept = RecordedBody::keep(path, &head.headers, &bytes);
    Ok((Response::from_parts(head, Body::from(bytes)), kept))
}

/// Whether the response is the content of a file, at Box's API or where that redirects to.
fn is_download(request: &Request<Incoming>) -> bool {
    let path = request.uri().path();
    request.method() == Method::GET && (path.ends_with("/content") || !redaction::is_api_path(path))
}

fn is_json(headers: &HeaderMap) -> bool {
    has_type(headers, "application/json")
}

fn has_type(headers: &HeaderMap, kind: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| value.starts_with(kind))
}

/// Headers that are for one connection only, and the length, which may change.
fn remove_connection_headers(headers: &mut HeaderMap) {
    for name in [
        header::CONNECTION,
        HeaderName::from_static("keep-alive"),
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        header::CONTENT_LENGTH,
    ] {
        headers.remove(name);
    }
}
