//! What the tests share.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use box_emulator::{Builder, Emulator, FaultPlan, Operation};
use box_upload_sessions::runtime::{BoxError, BoxFuture, Credential, Secret, TokenProvider};
use box_upload_sessions::{Client, ClientBuilder};
use box_uploader::{
    CancellationToken, Error, ErrorKind, Event, Retry, Sha1Hash, Upload, Uploaded, Uploader,
};
use tempfile::TempDir;

/// The size of a part, in bytes.
pub(crate) const PART: usize = 1000;

/// An emulator with small parts, and an uploader that does not wait long.
pub(crate) struct Setting {
    pub(crate) emulator: Emulator,
    pub(crate) uploader: Uploader,
    /// Where files and journals of the test are.
    pub(crate) folder: TempDir,
}

impl Setting {
    pub(crate) async fn new(faults: FaultPlan) -> Self {
        Self::with(|builder| builder, faults).await
    }

    pub(crate) async fn with(build: impl FnOnce(Builder) -> Builder, faults: FaultPlan) -> Self {
        let builder = Emulator::builder().part_size(PART as u64).smallest_file(1);
        let emulator = build(builder).faults(faults).start().await.expect("the emulator starts");
        let uploader = uploader(client(&emulator));
        let folder = tempfile::tempdir().expect("there is room for files");
        Self { emulator, uploader, folder }
    }

    /// The uploader with a journal.
    pub(crate) fn journaled(&self) -> Uploader {
        self.uploader.clone().journal(self.folder.path().join("journal"))
    }

    /// An uploader with a journal, whose connections are closed when it is dropped.
    pub(crate) fn with_own_connections(&self) -> Uploader {
        uploader(client(&self.emulator)).journal(self.folder.path().join("journal"))
    }

    /// Returns once the connections are closed, and so everything that was sent has been received.
    pub(crate) async fn connections_close(&self) {
        let closed = async {
            while self.emulator.open_connections() > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, closed).await.expect("the connections are closed");
    }

    /// A file of this content.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("there is room for the file");
        path
    }

    /// How many journals there are.
    pub(crate) fn journals(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("journal")).map_or(0, Iterator::count)
    }

    /// Checks that the file is there, with this content.
    pub(crate) async fn holds(&self, uploaded: &Uploaded, content: &[u8]) {
        assert_eq!(uploaded.sha1, Sha1Hash::of(content));
        let files = self.emulator.files();
        let file = files.iter().find(|file| file.id == uploaded.file.id);
        let file = file.expect("the file is there");
        assert!(uploaded.sha1.matches(file.sha1.as_ref().unwrap()));
        assert!(self.emulator.content(&file.id).await.unwrap() == content);
    }
}

/// A client of `emulator` whose tokens are good until the service refuses one.
pub(crate) fn client(emulator: &Emulator) -> ClientBuilder {
    let tokens = Credential::provider(Tokens::default());
    Client::builder().base_url(emulator.url()).access_token(tokens)
}

/// Gives another token for one that was refused.
#[derive(Default)]
pub(crate) struct Tokens(AtomicU64);

impl TokenProvider for Tokens {
    fn token<'a>(
        &'a self,
        rejected: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Secret, BoxError>> {
        let name = |number: u64| Secret::from(format!("token-{number}"));
        let mut number = self.0.load(Ordering::Relaxed);
        if rejected == Some(&name(number)) {
            number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        }
        Box::pin(std::future::ready(Ok(name(number))))
    }
}

/// A timeout for tests without stalls: generous, because the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// An uploader that does not wait long between attempts.
pub(crate) fn uploader(client: ClientBuilder) -> Uploader {
    let client = client.build().expect("the client is well configured");
    Uploader::new(client).retry(quick()).sessions_from(1).idle_timeout(PATIENCE)
}

/// Few attempts, one after the other.
pub(crate) fn quick() -> Retry {
    Retry {
        attempts: 4,
        first_delay: Duration::from_millis(1),
        longest_delay: Duration::from_millis(20),
        processing: Duration::from_secs(3),
        ..Retry::default()
    }
}

/// Bytes that differ from part to part.
pub(crate) fn content(length: usize) -> Vec<u8> {
    seeded(length, 0x2545_f491_4f6c_dd1d)
}

/// Other bytes for another seed.
pub(crate) fn seeded(length: usize, seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    std::iter::repeat_with(|| random.u8(..)).take(length).collect()
}

/// Runs an upload to its end, and returns its events.
pub(crate) async fn finish(upload: Upload) -> (Result<Uploaded, Error>, Vec<Event>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&events);
    let upload = upload.on_progress(move |event| sink.lock().unwrap().push(event.clone()));
    let outcome = tokio::time::timeout(Duration::from_secs(120), upload.send()).await;
    let events = std::mem::take(&mut *events.lock().unwrap());
    (outcome.expect("an upload that hangs"), events)
}

/// The number in this variable of the environment, or another one.
pub(crate) fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
        Err(_) => default,
    }
}

/// Runs an upload that must come to an end, and shows what happens to `hook`.
pub(crate) async fn watch(
    upload: Upload,
    hook: impl Fn(&Event) + Send + Sync + 'static,
) -> Result<Uploaded, Error> {
    let outcome = tokio::time::timeout(Duration::from_secs(120), upload.on_progress(hook).send());
    outcome.await.expect("an upload that hangs")
}

/// Runs an upload that is cancelled once so many parts are stored.
pub(crate) async fn cancel_after(parts: usize, upload: Upload) -> Error {
    let token = CancellationToken::new();
    let stored = AtomicUsize::new(0);
    let cancel = token.clone();
    let outcome = watch(upload.cancel_on(token), move |event| {
        if matches!(event, Event::Part { .. })
            && stored.fetch_add(1, Ordering::Relaxed) + 1 == parts
        {
            cancel.cancel();
        }
    });
    let error = outcome.await.expect_err("it is cancelled");
    assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error:?}");
    error
}

impl Setting {
    /// How often this was asked for.
    pub(crate) fn count(&self, operation: Operation) -> usize {
        let requests = self.emulator.requests();
        requests.iter().filter(|request| request.operation == Some(operation)).count()
    }
}
