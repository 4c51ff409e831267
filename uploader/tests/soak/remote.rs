//! The emulator, in a process of its own that is told what to do through its standard input.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use box_emulator::{Emulator, FaultPlan};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::{figures, start_role};

/// Size of a part, in bytes.
pub(crate) const PART: u64 = 256 << 10;

/// What the emulator holds.
#[derive(Serialize, Deserialize)]
pub(crate) struct Holding {
    /// The SHA-1 of each file, in hex, by name.
    pub(crate) files: BTreeMap<String, String>,
    /// Number of files.
    pub(crate) count: usize,
    /// Number of faults that fired.
    pub(crate) fired: usize,
}

/// The process of the emulator.
pub(crate) struct Remote {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    pub(crate) url: String,
}

impl Remote {
    pub(crate) async fn start() -> Self {
        let mut command = Command::from(start_role("emulator"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().expect("the emulator starts");
        let input = child.stdin.take().expect("it is piped");
        let mut output = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let url = output.next_line().await.ok().flatten().expect("the emulator has a URL");
        Self { child, input, output, url }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("the emulator runs")
    }

    /// Changes the fault plan.
    pub(crate) async fn set_faults(&mut self, plan: &FaultPlan) {
        let line = serde_json::to_string(plan).expect("a plan is JSON");
        self.ask(&line).await;
    }

    /// Returns what there is, and deletes it.
    pub(crate) async fn take_all(&mut self) -> Holding {
        let line = self.ask("take").await;
        serde_json::from_str(&line).expect("the emulator tells what it holds")
    }

    /// Bytes that its process has allocated.
    pub(crate) async fn measure_heap(&mut self) -> u64 {
        let line = self.ask("heap").await;
        line.parse().expect("a number of bytes")
    }

    async fn ask(&mut self, line: &str) -> String {
        self.input.write_all(format!("{line}\n").as_bytes()).await.expect("the emulator listens");
        self.output.next_line().await.ok().flatten().expect("the emulator responds")
    }
}

/// Serves until the standard input ends.
pub(crate) async fn serve_emulator() {
    let builder = Emulator::builder().part_size(PART).smallest_file(1);
    let emulator = builder.start().await.expect("the emulator starts");
    println!("{}", emulator.url());
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line == "take" {
            let holding = describe_content(&emulator);
            reset(&emulator).await;
            println!("{}", serde_json::to_string(&holding).expect("it is JSON"));
        } else if line == "heap" {
            println!("{}", figures::measure_heap());
        } else {
            emulator.set_faults(line.parse().expect("a plan")).expect("a valid plan");
            println!("done");
        }
    }
}

fn describe_content(emulator: &Emulator) -> Holding {
    let files = emulator.files();
    let count = files.len();
    let entry =
        |file: box_upload_sessions::types::FileFull| Some((file.name?, file.sha1?.to_string()));
    let files = files.into_iter().filter_map(entry).collect();
    Holding { files, count, fired: emulator.fired().len() }
}

/// Deletes everything, as a test in another language does.
async fn reset(emulator: &Emulator) {
    let host = emulator.address();
    let mut stream = TcpStream::connect(host).await.expect("the emulator accepts connections");
    let head = format!(
        "POST /__emulator/api/reset HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("the emulator reads");
    let mut response = String::new();
    let read = stream.read_to_string(&mut response);
    let read = tokio::time::timeout(Duration::from_secs(60), read).await;
    read.expect("the emulator responds").expect("a response");
    assert!(response.starts_with("HTTP/1.1 2"), "{response}");
}
