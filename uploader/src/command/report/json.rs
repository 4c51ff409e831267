//! JSON lines, for programs.

use std::time::{Duration, Instant};

use box_uploader::{Event, Unfinished};
use serde_json::{Value, json};

use super::message::{Finding, Format, Message, Percentiles, Reported, Stored, Summary};
use super::stdout::{is_file, write_line};

/// Minimum time between progress events.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(200);

#[derive(Default)]
pub(super) struct Json {
    progress: Option<Instant>,
}

impl Format for Json {
    fn report(&mut self, message: &Message<'_>) {
        if let Message::Event { event: Event::Progress { stored, total, .. }, .. } = message {
            let soon = self.progress.is_some_and(|last| last.elapsed() < PROGRESS_INTERVAL);
            if soon && stored < total {
                return;
            }
            self.progress = Some(Instant::now());
        }
        if let Some(object) = message_object(message) {
            write_line(&object.to_string());
        }
    }
}

/// The object of a message; `None` for messages that others repeat.
fn message_object(message: &Message<'_>) -> Option<Value> {
    let object = match message {
        Message::Begin { .. } | Message::Failing { .. } | Message::Percentiles(_) => return None,
        Message::Metrics { address } => {
            json!({ "event": "metrics", "url": format!("http://{address}/metrics") })
        }
        Message::Directory { path, files, bytes } => {
            json!({ "event": "directory", "files": files, "bytes": bytes, "path": path })
        }
        Message::Folder { path, id, created } | Message::FolderReady { path, id, created } => {
            json!({ "event": "folder", "folder_id": id, "created": created, "path": path })
        }
        Message::Item(item) => json!({
            "event": "item",
            "id": item.id,
            "type": item.r#type,
            "name": item.name,
            "size": is_file(item).then_some(item.size),
            "sha1": item.sha1,
        }),
        Message::Listed { id, items } => {
            json!({ "event": "listed", "folder_id": id, "items": items })
        }
        Message::SignIn { url } => json!({ "event": "sign_in", "url": url }),
        Message::SignedOut { profile } => json!({ "event": "signed_out", "profile": profile }),
        Message::User(user) => {
            json!({ "event": "user", "id": user.id, "login": user.login, "name": user.name })
        }
        Message::Event { path, event } => {
            let mut object = event_object(event)?;
            object["path"] = json!(path);
            object
        }
        Message::Stored(stored) => result_object(stored),
        Message::Unchanged { path, size } => {
            json!({ "event": "unchanged", "size": size, "path": path })
        }
        Message::Skipped { path, what } => {
            json!({ "event": "skipped", "reason": what, "path": path })
        }
        Message::Failed { path, failure } => {
            let mut object = failure.to_json();
            object["path"] = json!(path);
            object
        }
        Message::Summary(summary) => summary_object(summary),
        Message::Planned(plan) => json!({
            "event": "planned",
            "name": plan.name,
            "size": plan.size,
            "folder_id": plan.folder.filter(|folder| !folder.starts_with('/')),
            "folder_path": plan.folder.filter(|folder| folder.starts_with('/')),
            "file_id": plan.file_id,
            "path": plan.path,
        }),
        Message::Unfinished(it) => unfinished_object("unfinished", it),
        Message::Cleared(it) => unfinished_object("cleared", it),
        Message::DamagedRemoved { count } => {
            json!({ "event": "damaged_removed", "count": count })
        }
        Message::Deleted { path, id, is_folder, planned } => json!({
            "event": if *planned { "planned_deletion" } else { "deleted" },
            "id": id,
            "type": if *is_folder { "folder" } else { "file" },
            "path": path,
        }),
        Message::Finding(it) => finding_object(it),
        Message::Reported(it) => report_object(it),
        Message::Aborted { session } => json!({ "event": "aborted", "session": session }),
    };
    Some(object)
}

fn summary_object(summary: &Summary) -> Value {
    json!({
        "event": "summary",
        "planned": summary.planned,
        "stored": summary.stored,
        "unchanged": summary.unchanged,
        "failed": summary.failed,
        "left_out": summary.left_out,
        "skipped": summary.skipped,
        "folders": summary.folders,
        "deleted": summary.deleted,
        "sent": summary.sent,
        "most_in_flight": summary.most_in_flight,
        "throttled": summary.throttled,
        "seconds": summary.elapsed.as_secs_f64(),
        "request_seconds": summary.percentiles.as_ref().map(percentiles_object),
        "exit_code": summary.exit_code,
    })
}

fn finding_object(it: &Finding<'_>) -> Value {
    json!({
        "event": it.what,
        "manifest": it.place.map(|(manifest, _)| manifest),
        "line": it.place.map(|(_, line)| line),
        "reason": it.reason,
        "path": it.path,
    })
}

