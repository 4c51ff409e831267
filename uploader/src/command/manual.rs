//! The man page and completions, made when they are asked for.

use std::io::{self, Write};

use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::arguments::{Arguments, ENVIRONMENT, EXAMPLES};
use super::exit::Exit;

/// Writes completions to the standard output.
pub(super) fn completions(shell: Shell) -> Exit {
    let mut text = Vec::new();
    let mut command = Arguments::described();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut text);
    write(&text)
}

/// Writes the man page to the standard output.
pub(super) fn man_page() -> Exit {
    let mut text = Vec::new();
    match render(&mut text) {
        Ok(()) => write(&text),
        Err(_) => Exit::Failed,
    }
}

fn render(text: &mut Vec<u8>) -> io::Result<()> {
    // Ours follow as sections of their own.
    let command = Arguments::described().after_help("").after_long_help("");
    let man = Man::new(command).manual("User Commands");
    man.render_title(text)?;
    man.render_name_section(text)?;
    man.render_synopsis_section(text)?;
    man.render_description_section(text)?;
    man.render_options_section(text)?;
    man.render_subcommands_section(text)?;
    let mut more = Roff::new();
    let mut section = |title: &str, entries: &[(String, &str)]| {
        more.control("SH", [title]);
        for (term, what) in entries {
            more.control("TP", []);
            more.text([bold(term.as_str())]);
            more.text([roman(*what)]);
        }
    };
    let owned = |(term, what): &(&str, &'static str)| ((*term).to_owned(), *what);
    section("ENVIRONMENT", &ENVIRONMENT.iter().map(owned).collect::<Vec<_>>());
    section("EXIT STATUS", &Exit::meanings().collect::<Vec<_>>());
    section("EXAMPLES", &EXAMPLES.iter().map(owned).collect::<Vec<_>>());
    more.to_writer(text)?;
    man.render_version_section(text)
}

/// Whoever closed the standard output wants no more.
fn write(text: &[u8]) -> Exit {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "error: cannot write to the standard output: {error}");
            Exit::Failed
        }
        _ => Exit::Done,
    }
}
