//! The outcome of each response.

use std::time::{Duration, SystemTime};

use box_upload_sessions::operations::CommitUploadSessionOutcome::{self, Accepted, Created};
use box_upload_sessions::operations::{UploadFileForm, UploadFileVersionForm};
use box_upload_sessions::runtime::{ContentRange, Digest, RetryAfter};
use box_upload_sessions::types::{
    ClientError, CommitUploadSessionBody, CreateFolderBody, CreateUploadSessionBody,
    CreateUploadSessionForVersionBody, LogUploadEventBody, NewFile, NewFileVersion, ParentFolder,
    PreflightFileBody, PreflightVersionBody, TokenRequest, TokenRequestGrantType,
};
use box_upload_sessions::{Client, Error};

use crate::fixtures::{FILES, ID, SESSION, TOKEN, UPLOADED_PART, client, part, run};
use crate::server::{CannedResponse, Server};
use crate::transport::Recorder;

fn commit(response: CannedResponse) -> Result<CommitUploadSessionOutcome, Error<ClientError>> {
    let server = Server::start([response]);
    let body = CommitUploadSessionBody::new([part()]);
    let digest = Digest::sha(&[7; 20]);
    run(client(&server).commit_upload_session(ID, &digest, &body))
}

#[test]
fn commit_has_created_the_file() {
    let Created(files) = commit(CannedResponse::json(201, FILES)).unwrap() else {
        panic!("not created")
    };
    assert_eq!(files.total_count, Some(1));
    assert_eq!(files.entries.len(), 1);
    let file = &files.entries[0];
    assert_eq!((file.id.as_str(), file.size), ("12345", Some(20_971_520)));
    assert_eq!(file.sha1.as_deref(), Some("85136c79cbf9fe36bb9d05d0639c70c265c18d37"));
}

#[test]
fn commit_is_accepted_with_a_delay() {
    let cases = [
        (Some("5"), Some(Duration::from_secs(5))),
        (Some("0"), Some(Duration::ZERO)),
        (Some("1.5"), Some(Duration::from_millis(1500))),
        (Some("0.25"), Some(Duration::from_millis(250))),
        (Some(" 86400 "), Some(Duration::from_secs(86_400))),
        (None, None),
        (Some(""), None),
        (Some("soon"), None),
        (Some("-1"), None),
        (Some("NaN"), None),
        (Some("inf"), None),
        (Some("1e400"), None),
        (Some("5 seconds"), None),
        (Some("Fri, 31 Foo 2027 23:59:59 GMT"), None),
        (Some("Fri, 31 Dec 2027"), None),
        (Some("Fri, 31 Dec 2027 24:00:00 GMT"), None),
        (Some("\u{fc}"), None),
    ];
    for (value, delay) in cases {
        // In another case than the document's, as the service may write it.
        let headers: Vec<_> = value.iter().map(|value| ("RETRY-after", *value)).collect();
        let expected = Accepted { retry_after: delay.map(RetryAfter::Delay) };
        assert_eq!(commit(CannedResponse::new(202, &headers, "")).unwrap(), expected, "{value:?}");
    }
}

/// All three forms of RFC 9110, section 5.6.7.
#[test]
fn commit_is_accepted_until_a_date() {
    let dates = [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ("Thu, 29 Feb 2096 00:00:00 GMT", 3_981_312_000),
        ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
    ];
    for (text, seconds) in dates {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let outcome = commit(CannedResponse::new(202, &[("Retry-After", text)], "")).unwrap();
        assert_eq!(outcome, Accepted { retry_after: Some(RetryAfter::At(at)) }, "{text}");
    }
    assert_eq!(RetryAfter::At(SystemTime::UNIX_EPOCH).delay(), Duration::ZERO);
}

/// A 202 has no body, but a proxy may add one.
#[test]
fn commit_is_accepted_with_any_body() {
    let response = CannedResponse::new(202, &[("Retry-After", "2")], "<html>Accepted</html>");
    let retry_after = Some(RetryAfter::Delay(Duration::from_secs(2)));
    assert_eq!(commit(response).unwrap(), Accepted { retry_after });
}

