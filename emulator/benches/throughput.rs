//! What the emulator costs: uploads a file over loopback to the command, in its own process,
//! and hashes as many bytes in this one to compare with.
//!
//! `cargo bench -p box-emulator`, on Linux; `GIB=10` for a larger file.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use box_upload_sessions::Client;
use box_upload_sessions::operations::CommitUploadSessionOutcome;
use box_upload_sessions::runtime::{ContentRange, Digest};
use box_upload_sessions::types::{CommitUploadSessionBody, CreateUploadSessionBody, Part};
use bytes::Bytes;
use sha1::{Digest as _, Sha1};

const PART: u64 = 8 << 20;
const IN_FLIGHT: u64 = 4;

fn main() -> Result<(), Box<dyn Error>> {
    let gib: u64 = std::env::var("GIB").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let size = gib << 30;
    let part: Bytes = (0..PART).map(|index| (index.wrapping_mul(index) >> 7) as u8).collect();

    // The emulator hashes each part, and the whole file: two passes.
    let before = cpu_seconds("self")?;
    let mut whole = Sha1::new();
    for _ in 0..size / PART {
        std::hint::black_box(Sha1::digest(&part));
        whole.update(&part);
    }
    let hashing = (cpu_seconds("self")? - before) / gib as f64;
    let whole = Digest::sha(&whole.finalize().into());
    println!("{gib} GiB in parts of 8 MiB, {IN_FLIGHT} in flight");
    println!("SHA-1 alone, two passes:  {hashing:5.2} CPU s per GiB");

    let runtime = tokio::runtime::Runtime::new()?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().ok_or("no path")?.to_owned();
    for (name, arguments) in [("in memory", vec![]), ("on disk", vec!["--data", &data])] {
        let (child, url) = start_emulator(&arguments)?;
        let child = Running(child);
        let process = child.0.id().to_string();
        let before = cpu_seconds(&process)?;
        let start = Instant::now();
        runtime.block_on(upload_file(&url, &part, size, &whole))?;
        let seconds = start.elapsed().as_secs_f64();
        let cpu = (cpu_seconds(&process)? - before) / gib as f64;
        println!(
            "{name:9}  {:6.0} MiB/s  {cpu:5.2} CPU s per GiB ({:.2} × SHA-1)  peak memory {} MiB",
            (size >> 20) as f64 / seconds,
            cpu / hashing,
            peak_mib(&process)?,
        );
    }
    Ok(())
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_emulator(arguments: &[&str]) -> Result<(Child, String), Box<dyn Error>> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_box-emulator"))
        .args(["--port", "0"])
        .args(arguments)
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let url = line.split_whitespace().last().ok_or("no URL")?.to_owned();
    Ok((child, url))
}

async fn upload_file(
    url: &str,
    part: &Bytes,
    size: u64,
    whole: &Digest,
) -> Result<(), Box<dyn Error>> {
    let client = Client::builder().base_url(url).access_token("bench").build()?;
    let body =
        CreateUploadSessionBody::builder().file_name("large.bin").file_size(size).folder_id("0");
    let session = client.create_upload_session(&body).await?;
    let digest = Digest::sha(&Sha1::digest(part).into());
    let worker = |first: u64| {
        let client = client.clone();
        let id = session.id.clone();
        let part = part.clone();
        let digest = digest.clone();
        tokio::spawn(async move {
            let mut parts = Vec::<Part>::new();
            for index in (first..size / PART).step_by(IN_FLIGHT as usize) {
                let range = ContentRange::new(index * PART, PART, size)
                    .map_err(|_| "no such range".to_owned())?;
                let put = client.upload_part(&id, &range, &digest, part.clone());
                parts.push(put.await.map_err(|error| error.to_string())?.part);
            }
            Ok::<_, String>(parts)
        })
    };
    let workers: Vec<_> = (0..IN_FLIGHT).map(worker).collect();
    let mut parts = Vec::new();
    for worker in workers {
        parts.extend(worker.await??);
    }
    parts.sort_by_key(|part| part.offset);
    let body = CommitUploadSessionBody::new(parts);
    match client.commit_upload_session(&session.id, whole, &body).await? {
        CommitUploadSessionOutcome::Created(_) => Ok(()),
        other => Err(format!("no file: {other:?}").into()),
    }
}

/// User and system time, from `/proc` (proc(5)), in ticks of which Linux has 100 a second.
fn cpu_seconds(process: &str) -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, fields) = stat.rsplit_once(") ").ok_or("no fields")?;
    let fields: Vec<_> = fields.split(' ').collect();
    Ok((fields[11].parse::<f64>()? + fields[12].parse::<f64>()?) / 100.0)
}

fn peak_mib(process: &str) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? >> 10)
}
