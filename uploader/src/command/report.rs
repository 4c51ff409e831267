//! What is seen of uploads, while they go on and of their ends.

mod bar;
mod json;
mod lines;
mod notice;
mod pace;
mod tally;

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use box_uploader::{Event, Unfinished, Uploaded};

use super::arguments::Output;
use super::failure::Failure;
use super::terminal::{Terminal, printable};

use bar::Bar;
use json::Json;
use lines::Lines;

/// Tells of uploads, in the form that suits the reader. Clones tell the same reader.
#[derive(Clone)]
pub(crate) struct Report(Arc<Mutex<Box<dyn Form>>>);

/// A form of telling.
trait Form: Send {
    fn tell(&mut self, news: &News<'_>);
}

/// What there is to tell.
pub(crate) enum News<'a> {
    /// The upload of this file begins.
    Begin { path: &'a str },
    /// The upload of this directory begins.
    Directory { path: &'a str, files: usize, bytes: u64 },
    /// A folder is there.
    Folder { path: &'a str, id: &'a str, created: bool },
    /// Something happened to a file.
    Event { path: &'a str, event: &'a Event },
    /// A file is stored.
    Stored(Stored<'a>),
    /// Box has this file of a directory already.
    Unchanged { path: &'a str },
    /// This is neither a file nor a directory.
    Skipped { path: &'a str, what: &'a str },
    /// A file of a directory is not stored; `Failed` follows once all others are done.
    Failing { path: &'a str, reason: &'a str },
    /// Something is not stored, or did not work at all.
    Failed { path: Option<&'a str>, failure: &'a Failure },
    /// What has come of several files.
    Summary(&'a Summary),
    /// A file would be uploaded.
    Planned(Planned<'a>),
    /// A session is ended.
    Aborted { session: &'a str },
    /// An upload is unfinished.
    Unfinished(&'a Unfinished),
    /// An unfinished upload is forgotten, and its session ended.
    Cleared(&'a Unfinished),
}

/// A file that is stored.
pub(crate) struct Stored<'a> {
    pub(crate) path: &'a str,
    /// What it is called in the result.
    pub(crate) name: &'a str,
    pub(crate) uploaded: &'a Uploaded,
    /// How long it took, as far as that is known.
    pub(crate) elapsed: Option<Duration>,
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

/// What has come of several files.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Summary {
    /// What would be uploaded, of a dry run.
    pub(crate) planned: usize,
    pub(crate) stored: usize,
    /// Box had them already.
    pub(crate) unchanged: usize,
    pub(crate) failed: usize,
    /// Not tried, because of how another one failed.
    pub(crate) left_out: usize,
    /// Neither files nor directories.
    pub(crate) skipped: usize,
    /// Folders that were made.
    pub(crate) folders: usize,
    /// In bytes.
    pub(crate) sent: u64,
    pub(crate) elapsed: Duration,
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

    pub(crate) fn tell(&self, news: &News<'_>) {
        // It is of use even if a thread panicked while it told something.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).tell(news);
    }
}

/// Results and errors alone.
struct Quiet(Terminal);

impl Form for Quiet {
    fn tell(&mut self, news: &News<'_>) {
        match news {
            News::Stored(stored) => write_line(&result_line(stored)),
            News::Planned(plan) => write_line(&notice::planned(plan)),
            News::Unfinished(it) => write_line(&notice::unfinished(it)),
            News::Failed { path, failure } => self.0.line(&failure.text(*path)),
            _ => {}
        }
    }
}

/// The result, for the standard output: id, SHA-1 and name, separated by tabs.
fn result_line(stored: &Stored<'_>) -> String {
    let Uploaded { file, sha1, .. } = stored.uploaded;
    format!("{}\t{sha1}\t{}", file.id, printable(stored.name))
}

/// Writes a line to the standard output. Whoever closed it wants no more, and the upload counts.
fn write_line(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
