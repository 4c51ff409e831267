//! The stream over all pages of a list.

use box_upload_sessions::{Client, Error};
use serde_json::json;

use crate::fixtures::{ID, client, run};
use crate::server::{CannedResponse, Server};

/// A page of the parts with these numbers; the file is to have more than are stored.
fn page(numbers: &[u32]) -> CannedResponse {
    let entries: Vec<_> = numbers
        .iter()
        .map(|number| json!({"part_id": number.to_string(), "offset": number, "size": 1, "sha1": ""}))
        .collect();
    CannedResponse::json(200, &json!({"total_count": 9, "entries": entries}).to_string())
}

/// The ids of the parts up to the end or an error, and what was asked for.
fn walk(
    pages: impl IntoIterator<Item = CannedResponse>,
    list: impl FnOnce(&Client) -> box_upload_sessions::operations::ListParts,
) -> (Vec<String>, Vec<String>) {
    let server = Server::start(pages);
    let client = client(&server);
    let ids = run(async {
        let mut parts = list(&client).stream();
        let mut ids = Vec::new();
        while let Some(part) = parts.next().await {
            ids.push(match part {
                Ok(part) => part.part_id,
                Err(Error::Response { response, .. }) => response.status().to_string(),
                Err(error) => panic!("{error:?}"),
            });
        }
        assert!(parts.next().await.is_none());
        ids
    });
    let targets = server.finish().into_iter().map(|request| {
        let target = request.line.split(' ').nth(1).unwrap();
        target.split_once("/parts").unwrap().1.to_owned()
    });
    (ids, targets.collect())
}

/// `total_count` is the number of parts that are expected, and a service may give fewer than it is
/// asked for: only an empty page is the last.
#[test]
fn a_short_page_is_not_the_last() {
    let pages = [page(&[0, 1]), page(&[2, 5]), page(&[7]), page(&[])];
    let (ids, asked) = walk(pages, |client| client.list_parts(ID).limit(5000));
    assert_eq!(ids, ["0", "1", "2", "5", "7"]);
    let offsets = ["", "&offset=2", "&offset=4", "&offset=5"];
    assert_eq!(asked, offsets.map(|offset| format!("?limit=5000{offset}")));
}

#[test]
fn a_stream_starts_at_its_offset() {
    let (ids, asked) =
        walk([page(&[3, 4]), page(&[])], |client| client.list_parts(ID).offset(3).limit(2));
    assert_eq!(ids, ["3", "4"]);
    assert_eq!(asked, ["?offset=3&limit=2", "?limit=2&offset=5"]);
}

#[test]
fn an_empty_page_is_the_last() {
    let (ids, asked) = walk([page(&[])], |client| client.list_parts(ID));
    assert_eq!((ids.len(), asked), (0, vec![String::new()]));
}

#[test]
fn an_error_ends_the_stream() {
    let pages = [page(&[0]), CannedResponse::json(400, r#"{"code":"invalid_offset"}"#)];
    let (ids, asked) = walk(pages, |client| client.list_parts(ID).limit(1));
    assert_eq!(ids, ["0", "400 Bad Request"]);
    assert_eq!(asked.len(), 2);
}
