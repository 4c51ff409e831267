//! Every JSON response is valid against the document.

use std::time::Duration;

use box_emulator::{Access, Emulator};
use http::Method;
use jsonschema::{Draft, Validator};
use openapi_crate::diagnostics::Diagnostics;
use openapi_crate::source::{Input, Source};
use serde_json::{Value, json};

use crate::client::*;

/// The document of the generated client, corrections included.
fn document() -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/");
    let source =
        |name: &str| Source::new(name, std::fs::read_to_string(format!("{folder}{name}")).unwrap());
    let mut input = Input::new(source("box-upload-sessions.yaml"));
    input.overlays.push(source("overlay.yaml"));
    openapi_crate::read_and_repair(&input, &mut Diagnostics::default()).unwrap()
}

/// OpenAPI 3.0's `nullable` is JSON Schema's type `null`, and its `discriminator`, `example` and
/// the like are nothing.
fn to_json_schema(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(to_json_schema),
        Value::Object(object) => {
            object.remove("example");
            object.values_mut().for_each(to_json_schema);
            if object.remove("nullable") == Some(json!(true)) {
                let mut rest = std::mem::take(object);
                // A list of values may leave out the null that `nullable` allows.
                rest.remove("default");
                object.insert("anyOf".to_owned(), json!([{ "type": "null" }, rest]));
            }
        }
        _ => {}
    }
}

struct Checker {
    document: Value,
    checked: usize,
}

impl Checker {
    fn new() -> Self {
        let mut document = document();
        to_json_schema(&mut document);
        Self { document, checked: 0 }
    }

    fn validator(&self, schema: &Value) -> Validator {
        let schema = json!({ "allOf": [schema], "components": self.document["components"] });
        jsonschema::options().with_draft(Draft::Draft4).build(&schema).unwrap()
    }

    /// The document's schema for responses to `template` with this status.
    fn schema(&self, template: &str, method: &Method, status: u16) -> Value {
        let responses =
            &self.document["paths"][template][method.as_str().to_lowercase()]["responses"];
        let range = format!("{}XX", status / 100);
        let names = [status.to_string(), range, "default".to_owned()];
        let mut found =
            names.iter().map(|name| &responses[name]).find(|one| !one.is_null()).unwrap();
        if let Some(pointer) = found["$ref"].as_str() {
            found = self.document.pointer(pointer.trim_start_matches('#')).unwrap();
        }
        found["content"]["application/json"]["schema"].clone()
    }

