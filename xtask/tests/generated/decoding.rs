//! What a service may change without breaking its clients.

use std::time::{SystemTime, UNIX_EPOCH};

use box_upload_sessions::Error;
use box_upload_sessions::operations::{
    CommitUploadSession, CommitUploadSessionOutcome, GetUploadSession, ListParts,
};
use box_upload_sessions::types::{
    ClientError, ClientErrorCode, FileAttributes, FileBaseType, FileFull, FileItemStatus,
    FileSharedLink, MetadataFull, Parts, UploadSession, UploadSessionType,
};
use bytes::Bytes;
use http::Response;
use serde_json::{Value, from_str, from_value, json, to_value};

use crate::fixtures::SESSION;

fn canned(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder().status(status).body(body.into()).unwrap()
}

fn session(change: impl FnOnce(&mut Value)) -> Result<UploadSession, Error<ClientError>> {
    let mut value = from_str(SESSION).unwrap();
    change(&mut value);
    GetUploadSession::decode(canned(200, value.to_string()))
}

/// The typed body of an error.
fn client_error(body: &str) -> Option<Box<ClientError>> {
    match GetUploadSession::decode(canned(409, body.to_owned())).unwrap_err() {
        Error::Response { body: error, .. } => error,
        error => panic!("{error:?}"),
    }
}

