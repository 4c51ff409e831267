//! Recording a service and replaying the recording.

use std::path::Path;

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Operation, Recorder, Replayer};
use serde_json::json;

use crate::client::*;

const SECRET: &str = "d41d8cd9-secret";

/// What a client sees of an upload: statuses, ids and the like.
async fn watch_upload(url: &str) -> Vec<String> {
    let client = client_of(url);
    let content = bytes(3, 2_500);
    let mut seen = Vec::new();
    let session = create(&client, "a.bin", content.len()).await.unwrap();
    let endpoints = session.session_endpoints.as_ref().unwrap();
    let status_url = endpoints.status.as_ref().unwrap();
    assert!(status_url.starts_with(url), "{status_url}");
    seen.push(format!("{} {:?}", session.id, session.total_parts));
    seen.push(format!("{:?}", put(&client, &session, &content, 0).await.unwrap()));
    seen.push(format!("{:?}", refused(put(&client, &session, &content, 1).await)));
    seen.push(format!("{:?}", put(&client, &session, &content, 1).await.unwrap()));
    seen.push(format!("{:?}", put(&client, &session, &content, 2).await.unwrap()));
    let path = status_url.strip_prefix(url).unwrap();
    seen.push(send(url, "GET", path, &[], "").await.json()["num_parts_processed"].to_string());
    let parts = client.list_parts(&session.id).await.unwrap().entries;
    let file = created(commit(&client, &session, parts, &content).await.unwrap());
    seen.push(format!("{} {:?} {:?}", file.id, file.sha1, file.size));
    seen
}

async fn record(file: &Path) -> Vec<String> {
    let busy = FaultResponse::new(503);
    let fault = Fault::nth(Operation::UploadPart, 2, Action::Respond(busy));
    let emulator = small().faults(FaultPlan::new(1).fault(fault)).start().await.unwrap();
    let recorder = Recorder::new(file).upstream(emulator.url()).start().await.unwrap();
    let url = recorder.url();
    let form = format!(
        "grant_type=client_credentials&client_id=app&client_secret={SECRET}&box_subject_type=user&box_subject_id=5"
    );
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let token = send(&url, "POST", "/oauth2/token", &headers, form).await.json();
    let issued = token["access_token"].as_str().unwrap();
    let seen = watch_upload(&url).await;
    assert_eq!(emulator.files().len(), 1);
    assert_eq!(emulator.content(&emulator.files()[0].id).await.unwrap(), bytes(3, 2_500));
    let text = std::fs::read_to_string(file).unwrap();
    for secret in [SECRET, issued, "Bearer"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    seen
}

#[tokio::test]
async fn a_replay_responds_as_the_service_did() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("upload.jsonl");
    let seen = record(&file).await;

    let replayer = Replayer::new(&file).start().await.unwrap();
    assert_eq!(watch_upload(&replayer.url()).await, seen);

    // Reading can be repeated, storing cannot, and nothing is made up.
    let session = seen[0].split(' ').next().unwrap();
    let list = format!("/api/2.0/files/upload_sessions/{session}/parts");
    assert_eq!(send(&replayer.url(), "GET", &list, &[], "").await.status, 200);
    assert_eq!(send(&replayer.url(), "GET", &list, &[], "").await.status, 200);
    let commit = format!("/api/2.0/files/upload_sessions/{session}/commit");
    let again = send(&replayer.url(), "POST", &commit, &[], "{}").await;
    assert_eq!(again.status, 501);
    let message = again.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("no further recorded response to POST"), "{message}");
    assert_eq!(send(&replayer.url(), "GET", "/2.0/files/7", &[], "").await.status, 501);
}

#[tokio::test]
async fn expiry_moves_with_the_time_since_the_recording() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.jsonl");
    let lines = [
        json!({ "version": 1, "recorded_at": "2020-01-01T00:00:00Z" }),
        json!({
            "request": { "method": "GET", "path": "/api/2.0/files/upload_sessions/1", "headers": {}, "body": "empty" },
            "response": { "status": 200, "headers": { "content-type": "application/json" }, "body": { "json": {
                "id": "1", "session_expires_at": "2020-01-08T00:00:00Z",
                "session_endpoints": { "abort": "https://upload.app.box.com/api/2.0/files/upload_sessions/1" },
            } } },
        }),
    ];
    std::fs::write(&file, lines.map(|line| line.to_string()).join("\n")).unwrap();
    let replayer = Replayer::new(&file).start().await.unwrap();
    let url = replayer.url();
    let session = send(&url, "GET", "/api/2.0/files/upload_sessions/1", &[], "").await.json();
    let abort = session["session_endpoints"]["abort"].as_str().unwrap();
    assert_eq!(abort, format!("{url}/api/2.0/files/upload_sessions/1"));
    let expires = session["session_expires_at"].as_str().unwrap();
    assert!(expires > "2026", "{expires}");
}

