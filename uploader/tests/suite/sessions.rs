//! Sessions that were there before, and sessions that lead elsewhere.

use std::net::TcpListener;
use std::time::Duration;

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Operation, StallAt};
use box_upload_sessions::Client;
use box_upload_sessions::runtime::{ContentRange, Digest};
use box_upload_sessions::types::{CreateUploadSessionBody, UploadSession};
use box_uploader::{ErrorKind, Event, Sha1Hash};

use crate::support::{PART, Setting, cancel_after, client, content, finish, seeded};

/// A session that somebody has created for `a`.
async fn begin(setting: &Setting, size: usize) -> (Client, UploadSession) {
    let client = client(&setting.emulator).build().unwrap();
    let body =
        CreateUploadSessionBody::builder().file_name("a").file_size(size as u64).folder_id("0");
    let session = client.create_upload_session(&body).await.unwrap();
    (client, session)
}

async fn put_first(client: &Client, id: &str, content: &[u8]) {
    let part = content[..PART].to_vec();
    let total = content.len() as u64;
    let digest = Digest::sha(&Sha1Hash::of(&part).0);
    let range = ContentRange::new(0, PART as u64, total).unwrap();
    client.upload_part(id, &range, &digest, part).await.unwrap();
}

#[tokio::test]
async fn the_session_of_a_conflict_is_used() {
    let setting = Setting::new(FaultPlan::default()).await;
    let bytes = content(4 * PART);
    let (_, session) = begin(&setting, bytes.len()).await;
    let upload = setting.uploader.bytes("a", bytes.clone()).to_folder("0");
    let (uploaded, events) = finish(upload).await;
    let uploaded = uploaded.unwrap();
    setting.holds(&uploaded, &bytes).await;
    let used = |event: &Event| matches!(event, Event::Session { id, resumed: true, .. } if *id == session.id);
    assert!(events.iter().any(used), "{events:?}");
    assert_eq!((uploaded.statistics.parts_kept, uploaded.statistics.parts_sent), (0, 4));
}

/// Uploads `bytes` into a session that has a part of `theirs` by the time its list is asked for.
async fn join(bytes: &[u8], theirs: &[u8]) -> (Setting, String, Result<(u64, u64), ErrorKind>) {
    let stall = Action::Stall { at: StallAt::BeforeBody, seconds: Some(0.5) };
    let plan = FaultPlan::new(0).fault(Fault::nth(Operation::ListParts, 1, stall));
    let setting = Setting::new(plan).await;
    let (client, session) = begin(&setting, bytes.len()).await;
    let path = setting.file("a", bytes);
    let upload = setting.journaled().file(path).to_folder("0");
    let part = async {
        while setting.count(Operation::ListParts) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        put_first(&client, &session.id, theirs).await;
    };
    let ((outcome, _), ()) = tokio::join!(finish(upload), part);
    let outcome = match outcome {
        Ok(uploaded) => {
            setting.holds(&uploaded, bytes).await;
            Ok((uploaded.statistics.parts_kept, uploaded.statistics.parts_sent))
        }
        Err(error) => {
            assert_eq!(error.session(), Some(&*session.id));
            assert!(!error.can_resume());
            assert!(matches!(error.kind(), ErrorKind::SessionInUse), "{error:?}");
            Err(ErrorKind::SessionInUse)
        }
    };
    (setting, session.id, outcome)
}

#[tokio::test]
async fn the_parts_of_an_adopted_session_are_kept() {
    let bytes = content(4 * PART);
    let (setting, _, outcome) = join(&bytes, &bytes).await;
    assert_eq!(outcome.unwrap(), (1, 3));
    assert_eq!(setting.emulator.open_sessions(), 0);
}

#[tokio::test]
async fn a_session_of_other_content_is_left_alone() {
    let bytes = content(4 * PART);
    let (setting, id, outcome) = join(&bytes, &seeded(4 * PART, 7)).await;
    outcome.unwrap_err();
    assert_eq!((setting.emulator.open_sessions(), setting.journals()), (1, 0));
    assert_eq!(setting.count(Operation::AbortUploadSession), 0);

    assert!(setting.uploader.abort(&id).await.unwrap());
    let upload = setting.journaled().file(setting.folder.path().join("a")).to_folder("0");
    setting.holds(&finish(upload).await.0.unwrap(), &bytes).await;
}

