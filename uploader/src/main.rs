//! The command `box-upload`: see `box-upload --help`.

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::main()
}
