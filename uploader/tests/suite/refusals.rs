//! Refusals for good, and credentials that are not taken.

use std::sync::atomic::{AtomicU64, Ordering};

use box_emulator::{Access, Action, Builder, Fault, FaultPlan, FaultResponse, Operation};
use box_upload_sessions::Client;
use box_upload_sessions::runtime::{BoxError, BoxFuture, Credential, Secret, TokenProvider};
use box_uploader::ErrorKind;

use crate::support::{PART, Setting, content, finish, uploader};

#[tokio::test]
async fn a_refusal_ends_the_upload_at_once() {
    let build = |builder: Builder| {
        let builder = builder.folder("7", "read only", Access::ReadOnly);
        let builder = builder.folder("8", "trash", Access::Trashed);
        builder.folder("9", "policy", Access::ForbiddenByPolicy).largest_file(9_999)
    };
    let setting = Setting::with(build, FaultPlan::default()).await;
    for (folder, name, size, status, code) in [
        ("7", "a", 3000, 403, "access_denied_insufficient_permissions"),
        ("8", "a", 3000, 404, "trashed"),
        ("9", "a", 3000, 403, "forbidden_by_policy"),
        ("10", "a", 3000, 404, "invalid_parameter"),
        ("0", "a/b", 3000, 400, "item_name_invalid"),
        ("0", "a", 10_000, 403, "file_size_limit_exceeded"),
    ] {
        let before = setting.emulator.requests().len();
        let upload = setting.uploader.bytes(name, content(size)).to_folder(folder);
        let error = finish(upload).await.0.unwrap_err();
        assert_eq!((error.status(), error.code()), (Some(status), Some(code)), "{error:?}");
        assert_eq!(error.request_id().unwrap().len(), 16);
        assert!(error.to_string().contains(code), "{error}");
        assert!(!error.can_resume());
        assert_eq!(setting.emulator.requests().len(), before + 1);
    }
}

#[tokio::test]
async fn a_part_that_is_refused_ends_the_upload_at_once() {
    let forbidden = Action::Respond(FaultResponse::new(403).code("forbidden"));
    let plan = FaultPlan::new(0).fault(Fault::nth(Operation::UploadPart, 3, forbidden));
    let setting = Setting::new(plan).await;
    let upload = setting.uploader.bytes("a", content(40 * PART)).to_folder("0").concurrency(3);
    let error = finish(upload).await.0.unwrap_err();
    assert_eq!((error.status(), error.code()), (Some(403), Some("forbidden")));
    assert!(error.session().is_some());
    assert!(setting.count(Operation::UploadPart) <= 3 + 3);
    assert_eq!(setting.count(Operation::CommitUploadSession), 0);
}

#[tokio::test]
async fn a_token_is_refreshed_in_the_middle() {
    let plan = Operation::ALL.iter().fold(FaultPlan::new(0), |plan, operation| {
        plan.fault(Fault::nth(*operation, 2, Action::ExpireToken))
    });
    let setting = Setting::new(plan).await;
    let bytes = content(9 * PART);
    for name in ["a", "b"] {
        let upload = setting.uploader.bytes(name, bytes.clone()).to_folder("0");
        let uploaded = finish(upload).await.0.unwrap();
        setting.holds(&uploaded, &bytes).await;
    }
    assert!(setting.emulator.fired().len() >= 3, "{:?}", setting.emulator.fired());
}

#[tokio::test]
async fn a_fresh_token_may_end_at_once() {
    let expire = |operation, nth| Fault::nth(operation, nth, Action::ExpireToken);
    for times in [1, 2] {
        // A part, one at a time, finds its token refused, and so does the look at the list after
        // it, twice; the commit comes with a token that ends, and so does the one after it.
        let plan = FaultPlan::new(0)
            .fault(expire(Operation::UploadPart, 2))
            .fault(expire(Operation::ListParts, 1).times(times))
            .fault(expire(Operation::CommitUploadSession, 1).times(times + 1));
        let setting = Setting::new(plan).await;
        let bytes = content(4 * PART);
        let upload = setting.uploader.bytes("a", bytes.clone()).to_folder("0").concurrency(1);
        let uploaded = finish(upload).await.0.unwrap();
        setting.holds(&uploaded, &bytes).await;
        assert_eq!(setting.count(Operation::UploadPart), 5, "a part is repeated, and only that");
        assert_eq!(setting.emulator.fired().len() as u64, 2 + 2 * times);
    }
}

#[tokio::test]
async fn rejected_credentials_end_the_upload() {
    let setting = Setting::with(|builder| builder.token("good"), FaultPlan::default()).await;
    for sessions_from in [1, 1 << 20] {
        let client = Client::builder().base_url(setting.emulator.url()).access_token("bad");
        let uploader = uploader(client).sessions_from(sessions_from);
        let upload = uploader.bytes("a", content(3 * PART)).to_folder("0");
        let error = finish(upload).await.0.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Credentials { .. }), "{error:?}");
        assert!(!error.to_string().contains("bad"), "{error}");
        assert!(!format!("{error:?}").contains("bad"), "{error:?}");
    }
    assert!(setting.emulator.requests().len() <= 4);
}

#[tokio::test]
async fn an_upload_resumes_with_a_new_token() {
    let setting = Setting::new(FaultPlan::default()).await;
    let bytes = content(6 * PART);
    let path = setting.file("a", &bytes);
    let expire = Fault::nth(Operation::UploadPart, 4, Action::ExpireToken);
    setting.emulator.set_faults(FaultPlan::new(0).fault(expire)).unwrap();
    let journal = setting.folder.path().join("journal");
    let client = Client::builder().base_url(setting.emulator.url()).access_token("first");
    let uploader = uploader(client).journal(&journal);
    let upload = uploader.file(&path).to_folder("0").concurrency(1);
    let error = finish(upload).await.0.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Credentials { .. }), "{error:?}");
    assert!(error.can_resume());
    let upload = setting.journaled().file(&path).to_folder("0");
    let uploaded = finish(upload).await.0.unwrap();
    assert_eq!((uploaded.statistics.parts_kept, uploaded.statistics.parts_sent), (3, 3));
    setting.holds(&uploaded, &bytes).await;
}

/// Has one token, and no other one.
#[derive(Default)]
struct Last(AtomicU64);

impl TokenProvider for Last {
    fn token<'a>(&'a self, _: Option<&'a Secret>) -> BoxFuture<'a, Result<Secret, BoxError>> {
        let first = self.0.fetch_add(1, Ordering::Relaxed) == 0;
        Box::pin(std::future::ready(if first {
            Ok("first".into())
        } else {
            Err("the application was removed".into())
        }))
    }
}

#[tokio::test]
async fn a_provider_that_fails_ends_the_upload() {
    let setting = Setting::new(FaultPlan::default()).await;
    let client = Client::builder().base_url(setting.emulator.url());
    let client = client.access_token(Credential::provider(Last::default()));
    let upload = uploader(client).bytes("a", content(PART)).to_folder("0");
    let error = finish(upload).await.0.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Credentials { .. }), "{error:?}");
    assert!(error.to_string().contains("the application was removed"), "{error}");
}
