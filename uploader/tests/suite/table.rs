//! Every fault that the emulator knows, on every operation that an upload uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use box_emulator::{
    Action, Fault, FaultPlan, FaultResponse, Moment, On, Operation, ResponseBodyKind, RetryAfter,
    StallAt,
};
use box_uploader::{ErrorKind, Retry, Upload, Uploaded};
use futures_util::StreamExt;
use serde_json::Value;

use crate::invariants;
use crate::support::{PART, PATIENCE, Setting, content, finish, quick, seeded};

/// How an upload begins whose requests are hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    New,
    Version,
    /// It has been begun before, and broke off.
    Resumed,
    Small,
    SmallVersion,
}

/// What is hit, and what leads to it.
#[derive(Clone, Debug)]
struct Scene {
    name: &'static str,
    on: On,
    nth: u64,
    start: Start,
    before: Vec<Fault>,
}

fn scenes() -> Vec<Scene> {
    use Operation::*;
    let scene = |name, on: Operation, start, before: Vec<Fault>| Scene {
        name,
        on: on.into(),
        nth: if on == UploadPart { 3 } else { 1 },
        start,
        before,
    };
    let lost = |on: Operation| vec![Fault::nth(on, 1, Action::LoseResponse)];
    let lost_part = vec![Fault::nth(UploadPart, 3, Action::LoseResponse)];
    let spoiled_part = vec![Fault::nth(UploadPart, 3, Action::Corrupt { hidden: false })];
    let new = Start::New;
    vec![
        Scene { name: "connection", on: On::Connection, nth: 1, start: new, before: vec![] },
        scene("create", CreateUploadSession, new, vec![]),
        scene("create for a version", CreateUploadSessionForVersion, Start::Version, vec![]),
        scene("part", UploadPart, new, vec![]),
        scene("list after a lost part", ListParts, new, lost_part),
        scene("list of a resumed session", ListParts, Start::Resumed, vec![]),
        scene("status of a resumed session", GetUploadSession, Start::Resumed, vec![]),
        scene("commit", CommitUploadSession, new, vec![]),
        scene("commit of a version", CommitUploadSession, Start::Version, vec![]),
        scene("status after a lost commit", GetUploadSession, new, lost(CommitUploadSession)),
        scene("preflight after a lost commit", PreflightFile, new, lost(CommitUploadSession)),
        scene("file after a lost commit", GetFile, new, lost(CommitUploadSession)),
        scene("abort of a spoiled session", AbortUploadSession, new, spoiled_part),
        scene("direct upload", UploadFile, Start::Small, vec![]),
        scene("direct upload of a version", UploadFileVersion, Start::SmallVersion, vec![]),
        scene("preflight after a lost upload", PreflightFile, Start::Small, lost(UploadFile)),
        scene("file after a lost upload", GetFile, Start::SmallVersion, lost(UploadFileVersion)),
    ]
}

/// Everything that can happen to this one.
fn actions(on: On) -> Vec<Action> {
    use Operation::*;
    let refuse = Action::Refuse { seconds: 0.01 };
    let stall = |at| Action::Stall { at, seconds: None };
    let On::Operation(operation) = on else {
        return vec![refuse, stall(StallAt::BeforeBody)];
    };
    let mut actions = vec![
        refuse,
        Action::Reset(Moment::BeforeBody),
        Action::Reset(Moment::DuringBody),
        Action::Reset(Moment::AfterBody),
        Action::LoseResponse,
        stall(StallAt::BeforeBody),
        stall(StallAt::DuringBody),
        stall(StallAt::BeforeResponse),
        stall(StallAt::DuringResponse),
        Action::Slow { bytes_per_second: 20_000 },
        Action::Truncate,
        Action::ExpireToken,
        Action::OtherHost("other.example".to_owned()),
    ];
    if matches!(operation, CreateUploadSession | CreateUploadSessionForVersion) {
        actions.push(Action::SessionConflict);
    }
    let in_session =
        [GetUploadSession, UploadPart, AbortUploadSession, ListParts, CommitUploadSession];
    if in_session.contains(&operation) {
        actions.extend([Action::ExpireSession, Action::FailSession]);
    }
    if operation == UploadPart {
        actions.extend([true, false].map(|hidden| Action::Corrupt { hidden }));
    }
    actions.extend(responses(operation).into_iter().map(Action::Respond));
    actions
}

fn responses(operation: Operation) -> Vec<FaultResponse> {
    let mut responses = Vec::new();
    for status in [200, 201, 202, 204, 302, 400, 401, 403, 404, 408, 409, 410, 412, 413, 416] {
        responses.push(FaultResponse::new(status));
    }
    for status in [429, 500, 502, 503, 504] {
        responses.push(FaultResponse::new(status));
    }
    for status in [200, 202, 404, 500, 502] {
        responses.push(FaultResponse::new(status).after_effect());
    }
    for wait in [
        RetryAfter::Seconds(0.0),
        RetryAfter::Seconds(0.05),
        RetryAfter::Date { date_in: 0.5 },
        RetryAfter::Seconds(100_000.0),
    ] {
        responses
            .extend([202, 429, 503].map(|status| FaultResponse::new(status).retry_after(wait)));
    }
    for body in [ResponseBodyKind::ShortError, ResponseBodyKind::Html, ResponseBodyKind::Empty] {
        responses.extend([400, 404, 500].map(|status| FaultResponse::new(status).body(body)));
    }
    let codes = codes(operation).iter();
    responses.extend(codes.map(|(status, code)| FaultResponse::new(*status).code(*code)));
    responses
}

