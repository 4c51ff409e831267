//! Combined result of all paths.

use crate::command::exit::Exit;
use crate::command::report::Summary;

/// The result of all paths so far.
#[derive(Default)]
pub(super) struct Total {
    pub(super) summary: Summary,
    /// Exit code of the last failure.
    pub(super) failed: Option<Exit>,
    /// Whether there was a directory.
    pub(super) is_several: bool,
}

impl Total {
    pub(super) fn record_failure(&mut self, exit: Exit) {
        self.summary.failed += 1;
        self.failed = Some(exit);
    }

    /// Whether the last failure would affect the other paths, too.
    pub(super) fn is_over(&self) -> bool {
        use Exit::{Credentials, Interrupted, Terminated};
        self.failed.is_some_and(|exit| matches!(exit, Interrupted | Terminated | Credentials))
    }

    pub(super) fn exit(&self) -> Exit {
        match self.failed {
            None => Exit::Done,
            Some(exit) if self.is_over() => exit,
            Some(_) if self.summary.stored + self.summary.unchanged > 0 => Exit::Partial,
            Some(exit) => exit,
        }
    }
}
