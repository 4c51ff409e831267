//! The command line.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use box_emulator::{Access, Builder, Emulator};
use clap::Parser;

use crate::quantity::{bytes, time};

const EXAMPLES: &str = "\
Examples:
  box-emulator
      As Box, in memory, on port 8080.
  box-emulator --part-size 1MiB --smallest-file 0
      Takes upload sessions for small files, too.
  box-emulator --data ./box --processing-delay 2s
      Keeps what arrives, and answers commits with 202 for two seconds.
  box-emulator --faults faults.yaml
      Misbehaves, for example with this in faults.yaml:

          seed: 7
          faults:
            - { on: upload_part, nth: 3, do: lose_response }
            - { on: upload_part, probability: 0.05, do: { respond: { status: 503, retry_after: 1 } } }

  RUST_LOG=box_emulator=debug box-emulator
      Says more.";

/// Box's upload service on this machine: for tests, and for trying things out.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// The port to listen on; 0 for any that is free.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Keep everything in this folder, across restarts and crashes. Without it: in memory.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// What goes wrong when: a file in YAML or JSON.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Let anybody GET, PUT and DELETE the plan of faults at /control/faults.
    #[arg(long)]
    control: bool,
    /// The size of every part but the last. Without it: 8 MiB, and more for large files.
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    part_size: Option<u64>,
    /// The smallest file that an upload session takes.
    #[arg(long, value_name = "SIZE", value_parser = bytes, default_value = "20MB")]
    smallest_file: u64,
    /// The largest file.
    #[arg(long, value_name = "SIZE", value_parser = bytes, default_value = "500GB")]
    largest_file: u64,
    /// How much room there is for all files.
    #[arg(long, value_name = "SIZE", value_parser = bytes, default_value = "10TB")]
    quota: u64,
    /// How long a session lives.
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "7d")]
    session_life: Duration,
    /// How long a token lives that /oauth2/token gave.
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "1h")]
    token_life: Duration,
    /// How much later every answer comes.
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "0s")]
    latency: Duration,
    /// How long after its arrival a part counts as processed.
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "0s")]
    processing_delay: Duration,
    /// How many requests a minute each user has. Without it: no limit.
    #[arg(long, value_name = "REQUESTS")]
    rate_limit: Option<u32>,
    /// A file with the tokens to take, one a line. Without it: any token.
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// A folder that exists from the start: ID=NAME, or ID=NAME:read-only, :forbidden, :trashed.
    #[arg(long, value_name = "FOLDER", value_parser = parse_folder)]
    folder: Vec<(String, String, Access)>,
    /// Speak TLS, with the certificates in this file (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of the first certificate (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

fn parse_folder(text: &str) -> Result<(String, String, Access), String> {
    let (id, name) = text.split_once('=').ok_or("not ID=NAME")?;
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
    /// The emulator that the arguments ask for.
    pub(crate) fn into_builder(self) -> Result<Builder, Box<dyn std::error::Error>> {
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
            builder = builder.faults(read_text(path)?.parse()?);
        }
        if let Some(path) = &self.tokens {
            for token in read_text(path)?.lines().map(str::trim).filter(|token| !token.is_empty()) {
                builder = builder.token(token);
            }
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
