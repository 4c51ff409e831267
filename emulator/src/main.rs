//! The command `box-emulator`: see `box-emulator --help`.

mod arguments;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::task::{Context, Poll, Waker};

use box_emulator::{Builder, RunningProxy};
use clap::Parser;
use tracing_subscriber::EnvFilter;

use arguments::{Arguments, Service};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(use_color())
        .with_writer(std::io::stderr)
        .init();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            if is_port_taken(&*error) {
                eprintln!("hint: use --port to choose another port");
            }
            ExitCode::FAILURE
        }
    }
}

fn is_port_taken(error: &(dyn std::error::Error + 'static)) -> bool {
    let errors = std::iter::successors(Some(error), |error| error.source());
    let mut errors = errors.filter_map(|error| error.downcast_ref::<std::io::Error>());
    errors.any(|error| error.kind() == std::io::ErrorKind::AddrInUse)
}

/// Whether to color the log: on a terminal, unless `NO_COLOR` is set.
fn use_color() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::stderr().is_terminal() && !refused
}

/// Waits for Ctrl-C, which is noticed from this call on.
fn listen_for_interrupt() -> impl Future<Output = std::io::Result<()>> {
    let mut interrupt = Box::pin(tokio::signal::ctrl_c());
    // The handler is registered when this is polled.
    let ready = interrupt.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    async move {
        match ready {
            Poll::Ready(result) => result,
            Poll::Pending => interrupt.await,
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    match arguments.into_service()? {
        Service::Emulator(builder) => run_emulator(*builder).await,
        Service::Recorder(recorder) => {
            let running = recorder.start().await?;
            run_proxy(&running, "Box is recorded at").await
        }
        Service::Replayer(replayer) => {
            let running = replayer.start().await?;
            run_proxy(&running, "The recording is replayed at").await
        }
    }
}

async fn run_emulator(builder: Builder) -> Result<(), Box<dyn std::error::Error>> {
    let interrupt = listen_for_interrupt();
    let emulator = builder.start().await?;
    let url = emulator.url();
    // A reader of only the first line may close the pipe.
    let mut out = std::io::stdout();
    let _ = writeln!(out, "Box is at {url}");
    let _ = writeln!(out, "Try it:   {}", format_example(&url));
    let _ = writeln!(out, "See it:   {url}/__emulator/");
    interrupt.await?;
    for fired in emulator.fired() {
        tracing::info!(request = fired.request, fault = fired.fault, "fired: {:?}", fired.action);
    }
    emulator.stop().await;
    Ok(())
}

async fn run_proxy(running: &RunningProxy, what: &str) -> Result<(), Box<dyn std::error::Error>> {
    let interrupt = listen_for_interrupt();
    let _ = writeln!(std::io::stdout(), "{what} {}", running.url());
    interrupt.await?;
    Ok(())
}

/// An upload in one request, which fits on one command line.
fn format_example(url: &str) -> String {
    let trust = if url.starts_with("https") { " --insecure" } else { "" };
    format!(
        "echo Hello | curl{trust} -H 'Authorization: Bearer any' \
         -F 'attributes={{\"name\":\"hello.txt\",\"parent\":{{\"id\":\"0\"}}}}' -F file=@- \
         {url}/api/2.0/files/content"
    )
}
