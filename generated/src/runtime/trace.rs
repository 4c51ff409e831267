//! A span for each call. It holds nothing of the request but what the document says of it.

use http::Method;
use tracing::Span;
use tracing::field::{Empty, display};

use super::{Error, Failure, Operation, Reply};

/// The span of a call, with the names of OpenTelemetry's conventions for HTTP clients.
pub(super) fn span(method: &Method, operation: &Operation) -> Span {
    tracing::info_span!(
        "request",
        otel.kind = "client",
        http.request.method = %method,
        url.template = operation.path.split('#').next(),
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        error.type = Empty,
    )
}

/// Notes how the call ended.
pub(super) fn record(span: &Span, attempts: u32, outcome: &Result<Reply, Failure>) {
    if attempts > 1 {
        span.record("http.request.resend_count", attempts - 1);
    }
    match outcome {
        Ok(reply) => {
            span.record("http.response.status_code", reply.status());
            if reply.status() >= 400 {
                span.record("error.type", display(reply.status()));
            }
        }
        Err(error) => {
            span.record("error.type", kind(error));
        }
    }
}

/// Says that a request is sent again.
pub(super) fn note_retry(
    attempt: u32,
    delay: std::time::Duration,
    outcome: &Result<Reply, Failure>,
) {
    let status = outcome.as_ref().ok().map(Reply::status);
    let error = outcome.as_ref().err().map(kind);
    tracing::debug!(attempt, status, error, ?delay, "the request is sent again");
}

/// A word for a failure. Its text might tell what nobody should read.
fn kind(error: &Failure) -> &'static str {
    match error {
        Error::Response { .. } => "response",
        Error::Decode { .. } => "decode",
        Error::Empty(_) => "empty",
        Error::Request(_) => "request",
        Error::UntrustedUrl(_) => "untrusted_url",
        Error::Token(_) => "token",
        Error::Connect(_) => "connect",
        Error::Transport(_) => "transport",
        Error::Timeout => "timeout",
        Error::Incomplete(_) => "incomplete",
    }
}
