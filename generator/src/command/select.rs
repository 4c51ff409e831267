use std::{fs, path::PathBuf};

use clap::Args;
use openapi_crate::{
    diagnostics::{Diagnostics, Style},
    select::{self, Pattern, Selection},
    source::{self, Input},
};

use super::{Color, colored, files, out};

/// Cuts some operations, and all that they need, out of a document
///
/// What the operations that are left do not reach is left out of `paths`, `components` and `tags`;
/// everything else stays as it is, in the same order. The result is YAML.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The document, YAML or JSON; `-` reads the standard input
    document: PathBuf,
    /// Keep only the operations that match; can be given several times
    #[arg(long, value_name = "PATTERN")]
    only: Vec<Pattern>,
    /// Leave out the operations that match; can be given several times
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<Pattern>,
    /// Leave out descriptions and summaries
    #[arg(long)]
    no_prose: bool,
    /// The file to write, instead of the standard output
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// When to use colours; NO_COLOR is heeded
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    color: Color,
}

const EXAMPLES: &str = "\
Patterns; `*` stands for any text, slashes included, `?` for one character:
  /files/*         the operations of the paths that match
  GET /files/*     those of this method
  GET              those of this method, on any path
  tag:Files        those with this tag
  id:get_files*    those whose operationId matches

Examples:
  openapi-crate select box.json --only '/files/upload_sessions*' --out uploads.yaml
  openapi-crate select box.json --only 'tag:Files' --exclude DELETE --no-prose | less

Exit status:
  0  fine
  1  the document cannot be read
  2  the command line is wrong, nothing matches a pattern, or a file cannot be read or written";

/// Runs `select`. `false`: the document is none.
pub(super) fn run(arguments: &Arguments) -> Result<bool, String> {
    let input = Input::new(files::Files::default().read(&arguments.document)?);
    let mut diagnostics = Diagnostics::default();
    let document = source::read(0, input.document.text(), &mut diagnostics);
    let style = Style { color: colored(arguments.color, true), all: false };
    eprint!("{}", diagnostics.render(&input, style));
    let Some(mut document) = document else { return Ok(false) };
    let selection = Selection { only: arguments.only.clone(), exclude: arguments.exclude.clone() };
    selection.apply(&mut document)?;
    if arguments.no_prose {
        select::remove_prose(&mut document);
    }
    let text = select::write_yaml(&document)?;
    match &arguments.out {
        Some(path) => {
            fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        None => out(&text)?,
    }
    Ok(true)
}
