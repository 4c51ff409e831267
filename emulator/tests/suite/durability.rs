//! What a restart and a crash leave.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use box_upload_sessions::Client;
use box_upload_sessions::types::{Part, UploadSession};
use bytes::Bytes;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::client::*;

#[tokio::test]
async fn everything_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let content = bytes(1, 2_500);
    let (session, parts, file) = {
        let emulator = small().data(folder.path()).start().await.unwrap();
        let client = client(&emulator);
        let file = upload(&client, "done", &content).await.unwrap();
        let session = create(&client, "open", content.len()).await.unwrap();
        let parts = [
            put(&client, &session, &content, 0).await.unwrap(),
            put(&client, &session, &content, 2).await.unwrap(),
        ];
        emulator.stop().await;
        (session, parts, file)
    };
    let emulator = small().data(folder.path()).start().await.unwrap();
    let client = client(&emulator);
    assert_eq!(emulator.files(), std::slice::from_ref(&file));
    assert_eq!(emulator.content(&file.id).await.unwrap(), content);
    assert_eq!(client.list_parts(&session.id).await.unwrap().entries, parts);
    let [first, last] = parts;
    let middle = put(&client, &session, &content, 1).await.unwrap();
    let second = commit(&client, &session, vec![first, middle, last], &content).await.unwrap();
    assert_ne!(created(second).id, file.id);
}

#[tokio::test]
async fn two_emulators_do_not_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let first = small().data(folder.path()).start().await.unwrap();
    let error = small().data(folder.path()).start().await.unwrap_err().to_string();
    assert!(error.contains("in use by another emulator"), "{error}");
    first.stop().await;
    small().data(folder.path()).start().await.unwrap().stop().await;
}

#[tokio::test]
async fn a_session_with_a_lost_part_cannot_be_committed() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = small().data(folder.path()).start().await.unwrap();
    let session = create(&client(&emulator), "a", 1_500).await.unwrap();
    put(&client(&emulator), &session, &bytes(1, 1_500), 0).await.unwrap();
    emulator.stop().await;
    for entry in std::fs::read_dir(folder.path().join("blobs")).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let emulator = small().data(folder.path()).start().await.unwrap();
    let gone = client(&emulator).get_upload_session(&session.id).await;
    assert_eq!(refused(gone), (410, "upload_failed".to_owned()));
}

