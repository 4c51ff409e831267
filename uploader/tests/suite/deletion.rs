//! Deleting from Box what a directory does not have.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Operation};
use box_upload_sessions::types::{CreateFolderBody, ParentFolder};
use box_uploader::{
    CancellationToken, DirectoryEvent, DirectorySummary, DirectoryUpload, ErrorKind, Event,
    OnConflict, Shard,
};

use crate::directory_runs::{create_files, direct, settle, stored};
use crate::support::{Setting, client};

/// A directory `photos` with 30 files in 10 folders, which are in 5 others, and in Box.
async fn uploaded(setting: &Setting) -> PathBuf {
    let root = setting.folder.path().join("photos");
    create_files(&root, 10, 3);
    settle().await;
    let summary = mirror(setting, &root).send().await.unwrap();
    assert_eq!((summary.uploaded, summary.deleted), (30, 0), "{summary:?}");
    root
}

fn mirror(setting: &Setting, root: &Path) -> DirectoryUpload {
    let upload = direct(setting.journaled()).directory(root).to_folder("0");
    upload.on_conflict(OnConflict::Version).delete(100, false)
}

/// Why nothing was deleted.
fn refusals(summary: &DirectorySummary) -> Vec<String> {
    let reasons = summary.failed.iter().filter_map(|(_, error)| match error.kind() {
        ErrorKind::DeletionRefused { what } => Some(what.clone()),
        _ => None,
    });
    reasons.collect()
}

fn paths(setting: &Setting, folder: &str) -> BTreeSet<String> {
    stored(setting).into_iter().filter(|path| path.starts_with(folder)).collect()
}

#[tokio::test]
async fn what_the_directory_does_not_have_is_deleted() {
    let lost = Fault::nth(Operation::DeleteFile, 1, Action::LoseResponse);
    let lost_folder = Fault::nth(Operation::DeleteFolder, 1, Action::LoseResponse);
    let setting = Setting::new(FaultPlan::new(1).fault(lost).fault(lost_folder)).await;
    let root = uploaded(&setting).await;
    fs::remove_file(root.join("0/0/1")).unwrap();
    fs::remove_dir_all(root.join("1")).unwrap();
    fs::write(root.join("new"), "new").unwrap();

    // First only reported.
    let planned = Arc::new(Mutex::new(BTreeSet::new()));
    let sink = Arc::clone(&planned);
    let plan = mirror(&setting, &root).on_progress(move |event| {
        if let DirectoryEvent::PlannedDeletion { path_in_box, .. } = event {
            sink.lock().unwrap().insert(path_in_box.clone());
        }
    });
    let plan = plan.plan().await.unwrap();
    assert_eq!((plan.deletions, plan.failures), (10, 0), "{plan:?}");
    let planned = std::mem::take(&mut *planned.lock().unwrap());
    let folders = ["photos/1", "photos/1/1", "photos/1/6"].map(str::to_owned);
    assert!(planned.contains("photos/0/0/1") && folders.iter().all(|path| planned.contains(path)));
    assert_eq!(stored(&setting).len(), 30);

    let before = setting.count(Operation::ListFolderItems);
    let summary = mirror(&setting, &root).send().await.unwrap();
    assert_eq!((summary.uploaded, summary.unchanged, summary.deleted), (1, 23, 10), "{summary:?}");
    assert!(summary.is_complete(), "{summary:?}");
    // Each folder that the directory has, and each that it has not.
    assert_eq!(setting.count(Operation::ListFolderItems) - before, 13 + 3);
    let there = stored(&setting);
    assert!(there.contains("photos/new") && !there.contains("photos/0/0/1"), "{there:?}");
    assert_eq!(there.len(), 24);

    let again = mirror(&setting, &root).send().await.unwrap();
    assert_eq!((again.unchanged, again.deleted, again.failures), (24, 0, 0), "{again:?}");
}

#[tokio::test]
async fn more_than_the_limit_is_not_deleted_in_part() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = uploaded(&setting).await;
    fs::remove_dir_all(root.join("1")).unwrap();
    let limited = |max| mirror(&setting, &root).delete(max, false);
    for _ in 0..2 {
        let summary = limited(8).send().await.unwrap();
        assert_eq!(refusals(&summary), ["it has at least 9 items fewer than Box"], "{summary:?}");
        assert_eq!((summary.deleted, stored(&setting).len()), (0, 30));
        let plan = limited(8).plan().await.unwrap();
        assert_eq!((plan.deletions, plan.failures), (0, 1), "{plan:?}");
    }
    assert_eq!(limited(9).send().await.unwrap().deleted, 9);
    assert_eq!(stored(&setting).len(), 24);
}

