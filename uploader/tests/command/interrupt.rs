//! Signals.

use std::process::Stdio;

use box_emulator::{Action, Emulator, Fault, FaultPlan, Operation, StallAt};
use tokio::io::AsyncWriteExt;
use tokio::process::Child;

use super::{Home, MIB, end_of, until, watched};

/// An emulator that stalls after four parts.
async fn stalling() -> Emulator {
    let stall = Action::Stall { at: StallAt::DuringBody, seconds: None };
    let faults = FaultPlan::new(1).fault(Fault::nth(Operation::UploadPart, 5, stall).forever());
    Emulator::builder().part_size(MIB).faults(faults).start().await.unwrap()
}

/// Starts an upload, and waits until four parts are stored.
async fn begun(home: &Home, emulator: &Emulator, more: &[&str]) -> Child {
    home.large_file("a.bin");
    let arguments = [&["a.bin", "--to", "0", "--json"], more].concat();
    let mut child = home.to(emulator, &arguments).spawn().unwrap();
    until(&mut child, "part", 4).await;
    child
}

async fn signal(child: &Child, name: &str) {
    let id = child.id().unwrap().to_string();
    let sent = tokio::process::Command::new("kill").args([name, &id]).status().await.unwrap();
    assert!(sent.success());
}

#[tokio::test]
async fn an_interrupted_upload_resumes() {
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let home = Home::new();
        let emulator = stalling().await;
        let child = begun(&home, &emulator, &[]).await;
        signal(&child, name).await;
        let ended = end_of(child).await;
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert_eq!(emulator.open_sessions(), 1);

        emulator.set_faults(FaultPlan::new(1)).unwrap();
        let ended = home.upload(&emulator, &["a.bin", "--to", "0", "--resume"]).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.err.contains("resuming session"), "{ended:?}");
        assert!(ended.err.contains("4 parts were already there"), "{ended:?}");
        assert_eq!(emulator.open_sessions(), 0);
    }
}

/// Nobody reads from the pipe.
#[cfg(unix)]
#[tokio::test]
async fn an_interrupt_does_not_wait_for_the_reader_of_a_manifest() {
    let home = Home::new();
    let emulator = super::emulator().await;
    std::fs::create_dir(home.path("photos")).unwrap();
    home.file("photos/a", "a");
    home.file("0.jsonl", "");
    let made = std::process::Command::new("mkfifo").arg(home.path("pipe")).status().unwrap();
    assert!(made.success());
    let ways: [&[&str]; 2] =
        [&["photos", "--to", "0", "--manifest", "pipe"], &["report", "0.jsonl", "--join", "pipe"]];
    for arguments in ways {
        let child = home.to(&emulator, arguments).spawn().unwrap();
        // There is nothing to see of a process that waits.
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        signal(&child, "-INT").await;
        let ended = end_of(child).await;
        assert_eq!(ended.code, Some(130), "{ended:?}");
    }
}

#[tokio::test]
async fn an_interrupt_does_not_wait_for_standard_input() {
    let home = Home::new();
    let emulator = stalling().await;
    let mut command = home.to(&emulator, &["-", "--name", "a", "--to", "0"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    // More than a pipe holds: once it is written, somebody reads.
    let mut stdin = child.stdin.take().unwrap();
    watched(stdin.write_all(&vec![0; 1 << 20])).await.unwrap();
    signal(&child, "-INT").await;
    let ended = end_of(child).await;
    assert_eq!((ended.code, &*ended.out), (Some(130), ""), "{ended:?}");
    assert!(ended.err.contains("stopped: "), "{ended:?}");
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn abort_on_failure_leaves_nothing() {
    let home = Home::new();
    let emulator = stalling().await;
    let child = begun(&home, &emulator, &["--abort-on-failure"]).await;
    signal(&child, "-INT").await;
    let ended = end_of(child).await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert_eq!(emulator.open_sessions(), 0);
}

#[tokio::test]
async fn abort_ends_a_session() {
    let home = Home::new();
    let emulator = stalling().await;
    let child = begun(&home, &emulator, &[]).await;
    signal(&child, "-INT").await;
    assert_eq!(end_of(child).await.code, Some(130));
    let sessions = emulator.requests().into_iter().filter_map(|request| {
        let id = request.path.strip_prefix("/api/2.0/files/upload_sessions/")?;
        Some(id.to_owned())
    });
    let session = sessions.last().unwrap();
    let ended = home.upload(&emulator, &["abort", &session]).await;
    assert_eq!((ended.code, &*ended.out), (Some(0), ""), "{ended:?}");
    assert_eq!(emulator.open_sessions(), 0);
    // Gone, or mistyped: Box does not say which.
    let ended = home.upload(&emulator, &["abort", &session, "--json"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(1), ""), "{ended:?}");
    assert_eq!(ended.last_event()["kind"], "no_session");
}

#[tokio::test]
async fn the_second_signal_ends_at_once() {
    let stall = Action::Stall { at: StallAt::BeforeBody, seconds: None };
    let plan = FaultPlan::new(1)
        .fault(Fault::nth(Operation::UploadPart, 5, stall.clone()).forever())
        .fault(Fault::nth(Operation::AbortUploadSession, 1, stall).forever());
    let emulator = Emulator::builder().part_size(MIB).faults(plan).start().await.unwrap();
    let home = Home::new();
    let mut child = begun(&home, &emulator, &["--abort-on-failure"]).await;
    signal(&child, "-INT").await;
    let asked =
        |operation| emulator.requests().iter().any(|request| request.operation == Some(operation));
    watched(async {
        while !asked(Operation::AbortUploadSession) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(child.try_wait().unwrap().is_none());
    signal(&child, "-INT").await;
    assert_eq!(end_of(child).await.code, Some(130));
}