#[tokio::test]
async fn abandoned_sessions_take_no_space() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = small().data(folder.path()).start().await.unwrap();
    let client = client(&emulator);
    let content = bytes(1, 1_500);
    let blobs = || std::fs::read_dir(folder.path().join("blobs")).unwrap().count();
    let session = create(&client, "a", 1_500).await.unwrap();
    put_all(&client, &session, &content).await.unwrap();
    let wrong = content.slice(1..1_001);
    let range = box_upload_sessions::runtime::ContentRange::new(0, 1_000, 1_500).unwrap();
    client.upload_part(&session.id, &range, &digest(&content), wrong).await.unwrap_err();
    assert_eq!(blobs(), 2);
    client.abort_upload_session(&session.id).await.unwrap();
    assert_eq!(blobs(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_go_away_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = small().data(folder.path()).start().await.unwrap();
    let client = client(&emulator);
    let content = bytes(1, 100_000);
    let session = create(&client, "a", content.len()).await.unwrap();
    for index in 0..100 {
        let patience = Duration::from_micros(300 + 37 * index);
        let put = put(&client, &session, &content, index as usize);
        // Half of them are too late.
        let _ = tokio::time::timeout(patience, put).await;
    }
    emulator.stop().await;
    let emulator = small().data(folder.path()).start().await.unwrap();
    let client = client_of(&emulator.url());
    let mut parts = client.list_parts(&session.id).await.unwrap().entries;
    let stored: Vec<_> = parts.iter().map(|part| part.offset as usize / PART).collect();
    for index in (0..100).filter(|index| !stored.contains(index)) {
        parts.push(put(&client, &session, &content, index).await.unwrap());
    }
    parts.sort_by_key(|part| part.offset);
    created(commit(&client, &session, parts, &content).await.unwrap());
}

/// The real command on a folder, and where it listens.
async fn start(folder: &Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_box-emulator"))
        .args(["--port", "0", "--smallest-file", "0", "--part-size", "20000", "--data"])
        .arg(folder)
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    (child, line.rsplit(' ').next().unwrap().to_owned())
}

/// What a client knows for sure: sessions with their parts, and files.
#[derive(Default)]
struct Known {
    parts: BTreeMap<String, Vec<Part>>,
    committed: BTreeMap<String, Bytes>,
}

/// Uploads files until the connection breaks, and reports each response to `acknowledged`.
async fn work(
    client: Client,
    worker: u64,
    round: u64,
    known: Arc<Mutex<Known>>,
    acknowledged: UnboundedSender<()>,
) {
    for index in 0.. {
        let content = bytes(worker * 1_000 + index, 70_000);
        let name = format!("{round}-{worker}-{index}");
        let Ok(session) = create(&client, &name, content.len()).await else { return };
        known.lock().unwrap().parts.insert(session.id.clone(), Vec::new());
        let _ = acknowledged.send(());
        let mut parts = Vec::new();
        for part in 0..session.total_parts.unwrap() as usize {
            let Ok(part) = put(&client, &session, &content, part).await else { return };
            known.lock().unwrap().parts.get_mut(&session.id).unwrap().push(part.clone());
            let _ = acknowledged.send(());
            parts.push(part);
        }
        // A commit whose response is lost may have succeeded.
        let stored = known.lock().unwrap().parts.remove(&session.id);
        assert!(stored.is_some());
        let Ok(outcome) = commit(&client, &session, parts, &content).await else { return };
        known.lock().unwrap().committed.insert(created(outcome).id, content);
        let _ = acknowledged.send(());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_by_a_kill() {
    const ROUNDS: u64 = 12;
    // A file takes six responses: of 44, one of the four workers has at least eleven.
    const RESPONSES: u64 = 4;
    let folder = tempfile::tempdir().unwrap();
    let known = Arc::new(Mutex::new(Known::default()));
    for round in 0..ROUNDS {
        let (mut child, url) = start(folder.path()).await;
        check(&client_of(&url), &url, &known).await;
        let (acknowledged, mut responses) = unbounded_channel();
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let client = client_of(&url);
                tokio::spawn(work(client, worker, round, known.clone(), acknowledged.clone()))
            })
            .collect();
        drop(acknowledged);
        // Any moment is as good as another, and in the last rounds there is something to lose.
        for _ in 0..RESPONSES * round {
            if responses.recv().await.is_none() {
                break;
            }
        }
        tokio::time::sleep(Duration::from_millis(round * 37 % 20)).await;
        child.kill().await.unwrap();
        for worker in workers {
            worker.await.unwrap();
        }
    }
    let (_child, url) = start(folder.path()).await;
    check(&client_of(&url), &url, &known).await;
    let known = known.lock().unwrap();
    assert!(!known.committed.is_empty() && !known.parts.is_empty(), "the kills came too early");
}

/// Looks for everything that is known.
async fn check(client: &Client, url: &str, known: &Mutex<Known>) {
    let (parts, committed) = {
        let known = known.lock().unwrap();
        (known.parts.clone(), known.committed.clone())
    };
    for (session, parts) in parts {
        let stored = client.list_parts(&session).await.unwrap().entries;
        assert!(parts.iter().all(|part| stored.contains(part)), "{session}");
        let session: UploadSession = client.get_upload_session(&session).await.unwrap();
        assert!(session.num_parts_processed.unwrap() as usize >= parts.len());
    }
    for (file, content) in committed {
        assert_eq!(download(url, &file).await, content, "{file}");
    }
}