#[tokio::test]
async fn an_empty_directory_deletes_nothing() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = uploaded(&setting).await;
    fs::remove_dir_all(&root).unwrap();
    fs::create_dir_all(root.join("0/0")).unwrap();
    let summary = mirror(&setting, &root).send().await.unwrap();
    assert_eq!(refusals(&summary), ["the directory has no files"], "{summary:?}");
    // Nor one that is not there.
    fs::remove_dir_all(&root).unwrap();
    mirror(&setting, &root).send().await.unwrap_err();
    assert_eq!(stored(&setting).len(), 30);
    // A file that is left out counts as none.
    create_files(&root, 1, 1);
    let summary = mirror(&setting, &root).exclude("0").send().await.unwrap();
    assert_eq!(refusals(&summary), ["the directory has no files"], "{summary:?}");
    assert_eq!(stored(&setting).len(), 30);
}

#[tokio::test]
async fn after_a_failure_nothing_is_deleted() {
    let refused = |status| Action::Respond(FaultResponse::new(status));
    for (operation, nth, status) in [
        (Operation::UploadFile, 1, 403),
        (Operation::ListFolderItems, 3, 404),
        (Operation::ListFolderItems, 16, 404),
    ] {
        let setting = Setting::new(FaultPlan::default()).await;
        let root = uploaded(&setting).await;
        fs::remove_dir_all(root.join("1")).unwrap();
        fs::write(root.join("new"), "new").unwrap();
        let failing = Fault::nth(operation, nth, refused(status));
        setting.emulator.set_faults(FaultPlan::new(1).fault(failing)).unwrap();
        let summary = mirror(&setting, &root).send().await.unwrap();
        let there = paths(&setting, "photos/1/").len();
        assert_eq!((summary.failures, summary.deleted, there), (1, 0, 6), "{summary:?}");
    }
}

#[tokio::test]
async fn nothing_is_deleted_if_a_folder_that_is_only_in_box_is_not_listed() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = uploaded(&setting).await;
    fs::remove_dir_all(&root).unwrap();
    fs::create_dir(&root).unwrap();
    fs::write(root.join("new"), "new").unwrap();
    // The first list is that of the directory itself; the others can come in any order.
    let refused = Action::Respond(FaultResponse::new(403));
    let faults = FaultPlan::new(1).fault(Fault::nth(Operation::ListFolderItems, 2, refused));
    setting.emulator.set_faults(faults).unwrap();
    let summary = mirror(&setting, &root).send().await.unwrap();
    assert_eq!((summary.failures, summary.deleted), (1, 0), "{summary:?}");
    assert_eq!(stored(&setting).len(), 31);
}

/// Who may not list a folder may still upload to it.
#[tokio::test]
async fn in_a_folder_that_is_not_listed_nothing_is_deleted() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = uploaded(&setting).await;
    fs::remove_file(root.join("1/1/0")).unwrap();
    fs::remove_file(root.join("2/2/0")).unwrap();
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&warnings);
    let refused = Action::Respond(FaultResponse::new(403));
    let faults = FaultPlan::new(1).fault(Fault::nth(Operation::ListFolderItems, 1, refused));
    setting.emulator.set_faults(faults).unwrap();
    let upload = mirror(&setting, &root).on_progress(move |event| {
        if let DirectoryEvent::File { event: Event::Warning { text }, .. } = event {
            sink.lock().unwrap().push(text.clone());
        }
    });
    let summary = upload.send().await.unwrap();
    // It was the directory's own folder.
    assert_eq!((summary.failures, summary.deleted), (0, 2), "{summary:?}");
    let warnings = warnings.lock().unwrap();
    assert_eq!(*warnings, ["Box did not list all of `photos`: nothing is deleted there"]);
}

