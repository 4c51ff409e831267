//! `box-upload sessions`.

use std::path::Path;

use box_uploader::Uploader;

use super::arguments::Connection;
use super::client;
use super::command_error::CommandError;
use super::context::Context;
use super::exit::Exit;
use super::report::Message;

/// Lists unfinished uploads, or discards them.
pub(super) async fn run_sessions(
    context: &Context,
    connection: &Connection,
    journal: Option<&Path>,
    clear: bool,
) -> Result<Exit, CommandError> {
    // Listing needs neither credentials nor Box.
    let uploader = if clear {
        client::build_uploader(connection)?
    } else {
        Uploader::new(client::build_client(client::client_builder())?)
    };
    let uploader = client::with_journal(uploader, journal);
    let all =
        uploader.unfinished().await.map_err(|error| CommandError::from_upload(&error, None))?;
    let mut exit = Exit::Done;
    for unfinished in &all {
        if !clear {
            context.reporter.report(&Message::Unfinished(unfinished));
            continue;
        }
        let discarded = tokio::select! {
            discarded = uploader.discard(unfinished) => discarded,
            () = context.interrupt.token().cancelled() => {
                return Ok(context.interrupt.exit().unwrap_or(Exit::Interrupted));
            }
        };
        match discarded {
            Ok(()) => context.reporter.report(&Message::Cleared(unfinished)),
            Err(error) => {
                let failure = CommandError::from_upload(&error, None);
                context
                    .reporter
                    .report(&Message::Failed { path: Some(&unfinished.path), failure: &failure });
                exit = failure.exit();
            }
        }
    }
    if clear {
        let removed = uploader.remove_damaged_journals().await;
        match removed.map_err(|error| CommandError::from_upload(&error, None))? {
            0 => {}
            count => context.reporter.report(&Message::DamagedRemoved { count }),
        }
    }
    Ok(exit)
}
