//! Uploads for hours, while everything fails: files by the library in this process, whose memory
//! and descriptors must not grow, and by commands that are killed, to an emulator in a process of
//! its own. `cargo xtask soak` runs it for an hour; as a test of the workspace, it takes seconds.

#[path = "../suite/fault_plans.rs"]
mod fault_plans;
mod figures;
mod remote;
mod round;

use std::process::Command;
use std::time::{Duration, Instant};

use figures::{Sample, Samples};
use remote::Remote;
use round::{Counts, Round};

/// Seconds to run.
const SECONDS: &str = "BOX_UPLOADER_SOAK_SECONDS";

/// What a process is: `emulator` or `uploader`; not set in the first one, which starts the others.
const ROLE: &str = "BOX_UPLOADER_SOAK_ROLE";

/// How long nothing happens before each sample. Threads for blocking work end in this time; otherwise
/// their number would be that of the busiest moment of the last 10 s.
const IDLE: Duration = Duration::from_millis(500);

fn main() {
    let role = std::env::var(ROLE).ok();
    if role.is_none() {
        let status = start_role("uploader").status().expect("the uploader starts");
        std::process::exit(status.code().unwrap_or(1));
    }
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime =
        builder.enable_all().thread_keep_alive(IDLE / 2).build().expect("a runtime starts");
    if role.as_deref() == Some("emulator") {
        return runtime.block_on(remote::serve_emulator());
    }
    let seconds = std::env::var(SECONDS).map(|text| text.parse().expect("a number of seconds"));
    runtime.block_on(run(Duration::from_secs(seconds.unwrap_or(5))));
}

/// This program in another role. What glibc's allocator holds back, so as not to ask the system again,
/// would hide what the process itself holds: it returns memory at once.
fn start_role(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
    for (name, value) in
        [("ARENA_MAX", "1"), ("MMAP_THRESHOLD_", "65536"), ("TRIM_THRESHOLD_", "65536")]
    {
        command.env(format!("MALLOC_{name}"), value);
    }
    command.env(ROLE, role);
    command
}

/// Rounds of uploads until the time is over.
async fn run(time: Duration) {
    let start = Instant::now();
    let mut remote = Remote::start().await;
    let mut samples = Samples::default();
    let mut counts = Counts::default();
    let mut minute = 0;
    println!("{}", Sample::HEAD);
    for seed in 0.. {
        Round::new(seed, &remote).await.run(&mut remote, &mut counts).await;
        // Between rounds nothing is under way, so what is left is what is kept.
        tokio::time::sleep(IDLE).await;
        let sample = Sample::measure(&mut remote).await;
        let passed = start.elapsed();
        if passed.as_secs() / 60 > minute || passed >= time {
            minute = passed.as_secs() / 60;
            println!("{}", sample.to_line(passed, &counts));
        }
        samples.push(sample);
        if passed >= time {
            break;
        }
    }
    println!("{}", samples.check_growth().unwrap_or_else(|what| panic!("{what}")));
}
