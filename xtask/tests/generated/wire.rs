//! What each operation of an upload session sends, to the byte.

use box_upload_sessions::operations::{UploadFileForm, UploadFileVersionForm};
use box_upload_sessions::runtime::{ContentRange, DateTime, Digest};
use box_upload_sessions::types::{
    CommitUploadSessionBody, CreateFolderBody, CreateUploadSessionBody,
    CreateUploadSessionForVersionBody, FileAttributes, LogUploadEventBody, NewFile, NewFileVersion,
    ParentFolder, PreflightFileBody, PreflightVersionBody,
};
use box_upload_sessions::{Client, Error, SERVICE};
use serde_json::json;

use crate::fixtures::{FILES, ID, SESSION, TOKEN, UPLOADED_PART, client, part, run};
use crate::server::{CannedResponse, Server};

/// The one request that `call` sends, and what came of it.
pub(crate) fn exchange<C: IntoFuture>(
    response: CannedResponse,
    call: impl FnOnce(&Client) -> C,
) -> (String, C::Output) {
    let server = Server::start([response]);
    let outcome = run(call(&client(&server)));
    let requests = server.finish();
    assert_eq!(requests.len(), 1);
    (requests[0].to_string(), outcome)
}

/// `lines` with the headers that every request has among them, in the order of their names.
pub(crate) fn request(line: &str, headers: &[&str], body: &str) -> String {
    let agent = format!("user-agent: box-upload-sessions/{}", SERVICE.version);
    let authorization = format!("authorization: Bearer {TOKEN}");
    let mut all = vec!["accept: application/json", &authorization, "host: HOST", &agent];
    all.extend(headers);
    all.sort_unstable();
    format!("{line} HTTP/1.1\n{}\n\n{body}", all.join("\n"))
}

#[test]
fn create_upload_session() {
    let body = CreateUploadSessionBody::builder()
        .file_name("Über \"Project\".mov")
        .file_size(5_000_000_000)
        .folder_id("0");
    let response = CannedResponse::json(201, SESSION);
    let (sent, outcome) = exchange(response, |client| client.create_upload_session(&body));
    let body = r#"{"folder_id":"0","file_size":5000000000,"file_name":"Über \"Project\".mov"}"#;
    let headers = ["content-type: application/json", "content-length: 76"];
    assert_eq!(sent, request("POST /api/2.0/files/upload_sessions", &headers, body));
    let session = outcome.unwrap();
    assert_eq!((session.id.as_str(), session.part_size), (ID, 8_388_608));
    assert_eq!((session.total_parts, session.num_parts_processed), (Some(3), Some(0)));
}

