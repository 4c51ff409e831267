//! What may pass by itself, and what does not.

use std::time::{Duration, Instant};

use box_emulator::{Action, Emulator, Fault, FaultPlan, FaultResponse, On, Operation, RetryAfter};
use rcgen::{CertificateParams, KeyPair};
use tokio::net::TcpListener;

use super::canned::Canned;
use super::{Ended, Home, TOKEN, emulator, end};

/// Uploads a small file to this place.
async fn upload(home: &Home, url: &str, options: &[&str]) -> Ended {
    home.file("a.txt", "abc");
    let arguments = [&["a.txt", "--to", "0", "--base-url", url], options].concat();
    end(home.command(&arguments).env("BOX_ACCESS_TOKEN", TOKEN)).await
}

/// An address without a listener.
async fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn a_temporary_failure_without_a_session_is_3() {
    let busy = |response| FaultPlan::new(1).fault(Fault::nth(On::Any, 1, response).forever());
    let overloaded = busy(Action::Respond(FaultResponse::new(503)));
    let patience = FaultResponse::new(429).retry_after(RetryAfter::Seconds(9999.0));
    let overloaded = Emulator::builder().faults(overloaded).start().await.unwrap();
    let patient = busy(Action::Respond(patience));
    let patient = Emulator::builder().faults(patient).start().await.unwrap();
    let home = Home::new();
    for (url, options, said) in [
        (nowhere().await, &["--retries", "0"][..], "refused"),
        ("http://no-such-host.invalid".to_owned(), &["--retries", "0"], "cannot connect"),
        (overloaded.url(), &["--retries", "0"], "503"),
        (patient.url(), &[], "asks to retry in 9999 s"),
    ] {
        for json in [false, true] {
            let options = [options, if json { &["--json"] } else { &[] }].concat();
            let ended = upload(&home, &url, &options).await;
            assert_eq!(ended.code, Some(3), "{ended:?}");
            assert!(format!("{ended:?}").contains(said), "{said}: {ended:?}");
            if json {
                assert_eq!(ended.last_event()["exit_code"], 3, "{ended:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_untrusted_certificate_is_not_retried() {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let other = CertificateParams::new(["other.example".to_owned()]).unwrap();
    let other = other.self_signed(&KeyPair::generate().unwrap()).unwrap();
    let emulator = Emulator::builder().tls(own.pem(), key.serialize_pem());
    let emulator = emulator.start().await.unwrap();
    let home = Home::new();
    home.file("other.pem", other.pem());
    home.file("a.txt", "abc");
    let start = Instant::now();
    let ended = upload(&home, &emulator.url(), &["--ca-file", "other.pem"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("invalid peer certificate"), "{ended:?}");
    assert!(ended.err.contains("hint: use --ca-file"), "{ended:?}");

    // Not even when it is met on the way to a token.
    let mut command = home.command(&["a.txt", "--to", "0", "--ca-file", "other.pem"]);
    command.env("BOX_CLIENT_ID", "1").env("BOX_CLIENT_SECRET", TOKEN).env("BOX_USER_ID", "1");
    let ended = end(command.env("BOX_BASE_URL", emulator.url())).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("invalid peer certificate"), "{ended:?}");
    // The first of nine pauses may be a second; all of them together are minutes.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_redirect_names_its_target() {
    let location = "location: https://user:hush@login.example/start?token=hush#hush";
    let server = Canned::start(&format!("302 Found\r\n{location}"), "").await;
    let home = Home::new();
    let ended = upload(&home, &server.url, &[]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("to https://login.example/start\n"), "{ended:?}");
    assert!(!ended.err.contains("hush"), "{ended:?}");
    // Two uploads, and between them a look at whether the first one came through.
    assert!(server.lines().len() <= 4, "{:?}", server.lines());
}

#[tokio::test]
async fn some_failures_of_a_server_are_final() {
    let home = Home::new();
    for status in [501, 505, 507, 511] {
        let response =
            Fault::nth(On::Any, 1, Action::Respond(FaultResponse::new(status))).forever();
        let plan = FaultPlan::new(1).fault(response);
        let emulator = Emulator::builder().faults(plan).start().await.unwrap();
        let ended = upload(&home, &emulator.url(), &[]).await;
        assert_eq!((ended.code, emulator.requests().len()), (Some(1), 1), "{ended:?}");
    }
}

#[tokio::test]
async fn an_abort_needs_a_session() {
    let home = Home::new();
    let emulator = emulator().await;
    for id in ["0123456789abcdef0123456789abcdef", "short", "a b/../c"] {
        let ended = home.upload(&emulator, &["abort", id]).await;
        assert_eq!((ended.code, &*ended.out), (Some(1), ""), "{ended:?}");
        assert!(ended.err.contains(&format!("no session `{id}`")), "{ended:?}");
    }
}

/// An abort whose response is lost has aborted.
#[tokio::test]
async fn an_abort_whose_response_is_lost_succeeds() {
    let home = Home::new();
    let part = Fault::nth(Operation::UploadPart, 1, Action::Respond(FaultResponse::new(403)));
    let lost = Fault::nth(Operation::AbortUploadSession, 1, Action::LoseResponse);
    let plan = FaultPlan::new(1).fault(part).fault(lost);
    let emulator = Emulator::builder().faults(plan).start().await.unwrap();
    home.large_file("a.bin");
    let ended = home.upload(&emulator, &["a.bin", "--to", "0", "--json"]).await;
    let session = ended.last_event()["session"].as_str().unwrap().to_owned();
    let ended = home.upload(&emulator, &["abort", &session, "--json"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(emulator.open_sessions(), 0);
}

#[tokio::test]
async fn an_unusable_token_is_4() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "abc");
    for token in ["one\ntwo", "one two", "ünd", "a\u{7}"] {
        let mut command = home.to(&emulator, &["a.txt", "--to", "0"]);
        let ended = end(command.env("BOX_ACCESS_TOKEN", token)).await;
        assert_eq!((ended.code, &*ended.out), (Some(4), ""), "{ended:?}");
        assert!(ended.err.contains("BOX_ACCESS_TOKEN"), "{ended:?}");
        assert!(!ended.err.contains(token), "{ended:?}");
    }
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn a_log_has_the_reason_of_each_attempt() {
    let ended = upload(&Home::new(), &nowhere().await, &["-v", "--retries", "1"]).await;
    let attempts = ended.err.lines().filter(|line| line.contains("DEBUG"));
    let attempts: Vec<_> = attempts.filter(|line| line.contains("refused")).collect();
    assert_eq!(attempts.len(), 2, "{ended:?}");
    let retry = ended.err.lines().find(|line| line.contains("(attempt 1)")).unwrap();
    assert!(retry.contains("refused"), "{ended:?}");
}

/// The command creates it twice, and aborts each whose response has an id.
#[tokio::test]
async fn an_unsuitable_session_is_aborted() {
    let home = Home::new();
    home.large_file("a.bin");
    let session = r#""id":"0123456789abcdef0123456789abcdef""#;
    for (body, most) in [
        (format!(r#"{{{session},"part_size":0}}"#), 8),
        (format!(r#"{{{session},"part_size":1048576,"total_parts":7}}"#), 8),
        (format!(r#"{{{session},"part_size":"many"}}"#), 4),
        ("{}".to_owned(), 2),
        ("[".to_owned(), 2),
    ] {
        let server = Canned::start("201 Created", &body).await;
        let arguments = ["a.bin", "--to", "0", "--base-url", &server.url, "--retries", "0"];
        let ended = end(home.command(&arguments).env("BOX_ACCESS_TOKEN", TOKEN)).await;
        assert!(matches!(ended.code, Some(1 | 3)), "{ended:?}");
        let requests = server.lines();
        let count = |method| requests.iter().filter(|line| line.starts_with(method)).count();
        assert!(count("POST") <= most / 2, "{requests:?}");
        let known = body.contains("0123456789abcdef");
        assert_eq!(count("DELETE") > 0, known, "{requests:?}");
        if known {
            assert_eq!(count("DELETE"), count("POST"), "{requests:?}");
        }
    }
}

/// A second response like it would be followed by more.
#[tokio::test]
async fn what_is_no_answer_is_not_asked_for_ten_times() {
    let home = Home::new();
    let html = "200 OK\r\ncontent-type: text/html";
    let large = format!("201 Created\r\nx: {}", "y".repeat(1 << 20));
    let many = format!("201 Created{}", "\r\nx: y".repeat(1000));
    for (head, body, said) in [
        ("201 Created", "[", "cannot decode the response"),
        ("201 Created", "", "has no content"),
        ("204 No Content", "", "204 No Content"),
        (html, "<p>Sign in", "200 OK and a web page, which Box's API never sends"),
        (&*large, "{}", "message head is too large"),
        (&*many, "{}", "message head is too large"),
        ("never\r\n", "", "connection to the service failed"),
    ] {
        let server = Canned::start(head, body).await;
        let mut command = home.command(&["mkdir", "/a", "--base-url", &server.url]);
        let ended = end(command.env("BOX_ACCESS_TOKEN", TOKEN)).await;
        assert_eq!(ended.code, Some(3), "{ended:?}");
        assert!(ended.err.contains(said), "{ended:?}");
        assert_eq!(server.lines().len(), 2, "{ended:?}");
    }
}
