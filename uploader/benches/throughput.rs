//! What an upload costs: uploads a file to an emulator over loopback, each in its own process,
//! and as many bytes are hashed here to compare with.
//!
//! `cargo bench -p box-uploader`, on Linux; `GIB=10` for a larger file, which is sparse, and
//! `CHART=<file>` for a chart of the figures.

mod chart;

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use box_emulator::{Action, Emulator, Fault, FaultPlan, Operation, StallAt};
use box_upload_sessions::Client;
use box_uploader::Uploader;
use box_uploader::transport::HttpTransport;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha1::{Digest as _, Sha1};

use chart::{Figure, draw_chart};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What is measured: a name, the size of a part in MiB, how many parts are in flight, by how many
/// seconds late responses to parts are, and whether over TLS.
const SETTINGS: [(&str, u64, usize, f64, bool); 6] = [
    ("8 MiB parts, 1 in flight", 8, 1, 0.0, false),
    ("8 MiB parts, 4 in flight", 8, 4, 0.0, false),
    ("8 MiB, 4 in flight, TLS", 8, 4, 0.0, true),
    ("1 MiB parts, 4 in flight", 1, 4, 0.0, false),
    ("64 MiB parts, 4 in flight", 64, 4, 0.0, false),
    ("8 MiB, 4, each 0.25 s late", 8, 4, 0.25, false),
];

fn main() -> Outcome<()> {
    match std::env::var("ROLE").as_deref() {
        Ok("emulator") => serve_emulator(),
        Ok("client") => run_client(),
        _ => compare_rates(),
    }
}

/// Runs the others, and prints what they say.
fn compare_rates() -> Outcome<()> {
    let gib: u64 = std::env::var("GIB").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("large.bin");
    make_file(&path, gib)?;
    let hashing = hash_twice(gib)?;
    println!("{gib} GiB");
    let encryption = encrypt(gib)?;
    println!("SHA-1 alone, two passes: {hashing:.2} CPU s per GiB");
    println!("AES-256-GCM alone: {encryption:.2} CPU s per GiB");
    let certified = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()])?;
    let certificate = folder.path().join("certificate.pem");
    fs::write(&certificate, certified.cert.pem())?;
    let key = folder.path().join("key.pem");
    fs::write(&key, certified.signing_key.serialize_pem())?;
    let mut alone = 0.0;
    let mut figures = Vec::new();
    for (name, part, in_flight, late, tls) in SETTINGS {
        let mut emulator = start_role("emulator");
        emulator.env("PART", part.to_string()).env("LATE", late.to_string());
        if tls {
            emulator.env("CERTIFICATE", &certificate).env("KEY", &key);
        }
        let data = tempfile::tempdir()?;
        if gib > 2 {
            emulator.env("DATA", data.path());
        }
        let (_emulator, url) = first_line(emulator)?;
        let mut client = start_role("client");
        client.env("URL", url).env("FILE", &path).env("IN_FLIGHT", in_flight.to_string());
        if tls {
            client.env("CERTIFICATE", &certificate);
        }
        let (mut client, line) = first_line(client)?;
        client.0.wait()?;
        let numbers: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let &[seconds, cpu, peak] = &*numbers else { return Err("no figures".into()) };
        let rate = (gib << 10) as f64 / seconds;
        let cpu = cpu / gib as f64;
        println!(
            "{name:27} {rate:5.0} MiB/s  {cpu:.2} CPU s per GiB ({:.2} × SHA-1)  peak memory \
             {peak:.0} MiB",
            cpu / hashing,
        );
        figures.push(Figure { name, rate, cpu: cpu / hashing, peak });
        // What a part takes by itself, and so the most that several can do if they are late.
        if in_flight == 1 {
            alone = part as f64 / rate;
        }
        if late > 0.0 {
            let most = (in_flight as u64 * part) as f64 / (alone + late);
            println!("{:27} {:5.1} % of parts in flight × size / time", "", rate / most * 100.0);
        }
    }
    if let Some(path) = std::env::var_os("CHART") {
        fs::write(path, draw_chart(gib, &figures))?;
    }
    Ok(())
}

