//! What is seen of uploads, while they go on and of their ends.

mod bar;
mod json;
mod lines;
mod notice;

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use box_uploader::{Event, Uploaded};

use super::arguments::Output;
use super::failure::Failure;
use super::terminal::Terminal;

use bar::Bar;
use json::Json;
use lines::Lines;

/// Tells of uploads, in the form that suits the reader. Clones tell the same reader.
#[derive(Clone)]
pub(crate) struct Report(Arc<Mutex<Box<dyn Form>>>);

/// A form of telling.
pub(crate) trait Form: Send {
    /// The upload of this file is about to begin.
    fn begin(&mut self, path: &str);
    /// Something happened to it.
    fn event(&mut self, event: &Event);
    /// It is stored.
    fn stored(&mut self, stored: &Stored<'_>);
    /// It is not. `path` is absent where it was about no file.
    fn failed(&mut self, path: Option<&str>, failure: &Failure);
    /// What has come of several files.
    fn summary(&mut self, summary: &Summary);
    /// It would be uploaded.
    fn planned(&mut self, plan: &Planned<'_>);
    /// A session is ended.
    fn aborted(&mut self, session: &str);
}

/// A file that would be uploaded.
pub(crate) struct Planned<'a> {
    pub(crate) path: &'a str,
    /// Its name in Box; absent where a file there keeps its own.
    pub(crate) name: Option<&'a str>,
    /// In bytes; unknown of the standard input.
    pub(crate) size: Option<u64>,
    pub(crate) folder_id: Option<&'a str>,
    /// The file that gets a new version.
    pub(crate) file_id: Option<&'a str>,
}

/// A file that is stored.
pub(crate) struct Stored<'a> {
    pub(crate) path: &'a str,
    pub(crate) uploaded: &'a Uploaded,
    pub(crate) elapsed: Duration,
}

/// What has come of several files.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Summary {
    pub(crate) stored: usize,
    pub(crate) failed: usize,
    /// Not tried, because of how another one failed.
    pub(crate) left_out: usize,
    pub(crate) exit_code: u8,
}

impl Report {
    /// As the command line asks for, and as the standard error allows.
    pub(crate) fn new(output: &Output, terminal: &Terminal) -> Self {
        let form: Box<dyn Form> = match output {
            Output { json: true, .. } => Box::new(Json::default()),
            Output { quiet: true, .. } => Box::new(Quiet(terminal.clone())),
            _ if terminal.has_bars() => Box::new(Bar::new(terminal)),
            _ => Box::new(Lines::new(terminal)),
        };
        Self(Arc::new(Mutex::new(form)))
    }

    /// The form. It is of use even if a thread panicked while it held it.
    pub(crate) fn form(&self) -> MutexGuard<'_, Box<dyn Form>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Results and errors alone.
struct Quiet(Terminal);

impl Form for Quiet {
    fn begin(&mut self, _: &str) {}

    fn event(&mut self, _: &Event) {}

    fn stored(&mut self, stored: &Stored<'_>) {
        write_result(stored);
    }

    fn failed(&mut self, path: Option<&str>, failure: &Failure) {
        self.0.line(&failure.text(path));
    }

    fn summary(&mut self, _: &Summary) {}

    fn planned(&mut self, plan: &Planned<'_>) {
        write_line(&notice::planned(plan));
    }

    fn aborted(&mut self, _: &str) {}
}

/// The result, on the standard output: id, SHA-1 and name, separated by tabs.
fn write_result(stored: &Stored<'_>) {
    let Uploaded { file, sha1, .. } = stored.uploaded;
    let name = file.name.as_deref().unwrap_or(stored.path);
    write_line(&format!("{}\t{sha1}\t{}", file.id, super::terminal::printable(name)));
}

/// Writes a line to the standard output. Whoever closed it wants no more, and the upload counts.
fn write_line(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
