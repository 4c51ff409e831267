//! The command and TLS.

use std::process::Stdio;
use std::sync::Arc;

use box_emulator::Emulator;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio_rustls::TlsConnector;

use crate::client::*;

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_box-emulator"));
    command.kill_on_drop(true).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[tokio::test]
async fn it_says_where_it_is_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let faults = folder.path().join("faults.yaml");
    std::fs::write(&faults, "faults: [{ on: get_file, do: { respond: { status: 503 } } }]")
        .unwrap();
    let mut child = command().args(["--port", "0", "--faults"]).arg(&faults).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let url = line.rsplit(' ').next().unwrap();
    let example = lines.next_line().await.unwrap().unwrap();
    assert!(example.contains("curl") && example.contains(url), "{example}");
    assert_eq!(send(url, "GET", "/2.0/files/1", &[], "").await.status, 503);
    assert_eq!(send(url, "GET", "/2.0/files/1", &[], "").await.status, 404);

    let id = child.id().unwrap().to_string();
    let interrupt = Command::new("kill").args(["-INT", &id]).status().await.unwrap();
    assert!(interrupt.success());
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("get_file") && log.contains("503") && log.contains("fired"), "{log}");
    assert!(!log.contains("Bearer"));
}

/// As soon as it says where it is.
#[tokio::test]
async fn an_early_interrupt_stops_it_in_order() {
    for _ in 0..10 {
        let mut child = command().args(["--port", "0"]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        lines.next_line().await.unwrap().unwrap();
        let id = child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
        assert_eq!(child.wait().await.unwrap().code(), Some(0));
    }
}

/// Every command of the READMEs, in order, on another port.
#[tokio::test]
async fn the_commands_of_the_readmes_start() {
    let folder = tempfile::tempdir().unwrap();
    let readmes = concat!(include_str!("../../../README.md"), include_str!("../../README.md"));
    let starts =
        ["cargo run --package box-emulator -- ", "$ cargo run -p box-emulator", "box-emulator "];
    let mut started = 0;
    for line in readmes.lines().filter(|line| !line.contains(" = ")) {
        let Some(options) = starts.iter().find_map(|start| line.strip_prefix(start)) else {
            continue;
        };
        let options = options.split('#').next().unwrap().split_whitespace();
        let mut command = command();
        command.args(options).args(["--port", "0"]).current_dir(folder.path());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next_line().await.unwrap();
        assert!(first.is_some_and(|first| first.contains("http://127.0.0.1:")), "{line}");
        child.kill().await.unwrap();
        started += 1;
    }
    assert_eq!(started, 4);
}

#[tokio::test]
async fn invalid_options_are_reported() {
    for (arguments, told) in [
        (&["--part-size", "x"][..], "expected a size"),
        (&["--session-life", "5y"], "expected a duration"),
        (&["--part-size", "0", "--port", "0"], "the part size is 0"),
        (&["--faults", "/nonexistent", "--port", "0"], "cannot read"),
        (&["--tls-cert", "x"], "--tls-key"),
        (&["--folder", "x"], "ID=NAME"),
        (&["--upstream", "http://127.0.0.1:1"], "--record"),
        (&["--record", "a", "--replay", "b"], "cannot be used with"),
        (&["--replay", "a", "--latency", "1s"], "cannot be used with"),
        (&["--replay", "/nonexistent", "--port", "0"], "/nonexistent: No such file"),
    ] {
        let output = command().args(arguments).output().await.unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(told), "{error}");
    }
    let help = command().arg("--help").output().await.unwrap();
    assert!(String::from_utf8(help.stdout).unwrap().contains("Examples:"));
}

#[tokio::test]
async fn the_command_serves_tls() {
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = certified.signing_key.serialize_pem();
    let emulator: Emulator = small().tls(certified.cert.pem(), key).start().await.unwrap();
    assert!(emulator.url().starts_with("https://"));
    let mut roots = RootCertStore::empty();
    roots.add(certified.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(emulator.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let body = r#"{"folder_id":"0","file_size":10,"file_name":"a"}"#;
    let head = "POST /api/2.0/files/upload_sessions HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\
        Authorization: Bearer t\r\n";
    stream
        .write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())
        .await
        .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 201"), "{response}");
    assert!(response.contains("https://localhost:1/api/2.0/files/upload_sessions/"), "{response}");

    let error = small().tls("no", "pem").start().await.unwrap_err().to_string();
    assert!(error.contains("key"), "{error}");
}
