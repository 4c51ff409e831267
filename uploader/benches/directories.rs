//! What the upload of a large directory costs: many small files in many folders are uploaded to an
//! emulator that responds late, three times: to the end, again, and killed over and over.
//!
//! `cargo bench -p box-uploader --bench directories`, on Linux. `FOLDERS=20000`, `FILES=10` in each
//! folder, `LATENCY=50` milliseconds and `KILLS=100` are the defaults.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use box_emulator::Emulator;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    match std::env::var("ROLE").as_deref() {
        Ok("emulator") => serve_emulator(),
        _ => measure(),
    }
}

fn read_number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn measure() -> Outcome<()> {
    let folders = read_number("FOLDERS", 20_000);
    let files = folders * read_number("FILES", 10);
    let latency = read_number("LATENCY", 50);
    let home = tempfile::tempdir()?;
    create_files(&home.path().join("files"), folders, files / folders)?;
    println!("{files} files in {folders} folders, {latency} ms per response");
    let mut service = Service::start(latency)?;
    for name in ["first run", "second run"] {
        let before = service.count_requests()?;
        let run = Run::start(home.path(), &service.url)?.finish()?;
        let requests = service.count_requests()? - before;
        let in_flight = run.summary["most_in_flight"].as_u64().unwrap_or(1);
        let ideal = requests as f64 * latency as f64 / 1000.0 / in_flight as f64;
        println!(
            "{name}: {:.1} s; {requests} requests, at most {in_flight} in flight, take {ideal:.1} s; \
             {:.1} MiB, {:.1} s of CPU; stored {}, unchanged {}, bytes sent {}",
            run.elapsed.as_secs_f64(),
            run.memory as f64 / 1024.0,
            run.cpu,
            run.summary["stored"],
            run.summary["unchanged"],
            run.summary["sent"],
        );
    }
    drop(service);
    kill_and_resume(home.path(), files, latency)
}

/// Kills runs at random moments while they upload, and lets one end by itself.
fn kill_and_resume(home: &Path, files: u64, latency: u64) -> Outcome<()> {
    let mut service = Service::start(latency)?;
    let kills = read_number("KILLS", 100);
    let start = Instant::now();
    for _ in 0..kills {
        let before = service.count_requests()?;
        let mut run = Run::start(home, &service.url)?;
        // First it only counts the files.
        while service.count_requests()? == before && run.child.try_wait()?.is_none() {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(fastrand::u64(0..2500)));
        run.child.kill()?;
        run.child.wait()?;
    }
    let before = service.count_files()?.0;
    let last = Run::start(home, &service.url)?.finish()?;
    let requests = service.count_requests()?;
    let (stored, versions) = service.count_files()?;
    println!(
        "killed {kills} times: {:.1} s in all, {requests} requests; after that {before} of {files} \
         files in Box, after the last run {stored}, of which {versions} twice; it stored {}, \
         unchanged {}",
        start.elapsed().as_secs_f64(),
        last.summary["stored"],
        last.summary["unchanged"],
    );
    if stored == files && versions == 0 {
        Ok(())
    } else {
        Err("a file is missing, or twice".into())
    }
}

/// Creates the files, in folders of two levels.
fn create_files(root: &Path, folders: u64, per_folder: u64) -> Outcome<()> {
    for folder in 0..folders {
        let path = root.join(format!("{}/{folder}", folder % 100));
        fs::create_dir_all(&path)?;
        for file in 0..per_folder {
            fs::write(path.join(format!("{file}.txt")), format!("{folder} {file}"))?;
        }
    }
    Ok(())
}

/// An emulator in a process of its own.
struct Service {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    url: String,
}

impl Service {
    fn start(latency: u64) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .env("ROLE", "emulator")
            .env("LATENCY", latency.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take().ok_or("no input")?;
        let stdout = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut service = Self { child, stdin, stdout, url: String::new() };
        service.url = service.read_line()?;
        Ok(service)
    }

    fn read_line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    fn count_requests(&mut self) -> Outcome<u64> {
        writeln!(self.stdin, "requests")?;
        Ok(self.read_line()?.parse()?)
    }

    /// The number of files, and of those with more than one version.
    fn count_files(&mut self) -> Outcome<(u64, u64)> {
        writeln!(self.stdin, "files")?;
        let line = self.read_line()?;
        let (files, versions) = line.split_once(' ').ok_or("not two numbers")?;
        Ok((files.parse()?, versions.parse()?))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The emulator's process: prints its URL and, for each line of input, what it has counted.
fn serve_emulator() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let latency = Duration::from_millis(read_number("LATENCY", 50));
    let emulator = runtime.block_on(Emulator::builder().latency(latency).start())?;
    println!("{}", emulator.url());
    for question in std::io::stdin().lines() {
        if question? == "requests" {
            println!("{}", emulator.requests().last().map_or(0, |request| request.number));
        } else {
            let files = emulator.files();
            let versions = files.iter().filter(|file| file.etag.as_deref() != Some("0")).count();
            println!("{} {versions}", files.len());
        }
    }
    Ok(())
}

/// The command under way.
struct Run {
    child: Child,
    start: Instant,
    /// What it prints.
    events: PathBuf,
}

/// How the command ended.
struct Ended {
    elapsed: Duration,
    /// Largest resident set, in KiB.
    memory: u64,
    /// Seconds.
    cpu: f64,
    summary: serde_json::Value,
}

impl Run {
    fn start(home: &Path, url: &str) -> Outcome<Self> {
        let events = home.join("events");
        let child = Command::new(env!("CARGO_BIN_EXE_box-upload"))
            .args(["files", "--to", "0", "--json", "--journal", "journal"])
            .env("BOX_ACCESS_TOKEN", "token")
            .env("BOX_BASE_URL", url)
            .current_dir(home)
            .stdout(fs::File::create(&events)?)
            .spawn()?;
        Ok(Self { child, start: Instant::now(), events })
    }

    fn finish(mut self) -> Outcome<Ended> {
        let process = Path::new("/proc").join(self.child.id().to_string());
        let mut memory = 0;
        let mut cpu = 0.0;
        while self.child.try_wait()?.is_none() {
            let status = fs::read_to_string(process.join("status")).unwrap_or_default();
            let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let peak = peak.and_then(|text| text.trim().strip_suffix(" kB")?.trim().parse().ok());
            memory = peak.unwrap_or(memory);
            let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
            let ticks: f64 = stat.split(' ').skip(13).take(2).flat_map(str::parse::<f64>).sum();
            cpu = f64::max(cpu, ticks / 100.0);
            std::thread::sleep(Duration::from_millis(20));
        }
        let elapsed = self.start.elapsed();
        let events = fs::read_to_string(&self.events)?;
        let last = events.lines().last().ok_or("the command printed nothing")?;
        Ok(Ended { elapsed, memory, cpu, summary: serde_json::from_str(last)? })
    }
}
