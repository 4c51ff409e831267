//! The command line.

mod access;
mod address;
mod folders;
mod report;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use super::directory_arguments::DirectoryArguments;
use super::exit::Exit;
use box_upload_common::units::{parse_nonzero_duration, parse_nonzero_size};

use address::parse_address;

pub(crate) use access::{Access, DEFAULT_PROFILE, Login, Logout, parse_profile};
pub(crate) use folders::{List, MakeDirectory};
pub(crate) use report::Report;

/// Examples, for `--help` and the man page.
pub(crate) const EXAMPLES: &[(&str, &str)] = &[
    ("box-upload --demo movie.mov", "Demonstrate fault recovery, locally and without an account"),
    (
        "box-upload movie.mov --to 0",
        "Upload a file to the root folder (a folder's id is the number in its URL)",
    ),
    (
        "box-upload report.pdf --to 12345 --on-conflict version",
        "Upload a new version if the name exists",
    ),
    ("box-upload photos --to 12345", "Upload a directory; re-run to upload what is missing"),
    (
        "box-upload photos --to 12345 --shard $SLURM_ARRAY_TASK_ID/8 --manifest part.jsonl",
        "Upload one of 8 shares, in a task of `sbatch --array=0-7`",
    ),
    ("box-upload movie.mov --to /Films/2026 --parents", "Upload to a path; create missing folders"),
    ("tar c photos | box-upload - --name photos.tar --to 0", "Upload another command's output"),
    ("box-upload *.mov --to 12345 --json", "Print JSON lines, for scripts"),
    ("box-upload ls /Films", "List a folder"),
    ("box-upload login --port 8088", "Sign in with a browser"),
    ("box-upload sessions", "List unfinished uploads"),
    ("box-upload abort 0123456789ABCDEF0123456789ABCDEF", "Abort a session and delete its parts"),
];

/// Environment variables, for `--help` and the man page.
pub(crate) const ENVIRONMENT: &[(&str, &str)] = &[
    ("BOX_ACCESS_TOKEN", "Access token; expires after about an hour"),
    ("BOX_ACCESS_TOKEN_FILE", "File with an access token, read for each request"),
    #[cfg(feature = "jwt")]
    ("BOX_JWT_CONFIG", "JWT configuration file of an application; BOX_USER_ID is its subject"),
    ("BOX_CLIENT_ID, BOX_CLIENT_SECRET", "Application for the client-credentials grant"),
    ("BOX_ENTERPRISE_ID or BOX_USER_ID", "Subject of that grant"),
    ("BOX_PROFILE", "Sign-in to use; see --profile"),
    ("BOX_BASE_URL", "Base URL of the Box API; see --base-url"),
    ("HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "Proxies, and hosts to reach directly"),
    ("XDG_STATE_HOME", "Parent of the journal folder `box-upload` [default: ~/.local/state]"),
    ("TMPDIR", "Directory for spooling standard input"),
    ("RUST_LOG", "Log filter; overrides -v"),
    ("NO_COLOR", "Disables colors if set"),
];

/// Upload files of any size to Box, reliably, over bad networks.
///
/// Large files are uploaded in parts, several in parallel. Failed requests are retried; when the
/// outcome of a request is unknown, Box is asked before anything is sent again. After a crash, the
/// same command resumes the upload.
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
    /// Abort an upload session and delete its parts.
    Abort {
        /// Id of the session.
        #[arg(value_name = "SESSION", value_parser = NonEmptyStringValueParser::new())]
        session: String,
        #[command(flatten)]
        connection: Connection,
        #[command(flatten)]
        output: Output,
    },
    /// List the unfinished uploads recorded on this machine.
    Sessions {
        /// Abort their sessions and delete their journals.
        #[arg(long)]
        clear: bool,
        /// Keep journals in this folder [default: see XDG_STATE_HOME].
        #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        journal: Option<PathBuf>,
        #[command(flatten)]
        connection: Connection,
        #[command(flatten)]
        output: Output,
    },
    /// List the items in a folder in Box.
    Ls(List),
    /// Create folders in Box.
    Mkdir(MakeDirectory),
    /// Sign in with a browser.
    ///
    /// Requires an application of Box's developer console, in BOX_CLIENT_ID and BOX_CLIENT_SECRET.
    /// The tokens are kept in a file that only you can read, and are renewed as needed.
    Login(Login),
    /// Revoke the tokens of a sign-in, and delete them.
    Logout(Logout),
    /// Print the user that the credentials belong to.
    Whoami {
        #[command(flatten)]
        connection: Connection,
        #[command(flatten)]
        output: Output,
    },
    /// Join the manifests of several runs or machines, and find what is missing.
    ///
    /// Prints a line for each problem: missing, damaged, contradiction, absent or different, then the
    /// path and where it was found.
    Report(Report),
    /// Print a completion script for a shell.
    Completions {
        /// Shell to complete for.
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Print the man page.
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct Upload {
    /// Files and directories to upload; `-` is standard input.
    #[arg(value_name = "PATH", required = true, value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,
    /// Print what would be uploaded, without uploading it.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Upload to a built-in Box emulator with injected faults.
    #[cfg(feature = "demo")]
    #[arg(long, conflicts_with_all = ["to", "parents", "file_id", "dry_run", "json", "quiet"])]
    pub(crate) demo: bool,
    #[command(flatten)]
    pub(crate) destination: Destination,
    #[command(flatten)]
    pub(crate) directory: DirectoryArguments,
    #[command(flatten)]
    pub(crate) transfer: Transfer,
    #[command(flatten)]
    pub(crate) resumption: Resumption,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) output: Output,
    /// Serve metrics for Prometheus on this port of 127.0.0.1, or at this address.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address, help_heading = "Output")]
    pub(crate) metrics: Option<SocketAddr>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Destination")]
pub(crate) struct Destination {
    /// Path or id of the folder to upload to, such as /Backups/2026; 0 is the root folder.
    #[arg(
        long,
        alias = "folder-id",
        value_name = "FOLDER",
        required_unless_present_any = NO_FOLDER,
        value_parser = folders::parse_folder
    )]
    pub(crate) to: Option<String>,
    /// Create missing folders of the path.
    #[arg(short, long, requires = "to", conflicts_with = "file_id")]
    pub(crate) parents: bool,
    /// Upload a new version of the file with this id.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["to", "on_conflict"],
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub(crate) file_id: Option<String>,
    /// Name of the file in Box [default: the local name].
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: Option<String>,
    /// What to do if the name already exists in the folder.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub(crate) on_conflict: OnConflict,
    /// Upload only if the current version has this ETag.
    #[arg(long, value_name = "ETAG", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) if_match: Option<String>,
    /// Description of the file in Box; requires a file of 20 MiB or more.
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
}

