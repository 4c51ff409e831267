//! Processes that upload and are killed, and what a resumption makes of what they leave behind.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use box_emulator::FaultPlan;
use box_upload_sessions::Client;
use box_uploader::{Upload, Uploader};
use fastrand::Rng;

use crate::invariants;
use crate::support::{Setting, finish, number, quick, seeded};

const URL: &str = "BOX_UPLOADER_TEST_URL";
const FOLDER: &str = "BOX_UPLOADER_TEST_FOLDER";

/// How many parts are on their way at a time.
const CONCURRENCY: usize = 4;
const PARTS: usize = 40;
const PART: usize = 16 << 10;

fn upload(url: &str, folder: &Path) -> Upload {
    let client = Client::builder().base_url(url).oauth2_security("token").build().unwrap();
    let uploader = Uploader::new(client).retry(quick()).sessions_from(1);
    let uploader = uploader.journal(folder.join("journal"));
    uploader.file(folder.join("a.bin")).to_folder("0").concurrency(CONCURRENCY)
}

/// Not a test of its own, but what runs in the process that is killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it runs in a process of its own"]
async fn victim() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("the folder of the upload"));
    let url = std::env::var(URL).expect("where to upload to");
    upload(&url, &folder).send().await.unwrap();
}

/// A process that is killed at the latest when it is dropped.
struct Victim(Child);

impl Victim {
    fn start(setting: &Setting) -> Self {
        let program = std::env::current_exe().expect("the program of the tests");
        let child = Command::new(program)
            .args(["--exact", "kill::victim", "--ignored"])
            .env(URL, setting.emulator.url())
            .env(FOLDER, setting.folder.path())
            .stdout(Stdio::null())
            .spawn();
        Self(child.expect("the program starts"))
    }

    fn is_running(&mut self) -> bool {
        self.0.try_wait().expect("the process can be asked").is_none()
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
    let build = |builder: box_emulator::Builder| {
        builder.part_size(PART as u64).latency(Duration::from_millis(3))
    };
    let setting = Setting::with(build, FaultPlan::default()).await;
    let bytes = seeded(PARTS * PART - random.usize(..PART), seed);
    setting.file("a.bin", &bytes);
    let mut kills = 0;
    for _ in 0..random.usize(1..=3) {
        let mut victim = Victim::start(&setting);
        // Create, parts, commit; and some moment after the request.
        let requests = setting.emulator.requests().len() + random.usize(..PARTS + 3);
        while setting.emulator.requests().len() < requests && victim.is_running() {
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        tokio::time::sleep(Duration::from_micros(random.u64(..6000))).await;
        kills += usize::from(victim.is_running());
    }
    let (uploaded, _) = finish(upload(&setting.emulator.url(), setting.folder.path())).await;
    let requests = setting.emulator.requests();
    match uploaded {
        Ok(uploaded) => setting.holds(&uploaded, &bytes).await,
        // The last of them had uploaded the file and was about to end.
        Err(error) => {
            let stored = setting.emulator.files().pop().expect("the file is there");
            assert_eq!(
                error.kind().to_string(),
                format!("the folder has an item named `a.bin`, with id {}", stored.id)
            );
            assert!(setting.emulator.content(&stored.id).await.unwrap() == bytes);
        }
    }
    assert_eq!(setting.emulator.files().len(), 1, "a file too many");
    assert_eq!(setting.journals(), 0, "a journal is left");
    invariants::hold(&requests);
    let again = invariants::parts_again(&requests);
    assert!(again <= kills * CONCURRENCY, "{again} parts were sent again after {kills} kills");
    kills
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_upload_goes_on() {
    let (first, least) = (number("BOX_UPLOADER_SEED", 0), number("BOX_UPLOADER_KILLS", 20));
    let (mut kills, mut seed) = (0, first);
    while kills < least {
        let round = tokio::spawn(round(seed)).await;
        kills += round.unwrap_or_else(|error| panic!("seed {seed}: {error}")) as u64;
        seed += 1;
    }
    println!("{kills} kills in {} uploads", seed - first);
}
