//! Which requests are sent again, when, and how often.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use http::{Request, Response};

use crate::fake::{CannedResponse, Fake, Numbered, canned, canned_with, chunks, run};
use crate::runtime::{
    Body, BoxFuture, Client, ContentRange, Credential, Digest, Error, Retry, Transport,
};
use crate::service::{CommitBody, UploadPart};

const PARTS: &str = r#"{"entries":[]}"#;

fn client(fake: &Fake, retry: Retry) -> Client {
    fake.configure(|builder| builder.retry(retry))
}

fn broken() -> CannedResponse {
    Err(Error::Transport("reset".into()))
}

fn unreachable() -> CannedResponse {
    Err(Error::Connect("refused".into()))
}

fn upload(client: &Client, body: impl Into<Body>) -> UploadPart {
    let range = ContentRange::new(0, 4, 8).unwrap();
    client.upload_part("1", &Digest::sha(&[0; 20]), &range, body)
}

fn commit() -> CommitBody {
    CommitBody { parts: Vec::new(), attributes: BTreeMap::new() }
}

/// How many requests a call sends if these responses precede a good one.
fn requests_to_list(responses: impl IntoIterator<Item = CannedResponse>) -> usize {
    let fake = Fake::new(responses.into_iter().chain([canned(200, PARTS)]));
    let _ = run(client(&fake, Retry::default()).list_parts("1").into_future());
    fake.requests().len()
}

#[test]
fn what_is_idempotent_is_sent_again() {
    for status in [408, 429, 500, 502, 503, 504] {
        assert_eq!(requests_to_list([canned(status, "")]), 2, "{status}");
    }
    assert_eq!(requests_to_list([broken(), unreachable()]), 3);
    let half = Body::stream(9, chunks(["{"]).then_error("reset"));
    assert_eq!(requests_to_list([canned(200, half)]), 2, "a response that breaks off");
    for status in [304, 400, 401, 404, 409, 501] {
        assert_eq!(requests_to_list([canned(status, "")]), 1, "{status}");
    }
    assert_eq!(requests_to_list([canned(503, ""), canned(503, ""), canned(503, "")]), 3);
}

#[test]
fn by_default_nothing_is_sent_again() {
    let fake = Fake::new([canned(503, ""), canned(200, PARTS)]);
    assert!(run(fake.client().list_parts("1").into_future()).is_err());
    assert_eq!(fake.requests().len(), 1);
}

#[test]
fn of_other_requests_only_what_had_no_effect() {
    for (first, times) in [
        (canned(429, ""), 2),
        (unreachable(), 2),
        (canned(503, ""), 1),
        (canned_with(503, "retry-after", "1"), 1),
        (broken(), 1),
    ] {
        let fake = Fake::new([first, canned(202, "")]);
        let client = client(&fake, Retry::default());
        let _ = run(client.commit("1", &commit()).into_future());
        assert_eq!(fake.requests().len(), times);
    }
    let fake = Fake::new([canned(503, ""), canned(202, "")]);
    let call = client(&fake, Retry::default()).commit("1", &commit());
    run(call.header("idempotency-key", "7").into_future()).unwrap();
    let bodies: Vec<_> = fake.requests().into_iter().map(|request| request.into_body()).collect();
    assert!(bodies[0] == bodies[1] && !bodies[0].is_empty());
}

#[test]
fn what_a_document_declares_goes_before_the_method() {
    for (method, idempotent, times) in
        [("POST", Some(true), 2), ("POST", None, 1), ("GET", Some(false), 1), ("QUERY", None, 2)]
    {
        let fake = Fake::new([canned(503, ""), canned(200, "")]);
        let call = client(&fake, Retry::default()).call(&crate::service::ANY).method(method);
        let call = match idempotent {
            Some(idempotent) => call.idempotent(idempotent),
            None => call,
        };
        let sending = crate::runtime::Sending::<(), ()>::new(call, |_| false, |_| Ok(()));
        run(sending).unwrap();
        assert_eq!(fake.requests().len(), times, "{method} {idempotent:?}");
    }
}

