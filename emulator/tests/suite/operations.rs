//! Every operation, when all goes well.

use std::time::Duration;

use box_emulator::Access;
use box_upload_sessions::operations::{
    CommitUploadSessionOutcome, UploadFileForm, UploadFileVersionForm,
};
use box_upload_sessions::runtime::{DateTime, RetryAfter, Secret};
use box_upload_sessions::types::{
    AccessTokenType, ClientErrorCode, CommitUploadSessionBody, Conflict, Conflicts,
    CreateFolderBody, CreateUploadSessionBody, CreateUploadSessionForVersionBody, FileAttributes,
    FileFull, LogUploadEventBody, NewFile, NewFileVersion, ParentFolder, PlannedPart,
    PreflightFileBody, PreflightVersionBody, TokenRequest, TokenRequestGrantType,
    UploadPlanRequest,
};
use box_upload_sessions::{Client, Error};

use crate::client::*;

#[tokio::test]
async fn a_new_file_is_stored() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let content = bytes(1, 2_500);

    let session = create(&client, "a.bin", content.len()).await.unwrap();
    assert_eq!(
        (session.part_size, session.total_parts, session.num_parts_processed),
        (1_000, Some(3), Some(0))
    );
    let url = format!("{}/api/2.0/files/upload_sessions/{}", emulator.url(), session.id);
    let endpoints = session.session_endpoints.as_ref().unwrap();
    let same = [&endpoints.upload_part, &endpoints.abort, &endpoints.status];
    assert_eq!(same, [&Some(url.clone()); 3]);
    assert_eq!(endpoints.commit, Some(format!("{url}/commit")));
    assert_eq!(endpoints.list_parts, Some(format!("{url}/parts")));
    assert_eq!(endpoints.log_event, Some(format!("{url}/log")));
    assert_eq!(endpoints.plan, Some(format!("{url}/plan")));

    // The first and the last part, so that there is a gap.
    let last = put(&client, &session, &content, 2).await.unwrap();
    let first = put(&client, &session, &content, 0).await.unwrap();
    assert_eq!((first.offset, first.size), (0, 1_000));
    assert_eq!((last.offset, last.size), (2_000, 500));
    assert_eq!(last.sha1, Some(hex(&content[2_000..])));
    assert_eq!(last.part_id.len(), 8);

    let parts = client.list_parts(&session.id).await.unwrap();
    assert_eq!(parts.entries, [first.clone(), last.clone()]);
    assert_eq!((parts.total_count, parts.limit, parts.offset), (Some(3), Some(1_000), Some(0)));
    let page = client.list_parts(&session.id).offset(1).limit(1).await.unwrap();
    assert_eq!(page.entries, std::slice::from_ref(&last));
    let status = client.get_upload_session(&session.id).await.unwrap();
    assert_eq!(status.num_parts_processed, Some(2));

    let middle = put(&client, &session, &content, 1).await.unwrap();
    let modified: DateTime = "2024-05-21T16:45:30+02:00".parse().unwrap();
    let attributes = FileAttributes::new().content_modified_at(modified).description("Final cut");
    let body = CommitUploadSessionBody::new([first, middle, last]).file_attributes(attributes);
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
async fn a_new_version_replaces_the_file() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let first = upload(&client, "a.bin", &bytes(1, 1_500)).await.unwrap();

    let content = bytes(2, 2_001);
    let body = CreateUploadSessionForVersionBody::new(2_001).file_name("b.bin");
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
async fn a_session_takes_events_and_plans_and_is_aborted() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let session = create(&client, "a.bin", 1_000).await.unwrap();
    let event = LogUploadEventBody::new("part_upload_retry");
    client.log_upload_event(&session.id, &event).await.unwrap();
    let part = PlannedPart::builder().offset(0_u64).sha512("0".repeat(128)).size(1_000_u64);
    let request = UploadPlanRequest::new([part]);
    let plan = client.plan_upload_session(&session.id, &request).await.unwrap();
    assert_eq!((plan.hits, plan.misses), (vec![], request.parts));
    client.abort_upload_session(&session.id).await.unwrap();
    let gone = client.get_upload_session(&session.id).await;
    assert_eq!(refused(gone), (404, "upload_session_not_found".to_owned()));
}

/// Some clients always abort their session.
#[tokio::test]
async fn an_abort_after_the_commit_is_refused() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let content = bytes(1, 1_000);
    let session = create(&client, "a.bin", content.len()).await.unwrap();
    let parts = put_all(&client, &session, &content).await.unwrap();
    created(commit(&client, &session, parts, &content).await.unwrap());
    client.abort_upload_session(&session.id).await.unwrap();
    assert_eq!(emulator.files().len(), 1);
}

