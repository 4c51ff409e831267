//! `box-upload --demo`: an upload to a built-in emulator with injected faults.

mod faults;
mod summary;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anstyle::Style;
use box_emulator::Emulator;
use box_uploader::transport::HttpTransport;
use box_uploader::{ErrorKind, Event, Retry, Uploaded, Uploader};
use tempfile::TempDir;

use super::arguments::Upload;
use super::client;
use super::command_error::CommandError;
use super::context::Context;
use super::exit::Exit;
use super::report::{Message, Stored};
use super::terminal::{apply_style, to_printable};
use box_upload_common::units::Size;

const STRONG: Style = Style::new().bold();
/// Small files are split into this many parts, to have something to show.
const PARTS: u64 = 12;
/// Box's usual part size; larger files have more parts.
const LARGEST_PART: u64 = 8 << 20;
/// Size from which the emulator stores parts on disk instead of in memory.
const MEMORY: u64 = 64 << 20;

/// Uploads the file in two attempts, and prints each fault and how the upload recovered.
pub(super) async fn run_demo(context: &Context, upload: &Upload) -> Result<Exit, CommandError> {
    let [path] = upload.paths.as_slice() else {
        return Err(CommandError::setup("--demo requires a single file"));
    };
    let size = super::upload::file_size(path)?;
    let part_size = size.div_ceil(PARTS).clamp(1, LARGEST_PART);
    let parts = size.div_ceil(part_size);
    let folder = TempDir::with_prefix("box-upload-demo-");
    let folder = folder
        .map_err(|error| CommandError::setup("cannot create a temporary folder").because(&error))?;
    let emulator = start_emulator(folder.path(), size, part_size, parts).await?;
    let url = emulator.url();
    context.terminal.write_line(&format!(
        "This is a demonstration against a built-in Box emulator at {url}.\nNothing leaves this \
         computer. The emulator loses responses, breaks connections and delays\nprocessing on \
         purpose.\n"
    ));
    let uploader = build_uploader(&emulator, upload, folder.path())?;
    let start = Instant::now();
    let mut attempt = Attempt { context, uploader: &uploader, upload, path, stop_after: None };
    if parts >= 4 {
        attempt.stop_after = Some(parts / 2);
    }
    let shown = path.display().to_string();
    let mut stopped = None;
    let mut sent = attempt.run_upload(&shown).await?;
    if sent.is_none() && context.interrupt.exit().is_none() {
        stopped = Some(emulator.requests().len());
        attempt.stop_after = None;
        context.terminal.write_line(&apply_style(STRONG, "Starting the same upload again:"));
        sent = attempt.run_upload(&shown).await?;
    }
    let Some(uploaded) = sent else {
        // The journal is deleted with the folder, so there is nothing to resume.
        return Ok(context.interrupt.exit().unwrap_or(Exit::Interrupted));
    };
    let name = uploaded.file.name.as_deref().unwrap_or(&shown);
    let elapsed = Some(start.elapsed());
    let stored = Stored { path: &shown, name, uploaded: &uploaded, elapsed };
    context.reporter.report(&Message::Stored(stored));
    context.terminal.write_line(&summary::summarize_demo(&emulator, &uploaded, stopped)?);
    context.terminal.write_line(&format!(
        "With an account, run: BOX_ACCESS_TOKEN=… box-upload {} --to 0",
        to_printable(&shown)
    ));
    emulator.stop().await;
    Ok(Exit::Done)
}

async fn start_emulator(
    folder: &Path,
    size: u64,
    part_size: u64,
    parts: u64,
) -> Result<Emulator, CommandError> {
    let mut builder =
        Emulator::builder().smallest_file(0).part_size(part_size).faults(faults::build_plan(parts));
    if size > MEMORY {
        builder = builder.data(folder.join("box"));
    }
    builder.start().await.map_err(|error| CommandError::setup(error.to_string()))
}

/// An uploader with short delays: there is no real server to spare.
fn build_uploader(
    emulator: &Emulator,
    upload: &Upload,
    folder: &Path,
) -> Result<Uploader, CommandError> {
    let transport = HttpTransport::builder().proxy_from_env(false).build();
    let transport = transport.map_err(|error| CommandError::setup(error.to_string()))?;
    let client = client::client_builder().base_url(emulator.url()).access_token("demonstration");
    let client = client::build_client(client.transport(transport))?;
    let first_delay = Duration::from_millis(200);
    let longest_delay = Duration::from_secs(1);
    Ok(Uploader::new(client)
        .retry(Retry { first_delay, longest_delay, ..Retry::default() })
        .idle_timeout(upload.transfer.timeout)
        .sessions_from(1)
        .journal(folder.join("journal")))
}

struct Attempt<'a> {
    context: &'a Context,
    uploader: &'a Uploader,
    upload: &'a Upload,
    path: &'a Path,
    /// Cancels the upload after this many parts.
    stop_after: Option<u64>,
}

impl Attempt<'_> {
    /// Uploads once; `None` if the attempt was cancelled on purpose.
    async fn run_upload(&self, shown: &str) -> Result<Option<Uploaded>, CommandError> {
        let Self { context, uploader, upload, path, stop_after } = self;
        let token = context.interrupt.token().child_token();
        let reporter = context.reporter.clone();
        let terminal = context.terminal.clone();
        let cancel = token.clone();
        let stop_after = *stop_after;
        let sent = AtomicU64::new(0);
        reporter.report(&Message::Begin { path: shown });
        let shown = shown.to_owned();
        let on_event = move |event: &Event| {
            reporter.report(&Message::Event { path: &shown, event });
            match event {
                Event::Session { parts, part_size, .. } if stop_after.is_some() => terminal
                    .write_line(&format!(
                        "Box asks for {parts} parts of {} each",
                        Size(*part_size)
                    )),
                Event::Part { kept: false, .. } => {
                    let sent = sent.fetch_add(1, Ordering::Relaxed) + 1;
                    if stop_after == Some(sent) {
                        terminal
                            .write_line(&apply_style(STRONG, "Stopped halfway, as Ctrl-C would."));
                        cancel.cancel();
                    }
                }
                _ => {}
            }
        };
        let sent = uploader
            .file(*path)
            .to_folder("0")
            .concurrency(upload.transfer.concurrency.into())
            .cancel_on(token)
            .on_progress(on_event)
            .send()
            .await;
        match sent {
            Ok(uploaded) => Ok(Some(uploaded)),
            Err(error) => match (error.kind(), context.interrupt.exit()) {
                (ErrorKind::Cancelled, _) => Ok(None),
                (_, exit) => Err(CommandError::from_upload(&error, exit)),
            },
        }
    }
}
