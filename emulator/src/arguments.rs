//! The command line.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use box_emulator::{Access, Builder, Emulator, FaultPlan, Recorder, Replayer};
use clap::Parser;

use box_upload_common::units::{parse_duration, parse_size};

const EXAMPLES: &str = "\
Examples:
  box-emulator
      Run with Box's limits, in memory, on port 8080.
  box-emulator --part-size 1MiB --smallest-file 0
      Accept upload sessions for small files.
  box-emulator --data ./box --processing-delay 2s
      Store files on disk, and respond to commits with 202 for two seconds.
  box-emulator --faults faults.yaml
      Inject faults; faults.yaml may contain:

          seed: 7
          faults:
            - { on: upload_part, nth: 3, do: lose_response }
            - { on: upload_part, probability: 0.05, do: { respond: { status: 503, retry_after: 1 } } }

  box-emulator --record upload.jsonl
      Forward requests to Box, and record them without secrets.
  box-emulator --replay upload.jsonl
      Replay Box's responses without a connection to Box.

  RUST_LOG=box_emulator=debug box-emulator
      Verbose logging.";

/// Emulate Box's upload service on this machine, for tests and demonstrations.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Port to listen on; 0 chooses a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Store everything in this folder, across restarts and crashes [default: in memory].
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Fault plan (YAML or JSON).
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Let anyone GET, PUT and DELETE the fault plan at /control/faults.
    #[arg(long)]
    control: bool,
    /// Also serve the page at /__emulator/ to clients that use this host name or address; may be
    /// repeated [default: only this computer].
    #[arg(long, value_name = "HOST")]
    page_host: Vec<String>,
    /// Size of every part but the last [default: 8MiB, more for large files].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    part_size: Option<u64>,
    /// Smallest file accepted by an upload session.
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "20MB")]
    smallest_file: u64,
    /// Largest file accepted.
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "500GB")]
    largest_file: u64,
    /// Total size of all files.
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "10TB")]
    quota: u64,
    /// Lifetime of an upload session.
    #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "7d")]
    session_life: Duration,
    /// Lifetime of a token issued by /oauth2/token.
    #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "1h")]
    token_life: Duration,
    /// Delay of every response.
    #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "0s")]
    latency: Duration,
    /// Time until an uploaded part counts as processed.
    #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "0s")]
    processing_delay: Duration,
    /// Requests per minute and user [default: unlimited].
    #[arg(long, value_name = "REQUESTS")]
    rate_limit: Option<u32>,
    /// File with the accepted access tokens, one per line [default: any token].
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// Create a folder: ID=NAME, optionally with :read-only, :forbidden or :trashed; may be
    /// repeated.
    #[arg(long, value_name = "FOLDER", value_parser = parse_folder)]
    folder: Vec<(String, String, Access)>,
    /// Serve TLS with the certificates in this PEM file.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the first certificate (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Forward requests to Box with the client's token, and record them in this new file, without
    /// secrets and the content of files.
    #[arg(long, value_name = "FILE", conflicts_with_all = EMULATION, help_heading = RECORDINGS)]
    record: Option<PathBuf>,
    /// Record this service instead of Box: scheme, host and port.
    #[arg(long, value_name = "URL", requires = "record", help_heading = RECORDINGS)]
    upstream: Option<String>,
    /// Replay the responses recorded in this file.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "record",
        conflicts_with_all = EMULATION,
        help_heading = RECORDINGS
    )]
    replay: Option<PathBuf>,
}

const RECORDINGS: &str = "Recordings";

/// Options that concern the emulator only.
const EMULATION: [&str; 17] = [
    "data",
    "faults",
    "control",
    "page_host",
    "part_size",
    "smallest_file",
    "largest_file",
    "quota",
    "session_life",
    "token_life",
    "latency",
    "processing_delay",
    "rate_limit",
    "tokens",
    "folder",
    "tls_cert",
    "tls_key",
];

/// What the command is to run.
pub(crate) enum Service {
    Emulator(Box<Builder>),
    Recorder(Recorder),
    Replayer(Replayer),
}

fn parse_folder(text: &str) -> Result<(String, String, Access), String> {
    let (id, name) = text.split_once('=').ok_or("expected ID=NAME")?;
    let (name, access) = match name.rsplit_once(':') {
        Some((name, "read-only")) => (name, Access::ReadOnly),
        Some((name, "forbidden")) => (name, Access::ForbiddenByPolicy),
        Some((name, "trashed")) => (name, Access::Trashed),
        _ => (name, Access::Write),
    };
    Ok((id.to_owned(), name.to_owned(), access))
}

fn read_text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

impl Arguments {
    /// Builds what is to run.
    pub(crate) fn into_service(self) -> Result<Service, Box<dyn std::error::Error>> {
        let address = (self.host, self.port).into();
        if let Some(file) = self.record {
            let recorder = Recorder::new(file).address(address);
            return Ok(Service::Recorder(match self.upstream {
                Some(url) => recorder.upstream(url),
                None => recorder,
            }));
        }
        if let Some(file) = self.replay {
            return Ok(Service::Replayer(Replayer::new(file).address(address)));
        }
        Ok(Service::Emulator(Box::new(self.into_builder()?)))
    }

    /// Builds the emulator.
    fn into_builder(self) -> Result<Builder, Box<dyn std::error::Error>> {
        let mut builder = Emulator::builder()
            .address((self.host, self.port).into())
            .control(self.control)
            .smallest_file(self.smallest_file)
            .largest_file(self.largest_file)
            .quota(self.quota)
            .session_life(self.session_life)
            .token_life(self.token_life)
            .latency(self.latency)
            .processing_delay(self.processing_delay);
        if let Some(size) = self.part_size {
            builder = builder.part_size(size);
        }
        if let Some(requests) = self.rate_limit {
            builder = builder.rate_limit(requests);
        }
        if let Some(folder) = self.data {
            builder = builder.data(folder);
        }
        if let Some(path) = &self.faults {
            let plan = read_text(path)?.parse::<FaultPlan>();
            builder = builder.faults(plan.map_err(|error| format!("{}: {error}", path.display()))?);
        }
        if let Some(path) = &self.tokens {
            for token in read_text(path)?.lines().map(str::trim).filter(|token| !token.is_empty()) {
                builder = builder.token(token);
            }
        }
        for host in self.page_host {
            builder = builder.page_host(host);
        }
        for (id, name, access) in self.folder {
            builder = builder.folder(id, name, access);
        }
        if let (Some(certificates), Some(key)) = (&self.tls_cert, &self.tls_key) {
            builder = builder.tls(read_text(certificates)?, read_text(key)?);
        }
        Ok(builder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn folders_have_an_access() {
        let folder = |text| parse_folder(text).unwrap();
        assert_eq!(folder("1=A:B"), ("1".to_owned(), "A:B".to_owned(), Access::Write));
        assert_eq!(folder("1=A:trashed"), ("1".to_owned(), "A".to_owned(), Access::Trashed));
    }
}
