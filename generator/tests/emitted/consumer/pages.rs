//! Streams over the pages of lists.

use crate::peer::Peer;
use crate::{client, peer, target};

/// A peer that answers with these bodies in turn.
fn pages(bodies: &'static [&'static str]) -> Peer {
    Peer::start(move |count, _| peer::json("200 OK", bodies.get(count).copied().unwrap_or("{}")))
}

fn targets(peer: &Peer) -> Vec<String> {
    peer.seen().iter().map(|seen| target(seen).to_owned()).collect()
}

#[tokio::test]
async fn by_offset() {
    let peer = pages(&[
        r#"{"total_count":3,"entries":[{"id":1},{"id":2}]}"#,
        r#"{"total_count":3,"entries":[{"id":3}]}"#,
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
    let peer = pages(&[r#"{"total":2,"data":[{"id":1}]}"#, r#"{"total":2,"data":null}"#]);
    let mut items = client!(pagination, peer).by_page().stream();
    assert_eq!(items.next().await.unwrap().unwrap().id, 1);
    assert!(items.next().await.is_none());
    assert_eq!(targets(&peer), ["/page", "/page?page=2"]);
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
