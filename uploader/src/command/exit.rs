//! How the command ends.

use std::fmt::Write as _;
use std::process::ExitCode;

/// What the command's exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    Failed,
    Usage,
    Resumable,
    Credentials,
    NameInUse,
    SourceChanged,
    Partial,
    Interrupted,
    Terminated,
}

impl Exit {
    /// All of them, in the order of their codes.
    const ALL: [Self; 10] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Resumable,
        Self::Credentials,
        Self::NameInUse,
        Self::SourceChanged,
        Self::Partial,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Resumable => 3,
            Self::Credentials => 4,
            Self::NameInUse => 5,
            Self::SourceChanged => 6,
            Self::Partial => 7,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Done => "everything is stored, and its SHA-1 confirmed",
            Self::Failed => "failed for good",
            Self::Usage => "the command line makes no sense",
            Self::Resumable => "failed for now; the same command goes on where this one ended",
            Self::Credentials => "Box does not take the credentials, or there are none",
            Self::NameInUse => "the folder has an item of that name",
            Self::SourceChanged => "the file changed meanwhile; nothing of it was stored",
            Self::Partial => "of several files, some are stored and some are not",
            Self::Interrupted => "interrupted (Ctrl-C); what Box has is kept for the next attempt",
            Self::Terminated => "terminated (SIGTERM); likewise",
        }
    }

    /// Each code, and what it says.
    pub(crate) fn meanings() -> impl Iterator<Item = (String, &'static str)> {
        Self::ALL.iter().map(|exit| (exit.code().to_string(), exit.meaning()))
    }

    /// A line for each code.
    pub(crate) fn table() -> String {
        Self::meanings().fold(String::new(), |mut table, (code, meaning)| {
            let _ = writeln!(table, "  {code:>3}  {meaning}");
            table
        })
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_every_code() {
        let readme = include_str!("../../README.md");
        for exit in Exit::ALL {
            let row = format!("| {} | {} |", exit.code(), exit.meaning());
            assert!(readme.contains(&row), "{row}");
        }
    }

    #[test]
    fn codes_are_distinct_and_in_order() {
        assert!(Exit::ALL.windows(2).all(|pair| pair[0].code() < pair[1].code()));
    }
}
