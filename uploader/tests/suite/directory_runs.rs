//! Runs over a directory: interrupted, continued, repeated, selected and shared.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Operation, RetryAfter};
use box_uploader::{
    CancellationToken, DirectoryEvent, DirectorySummary, OnConflict, PathList, Resume, Shard,
    Uploader,
};
use fastrand::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Setting, number, quick};

/// Creates small files, `per_folder` in each of these folders, with times in the past.
pub(crate) fn create_files(root: &Path, folders: usize, per_folder: usize) {
    for folder in 0..folders {
        let path = root.join(format!("{}/{folder}", folder % 5));
        fs::create_dir_all(&path).unwrap();
        for number in 0..per_folder {
            fs::write(path.join(number.to_string()), format!("{folder} {number}")).unwrap();
        }
    }
}

/// Waits until a change of a file would show in its times.
pub(crate) async fn settle() {
    tokio::time::sleep(Duration::from_millis(120)).await;
}

pub(crate) fn direct(uploader: Uploader) -> Uploader {
    uploader.sessions_from(1 << 20)
}

async fn send(uploader: &Uploader, root: &Path) -> DirectorySummary {
    uploader.directory(root).to_folder("0").send().await.unwrap()
}

/// The paths of all files in the emulator: each once.
pub(crate) fn stored(setting: &Setting) -> BTreeSet<String> {
    let files = setting.emulator.files();
    let path = |file: &box_upload_sessions::types::FileFull| {
        let path = file.path_collection.as_ref();
        let folders = path.and_then(|path| path.entries.clone()).unwrap_or_default();
        let names = folders.iter().skip(1).filter_map(|folder| folder.name.clone());
        let names: Vec<_> = names.chain(file.name.clone()).collect();
        names.join("/")
    };
    let paths: BTreeSet<_> = files.iter().map(path).collect();
    assert_eq!(paths.len(), files.len(), "a file is there twice");
    paths
}

#[tokio::test]
async fn an_interrupted_run_is_continued_where_it_was() {
    let setting = Setting::new(FaultPlan::default()).await;
    let uploader = direct(setting.journaled());
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    create_files(&root, 40, 5);
    settle().await;
    let token = CancellationToken::new();
    let ended = AtomicUsize::new(0);
    let cancel = token.clone();
    let upload = uploader.directory(&root).to_folder("0").cancel_on(token);
    let upload = upload.on_progress(move |event| {
        let is_end = matches!(event, DirectoryEvent::Uploaded { .. });
        if is_end && ended.fetch_add(1, Ordering::Relaxed) == 100 {
            cancel.cancel();
        }
    });
    let first = upload.send().await.unwrap();
    assert!(first.uploaded > 100 && first.not_begun > 0, "{first:?}");

    let listed = |setting: &Setting| setting.count(Operation::ListFolderItems);
    let before = listed(&setting);
    let second = send(&uploader, &root).await;
    assert!(second.is_complete(), "{second:?}");
    assert_eq!(second.uploaded + second.unchanged, 200, "{second:?}");
    assert!(second.folders < 46, "{second:?}");
    // Of all folders that were done, none is listed.
    assert!(listed(&setting) - before < 46 - 15, "{}", listed(&setting) - before);
    assert_eq!(stored(&setting).len(), 200);

    // A run after that asks Box once for each folder, and sends nothing.
    let (sent, before) = (setting.count(Operation::UploadFile), listed(&setting));
    let third = send(&uploader, &root).await;
    assert_eq!((third.unchanged, third.sent, third.folders), (200, 0, 0), "{third:?}");
    assert_eq!(setting.count(Operation::UploadFile), sent);
    assert_eq!(listed(&setting) - before, 46);
    assert_eq!(setting.count(Operation::PreflightFile), 0);
}

