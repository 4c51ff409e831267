use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use openapi_crate::{config, select::Pattern};

use super::color::Color;
use super::{diff, select};

/// Generate a Rust client crate from an OpenAPI document (3.0, 3.1, 3.2)
///
/// Every problem with the document is reported with its line. Invalid parts are skipped or repaired and
/// the rest is generated; only an error prevents output. Without --out, the document is checked and
/// nothing is written.
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
    /// The document in YAML or JSON; `-` reads standard input. Several documents become one crate, which takes
    /// its title and version from the first
    #[arg(value_name = "DOCUMENT", required_unless_present = "explain")]
    pub(crate) documents: Vec<PathBuf>,
    /// Allow references to files in this directory [default: the directory of each document]
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) root: Option<PathBuf>,
    /// Apply an OpenAPI overlay to the document first; may be repeated, and overlays are applied in order
    #[arg(long = "overlay", value_name = "FILE")]
    pub(crate) overlays: Vec<PathBuf>,
    /// Generate only the operations that match: `/files/*`, `GET /files/*`, `GET`, `tag:Files`, `id:get_*`,
    /// where `*` matches any text; may be repeated. Unused types are omitted as well
    #[arg(long, value_name = "PATTERN")]
    pub(crate) only: Vec<Pattern>,
    /// Omit the operations that match; takes the same patterns as --only
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<Pattern>,
    /// Write the crate to this directory, which must be empty or hold an earlier output
    #[arg(short, long, value_name = "DIRECTORY")]
    pub(crate) out: Option<PathBuf>,
    /// Set the package name of the crate
    #[arg(short, long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Set the version of the crate [default: 0.1.0]
    #[arg(long, value_name = "VERSION")]
    pub(crate) crate_version: Option<String>,
    /// Read `name`, `version`, `package`, `names` and so on from this YAML or JSON file; see below
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Add a cargo feature for each tag; `auto` does so if there are more than 100 operations
    /// [default: auto]
    #[arg(long, value_name = "WHEN", value_enum)]
    pub(crate) tag_features: Option<When>,
    /// Merge equal types that are described in place; `auto` does so if there are more than 100
    /// operations [default: auto]
    #[arg(long, value_name = "WHEN", value_enum)]
    pub(crate) merge_types: Option<When>,
    /// Write nothing; list files that are missing, out of date or no longer generated, and fail if there are any
    #[arg(long, requires = "out")]
    pub(crate) check: bool,
    /// Treat warnings as errors
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// Print findings to standard output as JSON, one object per line
    #[arg(long)]
    pub(crate) json: bool,
    /// Print every finding in full, not only the first few of each code
    #[arg(long)]
    pub(crate) all: bool,
    /// Explain a diagnostic code and exit
    #[arg(long, value_name = "CODE", exclusive = true)]
    pub(crate) explain: Option<String>,
    /// When to use colors; NO_COLOR is honored
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// The subcommands; without one, a crate is generated.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Diff(diff::Arguments),
    Select(select::Arguments),
}

/// When to apply a setting that makes large crates compile faster.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

impl From<When> for config::When {
    fn from(when: When) -> Self {
        match when {
            When::Auto => Self::Auto,
            When::Always => Self::Always,
            When::Never => Self::Never,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  openapi-crate petstore.yaml
      Check a document
  openapi-crate petstore.yaml --out petstore --name petstore-client
      Generate a crate
  openapi-crate pets.yaml toys.yaml --out petstore --name petstore-client
      Generate one crate from two documents
  openapi-crate api/petstore.yaml --root .
      Allow references to any file below the current directory
  openapi-crate petstore.yaml --only 'tag:pets' --exclude DELETE --out petstore --name petstore-client
      Generate a crate from some of the operations
  openapi-crate petstore.yaml --overlay ours.yaml --out petstore --name petstore-client --check
      Check in CI that the crate is up to date
  curl -s https://example.com/openapi.json | openapi-crate - --json
      Check standard input and print the findings for another program
  openapi-crate --explain unresolved-reference
      Explain a diagnostic code
  openapi-crate diff old.yaml new.yaml
      Compare two documents and determine the next version of the crate
  openapi-crate select petstore.yaml --only '/pets*' --out pets.yaml
      Extract some operations and everything they need

To read a document that is named like a command, add its directory: ./diff

Configuration file (all members are optional):
  name: petstore-client             # as --name
  version: 1.2.0                    # as --crate-version
  package:                          # further keys of [package] in Cargo.toml
    license: MIT OR Apache-2.0
    repository: https://example.com/petstore-client
    keywords: [pets, client]
    publish: false
  unused-types: omit                # omit schemas that nothing refers to
  tag-features: always              # as --tag-features
  merge-types: never                # as --merge-types
  names:                            # names to use in Rust
    schemas: {Pet--Full: FullPet}   # types
    properties: {Pet.type: kind}    # fields
    operations: {getPetById: get_pet, GET /pets: list_pets}
    parameters: {getPetById.petId: id}
    tags: {pet store: store}        # modules
    servers: {https://example.com/v1: production}
    /components/schemas/Pet/oneOf/0: Dog   # anything else, by its JSON pointer
  An overlay can set names with the extension `x-rust-name`.

Exit status:
  0  success
  1  the document has errors (or warnings, with --deny-warnings), or --check found differences
  2  invalid usage, or a file cannot be read or written";
