//! One request, from arrival to response, with its fault.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::request::Parts;
use http::uri::Authority;
use http::{StatusCode, header};

use super::body::{BodyFault, RequestBody};
use super::call::{Call, bearer_token};
use super::error::HandlerError;
use super::pause::wait_or_hang;
use super::resettable_stream::ConnectionHandle;
use super::response::{self, HttpResponse};
use super::route::Route;
use super::server::Server;
use super::{files, folders, oauth, sessions, users};
use crate::fault::{Action, Moment, StallAt};
use crate::operation::Operation;
use crate::service::{Event, SessionEnd, fingerprint_token};

/// Maximum number of unwanted body bytes that are read.
const MAX_DRAINED: u64 = 128 << 20;

/// A request being handled.
pub(crate) struct Exchange {
    pub(crate) server: Arc<Server>,
    pub(crate) connection: ConnectionHandle,
    pub(crate) head: Parts,
    pub(crate) number: u64,
}

impl Exchange {
    /// Handles the request; returns the response and the body bytes received.
    pub(crate) async fn handle_request(
        self,
        route: Result<Route, crate::service::Refusal>,
        mut body: RequestBody,
    ) -> (Result<HttpResponse, HandlerError>, u64) {
        let start = Instant::now();
        let operation = route.as_ref().ok().map(|route| route.operation);
        let fault = self.server.faults.on_request(self.number, operation);
        let response = match fault {
            Some(action) => self.run_with_fault(route, &mut body, action).await,
            None => self.execute_operation(route, &mut body, None).await,
        };
        let response = match response {
            Ok(response) => self.drain_unread(&mut body).await.map(|()| response),
            Err(stop) => Err(stop),
        };
        let latency = self.server.backend.service().settings.latency;
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let status = response.as_ref().ok().map(|response| response.status().as_u16());
        tracing::info!(
            number = self.number,
            method = %self.head.method,
            path = self.head.uri.path(),
            status,
            received = body.received,
            took = ?start.elapsed(),
            "{}", operation.map_or("unknown", |operation| operation.as_str()),
        );
        (response, body.received)
    }

    /// Reads the rest of the body: a client that is still sending would not read the response. One
    /// that waits for `100 Continue` would.
    async fn drain_unread(&self, body: &mut RequestBody) -> Result<(), HandlerError> {
        let waits = self.head.headers.contains_key(header::EXPECT) && body.received == 0;
        if waits { Ok(()) } else { body.discard_rest(MAX_DRAINED).await }
    }

    /// Executes the request. Refusals become responses here.
    async fn execute_operation(
        &self,
        route: Result<Route, crate::service::Refusal>,
        body: &mut RequestBody,
        fault: Option<&Action>,
    ) -> Result<HttpResponse, HandlerError> {
        let result = match route {
            Ok(route) => self.call_handler(route, body, fault).await,
            Err(refusal) => Err(refusal.into()),
        };
        match result {
            Err(HandlerError::Refused(refusal)) => {
                Ok(response::refusal_response(&refusal, &response::new_request_id()))
            }
            other => other,
        }
    }

    async fn call_handler(
        &self,
        Route { operation, id }: Route,
        body: &mut RequestBody,
        fault: Option<&Action>,
    ) -> Result<HttpResponse, HandlerError> {
        let effects = HandlerFault::new(fault);
        let origin = self.find_origin(effects.other_host);
        let call = Call {
            backend: &self.server.backend,
            head: &self.head,
            id,
            base: format!("{origin}/api/2.0"),
            origin,
            corrupt: effects.corrupt,
            conflict: effects.conflict,
        };
        match operation {
            Operation::CreateUploadSession => sessions::create_session(call, body).await,
            Operation::CreateUploadSessionForVersion => {
                sessions::create_version_session(call, body).await
            }
            Operation::GetUploadSession => sessions::get_session(&call),
            Operation::UploadPart => sessions::upload_part(call, body).await,
            Operation::AbortUploadSession => sessions::abort_session(call).await,
            Operation::ListParts => sessions::list_parts(&call),
            Operation::CommitUploadSession => sessions::commit_session(call, body).await,
            Operation::LogUploadEvent => sessions::log_event(&call, body).await,
            Operation::PlanUploadSession => sessions::plan_session(&call, body).await,
            Operation::PreflightFile => files::preflight_file(&call, body).await,
            Operation::PreflightVersion => files::preflight_version(&call, body).await,
            Operation::UploadFile => files::upload_file(call, body, false).await,
            Operation::UploadFileVersion => files::upload_file(call, body, true).await,
            Operation::GetFile => files::get_file(&call),
            Operation::DownloadFile => files::download_file(&call),
            Operation::DeleteFile => files::delete_file(call).await,
            Operation::DownloadContent => files::download_content(&call),
            Operation::ListFolderItems => folders::list_items(&call),
            Operation::CreateFolder => folders::create_folder(call, body).await,
            Operation::DeleteFolder => folders::delete_folder(call).await,
            Operation::GetCurrentUser => users::get_current_user(&call),
            Operation::Authorize => oauth::authorize(&call),
            Operation::RequestToken => oauth::issue_token(call, body).await,
            Operation::RevokeToken => oauth::revoke_token(call, body).await,
        }
    }

