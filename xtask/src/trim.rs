//! Cuts a few operations, and all they need, out of a large document.

use std::{fs, io::Write, path::PathBuf};

use openapi_crate::{
    diagnostics::{Diagnostics, Style},
    select::{self, Pattern, Selection},
    source::{self, Input, Source},
};

/// Cuts a few operations, and all they need, out of an OpenAPI 3.0 document
///
/// What the kept operations do not reach is left out of `paths`, `components` and `tags`; everything
/// else stays as it is, in the same order. The result is YAML.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  \
    cargo xtask trim box.json --no-prose --paths '/files/upload_sessions*' \\\n      \
    --paths 'GET /files/{file_id}' -o spec/box.yaml")]
pub(crate) struct Arguments {
    /// The document, JSON or YAML
    document: PathBuf,
    /// Keep the paths that match: `*` stands for any text, slashes included, `?` for one character.
    /// With a method before it, as in `GET /files/*`, of these paths only that operation. Can be
    /// given several times; without it, all paths are kept
    #[arg(long = "paths", value_name = "PATTERN")]
    paths: Vec<Pattern>,
    /// Leave out descriptions and summaries
    #[arg(long)]
    no_prose: bool,
    /// The file to write, instead of the standard output
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let path = arguments.document.display().to_string();
    let text =
        fs::read_to_string(&arguments.document).map_err(|error| format!("{path}: {error}"))?;
    let input = Input::new(Source::new(path, text));
    let mut diagnostics = Diagnostics::default();
    let document = source::read(0, input.document.text(), &mut diagnostics);
    eprint!("{}", diagnostics.render(&input, Style::default()));
    let mut document = document.ok_or("the document cannot be read")?;
    let selection = Selection { only: arguments.paths.clone(), ..Selection::default() };
    selection.apply(&mut document)?;
    if arguments.no_prose {
        select::remove_prose(&mut document);
    }
    let text = format!("{}{}", heading(arguments), select::write_yaml(&document)?);
    match &arguments.out {
        Some(out) => fs::write(out, text).map_err(|error| format!("{}: {error}", out.display())),
        None => std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string()),
    }
}

/// A comment that says how to make the file again.
fn heading(arguments: &Arguments) -> String {
    let name = arguments.document.file_name().unwrap_or_default().to_string_lossy();
    let mut command = format!("cargo xtask trim {name}");
    if arguments.no_prose {
        command.push_str(" --no-prose");
    }
    for pattern in &arguments.paths {
        command.push_str(&format!(" --paths '{pattern}'"));
    }
    format!("# Made by `{command}`. Do not edit.\n")
}
