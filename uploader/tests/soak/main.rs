//! Uploads for hours, while everything fails: files by the library in this process, whose memory
//! and descriptors must not grow, and by commands that are killed, to an emulator in a process of
//! its own. `cargo xtask soak` runs it for an hour; as a test of the workspace, it takes seconds.

#[path = "../suite/fault_plans.rs"]
mod fault_plans;
mod figures;
mod remote;
mod round;

use std::time::{Duration, Instant};

use figures::{Sample, Samples};
use remote::Remote;
use round::{Counts, Round};

/// Seconds to run.
const SECONDS: &str = "BOX_UPLOADER_SOAK_SECONDS";

/// Set in the process of the emulator.
const ROLE: &str = "BOX_UPLOADER_SOAK_ROLE";

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    if std::env::var_os(ROLE).is_some() {
        return runtime.block_on(remote::serve_emulator());
    }
    let seconds = std::env::var(SECONDS).map(|text| text.parse().expect("a number of seconds"));
    runtime.block_on(run(Duration::from_secs(seconds.unwrap_or(5))));
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
        let sample = Sample::measure(&remote);
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
