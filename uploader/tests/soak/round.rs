//! A number of files that are all uploaded at once, each until it is there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use box_emulator::FaultPlan;
use box_upload_sessions::Client;
use box_uploader::credentials::{Credentials, Subject};
use box_uploader::transport::HttpTransport;
use box_uploader::{CancellationToken, ErrorKind, OnConflict, Retry, Sha1Hash, Uploader};
use fastrand::Rng;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::fault_plans::draw_plan;
use crate::remote::{PART, Remote};

/// Files of the library, commands, and files of the directory, in each round.
const FILES: usize = 16;
const COMMANDS: usize = 2;
const IN_DIRECTORY: usize = 25;

/// Fault plans of a round, and how long each is in force.
const PLANS: usize = 5;
const PLAN_TIME: Duration = Duration::from_millis(1500);

/// An attempt that takes longer hangs.
const HANGS: Duration = Duration::from_secs(180);

/// The least that the command uploads in parts is 20 MiB.
const COMMAND_SIZE: usize = 21 << 20;

/// Everything so far.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) rounds: u64,
    pub(crate) files: u64,
    pub(crate) attempts: u64,
    pub(crate) kills: u64,
    pub(crate) cancels: u64,
    pub(crate) faults: u64,
}

/// What one file took.
#[derive(Clone, Copy, Default)]
struct Effort {
    attempts: u64,
    kills: u64,
    cancels: u64,
}

pub(crate) struct Round {
    seed: u64,
    url: String,
    folder: TempDir,
    uploader: Uploader,
    /// The SHA-1 of each file, in hex, by name.
    expected: BTreeMap<String, String>,
}

impl Round {
    pub(crate) async fn new(seed: u64, remote: &Remote) -> Self {
        let folder = tempfile::tempdir().expect("there is room for files");
        let transport = match seed % 4 {
            0 => HttpTransport::builder().bytes_per_second(4 << 20),
            _ => HttpTransport::builder(),
        };
        let transport = transport.build().expect("the transport is well configured");
        let build_client = || Client::builder().base_url(&remote.url).transport(transport.clone());
        let plain = build_client().build().expect("the client is well configured");
        let subject = Subject::Enterprise("1".to_owned());
        let credentials = Credentials::client_credentials("id", "secret", subject);
        let client = build_client().access_token(credentials.into_credential(plain)).build();
        let retry = Retry {
            attempts: 4,
            first_delay: Duration::from_millis(1),
            longest_delay: Duration::from_millis(50),
            processing: Duration::from_secs(5),
            ..Retry::default()
        };
        let uploader = Uploader::new(client.expect("the client is well configured"))
            .retry(retry)
            .sessions_from(PART)
            .idle_timeout(Duration::from_secs(3))
            .journal(folder.path().join("journals"));
        Self { seed, url: remote.url.clone(), folder, uploader, expected: BTreeMap::new() }
    }

    /// Uploads everything, and checks that it is there.
    pub(crate) async fn run(mut self, remote: &mut Remote, counts: &mut Counts) {
        let random = &mut Rng::with_seed(self.seed);
        let mut work: Vec<BoxFuture<'_, Effort>> = Vec::new();
        for number in 0..FILES {
            let size = random.usize(..8 * PART as usize);
            let (name, bytes) = self.add_file(&format!("{number}.bin"), size, random);
            let path = self.write(&name, &bytes);
            let uploader = self.uploader.clone();
            let own = random.fork();
            work.push(match number % 4 {
                0 => upload_bytes(uploader, name, bytes, own).boxed(),
                _ => upload_file(uploader, path, own).boxed(),
            });
        }
        for number in 0..COMMANDS {
            let size = COMMAND_SIZE + random.usize(..PART as usize);
            let (name, bytes) = self.add_file(&format!("command-{number}.bin"), size, random);
            self.write(&name, &bytes);
            let command = Killed { url: self.url.clone(), folder: self.folder.path().to_owned() };
            work.push(command.upload(name, random.fork()).boxed());
        }
        for number in 0..IN_DIRECTORY {
            let size = random.usize(..PART as usize / 2);
            let (name, bytes) = self.add_file(&format!("in-{number}.bin"), size, random);
            self.write(&format!("directory/{}/{name}", number % 5), &bytes);
        }
        // The journal of a directory stays.
        let uploader = self.uploader.clone().journal(self.folder.path().join("directories"));
        work.push(upload_directory(uploader, self.folder.path().join("directory")).boxed());
        let plans: Vec<_> = (0..PLANS).map(|_| draw_plan(random, self.seed)).collect();
        let (efforts, ()) = tokio::join!(join_all(work), storm(remote, plans));
        self.check(remote, counts).await;
        for Effort { attempts, kills, cancels } in efforts {
            counts.attempts += attempts;
            counts.kills += kills;
            counts.cancels += cancels;
        }
        counts.rounds += 1;
    }

