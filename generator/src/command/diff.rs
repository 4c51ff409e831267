mod inputs;

use std::{path::PathBuf, time::SystemTime};

use clap::{Args, ValueEnum};
use openapi_crate::{
    Description,
    config::Config,
    describe,
    diagnostics::{Diagnostics, Style},
    diff::{self, Bump, Comparison, Ignored, Report, Rule, Wire},
    select::Pattern,
    source::{Input, Source},
};

use super::color::{Color, use_color};
use super::{files, write_stdout};
use inputs::Inputs;

/// Compare two documents and report what the changes mean for users of the crate
///
/// Each change is reported once, where it was made, with the version bump it requires (major, minor,
/// patch) and its effect on programs that are already deployed (works, may break, breaks).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The old document and the new one; `REV:PATH` reads one from a git revision, `-` from standard
    /// input. With --against: the new document, or several for one crate
    #[arg(value_name = "DOCUMENT", required_unless_present_any = ["explain", "rules"])]
    documents: Vec<PathBuf>,
    /// Compare with the document of a crate generated earlier; `REV:DIRECTORY` reads it from a git
    /// revision
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "old_overlay")]
    against: Option<PathBuf>,
    /// Compare only the operations that match, as when generating the crate; may be repeated
    #[arg(long, value_name = "PATTERN")]
    only: Vec<Pattern>,
    /// Omit the operations that match; may be repeated
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<Pattern>,
    /// Apply an overlay to both documents; may be repeated
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// Apply an overlay to the old document only, after the others
    #[arg(long, value_name = "FILE")]
    old_overlay: Vec<PathBuf>,
    /// Apply an overlay to the new document only, after the others
    #[arg(long, value_name = "FILE")]
    new_overlay: Vec<PathBuf>,
    /// Read names and version from the configuration file of the crate
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with status 1 if there are such changes
    #[arg(long, value_name = "CHANGES", value_enum)]
    fail_on: Option<FailOn>,
    /// Ignore the changes listed in this file; see below
    #[arg(long, value_name = "FILE")]
    ignore: Option<PathBuf>,
    /// Print every change, not only the first few of each rule
    #[arg(long)]
    all: bool,
    /// Explain a rule and exit
    #[arg(long, value_name = "RULE", exclusive = true)]
    explain: Option<String>,
    /// List all rules with their verdicts and exit
    #[arg(long, exclusive = true)]
    rules: bool,
    /// When to use colors; NO_COLOR is honored
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Annotated lines of both documents, like compiler errors
    Text,
    /// One JSON object
    Json,
    /// Markdown, for the description of a pull request
    Markdown,
    /// Workflow commands that annotate a pull request on GitHub
    Github,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    /// Changes that require a major version
    Major,
    /// Changes that require a major or minor version
    Minor,
    /// Any change
    Any,
    /// Changes that break, or may break, deployed programs
    Wire,
}

const EXAMPLES: &str = "\
Examples:
  openapi-crate diff old.yaml new.yaml
      Print the changes
  openapi-crate diff main:api.yaml api.yaml --overlay ours.yaml --fail-on major
      Compare with the branch `main`, and fail if callers would have to change
  openapi-crate diff --against petstore-client api.yaml
      Compare with the document of a crate generated earlier
  openapi-crate diff v1.2.0:api.yaml api.yaml --format github --ignore accepted.yaml
      Annotate a pull request
  openapi-crate diff --explain arguments-swapped
      Explain a rule

File for --ignore:
  ignore:
  - rule: field-removed
    at: /components/schemas/File     # and everything below it, in either document; optional
    reason: Nobody has used it since 2024.
    until: 2027-03-31                # the last day; optional

Exit status:
  0  success
  1  there are changes that --fail-on names, or a document has errors
  2  invalid usage, or a file cannot be read";

/// Runs `diff`. `false`: there is something to fail on.
pub(super) fn run(arguments: &Arguments) -> Result<bool, String> {
    if let Some(name) = &arguments.explain {
        return explain_rule(name);
    }
    if arguments.rules {
        return list_rules();
    }
    let mut files = files::Files::default();
    let Some(inputs) = Inputs::read(arguments, &mut files)? else { return Ok(false) };
    let Inputs { old, new, config, version } = inputs;
    let Some((before, after)) = describe_both(&old, &new, &config, arguments) else {
        return Ok(false);
    };
    let mut comparison = diff::compare(&before, &after);
    if let Some(path) = &arguments.ignore {
        let source = files.read(path)?;
        if !apply_ignore_file(&mut comparison, &source, arguments)? {
            return Ok(false);
        }
    }
    let report = Report {
        comparison: &comparison,
        old: (&before, &old),
        new: (&after, &new),
        version: version.as_deref(),
    };
    let style = Style { color: use_color(arguments.color, false), all: arguments.all };
    write_stdout(&match arguments.format {
        Format::Text => report.text(style),
        Format::Json => report.json(),
        Format::Markdown => report.markdown(),
        Format::Github => report.github(),
    })?;
    Ok(!arguments.fail_on.is_some_and(|what| is_failure(what, &comparison)))
}

/// Both documents; nothing, if one of them cannot be read.
fn describe_both(
    old: &Input,
    new: &Input,
    config: &Config,
    arguments: &Arguments,
) -> Option<(Description, Description)> {
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| describe(old, config));
        let after = describe(new, config);
        (before.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), after)
    });
    for (input, side) in [(old, &before), (new, &after)] {
        if let Err(diagnostics) = side {
            print_findings(diagnostics, input, arguments);
        }
    }
    before.ok().zip(after.ok())
}

fn apply_ignore_file(
    comparison: &mut Comparison,
    source: &Source,
    arguments: &Arguments,
) -> Result<bool, String> {
    let mut diagnostics = Diagnostics::default();
    let ignored = Ignored::read(source, &mut diagnostics);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let today = now.map_err(|error| error.to_string())?.as_secs() / 86_400;
    let today = i64::try_from(today).map_err(|error| error.to_string())?;
    let count = ignored.apply(comparison, today, &mut diagnostics);
    if count > 0 {
        eprintln!("{count} changes are ignored, as listed in {}", source.name());
    }
    Ok(!print_findings(&diagnostics, &Input::new(source.clone()), arguments))
}

/// Prints findings; whether one of them is an error.
fn print_findings(diagnostics: &Diagnostics, input: &Input, arguments: &Arguments) -> bool {
    let style = Style { color: use_color(arguments.color, true), all: false };
    eprint!("{}", diagnostics.render(input, style));
    diagnostics.is_fatal(false)
}

fn is_failure(what: FailOn, comparison: &Comparison) -> bool {
    match what {
        FailOn::Major => comparison.bump() >= Bump::Major,
        FailOn::Minor => comparison.bump() >= Bump::Minor,
        FailOn::Any => !comparison.changes.is_empty(),
        FailOn::Wire => comparison.wire() > Wire::Works,
    }
}

fn explain_rule(name: &str) -> Result<bool, String> {
    let Some(rule) = Rule::from_name(name) else {
        return Err(format!("unknown rule `{name}`; `diff --rules` lists all rules"));
    };
    let text = files::wrap_text(rule.explanation(), 80);
    write_stdout(&format!("{name}: {}\n\n{text}\n", rule.verdicts()))?;
    Ok(true)
}

fn list_rules() -> Result<bool, String> {
    let width = Rule::ALL.iter().map(|rule| rule.name().len()).max().unwrap_or_default();
    let lines =
        Rule::ALL.iter().map(|rule| format!("{:width$}  {}\n", rule.name(), rule.verdicts()));
    write_stdout(&lines.collect::<String>())?;
    Ok(true)
}