/// 1 GiB without a pattern; the rest of a larger file is sparse.
fn make_file(path: &Path, gib: u64) -> Outcome<()> {
    let mut file = File::create(path)?;
    let mut block = vec![0_u8; 1 << 20];
    for index in 0..1024_u64 {
        for (at, chunk) in block.chunks_exact_mut(8).enumerate() {
            let value = (index << 17 | at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&value.to_le_bytes());
        }
        file.write_all(&block)?;
    }
    Ok(file.set_len(gib << 30)?)
}

fn hash_twice(gib: u64) -> Outcome<f64> {
    let block: Vec<u8> =
        (0..1_u32 << 20).map(|index| (index.wrapping_mul(index) >> 7) as u8).collect();
    let mut one = Sha1::new();
    let mut other = Sha1::new();
    let before = cpu_seconds()?;
    for _ in 0..gib << 10 {
        one.update(&block);
        other.update(&block);
    }
    std::hint::black_box((one.finalize(), other.finalize()));
    Ok((cpu_seconds()? - before) / gib as f64)
}

/// Encrypts as TLS does: record by record, without a copy.
fn encrypt(gib: u64) -> Outcome<f64> {
    let failed = |_| "cannot encrypt";
    let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).map_err(failed)?;
    let key = LessSafeKey::new(key);
    let mut record = vec![0; 16 << 10];
    let before = cpu_seconds()?;
    for number in 0..gib << 16 {
        let mut nonce = [0; NONCE_LEN];
        nonce[4..].copy_from_slice(&number.to_be_bytes());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = key.seal_in_place_separate_tag(nonce, Aad::empty(), &mut record);
        std::hint::black_box(tag.map_err(failed)?.as_ref());
        std::hint::black_box(&record);
    }
    Ok((cpu_seconds()? - before) / gib as f64)
}

fn serve_emulator() -> Outcome<()> {
    let part: u64 = std::env::var("PART")?.parse()?;
    let late: f64 = std::env::var("LATE")?.parse()?;
    let stall = Action::Stall { at: StallAt::BeforeResponse, seconds: Some(late) };
    let mut plan = FaultPlan::default();
    if late > 0.0 {
        plan = plan.fault(Fault::nth(Operation::UploadPart, 1, stall).forever());
    }
    tokio::runtime::Runtime::new()?.block_on(async {
        let mut emulator = Emulator::builder().part_size(part << 20).faults(plan);
        if let (Ok(certificate), Ok(key)) = (std::env::var("CERTIFICATE"), std::env::var("KEY")) {
            emulator = emulator.tls(fs::read(certificate)?, fs::read(key)?);
        }
        if let Ok(data) = std::env::var("DATA") {
            emulator = emulator.data(data);
        }
        let emulator = emulator.start().await?;
        println!("{}", emulator.url());
        std::future::pending().await
    })
}

/// Uploads, and prints seconds, CPU seconds, and peak memory in MiB.
fn run_client() -> Outcome<()> {
    let url = std::env::var("URL")?;
    let path = std::env::var("FILE")?;
    let in_flight = std::env::var("IN_FLIGHT")?.parse()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let start = Instant::now();
    runtime.block_on(async {
        let mut transport = HttpTransport::builder();
        if let Ok(certificate) = std::env::var("CERTIFICATE") {
            transport = transport.root_certificate_pem(fs::read(certificate)?);
        }
        let transport = transport.build()?;
        let client = Client::builder().transport(transport).base_url(url);
        let client = client.access_token("bench").build()?;
        let upload = Uploader::new(client).file(path).to_folder("0").concurrency(in_flight);
        upload.send().await?;
        Ok::<_, Box<dyn Error>>(())
    })?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{seconds} {} {}", cpu_seconds()?, peak_mib()?);
    Ok(())
}

fn start_role(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_default());
    command.env("ROLE", name).stdout(Stdio::piped());
    command
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn first_line(mut command: Command) -> Outcome<(Running, String)> {
    let mut child = command.spawn()?;
    let output = child.stdout.take().ok_or("no output")?;
    let child = Running(child);
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    Ok((child, line.trim().to_owned()))
}

/// User and system time, from `/proc` (proc(5)), in ticks of which Linux has 100 a second.
fn cpu_seconds() -> Outcome<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(") ").ok_or("no fields")?;
    let fields: Vec<_> = fields.split(' ').collect();
    Ok((fields[11].parse::<f64>()? + fields[12].parse::<f64>()?) / 100.0)
}

fn peak_mib() -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? >> 10)
}
