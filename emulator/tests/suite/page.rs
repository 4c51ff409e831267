//! The emulator's page and its API.

use std::time::Duration;

use box_emulator::{Action, Emulator, Fault, FaultPlan, Operation};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::client::*;

const API: &str = "/__emulator/api";

/// Calls the API; returns the response's body, which must have this status.
async fn call(emulator: &Emulator, status: u16, call: &str, body: impl Into<Bytes>) -> Value {
    let (method, path) = call.split_once(' ').unwrap();
    let path = format!("{API}/{path}");
    let response = send(&emulator.url(), method, &path, &[], body).await;
    assert_eq!(response.status, status, "{call}: {:?}", response.body);
    if response.body.is_empty() { Value::Null } else { response.json() }
}

async fn state(emulator: &Emulator) -> Value {
    call(emulator, 200, "GET state", "").await
}

#[tokio::test]
async fn the_page_is_served() {
    let emulator = small().start().await.unwrap();
    let url = emulator.url();
    for (path, kind, begins) in [
        ("/__emulator/", "text/html; charset=utf-8", "<!doctype html>"),
        ("/__emulator/page.css", "text/css; charset=utf-8", ":root"),
        ("/__emulator/admin.yaml", "application/yaml", "openapi: 3.1.0"),
        ("/__emulator/page.js", "text/javascript; charset=utf-8", "//"),
    ] {
        let response = send(&url, "GET", path, &[], "").await;
        assert_eq!(
            (response.status.as_u16(), &response.headers["content-type"]),
            (200, &kind.parse().unwrap())
        );
        assert!(response.body.starts_with(begins.as_bytes()), "{path}");
        let policy = response.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
    let response = send(&url, "GET", "/__emulator", &[], "").await;
    assert_eq!(
        (response.status.as_u16(), &response.headers["location"]),
        (308, &"/__emulator/".parse().unwrap())
    );
    for (method, path, status) in [
        ("GET", "/__emulator/secret", 404),
        ("POST", "/__emulator/", 405),
        ("GET", "/__emulator/api/reset", 405),
        ("GET", "/__emulator/api/none", 404),
        ("POST", "/__emulator/api/faults/1/2", 404),
        ("GET", "/__emulators", 404),
    ] {
        assert_eq!(send(&url, method, path, &[], "").await.status, status, "{method} {path}");
    }
    // The page's own requests are not the client's.
    assert_eq!(emulator.requests().len(), 1);
}

#[tokio::test]
async fn other_sites_are_refused() {
    let emulator = small().start().await.unwrap();
    let url = emulator.url();
    let own = url.strip_prefix("http://").unwrap().to_owned();
    let port = own.rsplit(':').next().unwrap().to_owned();
    let rebound = format!("evil.example:{port}");
    let reset = format!("{API}/reset");
    upload(&client(&emulator), "kept", &bytes(1, 10)).await.unwrap();
    for (name, value) in [
        ("host", &*rebound),
        ("host", "evil.example"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", &format!("http://localhost:{port}")),
    ] {
        for (method, path) in
            [("POST", &*reset), ("GET", "/__emulator/"), ("GET", "/__emulator/api/state")]
        {
            let response = send(&url, method, path, &[(name, value)], "").await;
            assert_eq!(response.status, 403, "{name}: {value}");
            assert!(
                response.headers.keys().all(|name| !name.as_str().starts_with("access-control"))
            );
        }
    }
    assert_eq!(emulator.files().len(), 1);
    assert_eq!(send(&url, "POST", &reset, &[("origin", &url)], "").await.status, 204);
    assert_eq!(emulator.files().len(), 0);

    let emulator = small().page_host("box.test").start().await.unwrap();
    let response =
        send(&emulator.url(), "GET", "/__emulator/", &[("host", "box.test:1")], "").await;
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn sessions_show_their_parts() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let content = bytes(1, 3_500);
    let session = create(&client, "a", content.len()).await.unwrap();
    put(&client, &session, &content, 1).await.unwrap();
    for _ in 0..2 {
        assert_eq!(code(put(&client, &session, &content, 1).await), "range_overlaps_existing_part");
    }
    let shown = &state(&emulator).await["sessions"][0];
    assert_eq!(shown["received"], json!([2]));
    assert_eq!(shown["missing"], json!([1, 3, 4]));
    assert_eq!(shown["duplicates"], json!([{ "part": 2, "count": 2 }]));
    assert_eq!((&shown["name"], &shown["folder"]), (&json!("a"), &json!("0")));

    let stall = "{ on: upload_part, do: { stall: { at: during_body } } }";
    call(&emulator, 200, "POST faults", stall).await;
    let sent = put(&client, &session, &content, 3);
    let arriving = async {
        while state(&emulator).await["sessions"][0]["arriving"] != json!([4]) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        result = sent => panic!("{result:?}"),
        () = arriving => {}
    }
    call(&emulator, 204, &format!("DELETE sessions/{}", session.id), "").await;
    assert_eq!(state(&emulator).await["sessions"], json!([]));
    call(&emulator, 404, &format!("DELETE sessions/{}", session.id), "").await;
}

#[tokio::test]
async fn files_are_stored_and_deleted() {
    let emulator =
        small().folder("7", "Kept", box_emulator::Access::ReadOnly).start().await.unwrap();
    let folder = call(&emulator, 201, "POST folders", r#"{"parent":"0","name":"Docs"}"#).await;
    let inner = format!(r#"{{"parent":{},"name":"Inner"}}"#, folder["id"]);
    let inner = call(&emulator, 201, "POST folders", inner).await;
    let id = inner["id"].as_str().unwrap();
    let store = format!("POST files?folder={id}&name=%C3%A4%20b.txt");
    let file = call(&emulator, 201, &store, "one").await;
    assert_eq!(file["name"], "ä b.txt");
    let again = call(&emulator, 201, &store, "second").await;
    assert_eq!((&again["id"], &again["size"]), (&file["id"], &json!(6)));
    let path = format!("{API}/files/{}/content", file["id"].as_str().unwrap());
    let response = send(&emulator.url(), "GET", &path, &[], "").await;
    assert_eq!(response.body, "second");
    assert_eq!(
        response.headers["content-disposition"],
        "attachment; filename*=UTF-8''%C3%A4%20b%2Etxt"
    );
    call(&emulator, 403, "POST files?folder=7&name=a", "x").await;
    call(&emulator, 403, "DELETE folders/7", "").await;
    call(&emulator, 403, "DELETE folders/0", "").await;
    let shown = state(&emulator).await;
    assert_eq!((shown["files"][0]["version"].as_u64(), shown["used"].as_u64()), (Some(2), Some(6)));
    call(&emulator, 204, &format!("DELETE folders/{}", folder["id"].as_str().unwrap()), "").await;
    let shown = state(&emulator).await;
    assert_eq!((&shown["files"], shown["used"].as_u64()), (&json!([]), Some(0)));
    assert_eq!(shown["folders"].as_array().unwrap().len(), 2);
    // The names are free again.
    call(&emulator, 201, "POST folders", r#"{"parent":"0","name":"Docs"}"#).await;
    let file = call(&emulator, 201, "POST files?name=a", "x").await;
    call(&emulator, 204, &format!("DELETE files/{}", file["id"].as_str().unwrap()), "").await;
    call(&emulator, 404, &format!("DELETE files/{}", file["id"].as_str().unwrap()), "").await;
}

#[tokio::test]
async fn faults_are_added_and_switched() {
    let emulator = small().start().await.unwrap();
    let url = emulator.url();
    let get = || async { send(&url, "GET", "/2.0/files/1", &[], "").await.status.as_u16() };
    let plan = "seed: 3\nfaults:\n  - { on: get_file, nth: 1, do: { respond: { status: 503 } } }\n";
    let shown = call(&emulator, 200, "PUT faults", plan).await;
    assert_eq!(shown["plan"], plan);
    let added = "{ on: get_file, nth: 2, do: { respond: { status: 429 } } }";
    let shown = call(&emulator, 200, "POST faults", added).await;
    assert_eq!(shown["faults"].as_array().unwrap().len(), 2);
    let statuses = [get().await, get().await, get().await];
    assert_eq!(statuses, [503, 429, 404]);
    let shown = call(&emulator, 200, "GET faults", "").await;
    assert_eq!((&shown["faults"][0]["fired"], &shown["faults"][1]["seen"]), (&json!(1), &json!(3)));
    assert_eq!(
        (&shown["fired"][1]["request"], &shown["fired"][1]["fault"]),
        (&json!(2), &json!(2))
    );
    // One that is switched on again starts from the beginning.
    call(&emulator, 200, "PATCH faults/1", r#"{"enabled":false}"#).await;
    assert_eq!(get().await, 404);
    call(&emulator, 200, "PATCH faults/1", r#"{"enabled":true}"#).await;
    assert_eq!([get().await, get().await], [503, 404]);
    call(&emulator, 404, "PATCH faults/3", r#"{"enabled":true}"#).await;
    call(&emulator, 404, "PATCH faults/0", r#"{"enabled":true}"#).await;
    let error = call(&emulator, 400, "PUT faults", "faults: [{ on: nothing, do: truncate }]").await;
    assert!(error["error"].as_str().unwrap().contains("unknown target"), "{error}");
    call(&emulator, 400, "POST faults", "{ on: any, nth: 0, do: truncate }").await;
    assert_eq!(call(&emulator, 200, "DELETE faults", "").await["faults"], json!([]));
}

#[tokio::test]
async fn the_log_has_a_command_for_each_request() {
    let fault = Fault::nth(Operation::GetFile, 1, Action::LoseResponse);
    let emulator = small().faults(FaultPlan::new(1).fault(fault)).start().await.unwrap();
    let client = client(&emulator);
    upload(&client, "a", &bytes(1, 10)).await.unwrap();
    let _ = client.get_file("1").await;
    let log = call(&emulator, 200, "GET requests?after=1", "").await;
    let log = log["requests"].as_array().unwrap();
    assert_eq!((log[0]["number"].as_u64(), log[0]["received"].as_u64()), (Some(2), Some(10)));
    let command = log[0]["curl"].as_str().unwrap();
    assert!(command.starts_with("curl -gi -X PUT -H \"Authorization: Bearer ${BOX_"), "{command}");
    assert!(command.contains("content-range: bytes 0-9/10"), "{command}");
    let lost = log.last().unwrap();
    assert_eq!((&lost["status"], &lost["fault"]["do"]), (&Value::Null, &json!("lose_response")));
    assert!(lost["milliseconds"].is_u64());
    assert!(!log.iter().any(|entry| entry.to_string().contains("token\"")));
    call(&emulator, 204, "DELETE requests", "").await;
    assert_eq!(call(&emulator, 200, "GET requests", "").await["requests"], json!([]));
}

#[tokio::test]
async fn the_clock_can_be_ahead() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let session = create(&client, "a", 10).await.unwrap();
    let token = call(&emulator, 201, "POST tokens", r#"{"user":"5","life_seconds":60}"#).await;
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let headers = [("authorization", &*bearer)];
    let list = || send_list(&emulator, &headers);
    assert_eq!(list().await, 200);
    let clock = call(&emulator, 200, "PUT clock", r#"{"ahead_seconds":3600}"#).await;
    assert_eq!(clock["ahead_seconds"], 3600);
    assert_eq!(list().await, 401);
    assert_eq!(emulator.open_sessions(), 1);
    call(&emulator, 200, "PUT clock", r#"{"ahead_seconds":700000}"#).await;
    assert_eq!(emulator.open_sessions(), 0);
    assert_eq!(code(client.get_upload_session(&session.id).await), "session_expired");
    call(&emulator, 400, "PUT clock", r#"{"ahead_seconds":-1}"#).await;
    call(&emulator, 400, "PUT clock", r#"{"ahead_seconds":99999999999}"#).await;
}

async fn send_list(emulator: &Emulator, headers: &[(&str, &str)]) -> u16 {
    let response = send(&emulator.url(), "GET", "/2.0/folders/0/items", headers, "").await;
    response.status.as_u16()
}

#[tokio::test]
async fn tokens_are_issued_and_revoked() {
    let emulator = small().token("configured").start().await.unwrap();
    let token = call(&emulator, 201, "POST tokens", "").await;
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let headers = [("authorization", &*bearer)];
    assert_eq!(send_list(&emulator, &headers).await, 200);
    let shown = state(&emulator).await;
    assert_eq!(shown["tokens"][0]["fingerprint"], token["fingerprint"]);
    let secrets = [token["access_token"].as_str().unwrap(), "configured"];
    assert!(!secrets.iter().any(|secret| shown.to_string().contains(secret)));
    let revoke = format!("DELETE tokens/{}", token["fingerprint"].as_str().unwrap());
    call(&emulator, 204, &revoke, "").await;
    assert_eq!(send_list(&emulator, &headers).await, 401);
    assert_eq!(state(&emulator).await["tokens"][0]["valid"], false);
    call(&emulator, 404, "DELETE tokens/none", "").await;
}

#[tokio::test]
async fn a_reset_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let start = || small().data(folder.path()).start();
    let emulator = start().await.unwrap();
    upload(&client(&emulator), "a", &bytes(1, 2_500)).await.unwrap();
    create(&client(&emulator), "b", 10).await.unwrap();
    call(&emulator, 200, "PUT faults", "faults: [{ on: any, do: truncate }]").await;
    call(&emulator, 204, "POST reset", "").await;
    assert_eq!(emulator.open_sessions() + emulator.files().len() + emulator.requests().len(), 0);
    assert_eq!(call(&emulator, 200, "GET faults", "").await["faults"], json!([]));
    let file = upload(&client(&emulator), "a", &bytes(2, 1_500)).await.unwrap();
    emulator.stop().await;
    let emulator = start().await.unwrap();
    assert_eq!(emulator.files().len(), 1);
    assert_eq!(emulator.content(&file.id).await.unwrap(), bytes(2, 1_500));
    // Two parts: nothing else was left behind.
    assert_eq!(std::fs::read_dir(folder.path().join("blobs")).unwrap().count(), 2);
}

#[tokio::test]
async fn a_snapshot_restores_everything_elsewhere() {
    let emulator = small().start().await.unwrap();
    let client_here = client(&emulator);
    let content = bytes(1, 2_500);
    let file = upload(&client_here, "a", &content).await.unwrap();
    let session = create(&client_here, "b", content.len()).await.unwrap();
    let first = put(&client_here, &session, &content, 0).await.unwrap();
    let path = format!("{API}/snapshot");
    let snapshot = send(&emulator.url(), "GET", &path, &[], "").await.body;

    let folder = tempfile::tempdir().unwrap();
    let other = small().data(folder.path()).start().await.unwrap();
    upload(&client(&other), "gone", &content).await.unwrap();
    for cut in [0, 10, snapshot.len() / 2, snapshot.len() - 1] {
        call(&other, 400, "PUT snapshot", snapshot.slice(..cut)).await;
    }
    assert_eq!(other.files()[0].name.as_deref(), Some("gone"));
    call(&other, 204, "PUT snapshot", snapshot.clone()).await;
    assert_eq!(other.files().len(), 1);
    assert_eq!(other.content(&file.id).await.unwrap(), content);
    // The session continues where it was.
    let there = client(&other);
    let second = put(&there, &session, &content, 1).await.unwrap();
    let third = put(&there, &session, &content, 2).await.unwrap();
    let parts = vec![first, second, third];
    let committed = created(commit(&there, &session, parts, &content).await.unwrap());
    assert_eq!(other.content(&committed.id).await.unwrap(), content);
    other.stop().await;
    let other = small().data(folder.path()).start().await.unwrap();
    assert_eq!(other.files().len(), 2);
    assert_eq!(std::fs::read_dir(folder.path().join("blobs")).unwrap().count(), 6);
}

/// The same snapshot with each event of a kind changed.
fn with_event(snapshot: &[u8], kind: &str, change: impl Fn(&mut Value)) -> Vec<u8> {
    let start = snapshot.windows(9).position(|window| window == b"{\"blob\":{").unwrap();
    let (head, blobs) = snapshot.split_at(start);
    let mut changed = Vec::new();
    for line in std::str::from_utf8(head).unwrap().lines() {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if line["event"].get(kind).is_some() {
            change(&mut line["event"]);
        }
        changed.extend(format!("{line}\n").into_bytes());
    }
    changed.extend(blobs);
    changed
}

#[tokio::test]
async fn a_snapshot_that_no_emulator_wrote_is_refused() {
    let emulator = small().start().await.unwrap();
    let there = client(&emulator);
    let content = bytes(1, 2_500);
    upload(&there, "a", &content).await.unwrap();
    let session = create(&there, "b", content.len()).await.unwrap();
    put(&there, &session, &content, 0).await.unwrap();
    call(&emulator, 201, "POST folders", r#"{"parent":"0","name":"f"}"#).await;
    let path = format!("{API}/snapshot");
    let snapshot = send(&emulator.url(), "GET", &path, &[], "").await.body;
    let unchanged = with_event(&snapshot, "folder_created", |_| ());
    call(&emulator, 204, "PUT snapshot", unchanged).await;
    let set = |kind, pointer: &'static str, value: Value| {
        let change = move |event: &mut Value| *event.pointer_mut(pointer).unwrap() = value.clone();
        with_event(&snapshot, kind, change)
    };
    for hostile in [
        set("folder_created", "/folder_created/parent", "77".into()),
        set("folder_created", "/folder_created/id", "0".into()),
        set("folder_created", "/folder_created/id", "18446744073709551615".into()),
        set("file_stored", "/file_stored/file/folder", "77".into()),
        set("file_stored", "/file_stored/file/id", "../x".into()),
        set("file_stored", "/file_stored/file/size", 2_499.into()),
        set("file_stored", "/file_stored/file/etag", u64::MAX.into()),
        set("file_stored", "/file_stored/file/content/0/id", "/etc/passwd".into()),
        set("session_created", "/session_created/part_size", 0.into()),
        set("session_created", "/session_created/size", u64::MAX.into()),
        set("session_created", "/session_created/id", "../x".into()),
        set("part_stored", "/part_stored/part/offset", 1.into()),
        with_event(&snapshot, "file_stored", |event| {
            let at = event["file_stored"]["file"]["created"].clone();
            let hidden = event.take();
            *event = json!({ "restored": { "at": at, "events": [hidden] } });
        }),
    ] {
        call(&emulator, 400, "PUT snapshot", hostile).await;
    }
    assert_eq!(emulator.files().len(), 1);
}

#[tokio::test]
async fn events_follow_changes() {
    let emulator = small().start().await.unwrap();
    let http: legacy::Client<_, Empty<Bytes>> =
        legacy::Client::builder(TokioExecutor::new()).build_http();
    let url = format!("{}{API}/events", emulator.url());
    let mut response = http.get(url.parse().unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut revision = async || {
        let frame = response.frame().await.unwrap().unwrap().into_data().unwrap();
        let text = String::from_utf8(frame.to_vec()).unwrap();
        let data = text.strip_prefix("event: change\ndata: ").unwrap();
        serde_json::from_str::<Value>(data).unwrap()["revision"].as_u64().unwrap()
    };
    let first = revision().await;
    upload(&client(&emulator), "a", &bytes(1, 2_500)).await.unwrap();
    let mut last = revision().await;
    assert!(last > first);
    let current = state(&emulator).await["revision"].as_u64().unwrap();
    while last < current {
        last = revision().await;
    }
    emulator.stop().await;
}
