//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use super::exit::Exit;
use super::units::{parse_duration, parse_size};

/// What `--help` shows behind the options, and the man page too.
pub(crate) const EXAMPLES: &[(&str, &str)] = &[
    (
        "box-upload --demo movie.mov",
        "Shows what it survives. No account, nothing leaves this computer.",
    ),
    (
        "box-upload movie.mov --to 0",
        "Into the root folder. A folder's id is the number in its URL.",
    ),
    (
        "box-upload report.pdf --to 12345 --on-conflict version",
        "As a new version, if there is a report.pdf.",
    ),
    ("box-upload photos --to 12345", "A directory. A second time, what is missing."),
    ("tar c photos | box-upload - --name photos.tar --to 0", "What another program writes."),
    ("box-upload *.mov --to 12345 --json", "One JSON object a line, for scripts."),
    ("box-upload sessions", "Lists what is unfinished; with --clear, ends it."),
    ("box-upload abort 0123456789ABCDEF0123456789ABCDEF", "Ends a session and drops its parts."),
];

/// The environment variables that count.
pub(crate) const ENVIRONMENT: &[(&str, &str)] = &[
    ("BOX_ACCESS_TOKEN", "An access token. It lives for about an hour"),
    ("BOX_ACCESS_TOKEN_FILE", "A file with one, read for each request"),
    ("BOX_CLIENT_ID, BOX_CLIENT_SECRET", "An application that fetches its tokens by itself"),
    ("BOX_ENTERPRISE_ID or BOX_USER_ID", "For whom it fetches them"),
    ("BOX_BASE_URL", "Where Box is, as with --base-url"),
    ("HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "The proxy to use, and for which hosts there is none"),
    ("XDG_STATE_HOME", "For the journal, in `box-upload`; by default ~/.local/state"),
    ("TMPDIR", "Where the standard input is kept until it is uploaded"),
    ("RUST_LOG", "What to log, instead of -v"),
    ("NO_COLOR", "No colours, if it is set to anything"),
];

/// Gets files of any size into Box, whatever the network does.
///
/// Large files go in parts, several at a time. What failed is tried again; what is uncertain is
/// looked up at Box, not guessed. After a crash, the same command goes on where it ended.
#[derive(Debug, Parser)]
#[command(
    name = "box-upload",
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    override_usage = "box-upload [OPTIONS] <PATH>... --to <FOLDER>\n       \
                      box-upload [OPTIONS] <PATH> --file-id <FILE>\n       \
                      box-upload --demo <PATH>\n       \
                      box-upload <COMMAND>"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) upload: Upload,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// End an upload session and drop its parts.
    Abort {
        /// The session's id.
        #[arg(value_name = "SESSION", value_parser = NonEmptyStringValueParser::new())]
        session: String,
        #[command(flatten)]
        connection: Connection,
        #[command(flatten)]
        output: Output,
    },
    /// List unfinished uploads that are noted on this machine.
    Sessions {
        /// End their sessions, drop their parts, and forget them.
        #[arg(long)]
        clear: bool,
        /// Where they are noted; see XDG_STATE_HOME.
        #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        journal: Option<PathBuf>,
        #[command(flatten)]
        connection: Connection,
        #[command(flatten)]
        output: Output,
    },
    /// Write completions for a shell to the standard output.
    Completions {
        /// The shell.
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Write the man page to the standard output.
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct Upload {
    /// What to upload: files, and directories with all that is in them; `-` is the standard input.
    #[arg(value_name = "PATH", required = true, value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,
    /// Say what would be uploaded, and do nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Upload to an emulator of Box inside this process, which misbehaves.
    #[cfg(feature = "demo")]
    #[arg(long, conflicts_with_all = ["to", "file_id", "dry_run", "json", "quiet"])]
    pub(crate) demo: bool,
    #[command(flatten)]
    pub(crate) destination: Destination,
    #[command(flatten)]
    pub(crate) transfer: Transfer,
    #[command(flatten)]
    pub(crate) resumption: Resumption,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Destination")]
pub(crate) struct Destination {
    /// The folder for new files, by its id; 0 is the root folder.
    #[arg(
        long,
        alias = "folder-id",
        value_name = "FOLDER",
        required_unless_present_any = NO_FOLDER,
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub(crate) to: Option<String>,
    /// Make a new version of the file with this id instead.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["to", "on_conflict"],
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub(crate) file_id: Option<String>,
    /// The file's name in Box; without it, its name here.
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: Option<String>,
    /// What to do if the folder has an item of that name.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub(crate) on_conflict: OnConflict,
    /// Only if the present version still has this etag.
    #[arg(long, value_name = "ETAG", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) if_match: Option<String>,
    /// The file's description in Box; only a file of 20 MiB or more can have one
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
}

#[cfg(feature = "demo")]
const NO_FOLDER: [&str; 2] = ["file_id", "demo"];
#[cfg(not(feature = "demo"))]
const NO_FOLDER: [&str; 1] = ["file_id"];

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum OnConflict {
    /// Upload nothing, and end with code 5.
    #[default]
    Fail,
    /// Make a new version of it.
    Version,
    /// Take another name, such as `report (1).pdf`.
    Rename,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Links {
    /// Leave them out, and say so.
    #[default]
    Skip,
    /// Upload what they lead to.
    Follow,
    /// Count each of them as a file that failed.
    Fail,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Transfer")]
pub(crate) struct Transfer {
    /// How many parts of a file are on their way at a time; Box advises 3 to 5.
    #[arg(
        long,
        visible_alias = "parts-in-flight",
        value_name = "PARTS",
        default_value_t = 4,
        value_parser = clap::value_parser!(u16).range(1..=256)
    )]
    pub(crate) concurrency: u16,
    /// How many files of a directory are uploaded at a time.
    #[arg(
        long,
        value_name = "FILES",
        default_value_t = 4,
        value_parser = clap::value_parser!(u16).range(1..=256)
    )]
    pub(crate) files: u16,
    /// What becomes of symbolic links in a directory.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub(crate) links: Links,
    /// Upload what symbolic links in a directory lead to; the same as `--links follow`.
    #[arg(long, conflicts_with = "links")]
    pub(crate) follow_links: bool,
    /// Bytes a second at most, such as 500K or 10M.
    #[arg(long, value_name = "RATE", value_parser = parse_size)]
    pub(crate) limit_rate: Option<u64>,
    /// How often a failed request is tried again.
    #[arg(long, value_name = "TIMES", default_value_t = 9)]
    pub(crate) retries: u32,
    /// How long nothing may move before a request counts as failed.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_duration)]
    pub(crate) timeout: Duration,
    /// How much the standard input may bring; it goes to a temporary file first.
    #[arg(long, value_name = "SIZE", default_value = "10GiB", value_parser = parse_size)]
    pub(crate) spool_limit: u64,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Resumption")]
pub(crate) struct Resumption {
    /// Go on with an unfinished upload, and fail if there is none.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Begin anew, and abort the unfinished upload if there is one.
    #[arg(long, conflicts_with = "resume")]
    pub(crate) no_resume: bool,
    /// Leave nothing at Box when an upload fails or is interrupted.
    #[arg(long)]
    pub(crate) abort_on_failure: bool,
    /// Where to note unfinished uploads; see XDG_STATE_HOME.
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) journal: Option<PathBuf>,
    /// Note nothing: what breaks off cannot be resumed.
    #[arg(long, conflicts_with_all = ["journal", "resume", "no_resume"])]
    pub(crate) no_journal: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    /// A file with an access token.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) token_file: Option<PathBuf>,
    /// Act for the user with this id, as an application or administrator may.
    #[arg(long, value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) as_user: Option<String>,
    /// Where Box is: a proxy, or an emulator.
    #[arg(long, value_name = "URL", env = "BOX_BASE_URL", hide_env = true)]
    pub(crate) base_url: Option<String>,
    /// Trust the certificates in this file too (PEM).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ca_file: Option<PathBuf>,
    /// Use no proxy, whatever the environment says.
    #[arg(long)]
    pub(crate) no_proxy: bool,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Write what happens to the standard output, one JSON object a line; the last is the result.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write nothing but results and errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Log every request that fails.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    Always,
    Never,
}

