//! `record!`: each kind of field, there and back.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Value, from_str, from_value, json, to_string, to_value};

use crate::fake::{Fake, read};
use crate::runtime::{Call, Multipart, record};
use crate::service::{ANY, Part, PartType};

#[derive(Clone, PartialEq)]
struct All {
    id: String,
    r#type: i64,
    owner: Option<String>,
    note: Option<String>,
    parent: Option<Box<All>>,
    limit: Option<Option<i64>>,
    kind: PartType,
    others: BTreeMap<String, Value>,
}
record!(All(id: String, r#type as i64) {
    required: id, r#type = "type";
    nullable: owner;
    optional: note, parent = "$parent";
    clearable: limit = "size limit";
    constant: kind;
    rest: others;
});

#[test]
fn new_takes_what_is_required_and_leaves_out_the_rest() {
    let all = All::new("a", 7);
    assert_eq!(
        to_value(&all).unwrap(),
        json!({"id": "a", "type": 7, "owner": null, "kind": "upload_part"})
    );
    assert_eq!(Nothing::new(), Nothing {});
    assert_eq!(OnlyRest::new(), OnlyRest { numbers: BTreeMap::new() });
    assert_eq!(Keywords::new(), from_value(json!({})).unwrap());
}

#[derive(Default, PartialEq)]
struct Nothing {}
record!(Nothing {});

#[derive(Default, PartialEq)]
struct OnlyRest {
    numbers: BTreeMap<String, i64>,
}
record!(OnlyRest { rest: numbers; });

