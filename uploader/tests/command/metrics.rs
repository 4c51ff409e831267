//! Figures for operators.

use std::collections::BTreeMap;

use box_emulator::{Action, Emulator, Fault, FaultPlan, FaultResponse, Operation, StallAt};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};

use super::login::get;
use super::{Home, IN_PARTS, MIB, emulator, end_of, watched};

/// The samples of a page in the text format of Prometheus.
fn parse(page: &str) -> BTreeMap<String, f64> {
    let (head, body) = page.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK") && head.contains("version=0.0.4"), "{head}");
    let lines = body.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("box_upload_"), "{line}");
        (name.to_owned(), value.parse().unwrap())
    };
    lines.map(sample).collect()
}

#[tokio::test]
async fn an_upload_is_watched_while_it_runs() {
    let busy = Action::Respond(FaultResponse::new(503));
    let stall = Action::Stall { at: StallAt::BeforeResponse, seconds: Some(5.0) };
    let faults = FaultPlan::new(1)
        .fault(Fault::nth(Operation::UploadPart, 3, busy))
        .fault(Fault::nth(Operation::CommitUploadSession, 1, stall));
    let emulator = Emulator::builder().part_size(MIB).faults(faults).start().await.unwrap();
    let home = Home::new();
    home.large_file("large.bin");
    home.file("small.txt", "abc");
    let arguments = ["small.txt", "missing", "large.bin", "--to", "0", "--json", "--metrics", "0"];
    let mut child = home.to(&emulator, &arguments).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = async || -> Option<Value> {
        let line = watched(lines.next_line()).await.unwrap()?;
        Some(serde_json::from_str(&line).unwrap())
    };
    let first = next().await.unwrap();
    let url = first["url"].as_str().unwrap().to_owned();
    assert!(first["event"] == "metrics" && url.starts_with("http://127.0.0.1:"), "{first}");
    while next().await.unwrap()["event"] != "committing" {}

    // The commit may not have begun.
    let figures = loop {
        let figures = parse(&get(&url).await);
        if figures["box_upload_requests_in_flight"] == 1.0 {
            break figures;
        }
    };
    let parts = "method=\"PUT\",path=\"/files/upload_sessions/{upload_session_id}\"";
    for (name, value) in [
        ("files_total{outcome=\"stored\"}", 1.0),
        ("files_total{outcome=\"failed\"}", 1.0),
        ("parts_total{outcome=\"sent\"}", 21.0),
        ("retries_total{operation=\"upload_part\",cause=\"503\"}", 1.0),
        (&format!("requests_total{{{parts},status=\"200\"}}"), 21.0),
        (&format!("requests_total{{{parts},status=\"503\"}}"), 1.0),
        (&format!("request_duration_seconds_bucket{{{parts},le=\"+Inf\"}}"), 22.0),
        (&format!("request_duration_seconds_count{{{parts}}}"), 22.0),
    ] {
        assert_eq!(
            figures.get(&format!("box_upload_{name}")),
            Some(&value),
            "{name}: {figures:#?}"
        );
    }
    let sent = figures["box_upload_sent_bytes_total"];
    assert!((IN_PARTS as f64..(IN_PARTS + 2 * MIB) as f64).contains(&sent), "{sent}");
    let within = |bound| {
        figures[&format!("box_upload_request_duration_seconds_bucket{{{parts},le=\"{bound}\"}}")]
    };
    assert!(within("0.005") <= within("1") && within("1") <= within("300"));
    let other = get(&url.replace("/metrics", "/")).await;
    assert!(other.starts_with("HTTP/1.1 404"), "{other}");

    let mut last = Value::Null;
    while let Some(event) = next().await {
        last = event;
    }
    assert_eq!(end_of(child).await.code, Some(7));
    let times = &last["request_seconds"];
    let time = |name: &str| times[name].as_f64().unwrap();
    assert!(times["requests"].as_u64() > Some(24), "{last}");
    assert!(time("p50") <= time("p90") && time("p90") <= time("p99"), "{last}");
    assert!(time("p99") <= time("longest") && time("longest") >= 5.0, "{last}");
}

#[tokio::test]
async fn percentiles_are_told_if_asked_for() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "abc");
    let arguments = ["a.txt", "--to", "0", "--verbose"];
    let ended = home.upload(&emulator, &arguments).await;
    assert!(ended.err.contains(" requests: 50 % within "), "{ended:?}");
    let plain = home.upload(&emulator, &arguments[..3]).await;
    assert!(!plain.err.contains("requests:"), "{plain:?}");
}

#[tokio::test]
async fn a_port_that_is_taken() {
    let home = Home::new();
    home.file("a.txt", "abc");
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let arguments = ["a.txt", "--to", "0", "--metrics", &address];
    let ended = home.upload(&emulator().await, &arguments).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains(&format!("cannot serve metrics at {address}")), "{ended:?}");
    let nowhere = home.run(&["a.txt", "--to", "0", "--metrics", "here"]).await;
    assert_eq!(nowhere.code, Some(2), "{nowhere:?}");
}
