//! The emulator's own page and API, below `/__emulator`.

mod actions;
mod fault_plan;
mod gate;
mod live;
mod requests;
mod snapshot;
mod state;

use std::net::SocketAddr;
use std::sync::Arc;

use box_upload_sessions::types::ClientErrorCode;
use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::json;

pub(crate) use gate::Gate;

use super::body::RequestBody;
use super::error::HandlerError;
use super::response::{self, HttpResponse};
use super::server::Server;
use crate::service::Refusal;

/// Path below which nothing is Box's.
const ROOT: &str = "/__emulator";

const PAGE: &str = include_str!("../page/index.html");
const STYLE: &str = include_str!("../page/page.css");
const SCRIPT: &str = include_str!("../page/page.js");
const DOCUMENT: &str = include_str!("../page/admin.yaml");

/// Nothing is loaded from elsewhere, and no other page may frame this one.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A request to the page or the API.
pub(crate) struct AdminCall<'a> {
    pub(crate) server: &'a Arc<Server>,
    pub(crate) head: &'a Parts,
    pub(crate) peer: SocketAddr,
}

pub(crate) fn is_admin_path(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl AdminCall<'_> {
    /// Responds to the request.
    pub(crate) async fn respond(
        self,
        body: &mut RequestBody,
    ) -> Result<HttpResponse, HandlerError> {
        let gate = &self.server.gate;
        let result = match gate.check_request(self.head, self.peer.ip()) {
            Ok(()) => self.run_action(body).await,
            Err(refusal) => Err(refusal.into()),
        };
        let mut response = match result {
            Err(HandlerError::Refused(refusal)) => {
                response::json_response(refusal.status, &json!({ "error": refusal.message }))
            }
            other => other?,
        };
        for (name, value) in [
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
        ] {
            response::set_header(&mut response, name, value);
        }
        Ok(response)
    }

    async fn run_action(&self, body: &mut RequestBody) -> Result<HttpResponse, HandlerError> {
        let path = self.head.uri.path();
        let segments: Vec<_> = path
            .split('/')
            .skip(2)
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let segments: Vec<_> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["api", rest @ ..] => self.run_api(rest, body).await,
            rest if self.head.method == Method::GET => static_response(rest),
            _ => Err(method_not_allowed().into()),
        }
    }

    async fn run_api(
        &self,
        path: &[&str],
        body: &mut RequestBody,
    ) -> Result<HttpResponse, HandlerError> {
        let method = self.head.method.as_str();
        match (method, path) {
            ("GET", ["state"]) => Ok(state::state_response(self)),
            ("GET", ["events"]) => Ok(live::stream_changes(self.server)),
            ("GET", ["requests"]) => requests::list_requests(self),
            ("DELETE", ["requests"]) => Ok(requests::clear_requests(self)),
            (_, ["faults", rest @ ..]) => fault_plan::handle_faults(self, rest, body).await,
            ("PUT", ["clock"]) => actions::set_clock(self, body).await,
            ("POST", ["tokens"]) => actions::issue_token(self, body).await,
            ("DELETE", ["tokens", fingerprint]) => actions::revoke_token(self, fingerprint).await,
            ("POST", ["files"]) => actions::store_file(self, body).await,
            ("GET", ["files", id, "content"]) => actions::download_file(self, id),
            ("DELETE", ["files", id]) => actions::delete_file(self, id).await,
            ("POST", ["folders"]) => actions::create_folder(self, body).await,
            ("DELETE", ["folders", id]) => actions::delete_folder(self, id).await,
            ("DELETE", ["sessions", id]) => actions::abort_session(self, id).await,
            ("POST", ["reset"]) => actions::reset_state(self).await,
            ("GET", ["snapshot"]) => Ok(snapshot::take_snapshot(self)),
            ("PUT", ["snapshot"]) => snapshot::restore_snapshot(self, body).await,
            (
                _,
                [
                    "state" | "events" | "requests" | "clock" | "tokens" | "files" | "folders"
                    | "sessions" | "reset" | "snapshot",
                    ..,
                ],
            ) => Err(method_not_allowed().into()),
            _ => Err(no_such_path().into()),
        }
    }
}

fn static_response(path: &[&str]) -> Result<HttpResponse, HandlerError> {
    let (kind, text) = match path {
        [] => {
            let mut response = response::empty_response(StatusCode::PERMANENT_REDIRECT);
            response::set_header(&mut response, header::LOCATION, "/__emulator/");
            return Ok(response);
        }
        [""] => ("text/html; charset=utf-8", PAGE),
        ["page.css"] => ("text/css; charset=utf-8", STYLE),
        ["page.js"] => ("text/javascript; charset=utf-8", SCRIPT),
        ["admin.yaml"] => ("application/yaml", DOCUMENT),
        _ => return Err(no_such_path().into()),
    };
    Ok(response::response_with_body(
        StatusCode::OK,
        Some(kind),
        Bytes::from_static(text.as_bytes()),
    ))
}

fn no_such_path() -> Refusal {
    Refusal::not_found(ClientErrorCode::NotFound, "no such path")
}

fn method_not_allowed() -> Refusal {
    let text = "the method is not allowed here";
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, ClientErrorCode::MethodNotAllowed, text)
}