#[derive(Default, PartialEq)]
struct Keywords {
    r#match: Option<i64>,
    map: Option<i64>,
    key: Option<i64>,
    value: Option<i64>,
}
record!(Keywords { optional: r#match = "match", map, key, value; });

fn least() -> All {
    All {
        id: "1".to_owned(),
        r#type: 2,
        owner: None,
        note: None,
        parent: None,
        limit: None,
        kind: PartType::UploadPart,
        others: BTreeMap::new(),
    }
}

/// What `from_str`, `from_slice`, `from_reader` and `from_value` all say.
fn decode<T: DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) -> Result<T, String> {
    let one = from_str::<T>(text).map_err(|error| error.to_string());
    let other = |result: serde_json::Result<T>| result.map_err(|error| error.to_string());
    assert_eq!(one, other(serde_json::from_slice(text.as_bytes())));
    // Where a reader is when it finds a mistake differs by a column.
    let message = |result: &Result<T, String>| {
        result.as_ref().err().and_then(|error| Some(error.rsplit_once(" at ")?.0.to_owned()))
    };
    let read = other(serde_json::from_reader(text.as_bytes()));
    assert_eq!((read.as_ref().ok(), message(&read)), (one.as_ref().ok(), message(&one)));
    if let Ok(value) = from_str::<Value>(text) {
        assert_eq!(one.as_ref().ok(), from_value::<T>(value).ok().as_ref());
    }
    one
}

#[test]
fn the_least_there_and_back() {
    let text = r#"{"id":"1","type":2,"owner":null,"kind":"upload_part"}"#;
    assert_eq!(decode(r#"{ "type": 2, "id": "1" }"#), Ok(least()));
    assert_eq!(decode(text), Ok(least()));
    assert_eq!(to_string(&least()).unwrap(), text);
    assert!(decode::<All>("[]").unwrap_err().contains("expected an object, All"));
}

#[test]
fn everything_there_and_back() {
    let all = All {
        owner: Some("me".to_owned()),
        note: Some(String::new()),
        parent: Some(Box::new(least())),
        limit: Some(Some(3)),
        kind: PartType::Other("new".to_owned()),
        others: BTreeMap::from([("x".to_owned(), json!([null, { "y": 1 }]))]),
        ..least()
    };
    let value = json!({
        "id": "1", "type": 2, "owner": "me", "note": "", "size limit": 3, "kind": "new",
        "$parent": { "id": "1", "type": 2, "owner": null, "kind": "upload_part" },
        "x": [null, { "y": 1 }],
    });
    assert_eq!(to_value(&all).unwrap(), value);
    assert_eq!(decode(&value.to_string()), Ok(all));
}

#[test]
fn null_means_what_the_kind_of_field_says() {
    let nulls = r#"{"id":"1","type":2,"owner":null,"note":null,"$parent":null,
        "size limit":null,"kind":null,"more":null}"#;
    let others = BTreeMap::from([("more".to_owned(), Value::Null)]);
    let all = All { limit: Some(None), others, ..least() };
    assert_eq!(decode(nulls), Ok(all.clone()));
    assert_eq!(
        to_string(&all).unwrap(),
        r#"{"id":"1","type":2,"owner":null,"size limit":null,"kind":"upload_part","more":null}"#
    );
    let error = decode::<All>(r#"{"id":null,"type":2}"#).unwrap_err();
    assert_eq!(error, "invalid type: null, expected a string at line 1 column 10");
}

#[test]
fn a_required_field_must_be_there() {
    let missing = decode::<All>(r#"{"id":"1"}"#).unwrap_err();
    assert_eq!(missing, "missing field `type` at line 1 column 10");
    let missing = decode::<Part>(r#"{"size":1}"#).unwrap_err();
    assert!(missing.starts_with("missing field `part_id`"), "{missing}");
}

#[test]
fn unknown_members_are_ignored_and_the_last_of_a_name_wins() {
    let text = r#"{"size":1,"new":{"a":[1,{}]},"part_id":"x","size":2,"neu":null}"#;
    assert_eq!(decode::<Part>(text).unwrap().size, 2);
    assert_eq!(decode(r#"{"a":1,"b":[2]}"#), Ok(Nothing {}));
    assert_eq!(to_string(&Nothing {}).unwrap(), "{}");
}

#[test]
fn rest_holds_one_type() {
    let numbers = BTreeMap::from([("a".to_owned(), 1), ("b\"".to_owned(), 2)]);
    assert_eq!(decode(r#"{"a":1,"b\"":2}"#), Ok(OnlyRest { numbers }));
    assert!(decode::<OnlyRest>(r#"{"a":"1"}"#).is_err());
}

#[test]
fn escaped_names_and_odd_names() {
    let part = decode::<Part>(r#"{"part\u005fid":"x","si\u007ae":5}"#).unwrap();
    assert_eq!((part.id.as_str(), part.size), ("x", 5));
    let keywords = Keywords { r#match: Some(1), map: Some(2), key: Some(3), value: Some(4) };
    assert_eq!(to_string(&keywords).unwrap(), r#"{"match":1,"map":2,"key":3,"value":4}"#);
    assert_eq!(decode(r#"{"match":1,"map":2,"key":3,"value":4}"#), Ok(keywords));
}

#[test]
fn a_value_that_is_not_an_object_is_an_error() {
    for text in ["[]", "1", "\"a\"", "null", "true"] {
        let error = decode::<Part>(text).unwrap_err();
        assert!(error.contains("expected an object, Part"), "{error}");
    }
    assert!(decode::<Part>(r#"{"size":1"#).unwrap_err().contains("EOF"));
}

#[derive(Clone, Default, PartialEq)]
struct Stored {
    id: Option<String>,
    text: Option<String>,
    inner: Option<Box<Stored>>,
}
record!(Stored { optional: text, inner; received: id; });

#[test]
fn debug_lists_the_members_that_are_there() {
    let text = "All { id: \"1\", type: 2, owner: None, kind: \"upload_part\" }";
    assert_eq!(format!("{:?}", least()), text);
    let all = All {
        owner: Some("me".to_owned()),
        parent: Some(Box::new(least())),
        limit: Some(None),
        others: BTreeMap::from([("x".to_owned(), json!(1))]),
        ..least()
    };
    let text = format!(
        "All {{ id: \"1\", type: 2, owner: Some(\"me\"), $parent: {text}, size limit: None, \
         kind: \"upload_part\", x: Number(1) }}"
    );
    assert_eq!(format!("{all:?}"), text);
    let indented = "Keywords {\n    match: 1,\n}";
    assert_eq!(format!("{:#?}", Keywords { r#match: Some(1), ..Keywords::new() }), indented);
    let stored = Stored { id: Some("1".to_owned()), ..Stored::new() };
    assert_eq!(format!("{stored:?}"), "Stored { id: \"1\" }");
    assert_eq!(format!("{:?}", Nothing {}), "Nothing");
}

#[test]
fn read_only_members_are_kept_but_not_sent() {
    let value = json!({ "id": "1", "text": "a", "inner": { "id": "2" } });
    let stored: Stored = from_value(value.clone()).unwrap();
    assert_eq!(to_value(&stored).unwrap(), value);
    let sent = |call: Call| {
        let body = call.into_request::<()>().unwrap().into_body();
        String::from_utf8(read(body).unwrap().to_vec()).unwrap()
    };
    let call = || Fake::default().client().call(&ANY);
    let text = sent(call().json("application/json", &stored));
    assert_eq!(text, r#"{"text":"a","inner":{}}"#);
    assert_eq!(sent(call().form(&stored, &[], &[])), "text=a&inner=%7B%7D");
    let parts = Multipart::new().field("stored", &stored, "");
    assert!(!sent(call().multipart("multipart/form-data", parts)).contains("\"id\""));
    // Afterwards it is there again.
    assert_eq!(to_value(&stored).unwrap(), value);
    let new = Stored { id: Some("1".to_owned()), ..Stored::new() };
    assert_eq!(to_string(&new).unwrap(), r#"{"id":"1"}"#);
}

#[derive(Clone, PartialEq)]
pub(crate) struct Edit {
    to: i64,
    from: i64,
    note: Option<String>,
    title: Option<Option<String>>,
    any: Option<Value>,
    old: Option<bool>,
    others: BTreeMap<String, i64>,
}
record!(Edit by EditBuilder(from as i64, to as i64) {
    required: to, from;
    nullable: note: String;
    clearable: title / clear_title: String;
    any: any: Value;
    optional: old as bool;
    rest: others: BTreeMap<String, i64>;
});

#[test]
fn a_builder_names_what_is_required_and_methods_set_the_rest() {
    let edit = Edit::builder().from(1).to(2);
    assert_eq!(to_string(&edit).unwrap(), r#"{"to":2,"from":1,"note":null}"#);
    let edit = edit.note("n").title("t").any(0).old(true).others([("x".to_owned(), 3)]);
    let all = json!({"to": 2, "from": 1, "note": "n", "title": "t", "any": 0, "old": true, "x": 3});
    assert_eq!(to_value(&edit).unwrap(), all);
    assert_eq!(from_value::<Edit>(all).unwrap(), edit);
    let edit = edit.clear_title().any(Value::Null);
    assert_eq!((edit.title, edit.any), (Some(None), Some(Value::Null)));
}
