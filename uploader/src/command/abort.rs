//! `box-upload abort`.

use super::arguments::Connection;
use super::client;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::report::News;

/// Ends a session.
pub(super) async fn run(
    context: &Context,
    connection: &Connection,
    session: &str,
) -> Result<Exit, Failure> {
    let uploader = client::uploader(connection, None)?;
    let aborted = tokio::select! {
        aborted = uploader.abort(session) => aborted,
        () = context.interrupt.token().cancelled() => {
            return Ok(context.interrupt.exit().unwrap_or(Exit::Interrupted));
        }
    };
    if !aborted.map_err(|error| Failure::of_upload(&error, None))? {
        return Err(Failure::no_session(session));
    }
    context.report.tell(&News::Aborted { session });
    Ok(Exit::Done)
}