    /// Scheme, host and port as the client sees them, or those of another host.
    fn find_origin(&self, other: Option<&str>) -> String {
        let scheme = self.server.scheme;
        let named = self.head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let named = named.and_then(|host| host.parse::<Authority>().ok());
        let authority = self.head.uri.authority().cloned().or(named);
        match (other, authority.filter(|authority| !authority.as_str().contains('@'))) {
            (Some(other), _) if other.contains("://") => other.trim_end_matches('/').to_owned(),
            (Some(other), _) => format!("{scheme}://{other}"),
            (None, Some(authority)) => format!("{scheme}://{authority}"),
            (None, None) => self.server.url(),
        }
    }

    /// Runs the request with a fault: some act on the request, some on the response.
    async fn run_with_fault(
        &self,
        route: Result<Route, crate::service::Refusal>,
        body: &mut RequestBody,
        action: Action,
    ) -> Result<HttpResponse, HandlerError> {
        if let Some(response) = self.apply_to_request(&route, body, &action).await? {
            return Ok(response);
        }
        let response = self.execute_operation(route, body, Some(&action)).await?;
        self.apply_to_response(response, action).await
    }

    /// Applies a fault before the request takes effect; a response here means that it never does.
    async fn apply_to_request(
        &self,
        route: &Result<Route, crate::service::Refusal>,
        body: &mut RequestBody,
        action: &Action,
    ) -> Result<Option<HttpResponse>, HandlerError> {
        match action {
            Action::Refuse { seconds } => {
                self.server.refuse_connections(Duration::from_secs_f64(*seconds));
                return Err(HandlerError::Broken);
            }
            Action::Reset(moment) => {
                match moment {
                    Moment::BeforeBody => {}
                    Moment::DuringBody => {
                        body.set_fault(BodyFault::Reset);
                        body.discard_rest(u64::MAX / 2).await?;
                    }
                    Moment::AfterBody => body.discard_rest(u64::MAX / 2).await?,
                }
                return Err(HandlerError::Broken);
            }
            Action::Respond(fault) if !fault.after_effect => {
                return Ok(Some(response::fault_response(fault, &response::new_request_id())));
            }
            Action::OtherHost(host)
                if !route.as_ref().is_ok_and(|route| response_has_url(route.operation)) =>
            {
                return Ok(Some(self.redirect_to(host)));
            }
            Action::Stall { at: StallAt::BeforeBody, seconds } => {
                self.connection.wait(to_duration(*seconds)).await?;
            }
            Action::Stall { at: StallAt::DuringBody, seconds } => {
                body.set_fault(BodyFault::Stall(to_duration(*seconds)));
            }
            Action::Slow { bytes_per_second } => body.bytes_per_second = Some(*bytes_per_second),
            Action::ExpireSession => self.end_session(route, SessionEnd::Expired).await,
            Action::FailSession => self.end_session(route, SessionEnd::Failed).await,
            Action::ExpireToken => self.end_token().await,
            // These act on the response, or in the handler.
            Action::LoseResponse
            | Action::Respond(_)
            | Action::OtherHost(_)
            | Action::Stall { at: StallAt::BeforeResponse | StallAt::DuringResponse, .. }
            | Action::Truncate
            | Action::SessionConflict
            | Action::Corrupt { .. } => {}
        }
        Ok(None)
    }

