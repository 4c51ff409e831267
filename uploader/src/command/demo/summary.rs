//! Summary of the demonstration, from the emulator's records.

use box_emulator::{Action, Emulator, Fired, Operation, Request};
use box_uploader::Uploaded;

use super::faults;
use crate::command::command_error::CommandError;
use crate::command::terminal::{BAD, GOOD, apply_style};
use box_upload_common::units::Size;

/// Describes each fault and how the upload recovered, and compares the stored file with the local
/// one.
///
/// `stopped` is the number of requests before the first attempt was stopped.
pub(super) fn summarize_demo(
    emulator: &Emulator,
    uploaded: &Uploaded,
    stopped: Option<usize>,
) -> Result<String, CommandError> {
    let requests = emulator.requests();
    let fired = emulator.fired();
    let mut text = format!(
        "\n{}",
        apply_style(super::STRONG, "Injected faults, and how the upload recovered:")
    );

    let mut stopped = stopped;
    for fired in &fired {
        if stopped.is_some_and(|at| fired.request.is_some_and(|number| number > at as u64)) {
            stopped = None;
            text += &format_entry(STOPPED, &describe_resumption(uploaded));
        }
        let demo_faults = faults::demo_faults();
        let what = demo_faults.get(fired.fault).map_or("something", |fault| fault.what);
        text += &format_entry(what, describe_recovery(fired, &requests));
    }
    if stopped.is_some() {
        text += &format_entry(STOPPED, &describe_resumption(uploaded));
    }
    let there = emulator.files().into_iter().find(|file| file.id == uploaded.file.id);
    let there = there.and_then(|file| file.sha1);
    match there.filter(|there| uploaded.sha1.matches(there)) {
        Some(there) => {
            let sent = requests.iter().filter(|request| carries_content(request));
            let sent = Size(sent.map(|request| request.received).sum());
            let size = Size(uploaded.statistics.size);
            text += &format!(
                "\n\n{} Its SHA-1 is {there}, locally and in Box.\nSent {sent} for {size} of \
                 content.",
                apply_style(GOOD, "The file is complete.")
            );
            Ok(text)
        }
        None => Err(CommandError::setup("the emulator's content differs from the file")),
    }
}

/// A fault, and how the upload recovered.
fn format_entry(fault: &str, recovery: &str) -> String {
    let bad = apply_style(BAD, "!");
    let good = apply_style(GOOD, "→");
    format!("\n  {bad} {fault}\n    {good} {recovery}")
}

const STOPPED: &str = "the upload was stopped halfway";

fn describe_resumption(uploaded: &Uploaded) -> String {
    let statistics = uploaded.statistics;
    format!(
        "the second attempt kept {} parts and sent the other {}",
        statistics.parts_kept, statistics.parts_sent
    )
}

fn carries_content(request: &Request) -> bool {
    matches!(request.operation, Some(Operation::UploadPart | Operation::UploadFile))
}

/// How the uploader recovered from a fault, judging by the requests after it.
fn describe_recovery(fired: &Fired, requests: &[Request]) -> &'static str {
    let number = fired.request.unwrap_or_default();
    let later = || requests.iter().filter(|request| request.number > number);
    let hit = requests.iter().find(|request| request.number == number);
    let range = hit.and_then(|request| request.headers.get("content-range"));
    let again =
        later().find(|request| range.is_some() && request.headers.get("content-range") == range);
    let before = again.map_or(u64::MAX, |again| again.number);
    let looked = later().take_while(|request| request.number < before);
    let looked = looked.into_iter().any(|it| it.operation == Some(Operation::ListParts));
    let asked = |operation| later().any(|request| request.operation == Some(operation));
    let waited = matches!(fired.action, Action::Respond(_));
    match fired.operation {
        Some(Operation::CreateUploadSession) => {
            let conflict = later()
                .any(|request| request.operation == fired.operation && request.status == Some(409));
            if conflict {
                "retried: Box reported that it exists, so it was used"
            } else {
                "retried"
            }
        }
        Some(Operation::UploadPart) => match (again.is_some(), looked) {
            (false, true) => "listed the parts: Box had it, so it was not sent again",
            (false, false) => "not sent again",
            (true, true) => "listed the parts: Box did not have it, so it was sent again",
            (true, false) => "sent again",
        },
        Some(Operation::CommitUploadSession) => match asked(Operation::CommitUploadSession) {
            true if waited => "waited as Box asked, then committed again",
            true => "committed again, after checking that there was no file",
            false => "checked before committing again: the file was there",
        },
        _ => "sent again",
    }
}
