//! What all steps of one upload share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use box_upload_sessions::Client;
use box_upload_sessions::runtime;
use box_upload_sessions::types::ClientError;

use crate::options::{OnEvent, Policy};
use crate::request_error::{Outcome, RequestError, describe_chain};
use crate::retry::REJECTIONS;
use crate::{ErrorKind, Event, Statistics};

/// How often something is tried that is classify_response with a redirect, or in a way that nobody
/// understands: the first time may be a slip of a server, the second one is how things are.
const MAX_IDENTICAL: u32 = 2;

pub(crate) struct Context {
    pub(crate) client: Client,
    pub(crate) policy: Policy,
    /// What the file is called in errors.
    pub(crate) source_name: String,
    pub(crate) size: u64,
    on_event: OnEvent,
    statistics: Mutex<Statistics>,
    stored: AtomicU64,
    in_flight: AtomicU64,
    /// Whether the service has accepted a token of this upload.
    authorized: AtomicBool,
    /// Whether it was told that there is no journal.
    warned_journal: AtomicBool,
    /// Whether Box had the file already.
    pub(crate) unchanged: AtomicBool,
}

impl Context {
    pub(crate) fn new(
        client: Client,
        policy: Policy,
        source_name: String,
        size: u64,
        on_event: OnEvent,
    ) -> Self {
        Self {
            client,
            policy,
            source_name,
            size,
            on_event,
            statistics: Mutex::new(Statistics { size, ..Statistics::default() }),
            stored: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            authorized: AtomicBool::new(false),
            warned_journal: AtomicBool::new(false),
            unchanged: AtomicBool::new(false),
        }
    }

    pub(crate) fn emit(&self, event: &Event) {
        (self.on_event)(event);
    }

    pub(crate) fn statistics(&self) -> MutexGuard<'_, Statistics> {
        self.statistics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The end of an upload whose source is not what it was.
    pub(crate) fn source_changed(&self, what: impl Into<String>) -> ErrorKind {
        ErrorKind::SourceChanged { name: self.source_name.clone(), what: what.into() }
    }

    /// Tells what does not keep the upload from going on.
    pub(crate) fn emit_warning(&self, text: String) {
        tracing::info!("{text}");
        self.emit(&Event::Warning { text });
    }

    /// A journal that fails is told of once, and costs no more than the resumption.
    pub(crate) fn warn_unless_noted(&self, outcome: Result<(), ErrorKind>) {
        let Err(error) = outcome else { return };
        if !self.warned_journal.swap(true, Ordering::Relaxed) {
            let error = describe_chain(&crate::Error::from(error));
            self.emit_warning(format!("this upload cannot be resumed: {error}"));
        }
    }

    /// What failed had its effect all the same.
    pub(crate) fn emit_recovered(&self, failure: &RequestError) {
        let operation = failure.operation;
        let reason = failure.text.clone();
        tracing::info!(operation, "had its effect: {reason}");
        self.emit(&Event::Recovered { operation, reason });
    }

    /// Bytes went out.
    pub(crate) fn count_sent(&self, bytes: u64) {
        self.in_flight.fetch_add(bytes, Ordering::Relaxed);
        self.statistics().sent += bytes;
        self.emit_progress();
    }