/// The journal spares reading files, and nothing else: what changes is seen.
#[cfg(unix)]
#[tokio::test]
async fn only_files_that_have_changed_are_read_again() {
    use std::os::unix::fs::PermissionsExt;
    let setting = Setting::new(FaultPlan::default()).await;
    let uploader = direct(setting.journaled());
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    create_files(&root, 2, 3);
    settle().await;
    send(&uploader, &root).await;

    // The same size and modification time; only the change time tells.
    let path = root.join("0/0/1");
    let modified = path.metadata().unwrap().modified().unwrap();
    fs::write(&path, "0 x").unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    let upload = || uploader.directory(&root).to_folder("0").on_conflict(OnConflict::Version);
    let second = upload().send().await.unwrap();
    assert_eq!((second.uploaded, second.unchanged), (1, 5), "{second:?}");

    // Somebody deletes a file and changes another in Box: the journal is not believed there.
    let gone = setting.emulator.files().into_iter().find(|file| file.name.as_deref() == Some("2"));
    delete_file(&setting, &gone.unwrap().id).await;
    let third = upload().send().await.unwrap();
    assert_eq!((third.uploaded, third.unchanged), (1, 5), "{third:?}");

    // Files that cannot be read count as unchanged as long as nothing says otherwise.
    if fs::File::open("/etc/shadow").is_err() {
        settle().await;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        let fourth = upload().send().await.unwrap();
        assert_eq!((fourth.unchanged, fourth.failures), (5, 1), "{fourth:?}");
    }
    let afresh = uploader.clone().resume(Resume::Never);
    assert_eq!(send(&afresh, &root).await.unchanged, 6);
}

