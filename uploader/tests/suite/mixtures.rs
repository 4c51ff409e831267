//! Many faults at once, drawn by lot. A failure names the seed that leads to it.

use std::time::Duration;

use box_emulator::FaultPlan;
use box_uploader::{CancellationToken, Error, ErrorKind, OnConflict, Retry, Upload};
use fastrand::Rng;
use futures_util::StreamExt;

use crate::fault_plans::draw_plan;
use crate::invariants;
use crate::support::{PART, PATIENCE, Setting, finish, number, quick, seeded};

/// How many uploads an attempt at the same file may take before nothing goes wrong any more.
const BAD_DAYS: usize = 3;

/// How long nothing may move on such a day.
const IDLE_TIMEOUT: Duration = Duration::from_millis(1500);

/// How an upload may end that does not succeed.
fn is_clear(error: &Error, impatient: bool) -> bool {
    let cancelled = matches!(error.kind(), ErrorKind::Cancelled);
    cancelled && impatient
        || matches!(
            error.kind(),
            ErrorKind::Refused { .. }
                | ErrorKind::Credentials { .. }
                | ErrorKind::Exhausted { .. }
                | ErrorKind::Redirected { .. }
                | ErrorKind::NotProcessed { .. }
                | ErrorKind::SessionLost { .. }
                | ErrorKind::Corrupted { .. }
        )
}

/// One file, uploaded until it is there. Gives how many faults fired, and how many uploads failed.
async fn round(seed: u64) -> (usize, usize) {
    let random = &mut Rng::with_seed(seed);
    let setting = Setting::new(FaultPlan::default()).await;
    let size = match random.u8(..4) {
        0 => random.usize(..3 * PART),
        1 => random.usize(1..20) * PART,
        _ => random.usize(..12 * PART),
    };
    let sessions_from = if random.u8(..4) == 0 { 1 << 20 } else { 1 };
    let uploader = setting.journaled().sessions_from(sessions_from);
    let uploader = uploader.connections(random.usize(1..9));
    let bytes = seeded(size, seed);
    let path = setting.file("a.bin", &bytes);
    let mut file = None;
    let version = random.u8(..3);
    if version > 0 {
        let upload = setting.uploader.bytes("a.bin", seeded(9, seed + 1)).to_folder("0");
        file = Some(finish(upload).await.0.unwrap().file.id);
    }
    let concurrency = random.usize(1..7);
    let upload = |attempts, idle_timeout| -> Upload {
        let uploader = uploader.clone().retry(Retry { attempts, ..quick() });
        let uploader = uploader.idle_timeout(idle_timeout);
        let upload = uploader.file(&path).concurrency(concurrency);
        match &file {
            Some(id) if version == 1 => upload.to_file(id),
            _ => upload.to_folder("0").on_conflict(match version {
                0 => OnConflict::Fail,
                _ => OnConflict::Version,
            }),
        }
    };
    setting.emulator.set_faults(draw_plan(random, seed)).unwrap();
    let mut uploaded = None;
    let mut failed = 0;
    for _ in 0..BAD_DAYS {
        let token = CancellationToken::new();
        let impatient = random.u8(..3) == 0;
        let cancel = token.clone();
        let time = Duration::from_millis(random.u64(..60));
        let patience = async move {
            tokio::time::sleep(time).await;
            if impatient {
                cancel.cancel();
            }
        };
        match tokio::join!(finish(upload(4, IDLE_TIMEOUT).cancel_on(token)), patience).0.0 {
            Ok(stored) => uploaded = Some(stored),
            Err(error) => {
                assert!(is_clear(&error, impatient), "{error:?}");
                failed += 1;
            }
        }
        if uploaded.is_some() {
            break;
        }
    }
    setting.emulator.set_faults(FaultPlan::default()).unwrap();
    let uploaded = match uploaded {
        Some(uploaded) => uploaded,
        None => finish(upload(20, PATIENCE))
            .await
            .0
            .unwrap_or_else(|error| panic!("at last: {error:?}")),
    };
    setting.holds(&uploaded, &bytes).await;
    assert_eq!(setting.emulator.files().len(), 1, "a file too many");
    assert_eq!(setting.journals(), 0, "a journal is left");
    invariants::hold(&setting.emulator.requests());
    (setting.emulator.fired().len(), failed)
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_recover_from_mixtures_of_faults() {
    let first = number("BOX_UPLOADER_SEED", 0);
    let count = number("BOX_UPLOADER_ROUNDS", 150);
    let rounds = (first..first + count).map(|seed| async move {
        let outcome = tokio::spawn(round(seed)).await;
        outcome.map_err(|error| format!("seed {seed}: {error}"))
    });
    let rounds = futures_util::stream::iter(rounds).buffer_unordered(8);
    let outcomes: Vec<_> = rounds.collect().await;
    let failures: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert!(failures.is_empty(), "{failures:#?}");
    let sum =
        |part: fn(&(usize, usize)) -> usize| -> usize { outcomes.iter().flatten().map(part).sum() };
    println!("{count} files, {} faults, {} uploads that failed", sum(|it| it.0), sum(|it| it.1));
    assert!(sum(|it| it.0) as u64 >= count, "hardly anything went wrong");
}
