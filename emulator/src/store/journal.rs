//! The journal: one JSON line per event, persistent before anyone is told.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::service::Event;

/// The first line, which names the format.
const HEADER: &str = r#"{"box_emulator_journal":1}"#;

#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    length: u64,
    /// Whether the end of the file may be a partial event.
    broken: bool,
}

/// Why a journal cannot be read.
#[derive(Debug)]
pub(crate) enum Damaged {
    /// An invalid line, counted from 1, other than the last.
    Line(usize),
    Io(io::Error),
}

impl Journal {
    /// Reads the events. A partial last line, left by a crash, was never acknowledged.
    pub(crate) fn read_events(folder: &Path) -> Result<Vec<Event>, Damaged> {
        let text = match fs::read(folder.join("journal")) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Damaged::Io(error)),
        };
        let mut events = Vec::new();
        let mut lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
        lines.pop();
        for (index, line) in lines.iter().enumerate() {
            if index == 0 {
                if *line != HEADER.as_bytes() {
                    return Err(Damaged::Line(1));
                }
                continue;
            }
            events.push(serde_json::from_slice(line).map_err(|_| Damaged::Line(index + 1))?);
        }
        Ok(events)
    }

    /// Replaces the journal by one with these events.
    pub(crate) fn write_events(folder: &Path, events: &[Event]) -> io::Result<Self> {
        let mut text = format!("{HEADER}\n").into_bytes();
        for event in events {
            serde_json::to_writer(&mut text, event)?;
            text.push(b'\n');
        }
        let new = folder.join("journal.new");
        let path = folder.join("journal");
        let mut file = File::create(&new)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(new, &path)?;
        File::open(folder)?.sync_all()?;
        let file = OpenOptions::new().append(true).open(path)?;
        Ok(Self { file, length: text.len() as u64, broken: false })
    }

    /// Appends an event and syncs. On an error the journal is unchanged.
    pub(crate) fn append_event(&mut self, event: &Event) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier write to the journal failed"));
        }
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            self.broken = self.file.set_len(self.length).is_err();
            return Err(error);
        }
        self.length += line.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::SessionEnd;

    fn event(session: &str) -> Event {
        Event::SessionEnded { session: session.to_owned(), end: SessionEnd::Aborted }
    }

    fn count(folder: &Path) -> usize {
        Journal::read_events(folder).unwrap().len()
    }

    #[test]
    fn events_come_back() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(count(folder.path()), 0);
        let mut journal = Journal::write_events(folder.path(), &[event("a")]).unwrap();
        journal.append_event(&event("b")).unwrap();
        assert_eq!(count(folder.path()), 2);
    }

    #[test]
    fn an_event_that_was_cut_off_never_happened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        Journal::write_events(folder.path(), &[event("a"), event("b")]).unwrap();
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        assert_eq!(count(folder.path()), 1);
    }

    #[test]
    fn damage_elsewhere_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        Journal::write_events(folder.path(), &[event("a"), event("b")]).unwrap();
        let text = fs::read_to_string(&path).unwrap().replace("\"a\"", "a");
        fs::write(&path, text).unwrap();
        assert!(matches!(Journal::read_events(folder.path()), Err(Damaged::Line(2))));
    }
}
