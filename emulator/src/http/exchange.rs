//! One request, from its arrival to its answer, with the fault that hits it.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::request::Parts;
use http::uri::Authority;
use http::{StatusCode, header};

use super::body::{RequestBody, Trouble, stall};
use super::call::{Call, token};
use super::error::Stop;
use super::reply::{self, Reply};
use super::route::Route;
use super::server::Server;
use super::{files, folders, oauth, sessions};
use crate::fault::{Action, Moment, StallAt};
use crate::operation::Operation;
use crate::service::{End, Event, fingerprint};

/// How much of a body is read that nobody wants.
const DRAIN: u64 = 128 << 20;

/// A request on its way through the server.
pub(crate) struct Exchange {
    pub(crate) server: Arc<Server>,
    pub(crate) head: Parts,
    pub(crate) number: u64,
}

impl Exchange {
    /// The answer to the request, and how many bytes of its body have arrived.
    pub(crate) async fn run(
        self,
        route: Result<Route, crate::service::Refusal>,
        mut body: RequestBody,
    ) -> (Result<Reply, Stop>, u64) {
        let start = Instant::now();
        let operation = route.as_ref().ok().map(|route| route.operation);
        let fault = self.server.faults.on_request(self.number, operation);
        let reply = match fault {
            Some(action) => self.faulty(route, &mut body, action).await,
            None => self.effect(route, &mut body, None).await,
        };
        let reply = match reply {
            Ok(reply) => self.unread(&mut body).await.map(|()| reply),
            Err(stop) => Err(stop),
        };
        let latency = self.server.backend.service().settings.latency;
        if !latency.is_zero() {
            stall(Some(latency)).await;
        }
        let status = reply.as_ref().ok().map(|reply| reply.status().as_u16());
        tracing::info!(
            number = self.number,
            method = %self.head.method,
            path = self.head.uri.path(),
            status,
            received = body.received,
            took = ?start.elapsed(),
            "{}", operation.map_or("unknown", |operation| operation.as_str()),
        );
        (reply, body.received)
    }

    /// A client that is not done with its request would not read the answer; one that waits for
    /// leave to send it (`Expect`) would.
    async fn unread(&self, body: &mut RequestBody) -> Result<(), Stop> {
        let waits = self.head.headers.contains_key(header::EXPECT) && body.received == 0;
        if waits { Ok(()) } else { body.drain(DRAIN).await }
    }

    /// Does what was asked. Errors of the service become answers here.
    async fn effect(
        &self,
        route: Result<Route, crate::service::Refusal>,
        body: &mut RequestBody,
        fault: Option<&Action>,
    ) -> Result<Reply, Stop> {
        let result = match route {
            Ok(route) => self.dispatch(route, body, fault).await,
            Err(refusal) => Err(refusal.into()),
        };
        match result {
            Err(Stop::Refused(refusal)) => Ok(reply::refusal(&refusal, &reply::request_id())),
            other => other,
        }
    }

    async fn dispatch(
        &self,
        Route { operation, id }: Route,
        body: &mut RequestBody,
        fault: Option<&Action>,
    ) -> Result<Reply, Stop> {
        let other_host = match fault {
            Some(Action::OtherHost(host)) => Some(&**host),
            _ => None,
        };
        let corrupt = match fault {
            Some(Action::Corrupt { hidden }) => Some(*hidden),
            _ => None,
        };
        let call = Call {
            backend: &self.server.backend,
            head: &self.head,
            id,
            base: format!("{}/api/2.0", self.origin(other_host)),
            corrupt,
            conflict: matches!(fault, Some(Action::SessionConflict)),
        };
        match operation {
            Operation::CreateUploadSession => sessions::create(call, body).await,
            Operation::CreateUploadSessionForVersion => sessions::create_version(call, body).await,
            Operation::GetUploadSession => sessions::status(&call),
            Operation::UploadPart => sessions::upload_part(call, body).await,
            Operation::AbortUploadSession => sessions::abort(call).await,
            Operation::ListParts => sessions::list_parts(&call),
            Operation::CommitUploadSession => sessions::commit(call, body).await,
            Operation::LogUploadEvent => sessions::log_event(&call, body).await,
            Operation::PreflightFile => files::preflight(&call, body).await,
            Operation::PreflightVersion => files::preflight_version(&call, body).await,
            Operation::UploadFile => files::upload(call, body, false).await,
            Operation::UploadFileVersion => files::upload(call, body, true).await,
            Operation::GetFile => files::file(&call),
            Operation::DownloadFile => files::content(&call),
            Operation::ListFolderItems => folders::items(&call),
            Operation::CreateFolder => folders::create(call, body).await,
            Operation::RequestToken => oauth::token(call, body).await,
        }
    }

