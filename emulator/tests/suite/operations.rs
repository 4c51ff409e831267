//! Every operation, when all goes well.

use std::time::Duration;

use box_upload_sessions::operations::CommitUploadSessionOutcome;
use box_upload_sessions::runtime::RetryAfter;
use box_upload_sessions::types::{
    CommitUploadSessionBody, CreateUploadSessionForVersionBody, FileAttributes, LogUploadEventBody,
};

use crate::client::*;

#[tokio::test]
async fn a_new_file() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let content = bytes(1, 2_500);

    let session = create(&client, "a.bin", content.len()).await.unwrap();
    assert_eq!(
        (session.part_size, session.total_parts, session.num_parts_processed),
        (1_000, 3, 0)
    );
    let url = format!("{}/api/2.0/files/upload_sessions/{}", emulator.url(), session.id);
    let endpoints = &session.session_endpoints;
    assert_eq!([&endpoints.upload_part, &endpoints.abort, &endpoints.status], [&url; 3]);
    assert_eq!(endpoints.commit, format!("{url}/commit"));
    assert_eq!(endpoints.list_parts, format!("{url}/parts"));
    assert_eq!(endpoints.log_event, Some(format!("{url}/log")));

    // The first and the last part, so that there is a gap.
    let last = put(&client, &session, &content, 2).await.unwrap();
    let first = put(&client, &session, &content, 0).await.unwrap();
    assert_eq!((first.offset, first.size), (0, 1_000));
    assert_eq!((last.offset, last.size), (2_000, 500));
    assert_eq!(last.sha1, hex(&content[2_000..]));
    assert_eq!(last.part_id.len(), 8);

    let parts = client.list_parts(&session.id).await.unwrap();
    assert_eq!(parts.entries, [first.clone(), last.clone()]);
    assert_eq!((parts.total_count, parts.limit, parts.offset), (Some(3), Some(1_000), Some(0)));
    let page = client.list_parts(&session.id).offset(1).limit(1).await.unwrap();
    assert_eq!(page.entries, std::slice::from_ref(&last));
    let status = client.get_upload_session(&session.id).await.unwrap();
    assert_eq!(status.num_parts_processed, 2);

    let middle = put(&client, &session, &content, 1).await.unwrap();
    let mut body = CommitUploadSessionBody::new([first, middle, last]);
    let mut attributes = FileAttributes::default();
    attributes.content_modified_at = Some("2024-05-21T16:45:30+02:00".parse().unwrap());
    attributes.description = Some("Final cut".to_owned());
    body.file_attributes = Some(attributes);
    let commit = client.commit_upload_session(&session.id, &digest(&content), &body);
    let file = created(commit.await.unwrap());
    assert_eq!(file.sha1, Some(hex(&content)));
    assert_eq!(file.size, Some(2_500));
    assert_eq!(file.etag.as_deref(), Some("0"));
    assert_eq!(file.description.as_deref(), Some("Final cut"));
    let modified = file.content_modified_at.as_ref().unwrap().to_string();
    assert_eq!(modified, "2024-05-21T16:45:30+02:00");
    assert_eq!(emulator.files(), std::slice::from_ref(&file));
    assert_eq!(emulator.content(&file.id).await.unwrap(), content);
    assert_eq!(emulator.open_sessions(), 0);
}

#[tokio::test]
async fn a_new_version() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let first = upload(&client, "a.bin", &bytes(1, 1_500)).await.unwrap();

    let content = bytes(2, 2_001);
    let mut body = CreateUploadSessionForVersionBody::new(2_001);
    body.file_name = Some("b.bin".to_owned());
    let session = client.create_upload_session_for_version(&first.id, &body).await.unwrap();
    let parts = put_all(&client, &session, &content).await.unwrap();
    let body = CommitUploadSessionBody::new(parts);
    let commit = || client.commit_upload_session(&session.id, &digest(&content), &body);
    assert_eq!(refused(commit().if_match("7").await), (412, "precondition_failed".to_owned()));
    assert_eq!(refused(commit().if_none_match("0").await), (412, "precondition_failed".to_owned()));
    let second = created(commit().if_match("0").await.unwrap());
    assert_eq!(second.id, first.id);
    assert_eq!(second.name.as_deref(), Some("b.bin"));
    assert_eq!(second.etag.as_deref(), Some("1"));
    assert_ne!(second.file_version, first.file_version);
    assert_eq!(emulator.content(&second.id).await.unwrap(), content);
    // The old name is free again.
    upload(&client, "a.bin", &content).await.unwrap();
}