pub(crate) async fn delete_file(setting: &Setting, id: &str) {
    let address = setting.emulator.address();
    let request = format!(
        "DELETE /__emulator/api/files/{id} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    );
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 2"), "{response}");
}

#[tokio::test]
async fn files_are_selected() {
    let setting = Setting::new(FaultPlan::default()).await;
    let uploader = direct(setting.uploader.clone());
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    for name in ["a/1.jpg", "a/1.txt", "b/c/2.jpg", "b/skip/3.jpg", "4.jpg", "empty/x.txt"] {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
    fs::write(root.join("b/.gitignore"), "c/\n").unwrap();
    let upload = || uploader.directory(&root).to_folder("0");
    let chosen = upload().include("*.jpg").exclude("skip/").gitignore(true).send().await.unwrap();
    assert_eq!((chosen.files, chosen.uploaded), (2, 2), "{chosen:?}");
    // Folders without such files are not created.
    assert_eq!(chosen.folders, 2);
    assert_eq!(stored(&setting), ["photos/4.jpg", "photos/a/1.jpg"].map(str::to_owned).into());

    let list = PathList::read(&b"b\nabsent\na/1.txt\n"[..], false).unwrap();
    let listed = upload().files_from(list).send().await.unwrap();
    assert_eq!((listed.uploaded, listed.failures), (4, 1), "{listed:?}");
    assert_eq!(listed.failed[0].0, PathBuf::from("absent"));
    let everything = upload().send().await.unwrap();
    assert_eq!((everything.uploaded, everything.unchanged), (1, 6), "{everything:?}");
    let wrong = upload().exclude("[z-a]").send().await.unwrap_err();
    assert!(format!("{:?}", wrong.kind()).contains("`[z-a]`"), "{wrong:?}");
}

/// Several processes share a directory, and their number may change.
#[tokio::test(flavor = "multi_thread")]
async fn shares_upload_every_file_once() {
    let busy = FaultResponse::new(429).retry_after(RetryAfter::Seconds(0.01));
    let plan = FaultPlan::new(3)
        .fault(Fault::random(Operation::UploadFile, 0.05, Action::Respond(busy)).forever())
        .fault(Fault::random(Operation::UploadFile, 0.05, Action::LoseResponse).forever())
        .fault(Fault::random(Operation::CreateFolder, 0.1, Action::LoseResponse).forever());
    let setting = Setting::new(plan).await;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    create_files(&root, 30, 6);
    fs::create_dir(root.join("empty")).unwrap();
    let retry = box_uploader::Retry { attempts: 30, ..quick() };
    let run = async |count| {
        let mut runs = Vec::new();
        for index in 0..count {
            let client = crate::support::client(&setting.emulator);
            let uploader = direct(crate::support::uploader(client)).retry(retry.clone());
            let shard = Shard::new(index, count).unwrap();
            let upload = uploader.directory(&root).to_folder("0").shard(shard);
            runs.push(tokio::spawn(upload.send()));
        }
        let mut totals = [0; 5];
        for run in runs {
            let summary = run.await.unwrap().unwrap();
            let DirectorySummary { files, uploaded, unchanged, failures, folders, .. } = summary;
            for (total, more) in
                totals.iter_mut().zip([files, uploaded, unchanged, failures, folders])
            {
                *total += more;
            }
        }
        totals
    };
    let [files, uploaded, unchanged, failures, folders] = run(4).await;
    assert_eq!((files, uploaded + unchanged, failures), (180, 180, 0));
    // A lost response hides who created a folder.
    assert!(folders <= 37, "{folders}");
    assert_eq!(stored(&setting).len(), 180);
    let before = setting.count(Operation::ListFolderItems);
    let [files, uploaded, unchanged, failures, folders] = run(7).await;
    assert_eq!([files, uploaded, unchanged, failures, folders], [180, 0, 180, 0, 0]);
    // One process lists a folder with files; all may list those with folders.
    let listed = setting.count(Operation::ListFolderItems) - before;
    assert!(listed <= 31 + 6 * 7, "{listed}");
}

/// A command that is killed at the latest when it is dropped.
struct Victim(Child);

impl Victim {
    fn start(setting: &Setting, root: &Path, options: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_box-upload"))
            .arg(root)
            .args(["--to", "0", "--quiet", "--journal", "journal"])
            .args(options)
            .env("BOX_ACCESS_TOKEN", "token")
            .env("BOX_BASE_URL", setting.emulator.url())
            .current_dir(setting.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }

    /// The exit code, if it ended within this time; otherwise it is killed.
    async fn end_within(mut self, limit: Duration) -> Option<i32> {
        let end = SystemTime::now() + limit;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            if SystemTime::now() > end {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_runs_upload_every_file_once() {
    let kills = number("BOX_UPLOADER_DIRECTORY_KILLS", 12);
    let random = &mut Rng::with_seed(number("BOX_UPLOADER_SEED", 0));
    let latency = Duration::from_millis(2);
    let setting = Setting::with(|builder| builder.latency(latency), FaultPlan::default()).await;
    let root = setting.folder.path().join("photos");
    let folders = number("BOX_UPLOADER_FOLDERS", 60) as usize;
    create_files(&root, folders, 10);
    settle().await;
    let mut killed = 0;
    for _ in 0..kills {
        let limit = Duration::from_millis(random.u64(5..300));
        let code = Victim::start(&setting, &root, &[]).end_within(limit).await;
        assert!(matches!(code, None | Some(0)), "{code:?}");
        killed += usize::from(code.is_none());
    }
    let last = Victim::start(&setting, &root, &[]).end_within(Duration::from_secs(120)).await;
    assert_eq!(last, Some(0));
    assert_eq!(stored(&setting).len(), folders * 10);
    println!("{killed} kills");
}

/// Who may write to the directory cannot have other files uploaded by it.
#[cfg(unix)]
#[tokio::test]
async fn links_that_replace_files_during_the_upload_are_not_followed() {
    use std::os::unix::fs::symlink;
    for follow in [false, true] {
        let setting = Setting::new(FaultPlan::default()).await;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("photos");
        let outside = folder.path().join("outside");
        fs::create_dir_all(root.join("inside")).unwrap();
        fs::create_dir(&outside).unwrap();
        for number in 0..10 {
            fs::write(root.join(number.to_string()), "harmless").unwrap();
            fs::write(root.join(format!("inside/{number}")), "harmless").unwrap();
            fs::write(outside.join(number.to_string()), "a secret").unwrap();
        }
        let is_swapped = AtomicUsize::new(0);
        let swapped = root.clone();
        let links = if follow { box_uploader::Links::Follow } else { box_uploader::Links::Skip };
        let upload = direct(setting.uploader.clone()).directory(&root).to_folder("0").files(1);
        let upload = upload.links(links).on_progress(move |event| {
            let is_first = || is_swapped.fetch_add(1, Ordering::Relaxed) == 0;
            if matches!(event, DirectoryEvent::Uploaded { .. }) && is_first() {
                for number in 0..10 {
                    let path = swapped.join(number.to_string());
                    fs::remove_file(&path).unwrap();
                    symlink(outside.join(number.to_string()), path).unwrap();
                }
                fs::rename(swapped.join("inside"), swapped.join("moved")).unwrap();
                symlink(&outside, swapped.join("inside")).unwrap();
            }
        });
        let summary = upload.send().await.unwrap();
        let secret = box_uploader::Sha1Hash::of(b"a secret");
        let files = setting.emulator.files();
        let secrets = files.iter().filter(|file| secret.matches(file.sha1.as_ref().unwrap()));
        let secrets = secrets.count();
        assert_eq!(secrets == 0, !follow, "{summary:?}");
        assert_eq!(summary.failures == 0, follow, "{summary:?}");
    }
}
