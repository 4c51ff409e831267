//! Uploads of whole directories.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Operation};
use box_uploader::{DirectoryEvent, DirectorySummary, Error, ErrorKind, OnConflict};

use crate::support::{PART, Setting, content, seeded};

/// A directory `photos` with files in three folders.
fn photos(folder: &Path) -> PathBuf {
    let root = folder.join("photos");
    for (path, length) in [
        ("one.jpg", 3 * PART),
        ("summer/two.jpg", PART + 1),
        ("summer/beach/three.jpg", 10),
        ("summer/beach/empty.txt", 0),
    ] {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content(length)).unwrap();
    }
    root
}

async fn send(
    setting: &Setting,
    root: &Path,
    on_conflict: OnConflict,
) -> (Result<DirectorySummary, Error>, Vec<String>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&events);
    let upload = setting.uploader.directory(root).to_folder("0").on_conflict(on_conflict);
    let upload = upload.on_progress(move |event| {
        let line = match event {
            DirectoryEvent::Planned { files, bytes } => format!("{files} files, {bytes} bytes"),
            DirectoryEvent::Folder { path, created, .. } => {
                format!("{} {created}", path.display())
            }
            DirectoryEvent::Failed { path, error } => format!("{} {error}", path.display()),
            _ => return,
        };
        sink.lock().unwrap().push(line);
    });
    let summary = upload.send().await;
    let events = std::mem::take(&mut *events.lock().unwrap());
    (summary, events)
}

/// Name, folder and version of each file.
fn files(setting: &Setting) -> Vec<(String, Option<String>, String)> {
    let file = |file: box_upload_sessions::types::FileFull| {
        let parent = file.parent.and_then(|parent| parent.name);
        (file.name.unwrap(), parent, file.etag.unwrap())
    };
    let mut files: Vec<_> = setting.emulator.files().into_iter().map(file).collect();
    files.sort();
    files
}

fn file(name: &str, parent: &str, etag: &str) -> (String, Option<String>, String) {
    (name.to_owned(), Some(parent.to_owned()), etag.to_owned())
}

