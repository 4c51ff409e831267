//! Invariants of every upload, checked against the requests that arrived.

use std::collections::BTreeMap;

use box_emulator::{Operation, Request};

/// Checks that nothing was done blindly.
#[track_caller]
pub(crate) fn hold(requests: &[Request]) {
    let mut sessions: BTreeMap<&str, Vec<&Request>> = BTreeMap::new();
    for request in requests {
        if let Some(session) = session(request) {
            sessions.entry(session).or_default().push(request);
        }
    }
    for (id, requests) in sessions {
        commits_are_looked_after(id, &requests);
        parts_are_looked_after(id, &requests);
    }
}

/// How many parts were sent more than once, whether they arrived or not.
pub(crate) fn parts_again(requests: &[Request]) -> usize {
    let mut ranges = BTreeMap::new();
    let parts = requests.iter().filter(|request| is(request, Operation::UploadPart));
    parts.for_each(|part| *ranges.entry(range(part)).or_insert(0) += 1);
    ranges.values().map(|count| count - 1).sum()
}

fn is(request: &Request, operation: Operation) -> bool {
    request.operation == Some(operation)
}

/// Which part of a file a request brings.
pub(crate) fn range(request: &Request) -> String {
    let range = request.headers.get("content-range").expect("every part has a range");
    range.to_str().expect("a range is text").to_owned()
}

/// The id of the session that a request is about.
fn session(request: &Request) -> Option<&str> {
    let (_, rest) = request.path.split_once("/files/upload_sessions/")?;
    rest.split(['/', '?']).next()
}

/// After a commit with an unknown outcome, the session is checked before the next one.
#[track_caller]
fn commits_are_looked_after(id: &str, requests: &[&Request]) {
    let mut open = None;
    for request in requests {
        if is(request, Operation::CommitUploadSession) {
            assert_eq!(open, None, "two blind commits of session {id}");
            // What was certainly refused, or is to be repeated, needs no look.
            let known = matches!(request.status, Some(202 | 400 | 401 | 403 | 409 | 412 | 429));
            open = (!known).then_some(request.number);
        } else if is(request, Operation::GetUploadSession) {
            open = None;
        }
    }
}

/// After a part with an unknown outcome, the parts are listed before it is sent again.
#[track_caller]
fn parts_are_looked_after(id: &str, requests: &[&Request]) {
    let mut open = BTreeMap::new();
    for request in requests {
        if is(request, Operation::UploadPart) {
            let range = range(request);
            assert_eq!(open.get(&range), None, "{range} of session {id} was sent blindly");
            if !matches!(request.status, Some(400 | 429)) {
                open.insert(range, request.number);
            }
        } else if is(request, Operation::ListParts) {
            open.clear();
        }
    }
}
