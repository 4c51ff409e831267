//! Standard output: one line per result.

use std::io::Write;

use box_uploader::Uploaded;

use super::message::Stored;
use crate::command::terminal::to_printable;

/// A result for standard output: id, SHA-1 and name, separated by tabs.
pub(super) fn format_result(stored: &Stored<'_>) -> String {
    let Uploaded { file, sha1, .. } = stored.uploaded;
    format!("{}\t{sha1}\t{}", file.id, to_printable(stored.name))
}

/// Writes a line to standard output. A closed pipe is ignored: the upload counts.
pub(super) fn write_line(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
