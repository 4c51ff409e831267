//! The log of requests.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use box_upload_sessions::runtime::DateTime;
use box_upload_sessions::types::ClientErrorCode;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::error::HandlerError;
use super::super::input;
use super::super::response::{self, HttpResponse};
use super::AdminCall;
use crate::fault::Fired;
use crate::request_log::Request;

/// Most requests in a response.
const MAX_PAGE: u64 = 1_000;

/// Headers that a request needs to be repeated. Others are the client's own, or secret.
const REPEATED: [&str; 9] = [
    "accept",
    "as-user",
    "content-md5",
    "content-range",
    "content-type",
    "digest",
    "if-match",
    "if-none-match",
    "range",
];

/// The last `limit` requests with a number above `after`.
pub(crate) fn list_requests(call: &AdminCall<'_>) -> Result<HttpResponse, HandlerError> {
    let query = call.head.uri.query();
    let number = |name| input::parse_number(query, name, ClientErrorCode::BadRequest);
    let after = number("after")?.unwrap_or(0);
    let limit = number("limit")?.unwrap_or(MAX_PAGE).min(MAX_PAGE) as usize;
    let requests = call.server.log.requests();
    let newer = requests.iter().filter(|request| request.number > after);
    let mut newest: Vec<_> = newer.rev().take(limit).collect();
    newest.reverse();
    let fired = call.server.faults.fired();
    let struck: HashMap<_, _> =
        fired.iter().filter_map(|fired| Some((fired.request?, fired))).collect();
    let url = call.server.url();
    let entries: Vec<_> = newest
        .into_iter()
        .map(|request| request_json(request, struck.get(&request.number).copied(), &url))
        .collect();
    Ok(response::json_response(StatusCode::OK, &json!({ "requests": entries })))
}

pub(crate) fn clear_requests(call: &AdminCall<'_>) -> HttpResponse {
    call.server.log.clear();
    call.server.faults.clear_fired();
    call.server.notify_page();
    response::empty_response(StatusCode::NO_CONTENT)
}

fn request_json(request: &Request, fired: Option<&Fired>, url: &str) -> Value {
    json!({
        "number": request.number,
        "operation": request.operation,
        "method": request.method.as_str(),
        "path": request.path,
        "arrived_at": to_milliseconds(request.arrived),
        "milliseconds": request.took.map(|took| took.as_millis() as u64),
        "received": request.received,
        "sent": request.sent,
        "status": request.status,
        "fault": fired.map(|fired| json!({ "number": fired.fault + 1, "do": fired.action })),
        "curl": format_curl(request, url),
    })
}

/// The time, without fractions of milliseconds.
fn to_milliseconds(time: SystemTime) -> DateTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    DateTime::from(UNIX_EPOCH + Duration::from_millis(since.as_millis() as u64))
}

/// A command that repeats the request, with the token in a variable and the body in a file.
fn format_curl(request: &Request, url: &str) -> String {
    let mut command = "curl -gi".to_owned();
    if url.starts_with("https:") {
        command += " --insecure";
    }
    if request.method != "GET" {
        // A method may have characters that mean something to a shell.
        let method = request.method.as_str();
        let is_plain = method.bytes().all(|byte| byte.is_ascii_alphabetic());
        command +=
            &format!(" -X {}", if is_plain { method.to_owned() } else { quote_for_shell(method) });
    }
    command += " -H \"Authorization: Bearer ${BOX_ACCESS_TOKEN:-any}\"";
    for (name, value) in &request.headers {
        if let Ok(value) = value.to_str()
            && REPEATED.contains(&name.as_str())
        {
            command += &format!(" -H {}", quote_for_shell(&format!("{name}: {value}")));
        }
    }
    if request.received > 0 {
        command += " --data-binary @body";
    }
    format!("{command} {}", quote_for_shell(&format!("{url}{}", request.path)))
}

/// Quotes text for a POSIX shell.
fn quote_for_shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, Method};

    use super::*;

    #[test]
    fn a_command_repeats_the_request() {
        let mut headers = HeaderMap::new();
        headers.insert("digest", HeaderValue::from_static("sha=a'b"));
        headers.insert("cookie", HeaderValue::from_static("secret"));
        let request = Request {
            number: 1,
            operation: None,
            method: Method::PUT,
            path: "/2.0/files/1?x=1&y=2".to_owned(),
            headers,
            arrived: SystemTime::now(),
            took: None,
            received: 7,
            sent: None,
            status: None,
        };
        assert_eq!(
            format_curl(&request, "http://127.0.0.1:1"),
            "curl -gi -X PUT -H \"Authorization: Bearer ${BOX_ACCESS_TOKEN:-any}\" \
             -H 'digest: sha=a'\\''b' --data-binary @body 'http://127.0.0.1:1/2.0/files/1?x=1&y=2'"
        );
    }
}
