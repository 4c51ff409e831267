//! Where files go, under which name, and with what besides.

use box_emulator::FaultPlan;
use box_upload_sessions::runtime::DateTime;
use box_uploader::{ErrorKind, OnConflict};

use crate::support::{PART, Setting, content, finish, seeded};

/// With sessions, and in one request.
const SESSIONS_FROM: [u64; 2] = [1, 1 << 20];

#[tokio::test]
async fn a_name_that_is_taken() {
    for sessions_from in SESSIONS_FROM {
        let setting = Setting::new(FaultPlan::default()).await;
        let uploader = setting.uploader.clone().sessions_from(sessions_from);
        let upload = |seed, on_conflict| {
            let bytes = seeded(2 * PART, seed);
            (bytes.clone(), uploader.bytes("a.txt", bytes).to_folder("0").on_conflict(on_conflict))
        };
        let (bytes, first) = upload(1, OnConflict::Fail);
        let first = finish(first).await.0.unwrap();
        setting.holds(&first, &bytes).await;

        let error = finish(upload(2, OnConflict::Fail).1).await.0.unwrap_err();
        let ErrorKind::NameInUse { name, id, .. } = error.kind() else { panic!("{error:?}") };
        assert_eq!((name.as_str(), id.as_deref()), ("a.txt", Some(&*first.file.id)));

        for (seed, name) in [(3, "a (1).txt"), (4, "a (2).txt")] {
            let (bytes, upload) = upload(seed, OnConflict::Rename);
            let renamed = finish(upload).await.0.unwrap();
            assert_eq!(renamed.file.name.as_deref(), Some(name));
            setting.holds(&renamed, &bytes).await;
        }

        let (bytes, upload) = upload(5, OnConflict::Version);
        let version = finish(upload).await.0.unwrap();
        assert_eq!(version.file.id, first.file.id);
        assert_eq!(version.file.name.as_deref(), Some("a.txt"));
        setting.holds(&version, &bytes).await;
        assert_eq!(setting.emulator.files().len(), 3);
        assert_eq!(setting.emulator.open_sessions(), 0);
    }
}

#[tokio::test]
async fn a_version_is_made_only_of_what_was_seen() {
    for sessions_from in SESSIONS_FROM {
        let setting = Setting::new(FaultPlan::default()).await;
        let uploader = setting.journaled().sessions_from(sessions_from);
        let old = seeded(PART, 1);
        let first = uploader.bytes("a", old.clone()).to_folder("0");
        let first = finish(first).await.0.unwrap();
        let bytes = content(3 * PART);
        let path = setting.file("other name", &bytes);
        let upload = |etag: &str| uploader.file(&path).to_file(&first.file.id).if_match(etag);
        let error = finish(upload("9")).await.0.unwrap_err();
        assert_eq!((error.status(), error.code()), (Some(412), Some("precondition_failed")));
        setting.holds(&first, &old).await;

        let version = finish(upload("0")).await.0.unwrap();
        setting.holds(&version, &bytes).await;
        assert_eq!(version.file.name.as_deref(), Some("a"));
        assert_eq!((setting.emulator.open_sessions(), setting.journals()), (0, 0));

        let renamed = uploader.file(&path).to_file(&first.file.id).name("b");
        let renamed = finish(renamed).await.0.unwrap();
        assert_eq!(renamed.file.name.as_deref(), Some("b"));
        assert_eq!(setting.emulator.files().len(), 1);
    }
}

#[tokio::test]
async fn attributes_of_a_file_are_stored() {
    let setting = Setting::new(FaultPlan::default()).await;
    let time = |text: &str| text.parse::<DateTime>().unwrap();
    let created = time("2001-02-03T04:05:06Z");
    let modified = time("2011-12-13T14:15:16Z");
    let upload = |name: &str, uploader: &box_uploader::Uploader| {
        let upload = uploader.bytes(name, content(PART)).to_folder("0");
        upload.content_created_at(created.clone()).content_modified_at(modified.clone())
    };
    let stored = finish(upload("a", &setting.uploader).description("what it is")).await.0;
    let stored = stored.unwrap().file;
    assert_eq!(stored.description.as_deref(), Some("what it is"));
    assert_eq!(stored.content_created_at, Some(created.clone()));
    assert_eq!(stored.content_modified_at, Some(modified.clone()));

    let direct = setting.uploader.clone().sessions_from(1 << 20);
    let stored = finish(upload("b", &direct)).await.0.unwrap().file;
    assert_eq!(stored.content_created_at, Some(created.clone()));
    assert_eq!(stored.content_modified_at, Some(modified.clone()));
    let error = finish(upload("c", &direct).description("lost")).await.0.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error:?}");

    // By default what the file system says.
    for (name, uploader) in [("d", &setting.uploader), ("e", &direct)] {
        let path = setting.file(name, &content(PART));
        let metadata = path.metadata().unwrap();
        let modified = DateTime::from(metadata.modified().unwrap());
        let stored = finish(uploader.file(&path).to_folder("0")).await.0.unwrap().file;
        assert_eq!(stored.content_modified_at, Some(modified));
    }
}

#[tokio::test]
async fn a_lost_response_needs_no_space_for_a_second_copy() {
    use box_emulator::{Action, Fault, Operation};
    for (operation, sessions_from) in
        [(Operation::CommitUploadSession, 1), (Operation::UploadFile, 1 << 20)]
    {
        let lost = Fault::nth(operation, 1, Action::LoseResponse);
        let plan = FaultPlan::new(0).fault(lost);
        let bytes = content(3 * PART);
        let setting = Setting::with(|builder| builder.quota(4 * PART as u64), plan).await;
        let uploader = setting.uploader.clone().sessions_from(sessions_from);
        let uploaded = finish(uploader.bytes("a", bytes.clone()).to_folder("0")).await.0.unwrap();
        setting.holds(&uploaded, &bytes).await;
    }
}
