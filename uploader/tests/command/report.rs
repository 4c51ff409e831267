//! `box-upload report`.

use std::fmt::Write as _;
use std::fs;

use box_emulator::{Emulator, Operation};
use box_upload_sessions::Client;
use serde_json::Value;

use super::{Ended, Home, emulator};

/// A directory with 12 files in 5 folders that two processes have uploaded.
async fn uploaded(emulator: &Emulator) -> Home {
    let home = Home::new();
    for folder in ["photos", "photos/1", "photos/2", "photos/2/ä", "photos/empty"] {
        fs::create_dir_all(home.path(folder)).unwrap();
        for number in 0..3 {
            if folder != "photos/empty" {
                home.file(&format!("{folder}/{number}.txt"), format!("{folder} {number}"));
            }
        }
    }
    for (shard, manifest) in [("0/2", "0.jsonl"), ("1/2", "1.jsonl")] {
        let arguments = ["photos", "--to", "0", "--shard", shard, "--manifest", manifest];
        let ended = home.upload(emulator, &arguments).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    home
}

async fn report(home: &Home, emulator: &Emulator, options: &[&str]) -> Ended {
    let arguments = [&["report", "0.jsonl", "1.jsonl"][..], options].concat();
    home.upload(emulator, &arguments).await
}

#[tokio::test]
async fn manifests_of_all_shares_are_joined_and_verified() {
    let emulator = emulator().await;
    let home = uploaded(&emulator).await;
    let before = emulator.requests().len();
    let options = ["--against", "photos", "--verify", "--to", "/", "--join", "all.jsonl"];
    let ended = report(&home, &emulator, &options).await;
    assert_eq!((ended.code, &*ended.out, &*ended.err), (Some(0), "", "12 files\n"), "{ended:?}");
    // The root folder and four with files: each once.
    let requests = emulator.requests().split_off(before);
    assert_eq!(requests.len(), 5);
    assert!(requests.iter().all(|it| it.operation == Some(Operation::ListFolderItems)));
    let joined = fs::read_to_string(home.path("all.jsonl")).unwrap();
    assert_eq!(joined.lines().count(), 12);

    // Those of several runs say the same.
    let ended = report(&home, &emulator, &["all.jsonl", "--join", "again.jsonl"]).await;
    assert_eq!(ended.err, "12 files, 12 duplicate lines\n", "{ended:?}");
    assert_eq!(fs::read_to_string(home.path("again.jsonl")).unwrap(), joined);

    // What is read is not overwritten.
    let ended = report(&home, &emulator, &["all.jsonl", "--join", "./all.jsonl"]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("`all.jsonl` is one of the manifests to join"), "{ended:?}");
    assert_eq!(fs::read_to_string(home.path("all.jsonl")).unwrap(), joined);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_manifest_that_can_be_read_only_once_is_an_error() {
    use std::process::Stdio;
    use tokio::io::AsyncWriteExt;

    let emulator = emulator().await;
    let home = uploaded(&emulator).await;
    let text = fs::read(home.path("0.jsonl")).unwrap();
    let mut command = home.to(&emulator, &["report", "/dev/stdin", "--join", "all.jsonl"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&text).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("it is not a regular file, and manifests are read twice"), "{error}");
}

/// Nobody writes to the pipe.
#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_refused_before_it_is_opened() {
    let emulator = emulator().await;
    let home = Home::new();
    let made = std::process::Command::new("mkfifo").arg(home.path("0.jsonl")).status().unwrap();
    assert!(made.success());
    let ended = report(&home, &emulator, &[]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("cannot read the manifest `0.jsonl`"), "{ended:?}");
}

/// The joined manifest replaces another one only when it is whole.
#[cfg(unix)]
#[tokio::test]
async fn joining_into_a_link_leaves_what_is_read() {
    use std::os::unix::fs::PermissionsExt;

    let emulator = emulator().await;
    let home = uploaded(&emulator).await;
    let before = fs::read_to_string(home.path("0.jsonl")).unwrap();
    // A second name of a manifest.
    fs::hard_link(home.path("0.jsonl"), home.path("hard.jsonl")).unwrap();
    let ended = report(&home, &emulator, &["--join", "hard.jsonl"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(fs::read_to_string(home.path("0.jsonl")).unwrap(), before);
    assert_eq!(fs::read_to_string(home.path("hard.jsonl")).unwrap().lines().count(), 12);

    std::os::unix::fs::symlink("0.jsonl", home.path("soft.jsonl")).unwrap();
    let ended = report(&home, &emulator, &["--join", "soft.jsonl"]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert_eq!(fs::read_to_string(home.path("0.jsonl")).unwrap(), before);

    // What another link leads to is replaced, with its permissions; a pipe is written to.
    fs::set_permissions(home.path("hard.jsonl"), fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("hard.jsonl", home.path("other.jsonl")).unwrap();
    let ended = report(&home, &emulator, &["--join", "other.jsonl"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(fs::symlink_metadata(home.path("other.jsonl")).unwrap().is_symlink());
    let mode = fs::metadata(home.path("hard.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let ended = report(&home, &emulator, &["--join", "/dev/stdout"]).await;
    assert_eq!((ended.code, ended.out.lines().count()), (Some(0), 12), "{ended:?}");

    // After a failure there is no file.
    let ended = report(&home, &emulator, &["absent.jsonl", "--join", "new.jsonl"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let left = fs::read_dir(home.path("")).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name == "new.jsonl" || name.to_string_lossy().starts_with(".tmp")
    });
    assert_eq!(left.count(), 0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_interrupted_report_writes_nothing() {
    let emulator = emulator().await;
    let home = Home::new();
    // It is read for long: a line that does not end.
    let endless = fs::File::create(home.path("0.jsonl")).unwrap();
    endless.set_len(1 << 42).unwrap();
    home.file("all.jsonl", "as it was");
    let arguments = ["report", "0.jsonl", "--join", "all.jsonl"];
    let child = home.to(&emulator, &arguments).spawn().unwrap();
    let id = child.id().unwrap().to_string();
    let waiting = tokio::spawn(super::end_of(child));
    while !waiting.is_finished() {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        // It may not listen yet. A second signal ends it at once.
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:\t"));
        let caught = caught.and_then(|set| u64::from_str_radix(set, 16).ok()).unwrap_or(u64::MAX);
        if caught & (1 << 14) != 0 {
            std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap();
            break;
        }
    }
    let ended = waiting.await.unwrap();
    assert_eq!(ended.code, Some(143), "{ended:?}");
    assert_eq!(fs::read_to_string(home.path("all.jsonl")).unwrap(), "as it was");
}

#[tokio::test]
async fn one_id_of_two_paths_is_a_contradiction() {
    let emulator = emulator().await;
    let home = Home::new();
    let line = |path: &str, id: u32| {
        format!(r#"{{"path":"{path}","id":"{id}","size":1,"sha1":"{}"}}"#, "a".repeat(40))
    };
    let lines = [line("p/a", 1), line("p/b", 2), line("p/a", 1), line("p/c", 1), line("P/B", 2)];
    home.file("0.jsonl", lines.join("\n"));
    // `ä`, composed and decomposed.
    home.file("1.jsonl", line("p/\u{e4}", 3) + "\n" + &line("p/a\u{308}", 4));
    let ended = report(&home, &emulator, &["--join", "all.jsonl"]).await;
    let lines: Vec<Vec<_>> = ended.out.lines().map(|line| line.split('\t').collect()).collect();
    let shared = "id 1, which another path also has";
    assert_eq!(lines[0], ["contradiction", "p/a", "0.jsonl:1", shared], "{ended:?}");
    assert_eq!(lines[1], ["contradiction", "p/c", "0.jsonl:4", shared], "{ended:?}");
    assert_eq!((lines[2][2], lines[3][2]), ("1.jsonl:1", "1.jsonl:2"), "{ended:?}");
    assert_eq!(ended.err, "1 file, 2 duplicate lines, 4 contradictory lines\n");
    assert_eq!(ended.code, Some(7), "{ended:?}");
    // Nothing that contradicts is lost.
    assert_eq!(fs::read_to_string(home.path("all.jsonl")).unwrap().lines().count(), 5);
}

/// Box ignores case: what is there under another spelling is there.
#[tokio::test]
async fn names_in_box_may_be_spelled_differently() {
    let emulator = emulator().await;
    let home = uploaded(&emulator).await;
    fs::rename(home.path("photos"), home.path("Photos")).unwrap();
    fs::rename(home.path("Photos/2/0.txt"), home.path("Photos/2/0.TXT")).unwrap();
    let arguments = ["Photos", "--to", "0", "--manifest", "0.jsonl"];
    let ended = home.upload(&emulator, &arguments).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let options = ["--verify", "--to", "0", "--against", "Photos"];
    let ended = report(&home, &emulator, &options).await;
    assert_eq!((ended.code, &*ended.out), (Some(0), ""), "{ended:?}");
}

#[tokio::test]
async fn renamed_files_are_where_the_manifest_says() {
    let emulator = emulator().await;
    let home = uploaded(&emulator).await;
    home.file("photos/0.txt", "new");
    home.file("photos/2/ä/1.txt", "new, too");
    let arguments = ["photos", "--to", "0", "--on-conflict", "rename", "--manifest", "0.jsonl"];
    let ended = home.upload(&emulator, &arguments).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let manifest = fs::read_to_string(home.path("0.jsonl")).unwrap();
    let lines: Vec<Value> =
        manifest.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut renamed: Vec<_> = lines
        .iter()
        .filter(|line| line.get("name").is_some())
        .map(|line| (line["path"].as_str().unwrap(), line["name"].as_str().unwrap()))
        .collect();
    renamed.sort_unstable();
    assert_eq!(renamed, [("photos/0.txt", "0 (1).txt"), ("photos/2/ä/1.txt", "1 (1).txt")]);

    home.file("1.jsonl", "");
    let options = ["--verify", "--to", "0", "--against", "photos", "--join", "all.jsonl"];
    let ended = report(&home, &emulator, &options).await;
    assert_eq!((ended.code, &*ended.out), (Some(0), ""), "{ended:?}");
    assert_eq!(fs::read_to_string(home.path("all.jsonl")).unwrap(), manifest);

    // What Box has under the name in the path is another file.
    let client = Client::builder().base_url(emulator.url()).access_token("token").build().unwrap();
    let id = lines.iter().find(|line| line["path"] == "photos/0.txt").unwrap()["id"].as_str();
    client.delete_file(id.unwrap()).await.unwrap();
    let ended = report(&home, &emulator, &["--verify", "--to", "0"]).await;
    assert_eq!(ended.code, Some(7), "{ended:?}");
    assert!(ended.out.starts_with("absent\tphotos/0.txt\t0.jsonl:"), "{ended:?}");
    assert_eq!(ended.out.lines().count(), 1, "{ended:?}");
}

#[tokio::test]
async fn what_is_missing_is_found() {
    let emulator = emulator().await;
    let home = uploaded(&emulator).await;
    home.file("photos/2/new.txt", "new");
    let ended = report(&home, &emulator, &["--against", "photos"]).await;
    assert_eq!(ended.code, Some(7), "{ended:?}");
    assert_eq!(ended.out, "missing\tphotos/2/new.txt\n", "{ended:?}");
    assert_eq!(ended.err, "12 files, 1 missing\n", "{ended:?}");
    let options = ["--against", "photos", "--exclude", "new.txt"];
    assert_eq!(report(&home, &emulator, &options).await.code, Some(0));

    // Changes in Box.
    let client = Client::builder().base_url(emulator.url()).access_token("token").build().unwrap();
    let files = emulator.files();
    client.delete_file(&files[3].id).await.unwrap();
    let changed = home.file("changed", "changed");
    let arguments = [changed.to_str().unwrap(), "--file-id", &files[4].id];
    assert_eq!(home.upload(&emulator, &arguments).await.code, Some(0));
    let options = ["--verify", "--to", "0", "--json"];
    let ended = report(&home, &emulator, &options).await;
    assert_eq!(ended.code, Some(7), "{ended:?}");
    let events = ended.events();
    let mut kinds: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["absent", "different", "report"], "{ended:?}");
    let result = events.last().unwrap();
    assert_eq!(
        (&result["files"], &result["absent"], &result["exit_code"]),
        (&12.into(), &1.into(), &7.into())
    );
    for event in &events[..2] {
        let manifest = fs::read_to_string(home.path(event["manifest"].as_str().unwrap())).unwrap();
        let line = event["line"].as_u64().unwrap() as usize;
        let line: Value = serde_json::from_str(manifest.lines().nth(line - 1).unwrap()).unwrap();
        assert_eq!(line["path"], event["path"], "{ended:?}");
    }
}

#[tokio::test]
async fn damaged_and_contradictory_lines_are_located() {
    let emulator = emulator().await;
    let home = Home::new();
    let line = |path: &str, id: u32, sha1: char| {
        let sha1 = sha1.to_string().repeat(40);
        format!(r#"{{"path":"{path}","id":"{id}","size":1,"sha1":"{sha1}"}}"#)
    };
    let mut first = String::new();
    for text in [&*line("p/a", 1, 'a'), "", "{", "[1]", &line("p/b", 2, 'x'), &line("", 3, 'a')] {
        writeln!(first, "{text}").unwrap();
    }
    writeln!(first, "{}", " ".repeat(2 << 20)).unwrap();
    writeln!(first, "{}", line("p/c", 4, 'c')).unwrap();
    home.file("0.jsonl", &first);
    // Its last line was cut off.
    let cut = line("p/d", 5, 'd');
    let second = [&line("p/c", 4, 'C'), &line("p/a", 9, 'a'), &cut[..20]].join("\n");
    home.file("1.jsonl", &second);

    let ended = report(&home, &emulator, &[]).await;
    assert_eq!(ended.code, Some(7), "{ended:?}");
    let lines: Vec<_> =
        ended.out.lines().map(|line| line.split('\t').collect::<Vec<_>>()).collect();
    let found: Vec<_> = lines.iter().map(|line| (line[0], line[line.len() - 2])).collect();
    assert_eq!(
        found,
        [
            ("damaged", "0.jsonl:3"),
            ("damaged", "0.jsonl:4"),
            ("damaged", "0.jsonl:5"),
            ("damaged", "0.jsonl:6"),
            ("damaged", "0.jsonl:7"),
            ("damaged", "1.jsonl:3"),
            ("contradiction", "0.jsonl:1"),
            ("contradiction", "1.jsonl:2"),
        ],
        "{ended:?}"
    );
    assert!(lines[4][2].contains("too long"), "{ended:?}");
    let summary = "1 file, 1 duplicate line, 2 contradictory lines, 6 damaged lines\n";
    assert_eq!(ended.err, summary);
}

#[tokio::test]
async fn what_cannot_be_done_is_an_error() {
    let emulator = emulator().await;
    let home = Home::new();
    let ended = report(&home, &emulator, &[]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("cannot read the manifest `0.jsonl`"), "{ended:?}");
    let ended = report(&home, &emulator, &["--verify"]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    home.file("0.jsonl", "");
    home.file("1.jsonl", "");
    let ended = report(&home, &emulator, &["--verify", "--to", "/absent"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(report(&home, &emulator, &[]).await.code, Some(0));
}
