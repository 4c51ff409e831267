//! Every fault, as a client meets it.

use std::time::Duration;

use box_emulator::{
    Action, Emulator, Fault, FaultPlan, FaultResponse, Moment, On, Operation, ResponseBodyKind,
    RetryAfter, StallAt,
};
use box_upload_sessions::operations::CommitUploadSessionOutcome;
use box_upload_sessions::types::{ConflictingSession, UploadSession};
use box_upload_sessions::{Client, Error, runtime};
use bytes::Bytes;
use tokio::io::AsyncWriteExt;

use crate::client::*;

const UPLOAD: Operation = Operation::UploadPart;
const COMMIT: Operation = Operation::CommitUploadSession;

/// An emulator with one fault, and a session of two parts in it.
async fn with(fault: Fault) -> (Emulator, Client, UploadSession, Bytes) {
    let emulator = small().faults(FaultPlan::new(1).fault(fault)).start().await.unwrap();
    let client = client(&emulator);
    let content = bytes(1, 1_500);
    let session = create(&client, "a", content.len()).await.unwrap();
    (emulator, client, session, content)
}

async fn stored(client: &Client, session: &UploadSession) -> usize {
    client.list_parts(&session.id).await.unwrap().entries.len()
}

#[tokio::test]
async fn connections_are_refused_for_a_while() {
    let fault = Fault::nth(UPLOAD, 1, Action::Refuse { seconds: 0.3 });
    let (emulator, client, session, content) = with(fault).await;
    let error = put(&client, &session, &content, 0).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    let error = put(&client, &session, &content, 0).await.unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    while tokio::net::TcpStream::connect(emulator.address()).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    put(&client, &session, &content, 0).await.unwrap();
}

/// Although bytes wait to be read that nobody reads.
#[tokio::test]
async fn a_stalled_connection_ends_with_its_client() {
    for (on, at) in [
        (On::Any, StallAt::BeforeBody),
        (On::Any, StallAt::DuringBody),
        (On::Any, StallAt::BeforeResponse),
        (On::Connection, StallAt::BeforeBody),
    ] {
        let fault = Fault::nth(on, 1, Action::Stall { at, seconds: None });
        let emulator = small().faults(FaultPlan::new(1).fault(fault)).start().await.unwrap();
        let mut client = tokio::net::TcpStream::connect(emulator.address()).await.unwrap();
        let head = "PUT /2.0/files/upload_sessions/1 HTTP/1.1\r\nContent-Length: 100000\r\n\r\n";
        client.write_all(head.as_bytes()).await.unwrap();
        client.write_all(&[0; 70_000]).await.unwrap();
        until(|| emulator.fired().len() == 1).await;
        drop(client);
        until(|| emulator.open_connections() == 0).await;
    }
}

/// Waits until this is the case.
async fn until(is_so: impl Fn() -> bool) {
    let waited = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waited).await.expect("it never is");
}

#[tokio::test]
async fn a_connection_is_refused_before_anything_is_read() {
    let fault = Fault::nth(On::Connection, 1, Action::Refuse { seconds: 0.0 });
    let emulator = small().faults(FaultPlan::new(1).fault(fault)).start().await.unwrap();
    let client = client(&emulator);
    let error = create(&client, "a", 10).await.unwrap_err();
    assert!(error.response().is_none(), "{error:?}");
    while tokio::net::TcpStream::connect(emulator.address()).await.is_err() {
        tokio::task::yield_now().await;
    }
    create(&client, "a", 10).await.unwrap();
    assert_eq!((emulator.requests().len(), emulator.fired()[0].request), (1, None));
}