#[tokio::test]
async fn a_commit_waits_for_the_parts_to_be_processed() {
    let delay = Duration::from_secs(1);
    let emulator = small().processing_delay(delay).start().await.unwrap();
    let client = client(&emulator);
    let content = bytes(1, 1_500);
    let session = create(&client, "a.bin", content.len()).await.unwrap();
    let parts = put_all(&client, &session, &content).await.unwrap();
    let first = commit(&client, &session, parts.clone(), &content).await.unwrap();
    let second = Some(RetryAfter::Delay(Duration::from_secs(1)));
    assert_eq!(first, CommitUploadSessionOutcome::Accepted { retry_after: second });
    emulator.set_clock_ahead(delay).await;
    created(commit(&client, &session, parts, &content).await.unwrap());
}

#[tokio::test]
async fn an_upload_in_one_request_stores_its_content() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let url = emulator.url();
    let attributes = |name: &str| NewFile::new(name, ParentFolder::new("0"));
    let new = |name: &str| UploadFileForm::new(&attributes(name), "Hello");
    let created: DateTime = "2024-01-01T00:00:00Z".parse().unwrap();
    let timed = attributes("a.txt").content_created_at(created);
    let files = client.upload_file(UploadFileForm::new(&timed, "Hello")).await.unwrap();
    assert_eq!((files.total_count, files.entries.len()), (Some(1), 1));
    let file = &files.entries[0];
    assert_eq!(file.sha1, Some(hex(b"Hello")));
    assert_eq!(file.content_created_at, timed.content_created_at);
    let again = client.upload_file(new("a.txt")).await;
    assert_eq!(conflicts(again), Conflicts::Conflict(Box::new(conflict(&client, file).await)));

    assert_eq!(client.get_file(&file.id).await.unwrap(), *file);
    let version = || UploadFileVersionForm::new(&NewFileVersion::new(), "Bye");
    let late = client.upload_file_version(&file.id, version()).if_match("7").await;
    assert_eq!(refused(late), (412, "precondition_failed".to_owned()));
    let upload = client.upload_file_version(&file.id, version()).if_match("0").fields(&["id"]);
    assert_eq!(upload.await.unwrap().entries[0].etag.as_deref(), Some("1"));
    // As Box's document has it: 201 is for a new file.
    let path = format!("/api/2.0/files/{}/content", file.id);
    let part = |name: &str, text: &str| {
        format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let form = part("attributes", "{}") + &part("file", "Bye") + "--x--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    assert_eq!(send(&url, "POST", &path, &headers, form).await.status, 200);
    let form = part("content", "Ciao") + "--x--\r\n";
    assert_eq!(send(&url, "POST", &path, &headers, form).await.status, 200);
    let found = send(&url, "GET", &format!("/2.0/files/{}/content", file.id), &[], "").await;
    let location = found.headers["location"].to_str().unwrap();
    let there = location.strip_prefix(&url).unwrap();
    let public = [("authorization", "")];
    let content = send(&url, "GET", there, &public, "").await;
    assert_eq!(
        (content.headers["content-length"].as_bytes(), &content.body[..]),
        (&b"4"[..], &b"Ciao"[..])
    );
    let (guess, _) = there.split_once('?').unwrap();
    let guessed = send(&url, "GET", &format!("{guess}?version=0"), &public, "").await;
    assert_eq!((found.status.as_u16(), guessed.status.as_u16()), (302, 404));

    let wrong = client.upload_file(new("b.txt")).content_md5(&"0".repeat(40)).await;
    assert_eq!(refused(wrong), (400, "bad_digest".to_owned()));
    client.upload_file(new("b.txt")).content_md5(&hex(b"Hello")).await.unwrap();
    assert_eq!(emulator.files().len(), 2);
    assert_eq!(refused(client.get_file("77").await), (404, "not_found".to_owned()));
}

/// What the item is that has the name already.
fn conflicts<T: std::fmt::Debug>(result: Result<T, Failure>) -> Conflicts {
    let Err(Error::Response { response, body: Some(error) }) = result else {
        panic!("no error of the service: {result:?}");
    };
    assert_eq!(response.status(), 409);
    assert_eq!(error.code, Some(ClientErrorCode::ItemNameInUse));
    error.context_info.unwrap().conflicts.unwrap()
}

/// How a conflict describes a file.
async fn conflict(client: &Client, file: &FileFull) -> Conflict {
    let body = CreateUploadSessionBody::builder()
        .file_name(file.name.clone().unwrap())
        .file_size(1_000)
        .folder_id("0");
    match conflicts(client.create_upload_session(&body).await) {
        Conflicts::Conflict(conflict) => *conflict,
        other => panic!("{other:?}"),
    }
}

