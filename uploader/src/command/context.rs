//! Context of a command.

use tracing_subscriber::EnvFilter;

use super::arguments::Output;
use super::command_error::CommandError;
use super::interrupt::Interrupt;
use super::report::Reporter;
use super::terminal::Terminal;

/// Output and signals of a command.
pub(crate) struct Context {
    #[cfg(feature = "demo")]
    pub(super) terminal: Terminal,
    pub(super) reporter: Reporter,
    pub(super) interrupt: Interrupt,
    pub(super) is_json: bool,
}

impl Context {
    pub(super) fn new(output: &Output) -> Result<Self, CommandError> {
        let terminal = Terminal::new(output);
        init_log(output, &terminal);
        let reporter = Reporter::new(output, &terminal);
        let interrupt = Interrupt::listen(&terminal, !output.quiet && !output.json)
            .map_err(|error| CommandError::setup("cannot listen for signals").because(&error))?;
        Ok(Self {
            #[cfg(feature = "demo")]
            terminal,
            reporter,
            interrupt,
            is_json: output.json,
        })
    }
}

/// Logs to standard error: as `RUST_LOG` says, otherwise warnings, and more with `-v`.
fn init_log(output: &Output, terminal: &Terminal) {
    let default = match output {
        Output { verbose: true, .. } => "warn,box_uploader=debug",
        Output { quiet: true, .. } => "off",
        _ => "warn",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(terminal.is_colored())
        .with_writer(terminal.clone())
        .init();
}
