//! What is asked for, and how what comes is read (RFC 9110, section 12.5.1).

use crate::peer::{Peer, Reaction};
use crate::{response, client, target};

/// A peer that responds to each path in the media type of its row.
fn offering(rows: &'static [Row]) -> Peer {
    Peer::start(move |_, seen| {
        let row = rows.iter().find(|row| target(seen) == format!("/{}", row.operation)).unwrap();
        Reaction::Send(response(row.status, &format!("content-type: {}", row.content_type), row.body))
    })
}

struct Row {
    operation: &'static str,
    accept: &'static str,
    status: &'static str,
    content_type: &'static str,
    body: &'static str,
    /// What the operation gives.
    outcome: &'static str,
}

const fn row(
    operation: &'static str,
    accept: &'static str,
    [status, content_type, body]: [&'static str; 3],
    outcome: &'static str,
) -> Row {
    Row { operation, accept, status, content_type, body, outcome }
}

const JSON: &str = r#"{"text":"a"}"#;
const NOTE: &str = r#"Note { text: "a" }"#;
const OK: &str = "200 OK";

static ROWS: &[Row] = &[
    row("vendor", "application/vnd.api+json", [OK, "application/vnd.api+json", JSON], NOTE),
    row("same", "application/hal+json, application/json", [OK, "application/hal+json", JSON], NOTE),
    row("different", "application/json", [OK, "application/json", JSON], NOTE),
    row("encoded", "application/json", [OK, "application/json", JSON], NOTE),
    row("html", "text/html, application/problem+json;q=0.5", [OK, "text/html", "<p>"], r#""<p>""#),
    row("rows", "text/csv", [OK, "text/csv", "a,b"], r#""a,b""#),
    row(
        "file",
        "application/pdf, image/png, */*;q=0.5",
        [OK, "image/png", "PNG"],
        "Body(Some(3) bytes)",
    ),
    row("free", "text/plain, */*;q=0.5", [OK, "text/x", "t"], r#""t""#),
    row("odd", "*/*", [OK, "x/y", "bytes"], "Body(Some(5) bytes)"),
    row("remove", "application/json", ["204 No Content", "x/y", ""], "()"),
    row(
        "maybe",
        "application/json;v=2, text/plain",
        [OK, "application/json", JSON],
        r#"Ok(Note { text: "a" })"#,
    ),
];

#[tokio::test]
async fn what_can_be_read_is_asked_for() {
    let peer = offering(ROWS);
    let client = client!(media_types, peer);
    for row in ROWS {
        let outcome = match row.operation {
            "vendor" => format!("{:?}", client.vendor().await.unwrap()),
            "same" => format!("{:?}", client.same().await.unwrap()),
            "different" => format!("{:?}", client.different().await.unwrap()),
            "encoded" => format!("{:?}", client.encoded().await.unwrap()),
            "html" => format!("{:?}", client.html().await.unwrap()),
            "rows" => format!("{:?}", client.rows().await.unwrap()),
            "file" => format!("{:?}", client.file().await.unwrap()),
            "free" => format!("{:?}", client.free().await.unwrap()),
            "odd" => format!("{:?}", client.odd().await.unwrap()),
            "remove" => format!("{:?}", client.remove().await.unwrap()),
            _ => format!("{:?}", client.maybe().await.unwrap()),
        };
        assert_eq!(outcome, row.outcome, "{}", row.operation);
        let seen = peer.seen();
        assert_eq!(seen.last().unwrap().header("accept"), Some(row.accept), "{}", row.operation);
    }
}

/// A response without a body is distinguished from one with a body.
#[tokio::test]
async fn responses_with_and_without_a_body() {
    use media_types::operations::MaybeOutcome;
    let peer = Peer::start(|count, _| {
        Reaction::Send(match count {
            0 => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
            1 => response("202 Accepted", "content-type: text/plain", "wait"),
            2 => response("202 Accepted", "x: y", ""),
            _ => response("200 OK", "content-type: application/json", "{}"),
        })
    });
    let client = client!(media_types, peer);
    for expected in [
        MaybeOutcome::NoContent,
        MaybeOutcome::Accepted("wait".to_owned()),
        MaybeOutcome::Accepted(String::new()),
        MaybeOutcome::Ok(media_types::types::Note::default()),
    ] {
        assert_eq!(client.maybe().await.unwrap(), expected);
    }
    client.maybe().header("accept", "text/plain").await.unwrap();
    assert_eq!(peer.seen()[4].header("accept"), Some("text/plain"), "the caller's word goes first");
}