/// As other clients write them: no type of the attributes, another order of the fields, other names
/// of the file.
#[tokio::test]
async fn forms_of_other_clients_are_understood() {
    let emulator = small().start().await.unwrap();
    let attributes = "--XX\r\nContent-Disposition: form-data; name=\"attributes\"\r\n\r\n\
        {\"name\":\"a.txt\",\"parent\":{\"id\":\"0\"}}\r\n";
    let file = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\
        Content-Type: text/plain\r\n\r\nHello\r\n";
    let kind = [("content-type", "multipart/form-data; boundary=XX")];
    let url = emulator.url();
    let post = async |body: String| send(&url, "POST", "/api/2.0/files/content", &kind, body).await;
    let late = post(format!("{file}{attributes}--XX--\r\n")).await;
    assert_eq!(late.code(), "metadata_after_file_contents");
    let created = post(format!("{attributes}{file}--XX--\r\n")).await;
    assert_eq!((created.status.as_u16(), emulator.files().len()), (201, 1));
    for (number, name) in ["content", "contents"].into_iter().enumerate() {
        let attributes = attributes.replace("a.txt", &format!("{number}.txt"));
        let file = file.replace("\"file\"", &format!("\"{name}\""));
        let created = post(format!("{attributes}{file}--XX--\r\n")).await;
        assert_eq!(created.status, 201, "{name}: {:?}", created.body);
    }
    let attributes = attributes.replace("a.txt", "b.txt");
    let twice = post(format!("{attributes}{attributes}--XX--\r\n")).await;
    assert_eq!((twice.status.as_u16(), &*twice.code()), (400, "bad_request"));
}