#[test]
fn a_stream_is_not_sent_again() {
    let fake = Fake::new([canned(503, "")]);
    let client = client(&fake, Retry::default());
    let body = Body::stream(4, chunks(["body"]));
    assert!(run(upload(&client, body).into_future()).is_err());
    assert_eq!(fake.requests().len(), 1);
}

/// That the last attempt had no effect says nothing of those before it.
#[test]
fn what_may_have_taken_effect_is_not_forgotten() {
    let list = |fake: &Fake, retry: Retry| run(client(fake, retry).list_parts("1").into_future());
    for earlier in [broken(), canned(500, ""), Err(Error::Timeout)] {
        let fake = Fake::new([earlier, unreachable(), unreachable()]);
        let error = list(&fake, Retry::default()).unwrap_err();
        assert!(error.may_have_taken_effect(), "{error:?}");
        assert_eq!(fake.requests().len(), 3);
    }
    let fake = Fake::new([canned(429, ""), unreachable(), unreachable()]);
    let error = list(&fake, Retry::default()).unwrap_err();
    assert!(error.is_connect(), "nothing had an effect: {error:?}");
    let fake = Fake::new([broken(), canned(200, PARTS)]);
    assert!(list(&fake, Retry::default()).is_ok());
}

#[test]
fn no_delay_is_too_long() {
    let longest = 2.0_f64.powi(64).next_down();
    let hour = Duration::from_secs(3_600);
    let retry = Retry::default().longest_retry_after(Duration::MAX).delays(hour, hour);
    for _ in 0..20 {
        let fake = Fake::new([canned_with(503, "retry-after", &format!("{longest}"))]);
        let mut call = client(&fake, retry.clone()).list_parts("1").into_future();
        // It waits for ever, or nearly so.
        run(poll_fn(|cx| Poll::Ready(Pin::new(&mut call).poll(cx).is_ready())));
        assert!(!fake.requests().is_empty());
    }
}

#[test]
fn each_attempt_asks_for_a_token() {
    let fake = Fake::new([canned(503, ""), canned(200, PARTS)]);
    let credential = Credential::provider(Numbered::default());
    let configure = |builder: crate::ClientBuilder| {
        builder.retry(Retry::default()).credential("OAuth2", credential)
    };
    run(fake.configure(configure).list_parts("1").into_future()).unwrap();
    let requests = fake.requests();
    let tokens = requests.iter().map(|request| request.headers()["authorization"].clone());
    assert_eq!(tokens.collect::<Vec<_>>(), ["Bearer token-1", "Bearer token-2"]);
}

#[test]
fn delays_double_and_the_service_is_obeyed() {
    let first = Duration::from_millis(100);
    let retry = Retry::default().attempts(6).delays(first, Duration::from_millis(400));
    let mut longest = vec![Duration::ZERO; 5];
    for _ in 0..200 {
        let fake = Fake::new((0..6).map(|_| canned(503, "")));
        assert!(run(client(&fake, retry.clone()).list_parts("1").into_future()).is_err());
        let slept = fake.slept();
        assert_eq!(slept.len(), 5);
        longest = longest.into_iter().zip(slept).map(|(one, other)| one.max(other)).collect();
    }
    for (longest, limit) in longest.iter().zip([100, 200, 400, 400, 400]) {
        let limit = Duration::from_millis(limit);
        assert!(*longest <= limit && *longest > limit / 2, "{longest:?} {limit:?}");
    }

    let fake = Fake::new([canned_with(503, "retry-after", "7"), canned(200, PARTS)]);
    run(client(&fake, retry.clone()).list_parts("1").into_future()).unwrap();
    let asked = Duration::from_secs(7);
    assert!(fake.slept()[0] >= asked && fake.slept()[0] <= asked + first, "{:?}", fake.slept());

    let fake = Fake::new([canned_with(429, "retry-after", "61")]);
    let error = run(client(&fake, retry).list_parts("1").into_future()).unwrap_err();
    assert_eq!(error.retry_after().unwrap().delay().as_secs(), 61);
    assert!(fake.slept().is_empty(), "it is the caller's business when to come again");
}

