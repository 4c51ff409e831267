//! The command `box-upload`.

mod abort;
mod arguments;
mod client;
mod command_error;
mod context;
#[cfg(feature = "demo")]
mod demo;
mod directory_arguments;
mod exit;
mod folders;
mod interrupt;
mod journal;
mod login;
mod manifest;
mod manifests;
mod manual;
mod metrics;
mod profile;
mod report;
mod sessions;
#[cfg(feature = "otel")]
mod telemetry;
mod terminal;
mod upload;
mod web;
mod whoami;

use std::process::ExitCode;

use arguments::{Arguments, Command, Output};
use command_error::CommandError;
use context::Context;
use exit::Exit;
use report::Message;
use terminal::Terminal;

/// Runs what the command line asks for.
pub(crate) fn main() -> ExitCode {
    let Arguments { command, upload } = Arguments::parse_or_exit();
    let exit = match command {
        Some(Command::Completions { shell }) => manual::print_completions(shell),
        Some(Command::Man) => manual::print_man_page(),
        Some(Command::Abort { session, connection, output }) => {
            run_async(&output, async |context| {
                abort::run_abort(context, &connection, &session).await
            })
        }
        Some(Command::Sessions { clear, journal, connection, output }) => {
            run_async(&output, async |context| {
                sessions::run_sessions(context, &connection, journal.as_deref(), clear).await
            })
        }
        Some(Command::Login(login)) => {
            run_async(&login.output, async |context| login::run_login(context, &login).await)
        }
        Some(Command::Logout(logout)) => {
            run_async(&logout.output, async |context| login::run_logout(context, &logout).await)
        }
        Some(Command::Whoami { connection, output }) => {
            run_async(&output, async |context| whoami::run_whoami(context, &connection).await)
        }
        Some(Command::Ls(list)) => {
            run_async(&list.output, async |context| folders::run_list(context, &list).await)
        }
        Some(Command::Mkdir(mkdir)) => run_async(&mkdir.output, async |context| {
            folders::run_make_directory(context, &mkdir).await
        }),
        Some(Command::Report(report)) => {
            run_async(&report.output, async |context| manifests::run_report(context, &report).await)
        }
        None => {
            let output = upload.output.clone();
            run_async(&output, async |context| match upload {
                #[cfg(feature = "demo")]
                upload if upload.demo => demo::run_demo(context, &upload).await,
                upload => upload::run_upload(context, upload).await,
            })
        }
    };
    exit.into()
}

/// Runs async work, and reports its error.
fn run_async(
    output: &Output,
    work: impl AsyncFnOnce(&Context) -> Result<Exit, CommandError>,
) -> Exit {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = CommandError::setup("cannot start the async runtime").because(&error);
            Terminal::new(output).write_line(&failure.to_text(None));
            return failure.exit();
        }
    };
    let exit = runtime.block_on(async {
        let context = match Context::new(output) {
            Ok(context) => context,
            Err(failure) => {
                Terminal::new(output).write_line(&failure.to_text(None));
                return failure.exit();
            }
        };
        let exit = work(&context).await.unwrap_or_else(|failure| {
            context.reporter.report(&Message::Failed { path: None, failure: &failure });
            failure.exit()
        });
        #[cfg(feature = "otel")]
        if let Some(telemetry) = context.telemetry {
            telemetry.finish().await;
        }
        exit
    });
    // A read of standard input cannot be cancelled and must not keep the process alive.
    runtime.shutdown_background();
    exit
}
