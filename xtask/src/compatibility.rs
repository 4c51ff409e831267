//! Other clients of Box against the emulator.

mod clients;
mod tunnel;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Instant;

use crate::commands::{build_binary, target_folder};
use clients::Client;

/// Test the emulator with rclone and Box's SDKs, unchanged
///
/// The SDKs are installed into the target folder, which needs Python, npm and their registries; rclone has to be
/// installed. What cannot be installed is said, and not tested.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Test these clients only
    #[arg(value_enum)]
    clients: Vec<Client>,
}

pub(crate) fn test_clients(arguments: &Arguments) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("there is no workspace")?;
    let emulator = build_binary(root, "box-emulator")?;
    let folder = target_folder(root).join("compatibility");
    write_files(&folder.join("files")).map_err(|error| format!("{}: {error}", folder.display()))?;
    let workshop = Workshop { scripts: root.join("emulator/tests/clients"), emulator, folder };
    let mut summary = Vec::new();
    let mut failed = 0;
    for client in clients::all() {
        if !arguments.clients.is_empty() && !arguments.clients.contains(&client) {
            continue;
        }
        println!("\n==> {client}");
        let installed = match client.install(&workshop) {
            Ok(command) => command,
            Err(reason) => {
                summary.push(format!(
                    "   -    {client}: NOT TESTED, because it cannot be installed: {reason}"
                ));
                continue;
            }
        };
        let started = Instant::now();
        let result = client.run(&workshop, installed);
        let seconds = started.elapsed().as_secs_f64();
        failed += usize::from(result.is_err());
        let result =
            result.map_or_else(|reason| format!("FAILED: {reason}"), |()| "passed".to_owned());
        summary.push(format!("{seconds:>5.1} s  {client}: {result}"));
    }
    println!("\n{}", summary.join("\n"));
    match failed {
        0 => Ok(()),
        failed => Err(format!("{failed} clients failed")),
    }
}

/// Where everything is.
struct Workshop {
    scripts: PathBuf,
    emulator: PathBuf,
    /// Where clients are installed, with the files that they upload.
    folder: PathBuf,
}

impl Workshop {
    fn files(&self) -> PathBuf {
        self.folder.join("files")
    }

    /// Starts an emulator.
    fn start_emulator(&self, options: &[&str]) -> Result<Emulator, String> {
        let mut command = Command::new(&self.emulator);
        command.args(["--port", "0"]).args(options).env("RUST_LOG", "error");
        let mut child =
            command.stdout(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
        let output = child.stdout.take().ok_or("the emulator has no output")?;
        let mut emulator = Emulator { child, output: BufReader::new(output), url: String::new() };
        let mut line = String::new();
        emulator.output.read_line(&mut line).map_err(|error| error.to_string())?;
        line.trim().trim_start_matches("Box is at ").clone_into(&mut emulator.url);
        Ok(emulator)
    }
}

/// A running emulator, which ends when it is dropped.
struct Emulator {
    child: Child,
    /// Kept open, because the emulator writes more than its first line.
    output: BufReader<ChildStdout>,
    url: String,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes the files that clients upload: two small ones, and two that take several parts.
fn write_files(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("small.txt"), "small\n")?;
    fs::write(folder.join("changed.txt"), "changed\n")?;
    fs::write(folder.join("large.bin"), fill_bytes(21 << 20, 1))?;
    fs::write(folder.join("changed-large.bin"), fill_bytes((26 << 20) + 1, 2))
}

/// Bytes that differ from part to part.
fn fill_bytes(length: usize, seed: u64) -> Vec<u8> {
    let words = (seed..).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    words.flatten().take(length).collect()
}
