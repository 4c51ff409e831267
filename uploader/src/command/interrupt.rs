//! Ctrl-C and SIGTERM: the first signal stops in order, the second at once.

use std::io;
use std::sync::{Arc, OnceLock};

use box_uploader::CancellationToken;

use super::exit::Exit;
use super::terminal::Terminal;

/// Listens for signals. Clones share the state.
#[derive(Clone)]
pub(crate) struct Interrupt {
    token: CancellationToken,
    exit: Arc<OnceLock<Exit>>,
}

impl Interrupt {
    /// Starts listening.
    pub(crate) fn listen(terminal: &Terminal, loud: bool) -> io::Result<Self> {
        let mut signals = Signals::new()?;
        let interrupt = Self { token: CancellationToken::new(), exit: Arc::default() };
        let here = interrupt.clone();
        let terminal = terminal.clone();
        tokio::spawn(async move {
            let exit = signals.next().await;
            let _ = here.exit.set(exit);
            if loud {
                terminal.write_line("stopping; press Ctrl-C again to exit immediately");
            }
            here.token.cancel();
            let exit = signals.next().await;
            std::process::exit(exit.code().into());
        });
        Ok(interrupt)
    }

    /// Cancelled by the first signal.
    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// The exit code, if a signal was received.
    pub(crate) fn exit(&self) -> Option<Exit> {
        self.exit.get().copied()
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Terminated,
        }
    }
}

#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    terminate: tokio::signal::windows::CtrlBreak,
}

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c};
        Ok(Self { interrupt: ctrl_c()?, terminate: ctrl_break()? })
    }

    async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Terminated,
        }
    }
}