#[tokio::test]
async fn resets_have_no_effect() {
    for moment in [Moment::BeforeBody, Moment::DuringBody, Moment::AfterBody] {
        let (emulator, client, session, content) =
            with(Fault::nth(UPLOAD, 1, Action::Reset(moment))).await;
        let error = put(&client, &session, &content, 0).await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{error:?}");
        assert_eq!(stored(&client, &session).await, 0);
        put(&client, &session, &content, 0).await.unwrap();
        let fired = emulator.fired();
        assert_eq!((fired.len(), fired[0].request, fired[0].fault), (1, Some(2), 0));
        assert_eq!(fired[0].action, Action::Reset(moment));
        assert_eq!(emulator.requests()[1].status, None);
    }
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let fault = Fault::nth(On::Any, 1, Action::Reset(Moment::BeforeBody));
    let emulator = small().faults(FaultPlan::new(1).fault(fault)).start().await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(emulator.address()).await.unwrap();
    stream.write_all(b"GET /2.0/files/1 HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let error = stream.read(&mut [0; 10]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_response_is_lost() {
    let (_emulator, client, session, content) =
        with(Fault::nth(UPLOAD, 1, Action::LoseResponse)).await;
    assert!(put(&client, &session, &content, 0).await.unwrap_err().response().is_none());
    assert_eq!(stored(&client, &session).await, 1);
    assert_eq!(code(put(&client, &session, &content, 0).await), "range_overlaps_existing_part");
}

#[tokio::test]
async fn a_lost_create_comes_back_as_a_conflict() {
    let fault = Fault::nth(Operation::CreateUploadSession, 1, Action::LoseResponse);
    let emulator = small().faults(FaultPlan::new(1).fault(fault)).start().await.unwrap();
    let client = client(&emulator);
    assert!(create(&client, "a", 10).await.unwrap_err().response().is_none());
    assert_eq!(code(create(&client, "a", 10).await), "session_conflict");
}

#[tokio::test]
async fn a_fault_replaces_the_response() {
    for status in [400, 401, 403, 404, 409, 410, 412, 413, 416, 429, 500, 502, 503, 504] {
        for after in [false, true] {
            let mut response = FaultResponse::new(status);
            response.after_effect = after;
            let fault = Fault::nth(UPLOAD, 1, Action::Respond(response)).times(2);
            let (_emulator, client, session, content) = with(fault).await;
            let error = put(&client, &session, &content, 0).await.unwrap_err();
            assert_eq!(error.status().unwrap().as_u16(), status);
            let Error::Response { response, body: error } = error else { panic!("{error}") };
            match status {
                401 => assert!(response.body().is_empty()),
                502 => assert!(response.body().starts_with(b"<html>") && error.is_none()),
                _ => assert_eq!(error.unwrap().status, Some(i32::from(status))),
            }
            assert_eq!(stored(&client, &session).await, usize::from(after), "{status}");
        }
    }
    let response =
        FaultResponse::new(400).code("parts_mismatch").body(ResponseBodyKind::ShortError);
    let (_emulator, client, session, content) =
        with(Fault::nth(COMMIT, 1, Action::Respond(response)).times(2)).await;
    let parts = put_all(&client, &session, &content).await.unwrap();
    for _ in 0..2 {
        assert_eq!(
            code(commit(&client, &session, parts.clone(), &content).await),
            "parts_mismatch"
        );
    }
    created(commit(&client, &session, parts, &content).await.unwrap());
}

#[tokio::test]
async fn retry_after_in_every_form() {
    use runtime::RetryAfter::Delay;
    for (given, seconds) in [
        (None, None),
        (Some(RetryAfter::Seconds(2.0)), Some(2.0)),
        (Some(RetryAfter::Seconds(0.25)), Some(0.25)),
        (Some(RetryAfter::Date { date_in: 100.0 }), None),
    ] {
        let mut response = FaultResponse::new(429);
        response.retry_after = given;
        let (_emulator, client, session, content) =
            with(Fault::nth(UPLOAD, 1, Action::Respond(response))).await;
        let error = put(&client, &session, &content, 0).await.unwrap_err();
        match (given, error.retry_after()) {
            (None, None) => {}
            (Some(RetryAfter::Seconds(_)), Some(Delay(delay))) => {
                assert_eq!(Some(delay.as_secs_f64()), seconds);
            }
            // It is relative to the response's own date, which is in whole seconds.
            (Some(RetryAfter::Date { date_in }), Some(Delay(delay))) => {
                assert!((delay.as_secs_f64() - date_in).abs() <= 1.0, "{delay:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn commits_wait_for_processing() {
    for header in [None, Some(RetryAfter::Seconds(1.0))] {
        let mut response = FaultResponse::new(202);
        response.retry_after = header;
        let fault = Fault::nth(COMMIT, 1, Action::Respond(response)).times(3);
        let (_emulator, client, session, content) = with(fault).await;
        let parts = put_all(&client, &session, &content).await.unwrap();
        for _ in 0..3 {
            let outcome = commit(&client, &session, parts.clone(), &content).await.unwrap();
            let CommitUploadSessionOutcome::Accepted { retry_after } = outcome else { panic!() };
            assert_eq!(retry_after.is_some(), header.is_some());
        }
        created(commit(&client, &session, parts, &content).await.unwrap());
    }
}

#[tokio::test]
async fn a_fault_stalls_request_and_response() {
    let moments = [
        StallAt::BeforeBody,
        StallAt::DuringBody,
        StallAt::BeforeResponse,
        StallAt::DuringResponse,
    ];
    for at in moments {
        let (emulator, client, session, content) =
            with(Fault::nth(UPLOAD, 1, Action::Stall { at, seconds: None })).await;
        let part = content.slice(..1_000);
        let range = runtime::ContentRange::new(0, 1_000, 1_500).unwrap();
        let put = client.upload_part(&session.id, &range, &digest(&part), part);
        let mut put = std::pin::pin!(put.into_future());
        let effect = matches!(at, StallAt::BeforeResponse | StallAt::DuringResponse);
        while emulator.fired().is_empty() || stored(&client, &session).await != usize::from(effect)
        {
            let step = tokio::time::timeout(Duration::from_millis(1), &mut put).await;
            assert!(step.is_err(), "{at:?}: {step:?}");
        }
        let later = tokio::time::timeout(Duration::from_millis(100), &mut put).await;
        assert!(later.is_err(), "{at:?}: {later:?}");
        assert_eq!(stored(&client, &session).await, usize::from(effect), "{at:?}");

        let fault = Fault::nth(UPLOAD, 1, Action::Stall { at, seconds: Some(0.05) });
        let (_emulator, client, session, content) = with(fault).await;
        let start = std::time::Instant::now();
        crate::client::put(&client, &session, &content, 0).await.unwrap();
        assert!(start.elapsed() >= Duration::from_millis(50));
    }
}

#[tokio::test]
async fn a_fault_limits_the_rate() {
    let fault = Fault::nth(UPLOAD, 1, Action::Slow { bytes_per_second: 10_000 });
    let (_emulator, client, session, content) = with(fault).await;
    let start = std::time::Instant::now();
    put(&client, &session, &content, 0).await.unwrap();
    // 1,000 bytes there, and some back.
    assert!(start.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn a_fault_truncates_the_response() {
    let (emulator, client, session, content) = with(Fault::nth(UPLOAD, 1, Action::Truncate)).await;
    let error = put(&client, &session, &content, 0).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert_eq!(stored(&client, &session).await, 1);
    assert_eq!(emulator.requests()[1].status, Some(200));
}

#[tokio::test]
async fn a_conflict_with_an_unknown_session() {
    let fault = Fault::nth(Operation::CreateUploadSession, 1, Action::SessionConflict);
    let emulator = small().faults(FaultPlan::new(1).fault(fault)).start().await.unwrap();
    let client = client(&emulator);
    let error = create(&client, "a", 1_500).await.unwrap_err();
    let Error::Response { body: Some(error), .. } = error else { panic!("{error}") };
    let Some(ConflictingSession::UploadSession(session)) = error.context_info.unwrap().session
    else {
        panic!("no session");
    };
    put_all(&client, &session, &bytes(1, 1_500)).await.unwrap();
}

#[tokio::test]
async fn sessions_and_tokens_end() {
    for (action, status, told) in [
        (Action::ExpireSession, 410, "session_expired"),
        (Action::FailSession, 410, "upload_failed"),
    ] {
        let (_emulator, client, session, content) = with(Fault::nth(UPLOAD, 1, action)).await;
        for _ in 0..2 {
            let response = refused(put(&client, &session, &content, 0).await);
            assert_eq!(response, (status, told.to_owned()));
        }
    }
    let (emulator, client, session, content) =
        with(Fault::nth(UPLOAD, 1, Action::ExpireToken)).await;
    for _ in 0..2 {
        let error = put(&client, &session, &content, 0).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 401);
    }
    let client = Client::builder().base_url(emulator.url()).access_token("fresh").build();
    put(&client.unwrap(), &session, &content, 0).await.unwrap();
}

#[tokio::test]
async fn a_fault_corrupts_a_part() {
    for hidden in [false, true] {
        let (_emulator, client, session, content) =
            with(Fault::nth(UPLOAD, 1, Action::Corrupt { hidden })).await;
        let parts = put_all(&client, &session, &content).await.unwrap();
        assert_eq!(parts[0].sha1 == Some(hex(&content[..1_000])), hidden);
        assert_eq!(client.list_parts(&session.id).await.unwrap().entries, parts);
        let response = commit(&client, &session, parts, &content).await;
        assert_eq!(code(response), "digest_mismatch");
    }
}

#[tokio::test]
async fn a_fault_names_another_host() {
    let action = Action::OtherHost("https://upload.example".to_owned());
    let plan = FaultPlan::new(1).fault(Fault::nth(On::Any, 1, action).times(2));
    let emulator = small().faults(plan).start().await.unwrap();
    let client = client(&emulator);
    let session = create(&client, "a", 1_500).await.unwrap();
    let url = format!("https://upload.example/api/2.0/files/upload_sessions/{}", session.id);
    let endpoints = session.session_endpoints.as_ref().unwrap();
    assert_eq!(endpoints.upload_part.as_ref(), Some(&url));
    let moved = put(&client, &session, &bytes(1, 1_500), 0).await.unwrap_err();
    assert_eq!(moved.status().unwrap(), 307);
    assert_eq!(moved.response().unwrap().headers()["location"], url);
}

#[tokio::test]
async fn the_same_seed_gives_the_same() {
    let run = async |seed| {
        let fault = Fault::random(UPLOAD, 0.5, Action::Respond(FaultResponse::new(503)));
        let emulator = small().faults(FaultPlan::new(seed).fault(fault)).start().await.unwrap();
        let client = client(&emulator);
        let content = bytes(1, 20_000);
        let session = create(&client, "a", content.len()).await.unwrap();
        for index in 0..20 {
            let _ = put(&client, &session, &content, index).await;
        }
        emulator.fired()
    };
    let first = run(5).await;
    assert_eq!(first, run(5).await);
    assert_ne!(first, run(6).await);
    assert!(!first.is_empty());
}

#[tokio::test]
async fn a_plan_is_replaced_while_running() {
    let emulator = small().control(true).start().await.unwrap();
    let client = client(&emulator);
    let url = emulator.url();
    let plan = "faults: [{ on: create_upload_session, do: { respond: { status: 503 } } }]";
    let set = send(&url, "PUT", "/control/faults", &[], plan).await;
    assert_eq!(set.json()["plan"]["faults"][0]["on"], "create_upload_session");
    assert_eq!(refused(create(&client, "a", 10).await).0, 503);
    let seen = send(&url, "GET", "/control/faults", &[], "").await.json();
    assert_eq!(seen["fired"][0]["operation"], "create_upload_session");
    assert_eq!(send(&url, "PUT", "/control/faults", &[], "faults: 1").await.status, 400);
    let none = send(&url, "DELETE", "/control/faults", &[], "").await.json();
    assert_eq!(none["plan"]["faults"], serde_json::json!([]));
    assert_eq!(send(&url, "PATCH", "/control/faults", &[], "").await.status, 405);

    let closed = small().start().await.unwrap();
    assert_eq!(send(&closed.url(), "GET", "/control/faults", &[], "").await.status, 404);
}

#[test]
fn the_readme_lists_every_action() {
    let readme = include_str!("../../README.md");
    let (_, table) = readme.split_once("| `do` | Effect |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let error = serde_json::from_str::<Action>("\"none\"").unwrap_err().to_string();
    for action in error.split('`').skip(3).step_by(2) {
        assert!(table.contains(&format!("`{action}")), "{action}");
    }
}
