use std::time::Duration;

use box_upload_sessions::types::{
    ClientErrorCode, CreateUploadSessionBody, CreateUploadSessionForVersionBody, Part,
};

use super::*;
use crate::settings::Access;
use box_upload_common::Sha1Hash;

const BASE: &str = "http://box/api/2.0";

fn now() -> Timestamp {
    Timestamp::now()
}

fn later(seconds: u64) -> Timestamp {
    now().plus(Duration::from_secs(seconds))
}

fn service() -> Service {
    let folders = vec![
        ("11".to_owned(), "Read".to_owned(), Access::ReadOnly),
        ("12".to_owned(), "Policy".to_owned(), Access::ForbiddenByPolicy),
        ("13".to_owned(), "Bin".to_owned(), Access::Trashed),
    ];
    let settings = Settings {
        part_size: Some(10),
        smallest_file: 20,
        largest_file: 1_000,
        quota: 1_500,
        processing_delay: Duration::from_secs(5),
        folders,
        ..Settings::default()
    };
    Service::new(settings, now())
}

fn caller(service: &Service, user: &str) -> Caller {
    service.tokens.authenticate_caller(Some("t"), Some(user), None, now()).unwrap()
}

fn create(
    service: &mut Service,
    user: &str,
    folder: &str,
    name: &str,
    size: u64,
) -> Result<Session, ClientErrorCode> {
    let body = CreateUploadSessionBody::builder().file_name(name).file_size(size).folder_id(folder);
    let caller = caller(service, user);
    let session = service.create_session(&caller, &body, BASE, now());
    let session = session.map_err(|refusal| refusal.code)?;
    service.apply_event(Event::SessionCreated(session.clone()));
    Ok(session)
}

/// Stores every part, and returns the list for the commit.
fn fill(service: &mut Service, session: &Session) -> Vec<Part> {
    let mut parts = Vec::new();
    for offset in (0..session.size).step_by(10) {
        let size = (session.size - offset).min(10);
        let blob = Blob { id: format!("{}-{offset}", session.id), size };
        let part = StoredPart::new(offset, Sha1Hash([0; 20]), blob, now());
        parts.push(part.to_part());
        service.apply_event(Event::PartStored { session: session.id.clone(), part });
    }
    parts
}

fn commit(service: &mut Service, session: &Session) -> Result<File, ClientErrorCode> {
    let parts = fill(service, session);
    let commit = CommitRequest {
        parts,
        attributes: Attributes::default(),
        preconditions: Default::default(),
    };
    let caller = caller(service, &session.user);
    let file = service.commit_session(&caller, &session.id, &commit, Sha1Hash([1; 20]), later(10));
    let file = file.map_err(|refusal| refusal.code)?;
    service
        .apply_event(Event::FileStored { session: Some(session.id.clone()), file: file.clone() });
    Ok(file)
}

#[test]
fn places_and_sizes_are_checked() {
    let mut service = service();
    let mut code = |folder: &str, size| create(&mut service, "1", folder, "a", size).err();
    assert_eq!(code("11", 20), Some(ClientErrorCode::AccessDeniedInsufficientPermissions));
    assert_eq!(code("12", 20), Some(ClientErrorCode::ForbiddenByPolicy));
    assert_eq!(code("13", 20), Some(ClientErrorCode::Trashed));
    assert_eq!(code("14", 20), Some(ClientErrorCode::InvalidParameter));
    assert_eq!(code("0", 19), Some(ClientErrorCode::FileSizeTooSmall));
    assert_eq!(code("0", 0), Some(ClientErrorCode::InvalidFileSize));
    assert_eq!(code("0", 1_001), Some(ClientErrorCode::FileSizeLimitExceeded));
    assert_eq!(code("0", 1_000), None);
}

#[test]
fn the_quota_counts_what_is_stored() {
    let mut service = service();
    let first = create(&mut service, "1", "0", "a", 900).unwrap();
    let second = create(&mut service, "1", "0", "b", 900).unwrap();
    let file = commit(&mut service, &first).unwrap();
    assert_eq!(commit(&mut service, &second), Err(ClientErrorCode::StorageLimitExceeded));
    let third = create(&mut service, "1", "0", "c", 900);
    assert_eq!(third.err(), Some(ClientErrorCode::StorageLimitExceeded));
    // A new version replaces the old one.
    let body = CreateUploadSessionForVersionBody::new(1_000);
    let caller = caller(&service, "1");
    service.create_version_session(&caller, &file.id, &body, BASE, now()).unwrap();
}

