//! The promise, checked for every short sequence of faults.

use std::sync::Arc;

use box_upload_sessions::Client;
use box_upload_sessions::runtime::{Body, BoxFuture, Failure as TransportFailure, Transport};
use http::{Request, Response};

use super::*;
use crate::{ErrorKind, Retry, Uploader};

/// No request is sent in these tests.
struct NoTransport;

impl Transport for NoTransport {
    fn send(&self, _: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, TransportFailure>> {
        Box::pin(std::future::pending())
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

fn context(attempts: u32) -> Context {
    let client = Client::builder().transport(NoTransport).build().unwrap();
    let first_delay = Duration::ZERO;
    let retry = Retry { attempts, failures: u32::MAX, first_delay, ..Retry::default() };
    let policy = Uploader::new(client.clone()).retry(retry).policy;
    Context::new(client, policy, "file".to_owned(), 1, Arc::new(|_| {}))
}

/// What happens to one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Happens {
    Success,
    /// The service is busy, and does nothing.
    Busy,
    /// The request is lost on its way there.
    RequestLost,
    /// The response is lost on its way back: the service has done it.
    ResponseLost,
    /// The service has not seen it when it is asked, and does it later.
    Delayed,
    /// The token is refused.
    BadToken,
    /// The service wants time first.
    NotYet,
    Refused,
}

use Happens::{BadToken, Busy, Delayed, NotYet, Refused, RequestLost, ResponseLost, Success};

const ALL: [Happens; 8] =
    [Success, Busy, RequestLost, ResponseLost, Delayed, BadToken, NotYet, Refused];

/// A step and the service that it talks to.
struct Scripted {
    script: std::vec::IntoIter<Happens>,
    /// How often the service has done what was asked for. It refuses to do it twice.
    done: u32,
    /// A request that is still on its way.
    on_its_way: bool,
    /// Whether the next attempt would be a blind one.
    unknown: bool,
    sent: u32,
    looks: u32,
}

impl Scripted {
    fn new(script: &[Happens]) -> Self {
        let script = Vec::from(script).into_iter();
        Self { script, done: 0, on_its_way: false, unknown: false, sent: 0, looks: 0 }
    }
}

fn failure(outcome: Outcome) -> RequestError {
    RequestError::new("upload_file", outcome, "it failed")
}

impl Step for Scripted {
    type Done = ();
    type Error = ErrorKind;

    async fn send_once(&mut self) -> Result<Attempt<()>, ErrorKind> {
        assert!(!self.unknown, "it was sent again without a look");
        self.sent += 1;
        if std::mem::take(&mut self.on_its_way) {
            self.done += 1;
        }
        let happens = self.script.next().unwrap_or(Success);
        if self.done > 0 && matches!(happens, Success | ResponseLost | Delayed) {
            let mut conflict = failure(Outcome::Refused);
            conflict.status = Some(412);
            return Ok(Attempt::Failed(conflict));
        }
        self.done += u32::from(matches!(happens, Success | ResponseLost));
        self.on_its_way = happens == Delayed;
        self.unknown = matches!(happens, RequestLost | ResponseLost | Delayed);
        Ok(match happens {
            Success => Attempt::Done(()),
            NotYet => Attempt::NotYet,
            Busy => Attempt::Failed(failure(Outcome::NotDone)),
            BadToken => Attempt::Failed(failure(Outcome::Unauthorized)),
            Refused => Attempt::Failed(failure(Outcome::Refused)),
            RequestLost | ResponseLost | Delayed => Attempt::Failed(failure(Outcome::Unknown)),
        })
    }

    async fn interpret_failure(
        &mut self,
        failure: RequestError,
    ) -> Result<RequestError, ErrorKind> {
        Ok(failure)
    }

    async fn find_result(&mut self, _: &RequestError) -> Result<Option<()>, ErrorKind> {
        self.looks += 1;
        self.unknown = false;
        Ok((self.done > 0).then_some(()))
    }

    async fn handle_refusal(&mut self, failure: RequestError) -> Result<Option<()>, ErrorKind> {
        Err(failure.into())
    }
}

/// Every sequence of `length` events.
fn scripts(length: u32) -> impl Iterator<Item = Vec<Happens>> {
    (0..ALL.len().pow(length)).map(move |number| {
        (0..length).map(|place| ALL[number / ALL.len().pow(place) % ALL.len()]).collect()
    })
}

#[tokio::test]
async fn nothing_is_done_twice_and_success_is_never_reported_wrongly() {
    let context = context(10);
    for script in (0..=3).flat_map(scripts) {
        let mut step = Scripted::new(&script);
        let ended = run_step(&mut step, &context, &mut false).await;
        assert!(step.done <= 1, "{script:?}");
        match ended {
            Ok(()) => assert_eq!(step.done, 1, "{script:?}"),
            // It was refused for a reason of its own, not because of what it did itself.
            Err(ErrorKind::Refused { .. }) => assert!(script.contains(&Refused), "{script:?}"),
            Err(ErrorKind::Credentials { .. }) => {
                let rejected = script.iter().filter(|happens| **happens == BadToken).count();
                assert!(rejected > 2, "{script:?}");
            }
            Err(kind) => panic!("{script:?}: {kind}"),
        }
    }
}

#[tokio::test]
async fn the_service_is_asked_only_if_in_doubt() {
    let context = context(10);
    for (script, looks) in [
        (vec![], 0),
        (vec![Busy, Busy], 0),
        (vec![NotYet, NotYet, NotYet], 0),
        (vec![RequestLost, RequestLost], 2),
        (vec![ResponseLost], 1),
        (vec![BadToken], 1),
        // The conflict is with the request that arrived late.
        (vec![Delayed], 2),
    ] {
        let mut step = Scripted::new(&script);
        run_step(&mut step, &context, &mut false).await.unwrap();
        assert_eq!(step.looks, looks, "{script:?}");
    }
}

#[tokio::test]
async fn attempts_are_limited() {
    let context = context(3);
    for happens in [Busy, RequestLost] {
        let mut step = Scripted::new(&[happens; 20]);
        let kind = run_step(&mut step, &context, &mut false).await.unwrap_err();
        assert!(matches!(kind, ErrorKind::Exhausted { attempts: 3, .. }), "{kind}");
        assert_eq!(step.sent, 3);
    }
}

#[tokio::test]
async fn a_conflict_is_examined_only_in_doubt() {
    let context = context(3);
    for (mut in_doubt, looks) in [(false, 0), (true, 1)] {
        let mut step = Scripted::new(&[Success]);
        step.done = 1;
        let ended = run_step(&mut step, &context, &mut in_doubt).await;
        assert_eq!((ended.is_ok(), step.looks), (in_doubt, looks));
    }
}
