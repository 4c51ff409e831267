//! Uploads that work.

use std::process::Stdio;

use box_emulator::{Action, Emulator, Fault, FaultPlan, FaultResponse, Operation};
use box_uploader::Sha1Hash;
use tokio::io::AsyncWriteExt;

use super::{Home, IN_PARTS, MIB, TOKEN, emulator, only_file, utf8};

#[tokio::test]
async fn a_small_file_is_stored_and_printed() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a b.txt", "abc");
    let ended = home.upload(&emulator, &["a b.txt", "--to", "0"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let (id, content) = only_file(&emulator).await;
    assert_eq!(content, b"abc");
    assert_eq!(ended.out, format!("{id}\t{}\ta b.txt\n", Sha1Hash::of(b"abc")));
    assert!(ended.err.contains("uploading a b.txt, 3 B\n"), "{ended:?}");
    assert!(ended.err.contains("stored a b.txt: 3 B in "), "{ended:?}");
}

#[tokio::test]
async fn quiet_prints_only_results() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "abc");
    let ended = home.upload(&emulator, &["a.txt", "--to", "0", "--quiet"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
    assert_eq!(ended.out.lines().count(), 1);
}

#[tokio::test]
async fn a_large_file_and_its_events() {
    let busy = Action::Respond(FaultResponse::new(503));
    let faults = FaultPlan::new(1).fault(Fault::nth(Operation::UploadPart, 3, busy));
    let emulator = Emulator::builder().part_size(MIB).faults(faults).start().await.unwrap();
    let home = Home::new();
    let path = home.large_file("a.bin");
    let ended = home.upload(&emulator, &["a.bin", "--to", "0", "--json"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{ended:?}");
    let (id, content) = only_file(&emulator).await;
    assert_eq!(content, std::fs::read(path).unwrap());

    let events = ended.events();
    let count = |kind| events.iter().filter(|event| event["event"] == kind).count();
    assert!(events.iter().all(|event| event["path"] == "a.bin"), "{ended:?}");
    assert_eq!(events[0]["event"], "started");
    assert_eq!(events[0]["size"], IN_PARTS);
    assert_eq!((count("session"), count("part"), count("committing")), (1, 21, 1));
    assert!(count("retry") >= 1 && count("progress") >= 1);
    let result = ended.last_event();
    assert_eq!((&result["event"], &result["file_id"]), (&"result".into(), &id.into()));
    assert_eq!(result["sha1"], Sha1Hash::of(&content).to_string());
    assert_eq!(result["size"], IN_PARTS);
}

#[tokio::test]
async fn standard_input_is_uploaded() {
    let home = Home::new();
    let emulator = emulator().await;
    let mut command = home.to(&emulator, &["-", "--name", "in.txt", "--to", "0"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"from a pipe").await.unwrap();
    let ended = super::end_of(child).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(only_file(&emulator).await.1, b"from a pipe");
    assert!(ended.out.ends_with("\tin.txt\n"), "{ended:?}");
}

#[tokio::test]
async fn too_much_standard_input() {
    let home = Home::new();
    let emulator = emulator().await;
    let arguments = ["-", "--name", "in.txt", "--to", "0", "--spool-limit", "10"];
    let mut child = home.to(&emulator, &arguments).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // The command may have gone by then.
    let _ = stdin.write_all(b"more than ten bytes").await;
    drop(stdin);
    let ended = super::end_of(child).await;
    assert_eq!((ended.code, &*ended.out), (Some(1), ""), "{ended:?}");
    assert!(ended.err.contains("--spool-limit"), "{ended:?}");
    assert!(emulator.files().is_empty());
}

#[tokio::test]
async fn a_file_gets_a_new_version() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "one");
    home.upload(&emulator, &["a.txt", "--to", "0"]).await;
    let (id, _) = only_file(&emulator).await;
    home.file("a.txt", "two");
    let arguments = ["a.txt", "--to", "0", "--on-conflict", "version"];
    let ended = home.upload(&emulator, &arguments).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(only_file(&emulator).await, (id.clone(), b"two".to_vec()));
    home.file("b.txt", "three");
    let ended = home.upload(&emulator, &["b.txt", "--file-id", &id]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(only_file(&emulator).await, (id, b"three".to_vec()));
}

#[tokio::test]
async fn the_same_file_again_is_unchanged() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("small.txt", "one");
    home.file("middle.bin", vec![7; 2 << 20]);
    home.large_file("large.bin");
    let files = ["small.txt", "middle.bin", "large.bin"];
    let arguments = |more: &[&'static str]| [&files[..], &["--to", "0"], more].concat();
    let first = home.upload(&emulator, &arguments(&[])).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    let ids = |ended: &super::Ended| {
        let id = |line: &str| line.split('\t').next().unwrap().to_owned();
        ended.out.lines().map(id).collect::<Vec<_>>()
    };
    for more in [&[][..], &["--on-conflict", "version"]] {
        let again = home.upload(&emulator, &arguments(more)).await;
        assert_eq!((again.code, ids(&again)), (Some(0), ids(&first)), "{again:?}");
        assert!(again.err.contains("unchanged middle.bin: already in Box"), "{again:?}");
        assert!(again.err.contains("0 stored, 3 unchanged"), "{again:?}");
    }
    assert!(emulator.files().iter().all(|file| file.version_number.as_deref() == Some("1")));
    let again = home.upload(&emulator, &["large.bin", "--to", "0", "--json"]).await;
    let result = again.last_event();
    assert_eq!((&result["unchanged"], &result["sent"]), (&true.into(), &0.into()), "{result}");
    assert_eq!(emulator.open_sessions(), 0);
}

#[tokio::test]
async fn a_file_gets_another_name() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "one");
    home.upload(&emulator, &["a.txt", "--to", "0"]).await;
    let arguments = ["a.txt", "--to", "0", "--on-conflict", "rename"];
    let ended = home.upload(&emulator, &arguments).await;
    assert!(ended.out.ends_with("\ta (1).txt\n"), "{ended:?}");
    assert_eq!(emulator.files().len(), 2);
}

#[tokio::test]
async fn a_token_in_a_file() {
    let emulator = Emulator::builder().token(TOKEN).start().await.unwrap();
    let home = Home::new();
    home.file("a.txt", "one");
    home.file("token", format!("{TOKEN}\n"));
    let mut command = home.command(&["a.txt", "--to", "0", "--token-file", "token"]);
    let ended = super::end(command.env("BOX_BASE_URL", emulator.url())).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[tokio::test]
async fn a_dry_run_sends_nothing() {
    let home = Home::new();
    let emulator = emulator().await;
    let path = home.file("a.txt", "one");
    let arguments = [utf8(&path), "-", "--to", "0", "--dry-run", "--json"];
    let mut command = home.to(&emulator, &arguments);
    let ended = super::end(command.env_remove("BOX_ACCESS_TOKEN")).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let ended = home.upload(&emulator, &[utf8(&path), "b", "--to", "0", "--dry-run"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(
        ended.out,
        format!("would upload {}, 3 B, to folder 0, named a.txt\n", path.display())
    );
    assert!(ended.err.contains("cannot read `b`"), "{ended:?}");
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn an_upload_acts_for_another_user() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "one");
    let ended = home.upload(&emulator, &["a.txt", "--to", "0", "--as-user", "7"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let requests = emulator.requests();
    assert!(!requests.is_empty());
    assert!(requests.iter().all(|request| request.headers["as-user"] == "7"));
    let agent = requests[0].headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("box-upload/"), "{agent}");
}

#[tokio::test]
async fn a_directory_is_uploaded_and_only_once() {
    let home = Home::new();
    let emulator = emulator().await;
    std::fs::create_dir_all(home.path("photos/2026")).unwrap();
    for name in ["a.txt", "b.txt", "2026/c.txt"] {
        home.file(&format!("photos/{name}"), name);
    }
    let ended = home.upload(&emulator, &["photos", "--to", "0"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.out.lines().count(), 3);
    let c = std::path::Path::new("photos").join("2026").join("c.txt");
    assert!(ended.out.contains(&format!("\t{}\n", c.display())), "{ended:?}");
    assert!(ended.err.contains("uploading photos, 3 files, 20 B\n"), "{ended:?}");
    assert!(ended.err.contains("3 stored, 2 new folders: 20 B sent"), "{ended:?}");

    home.file("photos/a.txt", "changed");
    let arguments = ["photos", "--to", "0", "--on-conflict", "version", "--json"];
    let ended = home.upload(&emulator, &arguments).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let summary = ended.last_event();
    assert_eq!((&summary["stored"], &summary["unchanged"]), (&1.into(), &2.into()), "{summary}");

    home.file("photos/a.txt", "changed again");
    let ended = home.upload(&emulator, &["photos", "--to", "0"]).await;
    assert_eq!((ended.code, &*ended.out), (Some(7), ""), "{ended:?}");
    assert!(ended.err.contains("hint: use --on-conflict version"), "{ended:?}");
    assert!(ended.err.contains("0 stored, 2 unchanged, 1 failed\n"), "{ended:?}");
}

#[tokio::test]
async fn a_directory_is_not_a_single_file() {
    let home = Home::new();
    let emulator = emulator().await;
    std::fs::create_dir_all(home.path("photos")).unwrap();
    let ended = home.upload(&emulator, &["photos", "--to", "0", "--name", "b"]).await;
    assert_eq!((ended.code, &*ended.out), (Some(2), ""), "{ended:?}");
    assert!(ended.err.contains("--name applies to a single file"), "{ended:?}");
    home.file("photos/a.txt", "one");
    let ended = home.upload(&emulator, &["photos", "--to", "0", "--dry-run"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let name = std::path::Path::new("photos").join("a.txt");
    let end = format!("3 B, to folder 0, named {}\n", name.display());
    assert!(ended.out.ends_with(&end), "{ended:?}");
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn an_application_fetches_its_token() {
    let emulator = Emulator::builder().token("only what is issued").start().await.unwrap();
    let home = Home::new();
    home.file("a.txt", "one");
    let mut command = home.command(&["a.txt", "--to", "0"]);
    command.env("BOX_BASE_URL", emulator.url());
    command.env("BOX_CLIENT_ID", "application").env("BOX_CLIENT_SECRET", TOKEN);
    command.env("BOX_ENTERPRISE_ID", "5");
    let ended = super::end(&mut command).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let ended = super::end(command.env("BOX_ACCESS_TOKEN", TOKEN)).await;
    assert_eq!((ended.code, &*ended.out), (Some(4), ""), "{ended:?}");
}

#[tokio::test]
async fn with_a_log_and_a_limit() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "one");
    let arguments = ["a.txt", "--to", "0", "-v", "--limit-rate", "1M", "--color", "always"];
    let mut command = home.to(&emulator, &arguments);
    let ended = super::end(command.env("RUST_LOG", "trace")).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("TRACE") && ended.err.contains("\u{1b}["), "{ended:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_not_waited_for() {
    let home = Home::new();
    let emulator = emulator().await;
    let pipe = home.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for more in [&[][..], &["--dry-run"]] {
        let ended = home.upload(&emulator, &[&["pipe", "--to", "0"], more].concat()).await;
        assert_eq!((ended.code, &*ended.out), (Some(1), ""), "{ended:?}");
        assert!(ended.err.contains("not a regular file"), "{ended:?}");
    }
}

#[tokio::test]
async fn files_whose_names_differ_only_in_case_are_both_reported() {
    let home = Home::new();
    let emulator = emulator().await;
    for (name, content) in [("x/a.txt", "one"), ("y/A.txt", "two")] {
        std::fs::create_dir_all(home.path(name).parent().unwrap()).unwrap();
        home.file(name, content);
    }
    let arguments = ["x/a.txt", "y/A.txt", "--to", "0", "--on-conflict", "version"];
    let ended = home.upload(&emulator, &arguments).await;
    assert_eq!((ended.code, &*ended.out), (Some(2), ""), "{ended:?}");
    assert!(ended.err.contains("`x/a.txt` and `y/A.txt` have the same name"), "{ended:?}");
    assert!(emulator.requests().is_empty());
    // Both are in one directory only where the file system tells them apart.
    #[cfg(target_os = "linux")]
    {
        home.file("x/A.txt", "two");
        let arguments = ["x", "--to", "0", "--on-conflict", "version", "--json"];
        let ended = home.upload(&emulator, &arguments).await;
        assert_eq!(ended.code, Some(7), "{ended:?}");
        assert!(ended.out.contains("name_clash"), "{ended:?}");
        assert_eq!(only_file(&emulator).await.1, b"two");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_in_a_directory() {
    let home = Home::new();
    let emulator = emulator().await;
    std::fs::create_dir(home.path("photos")).unwrap();
    home.file("outside.txt", "one");
    std::os::unix::fs::symlink("../outside.txt", home.path("photos/link.txt")).unwrap();
    let ended = home.upload(&emulator, &["photos", "--to", "0"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("0 stored, 1 skipped"), "{ended:?}");
    assert!(ended.err.contains("skipped photos/link.txt: a symbolic link"), "{ended:?}");
    let ended = home.upload(&emulator, &["photos", "--to", "0", "--links", "fail"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let ended = home.upload(&emulator, &["photos", "--to", "0", "--follow-links"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(only_file(&emulator).await.1, b"one");
}
