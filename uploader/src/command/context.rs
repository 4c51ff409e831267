//! What a command works with.

use tracing_subscriber::EnvFilter;

use super::arguments::Output;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::report::Report;
use super::terminal::Terminal;

/// Where a command tells what it does, and what may end it.
pub(crate) struct Context {
    #[cfg(feature = "demo")]
    pub(super) terminal: Terminal,
    pub(super) report: Report,
    pub(super) interrupt: Interrupt,
    pub(super) is_json: bool,
}

impl Context {
    pub(super) fn new(output: &Output) -> Result<Self, Failure> {
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