#[cfg(feature = "demo")]
const NO_FOLDER: [&str; 2] = ["file_id", "demo"];
#[cfg(not(feature = "demo"))]
const NO_FOLDER: [&str; 1] = ["file_id"];

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum OnConflict {
    /// Upload nothing and exit with code 5.
    #[default]
    Fail,
    /// Upload a new version of the existing file.
    Version,
    /// Choose another name, such as `report (1).pdf`.
    Rename,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Links {
    /// Skip and report them.
    #[default]
    Skip,
    /// Upload their targets.
    Follow,
    /// Count each of them as a failed file.
    Fail,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Transfer")]
pub(crate) struct Transfer {
    /// Upload this many parts of a file in parallel; Box recommends 3 to 5.
    #[arg(
        long,
        visible_alias = "parts-in-flight",
        value_name = "PARTS",
        default_value_t = 4,
        value_parser = clap::value_parser!(u16).range(1..=256)
    )]
    pub(crate) concurrency: u16,
    /// Upload at most this many files of a directory in parallel; fewer when Box is busy.
    #[arg(
        long,
        value_name = "FILES",
        default_value_t = 64,
        value_parser = clap::value_parser!(u16).range(1..=256)
    )]
    pub(crate) files: u16,
    /// How to treat symbolic links in a directory.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub(crate) links: Links,
    /// Upload the targets of symbolic links; same as `--links follow`.
    #[arg(long, conflicts_with = "links")]
    pub(crate) follow_links: bool,
    /// Limit the bandwidth, in bytes per second, such as 500K or 10M.
    #[arg(long, value_name = "RATE", value_parser = parse_nonzero_size)]
    pub(crate) limit_rate: Option<u64>,
    /// Retry a failed request this many times.
    #[arg(long, value_name = "TIMES", default_value_t = 9)]
    pub(crate) retries: u32,
    /// Fail a request after this long without progress.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_nonzero_duration)]
    pub(crate) timeout: Duration,
    /// Maximum size of standard input, which is spooled to a temporary file.
    #[arg(long, value_name = "SIZE", default_value = "10GiB", value_parser = parse_nonzero_size)]
    pub(crate) spool_limit: u64,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Resumption")]
pub(crate) struct Resumption {
    /// Resume an unfinished upload, and fail if there is none.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Start over, and abort the unfinished upload if there is one.
    #[arg(long, conflicts_with = "resume")]
    pub(crate) no_resume: bool,
    /// Abort the session when an upload fails or is interrupted.
    #[arg(long)]
    pub(crate) abort_on_failure: bool,
    /// Keep journals in this folder [default: see XDG_STATE_HOME].
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) journal: Option<PathBuf>,
    /// Keep no journal; the upload cannot be resumed.
    #[arg(long, conflicts_with_all = ["journal", "resume", "no_resume"])]
    pub(crate) no_journal: bool,
}

