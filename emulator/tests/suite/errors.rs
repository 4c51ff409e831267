//! Every error, in the situation that it belongs to.

use std::time::Duration;

use box_emulator::Access;
use box_upload_sessions::Error;
use box_upload_sessions::runtime::{ContentRange, Digest};
use box_upload_sessions::types::{
    CommitUploadSessionBody, ConflictingSession, Conflicts, CreateUploadSessionBody,
    CreateUploadSessionForVersionBody, UploadSession,
};

use crate::client::*;

fn told(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn invalid_creates_are_refused() {
    let emulator =
        small().smallest_file(20).largest_file(9_000).quota(10_000).start().await.unwrap();
    let url = emulator.url();
    let ask = |body: &'static str| {
        let url = url.clone();
        async move {
            let response = send(&url, "POST", "/api/2.0/files/upload_sessions", &[], body).await;
            (response.status.as_u16(), response.code())
        }
    };
    let name = Box::leak(
        format!(r#"{{"folder_id":"0","file_size":20,"file_name":"{}"}}"#, "x".repeat(256))
            .into_boxed_str(),
    );
    for (body, status, code) in [
        (r#"{"file_size":20,"file_name":"a"}"#, 400, "missing_destination"),
        (r#"{"folder_id":"x","file_size":20,"file_name":"a"}"#, 400, "invalid_folder_id"),
        (r#"{"folder_id":"0","file_name":"a"}"#, 400, "missing_file_size"),
        (r#"{"folder_id":"0","file_size":"20","file_name":"a"}"#, 400, "invalid_file_size"),
        (r#"{"folder_id":"0","file_size":-1,"file_name":"a"}"#, 400, "invalid_file_size"),
        (r#"{"folder_id":"0","file_size":19,"file_name":"a"}"#, 400, "file_size_too_small"),
        (r#"{"folder_id":"0","file_size":20}"#, 400, "missing_file_name"),
        (r#"{"folder_id":"0","file_size":20,"file_name":"a/b"}"#, 400, "item_name_invalid"),
        (name, 400, "item_name_too_long"),
        ("{", 400, "bad_request"),
        (r#"{"folder_id":"0","file_size":9001,"file_name":"a"}"#, 403, "file_size_limit_exceeded"),
        (r#"{"folder_id":"7","file_size":20,"file_name":"a"}"#, 404, "invalid_parameter"),
    ] {
        assert_eq!(ask(body).await, told(status, code), "{body}");
    }
    upload(&client(&emulator), "a", &bytes(1, 9_000)).await.unwrap();
    let body = r#"{"folder_id":"0","file_size":1001,"file_name":"b"}"#;
    assert_eq!(ask(body).await, told(403, "storage_limit_exceeded"));
}

#[tokio::test]
async fn creates_without_permission_are_refused() {
    let emulator = small()
        .folder("11", "Read", Access::ReadOnly)
        .folder("12", "Policy", Access::ForbiddenByPolicy)
        .folder("13", "Bin", Access::Trashed)
        .start()
        .await
        .unwrap();
    let client = client(&emulator);
    for (folder, status, code) in [
        ("11", 403, "access_denied_insufficient_permissions"),
        ("12", 403, "forbidden_by_policy"),
        ("13", 404, "trashed"),
    ] {
        let body =
            CreateUploadSessionBody::builder().file_name("a").file_size(10).folder_id(folder);
        assert_eq!(refused(client.create_upload_session(&body).await), told(status, code));
    }
    let form = "grant_type=client_credentials&client_id=a&client_secret=b&scope=item_preview";
    let token = send(&emulator.url(), "POST", "/oauth2/token", &[], form).await.json();
    let token = token["access_token"].as_str().unwrap().to_owned();
    let client = box_upload_sessions::Client::builder().base_url(emulator.url());
    let client = client.access_token(token).build().unwrap();
    let body = CreateUploadSessionBody::builder().file_name("a").file_size(10).folder_id("0");
    assert_eq!(refused(client.create_upload_session(&body).await), told(403, "insufficient_scope"));
}

#[tokio::test]
async fn a_second_create_conflicts_with_the_session() {
    let emulator = small().processing_delay(Duration::from_secs(60)).start().await.unwrap();
    let client = client(&emulator);
    let session = create(&client, "a", 1_000).await.unwrap();
    let error = create(&client, "a", 1_000).await.unwrap_err();
    let Error::Response { body: Some(error), .. } = error else { panic!("{error}") };
    assert_eq!(error.code.as_ref().unwrap().as_str(), "session_conflict");
    let same = ConflictingSession::UploadSession(Box::new(session.clone()));
    assert_eq!(error.context_info.unwrap().session, Some(same));

    // A commit that waits keeps the name.
    let content = bytes(1, 1_000);
    let parts = put_all(&client, &session, &content).await.unwrap();
    commit(&client, &session, parts, &content).await.unwrap();
    let second = create(&client, "A", 2_000).await;
    assert_eq!(refused(second), told(409, "name_temporarily_reserved"));
}

#[tokio::test]
async fn a_name_in_use_is_a_conflict() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let late = create(&client, "A", 11).await.unwrap();
    let file = upload(&client, "a", &bytes(1, 10)).await.unwrap();
    let error = create(&client, "A", 10).await.unwrap_err();
    let Error::Response { body: Some(error), .. } = error else { panic!("{error}") };
    assert_eq!(error.code.as_ref().unwrap().as_str(), "item_name_in_use");
    let Some(Conflicts::Conflict(conflict)) = error.context_info.unwrap().conflicts else {
        panic!("no conflict");
    };
    assert_eq!((conflict.id, conflict.sha1), (Some(file.id), file.sha1));
    assert!(error.request_id.is_some() && error.help_url.is_some());

    let content = bytes(2, 11);
    let parts = put_all(&client, &late, &content).await.unwrap();
    let commit = commit(&client, &late, parts, &content).await;
    assert_eq!(refused(commit), told(409, "item_name_in_use"));
}

#[tokio::test]
async fn creates_for_a_version_are_checked() {
    let hour = Duration::from_secs(3600);
    let emulator = small().processing_delay(hour).start().await.unwrap();
    let client = client(&emulator);
    let url = emulator.url();
    let body = CreateUploadSessionForVersionBody::new(10);
    let none = client.create_upload_session_for_version("7", &body).await;
    assert_eq!(refused(none), told(404, "not_found"));
    let content = bytes(1, 10);
    let session = create(&client, "a", 10).await.unwrap();
    let parts = put_all(&client, &session, &content).await.unwrap();
    emulator.set_clock_ahead(hour).await;
    let file = created(commit(&client, &session, parts, &content).await.unwrap());

    let path = format!("/api/2.0/files/{}/upload_sessions", file.id);
    let response = send(&url, "POST", &path, &[], r#"{"folder_id":"0","file_size":10}"#).await;
    assert_eq!((response.status.as_u16(), response.code()), told(400, "multiple_destinations"));

    let session = client.create_upload_session_for_version(&file.id, &body).await.unwrap();
    let parts = put_all(&client, &session, &content).await.unwrap();
    let _ = commit(&client, &session, parts, &content).await.unwrap();
    let blocked = client.create_upload_session_for_version(&file.id, &body).await;
    assert_eq!(refused(blocked), told(409, "operation_blocked_temporary"));
}

/// Sends the first part of 1,500 bytes, with the headers and body given.
async fn put_raw(
    url: &str,
    session: &UploadSession,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (u16, String) {
    let path = format!("/api/2.0/files/upload_sessions/{}", session.id);
    let response = send(url, "PUT", &path, headers, body.to_vec()).await;
    (response.status.as_u16(), response.code())
}

#[tokio::test]
async fn invalid_parts_are_refused() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let url = emulator.url();
    let content = bytes(1, 1_500);
    let session = create(&client, "a", content.len()).await.unwrap();
    let sha = digest(&content[..1_000]).to_string();
    let range = "bytes 0-999/1500";
    let first = &content[..1_000];
    for (digest, range, body, status, code) in [
        ("", range, first, 400, "bad_digest"),
        ("md5=AAAA", range, first, 400, "bad_digest"),
        ("sha=AAAA", range, first, 400, "bad_digest"),
        (&*sha, range, &content[1..1_001], 400, "bad_digest"),
        (&*sha, "", first, 400, "bad_request"),
        (&*sha, "bytes 0-999/*", first, 400, "bad_request"),
        (&*sha, "bytes 999-0/1500", first, 400, "bad_request"),
        (&*sha, range, &content[..999], 400, "bad_request"),
        (&*sha, "bytes 0-998/1500", &content[..999], 416, "bad_request"),
        (&*sha, "bytes 1-1000/1500", first, 416, "bad_request"),
        (&*sha, "bytes 0-999/1501", first, 416, "bad_request"),
        (&*sha, "bytes 1000-1500/1501", &content[..501], 416, "bad_request"),
        (&*sha, range, &content[..], 413, "request_entity_too_large"),
    ] {
        let headers = [("digest", digest), ("content-range", range)];
        let headers = headers.into_iter().filter(|(_, value)| !value.is_empty());
        let headers: Vec<_> = headers.collect();
        let response = put_raw(&url, &session, &headers, body).await;
        assert_eq!(response, told(status, code), "{headers:?}");
    }
    assert!(client.list_parts(&session.id).await.unwrap().entries.is_empty());

    // `SHA=` is as good as `sha=`.
    let upper = sha.replace("sha", "SHA");
    let path = format!("/api/2.0/files/upload_sessions/{}", session.id);
    let headers = [("Digest", &*upper), ("Content-Range", range)];
    assert_eq!(send(&url, "PUT", &path, &headers, first.to_vec()).await.status, 200);
    let again = put(&client, &session, &content, 0).await;
    assert_eq!(refused(again), told(416, "range_overlaps_existing_part"));
}

#[tokio::test]
async fn invalid_lists_are_refused() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let url = emulator.url();
    let session = create(&client, "a", 1_500).await.unwrap();
    let list = |query: &'static str| {
        let path = format!("/api/2.0/files/upload_sessions/{}/parts?{query}", session.id);
        let url = url.clone();
        async move { send(&url, "GET", &path, &[], "").await }
    };
    assert_eq!(list("offset=10000").await.status, 200);
    assert_eq!(list("limit=5000").await.json()["limit"], 1_000);
    for (query, code) in [
        ("offset=10001", "invalid_offset"),
        ("offset=-1", "invalid_offset"),
        ("offset=x", "invalid_offset"),
        ("limit=0", "bad_request"),
        ("limit=x", "bad_request"),
    ] {
        let response = list(query).await;
        assert_eq!((response.status.as_u16(), response.code()), told(400, code), "{query}");
    }
}

#[tokio::test]
async fn invalid_commits_are_refused() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let content = bytes(1, 2_500);
    let session = create(&client, "a", content.len()).await.unwrap();
    let mut parts = vec![put(&client, &session, &content, 0).await.unwrap()];
    let mismatch = told(400, "parts_mismatch");
    assert_eq!(refused(commit(&client, &session, parts.clone(), &content).await), mismatch);
    parts.push(put(&client, &session, &content, 1).await.unwrap());
    parts.push(put(&client, &session, &content, 2).await.unwrap());
    let mut swapped = parts.clone();
    let mut wrong = parts.clone();
    swapped.swap(0, 1);
    wrong[1].part_id = "00000000".to_owned();
    assert_eq!(refused(commit(&client, &session, swapped, &content).await), mismatch);
    assert_eq!(refused(commit(&client, &session, wrong, &content).await), mismatch);
    assert_eq!(refused(commit(&client, &session, parts[..2].to_vec(), &content).await), mismatch);
    let other = bytes(2, 2_500);
    let differs = commit(&client, &session, parts.clone(), &other).await;
    assert_eq!(refused(differs), told(400, "digest_mismatch"));
    let body = CommitUploadSessionBody::new(parts.clone());
    let conditional = client.commit_upload_session(&session.id, &digest(&content), &body);
    assert_eq!(refused(conditional.if_match("0").await), told(412, "precondition_failed"));
    created(commit(&client, &session, parts.clone(), &content).await.unwrap());
    let again = commit(&client, &session, parts, &content).await;
    assert_eq!(refused(again), told(404, "upload_session_not_found"));
}

const LIFE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn missing_and_foreign_sessions_are_refused() {
    let emulator = small().session_life(LIFE).start().await.unwrap();
    let client = client(&emulator);
    let session = create(&client, "a", 1_500).await.unwrap();
    let id = session.id.clone();
    let none = "f".repeat(32);
    let part = bytes(1, 1_000);
    let range = ContentRange::new(0, 1_000, 1_500).unwrap();
    let sha: Digest = digest(&part);
    let body = CommitUploadSessionBody::new([]);
    for step in 0..5 {
        let ask = async |id: &str, user: &str| match step {
            0 => refused(client.get_upload_session(id).as_user(user).await),
            1 => refused(client.list_parts(id).as_user(user).await),
            2 => refused(client.upload_part(id, &range, &sha, part.clone()).as_user(user).await),
            3 => refused(client.commit_upload_session(id, &sha, &body).as_user(user).await),
            _ => refused(client.abort_upload_session(id).as_user(user).await),
        };
        assert_eq!(ask(&none, "1").await, told(404, "not_found"), "{step}");
        assert_eq!(ask("F971964", "1").await, told(400, "invalid_upload_session_id"), "{step}");
        assert_eq!(ask(&id, "2").await, told(403, "forbidden"), "{step}");
    }
    emulator.set_clock_ahead(LIFE).await;
    let gone = client.get_upload_session(&id).await;
    assert_eq!(refused(gone), told(410, "session_expired"));
    create(&client, "b", 1_500).await.unwrap();
    assert_eq!(emulator.open_sessions(), 1, "a session that expired is swept away");
    assert_eq!(refused(client.get_upload_session(&id).await), told(410, "session_expired"));
}

#[tokio::test]
async fn too_many_requests() {
    let emulator = small().rate_limit(2).start().await.unwrap();
    let client = client(&emulator);
    for name in ["a", "b"] {
        create(&client, name, 10).await.unwrap();
    }
    let error = create(&client, "c", 10).await.unwrap_err();
    assert!(error.retry_after().is_some());
    assert_eq!(refused::<()>(Err(error)), told(429, "rate_limit_exceeded"));
    let body = CreateUploadSessionBody::builder().file_name("c").file_size(10).folder_id("0");
    client.create_upload_session(&body).as_user("2").await.unwrap();
}

#[tokio::test]
async fn requests_without_a_token_are_refused() {
    let emulator = small().start().await.unwrap();
    for authorization in ["", "Bearer ", "Basic abc"] {
        let headers = [("authorization", authorization)];
        let response = send(&emulator.url(), "GET", "/2.0/folders/0/items", &headers, "").await;
        assert_eq!((response.status.as_u16(), response.body.len()), (401, 0));
        let challenge = response.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.starts_with("Bearer ") && challenge.contains("invalid_token"));
    }
}
