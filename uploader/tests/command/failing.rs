//! What does not work, and how the command says so.

use std::io::Write;

use box_emulator::{Action, Emulator, Fault, FaultPlan, FaultResponse, Operation};
use serde_json::json;

use super::{Home, MIB, TOKEN, emulator, end, end_of, until};

#[tokio::test]
async fn invalid_usage_is_2() {
    let home = Home::new();
    for (arguments, said) in [
        (&["a.txt"][..], "--to <FOLDER>"),
        (&["a.txt", "--to", "0", "--concurrency", "0"], "1..=256"),
        (&["a.txt", "--to", "0", "--limit-rate", "fast"], "expected a size such as"),
        (&["a.txt", "--to", "0", "--token", "x"], "unexpected argument"),
        (&["-", "--to", "0"], "--name"),
        (&["abort"], "<SESSION>"),
    ] {
        let ended = home.run(arguments).await;
        assert_eq!((ended.code, &*ended.out), (Some(2), ""), "{arguments:?}");
        assert!(ended.err.contains(said), "{ended:?}");
    }
}

#[tokio::test]
async fn nothing_to_do_shows_the_help() {
    let ended = Home::new().run(&[]).await;
    assert_eq!((ended.code, &*ended.out), (Some(2), ""));
    assert!(ended.err.contains("Examples:"), "{ended:?}");
}

#[tokio::test]
async fn no_credentials_are_4() {
    let home = Home::new();
    home.file("a.txt", "abc");
    for arguments in [&["a.txt", "--to", "0"][..], &["abort", "0123"]] {
        let ended = home.run(arguments).await;
        assert_eq!((ended.code, &*ended.out), (Some(4), ""));
        assert!(ended.err.contains("BOX_ACCESS_TOKEN"), "{ended:?}");
    }
    let ended = home.run(&["a.txt", "--to", "0", "--json"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(4), ""));
    assert_eq!(ended.last_event()["kind"], "credentials");
}

#[tokio::test]
async fn refused_credentials_are_4() {
    let home = Home::new();
    let emulator = Emulator::builder().token("another");
    let emulator = emulator.start().await.unwrap();
    home.file("a.txt", "abc");
    home.file("b.txt", "abc");
    let ended = home.upload(&emulator, &["a.txt", "b.txt", "--to", "0"]).await;
    assert_eq!((ended.code, &*ended.out), (Some(4), ""));
    assert!(ended.err.contains("to a new one"), "{ended:?}");
    assert!(ended.err.contains("0 stored, 1 failed, 1 not attempted"), "{ended:?}");
}

#[tokio::test]
async fn a_file_that_is_not_there() {
    let home = Home::new();
    let emulator = emulator().await;
    let ended = home.upload(&emulator, &["a.txt", "--to", "0"]).await;
    assert_eq!((ended.code, &*ended.out), (Some(1), ""));
    assert!(ended.err.contains("cannot read `a.txt`"), "{ended:?}");
    assert!(ended.err.contains("because: "), "{ended:?}");
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn a_file_that_is_not_there_among_others_is_7() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("b.txt", "abc");
    let ended = home.upload(&emulator, &["a.txt", "b.txt", "--to", "0", "--json"]).await;
    assert_eq!(ended.code, Some(7), "{ended:?}");
    let ends = ended
        .events()
        .into_iter()
        .filter(|event| ["result", "error", "summary"].iter().any(|kind| event["event"] == *kind));
    let ends: Vec<_> = ends.map(|event| json!([event["event"], event["path"]])).collect();
    assert_eq!(
        ends,
        [json!(["error", "a.txt"]), json!(["result", "b.txt"]), json!(["summary", null])]
    );
    assert_eq!(ended.last_event()["exit_code"], 7);
}

#[tokio::test]
async fn a_name_in_use_is_5() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "abc");
    let first = home.upload(&emulator, &["a.txt", "--to", "0"]).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    home.file("a.txt", "abcd");
    let ended = home.upload(&emulator, &["a.txt", "--to", "0"]).await;
    assert_eq!((ended.code, &*ended.out), (Some(5), ""));
    assert!(ended.err.contains("`a.txt` already exists"), "{ended:?}");
    assert!(ended.err.contains("--on-conflict version"), "{ended:?}");
}

