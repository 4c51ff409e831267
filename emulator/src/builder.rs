//! What an emulator is made of.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::backend::Backend;
use crate::emulator::Emulator;
use crate::fault::{FaultPlan, Faults};
use crate::http::{Server, serve};
use crate::request_log::RequestLog;
use crate::service::Service;
use crate::settings::{Access, Settings};
use crate::store::{Disk, Store};
use crate::timestamp::Timestamp;
use crate::tls;

/// What an [`Emulator`] is made of. By default it behaves as Box does, on a free port of
/// 127.0.0.1, in memory, and takes any token.
#[derive(Clone, Default)]
#[must_use = "an emulator runs once it is started"]
pub struct Builder {
    settings: Settings,
    address: Option<SocketAddr>,
    data: Option<PathBuf>,
    faults: FaultPlan,
    control: bool,
    tls: Option<(Vec<u8>, Vec<u8>)>,
}

impl Emulator {
    /// Returns a builder for an emulator.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// The size of every part but the last, in bytes. By default 8 MiB, or as much more as it
    /// takes for a file to have at most 10,000 parts.
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.settings.part_size = Some(bytes);
        self
    }

    /// The smallest file that an upload session takes, in bytes; by default 20,000,000.
    pub fn smallest_file(mut self, bytes: u64) -> Self {
        self.settings.smallest_file = bytes;
        self
    }

    /// The largest file, in bytes; by default 500 GB.
    pub fn largest_file(mut self, bytes: u64) -> Self {
        self.settings.largest_file = bytes;
        self
    }

    /// How many bytes all files may have together; by default 10 TB.
    pub fn quota(mut self, bytes: u64) -> Self {
        self.settings.quota = bytes;
        self
    }

    /// How long a session lives; by default 7 days.
    pub fn session_life(mut self, life: Duration) -> Self {
        self.settings.session_life = life;
        self
    }

    /// How long a token lives that `POST /oauth2/token` gave; by default 60 minutes.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.settings.token_life = life;
        self
    }

    /// How much later every answer comes; by default not at all.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// How long after its arrival a part counts as processed; until then a commit is answered
    /// with 202. By default at once.
    pub fn processing_delay(mut self, delay: Duration) -> Self {
        self.settings.processing_delay = delay;
        self
    }

    /// How many parts a page of a session's list has at most, whatever the client asks for; by
    /// default 1,000. The list does not say so: `limit` repeats what was asked for.
    pub fn longest_page(mut self, parts: u64) -> Self {
        self.settings.longest_page = parts.max(1);
        self
    }

    /// How many requests a minute each user has before 429; by default there is no limit.
    pub fn rate_limit(mut self, requests: u32) -> Self {
        self.settings.rate_limit = Some(requests);
        self
    }

    /// Takes this token. With it, any token but such and those that were issued is refused.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.settings.tokens.get_or_insert_default().push(token.into());
        self
    }

    /// A folder that exists from the start, in the root folder.
    pub fn folder(
        mut self,
        id: impl Into<String>,
        name: impl Into<String>,
        access: Access,
    ) -> Self {
        self.settings.folders.push((id.into(), name.into(), access));
        self
    }

    /// The address to listen on; by default a free port of 127.0.0.1.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Keeps everything in this folder, which is made if need be, instead of in memory. What has
    /// been acknowledged is there again after a restart or a crash.
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data = Some(folder.into());
        self
    }

    /// What goes wrong when.
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = plan;
        self
    }

    /// Lets anybody change the plan of faults while the emulator runs: `GET` (the plan, and what
    /// has fired), `PUT` (a plan in YAML or JSON) and `DELETE` of `/control/faults`.
    pub fn control(mut self, on: bool) -> Self {
        self.control = on;
        self
    }

    /// Speaks TLS, with this chain of certificates and this private key, both in PEM.
    pub fn tls(mut self, certificates: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.tls = Some((certificates.into(), key.into()));
        self
    }

    /// Starts the emulator, on the Tokio runtime of the caller.
    ///
    /// # Errors
    /// The address is in use, the folder is in use or its journal damaged, the plan of faults or
    /// the certificate makes no sense, or a part size is 0.
    pub async fn start(self) -> Result<Emulator, StartError> {
        if self.settings.part_size == Some(0) {
            return Err(StartError("a part has at least one byte".to_owned()));
        }
        let plan = self.faults.check().map_err(|error| StartError(error.to_string()))?;
        let tls = match &self.tls {
            Some((certificates, key)) => {
                Some(tls::build_acceptor(certificates, key).map_err(StartError)?)
            }
            None => None,
        };
        let now = Timestamp::now();
        let (store, service) = match self.data {
            Some(folder) => {
                let opened = Disk::open_folder(&folder, self.settings, now);
                let (disk, service) = opened.map_err(|error| StartError(error.to_string()))?;
                (Store::Disk(Arc::new(disk)), service)
            }
            None => (Store::memory(), Service::new(self.settings, now)),
        };
        let address = self.address.unwrap_or((IpAddr::V4(Ipv4Addr::LOCALHOST), 0).into());
        let unusable = |error| StartError(format!("cannot listen on {address}: {error}"));
        let listener = TcpListener::bind(address).await.map_err(unusable)?;
        let (refusals, refused) = mpsc::unbounded_channel();
        let server = Arc::new(Server {
            backend: Backend::new(service, store),
            faults: Faults::default(),
            log: RequestLog::default(),
            address: listener.local_addr().map_err(unusable)?,
            scheme: if tls.is_some() { "https" } else { "http" },
            control: self.control,
            refusals,
        });
        server.faults.set(plan);
        let task = tokio::spawn(serve(server.clone(), listener, tls, refused));
        Ok(Emulator::new(server, task))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Why an emulator cannot start.
#[derive(Clone, Debug)]
pub struct StartError(String);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot start the emulator: {}", self.0)
    }
}

impl std::error::Error for StartError {}