/// The other upload sends its part while this one does.
#[tokio::test]
async fn other_content_is_noticed_in_the_middle_too() {
    let stall = Action::Stall { at: StallAt::BeforeBody, seconds: Some(0.5) };
    let plan = FaultPlan::new(0).fault(Fault::nth(Operation::UploadPart, 1, stall));
    let setting = Setting::new(plan).await;
    let bytes = content(4 * PART);
    let (client, session) = begin(&setting, bytes.len()).await;
    let uploader = setting.uploader.clone().abort_on_failure(true);
    let upload = uploader.bytes("a", bytes.clone()).to_folder("0").concurrency(1);
    let part = async {
        while setting.count(Operation::UploadPart) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        put_first(&client, &session.id, &seeded(4 * PART, 7)).await;
    };
    let ((outcome, _), ()) = tokio::join!(finish(upload), part);
    let error = outcome.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SessionInUse), "{error:?}");
    assert_eq!(setting.emulator.open_sessions(), 1);
}

#[tokio::test]
async fn an_adopted_but_unused_session_is_not_aborted() {
    let setting = Setting::new(FaultPlan::default()).await;
    let bytes = content(4 * PART);
    begin(&setting, bytes.len()).await;
    let forbidden = Action::Respond(FaultResponse::new(403));
    let plan = FaultPlan::new(0).fault(Fault::nth(Operation::UploadPart, 1, forbidden).forever());
    setting.emulator.set_faults(plan).unwrap();
    let upload = setting.uploader.clone().abort_on_failure(true).bytes("a", bytes).to_folder("0");
    let error = finish(upload).await.0.unwrap_err();
    assert_eq!(error.status(), Some(403));
    assert_eq!(setting.emulator.open_sessions(), 1);
}

#[tokio::test]
async fn two_uploads_of_one_file_share_a_session() {
    let setting = Setting::new(FaultPlan::default()).await;
    let bytes = content(30 * PART);
    let upload = || setting.uploader.bytes("a", bytes.clone()).to_folder("0");
    let uploads = futures_util::future::join3(finish(upload()), finish(upload()), finish(upload()));
    let ((first, _), (second, _), (third, _)) = uploads.await;
    // An upload that starts when the name is taken fails.
    let mut stored = 0;
    let mut taken = 0;
    for outcome in [first, second, third] {
        match outcome {
            Ok(uploaded) => {
                setting.holds(&uploaded, &bytes).await;
                stored += 1;
            }
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::NameInUse { .. }), "{error:?}");
                taken += 1;
            }
        }
    }
    assert!(stored >= 1 && stored + taken == 3);
    assert_eq!(setting.emulator.files().len(), 1);
}

#[tokio::test]
async fn nothing_is_sent_to_other_hosts() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    let host = format!("http://{}", other.local_addr().unwrap());
    let plan = Operation::ALL.iter().fold(FaultPlan::new(0), |plan, operation| {
        plan.fault(Fault::nth(*operation, 1, Action::OtherHost(host.clone())))
    });
    let setting = Setting::new(plan).await;
    let bytes = content(5 * PART);
    let path = setting.file("a", &bytes);
    let upload = setting.journaled().file(&path).to_folder("0");
    cancel_after(2, upload).await;
    let upload = setting.journaled().file(&path).to_folder("0");
    setting.holds(&finish(upload).await.0.unwrap(), &bytes).await;
    let small = setting.uploader.clone().sessions_from(1 << 20);
    let upload = small.bytes("b", bytes.clone()).to_folder("0");
    setting.holds(&finish(upload).await.0.unwrap(), &bytes).await;
    assert!(setting.emulator.fired().len() >= 6, "{:?}", setting.emulator.fired());
    assert!(other.accept().is_err(), "somebody came");
}

/// A service that gives shorter pages than it is asked for, and does not say so.
#[tokio::test]
async fn short_pages_are_not_the_last_ones() {
    let setting = Setting::with(|builder| builder.longest_page(3), FaultPlan::default()).await;
    let bytes = content(20 * PART);
    let path = setting.file("a", &bytes);
    let upload = || setting.journaled().file(&path).to_folder("0").concurrency(1);
    cancel_after(11, upload()).await;
    let lost = Fault::nth(Operation::UploadPart, 5, Action::LoseResponse);
    setting.emulator.set_faults(FaultPlan::new(0).fault(lost)).unwrap();
    let uploaded = finish(upload()).await.0.unwrap();
    setting.holds(&uploaded, &bytes).await;
    let statistics = uploaded.statistics;
    assert!(statistics.parts_kept >= 11, "{statistics:?}");
    assert_eq!(statistics.sent, (20 - statistics.parts_kept) * PART as u64, "{statistics:?}");
}
