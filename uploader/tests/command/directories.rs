//! Options for directories.

use std::collections::BTreeMap;

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Operation};
use serde_json::Value;
use tokio::io::AsyncWriteExt;

use super::{Home, emulator, end_of};

/// A directory `photos` with four files.
fn photos() -> Home {
    let home = Home::new();
    std::fs::create_dir_all(home.path("photos/2026")).unwrap();
    for name in ["a.jpg", "b.txt", "2026/c.jpg", "2026/d.txt"] {
        home.file(&format!("photos/{name}"), name);
    }
    home
}

/// The lines of a manifest by path.
fn read_manifest(home: &Home, name: &str) -> BTreeMap<String, Value> {
    let text = std::fs::read_to_string(home.path(name)).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| (line["path"].as_str().unwrap().to_owned(), line)).collect()
}

#[tokio::test]
async fn shares_write_manifests() {
    let emulator = emulator().await;
    let home = photos();
    for _ in 0..2 {
        let mut all = BTreeMap::new();
        for shard in ["0/2", "1/2"] {
            let arguments = ["photos", "--to", "0", "--shard", shard, "--manifest", "m.jsonl"];
            let ended = home.upload(&emulator, &arguments).await;
            assert_eq!(ended.code, Some(0), "{ended:?}");
            all.append(&mut read_manifest(&home, "m.jsonl"));
        }
        let paths: Vec<_> = all.keys().map(String::as_str).collect();
        let expected = ["photos/2026/c.jpg", "photos/2026/d.txt", "photos/a.jpg", "photos/b.txt"];
        assert_eq!(paths, expected);
        for file in emulator.files() {
            let line = all.values().find(|line| line["id"] == *file.id).unwrap();
            assert_eq!(line["sha1"].as_str(), file.sha1.as_deref());
            assert_eq!(line["size"].as_u64(), file.size);
        }
    }
    assert_eq!(emulator.files().len(), 4);
}

#[tokio::test]
async fn a_manifest_is_replaced_when_there_is_another() {
    let emulator = emulator().await;
    let home = photos();
    home.file("m.jsonl", "as it was");
    let arguments = ["photos", "--to", "0", "--manifest", "m.jsonl"];
    let refuse = Action::Respond(FaultResponse::new(401));
    let refuse = Fault::nth(Operation::CreateFolder, 1, refuse).forever();
    emulator.set_faults(FaultPlan::new(1).fault(refuse)).unwrap();
    let ended = home.upload(&emulator, &arguments).await;
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert_eq!(std::fs::read_to_string(home.path("m.jsonl")).unwrap(), "as it was");

    emulator.set_faults(FaultPlan::new(1)).unwrap();
    let ended = home.upload(&emulator, &arguments).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(read_manifest(&home, "m.jsonl").len(), 4);

    // Without files there is nothing to list.
    std::fs::create_dir(home.path("empty")).unwrap();
    let arguments = ["empty", "--to", "0", "--manifest", "m.jsonl"];
    let ended = home.upload(&emulator, &arguments).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(read_manifest(&home, "m.jsonl").is_empty());
    let left = std::fs::read_dir(home.path("")).unwrap();
    let left = left
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".tmp"));
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn a_list_of_files_comes_from_standard_input() {
    let emulator = emulator().await;
    let home = photos();
    let arguments = ["photos", "--to", "0", "--files-from", "-", "-0"];
    let mut command = home.to(&emulator, &arguments);
    let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"2026/c.jpg\0absent\0").await.unwrap();
    let ended = end_of(child).await;
    assert_eq!(ended.code, Some(7), "{ended:?}");
    assert!(ended.err.contains("cannot read `absent`"), "{ended:?}");
    assert!(ended.err.contains("1 stored, 1 failed, 2 new folders"), "{ended:?}");
}

#[tokio::test]
async fn a_dry_run_shows_what_is_selected() {
    let home = photos();
    let arguments = ["photos", "--to", "0", "--include", "*.jpg", "--exclude", "/a*", "--dry-run"];
    let ended = home.run(&arguments).await;
    assert_eq!((ended.code, ended.out.lines().count()), (Some(0), 1), "{ended:?}");
    assert!(ended.out.contains("c.jpg"), "{ended:?}");
}

