//! Traces, as a receiver of OTLP gets them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Operation};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

use super::{Home, TOKEN, emulator, end};

/// A receiver that keeps the heads and bodies of requests.
#[derive(Clone)]
struct Receiver {
    url: String,
    requests: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let receiver = Self { url, requests: Arc::default() };
        let here = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let here = here.clone();
                tokio::spawn(async move { here.receive(stream).await });
            }
        });
        receiver
    }

    /// Keeps all requests of a connection.
    async fn receive(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufStream::new(stream);
        loop {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if stream.read_line(&mut head).await? == 0 {
                    return Ok(());
                }
            }
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
            let mut body = vec![0; length.parse().unwrap()];
            stream.read_exact(&mut body).await?;
            let body = serde_json::from_slice(&body).unwrap();
            self.requests.lock().unwrap().push((head, body));
            let response =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
            stream.write_all(response.as_bytes()).await?;
            stream.flush().await?;
        }
    }

    /// The spans with this name.
    fn spans(&self, name: &str) -> Vec<Value> {
        let requests = self.requests.lock().unwrap();
        let resources = requests.iter().flat_map(|(_, body)| body["resourceSpans"].as_array());
        let scopes = resources.flatten().flat_map(|it| it["scopeSpans"].as_array()).flatten();
        let spans = scopes.flat_map(|it| it["spans"].as_array()).flatten();
        spans.filter(|span| span["name"] == name).cloned().collect()
    }
}

#[tokio::test]
async fn files_parts_and_requests_are_spans() {
    let (home, emulator, receiver) = (Home::new(), emulator().await, Receiver::start().await);
    home.large_file("a.bin");
    let mut command = home.to(&emulator, &["a.bin", "--to", "0"]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.url);
    command.env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
    command.env("OTEL_EXPORTER_OTLP_HEADERS", "x-key=a-secret-key");
    let ended = end(&mut command).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let files = receiver.spans("upload");
    let parts = receiver.spans("part");
    let requests = receiver.spans("request");
    assert_eq!((files.len(), parts.len()), (1, 21));
    assert!(requests.len() >= 23, "{}", requests.len());
    // Each belongs to what it is for.
    let file = &files[0]["spanId"];
    assert!(parts.iter().all(|part| part["parentSpanId"] == *file));
    let is_below =
        |request: &&Value| parts.iter().any(|part| part["spanId"] == request["parentSpanId"]);
    assert_eq!(requests.iter().filter(is_below).count(), 21);
    let all = receiver.requests.lock().unwrap();
    let text = all.iter().map(|(_, body)| body.to_string()).collect::<String>();
    assert!(text.contains("box-upload") && text.contains("url.template"), "{text}");
    // Neither the token nor the ids of the session.
    let session = emulator.requests().iter().find_map(|it| {
        let path = it.path.strip_prefix("/api/2.0/files/upload_sessions/")?;
        path.split('/').next().map(str::to_owned)
    });
    for secret in [TOKEN, "a-secret-key", &session.unwrap(), "127.0.0.1"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let (head, _) = &all[0];
    assert!(head.starts_with("post /v1/traces ") && head.contains("x-key: a-secret-key"), "{head}");
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_a_warning() {
    let (home, emulator) = (Home::new(), emulator().await);
    home.file("a.txt", "Hello");
    let receiver = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut command = home.to(&emulator, &["a.txt", "--to", "0"]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{receiver}"));
    command.env("OTEL_EXPORTER_OTLP_HEADERS", "x-key=a-secret-key");
    let ended = end(&mut command).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("cannot export traces"), "{ended:?}");
    assert!(!ended.err.contains("a-secret-key"), "{ended:?}");

    let mut command = home.to(&emulator, &["a.txt", "--to", "0"]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "no URL");
    let ended = end(&mut command).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
}

/// What is logged may quote what a service or a proxy says.
#[tokio::test]
async fn spans_have_no_messages() {
    let (home, emulator, receiver) = (Home::new(), emulator().await, Receiver::start().await);
    home.large_file("a.bin");
    let failing = Action::Respond(FaultResponse::new(503).code(TOKEN));
    let faults = FaultPlan::new(1).fault(Fault::nth(Operation::UploadPart, 2, failing));
    emulator.set_faults(faults).unwrap();
    let mut command = home.to(&emulator, &["a.bin", "--to", "0"]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.url);
    command.env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
    let output = command.output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let all = receiver.requests.lock().unwrap();
    let text = all.iter().map(|(_, body)| body.to_string()).collect::<String>();
    assert!(text.contains("\"503\"") && !text.contains(TOKEN), "{text}");
}

/// The upload neither waits for the receiver nor fails, and ends soon.
#[tokio::test]
async fn a_receiver_that_hangs_or_floods_holds_nothing_up() {
    let (home, emulator) = (Home::new(), emulator().await);
    for (number, flood) in [None, Some("X: y\r\n"), Some("\r\nendless")].into_iter().enumerate() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some(flood) = flood else {
                    silent.push(stream);
                    continue;
                };
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 1000]).await;
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
                    while stream.write_all(flood.as_bytes()).await.is_ok() {}
                });
            }
        });
        let name = format!("{number}.txt");
        home.file(&name, &name);
        let mut command = home.to(&emulator, &[&name, "--to", "0"]);
        command.env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url);
        command.env("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "300");
        let start = Instant::now();
        let ended = end(&mut command).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        // Less than the limit by default.
        assert!(start.elapsed() < Duration::from_secs(8), "{:?} {ended:?}", start.elapsed());
        let is_warned = ended.err.contains("cannot export traces");
        assert_eq!(is_warned, flood != Some("\r\nendless"), "{ended:?}");
    }
}
