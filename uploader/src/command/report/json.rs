//! One JSON object a line, for programs.

use std::time::{Duration, Instant};

use box_uploader::Event;
use serde_json::{Value, json};

use super::{Form, Planned, Stored, Summary, write_line};
use crate::command::failure::Failure;

/// Progress comes often; programs need not hear all of it.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(200);

#[derive(Default)]
pub(super) struct Json {
    path: String,
    progress: Option<Instant>,
}

impl Form for Json {
    fn begin(&mut self, path: &str) {
        path.clone_into(&mut self.path);
        self.progress = None;
    }

    fn event(&mut self, event: &Event) {
        if let Event::Progress { stored, total, .. } = event {
            let soon = self.progress.is_some_and(|last| last.elapsed() < PROGRESS_INTERVAL);
            if soon && stored < total {
                return;
            }
            self.progress = Some(Instant::now());
        }
        if let Some(mut object) = object(event) {
            object["path"] = json!(self.path);
            write_line(&object.to_string());
        }
    }

    fn stored(&mut self, stored: &Stored<'_>) {
        write_line(&result(stored).to_string());
    }

    fn failed(&mut self, path: Option<&str>, failure: &Failure) {
        let mut object = failure.json();
        object["path"] = json!(path);
        write_line(&object.to_string());
    }

    fn summary(&mut self, summary: &Summary) {
        let Summary { stored, failed, left_out, exit_code } = summary;
        let object = json!({
            "event": "summary",
            "stored": stored,
            "failed": failed,
            "left_out": left_out,
            "exit_code": exit_code,
        });
        write_line(&object.to_string());
    }

    fn planned(&mut self, plan: &Planned<'_>) {
        let Planned { path, name, size, folder_id, file_id } = plan;
        let object = json!({
            "event": "planned",
            "path": path,
            "name": name,
            "size": size,
            "folder_id": folder_id,
            "file_id": file_id,
        });
        write_line(&object.to_string());
    }

    fn aborted(&mut self, session: &str) {
        write_line(&json!({ "event": "aborted", "session": session }).to_string());
    }
}

/// An event; none for one that this command does not know.
fn object(event: &Event) -> Option<Value> {
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
        Event::Retry { operation, attempt, delay, reason } => json!({
            "event": "retry",
            "operation": operation,
            "attempt": attempt,
            "delay_seconds": seconds(delay),
            "reason": reason,
        }),
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

fn result(stored: &Stored<'_>) -> Value {
    let Stored { path, uploaded, elapsed } = stored;
    let statistics = uploaded.statistics;
    json!({
        "event": "result",
        "path": path,
        "file_id": uploaded.file.id,
        "name": uploaded.file.name,
        "sha1": uploaded.sha1.to_string(),
        "size": statistics.size,
        "sent": statistics.sent,
        "parts_sent": statistics.parts_sent,
        "parts_kept": statistics.parts_kept,
        "retries": statistics.retries,
        "restarts": statistics.restarts,
        "seconds": elapsed.as_secs_f64(),
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
            },
            Event::Restarted { reason: "expired".to_owned() },
            Event::Committing { sha1 },
            Event::Processing { delay: second },
            Event::Stored { file_id: "7".to_owned(), sha1 },
        ];
        let lines = events.iter().map(|event| object(event).unwrap().to_string());
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    }
}
