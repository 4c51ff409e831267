//! Uploads that end early, and their resumption.

use std::time::Duration;

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Operation, StallAt};
use box_uploader::{CancellationToken, ErrorKind, Event, Resume};

use crate::invariants;
use crate::support::{PART, Setting, cancel_after, content, finish, watch};

#[tokio::test]
async fn a_cancelled_upload_resumes() {
    let setting = Setting::new(FaultPlan::default()).await;
    let bytes = content(20 * PART + 1);
    let path = setting.file("a", &bytes);
    let upload = || setting.journaled().file(&path).to_folder("0");
    let error = cancel_after(7, upload()).await;
    assert!(error.can_resume());
    let session = error.session().unwrap().to_owned();
    assert_eq!(setting.journals(), 1);
    assert_eq!(setting.emulator.open_sessions(), 1);

    let (uploaded, events) = finish(upload().concurrency(2)).await;
    let uploaded = uploaded.unwrap();
    setting.holds(&uploaded, &bytes).await;
    let used =
        |event: &Event| matches!(event, Event::Session { id, resumed: true, .. } if *id == session);
    assert!(events.iter().any(used), "{events:?}");
    let statistics = uploaded.statistics;
    assert!(statistics.parts_kept >= 7, "{statistics:?}");
    assert_eq!(statistics.parts_kept + statistics.parts_sent, 21);
    assert!(statistics.sent <= (14 * PART + 1) as u64);
    assert_eq!((setting.journals(), setting.emulator.open_sessions()), (0, 0));
}

