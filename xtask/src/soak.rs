//! Uploads for hours.

use std::env;
use std::process::Command;

use crate::commands::run_command;

/// Upload for an hour, while everything fails, and check that nothing is wrong or grows
///
/// Prints a line a minute. Memory and descriptors are measured on Linux only.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How long
    #[arg(long, default_value_t = 60)]
    minutes: u64,
}

pub(crate) fn run_soak(arguments: &Arguments) -> Result<(), String> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["test", "--workspace", "--test", "soak"]);
    command.env("BOX_UPLOADER_SOAK_SECONDS", (arguments.minutes * 60).to_string());
    run_command(&mut command)
}
