//! Responses whose media type the caller chooses (RFC 9110, section 12).

use crate::peer::{Peer, Reaction};
use crate::{response, client, giving, target};

const JSON: &str = "application/json";
const NOTE: &str = r#"Note { text: "a" }"#;

/// What is asked for, what comes, and what the caller gets.
struct Row {
    accept: &'static str,
    content_type: &'static str,
    body: &'static str,
    outcome: &'static str,
}

const fn row(
    accept: &'static str,
    content_type: &'static str,
    body: &'static str,
    outcome: &'static str,
) -> Row {
    Row { accept, content_type, body, outcome }
}

static ROWS: &[Row] = &[
    row("application/json, application/problem+json;q=0.5", JSON, r#"{"text":"a"}"#, NOTE),
    row("text/csv, application/problem+json;q=0.5", "text/csv", "a,b", r#""a,b""#),
    row("application/pdf, application/problem+json;q=0.5", "application/pdf", "%P", "Body(Some(2) bytes)"),
    row("image/*, application/problem+json;q=0.5", "image/png", "PNG", "Body(Some(3) bytes)"),
    row(
        "application/vnd.report.v2+json, application/problem+json;q=0.5",
        "application/vnd.report.v2+json",
        r#"{"rows":[1]}"#,
        "ReportResponseVndReportV2Json { rows: [1] }",
    ),
    row("application/json", JSON, r#"{"text":"a"}"#, NOTE),
    row("text/plain, text/csv", "text/csv", "a,b", r#""a,b""#),
    row("application/octet-stream", "application/octet-stream", "12", "Body(Some(2) bytes)"),
    row("application/json", JSON, "[1]", "Array [Number(1)]"),
    row("application/x-ndjson", "application/x-ndjson", "1\n2\n", "JsonLines { .. }"),
    row("*/*", "x/y", "12", "Body(Some(2) bytes)"),
];

#[tokio::test]
async fn the_caller_chooses_the_media_type() {
    let peer = Peer::start(|count, _| {
        let row = &ROWS[count];
        let content_type = format!("content-type: {}", row.content_type);
        Reaction::Send(response("200 OK", &content_type, row.body))
    });
    let client = client!(negotiated, peer);
    let outcomes = [
        format!("{:?}", client.report().await.unwrap()),
        format!("{:?}", client.report().csv().await.unwrap()),
        format!("{:?}", client.report().pdf().await.unwrap()),
        format!("{:?}", client.report().image().await.unwrap()),
        format!("{:?}", client.report().vnd_report_v2_json().await.unwrap()),
        format!("{:?}", client.chat().await.unwrap()),
        format!("{:?}", client.rows().await.unwrap()),
        format!("{:?}", client.rows().bytes().await.unwrap()),
        format!("{:?}", client.anything().await.unwrap()),
        format!("{:?}", client.anything().ndjson().await.unwrap()),
        format!("{:?}", client.odd().any().await.unwrap()),
    ];
    assert_eq!(outcomes.len(), ROWS.len());
    for ((row, outcome), seen) in ROWS.iter().zip(outcomes).zip(peer.seen()) {
        assert_eq!(outcome, row.outcome, "{}", row.accept);
        assert_eq!(seen.header("accept"), Some(row.accept), "{outcome}");
    }
}

#[tokio::test]
async fn events_beside_json() {
    let peer = giving("200 OK", "content-type: text/event-stream", "data: {\"text\":\"1\"}\n\ndata: {}\n\n");
    let mut events = client!(negotiated, peer).chat().events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data.text.as_deref(), Some("1"));
    assert_eq!(events.next().await.unwrap().unwrap().data.text, None);
    assert!(events.next().await.is_none());
    assert_eq!(peer.seen()[0].header("accept"), Some("text/event-stream"));
}

/// Services that stream because a member of the body says so are told by the same method.
#[tokio::test]
async fn a_member_that_asks_for_events_is_set() {
    use negotiated::types::Ask;
    let peer = giving("200 OK", "content-type: text/event-stream", "data: {}\n\n");
    let client = client!(negotiated, peer);
    let asks = [Ask::new(), Ask::new().heat(0.1), Ask::new().stream(false)];
    for ask in &asks {
        let mut events = client.chat().body(ask).events().await.unwrap();
        assert!(events.next().await.unwrap().is_ok());
    }
    client.chat().events().await.unwrap();
    let _ = client.chat().body(&asks[1]).await;
    let seen = peer.seen();
    let bodies: Vec<_> = seen.iter().map(|seen| String::from_utf8_lossy(&seen.body)).collect();
    let flagged = r#"{"stream":true}"#;
    assert_eq!(bodies, [flagged, r#"{"heat":0.1,"stream":true}"#, flagged, "", r#"{"heat":0.1}"#]);
    let length = seen[1].header("content-length");
    assert_eq!(length, Some(bodies[1].len().to_string().as_str()));
}

/// The other statuses stay what they are, and a parameter keeps its name.
#[tokio::test]
async fn a_choice_beside_other_statuses() {
    use negotiated::operations::JobCsvOutcome;
    let peer = Peer::start(|count, _| {
        Reaction::Send(match count {
            0 => response("200 OK", "content-type: text/csv\r\nx-rows: 2", "a\r\nb\r\n"),
            1 => response("202 Accepted", "content-type: text/plain", "wait"),
            2 => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
            _ => response("500 Oops", "content-type: application/json", r#"{"text":"no"}"#),
        })
    });
    let client = client!(negotiated, peer);
    let request = || client.job().csv(true).csv_response();
    let outcome = request().send().await.unwrap();
    assert_eq!(outcome.headers()["x-rows"], "2");
    let expected = JobCsvOutcome::Ok { body: "a\r\nb\r\n".to_owned(), x_rows: Some(2) };
    assert_eq!(*outcome.body(), expected);
    assert_eq!(request().await.unwrap(), JobCsvOutcome::Accepted("wait".to_owned()));
    assert_eq!(request().await.unwrap(), JobCsvOutcome::NoContent);
    let error = client.report().pdf().await.unwrap_err();
    let negotiated::Error::Response { body: Some(error), .. } = error else { panic!("{error}") };
    assert_eq!(error.text.as_deref(), Some("no"));
    let seen = &peer.seen()[0];
    assert_eq!((target(seen), seen.header("accept")), ("/job?csv=true", Some("text/csv, text/plain;q=0.5")));
}