#[tokio::test]
async fn preflight_checks_refuse_what_uploads_would() {
    let emulator = small().quota(5_000).start().await.unwrap();
    let client = client(&emulator);
    let url = emulator.url();
    let file = upload(&client, "a.bin", &bytes(1, 1_000)).await.unwrap();
    let check = async |name: &str, size: u64| {
        let body = PreflightFileBody::new(name, ParentFolder::new("0")).size(size);
        client.preflight_file(&body).await
    };
    let free = check("b.bin", 4_000).await.unwrap();
    assert_eq!(free.upload_url, Some(format!("{url}/api/2.0/files/content")));
    assert!(matches!(conflicts(check("A.BIN", 1).await), Conflicts::Conflict(_)));
    let large = check("b.bin", 4_001).await;
    assert_eq!(refused(large), (403, "storage_limit_exceeded".to_owned()));

    let body = PreflightVersionBody::new().size(5_000);
    let free = client.preflight_version(&file.id, &body).await.unwrap();
    assert_eq!(free.upload_url, Some(format!("{url}/api/2.0/files/{}/content", file.id)));
    let none = client.preflight_version("77", &body).await;
    assert_eq!(refused(none), (404, "not_found".to_owned()));

    // As one client writes them.
    let slash = [
        ("/2.0/files/content/", r#"{"name":"b.bin","parent":{"id":"0"}}"#),
        (&*format!("/2.0/files/{}/content/", file.id), ""),
    ];
    for (path, body) in slash {
        assert_eq!(send(&url, "OPTIONS", path, &[], body).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn what_is_deleted_is_in_the_trash() {
    let data = tempfile::tempdir().unwrap();
    let start = || small().folder("11", "Read", Access::ReadOnly).data(data.path()).start();
    let emulator = start().await.unwrap();
    let client = client(&emulator);
    let new_folder = async |name: &str, parent: &str| {
        let body = CreateFolderBody::new(name, ParentFolder::new(parent));
        client.create_folder(&body).await.unwrap().id
    };
    let outer = new_folder("outer", "0").await;
    let inner = new_folder("inner", &outer).await;
    let file = upload(&client, "a.bin", &bytes(1, 1_500)).await.unwrap().id;

    let stale = client.delete_file(&file).if_match("7").await;
    assert_eq!(refused(stale), (412, "precondition_failed".to_owned()));
    client.delete_file(&file).if_match("0").await.unwrap();
    let trashed = (404, "trashed".to_owned());
    assert_eq!(refused(client.delete_file(&file).await), trashed);
    assert_eq!(refused(client.get_file(&file).await), trashed);
    assert_eq!(code(client.delete_file("7").await), "not_found");
    // Its name is free again.
    upload(&client, "a.bin", &bytes(1, 1_500)).await.unwrap();

    let not_empty = client.delete_folder(&outer).await;
    assert_eq!(refused(not_empty), (400, "folder_not_empty".to_owned()));
    client.delete_folder(&outer).recursive(true).await.unwrap();
    assert_eq!(refused(client.delete_folder(&outer).await), trashed);
    assert_eq!(refused(client.list_folder_items(&inner).await).0, 404);
    for fixed in ["0", "11"] {
        let refusal = (403, "access_denied_insufficient_permissions".to_owned());
        assert_eq!(refused(client.delete_folder(fixed).recursive(true).await), refusal);
    }
    emulator.stop().await;
    let emulator = start().await.unwrap();
    let again = crate::client::client(&emulator);
    assert_eq!(refused(again.get_file(&file).await).0, 404);
    assert_eq!(emulator.files().len(), 1);
}

#[tokio::test]
async fn folders_are_created_and_listed() {
    let emulator = small().start().await.unwrap();
    let client = client(&emulator);
    let url = emulator.url();
    let body = CreateFolderBody::new("Films", ParentFolder::new("0"));
    let folder = client.create_folder(&body).await.unwrap();
    assert_eq!(folder.name.as_deref(), Some("Films"));
    let Conflicts::List(list) = conflicts(client.create_folder(&body).await) else {
        panic!("no list");
    };
    assert_eq!((list.len(), list[0].id.as_ref()), (1, Some(&folder.id)));
    let file = upload(&client, "a.bin", &bytes(1, 10)).await.unwrap();

    let items = send(&url, "GET", "/2.0/folders/0/items?fields=id,name", &[], "").await.json();
    assert_eq!(items["total_count"], 2);
    assert_eq!(items["entries"][0]["id"], file.id);
    assert_eq!(items["entries"][1]["id"], folder.id);
    let page =
        send(&url, "GET", "/2.0/folders/0/items?limit=1&usemarker=true", &[], "").await.json();
    assert_eq!((page["entries"].as_array().unwrap().len(), &page["next_marker"]), (1, &"1".into()));
    let page =
        send(&url, "GET", "/2.0/folders/0/items?usemarker=true&marker=1", &[], "").await.json();
    assert_eq!(
        (page["entries"].as_array().unwrap().len(), &page["next_marker"]),
        (1, &serde_json::Value::Null)
    );
    assert_eq!(send(&url, "GET", "/2.0/folders/9/items", &[], "").await.status, 404);
}

#[tokio::test]
async fn tokens_are_issued_and_expire() {
    let emulator =
        small().token("known").token_life(Duration::from_secs(60)).start().await.unwrap();
    let builder = || Client::builder().base_url(emulator.url());
    let client = builder().build().unwrap();
    let open = async |token: Secret| {
        let client = builder().access_token(token).build().unwrap();
        client.get_file("77").await.unwrap_err().status().unwrap().as_u16()
    };
    let request =
        |grant: TokenRequestGrantType| TokenRequest::new(grant).client_id("a").client_secret("b");
    let body = request(TokenRequestGrantType::ClientCredentials);
    let issued = client.request_token(&body).await.unwrap();
    assert_eq!(issued.token_type, Some(AccessTokenType::Bearer));
    assert_eq!((issued.expires_in, &issued.refresh_token), (Some(60), &None));
    // With a token, no such file.
    assert_eq!(open(issued.access_token.clone()).await, 404);
    assert_eq!(open("known".into()).await, 404);
    assert_eq!(open("unknown".into()).await, 401);
    emulator.set_clock_ahead(Duration::from_secs(60)).await;
    assert_eq!(open(issued.access_token).await, 401);

    let refusal = async |body: &TokenRequest| match client.request_token(body).await {
        Err(Error::Response { response, body: Some(error) }) => {
            assert_eq!(response.status(), 400);
            error.error.unwrap()
        }
        other => panic!("{other:?}"),
    };
    let mut refresh = request(TokenRequestGrantType::RefreshToken);
    refresh.refresh_token = Some("r".into());
    assert!(client.request_token(&refresh).await.unwrap().refresh_token.is_some());
    assert_eq!(refusal(&refresh).await, "invalid_grant");
    let nobody = TokenRequest::new(TokenRequestGrantType::ClientCredentials);
    assert_eq!(refusal(&nobody).await, "invalid_client");
    assert_eq!(refusal(&request("password".into())).await, "unsupported_grant_type");
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
    let client = client(&emulator);
    let address = emulator.address();
    create(&client, "a.bin", 1_000).await.unwrap();
    drop(emulator);
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(create(&client, "b.bin", 1_000).await.unwrap_err().response().is_none());
}
