//! Uploads files of any size to Box, reliably, over bad networks.
//!
//! An [`Uploader`] splits a file into the parts that Box asks for, uploads several at a time, and
//! verifies each. When a response is lost, it asks Box before it retries; after a crash, a
//! [journal](Uploader::journal) lets the next attempt resume.
//!
//! ```no_run
//! use box_upload_sessions::Client;
//! use box_uploader::Uploader;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder().access_token(std::env::var("BOX_ACCESS_TOKEN")?).build()?;
//! let uploader = Uploader::new(client);
//! let uploaded = uploader
//!     .file("backup.tar")
//!     .to_folder("0")
//!     .concurrency(4)
//!     .on_progress(|event| println!("{event:?}"))
//!     .send()
//!     .await?;
//! println!("stored as {}", uploaded.file.id);
//! # Ok(())
//! # }
//! ```

mod attributes;
mod budget;
mod context;
pub mod credentials;
mod direct;
mod directory;
mod environment;
mod error;
mod event;
mod folder;
mod hashing;
mod journal;
mod name;
mod options;
mod outgoing;
mod recovery;
mod request_error;
mod retry;
mod run;
mod session;
mod session_id;
mod source;
mod stored;
mod target;
#[cfg(feature = "transport")]
pub mod transport;
mod upload;
mod uploaded;
mod uploader;

pub use box_upload_common::Sha1Hash;
pub use directory::{
    DirectoryEvent, DirectoryPlan, DirectorySummary, DirectoryUpload, Links, PathList, PlannedFile,
    Shard,
};
pub use error::{Error, ErrorKind};
pub use event::Event;
pub use folder::{FolderPath, FolderPathError, RemoteFolder};
pub use journal::Unfinished;
pub use name::fold_name;
pub use options::{OnConflict, Resume};
pub use retry::Retry;
pub use tokio_util::sync::CancellationToken;
pub use upload::Upload;
pub use uploaded::{Statistics, Uploaded};
pub use uploader::Uploader;

/// Tests the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
