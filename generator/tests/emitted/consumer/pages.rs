//! Streams over the pages of lists.

use crate::peer::Peer;
use crate::{client, peer, target};

/// A peer that responds with these bodies in turn.
fn pages(bodies: &'static [&'static str]) -> Peer {
    Peer::start(move |count, _| peer::json("200 OK", bodies.get(count).copied().unwrap_or("{}")))
}

fn targets(peer: &Peer) -> Vec<String> {
    peer.seen().iter().map(|seen| target(seen).to_owned()).collect()
}

#[tokio::test]
async fn by_offset() {
    let peer = pages(&[
        r#"{"total_count":7,"entries":[{"id":1},{"id":2}]}"#,
        r#"{"total_count":7,"entries":[{"id":3}]}"#,
    ]);
    let mut items = client!(pagination, peer).by_offset().limit(2).offset(4).stream();
    let mut ids = Vec::new();
    while let Some(item) = items.next().await {
        ids.push(item.unwrap().id);
    }
    assert_eq!(ids, [1, 2, 3]);
    assert_eq!(targets(&peer), ["/offset?limit=2&offset=4", "/offset?limit=2&offset=6"]);
}

#[tokio::test]
async fn by_marker() {
    let peer = pages(&[
        r#"{"entries":[{"id":1}],"next_marker":"a b"}"#,
        r#"{"entries":[],"next_marker":"c"}"#,
        r#"{"entries":[{"id":2}],"next_marker":null}"#,
    ]);
    let mut items = client!(pagination, peer).by_marker("x").stream();
    let mut ids = Vec::new();
    while let Some(item) = items.next().await {
        ids.push(item.unwrap().id);
    }
    assert_eq!(ids, [1, 2]);
    assert_eq!(targets(&peer), ["/marker/x", "/marker/x?marker=a%20b", "/marker/x?marker=c"]);
}