#[tokio::test]
async fn what_is_excluded_stays_unless_it_is_to_go() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = uploaded(&setting).await;
    fs::remove_dir_all(root.join("1")).unwrap();
    fs::remove_file(root.join("2/2/2")).unwrap();
    fs::write(root.join("3/.gitignore"), "2\n").unwrap();
    fs::remove_file(root.join("3/3/2")).unwrap();
    // `1/1/0` stays, and so do the folders above; `0` exists and is left out.
    let exclude = || mirror(&setting, &root).exclude("/1/1/0").exclude("/0").gitignore(true);
    let summary = exclude().send().await.unwrap();
    // In `1/1` two files, all of `1/6`, and `2/2/2`.
    assert_eq!((summary.deleted, summary.failures), (2 + 4 + 1, 0), "{summary:?}");
    let left: Vec<_> = paths(&setting, "photos/1/").into_iter().collect();
    assert_eq!(left, ["photos/1/1/0"]);
    assert_eq!(paths(&setting, "photos/0/").len(), 6);
    assert!(stored(&setting).contains("photos/3/3/2"));

    let summary = exclude().delete(100, true).send().await.unwrap();
    // `1`, `1/1` and its file; `0` with two folders of three files; in `3` two files.
    assert_eq!((summary.deleted, summary.failures), (3 + 9 + 2, 0), "{summary:?}");
    assert_eq!(paths(&setting, "photos/0").len() + paths(&setting, "photos/1").len(), 0);
}

/// Patterns are about local names, even of files that are no longer there.
#[cfg(unix)]
#[tokio::test]
async fn what_is_excluded_stays_under_its_encoded_name() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = uploaded(&setting).await;
    fs::create_dir(root.join("in\nner")).unwrap();
    for name in ["a\\1", "a\\2", "%41", "in\nner/b"] {
        fs::write(root.join(name), name).unwrap();
    }
    let encoded = || mirror(&setting, &root).encode_names(true);
    assert_eq!(encoded().send().await.unwrap().uploaded, 4);
    // Encoded names are known again.
    assert_eq!(encoded().send().await.unwrap().deleted, 0);
    for name in ["a\\1", "a\\2", "%41", "in\nner/b"] {
        fs::remove_file(root.join(name)).unwrap();
    }
    fs::remove_dir(root.join("in\nner")).unwrap();
    let summary = encoded().exclude("a\\\\?").exclude("in?ner").send().await.unwrap();
    assert_eq!((summary.deleted, summary.failures), (1, 0), "{summary:?}");
    let there = stored(&setting);
    assert!(there.contains("photos/a%5C1") && there.contains("photos/in%0Aner/b"), "{there:?}");
    assert!(!there.contains("photos/%2541"), "{there:?}");
}

/// Two local folders that are one in Box, each with its own patterns.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_any_of_several_folders_excludes_stays() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = uploaded(&setting).await;
    fs::create_dir(root.join("twin")).unwrap();
    fs::create_dir(root.join("Twin")).unwrap();
    fs::write(root.join("Twin/a"), "a").unwrap();
    fs::write(root.join("twin/b"), "b").unwrap();
    fs::write(root.join("twin/c"), "c").unwrap();
    assert_eq!(mirror(&setting, &root).send().await.unwrap().uploaded, 3);
    fs::remove_file(root.join("twin/b")).unwrap();
    fs::remove_file(root.join("twin/c")).unwrap();
    fs::write(root.join("twin/.gitignore"), "b\n").unwrap();
    let summary = mirror(&setting, &root).gitignore(true).send().await.unwrap();
    assert_eq!((summary.deleted, summary.failures), (1, 0), "{summary:?}");
    let there: Vec<_> = paths(&setting, "photos/Twin/").into_iter().collect();
    assert_eq!(there, ["photos/Twin/.gitignore", "photos/Twin/a", "photos/Twin/b"]);
}

#[tokio::test]
async fn each_share_deletes_its_own() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = setting.folder.path().join("photos");
    create_files(&root, 20, 3);
    // A folder whose files belong to different shares.
    for number in 0..1010 {
        fs::write(root.join(format!("0/0/many {number}")), "x").unwrap();
    }
    settle().await;
    let run = async || {
        let mut deleted = 0;
        for index in 0..4 {
            let shard = Shard::new(index, 4).unwrap();
            let summary = mirror(&setting, &root).shard(shard).send().await.unwrap();
            assert!(summary.is_complete(), "{summary:?}");
            deleted += summary.deleted;
        }
        deleted
    };
    assert_eq!(run().await, 0);
    assert_eq!(stored(&setting).len(), 60 + 1010);
    for number in 0..4 {
        fs::remove_file(root.join(format!("0/0/many {number}"))).unwrap();
    }
    fs::remove_file(root.join("1/1/0")).unwrap();
    fs::remove_dir_all(root.join("2")).unwrap();
    // Four folders in `2`.
    assert_eq!(run().await, 4 + 1 + 1 + 4 + 12);
    assert_eq!(stored(&setting).len(), 60 + 1010 - 17);
}

