//! Every JSON answer of an operation of the document is what the document says.

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
    openapi_crate::read(&input, &mut Diagnostics::default()).unwrap()
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

    /// What the document says of an answer to `template` with this status.
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

    fn check(&mut self, template: &str, method: &Method, answer: &Answer) {
        let status = answer.status.as_u16();
        let schema = self.schema(template, method, status);
        if answer.body.is_empty() {
            assert!(
                matches!(status, 202 | 204 | 401),
                "{method} {template}: {status} without a body"
            );
        } else {
            assert!(!schema.is_null(), "{method} {template}: {status} with a body");
            let (validator, value) = (self.validator(&schema), answer.json());
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
const SESSION: &str = "/files/upload_sessions/{upload_session_id}";

/// Asks, and checks the answer.
async fn ask(
    checker: &mut Checker,
    emulator: &Emulator,
    (method, template, id): (Method, &str, &str),
    headers: &[(&str, &str)],
    body: impl Into<bytes::Bytes>,
) -> Answer {
    let (path, query) =
        template.split_once('?').map_or((template, ""), |(path, query)| (path, query));
    let real = path.replace("{file_id}", id).replace("{upload_session_id}", id);
    let real = format!("/api/2.0{real}?{query}");
    let answer = send(&emulator.url(), method.as_str(), &real, headers, body).await;
    checker.check(path, &method, &answer);
    answer
}

#[tokio::test]
async fn answers_are_valid() {
    let emulator = small()
        .smallest_file(20)
        .largest_file(9_000)
        .rate_limit(38)
        .folder("11", "Read", Access::ReadOnly)
        .processing_delay(Duration::from_millis(200))
        .start()
        .await
        .unwrap();
    let mut all = Checker::new();
    let create = |folder: &str, size: u64, name: &str| {
        json!({ "folder_id": folder, "file_size": size, "file_name": name }).to_string()
    };
    let post = (Method::POST, SESSIONS, "");
    let content = bytes(1, 1_500);
    let session = ask(&mut all, &emulator, post.clone(), &[], create("0", 1_500, "a")).await.json();
    let id = session["id"].as_str().unwrap();
    for body in [
        create("0", 1_500, "a"),
        create("0", 1, "a"),
        create("0", 9_001, "a"),
        create("11", 1_500, "a"),
        create("12", 1_500, "a"),
        create("0", 1_500, "a/"),
        "{}".to_owned(),
        "[".to_owned(),
    ] {
        assert!(!ask(&mut all, &emulator, post.clone(), &[], body).await.status.is_success());
    }
    ask(&mut all, &emulator, post.clone(), &[("authorization", "")], "").await;

    let at = |method: Method, step: &'static str| (method, step, id);
    ask(&mut all, &emulator, at(Method::GET, SESSION), &[], "").await;
    let sha = digest(&content[..1_000]).to_string();
    let part = |range: &'static str| [("digest", &*sha), ("content-range", range)].map(|one| one);
    let mut parts = Vec::new();
    let put = at(Method::PUT, SESSION);
    let first = content.slice(..1_000);
    for (range, body, status) in [
        ("bytes 0-999/1500", first.clone(), 200),
        ("bytes 0-999/1500", first.clone(), 416),
        ("bytes 5-999/1500", first.clone(), 416),
        ("bytes", first.clone(), 400),
        ("bytes 1000-1499/1500", content.slice(1_000..), 400),
        ("bytes 0-999/1500", bytes(1, 3_000), 413),
    ] {
        let answer = ask(&mut all, &emulator, put.clone(), &part(range), body).await;
        assert_eq!(answer.status, status);
        if status == 200 {
            parts.push(answer.json()["part"].clone());
        }
    }
    let digest_of_last = digest(&content[1_000..]).to_string();
    let last = [("digest", &*digest_of_last), ("content-range", "bytes 1000-1499/1500")];
    let answer = ask(&mut all, &emulator, put, &last, content.slice(1_000..)).await;
    parts.push(answer.json()["part"].clone());
    for query in ["", "?offset=1&limit=1", "?offset=10001", "?limit=x"] {
        let template = format!("{SESSION}/parts{query}");
        ask(&mut all, &emulator, (Method::GET, &template, id), &[], "").await;
    }
    ask(&mut all, &emulator, at(Method::POST, concat_log()), &[], r#"{"event_type":"x"}"#).await;
    ask(&mut all, &emulator, at(Method::POST, concat_log()), &[], "{}").await;

    let commit = format!("{SESSION}/commit");
    let commit = (Method::POST, &*commit, id);
    let whole = digest(&content).to_string();
    let body = json!({ "parts": parts, "attributes": { "description": "x" } }).to_string();
    let headers = [("digest", &*whole)];
    let waits = ask(&mut all, &emulator, commit.clone(), &headers, body.clone()).await;
    assert_eq!(waits.status, 202);
    ask(&mut all, &emulator, post.clone(), &[], create("0", 1_600, "a")).await;
    ask(&mut all, &emulator, commit.clone(), &headers, r#"{"parts":[]}"#).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    ask(&mut all, &emulator, commit.clone(), &[("digest", &*sha)], body.clone()).await;
    let conditional = [headers[0], ("if-match", "9")];
    let refused = ask(&mut all, &emulator, commit.clone(), &conditional, body.clone()).await;
    assert_eq!(refused.status, 412);
    let done = ask(&mut all, &emulator, commit.clone(), &headers, body.clone()).await;
    assert_eq!(done.status, 201);
    let file = done.json()["entries"][0]["id"].as_str().unwrap().to_owned();
    ask(&mut all, &emulator, commit, &headers, body).await;
    ask(&mut all, &emulator, post.clone(), &[], create("0", 1_500, "A")).await;

    let version = (Method::POST, VERSIONS, &*file);
    let second =
        ask(&mut all, &emulator, version.clone(), &[], r#"{"file_size":1000}"#).await.json();
    for body in [r#"{"file_size":1000}"#, "{}", r#"{"folder_id":"0","file_size":1000}"#] {
        assert!(
            ask(&mut all, &emulator, version.clone(), &[], body).await.status.is_client_error()
        );
    }
    ask(&mut all, &emulator, (Method::POST, VERSIONS, "7"), &[], r#"{"file_size":1000}"#).await;
    let delete = (Method::DELETE, SESSION, second["id"].as_str().unwrap());
    ask(&mut all, &emulator, delete.clone(), &[("as-user", "2")], "").await;
    ask(&mut all, &emulator, delete.clone(), &[], "").await;
    ask(&mut all, &emulator, delete, &[], "").await;
    loop {
        let answer = ask(&mut all, &emulator, post.clone(), &[], "{}").await;
        if answer.status == 429 {
            break;
        }
    }
    assert!(all.checked > 38, "{}", all.checked);
}

fn concat_log() -> &'static str {
    "/files/upload_sessions/{upload_session_id}/log"
}
