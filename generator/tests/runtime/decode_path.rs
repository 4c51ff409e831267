//! The path in [`Error::Decode`].

use bytes::Bytes;
use http::Response;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::runtime::{DateTime, Error, Reply, record};
use crate::service::{Folder, Item, Parts};

/// What goes wrong in `text`, and where.
fn decode<T: DeserializeOwned>(text: &str) -> (String, String) {
    let mut reply = Reply::from(Response::new(Bytes::copy_from_slice(text.as_bytes())));
    match reply.json::<T, Value>() {
        Err(Error::Decode { path, message, response }) => {
            assert_eq!(response.body(), text.as_bytes());
            (path, message)
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("{text} decodes"),
    }
}

fn path<T: DeserializeOwned>(value: &Value) -> String {
    let compact = decode::<T>(&value.to_string());
    let pretty = decode::<T>(&serde_json::to_string_pretty(value).unwrap());
    assert_eq!(compact, pretty);
    compact.0
}

#[derive(Default)]
struct Dated {
    at: Option<DateTime>,
}
record!(Dated { optional: at; });

#[test]
fn what_is_right_has_no_path() {
    let none: Dated = serde_json::from_str("{}").unwrap();
    assert_eq!(none.at, Dated::new().at);
}

#[test]
fn a_wrong_type() {
    let part = json!({ "part_id": "a", "size": "1" });
    assert_eq!(path::<Parts>(&json!({ "entries": [part] })), "entries[0].size");
    let good = json!({ "part_id": "a, \"b\" ]}", "size": 1, "x": [{ "y": [1, 2] }, "\\"] });
    let entries = json!({ "x": {}, "entries": [good, good, part], "next_marker": "m" });
    assert_eq!(path::<Parts>(&entries), "entries[2].size");
    assert_eq!(path::<Parts>(&json!({ "entries": {} })), "entries");
    assert_eq!(path::<Parts>(&json!({ "entries": [[]] })), "entries[0]");
    assert_eq!(path::<Parts>(&json!([])), "");
    assert_eq!(path::<Vec<Vec<Vec<i64>>>>(&json!([[], [[1], [2, 3, null]]])), "[1][1][2]");
    assert_eq!(path::<Vec<Vec<i64>>>(&json!([[1], 2])), "[1]");
}

#[test]
fn a_wrong_number() {
    let (path, message) = decode::<Parts>(r#"{"entries":[{"size":9223372036854775808}]}"#);
    assert_eq!(path, "entries[0].size");
    assert_eq!(message, "invalid value: integer `9223372036854775808`, expected i64");
    assert_eq!(decode::<Vec<u8>>("[1, 2, 256 ]").0, "[2]");
}

#[test]
fn a_missing_field() {
    let (path, message) = decode::<Parts>(r#"{"entries":[{"size":1,"part_id":"a"},{"size":2}]}"#);
    assert_eq!((path.as_str(), message.as_str()), ("entries[1]", "missing field `part_id`"));
    assert_eq!(decode::<Parts>("{}"), (String::new(), "missing field `entries`".to_owned()));
}

#[test]
fn a_value_that_is_text() {
    let (path, message) = decode::<Vec<Dated>>(r#"[{"at":"2024-01-01T00:00:00Z"},{"at":"x"}]"#);
    assert_eq!(path, "[1].at");
    assert!(message.starts_with("`x`: "), "{message}");
    assert_eq!(decode::<Dated>(r#"{"at":"x","b":1}"#).0, "at");
}

#[test]
fn inside_unions() {
    let bad = json!({ "type": "file", "id": "1", "size": "x" });
    let good = json!({ "type": "file", "id": "1", "size": 1 });
    assert_eq!(path::<Item>(&bad), "size");
    assert_eq!(path::<Vec<Item>>(&json!([good, bad])), "[1].size");
    assert_eq!(path::<Vec<Item>>(&json!([good, bad, good])), "[1].size");
    let folder = |item: &Value| json!({ "type": "folder", "id": "1", "items": [good, item] });
    assert_eq!(path::<Folder>(&folder(&bad)), "items[1].size");
    let (path, message) = decode::<Vec<Item>>(&json!([folder(&folder(&bad))]).to_string());
    assert_eq!(path, "[0].items[1].items[1].size");
    assert_eq!(message, "invalid type: string \"x\", expected i64");
    let nested = json!({ "type": "file", "id": "1", "size": 1, "parent": { "type": "file" } });
    let (path, message) = decode::<Vec<Item>>(&json!([nested, good]).to_string());
    assert_eq!((path.as_str(), message.as_str()), ("[0].parent", "missing field `id`"));
}

#[test]
fn odd_names() {
    type Map = std::collections::BTreeMap<String, Vec<i64>>;
    assert_eq!(path::<Map>(&json!({ "a": [1], "$x-y@z": [1, ""] })), "$x-y@z[1]");
    assert_eq!(path::<Map>(&json!({ "größe": [""] })), "größe[0]");
    assert_eq!(path::<Map>(&json!({ "a.b": [""] })), "[\"a.b\"][0]");
    assert_eq!(path::<Map>(&json!({ "": [""] })), "[\"\"][0]");
    assert_eq!(path::<Map>(&json!({ "a\"]}\\": [1, ""] })), "[\"a\\\"]}\\\\\"][1]");
    assert_eq!(decode::<Map>(r#"{"gr\u00f6\u00dfe":[""]}"#).0, "größe[0]");
    let deep = json!({ "ä": { "x y": [[{ "z": null }]] } });
    type Deep =
        std::collections::BTreeMap<String, std::collections::BTreeMap<String, Vec<Vec<Map>>>>;
    assert_eq!(path::<Deep>(&deep), "ä[\"x y\"][0][0].z");
}

#[test]
fn text_that_is_not_json_has_a_path() {
    assert_eq!(decode::<Parts>("\u{feff}").1, "EOF while parsing a value");
    assert_eq!(decode::<Parts>("<html>").1, "expected value");
    let (path, message) = decode::<Parts>(r#"{"entries":[{"part_id":"a"#);
    assert_eq!(
        (path.as_str(), message.as_str()),
        ("entries[0].part_id", "EOF while parsing a string")
    );
    assert_eq!(decode::<Parts>("{\"entries\":\n\n[ {}} ").0, "entries[0]");
    assert_eq!(decode::<Vec<i64>>("[1] 2").1, "trailing characters");
    let mut reply = Reply::from(Response::new(Bytes::from_static(b"[\"\xff\"]")));
    let error = reply.json::<Vec<String>, ()>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot decode the response 200 OK at `[0]`: invalid unicode code point"
    );
}

/// RFC 8259, section 8.1: some services begin JSON with a byte order mark.
#[test]
fn a_byte_order_mark_is_skipped() {
    let mut reply = Reply::from(Response::new(Bytes::from("\u{feff}[1,2.0]")));
    assert_eq!(reply.json::<Vec<i64>, ()>().unwrap(), [1, 2]);
    assert_eq!(decode::<Vec<i64>>("\u{feff}\n[1,\"2\"]").0, "[1]");
    assert_eq!(decode::<Vec<i64>>("\u{feff}\u{feff}[]").1, "expected value");
}

#[derive(PartialEq)]
struct Link {
    id: String,
    next: Option<Box<Link>>,
    links: Option<Vec<Option<Link>>>,
}
record!(Link(id: String) { required: id; optional: next, links; });

#[test]
fn an_object_without_members_may_stand_for_null() {
    let read = |value: Value| {
        let mut reply = Reply::from(Response::new(Bytes::from(value.to_string())));
        reply.json::<Link, Value>()
    };
    let link = |id: &str| Link::new(id);
    let last = Link { links: Some(vec![None, Some(link("c")), None]), ..link("b") };
    let first = Link { next: Some(Box::new(last)), ..link("a") };
    let links = json!([{}, { "id": "c", "next": {} }, {}]);
    let value =
        json!({ "id": "a", "links": null, "next": { "id": "b", "next": {}, "links": links } });
    assert_eq!(read(value).unwrap(), first);
    // Nothing is null that decodes as it is, or that must be there.
    for value in [json!({}), json!({ "id": {} }), json!({ "id": "a", "next": { "next": {} } })] {
        assert!(read(value.clone()).is_err(), "{value}");
        assert!(!path::<Link>(&value).is_empty() || value == json!({}), "{value}");
    }
}
