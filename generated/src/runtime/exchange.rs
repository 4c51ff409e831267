//! The exchange of a call with the service: its requests, and the response.

use std::io::ErrorKind;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap};
use http::{Method, Request, Response, StatusCode};
#[cfg(feature = "tracing")]
use tracing::Instrument;

use super::call::Parts;
use super::client::Config;
use super::clock::Deadline;
use super::redirect::Redirects;
#[cfg(feature = "tracing")]
use super::trace;
use super::{Body, Credential, Error, Failure, Place, Reply, Transport};

impl Parts {
    /// Sends the request, as often as need be, within the time limit of the call.
    pub(super) async fn exchange(
        self: Box<Self>,
        body: Body,
        streams: fn(u16) -> bool,
    ) -> Result<Reply, Failure> {
        let limit = self.timeout;
        let client = self.client.clone();
        #[cfg(feature = "tracing")]
        let span = trace::span(self.method(), self.operation);
        let mut attempts = 0;
        let mut last = None;
        let all = self.send_until_done(body, streams, &mut attempts, &mut last);
        let limited = within(limit, &*client.0.transport, all);
        #[cfg(feature = "tracing")]
        let limited = limited.instrument(span.clone());
        let outcome = match (limited.await, last) {
            // The time was over while the next attempt was waited for.
            (Err(Error::Timeout), Some(last)) => last,
            (outcome, _) => outcome,
        };
        #[cfg(feature = "tracing")]
        trace::record(&span, attempts, &outcome);
        outcome
    }

    async fn send_until_done(
        self: Box<Self>,
        mut body: Body,
        streams: fn(u16) -> bool,
        attempts: &mut u32,
        last: &mut Option<Result<Reply, Failure>>,
    ) -> Result<Reply, Failure> {
        // What is wrong with the request is told before anybody is asked for a token.
        self.request(Body::empty(), &[])?;
        let config = &*self.client.0;
        let copy = body.in_memory().cloned();
        let (Some(retries), Some(copy)) = (&config.retries, copy) else {
            *attempts = 1;
            return self.attempt(body, streams).await;
        };
        let idempotent = self.is_idempotent();
        let limit = retries.policy.attempt_timeout.filter(|_| idempotent);
        let deadline = Deadline::new(self.timeout);
        // The last outcome after which the request may have taken effect.
        let mut uncertain = None;
        loop {
            *attempts += 1;
            let attempt = self.attempt(body, streams);
            let mut outcome = within(limit, &*config.transport, attempt).await;
            let delay = retries.delay_after(*attempts, idempotent, &outcome, deadline.left());
            #[cfg(feature = "tracing")]
            if let Some(delay) = delay {
                trace::note_retry(*attempts, delay, &outcome);
            }
            // That this attempt sent nothing says nothing of those before it.
            if outcome.as_ref().is_err_and(|error| !error.may_have_taken_effect()) {
                outcome = uncertain.take().unwrap_or(outcome);
            }
            let Some(delay) = delay else { return outcome };
            *last = Some(outcome);
            config.transport.delay(delay).await;
            uncertain = last.take().filter(may_have_taken_effect);
            body = copy.clone().into();
        }
    }

    /// Whether the request may be sent a second time whatever became of the first.
    fn is_idempotent(&self) -> bool {
        let method = self.method();
        let known = method.is_idempotent() || *method == *"QUERY";
        self.idempotent.unwrap_or(known || self.headers.contains_key("idempotency-key"))
    }

    /// Sends the request; once more if a fresh token may help, and on to where redirects lead.
    async fn attempt(&self, body: Body, streams: fn(u16) -> bool) -> Result<Reply, Failure> {
        let config = &*self.client.0;
        let copy = body.in_memory().cloned();
        let credentials = choose_credentials(config, self.operation.security);
        let mut secrets = Vec::new();
        for (place, credential) in &credentials {
            secrets.push((*place, credential.0.token(None).await.map_err(Error::Token)?));
        }
        let request = self.request(body, &secrets)?;
        let (mut response, is_home) = self.send_and_follow(request).await?;
        if response.status() == StatusCode::UNAUTHORIZED && is_home {
            let mut fresh = false;
            for ((_, credential), (_, secret)) in credentials.iter().zip(&mut secrets) {
                let new = credential.0.token(Some(secret)).await.map_err(Error::Token)?;
                fresh |= new != *secret;
                *secret = new;
            }
            // The provider is told even if the body is a stream: its next token is then another one.
            if let Some(body) = copy.filter(|_| fresh) {
                let request = self.request(body.into(), &secrets)?;
                (response, _) = self.send_and_follow(request).await?;
            }
        }
        self.read(response, streams).await
    }