impl Arguments {
    /// The command line's arguments. If they make no sense, or ask for help, that ends here.
    pub(crate) fn parse_or_exit() -> Self {
        let matches = Self::command_with_help().get_matches();
        let arguments = <Self as clap::FromArgMatches>::from_arg_matches(&matches);
        let arguments = arguments.unwrap_or_else(|error| error.exit());
        if let Err((kind, message)) = arguments.check_combinations() {
            Self::command_with_help().error(kind, message).exit();
        }
        arguments
    }

    /// The command as clap knows it, with its examples.
    pub(crate) fn command_with_help() -> clap::Command {
        let examples = EXAMPLES.iter().map(|(line, what)| format!("\n  {line}\n      {what}"));
        let examples = format!("Examples:{}", examples.collect::<String>());
        let environment = ENVIRONMENT.iter().map(|(name, what)| format!("\n  {name:34} {what}"));
        let environment = environment.collect::<String>();
        let exits = Exit::table();
        let more = "`box-upload --help` says more, and lists environment variables and exit codes.";
        Self::command().after_help(format!("{examples}\n\n{more}")).after_long_help(format!(
            "{examples}\n\nEnvironment:{environment}\n\nExit codes:\n{}",
            exits.trim_end()
        ))
    }

    /// What clap cannot see.
    fn check_combinations(&self) -> Result<(), (clap::error::ErrorKind, &'static str)> {
        use clap::error::ErrorKind::{ArgumentConflict, MissingRequiredArgument};
        let Upload { paths, destination, resumption, .. } = &self.upload;
        let Destination { name, file_id, if_match, .. } = destination;
        let streams = paths.iter().filter(|path| is_standard_input(path)).count();
        if paths.len() > 1 && (name.is_some() || file_id.is_some() || if_match.is_some()) {
            let what = "--name, --file-id and --if-match are for one path";
            return Err((ArgumentConflict, what));
        }
        if streams > 1 {
            return Err((ArgumentConflict, "the standard input `-` can be read only once"));
        }
        if streams > 0 && resumption.resume {
            let what = "the standard input `-` cannot be resumed: it is gone once it is read";
            return Err((ArgumentConflict, what));
        }
        #[cfg(feature = "demo")]
        if self.upload.demo {
            return if paths.len() == 1 && streams == 0 {
                Ok(())
            } else {
                Err((ArgumentConflict, "--demo is for one file"))
            };
        }
        if streams > 0 && name.is_none() && file_id.is_none() {
            Err((MissingRequiredArgument, "the standard input `-` needs a --name"))
        } else {
            Ok(())
        }
    }
}

