//! The command `box-upload`.

mod abort;
mod arguments;
mod client;
mod context;
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

use arguments::{Arguments, Command, Output};
use context::Context;
use exit::Exit;
use failure::Failure;
use report::News;
use terminal::Terminal;

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
