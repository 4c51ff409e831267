//! `ClientBuilder::lenient`: what is left out of a response, and that the rest is there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::fake::{Fake, canned, run};
use crate::runtime::{Base64, Call, DateTime, Error, Operation, Sending, Skipped, record};
use crate::service::{API, Item};

static GET: Operation = Operation {
    method: Method::GET,
    server: &API,
    path: "/entries",
    accept: "application/json",
    security: &[],
};

#[derive(PartialEq)]
struct Entry {
    id: String,
    size: i64,
    at: Option<DateTime>,
    tags: Vec<String>,
    inner: Option<Box<Entry>>,
}
record!(Entry(id: String, size as i64, tags: Vec<String>) {
    required: id, size, tags;
    optional: at, inner;
});

#[derive(PartialEq)]
struct Page {
    entries: Vec<Entry>,
    total: Option<i64>,
    others: BTreeMap<String, i64>,
}
record!(Page(entries: Vec<Entry>, others: BTreeMap<String, i64>) { required: entries, others; optional: total; });

/// What was left out: path, value, message.
type Skips = Vec<(String, Value, String)>;

fn send<T: DeserializeOwned + Send + 'static>(body: &str) -> (Result<T, Error<Value>>, Skips) {
    let skips = Arc::<Mutex<Skips>>::default();
    let noted = skips.clone();
    let fake = Fake::new([canned(200, body.to_owned())]);
    let client = fake.configure(|builder| {
        builder.lenient(move |skipped| {
            assert_eq!(skipped.operation.path, "/entries");
            let shown = format!("{skipped:?}");
            assert_eq!(shown, format!("Skipped(GET /entries: `{}`)", skipped.path));
            let path = skipped.path.clone();
            let message = skipped.message.clone();
            noted.lock().unwrap().push((path, skipped.value.clone(), message));
        })
    });
    let call: Call = client.call(&GET);
    let sent = run(Sending::<T, Value>::new(call, |_| false, |reply| reply.json()));
    (sent, skips.lock().unwrap().clone())
}

fn lenient<T: DeserializeOwned + Send + 'static>(body: &Value) -> (T, Skips) {
    let (read, skips) = send(&body.to_string());
    (read.unwrap_or_else(|error| panic!("{error}\n{body}")), skips)
}

/// The paths and values of what is left out, which is all that is lost.
fn paths(skips: &Skips) -> Vec<(&str, &Value)> {
    skips.iter().map(|(path, value, _)| (path.as_str(), value)).collect()
}

fn entry(id: &str) -> Value {
    json!({"id": id, "size": 1, "tags": []})
}

fn page(entries: Value) -> Value {
    json!({"entries": entries, "others": {}})
}

#[test]
fn what_decodes_is_not_reported() {
    let (read, skips) = lenient::<Page>(&page(json!([entry("1")])));
    assert_eq!(read, Page::new(vec![Entry::new("1", 1, Vec::new())], BTreeMap::new()));
    assert!(skips.is_empty());
    let (read, skips) = lenient::<i64>(&json!(5.0));
    assert_eq!((read, skips.len()), (5, 0));
}

#[test]
fn an_optional_member_is_left_out() {
    let mut bad = entry("2");
    bad["at"] = json!("");
    bad["inner"] = entry("3");
    bad["inner"]["at"] = json!("yesterday");
    let (read, skips) = lenient::<Page>(&page(json!([entry("1"), bad, entry("4")])));
    assert_eq!(read.entries.iter().map(|entry| &*entry.id).collect::<Vec<_>>(), ["1", "2", "4"]);
    assert_eq!(
        (&read.entries[1].at, read.entries[1].inner.as_ref().unwrap().id.as_str()),
        (&None, "3")
    );
    let mut found = paths(&skips);
    found.sort_by_key(|(path, _)| path.len());
    assert_eq!(
        found,
        [("entries[1].at", &json!("")), ("entries[1].inner.at", &json!("yesterday"))]
    );
    assert!(skips.iter().all(|(.., message)| message.contains("not a date and time")), "{skips:?}");
}

#[test]
fn around_a_required_member_the_element_is_left_out_as_it_came() {
    let mut bad = entry("2");
    bad["size"] = json!("large");
    bad["id"] = json!(null);
    let good = json!({"id": "3", "size": 2.0, "tags": ["a"]});
    let (read, skips) = lenient::<Page>(&page(json!([entry("1"), bad, good])));
    assert_eq!(
        read.entries.iter().map(|entry| (&*entry.id, entry.size)).collect::<Vec<_>>(),
        [("1", 1), ("3", 2)]
    );
    assert_eq!(paths(&skips), [("entries[1]", &bad)]);
    assert!(
        skips[0].2.starts_with("at `id`: ") || skips[0].2.starts_with("at `size`: "),
        "{skips:?}"
    );
    let (read, skips) = lenient::<Vec<Entry>>(&json!([{"id": "1"}, entry("2")]));
    assert_eq!((read.len(), paths(&skips)), (1, vec![("[0]", &json!({"id": "1"}))]));
}

#[test]
fn what_should_be_a_list_or_a_map_is_empty() {
    for odd in [json!({}), json!(null), json!({"0": entry("1")})] {
        let (read, skips) = lenient::<Page>(&json!({"entries": odd, "others": [], "total": 1}));
        assert_eq!(read, Page { entries: vec![], total: Some(1), others: BTreeMap::new() });
        assert_eq!(paths(&skips), [("entries", &odd), ("others", &json!([]))]);
    }
    let (read, skips) = lenient::<Page>(&page(json!([{"id": "1", "size": 1, "tags": {}}])));
    assert_eq!((read.entries.len(), paths(&skips)), (1, vec![("entries[0].tags", &json!({}))]));
}