/// The codes that mean something to this one.
fn codes(operation: Operation) -> &'static [(u16, &'static str)] {
    match operation {
        Operation::CreateUploadSession | Operation::CreateUploadSessionForVersion => &[
            (400, "file_size_too_small"),
            (403, "storage_limit_exceeded"),
            (409, "item_name_in_use"),
            (409, "name_temporarily_reserved"),
            (409, "operation_blocked_temporary"),
            (409, "session_conflict"),
        ],
        Operation::UploadPart => &[
            (400, "bad_digest"),
            (400, "invalid_upload_session_id"),
            (409, "range_overlaps_existing_part"),
            (410, "upload_failed"),
            (416, "range_overlaps_existing_part"),
        ],
        Operation::CommitUploadSession => &[
            (400, "digest_mismatch"),
            (400, "parts_mismatch"),
            (403, "storage_limit_exceeded"),
            (409, "item_name_in_use"),
            (409, "name_temporarily_reserved"),
            (410, "upload_failed"),
        ],
        Operation::UploadFile | Operation::UploadFileVersion | Operation::PreflightFile => &[
            (400, "bad_digest"),
            (403, "storage_limit_exceeded"),
            (409, "item_name_in_use"),
            (409, "name_temporarily_reserved"),
        ],
        Operation::GetFile => &[],
        _ => &[(400, "invalid_upload_session_id"), (410, "upload_failed")],
    }
}

/// The name of a fault, short enough for a table.
fn name(action: &Action) -> String {
    let Action::Respond(response) = action else {
        let text = serde_json::to_string(action).unwrap();
        return text.replace(['{', '}', '"'], "").replace(':', " ");
    };
    let mut text = response.status.to_string();
    if let Some(code) = &response.code {
        write!(text, " {code}").unwrap();
    }
    if let Some(wait) = &response.retry_after {
        match wait {
            RetryAfter::Seconds(seconds) => write!(text, " retry-after {seconds}").unwrap(),
            RetryAfter::Date { date_in } => write!(text, " retry-after date +{date_in}").unwrap(),
        }
    }
    if let Some(body) = response.body {
        write!(text, " {body:?}").unwrap();
    }
    text + if response.after_effect { " after effect" } else { "" }
}

/// How an upload that is hit ends, and that one after it succeeds where it does not.
async fn outcome(scene: Scene, action: Action, forever: bool, concurrency: usize) -> String {
    let setting = Setting::new(FaultPlan::default()).await;
    let idle_timeout = match action {
        Action::Stall { .. } => Duration::from_secs(4),
        _ => PATIENCE,
    };
    let uploader = setting.journaled().idle_timeout(idle_timeout);
    let uploader = match scene.start {
        Start::Small | Start::SmallVersion => uploader.sessions_from(1 << 20),
        _ => uploader,
    };
    let bytes = content(4 * PART + 7);
    let path = setting.file("a.bin", &bytes);
    let mut version = None;
    if matches!(scene.start, Start::Version | Start::SmallVersion) {
        let other = setting.uploader.bytes("a.bin", seeded(10, 1)).to_folder("0");
        version = Some(finish(other).await.0.unwrap().file.id);
    }
    let upload = |attempts| -> Upload {
        let uploader = uploader.clone().retry(Retry { attempts, ..quick() });
        let upload = uploader.file(&path).concurrency(concurrency);
        match &version {
            Some(id) => upload.to_file(id),
            None => upload.to_folder("0"),
        }
    };
    if scene.start == Start::Resumed {
        let refuse = Action::Respond(FaultResponse::new(403));
        let plan = FaultPlan::new(0).fault(Fault::nth(Operation::UploadPart, 3, refuse));
        setting.emulator.set_faults(plan).unwrap();
        finish(upload(4)).await.0.unwrap_err();
    }

    let place = scene.before.len();
    let seen = setting.emulator.fired().len();
    let mut plan = FaultPlan::new(0);
    plan.faults = scene.before;
    let fault = Fault::nth(scene.on, scene.nth, action.clone());
    plan = plan.fault(if forever { fault.forever() } else { fault });
    setting.emulator.set_faults(plan).unwrap();
    let (first, _) = finish(upload(if forever { 2 } else { 8 })).await;
    let fired = setting.emulator.fired();
    assert!(fired[seen..].iter().any(|fired| fired.fault == place), "it did not fire");

    setting.emulator.set_faults(FaultPlan::default()).unwrap();
    let (mut text, uploaded) = match first {
        Ok(uploaded) => ("stored".to_owned(), uploaded),
        Err(error) => {
            let mut text = kind(error.kind());
            if error.can_resume() {
                text += ", can resume";
            }
            let (second, _) = finish(upload(8)).await;
            (text + "; then stored", second.unwrap_or_else(|error| panic!("then {error:?}")))
        }
    };
    setting.holds(&uploaded, &bytes).await;
    assert_eq!(setting.emulator.files().len(), 1);
    assert_eq!(setting.journals(), 0);
    let requests = setting.emulator.requests();
    invariants::hold(&requests);
    // How many connections find the port closed, and which, is the system's to say.
    if matches!(action, Action::Refuse { .. }) {
        assert!(text == "stored" || text.starts_with("exhausted: "), "{text}");
        return "stored, at once or after no connection".to_owned();
    }
    if concurrency == 1 {
        describe(&mut text, &uploaded, invariants::parts_again(&requests));
    }
    let left = setting.emulator.open_sessions();
    if left > 0 {
        write!(text, ", {left} session left").unwrap();
    }
    text
}

