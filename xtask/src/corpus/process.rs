//! Processes with a time limit.

use std::{
    fs::File,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How a process ended.
pub(super) enum Ended {
    Well {
        time: Duration,
    },
    Badly {
        time: Duration,
    },
    /// It was killed after the time limit.
    Never,
}

/// Runs a command with a time limit. Output goes to a file, because nobody reads a pipe meanwhile.
pub(super) fn run_with_limit(
    command: &mut Command,
    out: &Path,
    limit: Duration,
) -> Result<Ended, String> {
    let out = File::create(out).map_err(|error| format!("{}: {error}", out.display()))?;
    command.stdin(Stdio::null()).stdout(out).stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    loop {
        let time = start.elapsed();
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) if status.success() => return Ok(Ended::Well { time }),
            Some(_) => return Ok(Ended::Badly { time }),
            None if time > limit => {
                child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
                return Ok(Ended::Never);
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
}