#[tokio::test]
async fn a_file_where_a_folder_belongs_is_a_failure_and_deletes_nothing() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = uploaded(&setting).await;
    fs::remove_file(root.join("0/0/0")).unwrap();
    fs::create_dir(root.join("0/0/0")).unwrap();
    fs::remove_dir_all(root.join("1/1")).unwrap();
    fs::write(root.join("1/1"), "now a file").unwrap();
    fs::remove_file(root.join("2/2/2")).unwrap();
    let summary = mirror(&setting, &root).send().await.unwrap();
    assert_eq!((summary.failures, summary.deleted), (2, 0), "{summary:?}");
    assert_eq!(stored(&setting).len(), 30);
}

/// What somebody changes or adds after the listing stays.
#[tokio::test]
async fn what_has_changed_since_it_was_listed_stays() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = uploaded(&setting).await;
    fs::remove_dir_all(root.join("1/1")).unwrap();
    let stale = Action::Respond(FaultResponse::new(412).code("precondition_failed"));
    let faults = FaultPlan::new(1).fault(Fault::nth(Operation::DeleteFile, 1, stale));
    setting.emulator.set_faults(faults).unwrap();
    let summary = mirror(&setting, &root).send().await.unwrap();
    // Its folder is not empty.
    assert_eq!((summary.failures, summary.deleted), (2, 2), "{summary:?}");
    assert_eq!(paths(&setting, "photos/1/1").len(), 1);
    let requests = setting.emulator.requests();
    let mut deletions = requests.iter().filter(|it| it.operation == Some(Operation::DeleteFile));
    assert!(deletions.all(|deletion| deletion.headers.contains_key("if-match")));
}

/// A run that is continued must not believe in a folder that it has deleted.
#[tokio::test]
async fn the_journal_forgets_what_was_deleted() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = uploaded(&setting).await;
    let kept = setting.folder.path().join("kept");
    // Interrupted after all is noted, and again when a folder was deleted.
    for is_folder_deleted in [false, true] {
        let token = CancellationToken::new();
        let cancel = token.clone();
        let upload = mirror(&setting, &root).cancel_on(token).on_progress(move |event| {
            let ends = match event {
                DirectoryEvent::Deleted { path_in_box, .. } => path_in_box == "photos/1/1",
                DirectoryEvent::Unchanged { path_in_box, .. } => path_in_box == "photos/4/9/2",
                _ => false,
            };
            if ends && matches!(event, DirectoryEvent::Deleted { .. }) == is_folder_deleted {
                cancel.cancel();
            }
        });
        upload.send().await.unwrap();
        if !is_folder_deleted {
            fs::rename(root.join("1/1"), &kept).unwrap();
        }
    }
    assert_eq!(paths(&setting, "photos/1/1/").len(), 0);
    fs::rename(&kept, root.join("1/1")).unwrap();
    let upload = direct(setting.journaled()).directory(&root).to_folder("0");
    let summary = upload.send().await.unwrap();
    assert_eq!((summary.uploaded, summary.failures), (3, 0), "{summary:?}");
    assert_eq!(stored(&setting).len(), 30);
}

#[tokio::test]
async fn selections_and_renamed_files_are_not_mirrored() {
    let setting = Setting::new(FaultPlan::default()).await;
    let root = uploaded(&setting).await;
    for upload in [
        mirror(&setting, &root).include("*.jpg"),
        mirror(&setting, &root).on_conflict(OnConflict::Rename),
    ] {
        let error = upload.send().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error:?}");
    }
    // What is beside the directory's folder is nobody's surplus.
    let client = client(&setting.emulator).build().unwrap();
    let body = CreateFolderBody::new("beside", ParentFolder::new("0"));
    let beside = client.create_folder(&body).await.unwrap();
    assert_eq!(mirror(&setting, &root).send().await.unwrap().deleted, 0);
    client.list_folder_items(&beside.id).await.unwrap();
}
