//! Where the bytes come from.

use std::io::Cursor;
use std::pin::Pin;
use std::task::{Context, Poll};

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Operation};
use box_uploader::{ErrorKind, Retry, Upload};
use tokio::io::{AsyncRead, ReadBuf};

use crate::support::{PART, Setting, content, finish, quick};

/// Faults that make every source read some parts again.
async fn setting() -> Setting {
    let busy = Action::Respond(FaultResponse::new(503));
    let plan = FaultPlan::new(5).fault(Fault::random(Operation::UploadPart, 0.2, busy));
    Setting::new(plan).await
}

#[tokio::test]
async fn every_kind_of_source_arrives() {
    let setting = setting().await;
    for length in [0, 1, PART, 700 * PART + 3] {
        let bytes = content(length);
        let path = setting.file(&format!("file {length}"), &bytes);
        let uploader = setting.uploader.clone().retry(Retry { attempts: 20, ..quick() });
        let name = |kind: &str| format!("{kind} {length}");
        let limit = length as u64;
        for upload in [
            uploader.file(&path),
            uploader.bytes(name("bytes"), bytes.clone()),
            uploader.reader(name("reader"), Cursor::new(bytes.clone())),
            uploader.stream(name("stream"), Cursor::new(bytes.clone()), limit),
        ] {
            let upload = upload.to_folder("0").concurrency(8);
            let uploaded = finish(upload).await.0.unwrap();
            setting.holds(&uploaded, &bytes).await;
            assert_eq!(uploaded.statistics.size, length as u64);
        }
    }
}

/// Whether an error is the one that it should be.
type Fits = fn(&ErrorKind) -> bool;

#[tokio::test]
async fn unsuitable_sources_are_refused() {
    let setting = Setting::new(FaultPlan::default()).await;
    let uploader = &setting.uploader;
    let folder = setting.folder.path();
    let source = |error: &ErrorKind| matches!(error, ErrorKind::Source { .. });
    let invalid = |error: &ErrorKind| matches!(error, ErrorKind::Invalid(_));
    let cases: [(Upload, Fits); 7] = [
        (uploader.file(folder.join("missing")).to_folder("0"), source),
        (uploader.file(folder).to_folder("0"), source),
        (uploader.stream("a", Cursor::new(content(11)), 10).to_folder("0"), source),
        (uploader.stream("a", Broken(content(PART)), 1 << 20).to_folder("0"), source),
        (uploader.bytes("", content(1)).to_folder("0"), invalid),
        (uploader.bytes("a", content(1)), invalid),
        (uploader.file("/").to_folder("0"), invalid),
    ];
    for (upload, fits) in cases {
        let error = finish(upload).await.0.unwrap_err();
        assert!(fits(error.kind()), "{error:?}");
        assert!(!error.to_string().is_empty());
    }
    assert!(setting.emulator.requests().is_empty());
}

/// Breaks off in the middle.
struct Broken(Vec<u8>);

impl AsyncRead for Broken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let bytes = std::mem::take(&mut self.0);
        if bytes.is_empty() {
            return Poll::Ready(Err(std::io::ErrorKind::BrokenPipe.into()));
        }
        buffer.put_slice(&bytes);
        Poll::Ready(Ok(()))
    }
}

#[test]
fn an_upload_can_run_anywhere() {
    fn is_send<T: Send + 'static>(_: impl FnOnce(Upload) -> T) {}
    is_send(|upload: Upload| upload);
    is_send(|upload: Upload| upload.send());
}

#[cfg(unix)]
#[tokio::test]
async fn anything_but_a_file_is_refused_at_once() {
    let setting = Setting::new(FaultPlan::default()).await;
    let pipe = setting.folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let socket = setting.folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let link = setting.folder.path().join("link");
    std::os::unix::fs::symlink("pipe", &link).unwrap();
    let device = std::path::PathBuf::from("/dev/zero");
    for (path, kind) in [
        (pipe, "a named pipe"),
        (link, "a named pipe"),
        (socket, "a socket"),
        (device, "a device"),
        (setting.folder.path().to_owned(), "a directory"),
    ] {
        let error = finish(setting.uploader.file(path).to_folder("0")).await.0.unwrap_err();
        let ErrorKind::Source { error, .. } = error.kind() else { panic!("{error:?}") };
        assert_eq!(error.to_string(), format!("{kind}, not a regular file"));
    }
    assert!(setting.emulator.requests().is_empty());
}

/// Such files claim to be empty.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_reports_no_size_is_read_to_its_end() {
    let setting = Setting::new(FaultPlan::default()).await;
    for (path, name) in [("/proc/version", "version"), ("/proc/cpuinfo", "cpuinfo")] {
        let uploaded = finish(setting.journaled().file(path).to_folder("0")).await.0.unwrap();
        let content = setting.emulator.content(&uploaded.file.id).await.unwrap();
        assert_eq!(uploaded.file.name.as_deref(), Some(name));
        assert!(content.len() > 20, "{content:?}");
        assert_eq!(uploaded.statistics.size, content.len() as u64);
    }
}
