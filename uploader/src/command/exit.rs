//! Exit codes.

use std::fmt::Write as _;
use std::process::ExitCode;

/// Why the command ends.
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
    /// All exit codes, in order.
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
            Self::Done => "success: everything is stored and its SHA-1 confirmed",
            Self::Failed => "permanent failure",
            Self::Usage => "invalid usage",
            Self::Resumable => "temporary failure; run the same command again to resume or retry",
            Self::Credentials => "credentials missing or rejected",
            Self::NameInUse => "name already exists in the folder",
            Self::SourceChanged => "the file changed during the upload; nothing was stored",
            Self::Partial => "some files are stored, others are not, or not all was deleted",
            Self::Interrupted => "interrupted (Ctrl-C); uploaded parts are kept for resuming",
            Self::Terminated => "terminated (SIGTERM); uploaded parts are kept for resuming",
        }
    }

    /// Each code and its meaning.
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
