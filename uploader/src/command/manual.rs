//! The man page and completion scripts.

use std::io::{self, Write};

use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::arguments::{Arguments, ENVIRONMENT, EXAMPLES};
use super::exit::Exit;

/// Prints a completion script.
pub(super) fn print_completions(shell: Shell) -> Exit {
    let mut text = Vec::new();
    let mut command = Arguments::command_with_help();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut text);
    match (shell, String::from_utf8(text)) {
        (Shell::Fish, Ok(text)) => write_stdout(allow_options_after_paths(&text).as_bytes()),
        (_, Ok(text)) => write_stdout(text.as_bytes()),
        (_, Err(error)) => write_stdout(error.as_bytes()),
    }
}

/// The generator takes the first path for a subcommand, after which options would not be completed.
fn allow_options_after_paths(fish: &str) -> String {
    let command = Arguments::command_with_help();
    let names: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
    let names = names.join(" ");
    let before = "-n \"__fish_box_upload_needs_command\"";
    let now = format!("-n \"not __fish_seen_subcommand_from {names}\"");
    let mut text = String::new();
    for line in fish.lines() {
        let rest = line.split_once(before).map_or("", |(_, rest)| rest.trim_start());
        if rest.starts_with("-l ") || rest.starts_with("-s ") {
            text += &line.replacen(before, &now, 1);
        } else {
            text += line;
        }
        text += "\n";
    }
    text
}

/// When the man page last changed. A build date would change with every build.
const CHANGED: &str = "2026-11-21";

/// Prints the man page.
pub(super) fn print_man_page() -> Exit {
    let mut text = Vec::new();
    match render_man_page(&mut text) {
        Ok(()) => write_stdout(&text),
        Err(_) => Exit::Failed,
    }
}

fn render_man_page(text: &mut Vec<u8>) -> io::Result<()> {
    // Examples and environment follow as sections of their own.
    let mut command = Arguments::command_with_help().after_help("").after_long_help("");
    command.build();
    let commands: Vec<_> = command.get_subcommands_mut().map(describe_command).collect();
    let man = Man::new(command).manual("User Commands").date(CHANGED);
    man.render_title(text)?;
    man.render_name_section(text)?;
    man.render_synopsis_section(text)?;
    man.render_description_section(text)?;
    man.render_options_section(text)?;
    let mut more = Roff::new();
    add_section(&mut more, "COMMANDS", commands);
    add_section(&mut more, "ENVIRONMENT", ENVIRONMENT.iter().copied());
    add_section(&mut more, "EXIT STATUS", Exit::meanings());
    add_section(&mut more, "EXAMPLES", EXAMPLES.iter().copied());
    more.to_writer(text)?;
    man.render_version_section(text)
}

/// Adds a section with a list of terms and their descriptions.
fn add_section<T: Into<String>, D: Into<String>>(
    page: &mut Roff,
    title: &str,
    entries: impl IntoIterator<Item = (T, D)>,
) {
    page.control("SH", [title]);
    for (term, description) in entries {
        page.control("TP", []);
        page.text([bold(term)]);
        page.text([roman(description)]);
    }
}

/// The usage and description of a subcommand.
fn describe_command(command: &mut clap::Command) -> (String, String) {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    (usage, command.get_about().map(ToString::to_string).unwrap_or_default())
}

/// Writes to standard output; a closed pipe is not an error.
fn write_stdout(text: &[u8]) -> Exit {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "error: cannot write to standard output: {error}");
            Exit::Failed
        }
        _ => Exit::Done,
    }
}
