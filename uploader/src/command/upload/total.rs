//! What has come of all paths of a command line.

use crate::command::exit::Exit;
use crate::command::report::Summary;

/// What has come of all paths so far.
#[derive(Default)]
pub(super) struct Total {
    pub(super) summary: Summary,
    /// How the last one ended that did not end well.
    pub(super) failed: Option<Exit>,
    /// There was a directory.
    pub(super) is_several: bool,
}

impl Total {
    pub(super) fn fail(&mut self, exit: Exit) {
        self.summary.failed += 1;
        self.failed = Some(exit);
    }

    /// Whether what ended one would end the others as well.
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
