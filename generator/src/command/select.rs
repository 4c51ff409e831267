use std::{fs, path::PathBuf};

use clap::Args;
use openapi_crate::{
    diagnostics::{Diagnostics, Style},
    select::{self, Pattern, Selection},
    source::{self, Input},
};

use super::color::{Color, use_color};
use super::{files, write_stdout};

/// Extract some operations and everything they need from a document
///
/// Entries of `paths`, `components` and `tags` that the remaining operations do not use are removed;
/// everything else is kept as it is and in order. The output is YAML.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The document in YAML or JSON; `-` reads standard input
    document: PathBuf,
    /// Keep only the operations that match; may be repeated
    #[arg(long, value_name = "PATTERN")]
    only: Vec<Pattern>,
    /// Omit the operations that match; may be repeated
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<Pattern>,
    /// Remove descriptions and summaries
    #[arg(long)]
    no_prose: bool,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// When to use colors; NO_COLOR is honored
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    color: Color,
}

const EXAMPLES: &str = "\
Patterns, in which `*` matches any text, including slashes, and `?` one character:
  /files/*         operations on matching paths
  GET /files/*     operations with this method on matching paths
  GET              operations with this method
  tag:Files        operations with this tag
  id:get_files*    operations with a matching operationId

Examples:
  openapi-crate select box.json --only '/files/upload_sessions*' --out uploads.yaml
  openapi-crate select box.json --only 'tag:Files' --exclude DELETE --no-prose | less

Exit status:
  0  success
  1  the document has errors
  2  invalid usage, a pattern that matches nothing, or a file that cannot be read or written";

/// Runs `select`. `false`: the document is none.
pub(super) fn run(arguments: &Arguments) -> Result<bool, String> {
    let input = Input::new(files::Files::default().read(&arguments.document)?);
    let mut diagnostics = Diagnostics::default();
    let document = source::read_document(0, input.document.text(), &mut diagnostics);
    let style = Style { color: use_color(arguments.color, true), all: false };
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
        None => write_stdout(&text)?,
    }
    Ok(true)
}