#[tokio::test]
async fn what_the_directory_does_not_have_is_deleted() {
    let emulator = emulator().await;
    let home = photos();
    let mirror = ["photos", "--to", "/", "--delete"];
    let ended = home.upload(&emulator, &mirror).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    std::fs::remove_dir_all(home.path("photos/2026")).unwrap();

    let ended = home.upload(&emulator, &[&mirror[..], &["--dry-run", "--quiet"]].concat()).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for path in ["photos/2026/", "photos/2026/c.jpg", "photos/2026/d.txt"] {
        assert!(ended.out.contains(&format!("would delete {path} from Box\n")), "{ended:?}");
    }
    let ended = home.upload(&emulator, &[&mirror[..], &["--max-delete", "2"]].concat()).await;
    assert_eq!((ended.code, emulator.files().len()), (Some(7), 4), "{ended:?}");
    let error = "error: nothing was deleted from Box: it has at least 3 items fewer than Box";
    assert!(
        ended.err.contains(error) && ended.err.contains("use --max-delete to raise"),
        "{ended:?}"
    );
    let ended = home.upload(&emulator, &[&mirror[..], &["--json"]].concat()).await;
    assert_eq!((ended.code, emulator.files().len()), (Some(0), 2), "{ended:?}");
    let events = ended.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let events: Vec<_> = events.collect();
    assert_eq!(events.iter().filter(|event| event["event"] == "deleted").count(), 3, "{ended:?}");
    assert_eq!(events.last().unwrap()["deleted"], 3, "{ended:?}");
}

/// Each would delete what the other has uploaded.
#[cfg(unix)]
#[tokio::test]
async fn directories_of_one_name_delete_nothing() {
    let emulator = emulator().await;
    let home = photos();
    for other in ["b/Photos", "c/a\u{308}", "c/\u{c4}"] {
        std::fs::create_dir_all(home.path(other)).unwrap();
        home.file(&format!("{other}/x"), "x");
    }
    std::os::unix::fs::symlink("b/Photos", home.path("link")).unwrap();
    for (one, other) in [("photos", "b/Photos"), ("link", "photos"), ("c/a\u{308}", "c/\u{c4}")] {
        let ended = home.upload(&emulator, &[one, other, "--to", "0", "--delete"]).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains("--delete would delete what only one of them has"), "{ended:?}");
    }
    let mut command = home.to(&emulator, &[".", "../../photos", "--to", "0", "--delete"]);
    let ended = super::end(command.current_dir(home.path("b/Photos"))).await;
    assert_eq!((ended.code, emulator.files().len()), (Some(2), 0), "{ended:?}");
    // Without --delete, they become one folder.
    let ended = home.upload(&emulator, &["photos", "b/Photos", "--to", "0"]).await;
    assert_eq!((ended.code, emulator.files().len()), (Some(0), 5), "{ended:?}");
}

#[tokio::test]
async fn mistakes_are_usage_errors() {
    let home = photos();
    home.file("one", "1");
    for (arguments, message) in [
        (&["photos", "--to", "0", "--shard", "2/2"][..], "counts from 0"),
        (&["photos", "--to", "0", "-0"], "--files-from"),
        (&["photos", "--to", "0", "--delete", "--include", "a"], "cannot be used with"),
        (&["photos", "--to", "0", "--max-delete", "1"], "--delete"),
        (&["photos", "one", "--to", "0", "--delete"], "--delete is for directories"),
        (&["photos", "--to", "0", "--delete", "--on-conflict", "rename"], "has renamed"),
        (&["one", "--to", "0", "--manifest", "m"], "--manifest requires a single directory"),
        (&["photos", "one", "--to", "0", "--files-from", "one"], "requires a single directory"),
    ] {
        let ended = home.run(arguments).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(message), "{ended:?}");
    }
}