/// A file as in the response to a commit.
fn file(text: &str) -> FileFull {
    let body = format!(r#"{{"entries":[{text}]}}"#);
    match CommitUploadSession::decode(canned(201, body)).unwrap() {
        CommitUploadSessionOutcome::Created(mut files) => files.entries.remove(0),
        outcome => panic!("{outcome:?}"),
    }
}

fn parts(text: &str) -> Parts {
    ListParts::decode(canned(200, text.to_owned())).unwrap()
}

#[test]
fn an_unknown_error_code_is_kept() {
    let error = client_error(r#"{"code":"brand_new","message":"?"}"#).unwrap();
    let code = error.code.clone().unwrap();
    assert_eq!(code, ClientErrorCode::Other("brand_new".to_owned()));
    assert_eq!((code.as_str(), code.to_string().as_str()), ("brand_new", "brand_new"));
    assert_eq!(to_value(&error).unwrap(), json!({"code": "brand_new", "message": "?"}));
    assert_eq!(ClientErrorCode::from("bad_digest"), ClientErrorCode::BadDigest);
}

#[test]
fn an_unknown_type_is_kept() {
    let file = file(r#"{"type":"canvas","id":"1","item_status":"frozen"}"#);
    assert_eq!(file.r#type, FileBaseType::Other("canvas".to_owned()));
    assert_eq!(file.item_status, Some(FileItemStatus::Other("frozen".to_owned())));
    let encoded = to_value(&file).unwrap();
    assert_eq!(encoded, json!({"type": "canvas", "id": "1", "item_status": "frozen"}));
    let session = session(|session| session["type"] = json!("upload_session_2")).unwrap();
    assert_eq!(session.r#type, UploadSessionType::Other("upload_session_2".to_owned()));
}

/// A `type` of one value need not be sent, and is always written.
#[test]
fn a_constant_may_be_missing() {
    for change in [
        |session: &mut Value| session["type"] = Value::Null,
        |session: &mut Value| {
            session.as_object_mut().unwrap().remove("type");
        },
    ] {
        let session = session(change).unwrap();
        assert_eq!(session.r#type, UploadSessionType::UploadSession);
        assert_eq!(to_value(&session).unwrap()["type"], "upload_session");
    }
}

#[test]
fn incomplete_responses_are_read() {
    let session: UploadSession = from_str(r#"{"id":"1","part_size":8388608}"#).unwrap();
    assert_eq!((session.id.as_str(), session.part_size), ("1", 8_388_608));
    assert_eq!((session.total_parts, session.session_endpoints), (None, None));
    let text = r#"{"id":"1","part_size":1,"total_parts":3000000000,
        "num_parts_processed":3000000000,"session_endpoints":{"upload_part":"https://x.box.com"}}"#;
    let session: UploadSession = from_str(text).unwrap();
    let counts = (session.total_parts, session.num_parts_processed);
    assert_eq!(counts, (Some(3_000_000_000), Some(3_000_000_000)));
    let endpoints = session.session_endpoints.unwrap();
    assert_eq!(endpoints.upload_part.as_deref(), Some("https://x.box.com"));
    assert_eq!((endpoints.commit, endpoints.status), (None, None));
    let parts = parts(r#"{"entries":[{"part_id":"a","offset":0,"size":1}]}"#);
    assert_eq!((parts.total_count, parts.entries[0].sha1.as_deref()), (None, None));
    let file = file(r#"{"id":"1","shared_link":{},"permissions":{},"path_collection":{}}"#);
    assert_eq!(file.shared_link.unwrap().url, None);
    assert_eq!(file.permissions.unwrap().can_upload, None);
    assert_eq!(file.path_collection.unwrap().entries, None);
}

#[test]
fn new_members_are_ignored() {
    let known = session(|_| ()).unwrap();
    let changed = session(|session| {
        session["brand_new"] = json!({"a": [1, {"b": null}], "id": "nested"});
        session["session_endpoints"]["brand_new"] = json!("https://example.com");
    });
    assert_eq!(changed.unwrap(), known);
    let parts = parts(
        r#"{"new":[[]],"entries":[{"new":1.5e-7,"part_id":"a","offset":0,"size":1,"sha1":"b"}]}"#,
    );
    assert_eq!(parts.entries[0].part_id, "a");
}

/// Where the document declares `additionalProperties`, of any type.
#[test]
fn new_members_are_kept_where_the_document_says_so() {
    let error = json!({
        "code": "bad_request",
        "context_info": {
            "errors": [{"reason": "invalid_parameter", "name": "file_size", "at": 1.5}],
            "brand_new": null,
        },
    });
    let decoded = client_error(&error.to_string()).unwrap();
    let context = decoded.context_info.as_ref().unwrap();
    let names: Vec<_> = context.additional_properties.keys().collect();
    assert_eq!(names, ["brand_new", "errors"]);
    assert_eq!(to_value(&decoded).unwrap(), error);

    let attributes = json!({"description": "x", "colour": {"hue": 7}});
    let decoded: FileAttributes = from_value(attributes.clone()).unwrap();
    assert_eq!(decoded.description.as_deref(), Some("x"));
    assert_eq!(decoded.additional_properties["colour"], json!({"hue": 7}));
    assert_eq!(to_value(&decoded).unwrap(), attributes);

    let metadata = json!({"$type": "properties", "$version": 1, "name": "Aaron", "tags": ["a"]});
    let decoded: MetadataFull = from_value(metadata.clone()).unwrap();
    assert_eq!(decoded.r#type.as_deref(), Some("properties"));
    assert_eq!(decoded.additional_properties.len(), 2);
    assert_eq!(to_value(&decoded).unwrap(), metadata);
}

#[test]
fn null_is_absence() {
    let error = json!({
        "type": null, "status": null, "code": null, "message": null, "context_info": null,
        "help_url": null, "request_id": null,
    });
    assert_eq!(*client_error(&error.to_string()).unwrap(), ClientError::default());
    let error = client_error(r#"{"context_info":{"conflicts":null,"session":null}}"#).unwrap();
    let context = error.context_info.unwrap();
    assert_eq!((context.conflicts, context.session), (None, None));

    let bare = file(r#"{"id":"1"}"#);
    let nulls = file(
        r#"{"id":"1","etag":null,"sequence_id":null,"name":null,"size":null,"parent":null,
        "path_collection":null,"created_at":null,"created_by":null,"shared_link":null,"lock":null,
        "permissions":null,"tags":null,"metadata":null,"item_status":null,"type":null}"#,
    );
    assert_eq!(nulls, bare);
    assert_eq!(to_value(&nulls).unwrap(), json!({"id": "1", "type": "file"}));

    let parts =
        parts(r#"{"total_count":null,"limit":null,"offset":null,"order":null,"entries":[]}"#);
    assert_eq!((parts.total_count, parts.limit, parts.offset), (None, None, None));
    assert_eq!(parts.order, None);
    let session = session(|session| session["session_endpoints"]["log_event"] = Value::Null);
    assert_eq!(session.unwrap().session_endpoints.unwrap().log_event, None);
}

/// Box has written sizes of 500 GB; where the document gives no format, any integer may come.
#[test]
fn integers_past_32_bits() {
    let file = file(r#"{"id":"1","size":5497558138880,"comment_count":4294967296}"#);
    assert_eq!((file.size, file.comment_count), (Some(5_497_558_138_880), Some(4_294_967_296)));
    let link: FileSharedLink = from_value(json!({
        "url": "https://www.box.com/s/x", "effective_access": "open",
        "effective_permission": "can_edit", "is_password_enabled": false,
        "download_count": u64::MAX, "preview_count": 3_000_000_000_u32,
    }))
    .unwrap();
    assert_eq!((link.download_count, link.preview_count), (Some(u64::MAX), Some(3_000_000_000)));
    let metadata: MetadataFull = from_value(json!({"$version": 8_589_934_592_u64})).unwrap();
    assert_eq!(metadata.version, Some(8_589_934_592));
    let parts = parts(
        r#"{"total_count":4294967297,"entries":[
        {"part_id":"a","offset":1099511627776,"size":4294967296,"sha1":"b"}]}"#,
    );
    assert_eq!(parts.total_count, Some(4_294_967_297));
    let part = &parts.entries[0];
    assert_eq!((part.offset, part.size), (1_099_511_627_776, 4_294_967_296));
}

/// Some services write large integers with an exponent or a fraction of zero.
#[test]
fn integers_with_an_exponent_or_a_fraction() {
    let cases = [
        ("1.073741824E10", 10_737_418_240),
        ("5.7e10", 57_000_000_000),
        ("5.7e+10", 57_000_000_000),
        ("8388608.0", 8_388_608),
        ("83886080e-1", 8_388_608),
        ("8388608.000e0", 8_388_608),
        ("0.0", 0),
        ("18.446744073709551615e18", u64::MAX),
    ];
    for (text, size) in cases {
        let file = file(&format!(r#"{{"id":"1.0","name":"\"2.0e1","size":{text}}}"#));
        assert_eq!(file.size, Some(size), "{text}");
        assert_eq!((file.id.as_str(), file.name.as_deref()), ("1.0", Some("\"2.0e1")), "{text}");
        let part = format!(r#"{{"part_id":"a","offset":{text},"size":{text},"sha1":"1e1"}}"#);
        let parts = parts(&format!(r#"{{"limit":1.0e3,"entries":[{part},{part}]}}"#));
        assert_eq!((parts.limit, parts.entries[1].offset), (Some(1000), size), "{text}");
        assert_eq!(parts.entries[1].sha1.as_deref(), Some("1e1"));
        let error = client_error(&format!(r#"{{"code":"bad_digest","status":4.09e2,"x":{text}}}"#));
        assert_eq!(error.unwrap().status, Some(409));
    }
}

/// Values that are not integers, or are too large, are errors.
#[test]
fn anything_but_an_integer_is_refused() {
    for text in ["1.5", "15e-1", "1e30", "-1", "1.9e19", "1e99999999999", "\"1\"", "true", "{}"] {
        let body = format!(r#"{{"limit":{text},"entries":[]}}"#);
        let error = ListParts::decode(canned(200, body)).unwrap_err();
        let Error::Decode { path, .. } = error else { panic!("{text}: {error:?}") };
        assert_eq!(path, "limit", "{text}");
    }
}

/// Through lists, and through a union, which is decoded from a buffer.
#[test]
fn a_mistake_has_a_path() {
    let part = r#"{"part_id":"a","offset":0,"size":1,"sha1":"b"}"#;
    let body = format!(r#"{{"entries":[{part},{{"part_id":"[{{","size":"x"}}]}}"#);
    let Err(Error::Decode { path, .. }) = ListParts::decode(canned(200, body)) else { panic!() };
    assert_eq!(path, "entries[1].size");
    let object = r#"{"type":"folder","id":"1","name":[7]}"#;
    let link = format!(r#"{{"restricted_to":[{{}},{{"object":{object}}}]}}"#);
    let body = format!(r#"{{"entries":[{{"id":"1","expiring_embed_link":{link}}}]}}"#);
    let error = CommitUploadSession::decode(canned(201, body)).unwrap_err();
    let Error::Decode { path, .. } = error else { panic!("{error:?}") };
    assert_eq!(path, "entries[0].expiring_embed_link.restricted_to[1].object.name");
}

#[test]
fn times_with_any_offset() {
    let moment = session(|_| ()).unwrap().session_expires_at.unwrap();
    let since = SystemTime::try_from(&moment).unwrap().duration_since(UNIX_EPOCH).unwrap();
    assert_eq!(since.as_secs(), 1_797_101_623);
    let cases = [
        "2026-12-12T10:53:43-08:00",
        "2026-12-12T10:53:43-0800",
        "2026-12-12T18:53:43+0000",
        "2026-12-12T18:53:43+00:00",
        "2026-12-12T18:53:43Z",
        "2026-12-12t18:53:43z",
        "2026-12-12T18:53:43.000Z",
        "2026-12-12T18:53:43.000+0000",
    ];
    for text in cases {
        let session = session(|session| session["session_expires_at"] = json!(text)).unwrap();
        assert_eq!(session.session_expires_at.as_ref(), Some(&moment), "{text}");
        let encoded = to_value(&session).unwrap();
        let written = encoded["session_expires_at"].as_str().unwrap();
        let again: UploadSession = from_value(encoded.clone()).unwrap();
        assert_eq!(again.session_expires_at.as_ref(), Some(&moment), "{text} is written {written}");
    }
}

/// The same object, however its text is written.
#[test]
fn the_text_of_an_object_does_not_matter() {
    let object = r#"{"\u0069d":"\u0031\u0032","na\u006de":"\ud83d\ude00 \"\\"}"#;
    let odd = file(object);
    assert_eq!((odd.id.as_str(), odd.name.as_deref()), ("12", Some("😀 \"\\")));
    let spaced = file(" {\r\n\t\"name\" : \"x\" ,\n \"id\" : \"12\" } ");
    assert_eq!((spaced.id.as_str(), spaced.name.as_deref()), ("12", Some("x")));
    let twice = file(r#"{"id":"1","name":"first","id":"2","name":null}"#);
    assert_eq!((twice.id.as_str(), twice.name), ("2", None));
}

/// Neither a panic nor an overflow of the stack.
#[test]
fn hostile_bodies_are_errors() {
    let deep = |open: &str, close: &str| open.repeat(100_000) + &close.repeat(100_000);
    let bodies = [
        format!(r#"{{"context_info":{{"x":{}}}}}"#, deep("[", "]")),
        format!(r#"{{"context_info":{{"conflicts":{}}}}}"#, deep("[", "]")),
        deep(r#"{"context_info":"#, "}"),
        "[".repeat(100_000),
        "-".repeat(100_000),
        format!(r#"{{"status":{}}}"#, "9".repeat(100_000)),
        r#"{"message":"\ud800"}"#.to_owned(),
    ];
    for body in bodies {
        assert_eq!(client_error(&body), None, "{}", &body[..20]);
    }
    // Unknown members may be of any depth.
    let ignored = client_error(&format!(r#"{{"code":"gone","x":{}}}"#, deep("[", "]")));
    assert_eq!(ignored.unwrap().code, Some(ClientErrorCode::Other("gone".to_owned())));
    for bytes in [&b"\xff\xfe"[..], b"{\"id\":\"\xff\"}", b"\0", b"\"", b"{\"", b"{\"\\"] {
        let error = GetUploadSession::decode(canned(200, bytes)).unwrap_err();
        let Error::Decode { response, .. } = error else { panic!("{error:?}") };
        assert_eq!(response.body(), bytes);
    }
}
