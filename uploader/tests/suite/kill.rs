//! Uploads that are killed, and their resumption.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use box_emulator::{Builder, FaultPlan};
use box_uploader::Sha1Hash;
use fastrand::Rng;

use crate::invariants;
use crate::support::{Setting, number, seeded};

/// How many parts are on their way at a time: what the command does by itself.
const CONCURRENCY: usize = 4;
const PART: usize = 256 << 10;
/// The least that goes in parts is 20 MiB.
const PARTS: usize = 82;

/// A command that is killed at the latest when it is dropped.
struct Victim(Child);

impl Victim {
    fn start(setting: &Setting) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_box-upload"))
            .args(["a.bin", "--to", "0", "--quiet", "--journal", "journal"])
            .env("BOX_ACCESS_TOKEN", "token")
            .env("BOX_BASE_URL", setting.emulator.url())
            .current_dir(setting.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.expect("the program starts"))
    }

    /// The exit code, if it has ended by itself.
    fn code(&mut self) -> Option<i32> {
        self.0.try_wait().expect("the process can be asked").and_then(|status| status.code())
    }

    /// The exit code, once it has ended by itself.
    async fn end(mut self) -> i32 {
        loop {
            match self.code() {
                Some(code) => return code,
                None => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One file whose upload is killed up to three times. Gives how often it was.
async fn round(seed: u64) -> usize {
    let random = &mut Rng::with_seed(seed);
    let build = |builder: Builder| builder.part_size(PART as u64).latency(Duration::from_millis(3));
    let setting = Setting::with(build, FaultPlan::default()).await;
    let bytes = seeded(PARTS * PART - random.usize(..PART), seed);
    setting.file("a.bin", &bytes);
    let mut kills = 0;
    for _ in 0..random.usize(1..=3) {
        let mut victim = Victim::start(&setting);
        // What it asks for until it ends: a session or its list, parts, the commit.
        let most = setting.emulator.requests().len() + random.usize(..=PARTS + 2);
        while setting.emulator.requests().len() < most && victim.code().is_none() {
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        tokio::time::sleep(Duration::from_micros(random.u64(..9000))).await;
        kills += usize::from(victim.code().is_none());
    }
    let last = Victim::start(&setting).end();
    let code = tokio::time::timeout(Duration::from_secs(120), last).await.expect("it hangs");
    let files = setting.emulator.files();
    let [file] = &*files else { panic!("{} files, exit code {code}", files.len()) };
    // One that was not killed in time has uploaded the file, and its name is taken now.
    let done = matches!(code, 0 | 5);
    assert!(done, "exit code {code}");
    assert!(Sha1Hash::of(&bytes).matches(file.sha1.as_ref().unwrap()));
    assert!(setting.emulator.content(&file.id).await.unwrap() == bytes);
    assert_eq!(setting.journals(), 0, "a journal is left");
    let requests = setting.emulator.requests();
    invariants::hold(&requests);
    let again = invariants::parts_again(&requests);
    assert!(again <= kills * CONCURRENCY, "{again} parts were sent again after {kills} kills");
    kills
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_upload_resumes() {
    let first = number("BOX_UPLOADER_SEED", 0);
    let least = number("BOX_UPLOADER_KILLS", 20);
    let mut kills = 0;
    let mut seed = first;
    while kills < least {
        let round = tokio::spawn(round(seed)).await;
        kills += round.unwrap_or_else(|error| panic!("seed {seed}: {error}")) as u64;
        seed += 1;
    }
    println!("{kills} kills in {} uploads", seed - first);
}