    /// Scheme, host and port that the client knows this server by, or those of another host.
    fn origin(&self, other: Option<&str>) -> String {
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

    /// What happens with a fault.
    async fn faulty(
        &self,
        route: Result<Route, crate::service::Refusal>,
        body: &mut RequestBody,
        action: Action,
    ) -> Result<Reply, Stop> {
        match &action {
            Action::Refuse { seconds } => {
                self.server.refuse(Duration::from_secs_f64(*seconds));
                return Err(Stop::Broken);
            }
            Action::Reset(Moment::BeforeBody) => return Err(Stop::Broken),
            Action::Reset(Moment::DuringBody) => {
                body.set_trouble(Trouble::Reset);
                body.drain(u64::MAX / 2).await?;
                return Err(Stop::Broken);
            }
            Action::Reset(Moment::AfterBody) => {
                body.drain(u64::MAX / 2).await?;
                return Err(Stop::Broken);
            }
            Action::Answer(answer) if !answer.after_effect => {
                return Ok(reply::fault(answer, &reply::request_id()));
            }
            Action::OtherHost(_) if !route.as_ref().is_ok_and(|route| has_url(route.operation)) => {
                return Ok(self.redirect(&action));
            }
            Action::Stall { at: StallAt::BeforeBody, seconds } => stall(time(*seconds)).await,
            Action::Stall { at: StallAt::DuringBody, seconds } => {
                body.set_trouble(Trouble::Stall(time(*seconds)));
            }
            Action::Slow { bytes_per_second } => body.bytes_per_second = Some(*bytes_per_second),
            Action::ExpireSession => self.end_session(&route, End::Expired).await,
            Action::FailSession => self.end_session(&route, End::Failed).await,
            Action::ExpireToken => self.end_token().await,
            _ => {}
        }
        let reply = self.effect(route, body, Some(&action)).await?;
        self.spoil(reply, &action).await
    }

    /// What a fault does to the answer.
    async fn spoil(&self, reply: Reply, action: &Action) -> Result<Reply, Stop> {
        match action {
            Action::LoseReply => Err(Stop::Broken),
            Action::Answer(answer) => Ok(reply::fault(answer, &reply::request_id())),
            Action::Stall { at: StallAt::BeforeReply, seconds } => {
                stall(time(*seconds)).await;
                Ok(reply)
            }
            Action::Stall { at: StallAt::DuringReply, seconds } => {
                let time = time(*seconds);
                Ok(reply.map(|body| {
                    body.interrupted(async move {
                        stall(time).await;
                        Ok(())
                    })
                }))
            }
            Action::Slow { bytes_per_second } => {
                Ok(reply.map(|body| body.slowed(*bytes_per_second)))
            }
            Action::Truncate => Ok(reply.map(|body| {
                body.interrupted(async {
                    // What is sent before an error is sent only if there is a pause.
                    tokio::task::yield_now().await;
                    Err(io::Error::other("the answer is cut off on purpose"))
                })
            })),
            _ => Ok(reply),
        }
    }

    fn redirect(&self, action: &Action) -> Reply {
        let mut reply = reply::empty(StatusCode::TEMPORARY_REDIRECT);
        if let Action::OtherHost(host) = action {
            let path = self.head.uri.path_and_query().map_or("/", |path| path.as_str());
            let location = format!("{}{path}", self.origin(Some(host)));
            reply::set_header(&mut reply, header::LOCATION, &location);
        }
        reply
    }

    async fn end_session(&self, route: &Result<Route, crate::service::Refusal>, end: End) {
        let Ok(Route { id, .. }) = route else { return };
        let id = id.to_ascii_lowercase();
        if self.server.backend.service().any_session(&id).is_some() {
            let event = Event::SessionEnded { session: id, end };
            // The plan's wish is lost if the disk is full, which is told where it matters.
            let _ = self.server.backend.change(|_, _| Ok((event, ()))).await;
        }
    }

    async fn end_token(&self) {
        if let Some(token) = token(&self.head) {
            let event = Event::TokenRevoked { fingerprint: fingerprint(token) };
            let _ = self.server.backend.change(|_, _| Ok((event, ()))).await;
        }
    }
}

fn time(seconds: Option<f64>) -> Option<Duration> {
    seconds.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// Whether the answers of an operation have URLs of the upload server.
fn has_url(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::CreateUploadSession
            | Operation::CreateUploadSessionForVersion
            | Operation::GetUploadSession
            | Operation::PreflightFile
            | Operation::PreflightVersion
    )
}