/// Downloads, whatever the content is; and what is no JSON although it says so.
#[tokio::test]
async fn content_and_secrets_are_not_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.jsonl");
    let emulator = small().start().await.unwrap();
    let content = bytes::Bytes::from(r#"{"a": "hush-content"}"#);
    let client = client(&emulator);
    let file = upload(&client, "a.json", &content).await.unwrap();
    let recorder = Recorder::new(&path).upstream(emulator.url()).start().await.unwrap();
    let url = recorder.url();
    assert_eq!(download(&url, &file.id).await, content);
    let json = [("content-type", "application/json")];
    for body in [r#"{"client_secret": "hush-1", "#, r#"{"client_secret": ["hush-2"]}"#] {
        send(&url, "POST", "/2.0/folders", &json, body).await;
    }
    let deep = format!("{}\"token\": \"hush-3\"", "{\"a\":".repeat(200));
    send(&url, "POST", "/2.0/folders?access_%74oken=hush-4", &json, deep).await;
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 6, "{text}");
    assert!(!text.contains("hush"), "{text}");
}

/// What would break HTTP is left out of a replay.
#[tokio::test]
async fn an_edited_recording_does_not_break_http() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.jsonl");
    let mut text = json!({ "version": 1, "recorded_at": "2020-01-01T00:00:00Z" }).to_string();
    let exchanges = [
        (200, json!({ "content-length": "7" }), json!({ "text": "abc" }), 200),
        (200, json!({ "transfer-encoding": "chunked" }), json!({ "text": "abc" }), 200),
        (200, json!({ "connection": "upgrade", "upgrade": "x" }), json!({ "text": "abc" }), 200),
        (101, json!({}), json!("empty"), 501),
        (99, json!({}), json!("empty"), 501),
        (1000, json!({}), json!("empty"), 501),
        (200, json!({ "a\nb": "c" }), json!("empty"), 501),
        (200, json!({ "location": "a\r\nb: c" }), json!("empty"), 501),
        (200, json!({}), json!({ "base64": "???" }), 501),
    ];
    for (number, (status, headers, body, _)) in exchanges.iter().enumerate() {
        let path = format!("/2.0/files/{number}");
        let request = json!({ "method": "GET", "path": path, "headers": {}, "body": "empty" });
        let response = json!({ "status": status, "headers": headers, "body": body });
        text += &format!("\n{}", json!({ "request": request, "response": response }));
    }
    std::fs::write(&file, text).unwrap();
    let replayer = Replayer::new(&file).start().await.unwrap();
    for (number, (.., expected)) in exchanges.iter().enumerate() {
        let path = format!("/2.0/files/{number}");
        let response = send(&replayer.url(), "GET", &path, &[], "").await;
        assert_eq!(response.status.as_u16(), *expected, "{number}");
        assert!(*expected == 501 || response.body == "abc", "{number}: {:?}", response.body);
    }
}

#[tokio::test]
async fn what_is_no_recording_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.jsonl");
    let preamble = r#"{"version":1,"recorded_at":"2020-01-01T00:00:00Z"}"#;
    for (text, told) in [
        (String::new(), ":1: the recording is empty"),
        ("[]".to_owned(), ":1: "),
        (preamble.replace(":1,", ":2,"), "this version of recordings is not supported"),
        (format!("{preamble}\n{{}}\n"), ":2: missing field `request`"),
    ] {
        std::fs::write(&file, text).unwrap();
        let error = Replayer::new(&file).start().await.unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    // A recording is not overwritten.
    let error = Recorder::new(&file).upstream("http://127.0.0.1:9").start().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
    for url in ["127.0.0.1:9", "ftp://a", "http://a/path", "http://u:p@a"] {
        let error = Recorder::new(folder.path().join("y")).upstream(url).start().await;
        assert_eq!(error.unwrap_err().kind(), std::io::ErrorKind::InvalidInput, "{url}");
    }
}

#[tokio::test]
async fn an_upstream_that_is_not_there_is_a_bad_gateway() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.jsonl");
    let emulator = small().start().await.unwrap();
    let gone = emulator.url();
    emulator.stop().await;
    let recorder = Recorder::new(&file).upstream(&gone).start().await.unwrap();
    let response = send(&recorder.url(), "GET", "/2.0/files/1", &[], "").await;
    assert_eq!(response.status, 502);
    assert!(response.json()["message"].as_str().unwrap().contains("cannot forward to"));
    // Nothing came back, so there is nothing to replay.
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 1);
}
