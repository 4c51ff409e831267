//! Lists that come in pages.

use serde_json::json;

use crate::fake::{CannedResponse, Fake, canned, chunks, run};
use crate::runtime::{Body, ContentRange, Digest, Error, Items};
use crate::service::{ClientError, ListParts, Part};

fn page(ids: &[&str], marker: Option<&str>) -> CannedResponse {
    let part = |id: &&str| json!({ "part_id": id, "size": 1 });
    let entries: Vec<_> = ids.iter().map(part).collect();
    canned(200, json!({ "entries": entries, "next_marker": marker }).to_string())
}

/// The ids of all items, the error if there is one, and the queries that were sent.
fn all<const N: usize>(
    responses: [CannedResponse; N],
    items: fn(ListParts) -> Items<Part, ClientError>,
) -> (String, Option<String>, Vec<String>) {
    let fake = Fake::new(responses);
    let mut items = items(fake.client().list_parts("1"));
    assert!(fake.requests().is_empty(), "nothing is sent before an item is asked for");
    let mut ids = String::new();
    let mut failure = None;
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
    // However many items are asked for, the next offset is what came.
    let (_, _, sent) = all(pages(), |request| request.offset(0).by_offset());
    assert_eq!(sent, ["offset=0", "offset=2", "offset=3"]);
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

/// A page of a list with so many items.
fn of(total: i64, ids: &[&str]) -> CannedResponse {
    let part = |id: &&str| json!({ "part_id": id, "size": 1 });
    let entries: Vec<_> = ids.iter().map(part).collect();
    canned(200, json!({ "entries": entries, "total": total }).to_string())
}

#[test]
fn the_total_saves_the_request_behind_the_last_page() {
    let pages = || [of(3, &["a", "b"]), of(3, &["c"]), canned(404, "")];
    let whole = all(pages(), ListParts::by_offset);
    assert_eq!(whole, ("abc".to_owned(), None, queries(["", "offset=2"])));
    let whole = all(pages(), ListParts::by_page);
    assert_eq!(whole, ("abc".to_owned(), None, queries(["", "page=2"])));
    let rest = all([of(3, &["c"])], |request| request.offset(2).by_offset());
    assert_eq!(rest, ("c".to_owned(), None, queries(["offset=2"])));
}

#[test]
fn missing_items_are_reported() {
    let incomplete = |outcome: (String, Option<String>, Vec<String>)| {
        assert_eq!(outcome.0, "ab", "what there is comes first");
        assert!(outcome.1.unwrap().starts_with("the list is not complete"));
    };
    incomplete(all([of(3, &["a", "b"]), of(3, &[])], ListParts::by_offset));
    incomplete(all([of(3, &["a", "b"]), of(3, &[])], ListParts::by_page));
    incomplete(all([of(3, &["a", "b"])], ListParts::by_marker));
    let more = |ids: &str, more: bool| {
        let text = format!(r#"{{"entries":[{ids}],"more":{more}}}"#);
        canned(200, text)
    };
    let two = r#"{"part_id":"a","size":1},{"part_id":"b","size":1}"#;
    incomplete(all([more(two, true)], ListParts::by_marker));
    incomplete(all([more(two, true), more("", true)], ListParts::by_offset));
    let whole = all([more(two, false)], ListParts::by_offset);
    assert_eq!(whole, ("ab".to_owned(), None, queries([""])));
}

/// A caller who begins in the middle does not get all, and wants no more.
#[test]
fn a_service_that_repeats_a_page_is_left() {
    let pages = [of(3, &["a", "b"]), of(3, &["a", "b"])];
    let (ids, failure, sent) = all(pages, ListParts::by_offset);
    assert_eq!((&*ids, sent), ("ab", queries(["", "offset=2"])));
    assert!(failure.unwrap().contains("the same page again"));
    // Without a total too, where it would go on for ever.
    for items in [ListParts::by_offset, ListParts::by_page] {
        let pages = [page(&["a", "b"], None), page(&["a", "b"], None)];
        let (ids, failure, sent) = all(pages, items);
        assert_eq!((&*ids, sent.len()), ("ab", 2));
        assert!(failure.unwrap().contains("the same page again"));
    }
    let pages = [of(3, &["a", "b"]), of(3, &["b", "c"])];
    let (ids, failure, _) = all(pages, ListParts::by_offset);
    assert_eq!(ids, "abbc");
    assert!(failure.unwrap().contains("more items than the service reports"));
}

/// Filters may leave pages empty, but not a hundred in a row.
#[test]
fn empty_pages_that_lead_to_another_end() {
    let pages = |empty: usize| {
        let markers: Vec<String> = (0..=empty).map(|number| number.to_string()).collect();
        let lead = |marker: &String| page(&[], Some(marker));
        let mut pages: Vec<CannedResponse> = markers.iter().take(empty).map(lead).collect();
        pages.push(page(&["a"], None));
        pages
    };
    let listed = |empty| {
        let fake = Fake::new(pages(empty));
        let mut items = fake.client().list_parts("1").by_marker();
        let first = run(items.next()).unwrap();
        let outcome = first.map(|part| part.id).map_err(|error| error.to_string());
        (outcome, fake.requests().len())
    };
    assert_eq!(listed(99), (Ok("a".to_owned()), 100));
    let (outcome, sent) = listed(100);
    assert!(outcome.unwrap_err().contains("100 pages in a row are empty"));
    assert_eq!(sent, 100);
}

#[test]
fn by_last_item_forth_and_back() {
    let more = |ids: &[&str], more: bool| {
        let part = |id: &&str| json!({ "part_id": id, "size": 1 });
        let entries: Vec<_> = ids.iter().map(part).collect();
        canned(200, json!({ "entries": entries, "more": more }).to_string())
    };
    let (ids, failure, sent) =
        all([more(&["a", "b"], true), more(&["c"], false)], ListParts::by_last_item);
    assert_eq!((&*ids, failure, sent), ("abc", None, queries(["", "after=b"])));
    // The page before `e` ends with `d`.
    let pages = [more(&["c", "d"], true), more(&["a", "b"], false)];
    let (ids, failure, sent) = all(pages, |request| request.before("e").by_last_item());
    assert_eq!((&*ids, failure, sent), ("dcba", None, queries(["before=e", "before=c"])));
}

#[test]
fn by_page_with_an_explicit_first_page() {
    let pages = || [page(&["a"], None), page(&["b"], None), page(&[], None)];
    let (ids, _, sent) = all(pages(), ListParts::by_page_from_one);
    assert_eq!((&*ids, sent), ("ab", queries(["page=1", "page=2", "page=3"])));
    let (_, _, sent) = all(pages(), |request| request.page(4).by_page_from_one());
    assert_eq!(sent, ["page=4", "page=5", "page=6"]);
}

#[test]
fn a_stream_from_the_middle() {
    let whole = all([of(9, &["c"])], |request| request.marker("m").by_marker());
    assert_eq!(whole, ("c".to_owned(), None, queries(["marker=m"])));
    let pages = [of(9, &["c"]), of(9, &[])];
    let whole = all(pages, |request| request.page(4).by_page());
    assert_eq!(whole, ("c".to_owned(), None, queries(["page=4", "page=5"])));
}

#[test]
fn a_cursor_that_comes_again_is_an_error() {
    let pages = [page(&["a"], Some("1")), page(&["b"], Some("2")), page(&["c"], Some("1"))];
    let (ids, failure, sent) = all(pages, ListParts::by_marker);
    assert_eq!((ids.as_str(), sent.len()), ("abc", 3));
    assert!(failure.unwrap().contains("the same page twice"));
}

#[test]
fn by_pages_from_zero() {
    let pages = [page(&["a"], None), page(&["b"], None), page(&[], None)];
    let sent = queries(["", "page=1", "page=2"]);
    assert_eq!(all(pages, ListParts::by_page_from_zero), ("ab".to_owned(), None, sent));
}

#[test]
fn by_marker_or_offset() {
    let pages = [page(&["a"], Some("m")), page(&["b"], None)];
    let sent = queries(["usemarker=true", "usemarker=true&marker=m"]);
    assert_eq!(all(pages, ListParts::by_either), ("ab".to_owned(), None, sent));
    let pages = || [of(3, &["a", "b"]), of(3, &["c"])];
    let (ids, failure, sent) = all(pages(), ListParts::by_either);
    assert_eq!((ids.as_str(), failure), ("abc", None));
    assert_eq!(sent, ["usemarker=true", "usemarker=true&offset=2"]);
    let (_, _, sent) = all(pages(), |request| request.use_marker(false).by_either());
    assert_eq!(sent, ["usemarker=false", "usemarker=false&offset=2"]);
    let (_, _, sent) = all(pages(), |request| request.offset(0).by_either());
    assert_eq!(sent, ["offset=0", "offset=2"]);
}

/// The paths and queries of what was sent, along these references to the next page.
fn followed(references: &[&str], by_link: bool) -> (Vec<String>, Option<String>) {
    let step = |reference: Option<&str>| {
        let mut response = page(&["a"], reference.filter(|_| !by_link)).unwrap();
        if let Some(url) = reference.filter(|_| by_link) {
            let first = "<https://api.box.com/first>; rel=\"first\"; title=\"a, <b>; rel=next\"";
            let link = format!("{first}, <{url}>; x=1; rel=next");
            response.headers_mut().insert("link", link.parse().unwrap());
        }
        Ok(response)
    };
    let steps = references.iter().copied().map(Some).chain([None]).map(step);
    let fake = Fake::new(steps.collect::<Vec<CannedResponse>>());
    let request = fake.client().list_parts("1");
    let mut items = if by_link { request.by_link() } else { request.by_url() };
    let mut failure = None;
    run(async {
        while let Some(item) = items.next().await {
            failure = item.err().map(|error| error.to_string());
        }
    });
    let sent = fake.requests();
    (sent.iter().skip(1).map(|request| request.uri().to_string()).collect(), failure)
}

#[test]
fn by_url() {
    let here = "https://upload.box.com/api/2.0/sessions/1";
    for by_link in [false, true] {
        let references = ["https://upload.box.com/next?a=1", "/other?Page=2", "?b=1", "last"];
        let (sent, failure) = followed(&references, by_link);
        assert_eq!(failure, None);
        let expected = [
            "https://upload.box.com/next?a=1",
            "https://upload.box.com/other?Page=2",
            "https://upload.box.com/other?b=1",
            "https://upload.box.com/last",
        ];
        assert_eq!(sent, expected);
        assert_eq!(followed(&["again"], by_link).0, [format!("{here}/again")]);
        for elsewhere in
            ["https://evil.example/next", "//evil.example/next", "http://api.box.com/x"]
        {
            let (sent, failure) = followed(&[elsewhere], by_link);
            assert_eq!(sent.len(), 0, "{elsewhere}");
            assert!(failure.unwrap().starts_with("the URL is not trusted"), "{elsewhere}");
        }
    }
}

/// The query of the caller's URL does not hide where the next page is.
#[test]
fn at_a_url_with_a_query() {
    let pages = [page(&["a"], None), page(&["b"], None), page(&[], None)];
    let start = |request: ListParts| {
        request.at("https://upload.box.com/parts?limit=1&offset=5").by_offset()
    };
    let (ids, _, sent) = all(pages, start);
    assert_eq!(ids, "ab");
    assert_eq!(sent, ["limit=1&offset=5", "limit=1&offset=6", "limit=1&offset=7"]);
}

#[test]
fn an_error_is_the_end() {
    let pages = [page(&["a"], Some("m")), canned(500, ""), page(&["b"], None)];
    let (ids, failure, sent) = all(pages, ListParts::by_marker);
    assert_eq!((ids.as_str(), sent.len()), ("a", 2));
    assert_eq!(failure.unwrap(), "the service responded with 500 Internal Server Error");
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
