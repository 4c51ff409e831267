//! Replayer.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use box_upload_sessions::runtime::{Body, BoxFuture, DateTime};
use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::Value;

use super::authorities::Authorities;
use super::exchange::{
    Exchange, Preamble, RecordedBody, RecordedRequest, RecordedResponse, RequestKey, VERSION,
    keep_request_headers, name_file,
};
use super::listener::{Handler, RunningProxy, error_response, listen, own_url, path_of};
use super::redaction;
use box_upload_common::lock;

/// Largest recording.
const MAX_RECORDING: u64 = 256 * 1024 * 1024;

/// Members that say when a session or token expires.
const EXPIRY: [&str; 2] = ["session_expires_at", "expires_at"];

/// Responds as a recorded service did, without it.
///
/// The first request with a method, a path and query, and a `Content-Range` gets the response to
/// the first such request in the recording, the second that to the second, and so on. The last
/// response to a GET, HEAD or OPTIONS repeats, however often the client asks; other requests that
/// were not recorded get 501.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// let replay = box_emulator::Replayer::new("upload.jsonl").start().await?;
/// println!("responses of Box are at {}", replay.url());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Replayer {
    file: PathBuf,
    address: SocketAddr,
}

impl Replayer {
    /// Replays a recording, listening on a free port of this computer.
    #[must_use]
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), address: (Ipv4Addr::LOCALHOST, 0).into() }
    }

    /// Address to listen on.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Reads the recording, and starts.
    ///
    /// # Errors
    /// The file cannot be read or is not a recording, or the address is not available.
    pub async fn start(self) -> io::Result<RunningProxy> {
        let replay = Replay::read(&self.file)?;
        listen(self.address, Arc::new(replay)).await
    }
}

#[derive(Debug)]
struct Replay {
    responses: Mutex<HashMap<RequestKey, VecDeque<RecordedResponse>>>,
    authorities: Authorities,
    /// Time since the recording.
    age: Duration,
}

/// The lines of a recording, up to its largest size.
struct Lines<'a> {
    path: &'a Path,
    file: BufReader<File>,
    number: usize,
    size: u64,
}

impl Lines<'_> {
    /// The next line and its number.
    fn next_line(&mut self) -> io::Result<Option<(usize, String)>> {
        let mut line = String::new();
        let left = (MAX_RECORDING + 1).saturating_sub(self.size);
        self.size += self.file.by_ref().take(left).read_line(&mut line)? as u64;
        if line.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        if self.size > MAX_RECORDING {
            let what = "the recording is longer than 256 MiB";
            return Err(invalid(self.path, self.number, what));
        }
        Ok(Some((self.number, line)))
    }
}

impl Replay {
    fn read(path: &Path) -> io::Result<Self> {
        let file = File::open(path).map_err(|error| name_file(path, &error))?;
        let mut lines = Lines { path, file: BufReader::new(file), number: 0, size: 0 };
        let Some((number, line)) = lines.next_line()? else {
            return Err(invalid(path, 1, "the recording is empty"));
        };
        let preamble: Preamble = parse_line(path, number, &line)?;
        if preamble.version != VERSION {
            return Err(invalid(path, number, "this version of recordings is not supported"));
        }
        let recorded_at = SystemTime::try_from(&preamble.recorded_at).ok();
        let age = recorded_at.and_then(|then| SystemTime::now().duration_since(then).ok());
        let mut responses: HashMap<RequestKey, VecDeque<RecordedResponse>> = HashMap::new();
        while let Some((number, line)) = lines.next_line()? {
            let Exchange { request, response } = parse_line(path, number, &line)?;
            responses.entry(RequestKey::of(&request)).or_default().push_back(response);
        }
        Ok(Self {
            responses: Mutex::new(responses),
            authorities: Authorities::new(preamble.upstream),
            age: age.unwrap_or_default(),
        })
    }

    /// The next response to a request.
    fn next_response(&self, request: &RecordedRequest) -> Option<RecordedResponse> {
        let mut responses = lock(&self.responses);
        let left = responses.get_mut(&RequestKey::of(request))?;
        let repeats = ["GET", "HEAD", "OPTIONS"].contains(&&*request.method);
        if repeats && left.len() == 1 { left.front().cloned() } else { left.pop_front() }
    }

    fn build_response(&self, recorded: RecordedResponse, own: &str) -> Option<Response<Body>> {
        let body = match recorded.body {
            RecordedBody::Json(mut value) => {
                self.authorities.rewrite_json(&mut value, own);
                shift_expiry(&mut value, self.age);
                Bytes::from(value.to_string())
            }
            body => body.bytes()?,
        };
        let mut response = Response::new(Body::from(body));
        // A recording may be edited, or damaged.
        let status = StatusCode::from_u16(recorded.status).ok();
        *response.status_mut() = status.filter(|status| !status.is_informational())?;
        for (name, value) in recorded.headers {
            let name: HeaderName = name.parse().ok()?;
            let rewritten = match name {
                header::LOCATION => self.authorities.rewrite_url(&value, own),
                // The time of now is hyper's, and so is what delimits the body.
                header::DATE
                | header::CONTENT_LENGTH
                | header::TRANSFER_ENCODING
                | header::CONNECTION
                | header::UPGRADE => continue,
                _ => None,
            };
            let value = HeaderValue::from_str(&rewritten.unwrap_or(value)).ok()?;
            response.headers_mut().insert(name, value);
        }
        Some(response)
    }
}

impl Handler for Replay {
    fn respond(self: Arc<Self>, request: Request<Incoming>) -> BoxFuture<'static, Response<Body>> {
        Box::pin(async move {
            let own = own_url(&request);
            let received = RecordedRequest {
                method: request.method().to_string(),
                path: redaction::redact_path(&path_of(&request)),
                headers: keep_request_headers(request.headers()),
                body: RecordedBody::Empty,
            };
            discard_body(request.into_body()).await;
            let name = format!("{} {}", received.method, received.path);
            match self.next_response(&received).map(|recorded| self.build_response(recorded, &own))
            {
                Some(Some(response)) => response,
                Some(None) => {
                    let text = format!("the content of the response to {name} was not recorded");
                    error_response(StatusCode::NOT_IMPLEMENTED, &text)
                }
                None => {
                    tracing::warn!("not recorded: {name}");
                    let text = format!("there is no further recorded response to {name}");
                    error_response(StatusCode::NOT_IMPLEMENTED, &text)
                }
            }
        })
    }
}

/// Reads a body to its end, so that the client reads the response.
async fn discard_body(mut body: Incoming) {
    while let Some(Ok(_)) = body.frame().await {}
}

/// Moves times at which something expires by the age of the recording.
fn shift_expiry(value: &mut Value, age: Duration) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if EXPIRY.contains(&&**name) => shift_time(text, age),
                    member => shift_expiry(member, age),
                }
            }
        }
        Value::Array(elements) => {
            elements.iter_mut().for_each(|element| shift_expiry(element, age));
        }
        _ => {}
    }
}

fn shift_time(text: &mut String, age: Duration) {
    let time = text.parse::<DateTime>().ok();
    let time = time.and_then(|time| SystemTime::try_from(&time).ok());
    if let Some(later) = time.and_then(|time| time.checked_add(age)) {
        *text = DateTime::from(later).to_string();
    }
}

fn parse_line<T: for<'de> Deserialize<'de>>(
    path: &Path,
    number: usize,
    line: &str,
) -> io::Result<T> {
    serde_json::from_str(line).map_err(|error| invalid(path, number, &error.to_string()))
}

fn invalid(path: &Path, number: usize, what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{}:{number}: {what}", path.display()))
}