/// Whether a path stands for the standard input.
pub(crate) fn is_standard_input(path: &std::path::Path) -> bool {
    path.as_os_str() == "-"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        let words = ["box-upload"].into_iter().chain(line.split_whitespace());
        let arguments = Arguments::try_parse_from(words).map_err(|error| error.to_string())?;
        arguments.check_combinations().map_err(|(_, what)| what.to_owned())?;
        Ok(arguments)
    }

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command_with_help().debug_assert();
    }

    #[test]
    fn paths_and_commands_are_told_apart() {
        let upload = |line| parse(line).unwrap().upload;
        assert_eq!(upload("a.txt --to 0").destination.to.as_deref(), Some("0"));
        assert_eq!(upload("--folder-id 7 a.txt").destination.to.as_deref(), Some("7"));
        assert_eq!(upload("./man --to 0").paths, [PathBuf::from("./man")]);
        assert!(matches!(parse("man").unwrap().command, Some(Command::Man)));
        let abort = parse("abort 0123 --token-file t --json").unwrap().command;
        assert!(matches!(abort, Some(Command::Abort { session, .. }) if session == "0123"));
    }

    #[test]
    fn a_destination_is_needed() {
        assert!(parse("a.txt").unwrap_err().contains("--to <FOLDER>"));
        assert!(parse("a.txt --to 0 --file-id 1").unwrap_err().contains("cannot be used with"));
        assert!(parse("a.txt --file-id 1").is_ok());
        assert!(parse("--to 0").unwrap_err().contains("<PATH>"));
        assert!(parse("a.txt --to=").is_err());
    }

    #[test]
    fn what_is_for_one_file_takes_one() {
        assert!(parse("a b --to 0").is_ok());
        assert!(parse("a b --to 0 --name c").unwrap_err().contains("one path"));
        assert!(parse("a b --file-id 1").unwrap_err().contains("one path"));
        assert!(parse("a --to 0 --resume --no-resume").is_err());
    }

    #[test]
    fn the_standard_input_has_no_name() {
        assert!(parse("- --to 0").unwrap_err().contains("--name"));
        assert!(parse("- --to 0 --name a").is_ok());
        assert!(parse("- --file-id 1").is_ok());
        assert!(parse("- - --to 0").unwrap_err().contains("once"));
        assert!(parse("- --to 0 --name a --resume").unwrap_err().contains("resumed"));
    }

    #[cfg(feature = "demo")]
    #[test]
    fn a_demo_needs_a_file_only() {
        assert!(parse("--demo a.txt").unwrap().upload.demo);
        assert!(parse("--demo").is_err());
        assert!(parse("--demo -").unwrap_err().contains("one file"));
        assert!(parse("--demo a b").unwrap_err().contains("one file"));
        assert!(parse("--demo a --to 0").is_err());
    }
}