#[test]
fn elements_and_values_of_maps_are_left_out() {
    let others = json!({"a": 1, "b c": "2", "d": null, "e": 3});
    let tagged = json!({"id": "1", "size": 1, "tags": ["a", 5, null, "b"]});
    let body = json!({"entries": [entry("0"), tagged], "others": others, "total": "all"});
    let (read, skips) = lenient::<Page>(&body);
    assert_eq!(read.entries[1].tags, ["a", "b"]);
    assert_eq!(read.others, BTreeMap::from([("a".to_owned(), 1), ("e".to_owned(), 3)]));
    let mut found = paths(&skips);
    found.sort_by_key(|(path, _)| *path);
    assert_eq!(
        found,
        [
            ("entries[1].tags[1]", &json!(5)),
            ("entries[1].tags[2]", &json!(null)),
            ("others.d", &json!(null)),
            ("others[\"b c\"]", &json!("2")),
            ("total", &json!("all")),
        ]
    );
    let (read, skips) = lenient::<Vec<Vec<i64>>>(&json!([[1], [2, "x", 3], "y", []]));
    assert_eq!(read, [vec![1], vec![2, 3], vec![],]);
    assert_eq!(paths(&skips), [("[1][1]", &json!("x")), ("[2]", &json!("y"))]);
}

#[test]
fn unions_too() {
    let good = json!({"type": "file", "id": "1", "size": 1});
    let bad = json!({"type": "file", "id": "2", "size": "x"});
    let folder = json!({"type": "folder", "id": "3", "items": [good, bad, good]});
    let (read, skips) = lenient::<Vec<Item>>(&json!([good, bad, folder]));
    assert_eq!(read.len(), 2, "{read:?}");
    assert_eq!(paths(&skips), [("[1]", &bad), ("[2].items[1]", &bad)]);
    let Item::Folder(folder) = &read[1] else { panic!("{read:?}") };
    assert_eq!(folder.items.len(), 2);
}

#[test]
fn what_nothing_can_be_left_out_of_is_an_error() {
    let (read, skips) = send::<Page>("");
    assert!(matches!(read, Err(Error::Empty(_))) && skips.is_empty());
    for body in ["<html>", "[]", "5", "{}", r#"{"entries": 5, "others": {}}"#, "[1"] {
        let (read, skips) = send::<Page>(body);
        assert!(matches!(read, Err(Error::Decode { .. })), "{body}");
        assert!(skips.is_empty(), "{body}");
    }
    let (read, _) = send::<Base64>("\"*\"");
    assert_eq!(
        read.unwrap_err().to_string().split(':').next(),
        Some("cannot decode the response 200 OK")
    );
}

const PAGES: [&str; 2] = [
    r#"{"entries":[{"part_id":"a","size":1,"created_at":"?"},{"part_id":"b"}],"next_marker":"m"}"#,
    r#"{"entries":[{"part_id":"c","size":"3"},{"part_id":"d","size":4}],"next_marker":{}}"#,
];

#[test]
fn pages_too() {
    let fake = Fake::new(PAGES.map(|page| canned(200, page)));
    let skipped = Arc::<Mutex<Vec<String>>>::default();
    let noted = skipped.clone();
    let report = move |skipped: &Skipped| noted.lock().unwrap().push(skipped.path.clone());
    let mut items = fake.configure(|builder| builder.lenient(report)).list_parts("1").by_marker();
    let mut ids = Vec::new();
    while let Some(part) = run(items.next()) {
        ids.push(part.unwrap().id);
    }
    assert_eq!(ids, ["a", "d"]);
    let mut skipped = skipped.lock().unwrap().clone();
    skipped.sort();
    assert_eq!(skipped, ["entries[0]", "entries[0].created_at", "entries[1]", "next_marker"]);
}

#[test]
fn it_is_off_by_default() {
    let fake = Fake::new([canned(200, PAGES[0])]);
    let sent = run(fake.client().list_parts("1").into_future());
    assert!(matches!(sent, Err(Error::Decode { path, .. }) if path == "entries[0].created_at"));
}

/// The time that it takes grows no faster than the response does.
#[test]
fn thousands_of_mistakes() {
    let rows: [fn(usize) -> Value; 3] = [
        |i| json!({"id": i.to_string(), "size": i, "tags": ["a"], "at": format!("{i} o'clock")}),
        |i| json!({"id": i.to_string(), "size": i, "tags": ["a", i], "at": ""}),
        |i| json!({"id": i.to_string(), "size": if i % 2 == 0 { json!(i) } else { json!("?") }, "tags": []}),
    ];
    for (row, (left, skipped)) in rows.iter().zip([(5_000, 5_000), (5_000, 10_000), (2_500, 2_500)])
    {
        let entries = (0..5_000).map(row).collect::<Value>();
        let others: Value = (0..5_000).map(|i| (i.to_string(), json!(i))).collect();
        let body = json!({"entries": entries, "total": 1, "others": others}).to_string();
        let start = Instant::now();
        let (read, skips) = send::<Page>(&body);
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
        let read = read.unwrap();
        assert_eq!((read.entries.len(), read.others.len(), skips.len()), (left, 5_000, skipped));
        assert!(skips.iter().all(|(path, value, _)| !path.is_empty() && *value != json!("a")));
    }
}