/// How to reach Box, and as whom.
#[derive(Debug, Args)]
pub(crate) struct Connection {
    #[command(flatten)]
    pub(crate) access: Access,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// How to reach Box.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Service {
    /// Base URL of the Box API, for a proxy or an emulator.
    #[arg(long, value_name = "URL", env = "BOX_BASE_URL", hide_env = true)]
    pub(crate) base_url: Option<String>,
    /// Trust the certificates in this PEM file in addition to the system's.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ca_file: Option<PathBuf>,
    /// Ignore the proxies in the environment.
    #[arg(long)]
    pub(crate) no_proxy: bool,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Print one JSON object per line; the last is the result.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print only results and errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Log every failed request.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// When to use colors.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Color {
    /// Use colors on a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    Always,
    Never,
}

impl Arguments {
    /// Parses the command line. Exits on errors and after `--help`.
    pub(crate) fn parse_or_exit() -> Self {
        let matches = Self::command_with_help().get_matches();
        let arguments = <Self as clap::FromArgMatches>::from_arg_matches(&matches);
        let arguments = arguments.unwrap_or_else(|error| error.exit());
        if let Err((kind, message)) = arguments.check_combinations() {
            Self::command_with_help().error(kind, message).exit();
        }
        arguments
    }

    /// The command with examples, environment variables and exit codes in its help.
    pub(crate) fn command_with_help() -> clap::Command {
        let examples = EXAMPLES.iter().map(|(line, what)| format!("\n  {line}\n      {what}"));
        let examples = format!("Examples:{}", examples.collect::<String>());
        let environment = ENVIRONMENT.iter().map(|(name, what)| format!("\n  {name:34} {what}"));
        let environment = environment.collect::<String>();
        let exits = Exit::table();
        let more = "See `box-upload --help` for more, with environment variables and exit codes.";
        Self::command().after_help(format!("{examples}\n\n{more}")).after_long_help(format!(
            "{examples}\n\nEnvironment:{environment}\n\nExit codes:\n{}",
            exits.trim_end()
        ))
    }

    /// Checks combinations of options that clap cannot express.
    fn check_combinations(&self) -> Result<(), (clap::error::ErrorKind, &'static str)> {
        use clap::error::ErrorKind::{ArgumentConflict, MissingRequiredArgument};
        let Upload { paths, destination, resumption, .. } = &self.upload;
        let Destination { name, file_id, if_match, .. } = destination;
        let streams = paths.iter().filter(|path| is_standard_input(path)).count();
        if paths.len() > 1 && (name.is_some() || file_id.is_some() || if_match.is_some()) {
            let what = "--name, --file-id and --if-match require a single path";
            return Err((ArgumentConflict, what));
        }
        if streams > 1 {
            return Err((ArgumentConflict, "standard input `-` can be read only once"));
        }
        if streams > 0 && resumption.resume {
            let what = "standard input `-` cannot be resumed";
            return Err((ArgumentConflict, what));
        }
        #[cfg(feature = "demo")]
        if self.upload.demo {
            return if paths.len() == 1 && streams == 0 {
                Ok(())
            } else {
                Err((ArgumentConflict, "--demo requires a single file"))
            };
        }
        if streams > 0 && name.is_none() && file_id.is_none() {
            Err((MissingRequiredArgument, "standard input `-` requires --name"))
        } else {
            Ok(())
        }
    }
}

/// Whether a path means standard input.
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
        let list = parse("ls --json").unwrap().command;
        assert!(matches!(list, Some(Command::Ls(List { folder, .. })) if folder == "/"));
    }

    #[test]
    fn a_folder_is_an_id_or_a_path() {
        let to = |line| parse(line).map(|arguments| arguments.upload.destination.to.unwrap());
        assert_eq!(to("a.txt --to /Films/2026 -p").unwrap(), "/Films/2026");
        assert!(to("a.txt --to Films").unwrap_err().contains("starts with `/`"));
        assert!(to("a.txt --to /Films/..").unwrap_err().contains("`..`"));
        assert!(to("a.txt --file-id 1 --parents").is_err());
        assert!(parse("mkdir Films").is_err() && parse("mkdir -p /Films/2026").is_ok());
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
        assert!(parse("a b --to 0 --name c").unwrap_err().contains("single path"));
        assert!(parse("a b --file-id 1").unwrap_err().contains("single path"));
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
        assert!(parse("--demo -").unwrap_err().contains("single file"));
        assert!(parse("--demo a b").unwrap_err().contains("single file"));
        assert!(parse("--demo a --to 0").is_err());
    }
}