#[tokio::test]
async fn abort_and_events() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let session = create(&client, "a.bin", 1_000).await.unwrap();
    let event = LogUploadEventBody::new("part_upload_retry");
    client.log_upload_event(&session.id, &event).await.unwrap();
    client.abort_upload_session(&session.id).await.unwrap();
    let gone = client.get_upload_session(&session.id).await;
    assert_eq!(refused(gone), (404, "upload_session_not_found".to_owned()));
}

#[tokio::test]
async fn a_commit_waits_for_the_parts_to_be_processed() {
    let delay = Duration::from_millis(300);
    let emulator = small().processing_delay(delay).start().await.unwrap();
    let client = client(&emulator);
    let content = bytes(1, 1_500);
    let session = create(&client, "a.bin", content.len()).await.unwrap();
    let parts = put_all(&client, &session, &content).await.unwrap();
    let first = commit(&client, &session, parts.clone(), &content).await.unwrap();
    let second = Some(RetryAfter::Delay(Duration::from_secs(1)));
    assert_eq!(first, CommitUploadSessionOutcome::Accepted { retry_after: second });
    tokio::time::sleep(delay).await;
    created(commit(&client, &session, parts, &content).await.unwrap());
}

#[tokio::test]
async fn a_direct_upload_and_its_content() {
    let emulator = small().start().await.unwrap();
    let url = emulator.url();
    let form = |attributes: &str, content: &str| {
        format!(
            "--XX\r\nContent-Disposition: form-data; name=\"attributes\"\r\n\r\n{attributes}\r\n\
             --XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\
             Content-Type: text/plain\r\n\r\n{content}\r\n--XX--\r\n"
        )
    };
    let kind = [("content-type", "multipart/form-data; boundary=XX")];
    let attributes =
        r#"{"name":"a.txt","parent":{"id":"0"},"content_created_at":"2024-01-01T00:00:00Z"}"#;
    let body = form(attributes, "Hello");
    let created = send(&url, "POST", "/api/2.0/files/content", &kind, body.clone()).await;
    assert_eq!(created.status, 201);
    let file = &created.json()["entries"][0];
    assert_eq!(file["sha1"], hex(b"Hello"));
    assert_eq!(file["content_created_at"], "2024-01-01T00:00:00Z");
    let again = send(&url, "POST", "/api/2.0/files/content", &kind, body).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "item_name_in_use".to_owned()));
    assert_eq!(again.json()["context_info"]["conflicts"]["id"], file["id"]);

    let id = file["id"].as_str().unwrap();
    let path = format!("/2.0/files/{id}");
    assert_eq!(send(&url, "GET", &path, &[], "").await.json(), *file);
    let path = format!("/api/2.0/files/{id}/content?fields=id");
    let version = send(&url, "POST", &path, &kind, form("{}", "Bye")).await;
    assert_eq!(
        (version.status.as_u16(), &version.json()["entries"][0]["etag"]),
        (201, &"1".into())
    );
    let content = send(&url, "GET", &format!("/2.0/files/{id}/content"), &[], "").await;
    assert_eq!(
        (content.headers["content-length"].as_bytes(), &content.body[..]),
        (&b"3"[..], &b"Bye"[..])
    );

    let wrong = [kind[0], ("content-md5", "0000000000000000000000000000000000000000")];
    let body = form(r#"{"name":"b.txt","parent":{"id":"0"}}"#, "Hello");
    let refused = send(&url, "POST", "/api/2.0/files/content", &wrong, body).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "bad_digest".to_owned()));
    assert_eq!(emulator.files().len(), 1);
}

