//! State and helpers shared by all steps of one upload.

use box_upload_common::lock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use box_upload_sessions::Client;
use box_upload_sessions::runtime;
use box_upload_sessions::types::ClientError;

use crate::budget::Permit;
use crate::options::{OnEvent, Policy};
use crate::request_error::{Outcome, RequestError, describe_chain};
use crate::retry::REJECTIONS;
use crate::{ErrorKind, Event, Statistics};

/// How often a request is attempted whose response is meaningless: a redirect, another success,
/// or something that cannot be decoded. The first may be a glitch; a second one is how the server
/// behaves.
const MAX_IDENTICAL: u32 = 2;

pub(crate) struct Context {
    pub(crate) client: Client,
    pub(crate) policy: Policy,
    /// Name of the file in error messages.
    pub(crate) source_name: String,
    pub(crate) size: u64,
    on_event: OnEvent,
    statistics: Mutex<Statistics>,
    stored: AtomicU64,
    in_flight: AtomicU64,
    /// Whether the service accepted a token during this upload.
    authorized: AtomicBool,
    /// Whether the user was told that there is no journal.
    warned_journal: AtomicBool,
    /// Whether Box already had the file.
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

    pub(crate) fn emit_event(&self, event: &Event) {
        (self.on_event)(event);
    }

    pub(crate) fn statistics(&self) -> MutexGuard<'_, Statistics> {
        lock(&self.statistics)
    }

    /// The error for a source that changed during the upload.
    pub(crate) fn source_changed(&self, what: impl Into<String>) -> ErrorKind {
        ErrorKind::SourceChanged { name: self.source_name.clone(), what: what.into() }
    }

    /// Reports a problem that does not stop the upload.
    pub(crate) fn emit_warning(&self, text: String) {
        tracing::info!("{text}");
        self.emit_event(&Event::Warning { text });
    }

    /// Reports the first journal error. A broken journal only costs resumption.
    pub(crate) fn warn_on_journal_error(&self, outcome: Result<(), ErrorKind>) {
        let Err(error) = outcome else { return };
        if !self.warned_journal.swap(true, Ordering::Relaxed) {
            let error = describe_chain(&crate::Error::from(error));
            self.emit_warning(format!("this upload cannot be resumed: {error}"));
        }
    }

    /// Reports that a failed request had taken effect.
    pub(crate) fn emit_recovered(&self, failure: &RequestError) {
        let operation = failure.operation;
        let reason = failure.text.clone();
        tracing::info!(operation, "took effect despite: {reason}");
        self.emit_event(&Event::Recovered { operation, reason });
    }

    /// Counts bytes that were sent.
    pub(crate) fn count_sent(&self, bytes: u64) {
        self.in_flight.fetch_add(bytes, Ordering::Relaxed);
        self.statistics().sent += bytes;
        self.emit_progress();
    }

    /// Removes bytes from those in flight: they were stored, or the attempt failed.
    pub(crate) fn count_finished(&self, bytes: u64) {
        self.in_flight.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Counts bytes that the service has confirmed.
    pub(crate) fn count_stored(&self, bytes: u64) {
        self.stored.fetch_add(bytes, Ordering::Relaxed);
        self.emit_progress();
    }

    /// Resets the confirmed bytes, for a new session.
    pub(crate) fn reset_stored(&self) {
        self.stored.store(0, Ordering::Relaxed);
        self.emit_progress();
    }

    pub(crate) fn emit_progress(&self) {
        let stored = self.stored.load(Ordering::Relaxed);
        let in_flight = self.in_flight.load(Ordering::Relaxed);
        self.emit_event(&Event::Progress { stored, in_flight, total: self.size });
    }

    /// Sends a small request once, and again only if its token was rejected.
    ///
    /// The client replaces a rejected token itself, but the new one may expire before the service
    /// sees it. Credentials that were never accepted are not retried.
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
            let response = self.send_unchecked(operation, request()).await;
            let rejected = matches!(&response, Err(failure) if matches!(failure.outcome, Outcome::Unauthorized));
            let authorized = self.authorized.load(Ordering::Relaxed);
            if !rejected || !authorized || rejections == REJECTIONS {
                return response;
            }
            rejections += 1;
        }
    }

    async fn send_unchecked<T>(
        &self,
        operation: &'static str,
        request: impl IntoFuture<Output = Result<T, runtime::Error<ClientError>>>,
    ) -> Result<T, RequestError> {
        let permit = self.policy.budget.acquire().await;
        let response = tokio::time::timeout(self.policy.idle_timeout, request.into_future()).await;
        let response = response.unwrap_or(Err(runtime::Error::Timeout));
        let response = response.map_err(|error| RequestError::from_error(operation, error));
        let status = match &response {
            Ok(_) => Some(200),
            Err(failure) => {
                tracing::debug!(operation, status = failure.status, "failed: {}", failure.text);
                failure.status
            }
        };
        learn_from_response(&self.policy, &permit, response.as_ref().err());
        if status.is_some_and(|status| status < 500 && status != 401) {
            self.authorized.store(true, Ordering::Relaxed);
        }
        response
    }

    /// Sends an idempotent request until it succeeds, is refused, or attempts run out.
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

    /// Like [`Self::send_retrying`], but believes a 404 only the second time: a single one may come
    /// from a proxy or a lagging server, and would restart the upload.
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
}