    /// Sends a request, and on to where redirects lead; and whether that is where it was meant for.
    async fn send_and_follow(
        &self,
        request: Request<Body>,
    ) -> Result<(Response<Body>, bool), Failure> {
        let config = &*self.client.0;
        let mut redirects = Redirects::new(&request, config.redirects);
        let mut response = config.transport.send(request).await?;
        while let Some(next) = redirects.as_mut().and_then(|known| known.next(&response)) {
            response = config.transport.send(next).await?;
        }
        Ok((response, redirects.is_none_or(|known| known.is_home())))
    }

    /// Reads a response whole, or leaves its body a stream.
    async fn read(
        &self,
        response: Response<Body>,
        streams: fn(u16) -> bool,
    ) -> Result<Reply, Failure> {
        let config = &*self.client.0;
        let (head, mut stream) = response.into_parts();
        // RFC 9110, section 6.4.1: there is no content, whatever its length is said to be.
        if self.method() == Method::HEAD {
            stream = Body::empty();
        }
        if !is_event_stream(&head.headers) {
            let transport = config.transport.clone();
            let limit = config.read_timeout;
            stream = stream.impatient(move || transport.sleep(limit));
        }
        if streams(head.status.as_u16()) {
            return Ok(Reply::new(Response::from_parts(head, Bytes::new()), stream));
        }
        let limit = config.max_response_size;
        let bytes = stream.bytes_within(limit).await.map_err(|error| match error.kind() {
            ErrorKind::TimedOut => Error::Timeout,
            _ => Error::Transport(error.into()),
        })?;
        let Some(bytes) = bytes else {
            let response = Box::new(Response::from_parts(head, Bytes::new()));
            let message = format!("it is longer than {limit} bytes");
            return Err(Error::Decode { response, path: String::new(), message });
        };
        let reply = Reply::from(Response::from_parts(head, bytes));
        Ok(reply.lenient(config.lenient.as_ref(), self.operation))
    }
}

fn may_have_taken_effect(outcome: &Result<Reply, Failure>) -> bool {
    match outcome {
        Ok(reply) => reply.status() == 408 || reply.status() >= 500,
        Err(error) => error.may_have_taken_effect(),
    }
}

/// What `work` gives, unless the time is over first.
async fn within<T>(
    limit: Option<Duration>,
    transport: &dyn Transport,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let mut work = pin!(work);
    let Some(limit) = limit else { return work.await };
    let mut sleep = transport.sleep(limit);
    std::future::poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Pending => sleep.as_mut().poll(cx).map(|()| Err(Error::Timeout)),
        ready => ready,
    })
    .await
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    const KIND: &[u8] = b"text/event-stream";
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.as_bytes().get(..KIND.len()));
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case(KIND))
}

/// What the first alternative that there are credentials for sends. One that asks for none is
/// taken only where no other can be.
fn choose_credentials<'c>(
    config: &'c Config,
    alternatives: &[&[&str]],
) -> Vec<(Place, &'c Credential)> {
    let mut sets = alternatives.iter().filter(|names| !names.is_empty());
    let found =
        sets.find_map(|names| names.iter().map(|name| find_credential(config, name)).collect());
    found.unwrap_or_default()
}

fn find_credential<'c>(config: &'c Config, name: &str) -> Option<(Place, &'c Credential)> {
    let scheme = config.service.schemes.iter().find(|scheme| scheme.name == name)?;
    Some((scheme.place, config.credentials.get(name)?))
}
