//! The journal: what is in its way is not in the way of uploads.

use std::path::Path;

use box_emulator::{Action, Emulator, Fault, FaultPlan, FaultResponse, Operation};
use serde_json::json;

use super::canned::Canned;
use super::{Home, MIB, TOKEN, emulator, end, only_file};

/// An upload that broke off, and its session's id.
async fn broken_off(home: &Home, name: &str) -> (Emulator, String) {
    let busy =
        Fault::nth(Operation::UploadPart, 9, Action::Respond(FaultResponse::new(500))).forever();
    let plan = FaultPlan::new(1).fault(busy);
    let emulator = Emulator::builder().part_size(MIB).faults(plan).start().await.unwrap();
    home.large_file(name);
    let ended = home.upload(&emulator, &[name, "--to", "0", "--retries", "0", "--json"]).await;
    assert_eq!(ended.code, Some(3), "{ended:?}");
    emulator.set_faults(FaultPlan::new(1)).unwrap();
    let session = ended.last_event()["session"].as_str().unwrap().to_owned();
    (emulator, session)
}

#[tokio::test]
async fn an_upload_proceeds_without_a_journal_folder() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("file", "");
    home.file("a.txt", "abc");
    home.large_file("b.bin");
    for (path, folder) in [("a.txt", "file"), ("b.bin", "file/x"), ("b.bin", "/proc/journals")] {
        let arguments = [path, "--to", "0", "--on-conflict", "version", "--journal", folder];
        let ended = home.upload(&emulator, &arguments).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(ended.err.matches("cannot be resumed").count(), 1, "{ended:?}");
    }
    let ended = home.upload(&emulator, &["a.txt", "--to", "0", "--resume", "--journal", "file"]);
    let ended = ended.await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("hint: choose another folder"), "{ended:?}");
}

#[tokio::test]
async fn no_journal_means_no_record_and_no_warning() {
    let home = Home::new();
    let emulator = emulator().await;
    home.large_file("a.bin");
    let ended = home.upload(&emulator, &["a.bin", "--to", "0", "--no-journal"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!ended.err.contains("resume"), "{ended:?}");
    assert!(!home.path(".local").exists());
    let ended = home.run(&["a.bin", "--to", "0", "--no-journal", "--resume"]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

#[tokio::test]
async fn a_damaged_journal_is_set_aside() {
    let home = Home::new();
    let (emulator, _) = broken_off(&home, "a.bin").await;
    let folder = home.path(".local/state/box-upload");
    let files = || std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let [journal] = &files().collect::<Vec<_>>()[..] else { panic!("{:?}", files()) };
    std::fs::write(journal, b"\xff\xfe").unwrap();
    let ended = home.upload(&emulator, &["a.bin", "--to", "0", "--json"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let warning = ended.events().into_iter().find(|event| event["event"] == "warning").unwrap();
    assert!(warning["text"].as_str().unwrap().contains("it is corrupt"), "{warning}");
    assert_eq!(std::fs::read(journal.with_extension("bad")).unwrap(), b"\xff\xfe");
    assert!(!journal.exists());

    let ended = home.upload(&emulator, &["sessions", "--clear"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("removed 1 damaged journal\n"), "{ended:?}");
    assert_eq!(files().count(), 0);
}

#[tokio::test]
async fn an_unusable_session_is_not_recorded() {
    let home = Home::new();
    let emulator = emulator().await;
    home.large_file("a.bin");
    for id in ["", "..", "a/../b"] {
        let body = json!({ "id": id, "type": "upload_session", "part_size": MIB, "total_parts": 21,
            "num_parts_processed": 0, "session_expires_at": "2030-01-01T00:00:00Z",
            "session_endpoints": { "upload_part": "", "commit": "", "abort": "", "list_parts": "",
                "status": "" } });
        let server = Canned::start("201 Created", &body.to_string()).await;
        let mut command = home.command(&["a.bin", "--to", "0", "--retries", "0"]);
        command.env("BOX_ACCESS_TOKEN", TOKEN).env("BOX_BASE_URL", &server.url);
        let ended = end(&mut command).await;
        assert!(matches!(ended.code, Some(1 | 3)), "{ended:?}");
    }
    let ended = home.upload(&emulator, &["a.bin", "--to", "0"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_that_is_not_unicode_is_uploaded() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    let emulator = emulator().await;
    let folder = home.0.path().join(std::ffi::OsStr::from_bytes(b"\xff\xfe"));
    std::fs::create_dir(&folder).unwrap();
    let content = vec![7; 21 << 20];
    std::fs::write(folder.join("a.bin"), &content).unwrap();
    let mut command = home.to(&emulator, &["--to", "0"]);
    let ended = end(command.arg(folder.join("a.bin"))).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!ended.err.contains("resumed"), "{ended:?}");
    assert_eq!(only_file(&emulator).await.1, content);
}

#[tokio::test]
async fn a_failed_upload_in_one_request_leaves_no_journal() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "abc");
    let ended = home.upload(&emulator, &["a.txt", "--to", "404"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let folder = home.path(".local/state/box-upload");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[tokio::test]
async fn unfinished_uploads_are_listed_and_cleared() {
    let home = Home::new();
    let empty = home.run(&["sessions"]).await;
    assert_eq!((empty.code, &*empty.out), (Some(0), ""), "{empty:?}");
    let (emulator, session) = broken_off(&home, "a.bin").await;
    let listed = home.run(&["sessions"]).await;
    assert_eq!(listed.code, Some(0), "{listed:?}");
    let fields: Vec<_> = listed.out.trim_end().split('\t').collect();
    assert_eq!(fields[0], session, "{listed:?}");
    assert!(fields[1].parse::<u64>().unwrap() >= 4, "{listed:?}");
    assert!(Path::new(fields[2]).ends_with("a.bin"), "{listed:?}");
    let listed = home.run(&["sessions", "--json"]).await.last_event();
    assert_eq!((&listed["event"], &listed["session"]), (&"unfinished".into(), &session.into()));

    let refused = home.run(&["sessions", "--clear"]).await;
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert_eq!(emulator.open_sessions(), 1);
    let cleared = home.upload(&emulator, &["sessions", "--clear", "--json"]).await;
    assert_eq!(cleared.code, Some(0), "{cleared:?}");
    assert_eq!(cleared.last_event()["event"], "cleared");
    assert_eq!(emulator.open_sessions(), 0);
    assert_eq!(home.run(&["sessions"]).await.out, "");
}
