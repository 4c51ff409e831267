//! Context of a command.

use tracing::Subscriber;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::arguments::Output;
use super::command_error::CommandError;
use super::interrupt::Interrupt;
use super::report::Reporter;
#[cfg(feature = "otel")]
use super::telemetry::Telemetry;
use super::terminal::Terminal;

/// Output and signals of a command.
pub(crate) struct Context {
    #[cfg(feature = "demo")]
    pub(super) terminal: Terminal,
    pub(super) reporter: Reporter,
    pub(super) interrupt: Interrupt,
    pub(super) is_json: bool,
    #[cfg(feature = "otel")]
    pub(super) telemetry: Option<Telemetry>,
}

impl Context {
    pub(super) fn new(output: &Output) -> Result<Self, CommandError> {
        let terminal = Terminal::new(output);
        let subscriber = tracing_subscriber::registry().with(create_log(output, &terminal));
        #[cfg(feature = "otel")]
        let telemetry = Telemetry::start()?;
        #[cfg(feature = "otel")]
        let subscriber = subscriber.with(telemetry.as_ref().map(Telemetry::create_layer));
        subscriber.init();
        let reporter = Reporter::new(output, &terminal);
        let interrupt = Interrupt::listen(&terminal, !output.quiet && !output.json)
            .map_err(|error| CommandError::setup("cannot listen for signals").because(&error))?;
        Ok(Self {
            #[cfg(feature = "demo")]
            terminal,
            reporter,
            interrupt,
            is_json: output.json,
            #[cfg(feature = "otel")]
            telemetry,
        })
    }
}

/// Logs to standard error: as `RUST_LOG` says, otherwise warnings, and more with `-v`.
fn create_log<S>(output: &Output, terminal: &Terminal) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let default = match output {
        Output { verbose: true, .. } => "warn,box_uploader=debug",
        Output { quiet: true, .. } => "off",
        _ => "warn",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt::layer()
        .with_target(false)
        .with_ansi(terminal.is_colored())
        .with_writer(terminal.clone())
        .with_filter(filter)
}
