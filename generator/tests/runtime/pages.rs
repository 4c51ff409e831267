//! Lists that come in pages.

use serde_json::json;

use crate::fake::{Answer, Fake, answer, chunks, run};
use crate::runtime::{Body, ContentRange, Digest, Error, Items};
use crate::service::{ClientError, ListParts, Part};

fn page(ids: &[&str], marker: Option<&str>) -> Answer {
    let part = |id: &&str| json!({ "part_id": id, "size": 1 });
    let entries: Vec<_> = ids.iter().map(part).collect();
    answer(200, json!({ "entries": entries, "next_marker": marker }).to_string())
}

/// The ids of all items, the error if there is one, and the queries that were sent.
fn all<const N: usize>(
    answers: [Answer; N],
    items: fn(ListParts) -> Items<Part, ClientError>,
) -> (String, Option<String>, Vec<String>) {
    let fake = Fake::new(answers);
    let mut items = items(fake.client().list_parts("1"));
    assert!(fake.requests().is_empty(), "nothing is sent before an item is asked for");
    let (mut ids, mut failure) = (String::new(), None);
    run(async {
        while let Some(item) = items.next().await {
            match item {
                Ok(part) => ids += &part.id,
                Err(error) => failure = Some(error.to_string()),
            }
        }
        assert!(items.next().await.is_none(), "the end is the end");
    });
    let query = |request: &http::Request<_>| request.uri().query().unwrap_or_default().to_owned();
    (ids, failure, fake.requests().iter().map(query).collect())
}

fn queries<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[test]
fn by_offset() {
    let pages = || [page(&["a", "b"], None), page(&["c"], None), page(&[], None)];
    let sent = queries(["", "offset=2", "offset=3"]);
    assert_eq!(all(pages(), ListParts::by_offset), ("abc".to_owned(), None, sent));
    let (_, _, sent) = all(pages(), |request| request.offset(10).by_offset());
    assert_eq!(sent, ["offset=10", "offset=12", "offset=13"]);
}

#[test]
fn by_marker() {
    let pages = [page(&["a"], Some("m&1")), page(&[], Some("m2")), page(&["b"], Some(""))];
    let sent = queries(["marker=m0", "marker=m%261", "marker=m2"]);
    let all = all(pages, |request| request.marker("m0").by_marker());
    assert_eq!(all, ("ab".to_owned(), None, sent));
}

#[test]
fn by_page() {
    let pages = [page(&["a"], None), page(&["b"], None), page(&[], None)];
    let sent = queries(["", "page=2", "page=3"]);
    assert_eq!(all(pages, ListParts::by_page), ("ab".to_owned(), None, sent));
}

#[test]
fn an_error_is_the_end() {
    let pages = [page(&["a"], Some("m")), answer(500, ""), page(&["b"], None)];
    let (ids, failure, sent) = all(pages, ListParts::by_marker);
    assert_eq!((ids.as_str(), sent.len()), ("a", 2));
    assert_eq!(failure.unwrap(), "the service answered 500 Internal Server Error");
}

#[test]
fn a_stream_is_not_sent_for_each_page() {
    let body = Body::stream(4, chunks(["body"]));
    let range = ContentRange::new(0, 4, 4).unwrap();
    let fake = Fake::default();
    let mut items = fake.client().upload_part("1", &Digest::sha(&[0; 20]), &range, body).twice();
    let error = run(items.next()).unwrap().unwrap_err();
    assert!(matches!(&error, Error::Request(text) if text.contains("twice")), "{error}");
    assert!(fake.requests().is_empty());
}
