//! Whether messages have colors.

use std::io::{self, IsTerminal as _};

use clap::ValueEnum;

/// When to use colors.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    /// When standard error is a terminal
    Auto,
    Always,
    Never,
}

/// Whether to use colors, on the standard error or else on the standard output.
pub(crate) fn use_color(when: Color, error: bool) -> bool {
    match when {
        Color::Always => true,
        Color::Never => false,
        // https://no-color.org
        Color::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            let terminal = match error {
                true => io::stderr().is_terminal(),
                false => io::stdout().is_terminal(),
            };
            !refused && terminal
        }
    }
}
