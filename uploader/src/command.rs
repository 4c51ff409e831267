//! The command `box-upload`.

mod abort;
mod arguments;
mod client;
#[cfg(feature = "demo")]
mod demo;
mod exit;
mod failure;
mod interrupt;
mod journal;
mod manual;
mod quantity;
mod report;
mod sessions;
mod terminal;
mod upload;

use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use arguments::{Arguments, Command, Output};
use exit::Exit;
use failure::Failure;
use interrupt::Interrupt;
use report::{News, Report};
use terminal::Terminal;

/// Where a command tells what it does, and what may end it.
pub(crate) struct Context {
    #[cfg(feature = "demo")]
    terminal: Terminal,
    report: Report,
    interrupt: Interrupt,
    is_json: bool,
}

impl Context {
    fn new(output: &Output) -> Result<Self, Failure> {
        let terminal = Terminal::new(output);
        log(output, &terminal);
        let report = Report::new(output, &terminal);
        let interrupt = Interrupt::listen(&terminal, !output.quiet && !output.json)
            .map_err(|error| Failure::setup("cannot listen for signals").because(&error))?;
        Ok(Self {
            #[cfg(feature = "demo")]
            terminal,
            report,
            interrupt,
            is_json: output.json,
        })
    }
}

/// Does what the command line asks for.
pub(crate) fn main() -> ExitCode {
    let Arguments { command, upload } = Arguments::read();
    let exit = match command {
        Some(Command::Completions { shell }) => manual::completions(shell),
        Some(Command::Man) => manual::man_page(),
        Some(Command::Abort { session, connection, output }) => {
            run(&output, async |context| abort::run(context, &connection, &session).await)
        }
        Some(Command::Sessions { clear, journal, connection, output }) => {
            run(&output, async |context| {
                sessions::run(context, &connection, journal.as_deref(), clear).await
            })
        }
        None => {
            let output = upload.output.clone();
            run(&output, async |context| match &upload {
                #[cfg(feature = "demo")]
                upload if upload.demo => demo::run(context, upload).await,
                upload => upload::run(context, upload).await,
            })
        }
    };
    exit.into()
}

/// Runs what waits for the network.
fn run(output: &Output, work: impl AsyncFnOnce(&Context) -> Result<Exit, Failure>) -> Exit {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::setup("cannot start the runtime").because(&error);
            Terminal::new(output).line(&failure.text(None));
            return failure.exit();
        }
    };
    let exit = runtime.block_on(async {
        let context = match Context::new(output) {
            Ok(context) => context,
            Err(failure) => {
                Terminal::new(output).line(&failure.text(None));
                return failure.exit();
            }
        };
        work(&context).await.unwrap_or_else(|failure| {
            context.report.tell(&News::Failed { path: None, failure: &failure });
            failure.exit()
        })
    });
    // A read of the standard input cannot be called off, and must not hold the process.
    runtime.shutdown_background();
    exit
}

/// Logs to the standard error: what `RUST_LOG` says, else warnings, and more with `-v`.
fn log(output: &Output, terminal: &Terminal) {
    let default = match output {
        Output { verbose: true, .. } => "warn,box_uploader=debug",
        Output { quiet: true, .. } => "off",
        _ => "warn",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(terminal.is_coloured())
        .with_writer(terminal.clone())
        .init();
}