fn describe(text: &mut String, uploaded: &Uploaded, again: usize) {
    let statistics = uploaded.statistics;
    let counts = [
        (again as u64, "parts again"),
        (statistics.parts_kept, "kept"),
        (statistics.retries.into(), "retries"),
        (statistics.restarts.into(), "restarts"),
    ];
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        write!(text, ", {count} {what}").unwrap();
    }
}

/// What went wrong, without what differs from time to time.
fn kind(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::Refused { operation, status, code, .. } => {
            format!("refused: {operation} {status} {}", code.as_deref().unwrap_or("-"))
        }
        ErrorKind::Exhausted { operation, .. } => format!("exhausted: {operation}"),
        kind => {
            let text = format!("{kind:?}");
            text.split([' ', '{']).next().unwrap_or_default().to_owned()
        }
    }
}

/// All outcomes: for each scene and each outcome, the faults that lead to it.
async fn table(scenes: &[Scene], forever: bool, concurrency: usize) -> String {
    let rows = scenes
        .iter()
        .flat_map(|scene| actions(scene.on).into_iter().map(|action| (scene.clone(), action)));
    let rows = rows.enumerate().map(|(place, (scene, action))| async move {
        let fault = name(&action);
        let name = scene.name;
        let row = tokio::spawn(outcome(scene, action, forever, concurrency));
        let outcome = row.await.unwrap_or_else(|error| format!("FAILED: {error}"));
        (place, name, fault, outcome)
    });
    // Most of them wait most of the time.
    let rows = futures_util::stream::iter(rows).buffer_unordered(64);
    let mut rows: Vec<_> = rows.collect().await;
    rows.sort_unstable_by_key(|(place, ..)| *place);
    let mut text = String::new();
    for scene in scenes {
        let mut outcomes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (_, _, fault, outcome) in rows.iter().filter(|(_, name, ..)| *name == scene.name) {
            outcomes.entry(outcome).or_default().push(fault);
        }
        writeln!(text, "## {}", scene.name).unwrap();
        for (outcome, faults) in outcomes {
            writeln!(text, "{outcome}").unwrap();
            wrap(&mut text, &faults);
        }
    }
    // Not even if somebody accepts it.
    assert!(!text.contains("FAILED"), "{text}");
    text
}

/// Writes a list in lines of bearable length.
fn wrap(text: &mut String, names: &[&str]) {
    let mut line = String::new();
    for name in names {
        if line.len() + name.len() > 90 {
            writeln!(text, "    {line}").unwrap();
            line.clear();
        }
        write!(line, "{}{name}", if line.is_empty() { "" } else { ", " }).unwrap();
    }
    writeln!(text, "    {line}").unwrap();
}

#[test]
fn every_action_of_the_emulator_is_in_the_table() {
    let operations = Operation::ALL.iter().map(|operation| On::Operation(*operation));
    let actions = operations.chain([On::Connection]).flat_map(actions);
    let used: BTreeSet<String> = actions.map(|action| action_name(&action)).collect();
    let error = serde_json::from_str::<Action>("\"none\"").unwrap_err().to_string();
    let known: BTreeSet<String> = error.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert_eq!(used, known);
}

/// The name of an action in a fault plan.
fn action_name(action: &Action) -> String {
    match serde_json::to_value(action).unwrap() {
        Value::Object(details) => details.keys().next().unwrap().clone(),
        name => name.as_str().unwrap().to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_once() {
    insta::assert_snapshot!("once", table(&scenes(), false, 1).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_forever() {
    insta::assert_snapshot!("for_ever", table(&scenes(), true, 1).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_among_several_parts() {
    let names = ["connection", "part", "list after a lost part"];
    let scenes: Vec<_> = scenes().into_iter().filter(|scene| names.contains(&scene.name)).collect();
    insta::assert_snapshot!("among_several", table(&scenes, false, 4).await);
}