    /// A file of this round: its name and its content.
    fn add_file(&mut self, name: &str, size: usize, random: &mut Rng) -> (String, Vec<u8>) {
        let name = format!("{}-{name}", self.seed);
        let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(size).collect();
        self.expected.insert(name.clone(), Sha1Hash::of(&bytes).to_string());
        (name, bytes)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        std::fs::write(&path, bytes).expect("there is room for the file");
        path
    }

    /// Every file is there once, and is right; no journal is left.
    async fn check(&self, remote: &mut Remote, counts: &mut Counts) {
        let holding = remote.take_all().await;
        let seed = self.seed;
        for (name, sha1) in &self.expected {
            assert_eq!(holding.files.get(name), Some(sha1), "seed {seed}: {name}");
        }
        assert_eq!(holding.count, self.expected.len(), "seed {seed}: files too many");
        for folder in ["journals", "killed"] {
            let journals = std::fs::read_dir(self.folder.path().join(folder));
            let names: Vec<_> = journals.into_iter().flatten().flatten().collect();
            assert!(names.is_empty(), "seed {seed}: left in {folder}: {names:?}");
        }
        counts.files += self.expected.len() as u64;
        counts.faults += holding.fired as u64;
    }
}

/// One plan after the other; then nothing fails any more.
async fn storm(remote: &mut Remote, plans: Vec<FaultPlan>) {
    for plan in plans {
        remote.set_faults(&plan).await;
        tokio::time::sleep(PLAN_TIME).await;
    }
    remote.set_faults(&FaultPlan::default()).await;
}

/// Uploads a file, and cancels now and then.
async fn upload_file(uploader: Uploader, path: PathBuf, mut random: Rng) -> Effort {
    let mut effort = Effort::default();
    loop {
        let token = CancellationToken::new();
        let upload = uploader.file(&path).to_folder("0").cancel_on(token.clone());
        let upload = upload.concurrency(random.usize(1..6)).send();
        if random.u8(..4) == 0 && effort.attempts < 8 {
            let time = Duration::from_millis(random.u64(..800));
            tokio::spawn(async move {
                tokio::time::sleep(time).await;
                token.cancel();
            });
        }
        effort.attempts += 1;
        match timeout(HANGS, upload).await.expect("an upload that hangs") {
            Ok(_) => return effort,
            Err(error) => match error.kind() {
                ErrorKind::Cancelled => effort.cancels += 1,
                ErrorKind::NameInUse { .. } => panic!("{path:?} is taken: {error:?}"),
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            },
        }
    }
}

/// Uploads bytes, which have no journal: what an attempt has stored before it failed, another one
/// replaces.
async fn upload_bytes(uploader: Uploader, name: String, bytes: Vec<u8>, mut random: Rng) -> Effort {
    let mut effort = Effort::default();
    let bytes = bytes::Bytes::from(bytes);
    loop {
        let upload = match random.bool() {
            true => uploader.bytes(&name, bytes.clone()),
            false => {
                let length = bytes.len() as u64;
                uploader.stream(&name, std::io::Cursor::new(bytes.clone()), length)
            }
        };
        let upload = upload.to_folder("0").on_conflict(OnConflict::Version).send();
        effort.attempts += 1;
        match timeout(HANGS, upload).await.expect("an upload that hangs") {
            Ok(_) => return effort,
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn upload_directory(uploader: Uploader, path: PathBuf) -> Effort {
    let mut effort = Effort::default();
    loop {
        let upload = uploader.directory(&path).to_folder("0").send();
        effort.attempts += 1;
        match timeout(HANGS, upload).await.expect("an upload that hangs") {
            Ok(summary) if summary.failures == 0 && summary.not_begun == 0 => return effort,
            _ => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// The command, which is killed.
struct Killed {
    url: String,
    folder: PathBuf,
}

impl Killed {
    async fn upload(self, name: String, mut random: Rng) -> Effort {
        let mut effort = Effort::default();
        loop {
            let mut child = self.start(&self.folder, &name);
            effort.attempts += 1;
            if effort.kills < 3 {
                let time = Duration::from_millis(random.u64(..3000));
                if timeout(time, child.wait()).await.is_err() {
                    child.kill().await.expect("it can be killed");
                    effort.kills += 1;
                    continue;
                }
            }
            let ended = timeout(HANGS, child.wait()).await.expect("a command that hangs");
            match ended.expect("it can be waited for").code() {
                // 5: it was killed after the commit.
                Some(0 | 5) => return effort,
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    fn start(&self, folder: &Path, name: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_box-upload"))
            .args([name, "--to", "0", "--quiet", "--journal", "killed", "--timeout", "3s"])
            .env_clear()
            .env("BOX_BASE_URL", &self.url)
            .env("BOX_CLIENT_ID", "id")
            .env("BOX_CLIENT_SECRET", "secret")
            .env("BOX_ENTERPRISE_ID", "1")
            .env("HOME", folder)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the command starts")
    }
}
