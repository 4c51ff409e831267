//! Files that change before, between and during uploads.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Operation};
use box_uploader::{ErrorKind, Event};

use crate::support::{PART, Setting, cancel_after, content, finish, seeded, watch};

type Change = fn(&Path);

/// What can happen to a file.
const CHANGES: [(&str, Change); 6] = [
    ("grows", |path| {
        let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
        std::io::Write::write_all(&mut file, &seeded(PART + 5, 3)).unwrap();
    }),
    ("shrinks", |path| {
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(5 * PART as u64 + 1).unwrap();
    }),
    ("shrinks to nothing", |path| {
        fs::OpenOptions::new().write(true).open(path).unwrap().set_len(0).unwrap();
    }),
    ("is written to", |path| {
        let size = fs::metadata(path).unwrap().len();
        fs::write(path, seeded(usize::try_from(size).unwrap(), 4)).unwrap();
        // Whatever the clock of the file system is worth.
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(1)).unwrap();
    }),
    ("is replaced", |path| {
        let modified = fs::metadata(path).unwrap().modified().unwrap();
        let other = path.with_extension("other");
        fs::write(&other, seeded(20 * PART, 5)).unwrap();
        fs::OpenOptions::new().write(true).open(&other).unwrap().set_modified(modified).unwrap();
        fs::rename(&other, path).unwrap();
    }),
    ("is removed", |path| fs::remove_file(path).unwrap()),
];

async fn setting() -> (Setting, PathBuf) {
    let setting = Setting::new(FaultPlan::default()).await;
    let path = setting.file("a.bin", &content(20 * PART));
    (setting, path)
}

#[tokio::test]
async fn a_file_that_changes_during_its_upload_is_never_committed() {
    for (what, change) in CHANGES {
        for moment in ["session", "part", "committing"] {
            let (setting, path) = setting().await;
            let upload = setting.journaled().file(&path).to_folder("0").concurrency(2);
            let file = path.clone();
            let done = std::sync::Once::new();
            let outcome = watch(upload, move |event| {
                let now = match event {
                    Event::Session { .. } => moment == "session",
                    Event::Part { .. } => moment == "part",
                    Event::Committing { .. } => moment == "committing",
                    _ => false,
                };
                if now {
                    done.call_once(|| change(&file));
                }
            });
            let error = outcome.await.expect_err(what);
            let kind = error.kind();
            assert!(matches!(kind, ErrorKind::SourceChanged { .. }), "{what}: {error:?}");
            assert!(!error.can_resume());
            assert_eq!(setting.count(Operation::CommitUploadSession), 0, "{what}");
            assert_eq!(setting.emulator.files().len(), 0, "{what}");
            assert_eq!(setting.emulator.open_sessions(), 0, "{what} at {moment}");
            assert_eq!(setting.journals(), 0, "{what}");
        }
    }
}

#[tokio::test]
async fn a_small_file_that_changes_is_not_stored() {
    for (what, change) in CHANGES {
        let (setting, path) = setting().await;
        let uploader = setting.journaled().sessions_from(1 << 20);
        let file = path.clone();
        let done = std::sync::Once::new();
        let outcome = watch(uploader.file(&path).to_folder("0"), move |event| {
            if let Event::Started { .. } = event {
                done.call_once(|| change(&file));
            }
        });
        let error = outcome.await.expect_err(what);
        assert!(matches!(error.kind(), ErrorKind::SourceChanged { .. }), "{what}: {error:?}");
        assert_eq!(setting.emulator.files().len(), 0, "{what}");
        assert_eq!(setting.journals(), 0, "{what}");
    }
}

#[tokio::test]
async fn a_changed_file_starts_over() {
    for (what, change) in CHANGES {
        if what == "is removed" {
            continue;
        }
        let (setting, path) = setting().await;
        let upload = || setting.journaled().file(&path).to_folder("0");
        cancel_after(10, upload()).await;
        change(&path);
        let (uploaded, events) = finish(upload()).await;
        let uploaded = uploaded.unwrap_or_else(|error| panic!("{what}: {error:?}"));
        setting.holds(&uploaded, &fs::read(&path).unwrap()).await;
        assert_eq!(uploaded.statistics.parts_kept, 0, "{what}");
        assert!(events.iter().any(|event| matches!(event, Event::Restarted { .. })), "{what}");
        assert_eq!(setting.emulator.open_sessions(), 0, "{what}");
    }
}

/// The modification time is set back, as by tools that restore files.
#[cfg(unix)]
#[tokio::test]
async fn a_change_whose_time_is_set_back_is_detected() {
    for (same, sessions_from) in [(true, 1), (false, 1)] {
        let busy = Action::Respond(FaultResponse::new(503));
        let plan = FaultPlan::new(0).fault(Fault::nth(Operation::UploadPart, 3, busy));
        let setting = Setting::new(plan).await;
        let mut bytes = content(5 * PART);
        let path = setting.file("a", &bytes);
        let before = path.metadata().unwrap().modified().unwrap();
        let original = bytes.clone();
        bytes[7] ^= u8::from(!same);
        let file = path.clone();
        let changed = std::sync::Once::new();
        let upload = setting.uploader.clone().sessions_from(sessions_from);
        let upload = upload.file(&path).to_folder("0").concurrency(1);
        let outcome = watch(upload, move |event| {
            if matches!(event, Event::Retry { .. }) {
                changed.call_once(|| {
                    fs::write(&file, &bytes).unwrap();
                    let file = fs::File::options().write(true).open(&file).unwrap();
                    file.set_modified(before).unwrap();
                });
            }
        })
        .await;
        match (same, outcome) {
            (true, Ok(uploaded)) => setting.holds(&uploaded, &original).await,
            (false, Err(error)) => {
                assert!(matches!(error.kind(), ErrorKind::SourceChanged { .. }), "{error:?}");
                assert!(setting.emulator.files().is_empty());
            }
            (_, outcome) => panic!("{same}: {outcome:?}"),
        }
    }
}