#[test]
fn a_session_belongs_to_its_user_until_it_ends() {
    let mut service = service();
    let session = create(&mut service, "1", "0", "a", 20).unwrap();
    let own = caller(&service, "1");
    let other = caller(&service, "2");
    let code = |service: &Service, caller: &Caller, id: &str, now| {
        service.session(caller, id, now).map(|one| one.size).map_err(|refusal| refusal.code)
    };
    assert_eq!(code(&service, &own, &session.id.to_uppercase(), now()), Ok(20));
    let week = later(7 * 86_400 + 1);
    assert_eq!(code(&service, &own, &session.id, week), Err(ClientErrorCode::SessionExpired));
    assert_eq!(code(&service, &other, &session.id, now()), Err(ClientErrorCode::Forbidden));
    let none = "0".repeat(32);
    assert_eq!(code(&service, &own, &none, now()), Err(ClientErrorCode::NotFound));
    assert_eq!(code(&service, &own, "7", now()), Err(ClientErrorCode::InvalidUploadSessionId));
    for (end, told) in [
        (SessionEnd::Aborted, ClientErrorCode::UploadSessionNotFound),
        (SessionEnd::Committed, ClientErrorCode::UploadSessionNotFound),
        (SessionEnd::Expired, ClientErrorCode::SessionExpired),
        (SessionEnd::Failed, ClientErrorCode::UploadFailed),
    ] {
        service.apply_event(Event::SessionEnded { session: session.id.clone(), end });
        assert_eq!(code(&service, &own, &session.id, now()), Err(told));
    }
}

#[test]
fn the_same_create_gives_the_same_session_until_it_is_used() {
    let mut service = service();
    let session = create(&mut service, "1", "0", "a", 20).unwrap();
    assert_eq!(
        create(&mut service, "1", "0", "a", 20).err(),
        Some(ClientErrorCode::SessionConflict)
    );
    create(&mut service, "1", "0", "a", 21).unwrap();
    create(&mut service, "2", "0", "a", 20).unwrap();
    fill(&mut service, &session);
    let other = create(&mut service, "1", "0", "a", 20).unwrap();
    assert_ne!(other.id, session.id);
}

#[test]
fn a_commit_that_waits_keeps_its_name() {
    let mut service = service();
    let session = create(&mut service, "1", "0", "a", 20).unwrap();
    let parts = fill(&mut service, &session);
    let ask = CommitRequest {
        parts,
        attributes: Attributes::default(),
        preconditions: Default::default(),
    };
    let own = caller(&service, "1");
    let check =
        |at| service.check_commit(&own, &session.id, &ask, at).map_err(|refusal| refusal.code);
    assert!(matches!(check(now()), Ok(CommitReadiness::Later(_))));
    assert_eq!(check(later(6)), Ok(CommitReadiness::Now));
    assert_eq!(session.processed(Duration::ZERO, now()), 0, "the copy has no parts");
    service.set_committing(&session.id, later(5));
    let code = create(&mut service, "1", "0", "A", 30).err();
    assert_eq!(code, Some(ClientErrorCode::NameTemporarilyReserved));

    let file = commit(&mut service, &session).unwrap();
    let code = create(&mut service, "1", "0", "A", 30).err();
    assert_eq!(code, Some(ClientErrorCode::ItemNameInUse));

    let body = CreateUploadSessionForVersionBody::new(20);
    let version = service.create_version_session(&own, &file.id, &body, BASE, now()).unwrap();
    service.apply_event(Event::SessionCreated(version.clone()));
    service.set_committing(&version.id, later(5));
    let refusal = service.create_version_session(&own, &file.id, &body, BASE, now()).unwrap_err();
    assert_eq!(refusal.code, ClientErrorCode::OperationBlockedTemporary);
    let second = commit(&mut service, &version).unwrap();
    assert_eq!((second.id, second.etag), (file.id, 1));
    assert_ne!(second.version_id, file.version_id);
}

#[test]
fn a_snapshot_leads_to_the_same_state() {
    let mut service = service();
    let session = create(&mut service, "1", "0", "a", 20).unwrap();
    commit(&mut service, &session).unwrap();
    let folder = service.create_folder("0", "Films", now()).unwrap();
    service.apply_event(Event::FolderCreated(folder.clone()));
    let inner = service.create_folder(&folder.id, "2024", now()).unwrap();
    service.apply_event(Event::FolderCreated(inner.clone()));
    let session = create(&mut service, "1", &inner.id, "b", 20).unwrap();
    fill(&mut service, &session);

    let mut copy = Service::new(service.settings.clone(), now());
    for event in service.snapshot_events(now()) {
        let text = serde_json::to_string(&event).unwrap();
        copy.apply_event(serde_json::from_str(&text).unwrap());
    }
    let names = |service: &Service| -> Vec<_> {
        service.tree.path(&inner.id).iter().map(|folder| folder.name.clone()).collect()
    };
    assert_eq!(names(&copy), ["All Files", "Films", "2024"]);
    assert_eq!(names(&copy), names(&service));
    assert_eq!(copy.free_id(1), service.free_id(1));
    assert_eq!(copy.tree.used(), 20);
    let parts = &copy.any_session(&session.id).unwrap().parts;
    assert_eq!(parts.keys().copied().collect::<Vec<_>>(), [0, 10]);
}
