//! Reading manifests, line by line.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use box_uploader::CancellationToken;

use crate::command::manifest::Line;

/// Longest line, in bytes.
const MAX_LINE: u64 = 1 << 20;

/// Calls `visit` for each line of a manifest with its number, counted from 1: the file that it is
/// about, or what is wrong with it. Ends early when `cancel` is cancelled.
pub(super) fn read_manifest(
    path: &Path,
    cancel: &CancellationToken,
    mut visit: impl FnMut(u32, Result<Line<'_>, String>),
) -> io::Result<()> {
    // Of a pipe, nothing would be left for the second time, and nobody may ever write to it.
    if !fs::metadata(path)?.is_file() {
        let what = "it is not a regular file, and manifests are read twice";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut text = Vec::new();
    for number in 1..=u32::MAX {
        text.clear();
        if cancel.is_cancelled()
            || reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut text)? == 0
        {
            return Ok(());
        }
        let is_whole = text.pop_if(|last| *last == b'\n').is_some();
        if !is_whole && text.len() as u64 == MAX_LINE {
            visit(number, Err("it is too long".to_owned()));
            skip_line(&mut reader, cancel)?;
        } else if !text.trim_ascii().is_empty() {
            visit(number, parse_line(&text));
        }
    }
    Err(io::Error::new(io::ErrorKind::FileTooLarge, "it has too many lines"))
}

fn parse_line(text: &[u8]) -> Result<Line<'_>, String> {
    let line: Line<'_> = serde_json::from_slice(text).map_err(|error| {
        // Its position is within the line.
        let text = error.to_string();
        text.split(" at line ").next().unwrap_or_default().to_owned()
    })?;
    if line.path.is_empty() || line.id.is_empty() {
        return Err("its path or id is empty".to_owned());
    }
    Ok(line)
}

/// Skips the rest of a line.
fn skip_line(reader: &mut impl BufRead, cancel: &CancellationToken) -> io::Result<()> {
    while !cancel.is_cancelled() {
        let buffer = reader.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(buffer.len(), |end| end + 1);
        let is_over = end.is_some() || buffer.is_empty();
        reader.consume(length);
        if is_over {
            break;
        }
    }
    Ok(())
}