    /// Applies a fault after the request took effect.
    async fn apply_to_response(
        &self,
        response: HttpResponse,
        action: Action,
    ) -> Result<HttpResponse, HandlerError> {
        match action {
            Action::LoseResponse => Err(HandlerError::Broken),
            Action::Respond(fault) => {
                Ok(response::fault_response(&fault, &response::new_request_id()))
            }
            Action::Stall { at: StallAt::BeforeResponse, seconds } => {
                self.connection.wait(to_duration(seconds)).await?;
                Ok(response)
            }
            Action::Stall { at: StallAt::DuringResponse, seconds } => {
                let pause = async move {
                    wait_or_hang(to_duration(seconds)).await;
                    Ok(())
                };
                Ok(response.map(|body| body.interrupted(pause)))
            }
            Action::Slow { bytes_per_second } => {
                Ok(response.map(|body| body.slowed(bytes_per_second)))
            }
            Action::Truncate => {
                let cut = async {
                    // hyper flushes earlier bytes before an error only if there is a pause.
                    tokio::task::yield_now().await;
                    Err(io::Error::other("response truncated by a fault"))
                };
                Ok(response.map(|body| body.interrupted(cut)))
            }
            // These acted on the request, or in the handler.
            Action::Refuse { .. }
            | Action::Reset(_)
            | Action::Stall { at: StallAt::BeforeBody | StallAt::DuringBody, .. }
            | Action::SessionConflict
            | Action::ExpireSession
            | Action::FailSession
            | Action::ExpireToken
            | Action::Corrupt { .. }
            | Action::OtherHost(_) => Ok(response),
        }
    }

    /// Redirects to the same path at another host.
    fn redirect_to(&self, host: &str) -> HttpResponse {
        let mut response = response::empty_response(StatusCode::TEMPORARY_REDIRECT);
        let path = self.head.uri.path_and_query().map_or("/", |path| path.as_str());
        let location = format!("{}{path}", self.find_origin(Some(host)));
        response::set_header(&mut response, header::LOCATION, &location);
        response
    }

    async fn end_session(&self, route: &Result<Route, crate::service::Refusal>, end: SessionEnd) {
        let Ok(Route { id, .. }) = route else { return };
        let id = id.to_ascii_lowercase();
        if self.server.backend.service().any_session(&id).is_some() {
            let event = Event::SessionEnded { session: id, end };
            // If the disk is full, this fault does not happen; other requests report that.
            let _ = self.server.backend.commit_event(|_, _| Ok((event, ()))).await;
        }
    }

    async fn end_token(&self) {
        if let Some(token) = bearer_token(&self.head) {
            let event = Event::TokenRevoked { fingerprint: fingerprint_token(token) };
            let _ = self.server.backend.commit_event(|_, _| Ok((event, ()))).await;
        }
    }
}

/// What a fault does within a handler.
#[derive(Default)]
struct HandlerFault<'a> {
    other_host: Option<&'a str>,
    /// Corrupt the part; `true`: hide it.
    corrupt: Option<bool>,
    /// Report that the session existed.
    conflict: bool,
}

impl<'a> HandlerFault<'a> {
    fn new(action: Option<&'a Action>) -> Self {
        let mut fault = Self::default();
        match action {
            Some(Action::OtherHost(host)) => fault.other_host = Some(host),
            Some(Action::Corrupt { hidden }) => fault.corrupt = Some(*hidden),
            Some(Action::SessionConflict) => fault.conflict = true,
            // These act before or after the handler.
            Some(
                Action::Refuse { .. }
                | Action::Reset(_)
                | Action::LoseResponse
                | Action::Respond(_)
                | Action::Stall { .. }
                | Action::Slow { .. }
                | Action::Truncate
                | Action::ExpireSession
                | Action::FailSession
                | Action::ExpireToken,
            )
            | None => {}
        }
        fault
    }
}

fn to_duration(seconds: Option<f64>) -> Option<Duration> {
    seconds.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// Whether an operation's response contains URLs of the upload server.
fn response_has_url(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::CreateUploadSession
            | Operation::CreateUploadSessionForVersion
            | Operation::GetUploadSession
            | Operation::PreflightFile
            | Operation::PreflightVersion
            | Operation::DownloadFile
    )
}
