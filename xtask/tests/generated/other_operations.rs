//! Requests, byte for byte, and outcomes of the operations other than upload sessions.

use std::fmt::Debug;

use box_upload_sessions::operations::{UploadFileForm, UploadFileVersionForm};
use box_upload_sessions::runtime::{Part, Secret};
use box_upload_sessions::types::{
    ClientErrorCode, Conflicts, CreateFolderBody, NewFile, NewFileVersion, Oauth2Error,
    ParentFolder, PreflightFileBody, PreflightVersionBody, TokenRequest,
    TokenRequestBoxSubjectType, TokenRequestGrantType,
};
use box_upload_sessions::{Body, Client, Error};
use serde_json::{json, to_value};

use crate::fixtures::{FILES, TOKEN, client, run};
use crate::part_body::Chunks;
use crate::server::{CannedResponse, Server};
use crate::tokens::Provider;
use crate::transport::Recorder;
use crate::wire::{exchange, request};

const SHA1: &str = "85136c79cbf9fe36bb9d05d0639c70c265c18d37";

/// The request, with the random boundary of its parts replaced by BOUNDARY.
fn without_boundary(sent: &str) -> String {
    let (_, rest) = sent.split_once("boundary=").unwrap();
    let boundary = rest.lines().next().unwrap();
    assert_eq!(boundary.len(), 32, "{boundary}");
    sent.replace(boundary, "BOUNDARY")
}

/// A form of these parts, each with its head, as the server shows it.
fn form(parts: &[(&str, &str)]) -> (Vec<String>, String) {
    let part = |(head, body): &(&str, &str)| format!("--BOUNDARY\r\n{head}\r\n\r\n{body}\r\n");
    let body = parts.iter().map(part).collect::<String>() + "--BOUNDARY--\r\n";
    let length = body.len() + (parts.len() + 1) * (32 - "BOUNDARY".len());
    let headers = vec![
        format!("content-length: {length}"),
        "content-type: multipart/form-data; boundary=BOUNDARY".to_owned(),
    ];
    (headers, body.as_bytes().escape_ascii().to_string())
}

const ATTRIBUTES: &str =
    "Content-Disposition: form-data; name=\"attributes\"\r\nContent-Type: application/json";
const FILE: &str = "Content-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n\
    Content-Type: application/octet-stream";

#[test]
fn upload_file_sends_what_the_document_says() {
    let mut attributes = NewFile::new("Project.mov", ParentFolder::new("59449484661"));
    attributes.content_modified_at = Some("2024-05-21T16:45:30+02:00".parse().unwrap());
    let call = |client: &Client| client.upload_file(UploadFileForm::new(&attributes, "12345678"));
    let (sent, outcome) = exchange(CannedResponse::json(201, FILES), call);
    let described = r#"{"name":"Project.mov","parent":{"id":"59449484661"},"content_modified_at":"2024-05-21T16:45:30+02:00"}"#;
    let (headers, body) = form(&[(ATTRIBUTES, described), (FILE, "12345678")]);
    let headers: Vec<_> = headers.iter().map(String::as_str).collect();
    let expected = request("POST /api/2.0/files/content", &headers, &body);
    assert_eq!(without_boundary(&sent), expected);
    let files = outcome.unwrap();
    assert_eq!((files.entries.len(), files.entries[0].sha1.as_deref()), (1, Some(SHA1)));
}

