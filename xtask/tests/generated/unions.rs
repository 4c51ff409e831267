//! Values that are one thing or another.

use box_upload_sessions::Error;
use box_upload_sessions::operations::CreateUploadSession;
use box_upload_sessions::types::{
    ClientError, ClientErrorCode, ConflictingSession, Conflicts, FileFullExpiringEmbedLink,
    Resource, UploadSession,
};
use bytes::Bytes;
use http::Response;
use serde_json::{Value, from_str, json, to_value};

use crate::fixtures::{ID, SESSION};

/// All orders of these members, as the text of an object.
fn orders(members: &[&str]) -> Vec<String> {
    fn extend(chosen: &mut Vec<usize>, members: &[&str], objects: &mut Vec<String>) {
        if chosen.len() == members.len() {
            let texts: Vec<_> = chosen.iter().map(|index| members[*index]).collect();
            objects.push(format!("{{{}}}", texts.join(",")));
        }
        for index in 0..members.len() {
            if !chosen.contains(&index) {
                chosen.push(index);
                extend(chosen, members, objects);
                chosen.pop();
            }
        }
    }
    let mut objects = Vec::new();
    extend(&mut Vec::new(), members, &mut objects);
    objects
}

/// Everything but the `type` would do for the other one.
#[test]
fn a_file_is_a_file_in_any_order_of_members() {
    let members = [r#""id":"7""#, r#""name":"x""#, r#""etag":null"#, r#""sequence_id":"3""#];
    let with = |tag| orders(&[&members[..], &[tag]].concat());
    let files = with(r#""type":"file""#);
    assert_eq!(files.len(), 120);
    for text in files {
        let Resource::FileMini(file) = from_str(&text).unwrap() else { panic!("{text}") };
        assert_eq!((file.id.as_str(), file.name.as_deref()), ("7", Some("x")));
        let encoded = to_value(Resource::FileMini(file)).unwrap();
        assert_eq!(encoded, json!({"type": "file", "id": "7", "name": "x", "sequence_id": "3"}));
    }
    for text in with(r#""\u0074ype":"folder""#) {
        let Resource::FolderMini(folder) = from_str(&text).unwrap() else { panic!("{text}") };
        assert_eq!((folder.id.as_str(), folder.name.as_deref()), ("7", Some("x")));
        let encoded = to_value(Resource::FolderMini(folder)).unwrap();
        assert_eq!(encoded, json!({"type": "folder", "id": "7", "name": "x", "sequence_id": "3"}));
    }
}

#[test]
fn an_unknown_type_of_resource_is_kept() {
    let values = [
        json!({"type": "web_link", "id": "7", "url": "https://example.com"}),
        json!({"type": "File", "id": "7"}),
        json!({"type": null, "id": "7"}),
        json!({"type": 7, "id": "7"}),
        json!({"type": ["file"], "id": "7"}),
        json!({"id": "7", "name": "x"}),
        json!({}),
        json!("file"),
        json!([1.5, -1, 18_446_744_073_709_551_615_u64, true, null]),
    ];
    for value in values {
        let resource: Resource = from_str(&value.to_string()).unwrap();
        assert_eq!(resource, Resource::Other(value.clone()));
        assert_eq!(to_value(&resource).unwrap(), value);
    }
}

/// A file that cannot be read is not taken for something else.
#[test]
fn a_known_type_that_does_not_decode_is_an_error() {
    for text in
        [r#"{"type":"file"}"#, r#"{"type":"folder","id":7}"#, r#"{"id":null,"type":"file"}"#]
    {
        from_str::<Resource>(text).unwrap_err();
    }
    let link = r#"{"restricted_to":[{"object":{"type":"file","id":"1"}},
        {"scope":"item_fly","object":{"type":"folder","id":"2","name":[]}}]}"#;
    let error = from_str::<FileFullExpiringEmbedLink>(link).unwrap_err();
    assert!(error.to_string().contains("name"), "{error}");
}

#[test]
fn resources_within_other_types() {
    let value = json!({"restricted_to": [
        {"scope": "item_preview", "object": {"type": "folder", "id": "2"}},
        {"scope": "item_fly", "object": {"id": "1", "type": "file", "name": "x"}},
        {"object": {"type": "hub", "id": "3"}},
    ]});
    let link: FileFullExpiringEmbedLink = from_str(&value.to_string()).unwrap();
    let scopes = link.restricted_to.as_ref().unwrap();
    assert!(matches!(scopes[0].object, Some(Resource::FolderMini(_))));
    assert!(matches!(scopes[1].object, Some(Resource::FileMini(_))));
    assert!(matches!(scopes[2].object, Some(Resource::Other(_))));
    assert_eq!(to_value(&link).unwrap(), value);
}

/// The typed body of an error of `create_upload_session`.
fn conflict(context_info: &Value) -> ClientError {
    let body = json!({"code": "item_name_in_use", "context_info": context_info}).to_string();
    let response = Response::builder().status(409).body(Bytes::from(body)).unwrap();
    match CreateUploadSession::decode(response).unwrap_err() {
        Error::Response { body: Some(error), .. } => *error,
        error => panic!("{error:?}"),
    }
}

/// The service sends one object, its documentation says a list.
#[test]
fn conflicts_as_an_object_or_a_list() {
    let file = json!({
        "type": "file", "id": "12345", "name": "Project.mov", "etag": "3", "sequence_id": "3",
        "sha1": "85136c79cbf9fe36bb9d05d0639c70c265c18d37",
        "file_version": {"type": "file_version", "id": "672259576"},
    });
    let folder = json!({"type": "folder", "id": "9", "name": "Project.mov"});
    let ids = |conflicts: &Value| {
        let error = conflict(&json!({"conflicts": conflicts}));
        assert_eq!(error.code, Some(ClientErrorCode::ItemNameInUse));
        let decoded = error.context_info.unwrap().conflicts.unwrap();
        assert_eq!(to_value(&decoded).unwrap(), *conflicts);
        match decoded {
            Conflicts::Conflict(one) => vec![one.id.unwrap()],
            Conflicts::List(list) => list.into_iter().map(|one| one.id.unwrap()).collect(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(ids(&file), ["12345"]);
    assert_eq!(ids(&folder), ["9"]);
    assert_eq!(ids(&json!([file])), ["12345"]);
    assert_eq!(ids(&json!([file, folder])), ["12345", "9"]);
    assert_eq!(ids(&json!([])), [""; 0]);
}

/// Unexpected details of an error do not lose its code.
#[test]
fn conflicts_as_something_else() {
    for value in [json!("Project.mov"), json!(7), json!({"id": 7}), json!([{"id": "1"}, 2])] {
        let error = conflict(&json!({"conflicts": value}));
        assert_eq!(error.code, Some(ClientErrorCode::ItemNameInUse));
        let conflicts = error.context_info.unwrap().conflicts.unwrap();
        assert_eq!(conflicts, Conflicts::Other(value.clone()));
        assert_eq!(to_value(conflicts).unwrap(), value);
    }
}

#[test]
fn the_session_of_a_session_conflict() {
    let value: Value = from_str(SESSION).unwrap();
    let body = json!({"code": "session_conflict", "context_info": {"session": value}});
    let response = Response::builder().status(409).body(body.to_string().into()).unwrap();
    let error = CreateUploadSession::decode(response).unwrap_err();
    let Error::Response { body: Some(error), .. } = error else { panic!("{error:?}") };
    assert_eq!(error.code, Some(ClientErrorCode::SessionConflict));
    let session = error.context_info.unwrap().session.unwrap();
    let ConflictingSession::UploadSession(session) = session else { panic!("{session:?}") };
    assert_eq!(*session, from_str::<UploadSession>(SESSION).unwrap());
    assert_eq!(session.id, ID);
    let commit = "https://upload.app.box.com/api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD/commit";
    assert_eq!(session.session_endpoints.unwrap().commit.as_deref(), Some(commit));
}

/// An unexpected session in an error does not lose its code.
#[test]
fn the_session_of_a_session_conflict_lacks_something() {
    let whole: Value = from_str(SESSION).unwrap();
    let without = |place: &str, member: &str| {
        let mut session = whole.clone();
        session.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(member).unwrap();
        session
    };
    let values = [
        without("", "id"),
        without("", "part_size"),
        json!({"id": ID, "type": "upload_session"}),
        json!({"id": 7}),
        json!(ID),
    ];
    for value in values {
        let error = conflict(&json!({"session": value}));
        assert_eq!(error.code, Some(ClientErrorCode::ItemNameInUse));
        let session = error.context_info.unwrap().session.unwrap();
        assert_eq!(session, ConflictingSession::Other(value.clone()));
        assert_eq!(to_value(session).unwrap(), value);
    }
    let enough = [
        without("", "session_endpoints"),
        without("/session_endpoints", "commit"),
        without("/session_endpoints", "log_event"),
        json!({"id": ID, "type": "upload_session", "part_size": 1}),
    ];
    for session in enough {
        let error = conflict(&json!({"session": session}));
        let session = error.context_info.unwrap().session.unwrap();
        assert!(matches!(session, ConflictingSession::UploadSession(_)), "{session:?}");
    }
}