#[test]
fn create_upload_session_for_version() {
    let mut body = CreateUploadSessionForVersionBody::new(20_971_520);
    let call = |client: &Client| client.create_upload_session_for_version("12345", &body);
    let (sent, outcome) = exchange(CannedResponse::json(201, SESSION), call);
    let headers = ["content-type: application/json", "content-length: 22"];
    let line = "POST /api/2.0/files/12345/upload_sessions";
    assert_eq!(sent, request(line, &headers, r#"{"file_size":20971520}"#));
    assert_eq!(outcome.unwrap().id, ID);

    body.file_name = Some("New.mov".to_owned());
    let call = |client: &Client| client.create_upload_session_for_version("12345", &body);
    let (sent, _) = exchange(CannedResponse::json(201, SESSION), call);
    let headers = ["content-type: application/json", "content-length: 44"];
    let body = r#"{"file_size":20971520,"file_name":"New.mov"}"#;
    assert_eq!(sent, request(line, &headers, body));
}

#[test]
fn get_upload_session() {
    let response = CannedResponse::json(200, SESSION);
    let (sent, outcome) = exchange(response, |client| client.get_upload_session(ID));
    let line = "GET /api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD";
    assert_eq!(sent, request(line, &[], ""));
    let session = outcome.unwrap();
    assert_eq!(session.session_expires_at.unwrap().to_string(), "2026-12-12T10:53:43-08:00");
    let endpoint =
        "https://upload.app.box.com/api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD";
    assert_eq!(session.session_endpoints.unwrap().upload_part.as_deref(), Some(endpoint));
}

#[test]
fn upload_part_sends_what_the_document_says() {
    let range = ContentRange::new(8_388_608, 8, 445_856_194).unwrap();
    let call = |client: &Client| {
        client.upload_part(
            ID,
            &range,
            &Digest::sha(&[0xfb; 20]),
            vec![0, 13, 10, 13, 10, 48, 255, 34],
        )
    };
    let (sent, outcome) = exchange(CannedResponse::json(200, UPLOADED_PART), call);
    let line = "PUT /api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD";
    let headers = [
        "content-length: 8",
        "content-range: bytes 8388608-8388615/445856194",
        "content-type: application/octet-stream",
        "digest: sha=+/v7+/v7+/v7+/v7+/v7+/v7+/s=",
    ];
    assert_eq!(sent, request(line, &headers, r#"\x00\r\n\r\n0\xff\""#));
    assert_eq!(outcome.unwrap().part, part());
}

#[test]
fn abort_upload_session() {
    let response = CannedResponse::new(204, &[], "");
    let (sent, outcome) = exchange(response, |client| client.abort_upload_session(ID));
    let line = "DELETE /api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD";
    assert_eq!(sent, request(line, &[], ""));
    outcome.unwrap();
}

#[test]
fn list_parts_sends_what_the_document_says() {
    let page = r#"{"total_count":3,"limit":2,"offset":1,"order":[{"by":"type","direction":"ASC"}],
        "entries":[{"part_id":"6F2D3486","offset":8388608,"size":8388608,
        "sha1":"7e94728397954257ad759a8429a165ab00572733"}]}"#;
    let (sent, outcome) = exchange(CannedResponse::json(200, page), |client| client.list_parts(ID));
    let line = "GET /api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD/parts";
    assert_eq!(sent, request(line, &[], ""));
    let parts = outcome.unwrap();
    assert_eq!((parts.total_count, parts.limit, parts.offset), (Some(3), Some(2), Some(1)));
    assert_eq!(parts.order, Some(json!([{"by": "type", "direction": "ASC"}])));
    assert_eq!(parts.entries, [part()]);

    let call = |client: &Client| client.list_parts(ID).limit(2).offset(7).offset(1);
    let (sent, _) = exchange(CannedResponse::json(200, page), call);
    assert_eq!(sent, request(&format!("{line}?limit=2&offset=1"), &[], ""));
}

#[test]
fn commit_upload_session() {
    let modified: DateTime = "2024-05-21T16:45:30+02:00".parse().unwrap();
    let attributes = FileAttributes::new()
        .content_modified_at(modified)
        .description("Final cut")
        .additional_properties([("colour".to_owned(), json!({"hue": 7}))]);
    let body = CommitUploadSessionBody::new([part()]).file_attributes(attributes);
    let digest: Digest = "sha=fpRyg5eVQletdZqEKaFlqwBXJzM=".parse().unwrap();
    let call = |client: &Client| {
        client.commit_upload_session(ID, &digest, &body).if_match("3").if_none_match("4")
    };
    let (sent, _) = exchange(CannedResponse::json(201, FILES), call);
    let line = "POST /api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD/commit";
    let body = [
        r#"{"parts":[{"part_id":"6F2D3486","offset":8388608,"size":8388608,"#,
        r#""sha1":"7e94728397954257ad759a8429a165ab00572733"}],"#,
        r#""attributes":{"content_modified_at":"2024-05-21T16:45:30+02:00","#,
        r#""description":"Final cut","colour":{"hue":7}}}"#,
    ];
    let body = body.concat();
    let headers = [
        &*format!("content-length: {}", body.len()),
        "content-type: application/json",
        "digest: sha=fpRyg5eVQletdZqEKaFlqwBXJzM=",
        "if-match: 3",
        "if-none-match: 4",
    ];
    assert_eq!(sent, request(line, &headers, &body));
}

#[test]
fn log_upload_event() {
    let body = LogUploadEventBody::new("part_upload_retry").event_info("attempt 2");
    let call = |client: &Client| client.log_upload_event(ID, &body);
    let (sent, outcome) = exchange(CannedResponse::new(204, &[], ""), call);
    let line = "POST /api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD/log";
    let headers = ["content-type: application/json", "content-length: 59"];
    let body = r#"{"event_type":"part_upload_retry","event_info":"attempt 2"}"#;
    assert_eq!(sent, request(line, &headers, body));
    outcome.unwrap();
}

/// `as-user` and `BoxApi` are declared for every operation that takes a token.
#[test]
fn every_operation_acts_for_another_user_and_through_a_shared_link() {
    macro_rules! check {
        ($($status:literal $body:expr, $client:ident => $call:expr;)+) => {$(
            let response = CannedResponse::new($status, &[], $body);
            let (sent, outcome) = exchange(response, |$client| {
                $call.as_user("11446498").box_api("shared_link=https://app.box.com/s/x")
            });
            outcome.unwrap();
            assert!(sent.contains("\nas-user: 11446498\n"), "{sent}");
            assert!(sent.contains("\nboxapi: shared_link=https://app.box.com/s/x\n"), "{sent}");
        )+};
    }
    let digest = Digest::sha(&[7; 20]);
    let range = ContentRange::new(0, 1, 1).unwrap();
    let new = CreateUploadSessionBody::builder().file_name("name").file_size(1).folder_id("0");
    let version = CreateUploadSessionForVersionBody::new(1);
    let commit = CommitUploadSessionBody::new([]);
    let event = LogUploadEventBody::new("event");
    let parent = ParentFolder::new("0");
    let file = NewFile::new("name", parent.clone());
    let next = NewFileVersion::new();
    let check = PreflightFileBody::new("name", parent.clone());
    let folder = CreateFolderBody::new("name", parent);
    check! {
        201 SESSION, client => client.create_upload_session(&new);
        201 SESSION, client => client.create_upload_session_for_version("1", &version);
        200 SESSION, client => client.get_upload_session(ID);
        200 UPLOADED_PART, client => client.upload_part(ID, &range, &digest, "x");
        204 "", client => client.abort_upload_session(ID);
        200 r#"{"entries":[]}"#, client => client.list_parts(ID);
        201 FILES, client => client.commit_upload_session(ID, &digest, &commit);
        204 "", client => client.log_upload_event(ID, &event);
        201 FILES, client => client.upload_file(UploadFileForm::new(&file, "x"));
        201 FILES, client => client.upload_file_version("1", UploadFileVersionForm::new(&next, "x"));
        200 "{}", client => client.preflight_file(&check);
        200 "{}", client => client.preflight_version("1", &PreflightVersionBody::new());
        200 r#"{"id":"1"}"#, client => client.get_file("1");
        201 r#"{"id":"1"}"#, client => client.create_folder(&folder);
    }
}

#[test]
fn headers_of_the_client_are_sent_unless_the_call_has_its_own() {
    let server =
        Server::start([CannedResponse::json(200, SESSION), CannedResponse::json(200, SESSION)]);
    let builder = Client::builder().base_url(server.url()).access_token(TOKEN);
    let builder = builder.default_header("As-User", "1").default_header("x-team", "films");
    let client = builder.user_agent("projector/2").build().unwrap();
    run(async {
        client.get_upload_session(ID).await.unwrap();
        let call = client.get_upload_session(ID).as_user("2");
        call.header("x-team", "music").header("Accept", "*/*").await.unwrap();
    });
    let sent = server.finish();
    let headers = |request: usize| {
        ["as-user", "x-team", "user-agent", "accept"]
            .map(|name| sent[request].header(name).unwrap())
    };
    assert_eq!(headers(0), ["1", "films", "projector/2", "application/json"]);
    assert_eq!(headers(1), ["2", "music", "projector/2", "*/*"]);
}

/// Every server's own path stays, behind the path of the base URL.
#[test]
fn base_url_redirects_every_server() {
    for (path, front) in [("", ""), ("/", ""), ("/proxy/box", "/proxy/box"), ("/proxy/", "/proxy")]
    {
        let server =
            Server::start([CannedResponse::json(201, SESSION), CannedResponse::json(200, SESSION)]);
        let builder = Client::builder().base_url(server.url() + path).access_token(TOKEN);
        let client = builder.box_upload_server("upload.app.box.com:8443").build().unwrap();
        run(async {
            let body =
                CreateUploadSessionBody::builder().file_name("name").file_size(1).folder_id("0");
            client.create_upload_session(&body).await.unwrap();
            client.get_upload_session("1").await.unwrap();
        });
        let lines: Vec<_> = server.finish().into_iter().map(|request| request.line).collect();
        let create = format!("POST {front}/api/2.0/files/upload_sessions HTTP/1.1");
        let get = format!("GET {front}/api/2.0/files/upload_sessions/1 HTTP/1.1");
        assert_eq!(lines, [create, get]);
    }
}

/// What would be another segment, a query or an escape stays one segment.
#[test]
fn a_path_parameter_is_one_segment() {
    let response = CannedResponse::json(200, SESSION);
    let call = |client: &Client| client.get_upload_session("a/b?c#d%20e f;é~.");
    let (sent, _) = exchange(response, call);
    let line = "GET /api/2.0/files/upload_sessions/a%2Fb%3Fc%23d%2520e%20f%3B%C3%A9~.";
    assert_eq!(sent, request(line, &[], ""));
}

#[test]
fn invalid_requests_are_not_sent() {
    let server = Server::start([]);
    let client = client(&server);
    let calls = [
        (client.get_upload_session(""), "empty"),
        (client.get_upload_session(".."), "`.` or `..`"),
        (client.get_upload_session("."), "`.` or `..`"),
        (client.get_upload_session(ID).as_user("1\r\nx-other: 2"), "`as-user`"),
        (client.get_upload_session(ID).header("no name", "x"), "`no name`"),
    ];
    for (call, what) in calls {
        match run(call).unwrap_err() {
            Error::Request(message) => assert!(message.contains(what), "{message}"),
            error => panic!("{error:?}"),
        }
    }
    assert_eq!(server.connections(), 0);
}
