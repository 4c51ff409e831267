//! The binary `box-upload`, against the emulator.

mod canned;
mod demo;
mod deploy;
mod directories;
mod failing;
mod folders;
mod help;
#[cfg(unix)]
mod interrupt;
mod journal;
mod login;
mod metrics;
#[cfg(unix)]
mod readme;
mod report;
mod retrying;
mod showing;
#[cfg(feature = "otel")]
mod telemetry;
mod uploading;
mod ways;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use box_emulator::Emulator;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A file of this size is uploaded in parts: Box's minimum.
const IN_PARTS: u64 = 21 << 20;
const MIB: u64 = 1 << 20;

/// A temporary folder: the home and the working directory of the command.
struct Home(TempDir);

/// How a command ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// A file whose parts all differ.
    fn large_file(&self, name: &str) -> PathBuf {
        let content: Vec<u8> = (0..IN_PARTS / 8).flat_map(u64::to_le_bytes).collect();
        self.file(name, content)
    }

    /// The command, without the environment of the tests.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_box-upload"));
        command.args(arguments).env_clear().current_dir(self.0.path());
        // What Windows needs to open a socket.
        for kept in ["SystemRoot", "TEMP", "TMP"] {
            std::env::var_os(kept).into_iter().for_each(|value| {
                command.env(kept, value);
            });
        }
        command.env("HOME", self.0.path()).env("LOCALAPPDATA", self.0.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        command
    }

    async fn run(&self, arguments: &[&str]) -> Ended {
        end(&mut self.command(arguments)).await
    }

    /// Runs the command with this emulator for Box.
    async fn upload(&self, emulator: &Emulator, arguments: &[&str]) -> Ended {
        end(&mut self.to(emulator, arguments)).await
    }

    fn to(&self, emulator: &Emulator, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.env("BOX_ACCESS_TOKEN", TOKEN).env("BOX_BASE_URL", emulator.url());
        command
    }
}

/// A token that must not be printed.
const TOKEN: &str = "a-secret-token";

impl Ended {
    /// The standard output as one JSON value a line.
    fn events(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn last_event(&self) -> Value {
        self.events().pop().unwrap()
    }
}

async fn end(command: &mut Command) -> Ended {
    end_of(command.spawn().unwrap()).await
}

async fn end_of(child: Child) -> Ended {
    let output = watched(child.wait_with_output()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ended =
        Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    for text in [&ended.out, &ended.err] {
        assert!(!text.contains(TOKEN), "{ended:?}");
        assert!(!text.contains("panicked"), "{ended:?}");
    }
    ended
}

/// Waits for this many events of this kind.
async fn until(child: &mut Child, kind: &str, count: usize) {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let wanted = format!(r#"{{"event":"{kind}""#);
    let mut seen = 0;
    while seen < count {
        let line = watched(lines.next_line()).await.unwrap().expect("an earlier end");
        seen += usize::from(line.starts_with(&wanted));
    }
    // The pipe must not fill up.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
}

/// Anything that takes longer hangs.
async fn watched<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(300), work).await.expect("it hangs")
}

async fn emulator() -> Emulator {
    Emulator::builder().part_size(MIB).start().await.unwrap()
}

/// The content of the only file, and its id.
async fn only_file(emulator: &Emulator) -> (String, Vec<u8>) {
    let [file] = &emulator.files()[..] else { panic!("{:?}", emulator.files()) };
    (file.id.clone(), emulator.content(&file.id).await.unwrap().to_vec())
}

fn utf8(path: &Path) -> &str {
    path.to_str().unwrap()
}