#[tokio::test]
async fn an_upload_cancelled_before_it_starts_sends_nothing() {
    let setting = Setting::new(FaultPlan::default()).await;
    let token = CancellationToken::new();
    token.cancel();
    let upload = setting.uploader.bytes("a", content(PART)).to_folder("0").cancel_on(token);
    let error = finish(upload).await.0.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
    assert!(!error.can_resume());
    assert!(setting.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_lost_session_means_starting_over() {
    let setting = Setting::new(FaultPlan::default()).await;
    let bytes = content(6 * PART);
    let path = setting.file("a", &bytes);
    let upload = || setting.journaled().file(&path).to_folder("0");
    let error = cancel_after(3, upload()).await;
    let session = error.session().unwrap();
    assert!(setting.uploader.abort(session).await.unwrap());
    assert!(!setting.uploader.abort(session).await.unwrap());
    let (uploaded, events) = finish(upload()).await;
    let uploaded = uploaded.unwrap();
    setting.holds(&uploaded, &bytes).await;
    assert_eq!((uploaded.statistics.parts_kept, uploaded.statistics.parts_sent), (0, 6));
    assert!(events.iter().any(|event| matches!(event, Event::Restarted { .. })));
}

/// It crashes once the service has made the file, and before it hears of it.
#[tokio::test]
async fn a_file_committed_meanwhile_is_found() {
    let stall = || Action::Stall { at: StallAt::BeforeResponse, seconds: None };
    let commit = Operation::CommitUploadSession;
    let direct = Operation::UploadFile;
    // It may take the service a while, so that at first there is nothing to be found.
    for (operation, sessions_from, late) in
        [(commit, 1, false), (commit, 1, true), (direct, 1 << 20, false), (direct, 1 << 20, true)]
    {
        let plan = FaultPlan::new(0).fault(Fault::nth(operation, 1, stall()));
        let setting = Setting::new(plan).await;
        let bytes = content(3 * PART);
        let path = setting.file("a", &bytes);
        let uploader = setting.journaled().sessions_from(sessions_from);
        let uploader = uploader.idle_timeout(Duration::from_secs(60));
        let mut first = uploader.file(&path).to_folder("0").send();
        while setting.emulator.files().is_empty() {
            let step = tokio::time::timeout(Duration::from_millis(1), &mut first).await;
            assert!(step.is_err(), "{step:?}");
        }
        drop(first);
        if late {
            let missing = Action::Respond(FaultResponse::new(404));
            let plan = FaultPlan::new(0).fault(Fault::nth(Operation::GetFile, 1, missing));
            setting.emulator.set_faults(plan).unwrap();
        }
        let (uploaded, _) = finish(uploader.file(&path).to_folder("0")).await;
        let uploaded = uploaded.unwrap();
        setting.holds(&uploaded, &bytes).await;
        assert_eq!(uploaded.statistics.parts_sent, 0);
        assert_eq!(
            setting.count(commit) + setting.count(direct),
            1 + usize::from(late && operation == direct)
        );
        assert_eq!(setting.emulator.files().len(), 1);
        assert_eq!(setting.journals(), 0);
    }
}

#[tokio::test]
async fn a_dropped_upload_leaves_nothing_running() {
    let plan = FaultPlan::new(0).fault(Fault::nth(
        Operation::UploadPart,
        5,
        Action::Stall { at: StallAt::BeforeBody, seconds: None },
    ));
    let setting = Setting::new(plan).await;
    let bytes = content(20 * PART);
    let path = setting.file("a", &bytes);
    let uploader = setting.with_own_connections();
    let mut upload = uploader.file(&path).to_folder("0").concurrency(1).send();
    while setting.count(Operation::UploadPart) < 5 {
        let step = tokio::time::timeout(Duration::from_millis(1), &mut upload).await;
        assert!(step.is_err(), "{step:?}");
    }
    let requests = setting.emulator.requests().len();
    drop(upload);
    drop(uploader);
    setting.connections_close().await;
    assert_eq!(setting.emulator.requests().len(), requests);
    // Neither is the journal held.
    let (uploaded, _) = finish(setting.journaled().file(&path).to_folder("0")).await;
    let uploaded = uploaded.unwrap();
    setting.holds(&uploaded, &bytes).await;
    assert_eq!(uploaded.statistics.parts_kept, 4);
    invariants::hold(&setting.emulator.requests());
}

#[tokio::test]
async fn one_upload_of_a_file_at_a_time() {
    let stall = Action::Stall { at: StallAt::BeforeBody, seconds: Some(0.3) };
    let plan = FaultPlan::new(0).fault(Fault::nth(Operation::UploadPart, 1, stall));
    let setting = Setting::new(plan).await;
    let bytes = content(2 * PART);
    let path = setting.file("a", &bytes);
    let second = async {
        while setting.count(Operation::UploadPart) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let same = finish(setting.journaled().file(&path).to_folder("0")).await.0;
        let other = finish(setting.journaled().file(&path).to_folder("0").name("b")).await.0;
        (same, other)
    };
    let first = finish(setting.journaled().file(&path).to_folder("0"));
    let ((first, _), (same, other)) = tokio::join!(first, second);
    setting.holds(&first.unwrap(), &bytes).await;
    setting.holds(&other.unwrap(), &bytes).await;
    let error = same.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Busy { .. }), "{error:?}");
}

#[tokio::test]
async fn a_failure_can_abort() {
    let setting = Setting::new(FaultPlan::default()).await;
    let path = setting.file("a", &content(6 * PART));
    let upload = || setting.journaled().abort_on_failure(true).file(&path).to_folder("0");
    let error = cancel_after(3, upload()).await;
    assert!(!error.can_resume());
    assert_eq!(error.session(), None);
    assert_eq!((setting.emulator.open_sessions(), setting.journals()), (0, 0));

    let forbidden = Action::Respond(FaultResponse::new(403));
    let plan = FaultPlan::new(0).fault(Fault::nth(Operation::UploadPart, 3, forbidden));
    setting.emulator.set_faults(plan).unwrap();
    let error = finish(upload()).await.0.unwrap_err();
    assert_eq!((error.status(), error.session()), (Some(403), None));
    assert_eq!((setting.emulator.open_sessions(), setting.journals()), (0, 0));
}