/// What a file is called elsewhere, and what it is, may be said, too.
#[test]
fn upload_file_version_sends_what_the_document_says() {
    let file = || Part::new("x").file_name("a.txt").content_type("text/plain");
    let mut attributes = NewFileVersion::new();
    attributes.name = Some("New.mov".to_owned());
    let call = |client: &Client| {
        let form = UploadFileVersionForm::new(&attributes, file());
        let call = client.upload_file_version("12345", form).if_match("3").content_md5(SHA1);
        call.fields(&["sha1", "size"])
    };
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain";
    let (headers, body) = form(&[(ATTRIBUTES, r#"{"name":"New.mov"}"#), (head, "x")]);
    let md5 = format!("content-md5: {SHA1}");
    let mut headers: Vec<_> = headers.iter().map(String::as_str).collect();
    headers.extend(["if-match: 3", &md5]);
    let expected = request("POST /api/2.0/files/12345/content?fields=sha1,size", &headers, &body);
    // The document says 200, a new file's upload responds with 201.
    for status in [200, 201] {
        let (sent, outcome) = exchange(CannedResponse::json(status, FILES), call);
        assert_eq!(without_boundary(&sent), expected);
        assert_eq!(outcome.unwrap().entries[0].id, "12345");
    }
}

/// The server insists on a Content-Length, which a stream of known length has.
#[test]
fn a_file_may_be_a_stream() {
    let body = Body::stream(8, Chunks::new(["1234", "5678"]));
    let attributes = NewFile::new("a", ParentFolder::new("0"));
    let call = |client: &Client| client.upload_file(UploadFileForm::new(&attributes, body));
    let (sent, outcome) = exchange(CannedResponse::json(201, FILES), call);
    outcome.unwrap();
    assert!(sent.contains("octet-stream\\r\\n\\r\\n12345678\\r\\n--"), "{sent}");
}

#[test]
fn preflight_file_sends_what_the_document_says() {
    let parent = ParentFolder::new("0");
    let body = PreflightFileBody::new("Project.mov", parent).size(5_000_000_000);
    let response = r#"{"upload_url":"https://upload.app.box.com/api/2.0/files/content","upload_token":"hush"}"#;
    let call = |client: &Client| client.preflight_file(&body);
    let (sent, outcome) = exchange(CannedResponse::json(200, response), call);
    let body = r#"{"name":"Project.mov","parent":{"id":"0"},"size":5000000000}"#;
    let headers = ["content-type: application/json", "content-length: 60"];
    assert_eq!(sent, request("OPTIONS /2.0/files/content", &headers, body));
    let url = outcome.unwrap();
    assert!(!format!("{url:?}").contains("hush"));
    assert_eq!(url.upload_token, Some(Secret::from("hush")));
    assert_eq!(url.upload_url.as_deref(), Some("https://upload.app.box.com/api/2.0/files/content"));
}

#[test]
fn preflight_version_sends_what_the_document_says() {
    let body = PreflightVersionBody::new().size(20_971_520);
    let call = |client: &Client| client.preflight_version("12345", &body);
    let (sent, outcome) = exchange(CannedResponse::json(200, "{}"), call);
    let headers = ["content-type: application/json", "content-length: 17"];
    let line = "OPTIONS /2.0/files/12345/content";
    assert_eq!(sent, request(line, &headers, r#"{"size":20971520}"#));
    assert_eq!(outcome.unwrap().upload_url, None);
}

#[test]
fn get_file_sends_what_the_document_says() {
    let file =
        json!({"type": "file", "id": "12345", "etag": "3", "sha1": SHA1, "size": 20_971_520});
    let response = CannedResponse::json(200, &file.to_string());
    let call = |client: &Client| client.get_file("12345").fields(&["sha1", "size"]);
    let (sent, outcome) = exchange(response, call);
    assert_eq!(sent, request("GET /2.0/files/12345?fields=sha1,size", &[], ""));
    assert_eq!(to_value(outcome.unwrap()).unwrap(), file);
}

/// Further members of the folder do no harm.
#[test]
fn create_folder_sends_what_the_document_says() {
    let body = CreateFolderBody::new("Films", ParentFolder::new("0"));
    let response = r#"{"type":"folder","id":"59449484661","name":"Films","size":0,
        "item_collection":{"entries":[]},"permissions":null}"#;
    let call = |client: &Client| client.create_folder(&body);
    let (sent, outcome) = exchange(CannedResponse::json(201, response), call);
    let body = r#"{"name":"Films","parent":{"id":"0"}}"#;
    let headers = ["content-type: application/json", "content-length: 36"];
    assert_eq!(sent, request("POST /2.0/folders", &headers, body));
    let folder = outcome.unwrap();
    assert_eq!((folder.id.as_str(), folder.name.as_deref()), ("59449484661", Some("Films")));
}

/// The conflicts of a folder are a list.
#[test]
fn the_folder_is_there() {
    let body = CreateFolderBody::new("Films", ParentFolder::new("0"));
    let conflict = json!({"type": "folder", "id": "59449484661", "etag": "0", "name": "Films"});
    let response = json!({"type": "error", "status": 409, "code": "item_name_in_use",
        "context_info": {"conflicts": [conflict]}});
    let call = |client: &Client| client.create_folder(&body);
    let (_, outcome) = exchange(CannedResponse::json(409, &response.to_string()), call);
    let Err(Error::Response { body: Some(error), .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.code, Some(ClientErrorCode::ItemNameInUse));
    let Some(Conflicts::List(conflicts)) = error.context_info.unwrap().conflicts else {
        panic!("no list");
    };
    assert_eq!(conflicts[0].id.as_deref(), Some("59449484661"));
}

fn credentials() -> TokenRequest {
    TokenRequest::new(TokenRequestGrantType::ClientCredentials)
        .client_id("ly1nj6n11v")
        .client_secret("hush &=+/é")
        .box_subject_type(TokenRequestBoxSubjectType::User)
        .box_subject_id("11446498")
}

/// How a value looks in a log, and that no secret is in there.
fn shown(value: &impl Debug) -> String {
    let text = format!("{value:?} {value:#?}");
    assert!(!text.contains("hush"), "{text}");
    text
}

/// This request obtains a token, so it carries none and asks no provider.
#[test]
fn request_token_sends_what_the_document_says() {
    let response = r#"{"access_token":"hush1","expires_in":3600,"token_type":"bearer",
        "restricted_to":[],"refresh_token":"hush2"}"#;
    let server = Server::start([CannedResponse::json(200, response)]);
    let (provider, asked) = Provider::credential([TOKEN]);
    let client = Client::builder().base_url(server.url()).access_token(provider);
    let client = client.build().unwrap();
    let body = credentials();
    let call = client.request_token(&body);
    assert!(shown(&(&body, &call)).contains("ly1nj6n11v"));
    let token = run(call).unwrap();
    assert!(asked.lock().unwrap().is_empty());
    let sent = server.finish();
    assert_eq!((sent.len(), sent[0].header("authorization")), (1, None));
    assert_eq!(sent[0].line, "POST /oauth2/token HTTP/1.1");
    assert_eq!(sent[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    let form = "grant_type=client_credentials&client_id=ly1nj6n11v\
        &client_secret=hush%20%26%3D%2B%2F%C3%A9&box_subject_type=user&box_subject_id=11446498";
    assert_eq!(sent[0].body, form.as_bytes());
    shown(&token);
    assert_eq!((token.access_token.expose(), token.expires_in), ("hush1", Some(3600)));
    assert_eq!(token.refresh_token.unwrap().expose(), "hush2");
}

#[test]
fn a_refused_token_request_shows_no_secret() {
    let refusal =
        r#"{"error":"invalid_grant","error_description":"Grant credentials are invalid"}"#;
    let server = Server::start([
        CannedResponse::json(400, refusal),
        CannedResponse::json(200, r#"{"access_token":["hush"]}"#),
        CannedResponse::json(200, r#"{"refresh_token":"hush"}"#),
    ]);
    let client = client(&server);
    let error = run(client.request_token(&credentials())).unwrap_err();
    let Error::Response { body: Some(typed), .. } = &error else { panic!("{error:?}") };
    let mut expected = Oauth2Error::new();
    expected.error = Some("invalid_grant".to_owned());
    expected.error_description = Some("Grant credentials are invalid".to_owned());
    assert_eq!(**typed, expected);
    assert!(error.to_string().contains("invalid_grant"), "{error}");
    for _ in 0..2 {
        let error = run(client.request_token(&credentials())).unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{error:?}");
        assert!(!shown(&error).is_empty() && !error.to_string().contains("hush"));
    }
    assert_eq!(server.finish().len(), 3);
}

/// Without a base URL, each operation goes to the server that Box has for it.
#[test]
fn every_operation_goes_to_its_own_host() {
    let transport = Recorder::new([(400, ""); 7]);
    let client = Client::builder().transport(transport.clone()).build().unwrap();
    let parent = || ParentFolder::new("0");
    let file = UploadFileForm::new(&NewFile::new("a", parent()), "x");
    let version = UploadFileVersionForm::new(&NewFileVersion::new(), "x");
    run(async {
        drop(client.upload_file(file).await);
        drop(client.upload_file_version("1", version).await);
        drop(client.preflight_file(&PreflightFileBody::new("a", parent())).await);
        drop(client.preflight_version("1", &PreflightVersionBody::new()).await);
        drop(client.get_file("1").await);
        drop(client.create_folder(&CreateFolderBody::new("a", parent())).await);
        drop(client.request_token(&credentials()).await);
    });
    let sent = transport.requests();
    let sent = sent.iter().map(|request| format!("{} {}", request.method(), request.uri()));
    let expected = [
        "POST https://upload.box.com/api/2.0/files/content",
        "POST https://upload.box.com/api/2.0/files/1/content",
        "OPTIONS https://api.box.com/2.0/files/content",
        "OPTIONS https://api.box.com/2.0/files/1/content",
        "GET https://api.box.com/2.0/files/1",
        "POST https://api.box.com/2.0/folders",
        "POST https://api.box.com/oauth2/token",
    ];
    assert_eq!(sent.collect::<Vec<_>>(), expected);
}