#[tokio::test]
async fn folders_are_created_and_files_uploaded() {
    let setting = Setting::new(FaultPlan::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let root = photos(folder.path());
    let (summary, events) = send(&setting, &root, OnConflict::Fail).await;
    let summary = summary.unwrap();
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!((summary.files, summary.uploaded, summary.folders), (4, 4, 3));
    assert_eq!(
        events,
        ["4 files, 4011 bytes", "photos true", "photos/summer true", "photos/summer/beach true",]
    );
    let expected = [
        file("empty.txt", "beach", "0"),
        file("one.jpg", "photos", "0"),
        file("three.jpg", "beach", "0"),
        file("two.jpg", "summer", "0"),
    ];
    assert_eq!(files(&setting), expected);
}

#[tokio::test]
async fn a_second_run_uploads_what_has_changed() {
    let setting = Setting::new(FaultPlan::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let root = photos(folder.path());
    send(&setting, &root, OnConflict::Fail).await.0.unwrap();
    fs::write(root.join("one.jpg"), content(2 * PART)).unwrap();
    fs::write(root.join("summer/new.jpg"), content(7)).unwrap();

    let summary = send(&setting, &root, OnConflict::Fail).await.0.unwrap();
    assert_eq!((summary.uploaded, summary.unchanged, summary.folders), (1, 3, 0));
    assert_eq!(summary.failed.len(), 1);
    assert_eq!(summary.failed[0].0, Path::new("photos/one.jpg"));
    assert!(matches!(summary.failed[0].1.kind(), ErrorKind::NameInUse { .. }));

    let summary = send(&setting, &root, OnConflict::Version).await.0.unwrap();
    assert_eq!((summary.uploaded, summary.unchanged), (1, 4));
    assert!(summary.is_complete());
    assert!(files(&setting).contains(&file("one.jpg", "photos", "1")));

    fs::write(root.join("one.jpg"), content(PART)).unwrap();
    let summary = send(&setting, &root, OnConflict::Rename).await.0.unwrap();
    assert_eq!((summary.uploaded, summary.unchanged), (1, 4));
    assert!(files(&setting).contains(&file("one (1).jpg", "photos", "0")));
}

#[tokio::test]
async fn a_failed_file_does_not_stop_the_others() {
    let refused = Action::Respond(FaultResponse::new(403).code("forbidden_by_policy"));
    let plan = FaultPlan::new(1)
        .fault(Fault::nth(Operation::CreateUploadSession, 1, refused))
        .fault(Fault::nth(Operation::CreateFolder, 1, Action::LoseResponse));
    let setting = Setting::new(plan).await;
    let folder = tempfile::tempdir().unwrap();
    let (summary, _) = send(&setting, &photos(folder.path()), OnConflict::Fail).await;
    let summary = summary.unwrap();
    assert_eq!((summary.uploaded, summary.failed.len(), summary.not_begun), (3, 1, 0));
    assert_eq!(summary.failed[0].1.code(), Some("forbidden_by_policy"));
    assert!(!summary.is_complete());
}

#[tokio::test]
async fn a_folder_name_taken_by_a_file_fails_with_its_content() {
    let setting = Setting::new(FaultPlan::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let root = photos(folder.path());
    send(&setting, &root, OnConflict::Fail).await.0.unwrap();
    fs::rename(root.join("one.jpg"), folder.path().join("one.jpg")).unwrap();
    fs::create_dir(root.join("one.jpg")).unwrap();
    fs::write(root.join("one.jpg/inner"), "x").unwrap();
    let (summary, events) = send(&setting, &root, OnConflict::Version).await;
    let summary = summary.unwrap();
    assert_eq!((summary.failed.len(), summary.not_begun, summary.unchanged), (1, 1, 3));
    assert!(events.iter().any(|line| line.contains("`one.jpg` already exists")), "{events:?}");
}

#[tokio::test]
async fn refused_credentials_stop_all() {
    let refused = Action::Respond(FaultResponse::new(401));
    let plan = FaultPlan::new(1)
        .fault(Fault::nth(Operation::CreateUploadSession, 1, refused.clone()).forever())
        .fault(Fault::nth(Operation::UploadFile, 1, refused).forever());
    let setting = Setting::new(plan).await;
    let folder = tempfile::tempdir().unwrap();
    let root = photos(folder.path());
    let upload = setting.uploader.directory(root).to_folder("0").files(1);
    let summary = upload.send().await.unwrap();
    assert_eq!((summary.uploaded, summary.failed.len(), summary.not_begun), (0, 1, 3));
    assert!(matches!(summary.failed[0].1.kind(), ErrorKind::Credentials { .. }));
}

#[tokio::test]
async fn a_file_name_taken_by_a_folder_fails() {
    let setting = Setting::new(FaultPlan::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let root = photos(folder.path());
    send(&setting, &root, OnConflict::Fail).await.0.unwrap();
    fs::remove_dir_all(root.join("summer")).unwrap();
    fs::write(root.join("summer"), content(PART)).unwrap();
    let before = files(&setting);
    let summary = send(&setting, &root, OnConflict::Version).await.0.unwrap();
    assert_eq!((summary.failed.len(), summary.uploaded, summary.unchanged), (1, 0, 1));
    assert!(matches!(summary.failed[0].1.kind(), ErrorKind::NameInUse { sha1: None, .. }));
    assert_eq!(files(&setting), before);
}

/// Neither identical files nor conflicting ones are sent.
#[tokio::test]
async fn a_second_run_sends_nothing() {
    let setting = Setting::new(FaultPlan::default()).await;
    let uploader = setting.uploader.clone().sessions_from(1 << 20);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    fs::create_dir_all(root.join("summer")).unwrap();
    for number in 0..8 {
        fs::write(root.join(format!("summer/{number}")), seeded(20 * PART, number)).unwrap();
    }
    let run = || uploader.directory(&root).to_folder("0").send();
    let sent = |setting: &Setting| setting.count(Operation::UploadFile);
    let first = run().await.unwrap();
    assert_eq!((first.uploaded, first.sent, sent(&setting)), (8, 8 * 20 * PART as u64, 8));
    // The folders were made just now: there was nothing to ask for.
    assert_eq!(setting.count(Operation::PreflightFile), 0);

    let second = run().await.unwrap();
    assert_eq!((second.unchanged, second.uploaded, second.sent), (8, 0, 0), "{second:?}");
    // Nothing is asked for single files, and each folder is listed once.
    assert_eq!((sent(&setting), setting.count(Operation::PreflightFile)), (8, 0));
    assert_eq!(setting.count(Operation::ListFolderItems), 2);
    assert_eq!(setting.count(Operation::CreateFolder), 3);

    fs::write(root.join("summer/3"), seeded(20 * PART, 99)).unwrap();
    let third = run().await.unwrap();
    assert_eq!((third.unchanged, third.failed.len(), third.sent), (7, 1, 0), "{third:?}");
    assert_eq!(sent(&setting), 8);
}

/// Bytes of failed requests count as sent.
#[tokio::test]
async fn bytes_of_failed_files_are_counted() {
    let refused = Action::Respond(FaultResponse::new(403).after_effect());
    let plan = FaultPlan::new(1).fault(Fault::nth(Operation::UploadFile, 1, refused));
    let setting = Setting::new(plan).await;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a"), content(5 * PART)).unwrap();
    let uploader = setting.uploader.clone().sessions_from(1 << 20);
    let summary = uploader.directory(root).to_folder("0").send().await.unwrap();
    assert_eq!((summary.failed.len(), summary.sent), (1, 5 * PART as u64), "{summary:?}");
}

/// All names that Box refuses are known before anything is sent.
#[cfg(unix)]
#[tokio::test]
async fn refused_names_are_reported_first_or_encoded() {
    let setting = Setting::new(FaultPlan::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    for name in ["a/fine", "z/b\\c", "z /x"] {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
    let (summary, events) = send(&setting, &root, OnConflict::Fail).await;
    let summary = summary.unwrap();
    assert_eq!((summary.files, summary.uploaded, summary.failures), (1, 1, 2), "{summary:?}");
    assert!(matches!(summary.failed[0].1.kind(), ErrorKind::NameRefused { .. }), "{summary:?}");
    assert!(events[0].contains("refuses the name") && events[1].contains("refuses the name"));
    assert!(events[2].starts_with("1 files"), "{events:?}");

    let upload = setting.uploader.directory(&root).to_folder("0").encode_names(true);
    let summary = upload.send().await.unwrap();
    assert_eq!((summary.uploaded, summary.unchanged, summary.failures), (2, 1, 0), "{summary:?}");
    let names: Vec<_> =
        files(&setting).into_iter().map(|(name, folder, _)| (name, folder)).collect();
    assert!(names.contains(&("b%5Cc".to_owned(), Some("z".to_owned()))), "{names:?}");
    assert!(names.contains(&("x".to_owned(), Some("z%20".to_owned()))), "{names:?}");
}

/// Some file systems decompose the characters of names.
#[tokio::test]
async fn composed_and_decomposed_names_are_one() {
    let setting = Setting::new(FaultPlan::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let composed = folder.path().join("one/photos");
    let decomposed = folder.path().join("two/photos");
    for (root, sub, name) in
        [(&composed, "\u{c4}rger", "\u{e9}.txt"), (&decomposed, "A\u{308}rger", "e\u{301}.txt")]
    {
        fs::create_dir_all(root.join(sub)).unwrap();
        fs::write(root.join(sub).join(name), "the same").unwrap();
    }
    send(&setting, &composed, OnConflict::Fail).await.0.unwrap();
    let summary = send(&setting, &decomposed, OnConflict::Fail).await.0.unwrap();
    assert_eq!((summary.unchanged, summary.uploaded, summary.folders), (1, 0, 0), "{summary:?}");
}

#[tokio::test]
async fn a_large_folder_is_listed_page_by_page() {
    let setting = Setting::new(FaultPlan::default()).await;
    let uploader = setting.uploader.clone().sessions_from(1 << 20).connections(64);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    fs::create_dir(&root).unwrap();
    for number in 0..1100 {
        fs::write(root.join(number.to_string()), number.to_string()).unwrap();
    }
    let run = || uploader.directory(&root).to_folder("0").send();
    let first = run().await.unwrap();
    assert_eq!((first.uploaded, setting.count(Operation::ListFolderItems)), (1100, 0), "{first:?}");
    assert!(first.most_in_flight > 16, "{first:?}");
    let second = run().await.unwrap();
    assert_eq!((second.unchanged, second.sent), (1100, 0), "{second:?}");
    assert_eq!(setting.count(Operation::ListFolderItems), 2);
    assert_eq!(setting.count(Operation::UploadFile), 1100);
}

#[tokio::test]
async fn a_service_that_asks_to_slow_down_gets_every_file_once() {
    let busy = FaultResponse::new(429).retry_after(box_emulator::RetryAfter::Seconds(0.01));
    let busy = Action::Respond(busy);
    let plan = FaultPlan::new(1)
        .fault(Fault::nth(Operation::UploadFile, 3, busy.clone()).times(20))
        .fault(Fault::nth(Operation::CreateFolder, 2, busy));
    let setting = Setting::new(plan).await;
    let uploader = setting.uploader.clone().sessions_from(1 << 20);
    let uploader = uploader.retry(box_uploader::Retry { attempts: 30, ..crate::support::quick() });
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    for number in 0..100 {
        let path = root.join(format!("{}/{number}", number % 7));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    let summary = uploader.directory(&root).to_folder("0").send().await.unwrap();
    assert_eq!((summary.uploaded, summary.failures), (100, 0), "{summary:?}");
    assert!((1..=21).contains(&summary.throttled), "{summary:?}");
    assert_eq!(setting.emulator.files().len(), 100);
}

/// Who may upload need not be allowed to list.
#[tokio::test]
async fn a_folder_that_may_not_be_listed_is_uploaded_to() {
    let refused = Action::Respond(FaultResponse::new(403));
    let plan =
        FaultPlan::new(1).fault(Fault::nth(Operation::ListFolderItems, 1, refused).forever());
    let setting = Setting::new(plan).await;
    let folder = tempfile::tempdir().unwrap();
    let root = photos(folder.path());
    send(&setting, &root, OnConflict::Fail).await.0.unwrap();
    let summary = send(&setting, &root, OnConflict::Fail).await.0.unwrap();
    assert_eq!((summary.unchanged, summary.failures, summary.sent), (4, 0, 0), "{summary:?}");
}