#[tokio::test]
async fn a_failure_before_the_session_is_found_again_can_abort() {
    let setting = Setting::new(FaultPlan::default()).await;
    let path = setting.file("a", &content(6 * PART));
    cancel_after(3, setting.journaled().file(&path).to_folder("0")).await;
    assert_eq!(setting.emulator.open_sessions(), 1);

    let refused = Action::Respond(FaultResponse::new(400));
    let plan = FaultPlan::new(0).fault(Fault::nth(Operation::GetUploadSession, 1, refused));
    setting.emulator.set_faults(plan).unwrap();
    let upload = setting.journaled().abort_on_failure(true).file(&path).to_folder("0");
    let error = finish(upload).await.0.unwrap_err();
    assert_eq!((error.status(), error.session()), (Some(400), None));
    assert_eq!((setting.emulator.open_sessions(), setting.journals()), (0, 0));
}

#[tokio::test]
async fn a_session_that_cannot_be_aborted_stays_in_the_journal() {
    let setting = Setting::new(FaultPlan::default()).await;
    let path = setting.file("a", &content(6 * PART));
    let refused = Action::Respond(FaultResponse::new(400));
    let abort = Fault::nth(Operation::AbortUploadSession, 1, refused.clone());
    let part = Fault::nth(Operation::UploadPart, 3, refused);
    setting.emulator.set_faults(FaultPlan::new(0).fault(abort).fault(part)).unwrap();
    let upload = setting.journaled().abort_on_failure(true).file(&path).to_folder("0");
    let error = finish(upload).await.0.unwrap_err();
    assert!(error.session().is_some());
    assert_eq!((setting.emulator.open_sessions(), setting.journals()), (1, 1));
}

#[tokio::test]
async fn resumption_can_be_demanded_and_declined() {
    let setting = Setting::new(FaultPlan::default()).await;
    let bytes = content(6 * PART);
    let path = setting.file("a", &bytes);
    let upload = |resume| setting.journaled().resume(resume).file(&path).to_folder("0");
    let error = finish(upload(Resume::Required)).await.0.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NothingToResume), "{error:?}");
    assert!(setting.emulator.requests().is_empty());

    cancel_after(3, upload(Resume::Never)).await;
    cancel_after(2, upload(Resume::Never)).await;
    // The first one was aborted.
    assert_eq!(setting.emulator.open_sessions(), 1);
    let (uploaded, _) = finish(upload(Resume::Required)).await;
    let uploaded = uploaded.unwrap();
    assert!(uploaded.statistics.parts_kept >= 2);
    setting.holds(&uploaded, &bytes).await;
}

#[tokio::test]
async fn an_upload_resumes_after_an_outage() {
    let setting = Setting::new(FaultPlan::default()).await;
    let bytes = content(6 * PART);
    let path = setting.file("a", &bytes);
    let upload = || setting.journaled().file(&path).to_folder("0");
    let first = cancel_after(3, upload()).await;
    let down = Action::Respond(FaultResponse::new(503));
    let any = Fault::random(box_emulator::On::Any, 1.0, down);
    setting.emulator.set_faults(FaultPlan::new(0).fault(any)).unwrap();
    let error = finish(upload()).await.0.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Exhausted { .. }), "{error:?}");
    assert!(error.can_resume());
    assert_eq!(error.session(), first.session());
    setting.emulator.set_faults(FaultPlan::default()).unwrap();
    setting.holds(&finish(upload()).await.0.unwrap(), &bytes).await;
}

#[tokio::test]
async fn events_and_progress_add_up() {
    let setting = Setting::new(FaultPlan::default()).await;
    let bytes = content(9 * PART);
    let seen = std::sync::Arc::new(std::sync::Mutex::new((0, 0)));
    let sink = std::sync::Arc::clone(&seen);
    let upload = setting.uploader.bytes("a", bytes).to_folder("0");
    let outcome = watch(upload, move |event| {
        if let Event::Progress { stored, in_flight, total } = event {
            assert!(stored + in_flight <= *total, "{event:?}");
            let mut seen = sink.lock().unwrap();
            assert!(*stored >= seen.0, "it went back: {event:?}");
            *seen = (*stored, seen.1 + 1);
        }
    });
    outcome.await.unwrap();
    let (stored, count) = *seen.lock().unwrap();
    assert_eq!(stored, 9 * PART as u64);
    assert!(count >= 18);
}
