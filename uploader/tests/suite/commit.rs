//! Commits that take their time.

use std::time::Duration;

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Operation, RetryAfter};
use box_uploader::{ErrorKind, Event, Retry};

use crate::support::{PART, Setting, content, finish, quick};

/// A plan in which the first commits get this response.
fn commits(times: u64, response: FaultResponse) -> FaultPlan {
    let fault = Fault::nth(Operation::CommitUploadSession, 1, Action::Respond(response));
    FaultPlan::new(0).fault(fault.times(times))
}

fn pauses(events: &[Event]) -> Vec<Duration> {
    let pause = |event: &Event| match event {
        Event::Processing { delay } => Some(*delay),
        _ => None,
    };
    events.iter().filter_map(pause).collect()
}

#[tokio::test]
async fn an_accepted_commit_is_repeated_when_it_is_asked_for() {
    let millis = Duration::from_millis;
    let accepted = FaultResponse::new(202);
    for (response, least, most) in [
        (accepted.clone(), millis(0), millis(20)),
        (accepted.clone().retry_after(RetryAfter::Seconds(0.0)), millis(0), millis(20)),
        (accepted.clone().retry_after(RetryAfter::Seconds(0.25)), millis(250), millis(250)),
        (accepted.clone().retry_after(RetryAfter::Seconds(1.0)), millis(1000), millis(1000)),
        (accepted.retry_after(RetryAfter::Date { date_in: 2.0 }), millis(1), millis(2000)),
    ] {
        let setting = Setting::new(commits(2, response.clone())).await;
        let bytes = content(2 * PART);
        let upload = setting.uploader.bytes("a", bytes.clone()).to_folder("0");
        let (uploaded, events) = finish(upload).await;
        let uploaded = uploaded.unwrap();
        setting.holds(&uploaded, &bytes).await;
        let pauses = pauses(&events);
        assert_eq!(pauses.len(), 2);
        let fits = pauses.iter().all(|pause| (least..=most).contains(pause));
        assert!(fits, "{response:?}: {pauses:?}");
        assert_eq!(uploaded.statistics.retries, 0);
        assert_eq!(setting.count(Operation::CommitUploadSession), 3);
    }
}

#[tokio::test]
async fn a_commit_that_is_never_done_ends_with_an_error_and_can_be_resumed() {
    for response in [
        FaultResponse::new(202),
        FaultResponse::new(202).retry_after(RetryAfter::Seconds(0.0)),
        FaultResponse::new(202).retry_after(RetryAfter::Seconds(9e8)),
        FaultResponse::new(400).code("parts_mismatch"),
    ] {
        let setting = Setting::new(commits(1_000_000, response)).await;
        let bytes = content(2 * PART);
        let path = setting.file("a", &bytes);
        let retry = Retry { processing: Duration::from_millis(100), ..quick() };
        let upload = || setting.journaled().retry(retry.clone()).file(&path).to_folder("0");
        let (outcome, events) = finish(upload()).await;
        let error = outcome.unwrap_err();
        let ErrorKind::NotProcessed { waited } = error.kind() else { panic!("{error:?}") };
        assert!(*waited >= retry.processing);
        assert!(error.can_resume());
        assert!(error.session().is_some());
        // Not in a frenzy.
        assert!(pauses(&events).iter().all(|pause| *pause > Duration::ZERO));

        setting.emulator.set_faults(FaultPlan::default()).unwrap();
        let uploaded = finish(upload()).await.0.unwrap();
        assert_eq!(uploaded.statistics.sent, 0);
        setting.holds(&uploaded, &bytes).await;
    }
}

#[tokio::test]
async fn a_commit_waits_for_parts_to_be_processed() {
    let mismatch = FaultResponse::new(400).code("parts_mismatch");
    let setting = Setting::new(commits(5, mismatch)).await;
    let bytes = content(3 * PART);
    let (uploaded, events) =
        finish(setting.uploader.bytes("a", bytes.clone()).to_folder("0")).await;
    let uploaded = uploaded.unwrap();
    setting.holds(&uploaded, &bytes).await;
    assert_eq!(pauses(&events).len(), 5);
    assert_eq!(setting.count(Operation::UploadPart), 3);
}

#[tokio::test]
async fn the_service_may_take_its_time() {
    let build =
        |builder: box_emulator::Builder| builder.processing_delay(Duration::from_millis(300));
    let setting = Setting::with(build, FaultPlan::default()).await;
    let bytes = content(3 * PART);
    let (uploaded, events) =
        finish(setting.uploader.bytes("a", bytes.clone()).to_folder("0")).await;
    setting.holds(&uploaded.unwrap(), &bytes).await;
    assert_eq!(pauses(&events), [Duration::from_secs(1)]);
}

#[tokio::test]
async fn a_name_taken_before_the_commit_follows_the_policy() {
    use box_uploader::OnConflict;
    for (on_conflict, names) in [
        (OnConflict::Fail, vec!["a.txt"]),
        (OnConflict::Rename, vec!["a.txt", "a (1).txt"]),
        (OnConflict::Version, vec!["a.txt"]),
    ] {
        let setting = Setting::new(FaultPlan::default()).await;
        let bytes = content(3 * PART);
        let path = setting.file("a.txt", &bytes);
        let upload = || {
            let upload = setting.journaled().file(&path).to_folder("0").on_conflict(on_conflict);
            upload.concurrency(1)
        };
        let error = crate::support::cancel_after(2, upload()).await;
        let other = setting.uploader.bytes("a.txt", content(PART)).to_folder("0");
        finish(other).await.0.unwrap();
        let (outcome, _) = finish(upload()).await;
        match outcome {
            Ok(uploaded) => setting.holds(&uploaded, &bytes).await,
            Err(error) => {
                assert_eq!(on_conflict, OnConflict::Fail);
                assert!(matches!(error.kind(), ErrorKind::NameInUse { .. }), "{error:?}");
            }
        }
        let files = setting.emulator.files();
        let there: Vec<_> = files.iter().filter_map(|file| file.name.as_deref()).collect();
        assert_eq!(there, names);
        // Where there is nothing to be done, the parts wait for the name to be free.
        let open = usize::from(on_conflict == OnConflict::Fail);
        assert_eq!(setting.emulator.open_sessions(), open, "{error:?}");
    }
}

/// Once may be an accident on the way. The whole file need not go out a third time to see that it
/// was none.
#[tokio::test]
async fn a_digest_that_never_matches_costs_one_more_attempt() {
    let mismatch = Action::Respond(FaultResponse::new(400).code("digest_mismatch"));
    let fault = Fault::nth(Operation::CommitUploadSession, 1, mismatch).forever();
    let setting = Setting::new(FaultPlan::new(0).fault(fault)).await;
    let upload = setting.uploader.bytes("a", content(5 * PART)).to_folder("0");
    let error = finish(upload).await.0.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Corrupted { .. }), "{error:?}");
    assert_eq!(setting.count(Operation::UploadPart), 2 * 5);
    assert_eq!(setting.emulator.open_sessions(), 0);
}
