//! Slow and stalled connections.

use std::time::{Duration, Instant};

use box_emulator::{Action, Builder, Fault, FaultPlan, Operation, StallAt};
use box_uploader::ErrorKind;
use box_uploader::transport::HttpTransport;

use crate::support::{PART, Setting, client, content, finish, uploader};

/// A part takes three times as long as nothing may move.
#[tokio::test]
async fn as_long_as_bytes_go_out_a_part_may_take_its_time() {
    let build = |builder: Builder| builder.part_size(2 << 20);
    let setting = Setting::with(build, FaultPlan::default()).await;
    let transport = HttpTransport::builder().bytes_per_second(1 << 20).build().unwrap();
    let uploader = uploader(client(&setting.emulator).transport(transport));
    let uploader = uploader.idle_timeout(Duration::from_millis(700));
    let bytes = content(2 << 20);
    let uploaded = finish(uploader.bytes("a", bytes.clone()).to_folder("0")).await.0.unwrap();
    setting.holds(&uploaded, &bytes).await;
    assert_eq!(uploaded.statistics.retries, 0);
}

#[tokio::test]
async fn a_stalled_request_times_out() {
    for at in
        [StallAt::BeforeBody, StallAt::DuringBody, StallAt::BeforeResponse, StallAt::DuringResponse]
    {
        for operation in [
            Operation::CreateUploadSession,
            Operation::UploadPart,
            Operation::CommitUploadSession,
            Operation::GetUploadSession,
        ] {
            let stall = Action::Stall { at, seconds: None };
            let lost = Fault::nth(Operation::CommitUploadSession, 1, Action::LoseResponse);
            let stall = Fault::nth(operation, 1, stall).forever();
            let setting = Setting::new(FaultPlan::new(0).fault(stall).fault(lost)).await;
            let uploader = setting.uploader.clone().idle_timeout(Duration::from_millis(100));
            let upload = uploader.bytes("a", content(2 * PART)).to_folder("0");
            match finish(upload).await.0 {
                Ok(uploaded) => setting.holds(&uploaded, &content(2 * PART)).await,
                Err(error) => {
                    let kind = error.kind();
                    assert!(matches!(kind, ErrorKind::Exhausted { .. }), "{error:?}");
                    assert!(error.to_string().contains("timed out"), "{error}");
                }
            }
        }
    }
}

/// A rate at which a chunk takes minutes, shared by several files.
#[tokio::test]
async fn a_bandwidth_limit_starves_no_upload() {
    let build = |builder: Builder| builder.part_size(4096);
    let setting = Setting::with(build, FaultPlan::default()).await;
    let transport = HttpTransport::builder().bytes_per_second(8 << 10).build().unwrap();
    let uploader = uploader(client(&setting.emulator).transport(transport));
    let uploader = uploader.idle_timeout(Duration::from_secs(2));
    let uploads = ["a", "b", "c", "d"].map(|name| {
        let upload = uploader.bytes(name, content(10 << 10)).to_folder("0");
        async move { finish(upload).await.0.unwrap().statistics }
    });
    let start = Instant::now();
    let all = futures_util::future::join_all(uploads).await;
    assert!(all.iter().all(|statistics| statistics.retries == 0), "{all:?}");
    let sent: u64 = all.iter().map(|statistics| statistics.sent).sum();
    assert_eq!((sent, setting.emulator.files().len()), (4 * (10 << 10), 4));
    assert!(start.elapsed() > Duration::from_secs(4), "{:?}", start.elapsed());
}

/// The receiver reads slowly, and what waits in the buffers before it takes longer than nothing may
/// move.
#[tokio::test]
async fn a_slow_receiver_does_not_time_out() {
    let slow = Action::Slow { bytes_per_second: 500_000 };
    let plan = FaultPlan::new(0).fault(Fault::nth(Operation::UploadPart, 1, slow).forever());
    let setting = Setting::with(|builder| builder.part_size(2 << 20), plan).await;
    let transport = HttpTransport::builder().build().unwrap();
    let uploader = uploader(client(&setting.emulator).transport(transport));
    let uploader = uploader.idle_timeout(Duration::from_millis(1500));
    let upload = uploader.bytes("a", content(5 << 20)).to_folder("0").concurrency(3);
    let uploaded = finish(upload).await.0.unwrap();
    assert_eq!(uploaded.statistics.retries, 0, "{:?}", uploaded.statistics);
}
