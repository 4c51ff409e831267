//! `box-upload abort`.

use super::arguments::Connection;
use super::client;
use super::command_error::CommandError;
use super::context::Context;
use super::exit::Exit;
use super::report::Message;

/// Aborts a session.
pub(super) async fn run_abort(
    context: &Context,
    connection: &Connection,
    session: &str,
) -> Result<Exit, CommandError> {
    let uploader = client::build_uploader(connection)?;
    let aborted = tokio::select! {
        aborted = uploader.abort(session) => aborted,
        () = context.interrupt.token().cancelled() => {
            return Ok(context.interrupt.exit().unwrap_or(Exit::Interrupted));
        }
    };
    if !aborted.map_err(|error| CommandError::from_upload(&error, None))? {
        return Err(CommandError::no_session(session));
    }
    context.reporter.report(&Message::Aborted { session });
    Ok(Exit::Done)
}
