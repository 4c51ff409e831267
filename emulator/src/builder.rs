//! Builder for an emulator.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::backend::Backend;
use crate::emulator::Emulator;
use crate::fault::{FaultPlan, Faults};
use crate::http::{Gate, Server, accept_connections};
use crate::request_log::RequestLog;
use crate::service::Service;
use crate::settings::{Access, Settings};
use crate::store::{Disk, Store};
use crate::timestamp::Timestamp;
use crate::tls;

/// Builder for an [`Emulator`]. By default it behaves as Box does, listens on a free port of
/// 127.0.0.1, stores everything in memory, and accepts any token.
#[derive(Clone, Default)]
#[must_use = "an emulator runs once it is started"]
pub struct Builder {
    settings: Settings,
    address: Option<SocketAddr>,
    data: Option<PathBuf>,
    faults: FaultPlan,
    control: bool,
    page_hosts: Vec<String>,
    tls: Option<(Vec<u8>, Vec<u8>)>,
}

impl Emulator {
    /// Returns a builder for an emulator.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// Size of every part but the last, in bytes. By default 8 MiB, or more where a file would have
    /// more than 10,000 parts.
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.settings.part_size = Some(bytes);
        self
    }

    /// Smallest file that an upload session accepts, in bytes; 20,000,000 by default.
    pub fn smallest_file(mut self, bytes: u64) -> Self {
        self.settings.smallest_file = bytes;
        self
    }

    /// Largest file, in bytes; 500 GB by default.
    pub fn largest_file(mut self, bytes: u64) -> Self {
        self.settings.largest_file = bytes;
        self
    }

    /// Total size of all files, in bytes; 10 TB by default.
    pub fn quota(mut self, bytes: u64) -> Self {
        self.settings.quota = bytes;
        self
    }

    /// Lifetime of an upload session; 7 days by default.
    pub fn session_life(mut self, life: Duration) -> Self {
        self.settings.session_life = life;
        self
    }

    /// Lifetime of a token issued by `POST /oauth2/token`; 60 minutes by default.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.settings.token_life = life;
        self
    }

    /// Delay of every response; none by default.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// Time until an uploaded part counts as processed; until then a commit gets a 202 response.
    /// None by default.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use box_emulator::Emulator;
    ///
    /// // Commits get 202 for two seconds after the last part.
    /// let emulator = Emulator::builder().processing_delay(Duration::from_secs(2)).start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn processing_delay(mut self, delay: Duration) -> Self {
        self.settings.processing_delay = delay;
        self
    }

    /// Maximum page size of a session's part list, whatever the client asks for; 1,000 by default.
    /// The response repeats the `limit` asked for.
    pub fn longest_page(mut self, parts: u64) -> Self {
        self.settings.longest_page = parts.max(1);
        self
    }

    /// Requests per minute and user before 429; unlimited by default.
    pub fn rate_limit(mut self, requests: u32) -> Self {
        self.settings.rate_limit = Some(requests);
        self
    }

    /// Accepts this token. Other tokens are then rejected, unless they were issued by the emulator.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use box_emulator::Emulator;
    ///
    /// // Requests with any other token get 401.
    /// let emulator = Emulator::builder().token("the only one").start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.settings.tokens.get_or_insert_default().push(token.into());
        self
    }

    /// Creates a folder in the root folder.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use box_emulator::{Access, Emulator};
    ///
    /// let builder = Emulator::builder().folder("1", "Shared", Access::ReadOnly);
    /// let emulator = builder.folder("2", "Films", Access::Write).start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn folder(
        mut self,
        id: impl Into<String>,
        name: impl Into<String>,
        access: Access,
    ) -> Self {
        self.settings.folders.push((id.into(), name.into(), access));
        self
    }

    /// Address to listen on; a free port of 127.0.0.1 by default.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Stores everything in this folder, created if necessary, instead of in memory. Whatever was
    /// acknowledged survives a restart or a crash.
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data = Some(folder.into());
        self
    }

    /// The fault plan.
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = plan;
        self
    }

    /// Lets anyone change the fault plan of the running emulator: `GET` (the plan and the faults
    /// that fired), `PUT` (a plan in YAML or JSON) and `DELETE` at `/control/faults`.
    pub fn control(mut self, on: bool) -> Self {
        self.control = on;
        self
    }

    /// Lets everyone who reaches the emulator under this host (a name or an IP address, without
    /// port) use its page and API at `/__emulator/`, which can read and change everything. By
    /// default only clients on this computer can, as `localhost` or an address such as 127.0.0.1.
    pub fn page_host(mut self, host: impl Into<String>) -> Self {
        self.page_hosts.push(host.into());
        self
    }

    /// Serves TLS with this certificate chain and private key, both in PEM.
    pub fn tls(mut self, certificates: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.tls = Some((certificates.into(), key.into()));
        self
    }

    /// Starts the emulator on the caller's Tokio runtime.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = box_emulator::Emulator::builder().start().await?;
    /// println!("Box is at {}", emulator.url());
    /// emulator.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The address is in use, the folder is in use or its journal damaged, the fault plan or a
    /// certificate is invalid, or the part size is 0.
    pub async fn start(self) -> Result<Emulator, StartError> {
        if self.settings.part_size == Some(0) {
            return Err(StartError::new("the part size is 0"));
        }
        let plan = self.faults.validate().map_err(|error| StartError::new(error.to_string()))?;
        let tls = match &self.tls {
            Some((certificates, key)) => {
                Some(tls::build_acceptor(certificates, key).map_err(StartError::new)?)
            }
            None => None,
        };
        let now = Timestamp::now();
        let (store, service) = match self.data {
            Some(folder) => {
                let opened = Disk::open_folder(&folder, self.settings, now);
                let (disk, service) = opened.map_err(|error| StartError::new(error.to_string()))?;
                (Store::Disk(Arc::new(disk)), service)
            }
            None => (Store::memory(), Service::new(self.settings, now)),
        };
        let address = self.address.unwrap_or((IpAddr::V4(Ipv4Addr::LOCALHOST), 0).into());
        let listener =
            TcpListener::bind(address).await.map_err(|error| cannot_listen(address, error))?;
        let (refusals, refused) = mpsc::unbounded_channel();
        let server = Arc::new(Server {
            backend: Backend::new(service, store),
            faults: Faults::default(),
            first_plan: plan.clone(),
            changes: watch::Sender::new(0),
            connections: AtomicUsize::new(0),
            gate: Gate::new(self.page_hosts),
            log: RequestLog::default(),
            address: listener.local_addr().map_err(|error| cannot_listen(address, error))?,
            scheme: if tls.is_some() { "https" } else { "http" },
            control: self.control,
            refusals,
        });
        server.faults.set_plan(plan);
        let task = tokio::spawn(accept_connections(server.clone(), listener, tls, refused));
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
pub struct StartError {
    text: String,
    source: Option<Arc<io::Error>>,
}

impl StartError {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), source: None }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot start the emulator: {}", self.text)
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|error| error as _)
    }
}

fn cannot_listen(address: SocketAddr, error: io::Error) -> StartError {
    let text = format!("cannot listen on {address}: {error}");
    StartError { text, source: Some(Arc::new(error)) }
}
