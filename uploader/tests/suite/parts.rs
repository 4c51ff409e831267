//! Failed parts, and the list of parts that shows their outcome.

use std::collections::BTreeSet;
use std::time::Duration;

use box_emulator::{
    Action, Builder, Fault, FaultPlan, FaultResponse, Operation, Request, RetryAfter, StallAt,
};
use box_uploader::{ErrorKind, Event, Retry};

use crate::invariants::{self, range};
use crate::support::{PART, Setting, cancel_after, content, finish, quick};

#[tokio::test]
async fn a_failed_part_comes_before_further_ones() {
    let unavailable = FaultResponse::new(503).retry_after(RetryAfter::Seconds(0.05));
    let first = Fault::nth(Operation::UploadPart, 5, Action::Respond(unavailable.clone()));
    // All that comes once it is tried again: nothing but itself.
    let again = Fault::nth(Operation::UploadPart, 8, Action::Respond(unavailable)).times(4);
    let plan = FaultPlan::new(0).fault(first).fault(again);
    let build = |builder: Builder| builder.latency(Duration::from_millis(10));
    let setting = Setting::with(build, plan).await;
    let uploader = setting.uploader.clone().retry(Retry { attempts: 9, ..quick() });
    let bytes = content(40 * PART);
    let upload = uploader.bytes("a", bytes.clone()).to_folder("0").concurrency(3);
    let uploaded = finish(upload).await.0.unwrap();
    setting.holds(&uploaded, &bytes).await;

    let requests = setting.emulator.requests();
    let parts: Vec<&Request> =
        requests.iter().filter(|one| one.operation == Some(Operation::UploadPart)).collect();
    let failed = parts.iter().position(|part| part.status == Some(503)).unwrap();
    let stored = parts.iter().rposition(|part| range(part) == range(parts[failed])).unwrap();
    let new: BTreeSet<_> = parts[failed..stored].iter().map(|part| range(part)).collect();
    // Those that had set out before it was known to have failed.
    assert!(new.len() <= 1 + 2 * 2, "{new:?}");
    invariants::hold(&requests);
}

#[tokio::test]
async fn retry_after_counts_more_than_the_own_delays() {
    let response = |wait| Action::Respond(FaultResponse::new(503).retry_after(wait));
    let plan = FaultPlan::new(0)
        .fault(Fault::nth(Operation::CreateUploadSession, 1, response(RetryAfter::Seconds(0.03))))
        .fault(Fault::nth(Operation::UploadPart, 1, response(RetryAfter::Seconds(0.04))))
        .fault(Fault::nth(Operation::ListParts, 1, response(RetryAfter::Date { date_in: 0.0 })))
        .fault(Fault::nth(Operation::CommitUploadSession, 1, response(RetryAfter::Seconds(0.05))));
    let setting = Setting::new(plan).await;
    let hour = Duration::from_secs(3600);
    let retry = Retry { first_delay: hour, longest_delay: hour, ..quick() };
    let upload = setting.uploader.clone().retry(retry).bytes("a", content(PART)).to_folder("0");
    let (uploaded, events) = finish(upload).await;
    uploaded.unwrap();
    let delays: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Retry { delay, .. } => Some(delay.as_millis()),
            _ => None,
        })
        .collect();
    assert_eq!(delays, [30, 0, 40, 50]);
}

#[tokio::test]
async fn an_excessive_retry_after_is_an_error() {
    let wait = RetryAfter::Seconds(601.0);
    let busy = Action::Respond(FaultResponse::new(429).retry_after(wait));
    let setting =
        Setting::new(FaultPlan::new(0).fault(Fault::nth(Operation::UploadPart, 1, busy))).await;
    let error = finish(setting.uploader.bytes("a", content(PART)).to_folder("0")).await.0;
    let error = error.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Exhausted { attempts: 1, .. }), "{error:?}");
    assert!(error.to_string().contains("601 s"), "{error}");
}

#[tokio::test]
async fn failures_are_limited() {
    let busy = Action::Respond(FaultResponse::new(503));
    let plan = FaultPlan::new(1).fault(Fault::random(Operation::UploadPart, 0.5, busy));
    let setting = Setting::new(plan).await;
    let retry = Retry { attempts: 100, failures: 7, ..quick() };
    let upload = setting.uploader.clone().retry(retry).bytes("a", content(90 * PART));
    let (outcome, events) = finish(upload.to_folder("0")).await;
    let error = outcome.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Exhausted { .. }), "{error:?}");
    let retries = events.iter().filter(|event| matches!(event, Event::Retry { .. })).count();
    assert_eq!(retries, 7);
}

#[tokio::test]
async fn a_part_that_is_echoed_wrongly_is_never_committed() {
    let corrupt = Action::Corrupt { hidden: false };
    let plan = FaultPlan::new(0).fault(Fault::nth(Operation::UploadPart, 2, corrupt));
    let setting = Setting::new(plan).await;
    let bytes = content(4 * PART);
    let upload = setting.uploader.bytes("a", bytes.clone()).to_folder("0").concurrency(1);
    let (uploaded, events) = finish(upload).await;
    setting.holds(&uploaded.unwrap(), &bytes).await;
    let restarted = Event::Restarted { reason: "the part at offset 1000 differs".to_owned() };
    assert!(events.contains(&restarted), "{events:?}");
    assert_eq!(setting.count(Operation::CommitUploadSession), 1);
    assert_eq!(setting.emulator.open_sessions(), 0);
}

/// More parts than a page of the list has, the first of them not stored for long.
#[tokio::test]
async fn a_part_is_found_on_any_page_of_the_list() {
    let stall = |seconds| Action::Stall { at: StallAt::BeforeBody, seconds };
    let plan = FaultPlan::new(0).fault(Fault::nth(Operation::UploadPart, 1, stall(None)));
    let setting = Setting::with(|builder| builder.part_size(4), plan).await;
    let bytes = content(4 * 1100);
    let path = setting.file("a", &bytes);
    let uploader = setting.journaled();
    let first = setting.with_own_connections();
    cancel_after(1050, first.file(&path).to_folder("0").concurrency(8)).await;
    drop(first);
    // What was under way arrives, and is not hit instead.
    setting.connections_close().await;

    let plan = FaultPlan::new(0)
        .fault(Fault::nth(Operation::UploadPart, 1, stall(Some(1.0))))
        .fault(Fault::nth(Operation::UploadPart, 2, Action::LoseResponse));
    setting.emulator.set_faults(plan).unwrap();
    let (uploaded, _) = finish(uploader.file(&path).to_folder("0").concurrency(2)).await;
    let uploaded = uploaded.unwrap();
    setting.holds(&uploaded, &bytes).await;
    let statistics = uploaded.statistics;
    assert!(statistics.parts_kept >= 1050, "{statistics:?}");
    assert_eq!((statistics.retries, statistics.restarts), (0, 0));
    // Both pages of the session that is resumed and an empty one, for the second was short; and
    // both to find the part.
    assert_eq!(setting.count(Operation::ListParts), 5);
    invariants::hold(&setting.emulator.requests());
}
