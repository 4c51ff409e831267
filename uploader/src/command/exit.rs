//! Exit codes.

use std::fmt::Write as _;
use std::process::ExitCode;

/// Declares the exit codes, in order: the variant, the number that the shell sees, and its meaning.
macro_rules! exits {
    ($($variant:ident = $code:literal: $meaning:literal)+) => {
        /// Why the command ends.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Exit {
            $($variant,)+
        }

        impl Exit {
            /// All exit codes, in order.
            const ALL: &[Self] = &[$(Self::$variant),+];

            /// The number that the shell sees.
            pub(crate) fn code(self) -> u8 {
                match self { $(Self::$variant => $code,)+ }
            }

            fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }
    };
}

exits! {
    Done = 0: "success: everything is stored and its SHA-1 confirmed"
    Failed = 1: "permanent failure"
    Usage = 2: "invalid usage"
    Resumable = 3: "temporary failure; run the same command again to resume or retry"
    Credentials = 4: "credentials missing or rejected"
    NameInUse = 5: "name already exists in the folder"
    SourceChanged = 6: "the file changed during the upload; nothing was stored"
    Partial = 7: "some files are stored, others are not, or not all was deleted"
    Interrupted = 130: "interrupted (Ctrl-C); uploaded parts are kept for resuming"
    Terminated = 143: "terminated (SIGTERM); uploaded parts are kept for resuming"
}

impl Exit {
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
    fn the_readme_has_exactly_these_codes() {
        let readme = include_str!("../../README.md");
        let (_, section) = readme.split_once("## Exit codes\n").unwrap();
        let rows = section.lines().skip(3).take_while(|line| !line.is_empty());
        let expected = Exit::meanings().map(|(code, meaning)| format!("| {code} | {meaning} |"));
        assert_eq!(rows.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }

    #[test]
    fn codes_are_distinct_and_in_order() {
        assert!(Exit::ALL.windows(2).all(|pair| pair[0].code() < pair[1].code()));
    }
}