#[test]
fn send_gives_status_and_headers_too() {
    let response = CannedResponse::new(202, &[("Retry-After", "2"), ("box-request-id", "abc")], "");
    let server = Server::start([response]);
    let body = CommitUploadSessionBody::new([part()]);
    let call = client(&server).commit_upload_session(ID, &Digest::sha(&[7; 20]), &body);
    let response = run(call.send()).unwrap();
    assert_eq!(response.status(), 202);
    assert_eq!(response.headers()["box-request-id"], "abc");
    let retry_after = Some(RetryAfter::Delay(Duration::from_secs(2)));
    assert_eq!(*response.body(), Accepted { retry_after });
}

/// The statuses for which a call has an outcome; all others are errors that keep the response.
#[test]
fn only_documented_statuses_are_outcomes() {
    let digest = Digest::sha(&[7; 20]);
    let range = ContentRange::new(0, 1, 1).unwrap();
    let new = CreateUploadSessionBody::builder().file_name("name").file_size(1).folder_id("0");
    let version = CreateUploadSessionForVersionBody::new(1);
    let body = CommitUploadSessionBody::new([]);
    let event = LogUploadEventBody::new("event");
    let parent = ParentFolder::new("0");
    let file = NewFile::new("name", parent.clone());
    let next = NewFileVersion::new();
    let check = PreflightFileBody::new("name", parent.clone());
    let folder = CreateFolderBody::new("name", parent);
    let token = TokenRequest::new(TokenRequestGrantType::ClientCredentials);
    macro_rules! check {
        ($($good:pat, $body:expr, $client:ident => $call:expr;)+) => {$(
            for status in STATUSES {
                let $client = offline(status, $body);
                match run($call) {
                    Ok(_) => assert!(matches!(status, $good), "{status} is an outcome"),
                    Err(Error::Response { response, .. }) => {
                        assert!(!matches!(status, $good), "{status} is an error");
                        assert_eq!(response.status(), status);
                        assert_eq!(response.body(), $body);
                    }
                    Err(error) => panic!("{status}: {error:?}"),
                }
            }
        )+};
    }
    check! {
        201, SESSION, client => client.create_upload_session(&new);
        201, SESSION, client => client.create_upload_session_for_version("1", &version);
        200, SESSION, client => client.get_upload_session(ID);
        200, UPLOADED_PART, client => client.upload_part(ID, &range, &digest, "x");
        204, "", client => client.abort_upload_session(ID);
        200, r#"{"entries":[]}"#, client => client.list_parts(ID);
        201 | 202, FILES, client => client.commit_upload_session(ID, &digest, &body);
        200..=299, "", client => client.log_upload_event(ID, &event);
        201, FILES, client => client.upload_file(UploadFileForm::new(&file, "x"));
        200..=299, FILES, client =>
            client.upload_file_version("1", UploadFileVersionForm::new(&next, "x"));
        200, "{}", client => client.preflight_file(&check);
        200, "{}", client => client.preflight_version("1", &PreflightVersionBody::new());
        200, r#"{"id":"1"}"#, client => client.get_file("1");
        201, r#"{"id":"1"}"#, client => client.create_folder(&folder);
        200, r#"{"access_token":"x"}"#, client => client.request_token(&token);
    }
}

const STATUSES: [u16; 22] = [
    200, 201, 202, 203, 204, 206, 207, 226, 299, 300, 302, 304, 307, 400, 401, 409, 410, 412, 416,
    500, 503, 599,
];

fn offline(status: u16, body: &'static str) -> Client {
    let builder = Client::builder().access_token(TOKEN);
    builder.transport(Recorder::new([(status, body)])).build().unwrap()
}

/// A redirect could lead the token anywhere.
#[test]
fn redirects_are_not_followed() {
    let elsewhere = Server::start([]);
    let location = format!("{}/stolen", elsewhere.url());
    for status in [301, 302, 303, 307, 308] {
        let server = Server::start([CannedResponse::new(status, &[("Location", &location)], "")]);
        let error = run(client(&server).get_upload_session(ID)).unwrap_err();
        let Error::Response { response, body: None } = error else { panic!("{error:?}") };
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["location"], *location);
        assert_eq!(server.finish().len(), 1);
    }
    assert_eq!(elsewhere.connections(), 0);
}