    /// Bytes that went out are of no more interest: they are stored, or come to nothing.
    pub(crate) fn count_finished(&self, bytes: u64) {
        self.in_flight.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// The service has these bytes for certain.
    pub(crate) fn count_stored(&self, bytes: u64) {
        self.stored.fetch_add(bytes, Ordering::Relaxed);
        self.emit_progress();
    }

    /// The service has nothing, any more.
    pub(crate) fn reset_stored(&self) {
        self.stored.store(0, Ordering::Relaxed);
        self.emit_progress();
    }

    pub(crate) fn emit_progress(&self) {
        let stored = self.stored.load(Ordering::Relaxed);
        let in_flight = self.in_flight.load(Ordering::Relaxed);
        self.emit(&Event::Progress { stored, in_flight, total: self.size });
    }

    /// Sends a request that has no long body, once, or again where nothing but its token was
    /// refused.
    ///
    /// The client replaces a refused token by itself, but the new one may end before the service
    /// sees it. Credentials that were never accepted are not tried again.
    pub(crate) async fn send_once<T, R>(
        &self,
        operation: &'static str,
        request: impl Fn() -> R,
    ) -> Result<T, RequestError>
    where
        R: IntoFuture<Output = Result<T, runtime::Error<ClientError>>>,
    {
        let mut rejections = 0;
        loop {
            let answer = self.send_unchecked(operation, request()).await;
            let rejected =
                matches!(&answer, Err(failure) if matches!(failure.outcome, Outcome::Unauthorized));
            let authorized = self.authorized.load(Ordering::Relaxed);
            if !rejected || !authorized || rejections == REJECTIONS {
                return answer;
            }
            rejections += 1;
        }
    }

    async fn send_unchecked<T>(
        &self,
        operation: &'static str,
        request: impl IntoFuture<Output = Result<T, runtime::Error<ClientError>>>,
    ) -> Result<T, RequestError> {
        let _permit = self.acquire_connection().await;
        let answer = tokio::time::timeout(self.policy.idle_timeout, request.into_future()).await;
        let answer = answer.unwrap_or(Err(runtime::Error::Timeout));
        let answer = answer.map_err(|error| RequestError::from_error(operation, error));
        let status = match &answer {
            Ok(_) => Some(200),
            Err(failure) => {
                tracing::debug!(operation, status = failure.status, "failed: {}", failure.text);
                failure.status
            }
        };
        if status.is_some_and(|status| status < 500 && status != 401) {
            self.authorized.store(true, Ordering::Relaxed);
        }
        answer
    }

    /// Sends a request that may be repeated without harm until it is done or refused.
    pub(crate) async fn send_retrying<T, R>(
        &self,
        operation: &'static str,
        request: impl Fn() -> R,
    ) -> Result<T, RequestError>
    where
        R: IntoFuture<Output = Result<T, runtime::Error<ClientError>>>,
    {
        let mut attempts = Attempts::new(self);
        loop {
            match self.send_once(operation, &request).await {
                Err(failure) if failure.is_transient() => attempts.wait_for_retry(failure).await?,
                done => return done,
            }
        }
    }

    /// The same, where it takes two answers to believe that something is not there: one may be a
    /// proxy's, or of a server that has not heard of it yet, and the upload would start over.
    pub(crate) async fn send_retrying_404<T, R>(
        &self,
        operation: &'static str,
        request: impl Fn() -> R,
    ) -> Result<T, RequestError>
    where
        R: IntoFuture<Output = Result<T, runtime::Error<ClientError>>>,
    {
        match self.send_retrying(operation, &request).await {
            Err(failure) if failure.status == Some(404) => {
                tokio::time::sleep(self.policy.retry.delay(1)).await;
                self.send_retrying(operation, &request).await
            }
            done => done,
        }
    }

    /// A place within the budget of connections.
    pub(crate) async fn acquire_connection(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        // It is closed never.
        self.policy.connections.acquire().await.ok()
    }
}

/// The attempts at one thing.
pub(crate) struct Attempts<'a> {
    context: &'a Context,
    pub(crate) failed: u32,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        Self { context, failed: 0 }
    }

    /// Counts a failure, and waits until it is time to try again.
    ///
    /// # Errors
    /// There have been enough attempts.
    pub(crate) async fn wait_for_retry(
        &mut self,
        failure: RequestError,
    ) -> Result<(), RequestError> {
        let retry = &self.context.policy.retry;
        self.failed += 1;
        let failures = {
            let mut statistics = self.context.statistics();
            statistics.retries += 1;
            statistics.retries
        };
        let operation = failure.operation;
        let give_up = |failure: RequestError, failed| {
            RequestError::new(operation, Outcome::Final(Box::new(failure.into_kind(failed))), "")
        };
        let most = if failure.is_redirect() || failure.undecoded.is_some() {
            MAX_IDENTICAL.min(retry.attempts)
        } else {
            retry.attempts
        };
        if self.failed >= most || failures > retry.failures {
            return Err(give_up(failure, self.failed));
        }
        let delay = match failure.retry_after {
            Some(after) if after > retry.longest_retry_after => {
                return Err(give_up(describe_long_wait(failure, after), self.failed));
            }
            Some(after) => after,
            None => retry.delay(self.failed),
        };
        self.context.emit(&Event::Retry {
            operation,
            attempt: self.failed,
            delay,
            reason: failure.text.clone(),
        });
        tracing::info!(operation, attempt = self.failed, ?delay, "again: {}", failure.text);
        tokio::time::sleep(delay).await;
        Ok(())
    }
}

fn describe_long_wait(mut failure: RequestError, after: Duration) -> RequestError {
    failure.text = format!("{}; it asks to come back in {} s", failure.text, after.as_secs());
    failure
}

/// How a step ends that did not succeed.
#[derive(Debug)]
pub(crate) enum StepError {
    /// The upload has failed.
    Failed(Box<ErrorKind>),
    /// The session is of no more use: another one may be.
    Lost {
        reason: String,
        /// What the upload fails with if there is no other attempt.
        kind: Option<Box<ErrorKind>>,
        /// Whether all of the file had been sent, which is worth one more attempt, not several.
        whole: bool,
    },
    /// The file is too small for a session.
    TooSmall,
}

impl StepError {
    pub(crate) fn lost(reason: impl Into<String>) -> Self {
        Self::Lost { reason: reason.into(), kind: None, whole: false }
    }

    /// The end of a request inside of a session. One that is gone may be replaced.
    pub(crate) fn in_session(failure: RequestError) -> Self {
        if failure.is_session_gone() { Self::lost(failure.text) } else { failure.into() }
    }

    pub(crate) fn corrupted(what: impl Into<String>) -> Self {
        let what = what.into();
        let kind = Some(Box::new(ErrorKind::Corrupted { what: what.clone() }));
        Self::Lost { reason: what, kind, whole: false }
    }
}

impl From<ErrorKind> for StepError {
    fn from(kind: ErrorKind) -> Self {
        Self::Failed(Box::new(kind))
    }
}

/// The end of a request outside of a session.
impl From<RequestError> for StepError {
    fn from(failure: RequestError) -> Self {
        failure.into_kind(1).into()
    }
}