/// Adjusts the number of requests in flight to the response. A pause that no retry would wait for
/// holds nothing else up, either: each request fails by itself.
pub(crate) fn learn_from_response(
    policy: &Policy,
    permit: &Permit<'_>,
    failure: Option<&RequestError>,
) {
    match failure {
        None => permit.record_success(),
        Some(failure) if failure.is_throttling() => {
            let longest = policy.retry.longest_retry_after;
            permit.record_throttling(failure.retry_after.filter(|after| *after <= longest));
        }
        Some(_) => {}
    }
}

/// Counts the failed attempts at one request.
pub(crate) struct Attempts<'a> {
    context: &'a Context,
    pub(crate) failed: u32,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        Self { context, failed: 0 }
    }

    /// Records a failure and waits until the next attempt.
    ///
    /// # Errors
    /// No attempts are left.
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

        let most = if failure.is_meaningless() {
            MAX_IDENTICAL.min(retry.attempts)
        } else {
            retry.attempts
        };
        if self.failed >= most || failures > retry.failures {
            return Err(failure.into_final(self.failed));
        }
        let delay = match failure.retry_after {
            Some(after) if after > retry.longest_retry_after => {
                return Err(describe_long_wait(failure, after).into_final(self.failed));
            }
            Some(after) => after,
            None => retry.delay(self.failed),
        };
        self.context.emit_event(&Event::Retry {
            operation,
            attempt: self.failed,
            delay,
            reason: failure.text.clone(),
            status: failure.status,
        });
        tracing::info!(operation, attempt = self.failed, ?delay, "retrying: {}", failure.text);
        tokio::time::sleep(delay).await;
        Ok(())
    }
}

fn describe_long_wait(mut failure: RequestError, after: Duration) -> RequestError {
    failure.text = format!(
        "{}; the service asks to retry in {} s, which exceeds the limit",
        failure.text,
        after.as_secs()
    );
    failure
}

/// Why a step failed.
#[derive(Debug)]
pub(crate) enum StepError {
    /// The upload has failed.
    Failed(Box<ErrorKind>),
    /// The session is unusable; a new one may work.
    Lost {
        reason: String,
        /// The error if no further session is tried.
        kind: Option<Box<ErrorKind>>,
        /// Whether the whole file had been sent, which justifies one more session, not several.
        whole: bool,
    },
    /// The file is too small for a session.
    TooSmall,
}

impl StepError {
    pub(crate) fn lost(reason: impl Into<String>) -> Self {
        Self::Lost { reason: reason.into(), kind: None, whole: false }
    }

    /// An error of a request within a session. A session that is gone may be replaced.
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

/// An error of a request outside of a session.
impl From<RequestError> for StepError {
    fn from(failure: RequestError) -> Self {
        failure.into_kind(1).into()
    }
}