    fn check(&mut self, template: &str, method: &Method, response: &RawResponse) {
        let status = response.status.as_u16();
        let schema = self.schema(template, method, status);
        if response.body.is_empty() {
            assert!(
                matches!(status, 202 | 204 | 401) || template == REVOCATION,
                "{method} {template}: {status} without a body"
            );
        } else {
            assert!(!schema.is_null(), "{method} {template}: {status} with a body");
            let validator = self.validator(&schema);
            let value = response.json();
            let errors: Vec<_> = validator
                .iter_errors(&value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{method} {template} {status}: {errors:?} in {value}");
        }
        self.checked += 1;
    }
}

const SESSIONS: &str = "/files/upload_sessions";
const VERSIONS: &str = "/files/{file_id}/upload_sessions";
const TOKEN: &str = "/oauth2/token";
const REVOCATION: &str = "/oauth2/revoke";
const SESSION: &str = "/files/upload_sessions/{upload_session_id}";

/// Sends a request, and checks the response.
async fn ask(
    checker: &mut Checker,
    emulator: &Emulator,
    (method, template, id): (Method, &str, &str),
    headers: &[(&str, &str)],
    body: impl Into<bytes::Bytes>,
) -> RawResponse {
    let (path, query) =
        template.split_once('?').map_or((template, ""), |(path, query)| (path, query));
    let real = path.replace("{file_id}", id).replace("{upload_session_id}", id);
    let real = real.replace("{folder_id}", id);
    let base = if [TOKEN, REVOCATION].contains(&path) { "" } else { "/api/2.0" };
    let real = format!("{base}{real}?{query}");
    let response = send(&emulator.url(), method.as_str(), &real, headers, body).await;
    checker.check(path, &method, &response);
    response
}

async fn start() -> Emulator {
    let builder =
        small().smallest_file(20).largest_file(9_000).folder("11", "Read", Access::ReadOnly);
    builder.start().await.unwrap()
}

fn new_file(folder: &str, size: u64, name: &str) -> String {
    json!({ "folder_id": folder, "file_size": size, "file_name": name }).to_string()
}

const NEW: (Method, &str, &str) = (Method::POST, SESSIONS, "");

#[tokio::test]
async fn responses_to_creates_are_valid() {
    let emulator = start().await;
    let mut all = Checker::new();
    let file = upload(&client(&emulator), "taken", &bytes(1, 1_500)).await.unwrap().id;
    for (body, status) in [
        (new_file("0", 1_500, "a"), 201),
        (new_file("0", 1_500, "a"), 409),
        (new_file("0", 1_500, "taken"), 409),
        (new_file("0", 1, "a"), 400),
        (new_file("0", 9_001, "a"), 403),
        (new_file("11", 1_500, "a"), 403),
        (new_file("12", 1_500, "a"), 404),
        (new_file("0", 1_500, "a/"), 400),
        ("{}".to_owned(), 400),
        ("[".to_owned(), 400),
    ] {
        assert_eq!(ask(&mut all, &emulator, NEW, &[], body).await.status, status);
    }
    let nobody = [("authorization", "")];
    assert_eq!(ask(&mut all, &emulator, NEW, &nobody, "").await.status, 401);
    let version = (Method::POST, VERSIONS, &*file);
    for (body, status) in [
        (r#"{"file_size":1000}"#, 201),
        (r#"{"file_size":1000}"#, 409),
        ("{}", 400),
        (r#"{"folder_id":"0","file_size":1000}"#, 400),
    ] {
        assert_eq!(ask(&mut all, &emulator, version.clone(), &[], body).await.status, status);
    }
    let none = (Method::POST, VERSIONS, "7");
    assert_eq!(ask(&mut all, &emulator, none, &[], r#"{"file_size":1000}"#).await.status, 404);
    let limited = small().rate_limit(0).start().await.unwrap();
    assert_eq!(ask(&mut all, &limited, NEW, &[], "{}").await.status, 429);
    assert_eq!(all.checked, 17);
}

#[tokio::test]
async fn responses_within_a_session_are_valid() {
    let emulator = start().await;
    let mut all = Checker::new();
    let content = bytes(1, 1_500);
    let session = create(&client(&emulator), "a", 1_500).await.unwrap();
    let at = |method, template| (method, template, &*session.id);
    assert_eq!(ask(&mut all, &emulator, at(Method::GET, SESSION), &[], "").await.status, 200);
    let sha = digest(&content[..1_000]).to_string();
    let first = content.slice(..1_000);
    for (range, body, status) in [
        ("bytes 0-999/1500", first.clone(), 200),
        ("bytes 0-999/1500", first.clone(), 416),
        ("bytes 5-999/1500", first.clone(), 416),
        ("bytes", first.clone(), 400),
        ("bytes 1000-1499/1500", content.slice(1_000..), 400),
        ("bytes 0-999/1500", bytes(1, 3_000), 413),
    ] {
        let headers = [("digest", &*sha), ("content-range", range)];
        let response = ask(&mut all, &emulator, at(Method::PUT, SESSION), &headers, body).await;
        assert_eq!(response.status, status);
    }
    for (query, status) in
        [("", 200), ("?offset=1&limit=1", 200), ("?offset=10001", 400), ("?limit=x", 400)]
    {
        let template = format!("{SESSION}/parts{query}");
        let list = (Method::GET, &*template, &*session.id);
        let response = ask(&mut all, &emulator, list, &[], "").await;
        assert_eq!(response.status, status);
    }
    let log = format!("{SESSION}/log");
    for (body, status) in [(r#"{"event_type":"x"}"#, 204), ("{}", 400)] {
        let report = (Method::POST, &*log, &*session.id);
        let response = ask(&mut all, &emulator, report, &[], body).await;
        assert_eq!(response.status, status);
    }
    let plan = format!("{SESSION}/plan");
    let part =
        format!(r#"{{"parts":[{{"offset":0,"size":1000,"sha512":"{}"}}]}}"#, "0".repeat(128));
    for (body, status) in [(&*part, 200), ("{}", 400)] {
        let ask_plan = (Method::POST, &*plan, &*session.id);
        let response = ask(&mut all, &emulator, ask_plan, &[], body.to_owned()).await;
        assert_eq!(response.status, status);
    }
    let other = [("as-user", "2")];
    for (headers, status) in [(&other[..], 403), (&[], 204), (&[], 404)] {
        let response = ask(&mut all, &emulator, at(Method::DELETE, SESSION), headers, "").await;
        assert_eq!(response.status, status);
    }
    assert_eq!(all.checked, 18);
}

#[tokio::test]
async fn responses_to_commits_are_valid() {
    let delay = Duration::from_secs(60);
    let emulator = small().processing_delay(delay).start().await.unwrap();
    let mut all = Checker::new();
    let client = client(&emulator);
    let content = bytes(1, 1_500);
    let session = create(&client, "a", 1_500).await.unwrap();
    let parts = put_all(&client, &session, &content).await.unwrap();
    let template = format!("{SESSION}/commit");
    let commit = (Method::POST, &*template, &*session.id);
    let whole = digest(&content).to_string();
    let wrong = digest(b"").to_string();
    let headers = [("digest", &*whole)];
    let conditional = [headers[0], ("if-match", "9")];
    let body = json!({ "parts": parts, "attributes": { "description": "x" } }).to_string();
    let mut ask = async |headers: &[(&str, &str)], body: String| {
        ask(&mut all, &emulator, commit.clone(), headers, body).await.status.as_u16()
    };
    assert_eq!(ask(&headers, body.clone()).await, 202);
    assert_eq!(ask(&headers, r#"{"parts":[]}"#.to_owned()).await, 400);
    emulator.set_clock_ahead(delay).await;
    assert_eq!(ask(&[("digest", &wrong)], body.clone()).await, 400);
    assert_eq!(ask(&conditional, body.clone()).await, 412);
    assert_eq!(ask(&headers, body.clone()).await, 201);
    assert_eq!(ask(&headers, body).await, 404);
    assert_eq!(all.checked, 6);
}

/// A direct upload, and what its form is.
fn form(attributes: &str) -> ([(&'static str, &'static str); 1], String) {
    let head =
        |name: &str| format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
    let body = format!("{}{attributes}\r\n{}Hello\r\n--XX--\r\n", head("attributes"), head("file"));
    ([("content-type", "multipart/form-data; boundary=XX")], body)
}

#[tokio::test]
async fn responses_to_uploads_in_one_request_are_valid() {
    let emulator = start().await;
    let mut all = Checker::new();
    let mut ids = Vec::new();
    for (attributes, status) in [
        (r#"{"name":"a","parent":{"id":"0"}}"#, 201),
        (r#"{"name":"a","parent":{"id":"0"}}"#, 409),
        (r#"{"name":"a","parent":{"id":"11"}}"#, 403),
        (r#"{"name":"a","parent":{"id":"12"}}"#, 404),
        (r#"{"name":"a/","parent":{"id":"0"}}"#, 400),
    ] {
        let (kind, body) = form(attributes);
        let upload = (Method::POST, "/files/content", "");
        let response = ask(&mut all, &emulator, upload, &kind, body).await;
        assert_eq!(response.status, status);
        ids.push(response.json()["entries"][0]["id"].as_str().unwrap_or_default().to_owned());
    }
    let taken = upload(&client(&emulator), "taken", &bytes(1, 1_500)).await.unwrap().id;
    for (id, headers, attributes, status) in [
        (&*ids[0], ("if-match", "0"), "{}", 200),
        (&*ids[0], ("if-match", "0"), "{}", 412),
        (&*taken, ("x", "y"), r#"{"name":"a"}"#, 409),
        ("7", ("x", "y"), "{}", 404),
        (&*taken, ("x", "y"), "[", 400),
    ] {
        let (kind, body) = form(attributes);
        let version = (Method::POST, "/files/{file_id}/content", id);
        let response = ask(&mut all, &emulator, version, &[kind[0], headers], body).await;
        assert_eq!(response.status, status);
    }
    for (id, headers, status) in
        [(&*taken, ("x", "y"), 200), ("7", ("x", "y"), 404), ("7", ("authorization", ""), 401)]
    {
        let get = (Method::GET, "/files/{file_id}", id);
        assert_eq!(ask(&mut all, &emulator, get, &[headers], "").await.status, status);
    }
    assert_eq!(all.checked, 13);
}

#[tokio::test]
async fn responses_to_deletions_are_valid() {
    const FILE: &str = "/files/{file_id}";
    const FOLDER: &str = "/folders/{folder_id}";
    let emulator = start().await;
    let mut all = Checker::new();
    let file = upload(&client(&emulator), "a", &bytes(1, 1_500)).await.unwrap().id;
    let mut create = async |parent: &str| {
        let body = json!({ "name": "b", "parent": { "id": parent } }).to_string();
        let response = ask(&mut all, &emulator, (Method::POST, "/folders", ""), &[], body).await;
        response.json()["id"].as_str().unwrap().to_owned()
    };
    let outer = create("0").await;
    let inner = create(&outer).await;
    for (template, id, headers, status) in [
        (FILE, &*file, ("if-match", "9"), 412),
        (FILE, &*file, ("authorization", ""), 401),
        (FILE, &*file, ("x", "y"), 204),
        (FILE, &*file, ("x", "y"), 404),
        (FOLDER, &*outer, ("x", "y"), 400),
        ("/folders/{folder_id}?recursive=yes", &*outer, ("x", "y"), 400),
        (FOLDER, &*inner, ("if-match", "1"), 412),
        (FOLDER, &*inner, ("if-match", "0"), 204),
        ("/folders/{folder_id}?recursive=true", &*outer, ("x", "y"), 204),
        (FOLDER, &*outer, ("x", "y"), 404),
        (FOLDER, "0", ("x", "y"), 403),
        (FOLDER, "11", ("x", "y"), 403),
    ] {
        let delete = (Method::DELETE, template, id);
        let response = ask(&mut all, &emulator, delete, &[headers], "").await;
        assert_eq!(response.status, status, "{template} {headers:?}");
    }
    assert_eq!(all.checked, 14);
}

#[tokio::test]
async fn responses_to_checks_folders_and_tokens_are_valid() {
    let emulator = start().await;
    let mut all = Checker::new();
    let taken = upload(&client(&emulator), "taken", &bytes(1, 1_500)).await.unwrap().id;
    let item = |name: &str, parent: &str| {
        json!({ "name": name, "size": 1_500, "parent": { "id": parent } }).to_string()
    };
    for (method, template, id, body, status) in [
        (Method::OPTIONS, "/files/content", "", item("a", "0"), 200),
        (Method::OPTIONS, "/files/content", "", item("taken", "0"), 409),
        (Method::OPTIONS, "/files/content", "", item("a", "11"), 403),
        (Method::OPTIONS, "/files/content", "", item("a", "12"), 404),
        (Method::OPTIONS, "/files/content", "", item("a/", "0"), 400),
        (Method::OPTIONS, "/files/{file_id}/content", &*taken, "{}".to_owned(), 200),
        (Method::OPTIONS, "/files/{file_id}/content", "7", "{}".to_owned(), 404),
        (Method::POST, "/folders", "", item("Films", "0"), 201),
        (Method::POST, "/folders", "", item("Films", "0"), 409),
        (Method::POST, "/folders", "", item("Films", "11"), 403),
        (Method::POST, "/folders", "", item("Films", "12"), 404),
        (Method::POST, "/folders", "", item("Films/", "0"), 400),
        (Method::GET, "/folders/{folder_id}/items", "0", String::new(), 200),
        (Method::GET, "/folders/{folder_id}/items?usemarker=true&limit=1", "0", String::new(), 200),
        (Method::GET, "/folders/{folder_id}/items", "99", String::new(), 404),
        (Method::GET, "/users/me", "", String::new(), 200),
    ] {
        let response = ask(&mut all, &emulator, (method, template, id), &[], body).await;
        assert_eq!(response.status, status, "{template}");
    }
    let credentials = "grant_type=client_credentials&client_id=a&client_secret=b";
    for (body, status) in [(credentials, 200), ("grant_type=client_credentials", 400)] {
        let token = (Method::POST, TOKEN, "");
        assert_eq!(ask(&mut all, &emulator, token, &[], body).await.status, status);
    }
    for (body, status) in [("client_id=a&client_secret=b&token=c", 200), ("token=c", 400)] {
        let token = (Method::POST, REVOCATION, "");
        assert_eq!(ask(&mut all, &emulator, token, &[], body).await.status, status);
    }
    assert_eq!(all.checked, 20);
}