#[tokio::test]
async fn a_refusal_has_its_code_and_request() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "abc");
    let ended = home.upload(&emulator, &["a.txt", "--to", "404", "--json"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(1), ""), "{ended:?}");
    let error = ended.last_event();
    assert_eq!(error["event"], "error");
    assert_eq!(error["kind"], "refused");
    assert_eq!((&error["status"], &error["can_resume"]), (&json!(404), &json!(false)));
    assert!(error["code"].is_string() && error["request_id"].is_string(), "{error}");
    let ended = home.upload(&emulator, &["a.txt", "--to", "404"]).await;
    assert!(ended.err.contains("hint: check the id"), "{ended:?}");
}

#[tokio::test]
async fn what_can_be_resumed_is_3() {
    let faults = FaultPlan::new(1).fault(
        Fault::nth(Operation::UploadPart, 9, Action::Respond(FaultResponse::new(500))).forever(),
    );
    let emulator = Emulator::builder().part_size(MIB).faults(faults).start().await.unwrap();
    let home = Home::new();
    home.large_file("a.bin");
    let arguments = ["a.bin", "--to", "0", "--retries", "0", "--json"];
    let ended = home.upload(&emulator, &arguments).await;
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let error = ended.last_event();
    assert_eq!((&error["kind"], &error["can_resume"]), (&json!("exhausted"), &json!(true)));
    assert!(error["session"].is_string(), "{error}");

    emulator.set_faults(FaultPlan::new(1)).unwrap();
    let ended = home.upload(&emulator, &["a.bin", "--to", "0", "--resume", "--json"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let result = ended.last_event();
    assert!(result["parts_kept"].as_u64().unwrap() >= 4, "{result}");
    assert_eq!(emulator.open_sessions(), 0);
}

#[tokio::test]
async fn resuming_fails_if_there_is_nothing_to_resume() {
    let home = Home::new();
    let emulator = emulator().await;
    home.large_file("a.bin");
    let ended = home.upload(&emulator, &["a.bin", "--to", "0", "--resume"]).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("hint: omit --resume"), "{ended:?}");
}

#[tokio::test]
async fn what_cannot_be_used() {
    let home = Home::new();
    home.file("a.txt", "abc");
    home.file("no.pem", "abc");
    for (option, value, code) in [
        ("--base-url", "nonsense", 2),
        ("--as-user", "a\nb", 2),
        ("--ca-file", "absent.pem", 1),
        ("--ca-file", "no.pem", 1),
        ("--token-file", "absent", 4),
    ] {
        let mut command = home.command(&["a.txt", "--to", "0", option, value]);
        command.env("BOX_ACCESS_TOKEN", TOKEN);
        let ended = end(&mut command).await;
        assert_eq!((ended.code, &*ended.out), (Some(code), ""), "{option} {value}: {ended:?}");
        assert!(ended.err.starts_with("error: "), "{ended:?}");
    }
}

#[tokio::test]
async fn a_file_that_changes_is_6() {
    let busy = Action::Respond(FaultResponse::new(503));
    let faults = FaultPlan::new(1).fault(Fault::nth(Operation::UploadPart, 9, busy).forever());
    let emulator = Emulator::builder().part_size(MIB).faults(faults).start().await.unwrap();
    let home = Home::new();
    let path = home.large_file("a.bin");
    let mut child = home.to(&emulator, &["a.bin", "--to", "0", "--json"]).spawn().unwrap();
    until(&mut child, "retry", 1).await;
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(b"more").unwrap();
    emulator.set_faults(FaultPlan::new(1)).unwrap();
    let ended = end_of(child).await;
    assert_eq!(ended.code, Some(6), "{ended:?}");
    assert!(emulator.files().is_empty());
}

#[tokio::test]
async fn a_crash_costs_the_parts_in_flight_at_most() {
    let busy = Action::Respond(FaultResponse::new(503));
    let faults = FaultPlan::new(1).fault(Fault::nth(Operation::UploadPart, 13, busy).forever());
    let emulator = Emulator::builder().part_size(MIB).faults(faults).start().await.unwrap();
    let home = Home::new();
    home.large_file("a.bin");
    let mut child = home.to(&emulator, &["a.bin", "--to", "0", "--json"]).spawn().unwrap();
    until(&mut child, "part", 12).await;
    child.kill().await.unwrap();

    emulator.set_faults(FaultPlan::new(1)).unwrap();
    let ended = home.upload(&emulator, &["a.bin", "--to", "0", "--resume", "--json"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let result = ended.last_event();
    assert_eq!((&result["parts_kept"], &result["parts_sent"]), (&json!(12), &json!(9)), "{result}");
}