#[tokio::test]
async fn by_page() {
    let peer = pages(&[r#"{"total":2,"data":[{"id":1}]}"#, r#"{"total":2,"data":[{"id":2}]}"#]);
    let mut items = client!(pagination, peer).by_page().stream();
    assert_eq!(items.next().await.unwrap().unwrap().id, 1);
    assert_eq!(items.next().await.unwrap().unwrap().id, 2);
    assert!(items.next().await.is_none());
    assert_eq!(targets(&peer), ["/page", "/page?page=1"]);
}

/// A service that has more items than its pages does not end as if there were none.
#[tokio::test]
async fn by_page_with_too_few_items() {
    let peer = pages(&[r#"{"total":2,"data":[{"id":1}]}"#, r#"{"total":2,"data":null}"#]);
    let mut items = client!(pagination, peer).by_page().stream();
    assert_eq!(items.next().await.unwrap().unwrap().id, 1);
    let error = items.next().await.unwrap().unwrap_err();
    assert!(error.to_string().starts_with("the list is not complete"), "{error}");
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn by_nested_cursor() {
    let peer = pages(&[
        r#"{"metadata":{"continue":"c"},"items":["a"]}"#,
        r#"{"metadata":{},"items":["b"]}"#,
    ]);
    let mut items = client!(pagination_forms, peer).nested().stream();
    assert_eq!(items.next().await.unwrap().unwrap(), "a");
    assert_eq!(items.next().await.unwrap().unwrap(), "b");
    assert!(items.next().await.is_none());
    assert_eq!(targets(&peer), ["/nested", "/nested?continue=c"]);
}

#[tokio::test]
async fn by_last_item() {
    let peer = pages(&[
        r#"{"has_more":true,"data":[{"id":"a"},{"id":"b"}]}"#,
        r#"{"has_more":false,"data":[{"id":"c"}]}"#,
    ]);
    let mut items = client!(pagination_forms, peer).last_item().stream();
    for id in ["a", "b", "c"] {
        assert_eq!(items.next().await.unwrap().unwrap().id, id);
    }
    assert!(items.next().await.is_none());
    assert_eq!(targets(&peer), ["/last_item", "/last_item?starting_after=b"]);
}

/// From the item that the caller names back to the first, in reverse.
#[tokio::test]
async fn by_first_item() {
    let peer = pages(&[
        r#"{"has_more":true,"data":[{"id":"c"},{"id":"d"}]}"#,
        r#"{"has_more":false,"data":[{"id":"a"},{"id":"b"}]}"#,
    ]);
    let request = client!(pagination_forms, peer).last_item().ending_before("e");
    let mut items = request.clone().stream();
    for id in ["d", "c", "b", "a"] {
        assert_eq!(items.next().await.unwrap().unwrap().id, id);
    }
    assert!(items.next().await.is_none());
    assert_eq!(targets(&peer), ["/last_item?ending_before=e", "/last_item?ending_before=c"]);
}

/// The words of another generator: pages from 0, which are asked for.
#[tokio::test]
async fn by_words() {
    let peer = pages(&[r#"{"things":["a"]}"#, r#"{"things":["b"]}"#, r#"{"things":[]}"#]);
    let mut items = client!(pagination, peer).words().size(1).stream();
    assert_eq!(items.next().await.unwrap().unwrap(), "a");
    assert_eq!(items.next().await.unwrap().unwrap(), "b");
    assert!(items.next().await.is_none());
    assert_eq!(targets(&peer), ["/words?size=1&p=0", "/words?size=1&p=1", "/words?size=1&p=2"]);
}

#[tokio::test]
async fn by_next_page() {
    let peer = pages(&[
        r#"{"meta":{"pagination":{"next_page":2}},"servers":["a"]}"#,
        r#"{"meta":{"pagination":{"next_page":null}},"servers":["b"]}"#,
    ]);
    let mut items = client!(pagination_forms, peer).next_page().stream();
    assert_eq!(items.next().await.unwrap().unwrap(), "a");
    assert_eq!(items.next().await.unwrap().unwrap(), "b");
    assert!(items.next().await.is_none());
    assert_eq!(targets(&peer), ["/next_page", "/next_page?page=2"]);
}

#[tokio::test]
async fn by_url() {
    let peer = pages(&[
        r#"{"next_page_uri":"/uri?Page=1&PageToken=x","calls":["a"]}"#,
        r#"{"next_page_uri":null,"calls":["b"]}"#,
    ]);
    let mut items = client!(pagination_forms, peer).uri().stream();
    assert_eq!(items.next().await.unwrap().unwrap(), "a");
    assert_eq!(items.next().await.unwrap().unwrap(), "b");
    assert!(items.next().await.is_none());
    assert_eq!(targets(&peer), ["/uri", "/uri?Page=1&PageToken=x"]);
}

/// The marker that the service gives only to those who want it, and the offset where it does not.
#[tokio::test]
async fn by_marker_or_offset() {
    let peer = pages(&[
        r#"{"total_count":3,"entries":["a","b"]}"#,
        r#"{"total_count":3,"entries":["c"]}"#,
    ]);
    let mut items = client!(pagination_forms, peer).either().stream();
    for item in ["a", "b", "c"] {
        assert_eq!(items.next().await.unwrap().unwrap(), item);
    }
    assert!(items.next().await.is_none());
    assert_eq!(targets(&peer), ["/either?usemarker=true", "/either?usemarker=true&offset=2"]);
}

#[tokio::test]
async fn by_extension() {
    let peer =
        pages(&[r#"{"upTo":"n","things":["a"],"others":["x"]}"#, r#"{"upTo":"","things":["b"]}"#]);
    let mut items = client!(pagination, peer).by_word().from("m").stream();
    assert_eq!(items.next().await.unwrap().unwrap(), "a");
    assert_eq!(items.next().await.unwrap().unwrap(), "b");
    assert!(items.next().await.is_none());
    assert_eq!(targets(&peer), ["/said?from=m", "/said?from=n"]);
}

/// An error ends the stream.
#[tokio::test]
async fn a_page_that_fails() {
    let peer = pages(&[r#"{"entries":[{"id":1}],"next_marker":"a"}"#, "no JSON"]);
    let mut items = client!(pagination, peer).by_marker("x").stream();
    assert_eq!(items.next().await.unwrap().unwrap().id, 1);
    assert!(items.next().await.unwrap().is_err());
    assert!(items.next().await.is_none());
}
