use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use openapi_crate::select::Pattern;

use super::{diff, select};

/// Turns an OpenAPI document (3.0, 3.1, 3.2) into a Rust client crate
///
/// Everything that is wrong with the document is printed, each with its line. What can be emitted all
/// the same is emitted; an error means that nothing can. Without --out nothing is written, and the
/// document is only looked through.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The document, YAML or JSON; `-` reads the standard input. Several become one crate, with title and version
    /// of the first one
    #[arg(value_name = "DOCUMENT", required_unless_present = "explain")]
    pub(crate) documents: Vec<PathBuf>,
    /// The folder whose files the documents may refer to [default: each document's own]
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) root: Option<PathBuf>,
    /// An OpenAPI overlay to apply first; can be given several times, and they are applied in order
    #[arg(long = "overlay", value_name = "FILE")]
    pub(crate) overlays: Vec<PathBuf>,
    /// Take only the operations that match: `/files/*`, `GET /files/*`, `GET`, `tag:Files`, `id:get_*`;
    /// `*` stands for any text. Can be given several times. What they do not need is left out too
    #[arg(long, value_name = "PATTERN")]
    pub(crate) only: Vec<Pattern>,
    /// Leave out the operations that match, likewise
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<Pattern>,
    /// The directory of the crate: empty, or an earlier output
    #[arg(short, long, value_name = "DIRECTORY")]
    pub(crate) out: Option<PathBuf>,
    /// The crate's package name
    #[arg(short, long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The crate's version [default: 0.1.0]
    #[arg(long, value_name = "VERSION")]
    pub(crate) crate_version: Option<String>,
    /// A file with `name`, `version`, `package` and `names`, YAML or JSON; see below
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Write nothing; list the files that are missing, changed or left over
    #[arg(long, requires = "out")]
    pub(crate) check: bool,
    /// Let warnings be as bad as errors
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// Print the findings as JSON to the standard output, one a line
    #[arg(long)]
    pub(crate) json: bool,
    /// Print every finding in full, not only the first ones of each kind
    #[arg(long)]
    pub(crate) all: bool,
    /// Explain a kind of finding, and do nothing else
    #[arg(long, value_name = "CODE", exclusive = true)]
    pub(crate) explain: Option<String>,
    /// When to use colours; NO_COLOR is heeded
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// What else the command does than to make a crate.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Diff(diff::Arguments),
    Select(select::Arguments),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    /// If the standard error is a terminal
    Auto,
    Always,
    Never,
}

const EXAMPLES: &str = "\
Examples:
  openapi-crate petstore.yaml
      Look a document through
  openapi-crate petstore.yaml --out petstore --name petstore-client
      Make a crate
  openapi-crate pets.yaml toys.yaml --out petstore --name petstore-client
      Make one crate of two documents
  openapi-crate api/petstore.yaml --root .
      Let the document refer to files beside its folder
  openapi-crate petstore.yaml --only 'tag:pets' --exclude DELETE --out petstore --name petstore-client
      Make a crate of some of its operations
  openapi-crate petstore.yaml --overlay ours.yaml --out petstore --name petstore-client --check
      See whether the crate is up to date, in a build server say
  curl -s https://example.com/openapi.json | openapi-crate - --json
      Look through what comes in, for a program to read
  openapi-crate --explain unresolved-reference
      Read more about a kind of finding
  openapi-crate diff old.yaml new.yaml
      Say what has changed, and which version of the crate is due
  openapi-crate select petstore.yaml --only '/pets*' --out pets.yaml
      Cut some operations, and all that they need, out of a document

A document that is called as a command is written with its directory: ./diff

Configuration file, every part optional:
  name: petstore-client             # as --name
  version: 1.2.0                    # as --crate-version
  package:                          # what else its Cargo.toml says, as cargo's manual has it
    license: MIT OR Apache-2.0
    repository: https://example.com/petstore-client
    keywords: [pets, client]
    publish: false
  names:                            # what things are to be called in Rust
    schemas: {Pet--Full: FullPet}   # types
    properties: {Pet.type: kind}    # fields
    operations: {getPetById: get_pet, GET /pets: list_pets}
    parameters: {getPetById.petId: id}
    tags: {pet store: store}        # modules
    servers: {https://example.com/v1: production}
    /components/schemas/Pet/oneOf/0: Dog   # or whatever a JSON pointer leads to
  An overlay can say the same by the extension `x-rust-name`.

Exit status:
  0  fine
  1  there are errors, or warnings and --deny-warnings; or --check found a difference
  2  the command line is wrong, or a file cannot be read or written";