fn report_object(it: &Reported) -> Value {
    json!({
        "event": "report",
        "files": it.files,
        "duplicates": it.duplicates,
        "contradictions": it.contradictions,
        "damaged": it.damaged,
        "missing": it.missing,
        "unreadable": it.unreadable,
        "absent": it.absent,
        "different": it.different,
        "not_listed": it.not_listed,
        "exit_code": it.exit_code,
    })
}

/// The object of an event; `None` for unknown events.
fn event_object(event: &Event) -> Option<Value> {
    let seconds = Duration::as_secs_f64;
    let object = match event {
        Event::Started { name, size } => json!({ "event": "started", "name": name, "size": size }),
        Event::Session { id, part_size, parts, resumed } => json!({
            "event": "session",
            "session": id,
            "part_size": part_size,
            "parts": parts,
            "resumed": resumed,
        }),
        Event::Progress { stored, in_flight, total } => json!({
            "event": "progress",
            "stored": stored,
            "in_flight": in_flight,
            "total": total,
        }),
        Event::Part { offset, size, kept } => {
            json!({ "event": "part", "offset": offset, "size": size, "kept": kept })
        }
        Event::Retry { operation, attempt, delay, reason, status } => json!({
            "event": "retry",
            "status": status,
            "operation": operation,
            "attempt": attempt,
            "delay_seconds": seconds(delay),
            "reason": reason,
        }),
        Event::Recovered { operation, reason } => {
            json!({ "event": "recovered", "operation": operation, "reason": reason })
        }
        Event::Warning { text } => json!({ "event": "warning", "text": text }),
        Event::Restarted { reason } => json!({ "event": "restarted", "reason": reason }),
        Event::Committing { sha1 } => json!({ "event": "committing", "sha1": sha1.to_string() }),
        Event::Processing { delay } => {
            json!({ "event": "processing", "delay_seconds": seconds(delay) })
        }
        Event::Stored { file_id, sha1 } => {
            json!({ "event": "stored", "file_id": file_id, "sha1": sha1.to_string() })
        }
        _ => return None,
    };
    Some(object)
}

fn percentiles_object(percentiles: &Percentiles) -> Value {
    let Percentiles { requests, p50, p90, p99, longest } = percentiles;
    json!({
        "requests": requests,
        "p50": p50.as_secs_f64(),
        "p90": p90.as_secs_f64(),
        "p99": p99.as_secs_f64(),
        "longest": longest.as_secs_f64(),
    })
}

fn unfinished_object(event: &str, unfinished: &Unfinished) -> Value {
    let since = unfinished.noted_at.and_then(|time| time.elapsed().ok());
    json!({
        "event": event,
        "session": unfinished.session,
        "name": unfinished.name,
        "parts": unfinished.parts,
        "idle_seconds": since.map(|since| since.as_secs()),
        "path": unfinished.path,
    })
}

fn result_object(stored: &Stored<'_>) -> Value {
    let Stored { path, uploaded, elapsed, .. } = stored;
    let statistics = uploaded.statistics;
    json!({
        "event": "result",
        "file_id": uploaded.file.id,
        "name": uploaded.file.name,
        "sha1": uploaded.sha1.to_string(),
        "size": statistics.size,
        "unchanged": uploaded.unchanged,
        "sent": statistics.sent,
        "parts_sent": statistics.parts_sent,
        "parts_kept": statistics.parts_kept,
        "retries": statistics.retries,
        "restarts": statistics.restarts,
        "seconds": elapsed.map(|elapsed| elapsed.as_secs_f64()),
        "path": path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use box_uploader::Sha1Hash;

    #[test]
    fn every_event_has_an_object() {
        let sha1 = Sha1Hash::of(b"abc");
        let second = Duration::from_millis(1_500);
        let events = [
            Event::Started { name: "a \"b\"".to_owned(), size: 5 },
            Event::Session { id: "F".to_owned(), part_size: 2, parts: 3, resumed: true },
            Event::Progress { stored: 2, in_flight: 1, total: 5 },
            Event::Part { offset: 0, size: 2, kept: true },
            Event::Retry {
                operation: "upload_part",
                attempt: 1,
                delay: second,
                reason: "503".to_owned(),
                status: Some(503),
            },
            Event::Recovered { operation: "upload_part", reason: "reset".to_owned() },
            Event::Warning { text: "no journal".to_owned() },
            Event::Restarted { reason: "expired".to_owned() },
            Event::Committing { sha1 },
            Event::Processing { delay: second },
            Event::Stored { file_id: "7".to_owned(), sha1 },
        ];
        let message = events.iter().map(|event| Message::Event { path: "a.txt", event });
        let lines = message.map(|message| message_object(&message).unwrap().to_string());
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    }
}