#[tokio::test]
async fn preflight_checks() {
    let emulator = small().quota(5_000).start().await.unwrap();
    let (client, url) = (client(&emulator), emulator.url());
    let file = upload(&client, "a.bin", &bytes(1, 1_000)).await.unwrap();
    let ask = |path: String, body: &'static str| {
        let url = url.clone();
        async move { send(&url, "OPTIONS", &path, &[], body).await }
    };
    for slash in ["", "/"] {
        let free = r#"{"name":"b.bin","size":4000,"parent":{"id":"0"}}"#;
        let answer = ask(format!("/2.0/files/content{slash}"), free).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["upload_url"], format!("{url}/api/2.0/files/content"));
        let version =
            ask(format!("/2.0/files/{}/content{slash}", file.id), r#"{"size":5000}"#).await;
        assert_eq!(version.status, 200);
    }
    let taken = r#"{"name":"A.BIN","parent":{"id":"0"}}"#;
    assert_eq!(ask("/2.0/files/content".to_owned(), taken).await.code(), "item_name_in_use");
    let large = r#"{"name":"b.bin","size":4001,"parent":{"id":"0"}}"#;
    assert_eq!(ask("/2.0/files/content".to_owned(), large).await.code(), "storage_limit_exceeded");
    let none = ask("/2.0/files/77/content".to_owned(), "{}").await;
    assert_eq!((none.status.as_u16(), none.code()), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn folders() {
    let emulator = small().start().await.unwrap();
    let (client, url) = (client(&emulator), emulator.url());
    let body = r#"{"name":"Films","parent":{"id":"0"}}"#;
    let folder = send(&url, "POST", "/2.0/folders", &[], body).await;
    assert_eq!((folder.status.as_u16(), &folder.json()["name"]), (201, &"Films".into()));
    let again = send(&url, "POST", "/2.0/folders", &[], body).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "item_name_in_use".to_owned()));
    assert_eq!(again.json()["context_info"]["conflicts"][0]["id"], folder.json()["id"]);
    let file = upload(&client, "a.bin", &bytes(1, 10)).await.unwrap();

    let items = send(&url, "GET", "/2.0/folders/0/items?fields=id,name", &[], "").await.json();
    assert_eq!(items["total_count"], 2);
    assert_eq!(items["entries"][0]["id"], file.id);
    assert_eq!(items["entries"][1]["id"], folder.json()["id"]);
    let page =
        send(&url, "GET", "/2.0/folders/0/items?limit=1&usemarker=true", &[], "").await.json();
    assert_eq!((page["entries"].as_array().unwrap().len(), &page["next_marker"]), (1, &"1".into()));
    let page =
        send(&url, "GET", "/2.0/folders/0/items?usemarker=true&marker=1", &[], "").await.json();
    assert_eq!((page["entries"].as_array().unwrap().len(), &page["next_marker"]), (1, &"".into()));
    assert_eq!(send(&url, "GET", "/2.0/folders/9/items", &[], "").await.status, 404);
}

#[tokio::test]
async fn tokens() {
    let emulator =
        small().token("known").token_life(Duration::from_millis(200)).start().await.unwrap();
    let url = emulator.url();
    let ask = |body: &'static str| {
        let url = url.clone();
        async move { send(&url, "POST", "/oauth2/token", &[], body).await }
    };
    let open = |token: String| {
        let url = url.clone();
        async move {
            let token = format!("Bearer {token}");
            let headers = [("authorization", &*token)];
            send(&url, "GET", "/2.0/folders/0/items", &headers, "").await.status.as_u16()
        }
    };
    let issued = ask("grant_type=client_credentials&client_id=a&client_secret=b").await;
    assert_eq!((issued.status.as_u16(), &issued.json()["token_type"]), (200, &"bearer".into()));
    let token = issued.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(open(token.clone()).await, 200);
    assert_eq!(open("known".to_owned()).await, 200);
    assert_eq!(open("unknown".to_owned()).await, 401);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(open(token).await, 401);

    let refresh = "grant_type=refresh_token&client_id=a&client_secret=b&refresh_token=r";
    let refreshed = ask(refresh).await;
    assert!(refreshed.json()["refresh_token"].is_string());
    assert_eq!(ask(refresh).await.json()["error"], "invalid_grant");
    assert_eq!(ask("grant_type=client_credentials").await.json()["error"], "invalid_client");
    let other = ask("grant_type=password&client_id=a&client_secret=b").await;
    assert_eq!(
        (other.status.as_u16(), &other.json()["error"]),
        (400, &"unsupported_grant_type".into())
    );
}

#[tokio::test]
async fn requests_are_remembered_without_their_tokens() {
    let emulator = small().start().await.unwrap();
    upload(&client(&emulator), "a.bin", &bytes(1, 1_500)).await.unwrap();
    let requests = emulator.requests();
    let names: Vec<_> = requests.iter().map(|one| one.operation.unwrap().as_str()).collect();
    let parts = ["upload_part"; 2];
    assert_eq!(names, ["create_upload_session", parts[0], parts[1], "commit_upload_session"]);
    let seen: Vec<_> = requests.iter().map(|one| (one.number, one.status)).collect();
    assert_eq!(seen, [(1, Some(201)), (2, Some(200)), (3, Some(200)), (4, Some(201))]);
    assert_eq!(requests[1].received, 1_000);
    assert_eq!(requests[1].headers["content-range"], "bytes 0-999/1500");
    assert!(requests.iter().all(|one| !one.headers.contains_key("authorization")));
}

#[tokio::test]
async fn a_dropped_emulator_is_gone() {
    let emulator = small().start().await.unwrap();
    let (client, address) = (client(&emulator), emulator.address());
    create(&client, "a.bin", 1_000).await.unwrap();
    drop(emulator);
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(create(&client, "b.bin", 1_000).await.unwrap_err().response().is_none());
}
