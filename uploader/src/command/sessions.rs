//! `box-upload sessions`.

use std::path::Path;

use box_uploader::Uploader;

use super::arguments::Connection;
use super::client;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::report::News;

/// Lists what is unfinished, or ends it.
pub(super) async fn run(
    context: &Context,
    connection: &Connection,
    journal: Option<&Path>,
    clear: bool,
) -> Result<Exit, Failure> {
    // A list needs neither credentials nor Box.
    let uploader = match clear {
        true => client::uploader(connection, None)?,
        false => Uploader::new(client::build(client::builder())?),
    };
    let uploader = client::with_journal(uploader, journal);
    let all = uploader.unfinished().await.map_err(|error| Failure::of_upload(&error, None))?;
    let mut exit = Exit::Done;
    for unfinished in &all {
        if !clear {
            context.report.tell(&News::Unfinished(unfinished));
            continue;
        }
        let discarded = tokio::select! {
            discarded = uploader.discard(unfinished) => discarded,
            () = context.interrupt.token().cancelled() => {
                return Ok(context.interrupt.exit().unwrap_or(Exit::Interrupted));
            }
        };
        match discarded {
            Ok(()) => context.report.tell(&News::Cleared(unfinished)),
            Err(error) => {
                let failure = Failure::of_upload(&error, None);
                context
                    .report
                    .tell(&News::Failed { path: Some(&unfinished.path), failure: &failure });
                exit = failure.exit();
            }
        }
    }
    Ok(exit)
}