#[test]
fn what_would_come_too_late_is_not_waited_for() {
    let fake = Fake::new([canned_with(503, "retry-after", "7")]);
    let call = client(&fake, Retry::default()).list_parts("1").timeout(Duration::from_secs(5));
    let error = run(call.into_future()).unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 503);
}

/// A transport that takes its time, and then responds as `fake` does.
struct Slow(Fake);

impl Transport for Slow {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, CannedResponse> {
        std::thread::sleep(Duration::from_millis(50));
        self.0.send(request)
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn delay(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(duration)
    }
}

#[test]
fn a_delay_fits_in_what_the_attempts_leave_of_the_time() {
    let delay = Duration::from_secs(20);
    for (limit, requests) in [(delay + Duration::from_millis(20), 1), (delay * 2, 2)] {
        let fake = Fake::new([canned_with(503, "retry-after", "20"), canned(200, PARTS)]);
        let retry = Retry::default().delays(Duration::ZERO, Duration::ZERO);
        let slow = Slow(fake.clone());
        let client = fake.configure(|builder| builder.retry(retry).transport(slow));
        let outcome = run(client.list_parts("1").timeout(limit).into_future());
        assert_eq!(outcome.is_ok(), requests == 2);
        assert_eq!(fake.requests().len(), requests);
        assert_eq!(fake.slept().len(), requests - 1);
    }
}

#[test]
fn an_attempt_has_a_limit_of_its_own() {
    let retry = Retry::default().attempt_timeout(Duration::from_secs(1));
    // It never responds.
    let fake = Fake::default();
    let error = run(client(&fake, retry.clone()).list_parts("1").into_future()).unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(fake.requests().len(), 3);

    let fake = Fake::new([Ok(Response::builder().status(202).body(Body::empty()).unwrap())]);
    run(client(&fake, retry).commit("1", &commit()).into_future()).unwrap();
    assert!(fake.slept().is_empty(), "what is not sent again has all the time");
}

#[test]
fn all_requests_share_a_budget() {
    let fake = Fake::new(
        (0..4).map(|_| canned(503, "")).chain((0..5).map(|_| canned(200, PARTS))).chain([
            canned(503, ""),
            canned(200, PARTS),
            canned(503, ""),
        ]),
    );
    let client = client(&fake, Retry::default().attempts(10).budget(2));
    let list = || run(client.clone().list_parts("1").into_future()).is_ok();
    assert!(!list(), "two attempts and the budget is spent");
    assert_eq!(fake.requests().len(), 3);
    assert!(!list());
    assert_eq!(fake.requests().len(), 4);
    assert!((0..5).all(|_| list()), "five good ones are worth one attempt");
    assert!(list());
    assert!(!list());
    assert_eq!(fake.requests().len(), 12);
}

/// A service that is down earns nothing by requests that are not sent again.
#[test]
fn only_good_requests_fill_the_budget() {
    let failures = (0..10).map(|_| canned(503, "")).chain([broken(), broken()]);
    let fake = Fake::new([canned(503, "")].into_iter().chain(failures).chain([canned(503, "")]));
    let client = client(&fake, Retry::default().attempts(2).budget(1));
    assert!(run(client.clone().list_parts("1").into_future()).is_err());
    assert_eq!(fake.requests().len(), 2);
    for _ in 0..11 {
        assert!(run(client.commit("1", &commit()).into_future()).is_err());
    }
    assert!(run(client.list_parts("1").into_future()).is_err());
    assert_eq!(fake.requests().len(), 14, "nothing is left to send the last one again");
}
